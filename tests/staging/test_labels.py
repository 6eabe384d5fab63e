"""The words that offices use: each list's, a county's own, and what is kept of them beside the label."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bench import RECEIVED, Bench
from builders import world
from feed_tables import file_name, rows_of, text_table, write_csv
from worlds_on_disk import policy_of

from expectations.codes import OFFICES
from expectations.errors import ValueRefusedError
from expectations.feed import Code, Column, Feed
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from expectations.labels import Labels, labels_of
from expectations.policies import parameter_of
from pipelines.checking import check_file
from pipelines.staging import Outcome
from pipelines.staging.parsing.text import parse_code
from warehouse.current import CurrentFeed, Part

SUBSIDIES = FEEDS_BY_NAME["education_subsidies"]
REGISTER = FEEDS_BY_NAME["register_households"]
SUBSIDIES_DAY = date(2026, 6, 30)

CODES = [pytest.param(f, c, id=f"{f.name}.{c.name}") for f in FEEDS for c in f.columns if isinstance(c.type, Code)]


def words_of(column: Column) -> dict[str, str]:
    """Every text that a column takes, by itself."""
    assert isinstance(column.type, Code)
    return column.type.codes.mapping()


def table_of(feed: Feed, column: str, words: list[str]) -> list[list[str]]:
    """A file in which a column has these words, one a row."""
    table = text_table(feed, rows_of(feed, len(words)))
    at = [c.name for c in feed.columns].index(column)
    for row, word in zip(table[1:], words, strict=True):
        row[at] = word
    return table


def said(bench: Bench, feed: Feed, column: str, words: list[str]) -> list[tuple[Any, Any]]:
    rows = bench.rows(bench.stage_csv(feed, table_of(feed, column, words)))
    return [(row[column], row[f"{column}_sent"]) for row in rows]


@pytest.mark.parametrize(("feed", "column"), CODES)
def test_each_word_is_its_label_and_kept_where_it_is_another(bench: Bench, feed: Feed, column: Column) -> None:
    words = words_of(column)
    found = said(bench, feed, column.name, list(words))
    assert found == [(label, None if word == label else word) for word, label in words.items()]


def test_what_is_kept_is_nfkc_and_trimmed_and_of_a_key_without_blanks(bench: Bench) -> None:
    assert said(bench, REGISTER, "cause", ["　缺乏 劳动力 ", " 缺 劳力", "因病 "]) == [
        ("缺劳力", "缺乏 劳动力"), ("缺劳力", "缺 劳力"), ("因病", None),
    ]  # fmt: skip
    wanted = [("普通高中助学金", "国家助学金(普通高中)"), ("雨露计划", None)]
    assert said(bench, SUBSIDIES, "item", ["国家助学金 （普通高中）", "雨露 计划"]) == wanted


def test_a_countys_own_word_is_its_label_and_goes_before_the_lists(bench: Bench) -> None:
    bench.labels = Labels((("cause", "因老", "其他"), ("cause", "缺乏技术", "缺劳力"), ("item", "因老", "雨露计划")))
    found = said(bench, REGISTER, "cause", ["因老", "因 老", "缺乏技术", "缺技术"])
    assert found == [("其他", "因老"), ("其他", "因 老"), ("缺劳力", "缺乏技术"), ("缺技术", None)]
    assert bench.stage_csv(REGISTER, table_of(REGISTER, "cause", ["因老"])).delivery.labels == bench.labels


def test_words_are_no_canonical_column_but_in_the_key_of_subsidies(bench: Bench) -> None:
    """The same row under two words is a repeat; two subsidies of one label are two rows, and each of them repeats."""
    table = table_of(REGISTER, "cause", ["缺劳动力", "缺乏劳动力"])
    table[2] = [*table[1]]
    table[2][[c.name for c in REGISTER.columns].index("cause")] = "缺乏劳动力"
    assert [row["cause_sent"] for row in bench.rows(bench.stage_csv(REGISTER, table))] == ["缺劳动力"]
    words = ["两免一补", "寄宿生生活补助", "义务教育生活补助", "两免一补"]
    table = table_of(SUBSIDIES, "item", words)
    at = [c.name for c in SUBSIDIES.columns].index("item")
    for n, word in enumerate(words, start=1):
        table[n] = [*table[1]]
        table[n][at] = word
    staged = bench.stage_csv(SUBSIDIES, table)
    assert [row["item_sent"] for row in bench.rows(staged)] == ["两免一补", "寄宿生生活补助", None]
    table[4][[c.name for c in SUBSIDIES.columns].index("amount")] = "1.00"
    staged = bench.stage_csv(SUBSIDIES, table)
    assert [row["item_sent"] for row in bench.rows(staged)] == ["寄宿生生活补助", None]
    assert {reason for _, reason, _ in bench.found(staged).values()} == {"conflicting_key"}


def test_what_was_rejected_comes_again_once_the_words_are_others_and_what_was_accepted_never(bench: Bench) -> None:
    bench.allowed_percent = 0
    table = table_of(REGISTER, "cause", ["因老", "因病"])
    first = bench.stage_csv(REGISTER, table)
    assert first.outcome is Outcome.REJECTED
    assert bench.stage_csv(REGISTER, table).outcome is Outcome.KNOWN
    bench.labels = Labels((("cause", "因老", "其他"),))
    second = bench.stage_csv(REGISTER, table)
    assert (second.outcome, second.delivery.id) == (Outcome.ACCEPTED, f"{first.delivery.id}{bench.labels.suffix}")
    for labels in (Labels(), Labels((("cause", "因老", "因病"),)), bench.labels):
        bench.labels = labels
        again = bench.stage_csv(REGISTER, table)
        assert (again.outcome, again.delivery.id) == (Outcome.KNOWN, second.delivery.id)


def test_what_an_older_release_staged_is_read_beside_what_is_staged_now(bench: Bench) -> None:
    staged = bench.stage_csv(SUBSIDIES, table_of(SUBSIDIES, "item", ["两免一补", "雨露计划"])).delivery
    path = bench.lake.staged(staged.feed, staged.county, staged.id)
    older = path.with_name("older.parquet")
    rows = pq.read_table(path)
    pq.write_table(rows.drop_columns([n for n in rows.column_names if n.endswith("_sent")]), older)
    parts = tuple(Part(name, SUBSIDIES_DAY, one, one) for name, one in (("old", older), ("new", path)))
    for order in (parts, parts[::-1]):
        current = CurrentFeed(SUBSIDIES, SUBSIDIES_DAY, order)
        found = duckdb.sql(f"SELECT item, item_sent FROM ({current.sql()})").fetchall()
        assert sorted(found, key=str) == [
            ("义务教育生活补助", "两免一补"), ("义务教育生活补助", None), ("雨露计划", None), ("雨露计划", None),
        ]  # fmt: skip
        assert duckdb.sql(current.sql()).columns == current.columns.names


def test_a_policy_names_words_for_labels_and_never_a_label_itself() -> None:
    parameter = parameter_of("labels.cause")
    assert parameter is not None
    assert parameter.kind.read({"因 老": "其他", "缺劳动力": "缺劳力"}) == {"因老": "其他", "缺劳动力": "缺劳力"}
    for raw, told in (
        ({"因病": "其他"}, "is a label of 主要致贫原因 itself"),
        ({"因老": "因老"}, "not in 主要致贫原因"),
        ({"因老": "其他", "因　老": "因病"}, "stands for two labels"),
        ({" ": "其他"}, "is no word"),
        (["因老"], "is no mapping"),
    ):
        with pytest.raises(ValueRefusedError, match=told):
            parameter.kind.read(raw)
    assert parameter_of("labels.nobody") is None


def test_a_check_knows_the_countys_words_and_names_the_key_that_would_map_another(tmp_path: Path) -> None:
    file = write_csv(tmp_path / file_name(REGISTER), table_of(REGISTER, "cause", ["因老", "因病了"]))
    report = check_file(
        file,
        received_at=RECEIVED,
        bad_rows_percent=lambda _feed, _county: 100,
        labels=lambda _county, _feed, _on: Labels((("cause", "因老", "其他"),)),
    )
    assert [(p.value, "labels.cause（因病了: 因病）" in p.reason_text) for p in report.problems] == [("因病了", True)]


def test_an_office_is_known_with_the_county_before_it_or_without() -> None:
    sent = ["民政局", "县民政局", "凯里市民政局", "市场监管局", "黔东南州凯里市住建局", "残联", "某某局"]
    parsed = parse_code(pa.array(sent), OFFICES, {})
    wanted = ["民政局", "民政局", "民政局", "市场监督管理局", "住房和城乡建设局", "残疾人联合会", None]
    assert parsed.values.to_pylist() == wanted


def test_an_office_is_known_by_what_its_county_calls_it() -> None:
    parameter = parameter_of("departments.register")
    assert parameter is not None
    assert parameter.kind.read("农业农村局") == ("农业农村局",)
    assert parameter.kind.read([" 农业 农村局", "农业局"]) == ("农业农村局", "农业局")
    for raw, told in (
        ([], "is no title"),
        ({"a": "b"}, "is no title"),
        (["局", " "], "empty"),
        (["局", "局 "], "twice"),
    ):
        with pytest.raises(ValueRefusedError, match=told):
            parameter.kind.read(raw)
    own = policy_of(world(policy={"departments.register": ["农业农村局", "农业局"]}))
    words = labels_of(own, FEEDS_BY_NAME["outside_leads"], own.d).of("department")
    assert words == {"农业农村局": "乡村振兴局", "农业局": "乡村振兴局"}
    sent = pa.array(["凯里市农业局", "农业农村局", "民政局"])
    assert parse_code(sent, OFFICES, words).values.to_pylist() == ["乡村振兴局", "乡村振兴局", "民政局"]
    assert labels_of(policy_of(world()), FEEDS_BY_NAME["outside_leads"], own.d) == Labels()
