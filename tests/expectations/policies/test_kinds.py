"""What a policy value may be, kind by kind."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations import codes
from expectations.errors import ValueRefusedError
from expectations.policies.kinds import (
    AgeRange,
    DayOfYear,
    Labels,
    LabelsByLabel,
    MonthDay,
    Percent,
    Whole,
    Yuan,
    as_json,
)


@pytest.mark.parametrize(
    ("raw", "value"), [(420, "420.00"), (420.5, "420.50"), ("416.67", "416.67"), (0.1, "0.10"), ("1e3", "1000.00")]
)
def test_an_amount_is_exactly_what_was_written(raw: object, value: str) -> None:
    assert str(Yuan().read(raw)) == value


@pytest.mark.parametrize("raw", ["", "many", None, True, -1, 0.001, "NaN", "Infinity", "1e999999", [1], {"a": 1}])
def test_what_is_no_amount_is_refused(raw: object) -> None:
    with pytest.raises(ValueRefusedError, match=r"number|negative|decimals"):
        Yuan().read(raw)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_an_amount_read_as_number_and_as_text_is_the_same(amount: Decimal) -> None:
    assert Yuan().read(float(amount)) == Yuan().read(str(amount)) == amount


@pytest.mark.parametrize(("raw", "value"), [(5, "5"), (50, "50"), ("2.50", "2.5"), (100, "100"), (0, "0")])
def test_a_percentage_has_no_trailing_zeros(raw: object, value: str) -> None:
    assert str(Percent().read(raw)) == value


@pytest.mark.parametrize("raw", [-1, 100.5, "5%", True])
def test_what_is_no_percentage_is_refused(raw: object) -> None:
    with pytest.raises(ValueRefusedError, match=r"percentage|number"):
        Percent().read(raw)


def test_a_count_has_no_fraction_and_keeps_its_bounds() -> None:
    assert Whole(1, 31).read(31) == 31
    assert Whole().read("7.0") == 7
    for raw in (0, 32, 1.5, True):
        with pytest.raises(ValueRefusedError, match=r"whole number|no number"):
            Whole(1, 31).read(raw)


def test_a_day_of_the_year_is_one_that_every_year_has() -> None:
    settled = DayOfYear().read("03-01")
    assert settled == MonthDay(3, 1)
    assert str(settled) == "03-01"
    assert settled.in_year(2026).isoformat() == "2026-03-01"
    for raw in ("02-29", "13-01", "3-1", "03-01-2026", 301, None):
        with pytest.raises(ValueRefusedError, match="no day"):
            DayOfYear().read(raw)


def test_a_list_of_codes_names_each_known_code_once() -> None:
    grades = Labels(codes.GRADE)
    assert grades.read(["C", "D"]) == ("C", "D")
    for raw in (["C", "E"], ["C", "C"], [], "CD", None):
        with pytest.raises(ValueRefusedError, match="鉴定等级"):
            grades.read(raw)


def test_items_by_stage_are_known_stages_with_known_items() -> None:
    items = LabelsByLabel(codes.STAGE, codes.SUBSIDY_ITEM)
    assert items.read({"中职": ["中职助学金", "中职免学费"], "学前": []}) == {
        "学前": (),
        "中职": ("中职助学金", "中职免学费"),
    }
    for raw in ({"大学": []}, {"小学": ["午餐"]}, {"小学": "义务教育生活补助"}, ["小学"], None):
        with pytest.raises(ValueRefusedError, match=r"学段|资助项目"):
            items.read(raw)


def test_an_age_range_rises() -> None:
    assert AgeRange().read([6, 15]) == (6, 15)
    for raw in ([15, 6], [6, 6], [6], [6, 15, 18], 6, ["six", 15]):
        with pytest.raises(ValueRefusedError, match=r"age|number"):
            AgeRange().read(raw)


def test_values_go_into_json_as_text_lists_and_numbers() -> None:
    items = LabelsByLabel(codes.STAGE, codes.SUBSIDY_ITEM).read({"小学": ["义务教育生活补助"]})
    assert as_json(items) == {"小学": ["义务教育生活补助"]}
    assert [as_json(v) for v in (Decimal("420.00"), MonthDay(3, 1), (6, 15), 10)] == ["420.00", "03-01", [6, 15], 10]
