"""Months are added by the calendar, in Python as in the databases that the rules run on."""

from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.calendar import (
    add_months,
    day_of_month,
    first_day_of_month,
    is_month_end,
    last_day_of_month,
    month_of,
    months_between,
    same_day_or_month_end,
)

DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))
MONTHS = st.integers(-240, 240)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 6, 30), 0, date(2026, 6, 30)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(DAYS, MONTHS)
def test_months_are_added_as_pandas_and_duckdb_add_them(day: date, months: int) -> None:
    later = add_months(day, months)
    assert later == (pd.Timestamp(day) + pd.DateOffset(months=months)).date()
    (found,) = duckdb.execute("SELECT ($1::DATE + to_months($2))::DATE", [day, months]).fetchone() or (None,)
    assert later == found


@given(DAYS, MONTHS)
def test_a_months_last_day_can_be_led_on_to_the_last_day_of_another(day: date, months: int) -> None:
    later = same_day_or_month_end(day, months)
    assert month_of(later) == month_of(add_months(day, months))
    assert is_month_end(later) if is_month_end(day) else later == add_months(day, months)


@given(DAYS)
def test_a_month_begins_and_ends_with_days_of_its_own(day: date) -> None:
    first, last = first_day_of_month(month_of(day)), last_day_of_month(month_of(day))
    assert first <= day <= last
    assert month_of(first - timedelta(days=1)) < month_of(day) < month_of(last + timedelta(days=1))
    assert is_month_end(last)
    assert day_of_month(day, 31) == last


def test_months_between_are_all_and_in_order() -> None:
    assert months_between("2025-11", "2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert months_between("2026-02", "2026-02") == ["2026-02"]
    assert months_between("2026-03", "2026-02") == []
