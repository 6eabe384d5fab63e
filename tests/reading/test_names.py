"""A name that leaves no doubt is taken, and any other is told with the name to give it."""

import pytest

from pipelines.reading import parse_file_name
from pipelines.reading.names import explain_name

RIGHT = "low_income_households_522601_20260331"


@pytest.mark.parametrize(
    "name",
    [
        "low_income_households_522601_2026-03-31.csv",
        "low_income_households＿522601＿20260331.csv",
        "Low_Income_Households_522601_20260331.CSV",
    ],
)
def test_a_name_that_leaves_no_doubt_is_taken(name):
    assert parse_file_name(name) == parse_file_name(f"{RIGHT}.csv")


@pytest.mark.parametrize("name", [f"{RIGHT} (1).csv", f"{RIGHT} - 副本.csv", f"{RIGHT}.csv.csv", f"{RIGHT}（2）.csv"])
def test_a_copy_is_told_the_very_name_to_give_it(name):
    assert parse_file_name(name) is None
    assert f"改名为 {RIGHT}.csv" in explain_name(name)


@pytest.mark.parametrize("ending", ["txt", "xlsm", "ods"])
def test_an_ending_that_is_not_taken_is_told_what_to_save_as(ending):
    said = explain_name(f"{RIGHT}.{ending}")
    assert f"“.{ending}”不能报送" in said
    assert f"{RIGHT}.xlsx" in said
