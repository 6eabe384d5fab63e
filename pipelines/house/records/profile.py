"""What staging says of a delivery in figures: its profile, and what was expected of it. No person is in it."""

from typing import TypedDict


class CountedColumn(TypedDict):
    """One column: rows, nulls, distinct values (estimated beyond 100,000 rows), problems by reason, shares of codes."""

    column: str
    identity_number: bool
    rows: int
    nulls: int
    distinct: int
    problems: dict[str, int]
    shares: dict[str, float]


class References(TypedDict):
    """Of a column that refers to another feed: rows whose value is there, and its values that are here; else None."""

    known_share: float | None
    reached_share: float | None


class Changes(TypedDict):
    """How a column differs from the profile before; None where there is nothing to compare with."""

    null_share_rise: float | None
    drift: float | None


class ColumnProfile(CountedColumn, References, Changes):
    """One column and how it compares."""

    unknown_area_share: float | None
    """Of numbers whose first six digits never were a county's code."""


class Figures(TypedDict):
    """A delivery as a whole: its rows, its columns, and how it compares."""

    feed: str
    read: int
    staged: int
    quarantined: int
    totals_or_blank: int
    repeated: int
    values_refused: int
    bad_rows_percent: float
    bad_rows_percent_allowed: float
    bad_rows_excess: float
    columns: list[ColumnProfile]
    periods: dict[str, int]
    """Rows of each period of a feed that accumulates; of enrolments, of each year."""
    rows_before: int | None
    period_share: float | None


class Profile(Figures):
    """What is kept of it, with what was told of the file itself."""

    extra_columns: list[str]
    warnings: list[str]


class ExpectationRow(TypedDict):
    """What one expectation said of the whole delivery (``column_name`` empty) or of a column."""

    expectation: str
    column_name: str
    severity: str
    success: bool
    observed: str
    description: str
