"""A unit of money counts wherever it stands, and an office is none."""

import pytest
from feed_tables import write_csv

from expectations.feed import Money
from expectations.feeds import FEEDS
from pipelines.reading import open_file
from pipelines.reading.units import money_unit, stated_unit

WITH_MONEY = [(f, c) for f in FEEDS for c in f.columns if isinstance(c.type, Money)]

each_amount = pytest.mark.parametrize(("feed", "column"), WITH_MONEY, ids=lambda x: x.name)


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("单位：万元", 10_000),
        ("农村危房改造台账（金额单位：万元）", 10_000),
        ("填报单位：开元镇人民政府    单位：万元", 10_000),
        ("单 位：万 元", 10_000),
        ("单位：万元、人", 10_000),
        ("单位：户/人/千元", 1_000),
        ("金额单位：人民币元", 1),
        ("（百元）", 100),
        ("单位：元/人·月", 1),
        ("本表金额以万元为单位", 10_000),
        ("注：金额以千元计。", 1_000),
        ("以下金额单位均为万元", 10_000),
        ("单位一律为千元", 1_000),
        ("單位：萬元", 10_000),
        ("单位：圆", 1),
        ("单位＝万元", 10_000),
        ("单位；万元", 10_000),
    ],
)
def test_a_title_or_a_note_states_a_unit_in_many_forms(text, scale):
    assert stated_unit(text).scale == scale


@pytest.mark.parametrize(
    "text",
    ["单位：元、万元", "单位：亿元", "单位：万", "（美元）", "单位：十万元", "表中金额按万元填报", "资金栏请填万元"],
)
def test_a_unit_that_cannot_be_placed_is_none_of_ours_and_not_passed_over(text):
    assert stated_unit(text).scale is None


@pytest.mark.parametrize(
    "text",
    [
        "填报单位：凯里市民政局",
        "单位：开元镇",
        "单位：户、人",
        "合计补助：35万元",
        "补助金额三万元以上农户名册",
        "补助金额10万元",
        "单位：开元镇，补助资金2.5万元",
        "资金来源：万元乡财政",
        "（2026年）",
        "备注",
        "",
        "一元街小学",
    ],
)
def test_an_office_a_sum_or_a_place_states_no_unit(text):
    assert stated_unit(text) is None


def heading_of(tmp_path, feed, column, text):
    """The column's heading as it was recognised, where it is written so."""
    table = [[text if c is column else c.title for c in feed.columns]]
    opened = open_file(write_csv(tmp_path / "x", table), "x.csv", "csv", feed)
    return opened.tables[0].layout.columns.get(column.name) if opened.tables else None


@each_amount
@pytest.mark.parametrize("unit", ["百元", "千元", "万元"])
def test_a_unit_behind_any_heading_is_that_of_its_column(tmp_path, feed, column, unit):
    scale = money_unit(unit).scale
    for form in (
        f"{column.title}（{unit}）",
        f"*{column.title}【单位：{unit}】",
        f"{column.title}/{unit}",
        column.title + unit,
    ):
        found = heading_of(tmp_path, feed, column, form)
        assert (found.position, found.scale) == (feed.columns.index(column), scale), form


@each_amount
def test_an_amount_a_year_is_not_one_a_month(tmp_path, feed, column):
    other = "元/年" if "年" not in column.unit else "元/月"
    assert heading_of(tmp_path, feed, column, f"{column.title}（{other}）") is None
    assert heading_of(tmp_path, feed, column, f"{column.title}（{column.unit}）").scale == 1
