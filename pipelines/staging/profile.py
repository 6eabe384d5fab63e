"""A delivery in figures: one row a column, and the whole against what came before. No personal value is in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations.feed import Code, Column, Feed, YesNo
from expectations.masks import Audience, mask_of
from expectations.suites import COMPARABLE_ROWS, REFERENCES
from pipelines.house.records.profile import Changes, ColumnProfile, CountedColumn, Figures, References
from pipelines.staging.admission import is_county
from pipelines.staging.scratch import scratch
from warehouse.books.deliveries import Accounting
from warehouse.sql import parquet

_FEW_ROWS = 10_000
_EXACT_ROWS = 100_000
_COLUMNS_AT_ONCE = 32


@dataclass(frozen=True)
class Before:
    """What a delivery is compared with: the profile of the one before, and the other feeds' staged files.

    ``periods``: of a feed that accumulates, the rows that each period had when it was last delivered.
    """

    profile: Figures | None
    others: Mapping[str, Path]
    periods: Mapping[str, int] = field(default_factory=dict)


def profile_delivery(
    feed: Feed, staged: Path, problems: pa.Table, accounting: Accounting, allowed_percent: Decimal, before: Before
) -> Figures:
    """Figures of a staged file; ``problems`` as in the lake, ``allowed_percent`` the share of rows that may be bad."""
    with scratch() as connection:
        source = parquet(staged)
        columns_counted, areas = _columns(connection, feed, source, problems)
        columns: list[ColumnProfile] = [
            {
                **column,
                **_referential(connection, feed, source, column["column"], before.others),
                "unknown_area_share": _unknown_area_share(areas.get(column["column"], {})),
                **_against(column, before.profile),
            }
            for column in columns_counted
        ]
        periods = _periods(connection, feed, source)
    data_rows = accounting.read - accounting.totals_or_blank
    percent = Decimal(100 * accounting.quarantined) / data_rows if data_rows else Decimal(0)
    return {
        "feed": feed.name,
        "read": accounting.read,
        "staged": accounting.staged,
        "quarantined": accounting.quarantined,
        "totals_or_blank": accounting.totals_or_blank,
        "repeated": accounting.repeated,
        "values_refused": accounting.values_refused,
        "bad_rows_percent": float(percent),
        "bad_rows_percent_allowed": float(allowed_percent),
        "bad_rows_excess": float(percent - allowed_percent),
        "columns": columns,
        "periods": periods,
        "rows_before": before.profile["staged"] if before.profile else None,
        "period_share": _period_share(periods, before.periods),
    }


def measures(profile: Figures) -> dict[str, dict[str, float | None]]:
    """Named measures for the whole (key ``""``) and for each column: what the suites of expectations judge."""
    rows = profile["staged"]
    accounted = rows + profile["quarantined"] + profile["totals_or_blank"] + profile["repeated"]
    out: dict[str, dict[str, float | None]] = {
        "": {
            "rows": rows,
            "unaccounted_rows": profile["read"] - accounted,
            "bad_rows_excess": profile["bad_rows_excess"],
            "rows_share": rows / profile["rows_before"] if profile["rows_before"] else None,
            "period_share": profile["period_share"],
        }
    }
    seen = max(profile["read"] - profile["totals_or_blank"], 1)
    for column in profile["columns"]:
        share = column["nulls"] / rows if rows else None
        out[column["column"]] = {
            "refused_share": sum(column["problems"].values()) / seen,
            "unnumbered_share": share if column["identity_number"] else None,
            "null_share_rise": column["null_share_rise"],
            "drift": column["drift"],
            "known_share": column["known_share"],
            "reached_share": column["reached_share"],
            "unknown_area_share": column["unknown_area_share"],
        }
    return out


def _columns(
    connection: duckdb.DuckDBPyConnection, feed: Feed, source: str, problems: pa.Table
) -> tuple[list[CountedColumn], dict[str, dict[str, int]]]:
    """Each column in figures, and of identity numbers how many there are of each area prefix: one look at the rows."""
    rows = connection.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0]
    found: list[tuple[int, int, dict[str, int] | None]] = []
    for start in range(0, len(feed.columns), _COLUMNS_AT_ONCE):  # each column has tables of its own in memory
        columns = feed.columns[start : start + _COLUMNS_AT_ONCE]
        counts = ", ".join(f'count("{c.name}"), {_distinct(c, rows)}, {_values(feed, c)}' for c in columns)
        counted = connection.execute(f"SELECT {counts} FROM {source}").fetchall()[0]
        found += zip(counted[::3], counted[1::3], counted[2::3], strict=True)
    reasons = problems.group_by(["column", "reason"]).aggregate([([], "count_all")]).to_pylist()
    out: list[CountedColumn] = []
    areas: dict[str, dict[str, int]] = {}
    for column, (given, distinct, values) in zip(feed.columns, found, strict=True):
        if column.is_identity_number:
            areas[column.name] = values or {}
        shares = {} if column.is_identity_number or not values else _shares(values, given)
        out.append(
            {
                "column": column.name,
                "identity_number": column.is_identity_number,
                "rows": rows,
                "nulls": rows - given,
                "distinct": min(distinct, given),
                "problems": dict(sorted((r["reason"], r["count_all"]) for r in reasons if r["column"] == column.name)),
                "shares": shares,
            }
        )
    return out, areas


def _distinct(column: Column, rows: int) -> str:
    """SQL: how many values there are.

    Counting exactly holds every value in memory, and an estimate does where they are many; where they are few, a table
    of its own for each column costs more than the counting.
    """
    if rows <= _FEW_ROWS:
        return f'coalesce(cardinality(histogram("{column.name}")), 0)'
    return f'count(DISTINCT "{column.name}")' if rows <= _EXACT_ROWS else f'approx_count_distinct("{column.name}")'


def _values(feed: Feed, column: Column) -> str:
    """SQL: how many rows have each value, of columns that have few: of numbers, their first six digits."""
    if column.is_identity_number:
        return f'histogram(left("{column.name}", 6))'
    if isinstance(column.type, Code | YesNo) and _tells_nothing_of_people(feed, column.name):
        return f'histogram(CAST("{column.name}" AS VARCHAR))'
    return "NULL"


def _shares(values: Mapping[str, int], given: int) -> dict[str, float]:
    return {value: values[value] / given for value in sorted(values)}


def _tells_nothing_of_people(feed: Feed, column: str) -> bool:
    return mask_of(feed.name, column, Audience.DATA_TEAM).is_clear


def _periods(connection: duckdb.DuckDBPyConnection, feed: Feed, source: str) -> dict[str, int]:
    columns = feed.accumulates_by or feed.counted_by
    if not columns or not all(_tells_nothing_of_people(feed, name) for name in columns):
        return {}
    period = " || '|' || ".join(f'"{name}"::VARCHAR' for name in columns)
    rows = connection.execute(f"SELECT {period}, count(*) FROM {source} GROUP BY 1 ORDER BY 1").fetchall()
    return dict(rows)


def _referential(
    connection: duckdb.DuckDBPyConnection, feed: Feed, source: str, column: str, others: Mapping[str, Path]
) -> References:
    """Shares of a reference: rows whose value the other feed has, and the other's values that are here.

    None where the column refers to nothing, or the other feed has not arrived.
    """
    out: References = {"known_share": None, "reached_share": None}
    reference = next((r for r in REFERENCES if r.feed == feed.name and r.column == column and r.other in others), None)
    if reference is None:
        return out
    other = parquet(others[reference.other])
    out["known_share"] = _share_within(connection, column, source, other)
    if reference.both_ways:
        out["reached_share"] = _share_within(connection, column, f'(SELECT DISTINCT "{column}" FROM {other})', source)
    return out


def _share_within(connection: duckdb.DuckDBPyConnection, column: str, asked: str, known: str) -> float | None:
    """Of the rows of ``asked``: the share whose value ``known`` has too; None where there is no row."""
    question = f'SELECT avg(("{column}" IN (SELECT "{column}" FROM {known}))::INTEGER) FROM {asked}'
    found = connection.execute(question).fetchall()[0][0]
    return None if found is None else float(found)


def _unknown_area_share(areas: Mapping[str, int]) -> float | None:
    """The share of numbers whose first six digits never were a county's code; None where there is no number."""
    unknown = sum(count for area, count in areas.items() if not is_county(area))
    return unknown / sum(areas.values()) if areas else None


def _against(column: CountedColumn, old: Figures | None) -> Changes:
    """How a column differs from the profile before; None where there is nothing to compare with."""
    then = next((c for c in old["columns"] if c["column"] == column["column"]), None) if old else None
    if then is None or min(column["rows"], then["rows"]) < COMPARABLE_ROWS:
        return {"null_share_rise": None, "drift": None}
    drift = None
    if column["shares"] and then["shares"]:
        values = sorted(column["shares"].keys() | then["shares"].keys())
        drift = sum(abs(column["shares"].get(v, 0) - then["shares"].get(v, 0)) for v in values) / 2
    return {"null_share_rise": column["nulls"] / column["rows"] - then["nulls"] / then["rows"], "drift": drift}


def _period_share(periods: Mapping[str, int], before: Mapping[str, int]) -> float | None:
    """The smallest share that a period has of the rows that it had when it was last delivered."""
    return min((count / before[p] for p, count in sorted(periods.items()) if before.get(p)), default=None)
