"""A delivery that is rejected says everything that is wrong with it, where, and what to do."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from feed_tables import file_name, rows_of, text_table, write_csv, write_xlsx

from expectations.feeds import FEEDS, FEEDS_BY_NAME
from pipelines.staging import Outcome
from warehouse.books.connection import open_books
from warehouse.books.deliveries import in_force
from warehouse.lake import Lake

STUDENTS = FEEDS_BY_NAME["students"]


def rejected(bench, staged) -> tuple[str, ...]:
    """The reasons; nothing of the delivery lies in staging."""
    assert staged.outcome is Outcome.REJECTED
    assert staged.delivery.status == "rejected"
    assert not list((bench.lake.home / "lake" / "staged").rglob("*.parquet"))
    return staged.delivery.reason


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)
def test_missing_columns_are_all_named_with_the_nearest_heading(bench, feed):
    must = [c for c in feed.columns if c.must_be_there]
    table = text_table(feed, rows_of(feed, 3))
    for column in (must[0], must[-1]):
        table[0][table[0].index(column.title)] = f"{column.title}栏"
    write_xlsx(bench.path(file_name(feed, "xlsx")), {"名册": [["标题"], *table]})
    first, last = rejected(bench, bench.stage())
    for text, column in ((first, must[0]), (last, must[-1])):
        for part in (file_name(feed, "xlsx"), "名册", "第2行", f"“{column.title}”", f"“{column.title}栏”", "请"):
            assert part in text


def test_problems_of_all_parts_are_named_at_once(bench):
    table = text_table(STUDENTS, rows_of(STUDENTS, 3))
    for part, gone in ((1, "学校"), (2, "学段")):
        at = table[0].index(gone)
        cut = [[c for i, c in enumerate(line) if i != at] for line in table]
        write_csv(bench.path(file_name(STUDENTS, part=f"_{part}of2")), cut)
    reasons = rejected(bench, bench.stage())
    assert ["学校" in r for r in reasons] == [True, False]
    assert ["学段" in r for r in reasons] == [False, True]
    assert "_1of2" in reasons[0]
    assert "_2of2" in reasons[1]


def test_missing_columns_that_are_not_required_are_no_reason(bench):
    table = text_table(STUDENTS, rows_of(STUDENTS, 3))
    at = table[0].index("年级")
    staged = bench.stage_csv(STUDENTS, [[c for i, c in enumerate(line) if i != at] for line in table])
    assert staged.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        ("csv", b""),
        ("csv", b"\xff\xfe\xff\x00\xd8"),
        ("csv", b"\x81\x20\xff\xff" * 50),
        ("csv", "没有表头的文字\n第二行\n".encode()),
        ("xlsx", b""),
        ("xlsx", b"<html><table></table></html>"),
        ("xlsx", b"PK\x03\x04" + b"\x00" * 100),
        ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000),
        ("parquet", b"PAR1" + b"\x00" * 50 + b"PAR1"),
        ("zip", b"PK\x05\x06" + b"\x00" * 18),
        ("zip", b"no zip"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_the_name_of_the_file(bench, suffix, content):
    bench.path(file_name(STUDENTS, suffix)).write_bytes(content)
    (reason,) = rejected(bench, bench.stage())
    assert file_name(STUDENTS, suffix) in reason
    assert "请" in reason


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("pupils_522601_20260630.csv", "数据种类“pupils”"),
        ("students_999999_20260630.csv", "县代码“999999”"),
        ("students_522600_20260630.csv", "县代码“522600”"),
        ("students_522601_20261331.csv", "数据截止日无法识别"),
        ("students_522601_20260702.csv", "晚于收到之日2026-07-01"),
        ("students_522601_19991231.csv", "早于2000年"),
        ("名单.csv", "无法识别"),
        ("students_522601.csv", "数据截止日无法识别"),
        ("students_522601_20260630.pdf", "文件名不符合规则"),
    ],
)
def test_a_name_that_says_no_known_delivery_is_rejected(bench, name, part):
    write_csv(bench.path(name), text_table(STUDENTS, rows_of(STUDENTS, 2)))
    assert any(part in reason for reason in rejected(bench, bench.stage()))


def test_the_day_of_receipt_is_that_of_shanghai(bench):
    bench.received_at = datetime(2026, 6, 29, 16, 30, tzinfo=UTC)
    assert bench.stage_rows(STUDENTS, rows_of(STUDENTS, 2)).outcome is Outcome.ACCEPTED
    bench.received_at = datetime(2026, 6, 29, 15, 30, tzinfo=UTC)
    assert bench.stage_rows(STUDENTS, rows_of(STUDENTS, 3)).outcome is Outcome.REJECTED


def test_more_bad_rows_than_allowed_reject_and_as_many_as_allowed_do_not(bench):
    bench.allowed_percent = Decimal(5)
    table = text_table(STUDENTS, rows_of(STUDENTS, 20))
    at = table[0].index("学段")
    table[3][at] = "不明"
    accepted = bench.stage_csv(STUDENTS, [*table, ["合计"]])
    assert accepted.outcome is Outcome.ACCEPTED
    before = bench.rows(accepted)
    table[7][at] = ""
    write_csv(bench.path(file_name(STUDENTS)), table)
    staged = bench.stage()
    assert staged.outcome is Outcome.REJECTED
    assert bench.rows(accepted) == before
    text = "\n".join(staged.delivery.reason)
    for part in (
        "共20行",
        "2行（10.00%）",
        "5%",
        "第4行：“学段”列有1行“不明”不在代码表内，也没有相近的。请改成以下之一：学前、小学",
        "第8行：“学段”列有1行必填项为空",
    ):
        assert part in text
    assert staged.delivery.accounting.quarantined == 2


def test_a_file_that_breaks_off_leaves_nothing(bench):
    table = text_table(STUDENTS, rows_of(STUDENTS, 2000))
    path = write_csv(bench.path(file_name(STUDENTS)), table, encoding="gb18030")
    content = path.read_bytes()
    path.write_bytes(content[:-400] + b"\xff\xff" + content[-400:])
    (reason,) = rejected(bench, bench.stage())
    assert "编码" in reason


def test_a_quote_without_its_partner_is_not_allowed_to_swallow_rows(bench):
    path = write_csv(bench.path(file_name(STUDENTS)), text_table(STUDENTS, rows_of(STUDENTS, 300)))
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[100] = '"' + lines[100]
    lines[150] += '"'
    path.write_text("\n".join(lines), encoding="utf-8")
    (reason,) = rejected(bench, bench.stage())
    assert "引号" in reason


def test_no_personal_value_stands_in_a_reason(bench):
    bench.allowed_percent = Decimal(0)
    rows = rows_of(STUDENTS, 5)
    table = text_table(STUDENTS, rows)
    table[2][table[0].index("学籍号")] = ""
    table[3][0] = "a\x07"
    text = "\n".join(bench.stage_csv(STUDENTS, table).delivery.reason)
    assert not any(r["name"] in text or r["person_id"] in text for r in rows)


def test_an_unchanged_content_is_known_whatever_became_of_it(bench):
    good = text_table(STUDENTS, rows_of(STUDENTS, 2))
    assert bench.stage_csv(STUDENTS, good).outcome is Outcome.ACCEPTED
    assert bench.stage_csv(STUDENTS, good).outcome is Outcome.KNOWN
    bad = [["学校"], ["一小"]]
    assert bench.stage_csv(STUDENTS, bad).outcome is Outcome.REJECTED
    again = bench.stage_csv(STUDENTS, bad)
    assert (again.outcome, again.delivery.status) == (Outcome.KNOWN, "rejected")


def test_a_correction_supersedes_and_a_rejected_one_does_not(bench):
    first = bench.stage_rows(STUDENTS, rows_of(STUDENTS, 2))
    assert bench.stage_csv(STUDENTS, [["学校"], ["一小"]]).outcome is Outcome.REJECTED
    second = bench.stage_rows(STUDENTS, rows_of(STUDENTS, 3))
    assert [d.id for d in in_force(bench.books, "522601")] == [second.delivery.id]
    assert first.delivery.id != second.delivery.id


def test_the_same_content_gives_the_same_bytes(bench, tmp_path):
    staged = bench.stage_rows(STUDENTS, rows_of(STUDENTS, 50))
    d = staged.delivery
    path = bench.lake.staged(d.feed, d.county, d.id)
    before = path.read_bytes()
    bench.lake = Lake(tmp_path / "again")
    bench.books = open_books(bench.lake)
    bench.stage_rows(STUDENTS, rows_of(STUDENTS, 50))
    assert bench.lake.staged(d.feed, d.county, d.id).read_bytes() == before
