"""What a cell says where the table of kinds does not ask: forms of one kind, and what only some formats have."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from covering import COVERING
from feed_tables import cell_table, file_name, rows_of, text_table, write_xlsx
from sent_files import FORMATS, with_cells

from expectations.feed import Date, Money, Month, Name, Text
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from expectations.nothing import ERRORS, NO_FIGURE, NOTHING
from pipelines.reading import open_file
from pipelines.staging import Outcome
from pipelines.staging.parsing.columns import is_text_key

each_feed = pytest.mark.parametrize("feed", COVERING, ids=lambda f: f.name)
each_form = pytest.mark.parametrize("form", FORMATS)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(*parts):
    """A date with a time of day, as a workbook has it: without a zone."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


# words for nothing, and error values


def as_blanks(bench, feed, words, form):
    """What becomes of words in each column, and what becomes of blanks in the same places."""
    cells = [(c, word) for c in feed.columns for word in words]
    out = []
    for table in (with_cells(feed, cells), with_cells(feed, [(c, "") for c, _ in cells])):
        staged = bench.send(form, feed, table)
        assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
        rows = {r["_row"]: {k: v for k, v in r.items() if not k.startswith("_")} for r in bench.rows(staged)}
        out.append((rows, {k: v[:2] for k, v in bench.found(staged).items()}, staged))
    return cells, *out


@each_feed
def test_a_word_for_nothing_is_as_blank_as_a_blank_in_every_column(bench, feed):
    cells, words, blanks = as_blanks(bench, feed, ["NULL", r"\N", "None", "nan", "N/A", "无数据", "空", "--"], "csv")
    assert words[:2] == blanks[:2]
    told = {n.heading: n.count for n in words[2].warnings if n.reason == "word_for_nothing"}
    for column in feed.columns:
        if not column.must_be_there or column.is_identity_number:
            asked = [k for k, v in words[1].items() if k[1] == column.name and v[1] == "missing_conditional"]
            assert told.pop(column.title) + len(asked) == 8
    assert told == {}
    assert len(cells) == 8 * len(feed.columns)


@each_form
def test_a_word_for_nothing_is_as_blank_as_a_blank_in_every_format(bench, form):
    for feed in (FEEDS_BY_NAME["register_households"], FEEDS_BY_NAME["low_income_members"]):
        _, words, blanks = as_blanks(bench, feed, ["NULL", "　NaN "], form)
        assert words[:2] == blanks[:2]


@each_feed
def test_a_figure_that_could_not_be_had_is_missing_and_recorded_where_it_stood(bench, feed):
    cells = [(c, word) for c in feed.columns if not c.is_identity_number for word in ("inf", "-Infinity", "#N/A")]
    staged = bench.stage_csv(feed, with_cells(feed, cells))
    problems = bench.found(staged)
    for n, (column, word) in enumerate(cells, start=2):
        scope, reason, detail = problems[n, column.name]
        expected = "missing_conditional" if reason == "missing_conditional" else "missing"
        assert (scope, reason) == ("row" if column.must_be_there else "value", expected), (column.name, word)
        assert detail in ("no_figure", None)
    shown = {p["value"] for p in bench.problems(staged) if p["detail"]}
    assert shown == {"inf", "-Infinity", "#N/A"}


