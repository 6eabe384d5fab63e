"""The days of dim_date: a fixed span, with the State Council's working days as far as they have been published."""

from datetime import date, timedelta
from typing import Final

import chinese_calendar
import pyarrow as pa

FIRST: Final = date(2010, 1, 1)
LAST: Final = date(2035, 12, 31)


def days() -> pa.Table:
    """The rows of dim_date from FIRST to LAST."""
    span = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    return pa.table(
        {
            "day": pa.array(span, pa.date32()),
            "year": pa.array([day.year for day in span], pa.int32()),
            "quarter": pa.array([(day.month + 2) // 3 for day in span], pa.int32()),
            "month": [f"{day:%Y-%m}" for day in span],
            "weekday": pa.array([day.isoweekday() for day in span], pa.int32()),
            "month_end": [(day + timedelta(days=1)).day == 1 for day in span],
            "working_day": pa.array([_is_working_day(day) for day in span], pa.bool_()),
        }
    )


def _is_working_day(day: date) -> bool | None:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