@each_feed
def test_an_error_value_is_one_in_every_column_and_named(bench, feed):
    cells = [
        (c, word)
        for c in feed.columns
        for word in ("#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "####", "#PYTHON!")
    ]
    staged = bench.stage_csv(feed, with_cells(feed, cells))
    problems = bench.found(staged)
    for n, (column, word) in enumerate(cells, start=2):
        is_row = column.must_be_there and not column.is_identity_number
        assert problems[n, column.name][:2] == ("row" if is_row else "value", "error_value"), (column.name, word)
    assert {p["value"] for p in bench.problems(staged) if p["reason"] == "error_value"} == {w for _, w in cells}
    for row in bench.rows(staged):
        for name in feed.identity_columns:
            assert (row[name] is None) == (row[f"{name}_problem"] is not None)


def test_no_word_of_ours_is_a_label_or_two_things_at_once():
    labels = {w.lower() for f in FEEDS for c in f.columns if hasattr(c.type, "codes") for w in c.type.codes.mapping()}
    assert not labels & (NOTHING | NO_FIGURE | ERRORS)
    assert not NOTHING & NO_FIGURE
    assert not ERRORS & (NOTHING | NO_FIGURE)


def test_a_parquet_nan_is_nothing_and_an_infinity_is_recorded(bench):
    feed = FEEDS_BY_NAME["register_households"]
    table = text_table(feed, rows_of(feed, 3))
    columns = {h: pa.array([row[i] for row in table[1:]]) for i, h in enumerate(table[0])}
    columns["联系电话"] = pa.array([13800000000.0, float("nan"), float("inf")])
    columns["上年度人均纯收入"] = pa.array([1.5, float("-inf"), float("nan")])
    pq.write_table(pa.table(columns), bench.path(file_name(feed, "parquet")))
    staged = bench.stage()
    assert [(r["phone"], r["income_previous"]) for r in bench.rows(staged)] == [("13800000000", Decimal("1.50"))]
    assert bench.found(staged) == {
        (2, "income_previous"): ("row", "missing", "no_figure"),
        (3, "income_previous"): ("row", "missing", "word_for_nothing"),
        (3, "phone"): ("value", "missing", "no_figure"),
    }


# instants


def instants(day):
    """Texts that are all the midnight with which a day begins in Shanghai, or a moment of it."""
    midnight = datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
    noon = midnight + timedelta(hours=12)
    return [
        f"{midnight:%Y-%m-%dT%H:%M:%SZ}",
        f"{midnight:%Y-%m-%d %H:%M:%S+00:00}",
        f"{midnight:%Y/%m/%d %H:%M:%S.000 UTC}",
        f"{day:%Y-%m-%dT00:00:00+0800}",
        f"{day:%Y%m%d 00:00:00+08}",
        f"{noon:%Y-%m-%dT%H:%M:%S}Z",
        f"{noon.astimezone(ZoneInfo('America/New_York')):%Y-%m-%dT%H:%M:%S%z}",
    ]


@each_feed
def test_an_instant_is_its_day_in_shanghai_in_every_date_and_month(bench, content, feed):
    dated = [c for c in feed.columns if isinstance(c.type, Date | Month)]
    if not dated:
        return
    ways = 7
    rows = rows_of(feed, ways)
    table = text_table(feed, rows)
    for n, row in enumerate(table[1:]):
        for column in dated:
            i = feed.columns.index(column)
            day = date.fromisoformat(row[i] + "-01" if isinstance(column.type, Month) else row[i])
            row[i] = instants(day)[n]
    staged = bench.stage_csv(feed, table)
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    assert bench.problems(staged) == []
    assert content(feed, bench.rows(staged)) == rows
    told = {n.heading: n.count for n in staged.warnings if n.reason == "time_of_day"}
    assert told == {c.title: 2 for c in dated if isinstance(c.type, Date)}


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "+08:00", "America/New_York"])
@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_a_parquet_timestamp_with_a_zone_is_its_day_in_shanghai(bench, content, zone, unit):
    feed = FEEDS_BY_NAME["low_income_payments"]
    rows = rows_of(feed, 5)
    table = text_table(feed, rows)
    columns = {h: pa.array([row[i] for row in table[1:]]) for i, h in enumerate(table[0])}
    for heading, texts in (
        ("发放年月", [f"{r['month']}-01" for r in rows]),
        ("发放日期", [str(r["paid_on"]) for r in rows]),
    ):
        moments = [datetime.combine(date.fromisoformat(t), time(), SHANGHAI).astimezone(UTC) for t in texts]
        columns[heading] = pa.array(moments, pa.timestamp("us", "UTC")).cast(pa.timestamp(unit, zone))
    pq.write_table(pa.table(columns), bench.path(file_name(feed, "parquet")), version="2.6")
    staged = bench.stage()
    assert content(feed, bench.rows(staged)) == rows
    assert staged.warnings == ()


def test_a_time_just_before_midnight_is_no_day_before_and_other_times_are_told(bench):
    feed = FEEDS_BY_NAME["students"]
    table = text_table(feed, rows_of(feed, 5))
    at = table[0].index("入学日期")
    cells = ["2023-08-31 23:59:17", "2023/8/31 23:59", "45169.99951", "2023-09-01 08:30:00", "2023-08-31 24:00:00"]
    for row, cell in zip(table[1:], cells, strict=True):
        row[at] = cell
    staged = bench.stage_csv(feed, table)
    assert {r["enrolled_on"] for r in bench.rows(staged)} == {date(2023, 9, 1)}
    (notice,) = staged.warnings
    assert (notice.reason, notice.heading, notice.rows) == ("time_of_day", "入学日期", (5,))


def test_a_workbooks_date_with_a_time_is_its_day(bench):
    feed = FEEDS_BY_NAME["students"]
    table = cell_table(feed, rows_of(feed, 2))
    at = table[0].index("入学日期")
    table[1][at], table[2][at] = moment(2023, 8, 31, 23, 59, 17), moment(2023, 9, 1, 9)
    write_xlsx(bench.path(file_name(feed, "xlsx")), {"s": table})
    staged = bench.stage()
    assert {r["enrolled_on"] for r in bench.rows(staged)} == {date(2023, 9, 1)}
    assert [n.rows for n in staged.warnings] == [(3,)]


@pytest.mark.parametrize(
    "text", ["2023-09-01 25:00", "2023-09-01 12:61:00", "2023-09-01 12:00:00 PDT", "2023-09-01+08"]
)
def test_no_time_of_day_and_no_zone_that_there_is_makes_no_date(bench, text):
    feed = FEEDS_BY_NAME["students"]
    table = text_table(feed, rows_of(feed, 1))
    table[1][table[0].index("入学日期")] = text
    assert bench.found(bench.stage_csv(feed, table)) == {(2, "enrolled_on"): ("value", "bad_date", None)}


# text, and keys

MARKS = [
    "{}\u200b",
    "\ufeff{}",
    "\u202a{}\u202c",
    "\u00ad{}",
    '="{}"',
    "'{}",
    "`{}",
    '=""{}""',
    "\u2066{}\ufe0f",
    " {}\u3000",
]


@each_feed
def test_keys_and_texts_have_one_form_whatever_stands_around_them_unseen(bench, content, feed):
    rows = rows_of(feed, len(MARKS))
    table = text_table(feed, rows)
    for n, row in enumerate(table[1:]):
        for i, column in enumerate(feed.columns):
            if row[i]:
                row[i] = MARKS[(n + i) % len(MARKS)].format(row[i])
            if is_text_key(column) and n % 2:
                row[i] = row[i].replace("0", "0 \u2009", 1)
    staged = bench.stage_csv(feed, table)
    assert staged.outcome is Outcome.ACCEPTED, staged.delivery.reason
    assert bench.problems(staged) == []
    assert content(feed, bench.rows(staged)) == rows


def test_a_key_is_the_same_in_the_feed_that_refers_to_it():
    keys = {c.name for f in FEEDS for c in f.columns if c.key and isinstance(c.type, Text)}
    for feed in FEEDS:
        for column in feed.columns:
            if column.name in keys and isinstance(column.type, Text):
                assert is_text_key(column), (feed.name, column.name)
    assert is_text_key(FEEDS_BY_NAME["register_members"]["household_no"])


SPOILT = [date(2020, 1, 1), moment(2026, 1, 2, 8, 30), time(8, 30), True, 43831.5]


@each_feed
def test_a_date_a_truth_and_a_fraction_in_a_key_or_a_name_of_a_workbook_are_spoilt(bench, feed):
    text = [c for c in feed.columns if is_text_key(c) or isinstance(c.type, Name)]
    cells = [(c, cell) for c in text for cell in SPOILT]
    table = with_cells(feed, cells)
    write_xlsx(bench.path(file_name(feed, "xlsx")), {"s": table})
    staged = bench.stage()
    problems = bench.found(staged)
    assert set(problems) == {(n, c.name) for n, (c, _) in enumerate(cells, start=2)}
    assert {v[1] for v in problems.values()} == ({"bad_text"} if text else set())
    assert {v[2] for v in problems.values()} <= {"spoilt_by_spreadsheet", "no_letter"}


@each_feed
def test_whole_numbers_in_a_key_are_their_digits_in_workbooks_and_parquet(bench, feed):
    keys = [c for c in feed.columns if is_text_key(c)]
    rows = rows_of(feed, 3)
    table = text_table(feed, rows)
    for n, row in enumerate(table[1:]):
        for column in keys:
            row[feed.columns.index(column)] = 1001.0 + n
    write_xlsx(bench.path(file_name(feed, "xlsx")), {"s": table})
    for staged in [bench.stage(), bench_parquet(bench, feed, table, keys, pa.float64())]:
        for row, n in zip(bench.rows(staged), range(3), strict=True):
            assert {row[c.name] for c in keys} <= {str(1001 + n)}
    decimals = [[*row] for row in table]
    for row in decimals[1:]:
        for column in keys:
            row[feed.columns.index(column)] = Decimal(row[feed.columns.index(column)]).quantize(Decimal("0.00"))
    staged = bench_parquet(bench, feed, decimals, keys, pa.decimal128(12, 2))
    for row, n in zip(bench.rows(staged), range(3), strict=True):
        assert {row[c.name] for c in keys} <= {str(1001 + n)}


def bench_parquet(bench, feed, table, keys, kind):
    """Stage a Parquet file whose keys have a type."""
    columns = {
        c.title: pa.array([row[i] for row in table[1:]], kind if c in keys else pa.string())
        for i, c in enumerate(feed.columns)
    }
    pq.write_table(pa.table(columns), bench.path(file_name(feed, "parquet")))
    return bench.stage()


@each_feed
def test_amounts_of_32_bits_in_parquet_are_what_was_written_and_lost_digits_are_told(bench, feed):
    money = [c for c in feed.columns if isinstance(c.type, Money)]
    keys = [c for c in feed.columns if is_text_key(c) and not c.is_identity_number]
    table = text_table(feed, rows_of(feed, 3))
    columns = {h: pa.array([row[i] for row in table[1:]]) for i, h in enumerate(table[0])}
    columns |= {c.title: pa.array([420.35, 99999.99, 1234567.89], pa.float32()) for c in money}
    if money:
        pq.write_table(pa.table(columns), bench.path(file_name(feed, "parquet")))
        found = bench.found(bench.stage())
        assert {(row, name, said[1]) for (row, name), said in found.items() if said[1] == "bad_money"} == {
            (3, c.name, "bad_money") for c in money
        }
    for column in keys[:1]:
        lost = columns | {column.title: pa.array([1001.0, 2.0**24, 123456789.0], pa.float32())}
        pq.write_table(pa.table(lost), bench.path(file_name(feed, "parquet")))
        found = bench.found(bench.stage())
        assert [row for (row, name), said in found.items() if (name, said[1]) == (column.name, "bad_text")] == [3]


@each_feed
def test_a_parquet_column_of_lists_or_structures_refuses_the_file_and_is_named(bench, feed):
    table = text_table(feed, rows_of(feed, 2))
    plain = {h: pa.array([row[i] for row in table[1:]]) for i, h in enumerate(table[0])}
    nested = (
        pa.array([["甲"], ["乙", "丙"]]),
        pa.array([{"a": 1}, {"a": 2}]),
        pa.array([["甲"], []], pa.large_list(pa.string())),
    )
    for n, column in enumerate(feed.columns):
        pq.write_table(pa.table(plain | {column.title: nested[n % 3]}), bench.path(file_name(feed, "parquet")))
        opened = open_file(bench.path(file_name(feed, "parquet")), "x.parquet", "parquet", feed)
        assert opened.tables == ()
        assert f"“{column.title}”列的每一格是一组值" in opened.problems[0].text
    pq.write_table(pa.table(plain | {"备注": nested[0]}), bench.path(file_name(feed, "parquet")))
    assert bench.stage().outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    "cells",
    [
        pa.array([date(2020, 1, 1), None]),
        pa.array([True, None]),
        pa.array([43831.5, None]),
        pa.array([Decimal("1.50"), None]),
        pa.array([datetime(2020, 1, 1, tzinfo=UTC), None]),
    ],
    ids=lambda a: str(a.type),
)
def test_a_parquet_column_of_another_type_is_no_key(bench, cells):
    feed = FEEDS_BY_NAME["housing_renovations"]
    table = text_table(feed, rows_of(feed, 2))
    columns = {h: pa.array([row[i] for row in table[1:]]) for i, h in enumerate(table[0])}
    pq.write_table(pa.table(columns | {"档案编号": cells}), bench.path(file_name(feed, "parquet")))
    assert bench.found(bench.stage()) == {
        (1, "case_no"): ("row", "bad_text", "spoilt_by_spreadsheet"),
        (2, "case_no"): ("row", "missing", None),
    }


@each_feed
@pytest.mark.parametrize("form", ["csv", "parquet", "zip"])
def test_a_column_of_keys_that_all_went_through_floating_point_gets_its_digits_back(bench, feed, form):
    keys = [feed.columns.index(c) for c in feed.columns if is_text_key(c)]
    table = text_table(feed, rows_of(feed, 4))
    for n, row in enumerate(table[1:]):
        for i in keys:
            row[i] = f"52260100000{n}.0"
    staged = bench.send(form, feed, [*table, ["合计", *[""] * (len(table[0]) - 1)]])
    for row, n in zip(bench.rows(staged), range(4), strict=True):
        assert {row[feed.columns[i].name] for i in keys} <= {f"52260100000{n}"}


def test_some_keys_with_a_point_are_spoilt_and_so_are_inexact_ones(bench):
    feed = FEEDS_BY_NAME["housing_renovations"]
    table = text_table(feed, rows_of(feed, 3))
    for row, key in zip(table[1:], ["1001.0", "1002.0", "A1003"], strict=True):
        row[0] = key
    spoilt = ("row", "bad_text", "spoilt_by_spreadsheet")
    assert bench.found(bench.stage_csv(feed, table)) == {(2, "case_no"): spoilt, (3, "case_no"): spoilt}
    for row, key in zip(table[1:], ["1001.0", "1002.0", "5226010000000001234.0"], strict=True):
        row[0] = key
    assert bench.found(bench.stage_csv(feed, table)) == {(4, "case_no"): spoilt}
