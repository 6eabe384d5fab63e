"""Indicators read off the published warehouse, for the command line."""

from collections.abc import Sequence
from datetime import date
from typing import Final, cast

from expectations.errors import UnknownError
from pipelines.evaluation.lacking import lack_of
from pipelines.evaluation.telling import describe_flow
from pipelines.house.settings import Settings
from warehouse.books.deliveries import deliveries_by_id
from warehouse.books.runs import Run, list_runs
from warehouse.evaluation.documented import FLOW_AREAS, LEVEL, REPORT_RULES
from warehouse.evaluation.indicator import statement
from warehouse.evaluation.indicators import INDICATORS
from warehouse.evaluation.querying import newest_day, published_query
from warehouse.evaluation.records import AreaFlowRow, FlowRow, IndicatorRow
from warehouse.evaluation.stock_flow import Book, Refused, account, as_row, by_area, read_book
from warehouse.refused import read_refused
from warehouse.sql import bound
from warehouse.staged import quarantined_rows


def read_indicators(settings: Settings, county: str | None, as_of: date | None, level: str) -> list[IndicatorRow]:
    """Rows of ``evaluation.indicators`` of a county at D for one level, by area, in the declared order.

    Raises RequestError where the warehouse does not hold them.
    """
    with published_query(settings.home.lake) as query:
        code, day = newest_day(query, county, as_of)
        rows = query(bound(LEVEL, county=code, as_of=day, level=level))
        ran = {row["rule"]: row for row in query(bound(REPORT_RULES, county=code, as_of=day))}
    order = {indicator.name: place for place, indicator in enumerate(INDICATORS)}
    told = []
    for row in sorted(rows, key=lambda r: (r["area_code"], order[r["indicator"]])):
        lack = lack_of(INDICATORS[order[row["indicator"]]], row, ran)
        told.append({**row, "reason": lack and lack.reason, "remedy": lack and lack.remedy})
    return cast(list[IndicatorRow], told)


def read_flow(settings: Settings, county: str | None, since: date, as_of: date | None) -> tuple[FlowRow, list[str]]:
    """Stock and flow of the register between two dates of the warehouse: plain values, and lines for a person.

    Raises RequestError where the warehouse does not hold both dates.
    """
    before, after, dates, _ = _flow_books(settings, county, since, as_of)
    found = account(before, after)
    return as_row(found), describe_flow(found, dates)


def _flow_books(
    settings: Settings, county: str | None, since: date, as_of: date | None
) -> tuple[Book, Book, tuple[date, date], dict[str, str]]:
    """The register at both dates, the dates, and what areas are called."""
    with published_query(settings.home.lake) as query:
        code, day = newest_day(query, county, as_of)
        _, first = newest_day(query, code, since)
        before, after = (read_book(query, code, at, _refused(settings, code, at)) for at in (first, day))
        names = {row["area_code"]: row["name"] for row in query(bound(FLOW_AREAS, county=code, as_of=day))}
    return before, after, (first, day), names


def read_flows(
    settings: Settings, county: str | None, since: date, as_of: date | None, level: str
) -> tuple[list[AreaFlowRow], list[str]]:
    """Stock and flow of each township or village between two dates, by area: plain values, and lines for a person.

    Together they are what ``read_flow`` gives of the county. Raises RequestError as it does.
    """
    before, after, dates, names = _flow_books(settings, county, since, as_of)
    found = by_area(account(before, after), before, after, digits=_DIGITS[level])
    rows: list[AreaFlowRow] = []
    lines: list[str] = []
    for area, own in found.items():
        name = names.get(area)
        rows.append({"area_code": area, "area_name": name, **as_row(own)})
        lines += describe_flow(own, dates, " ".join(part for part in (area, name) if part))
    return rows, lines


_DIGITS: Final = {"township": 9, "village": 12}


def _refused(settings: Settings, county: str, as_of: date) -> Refused:
    """Rows of the register that were refused in the deliveries of the run that the warehouse holds of a day.

    Raises StagedChangedError.
    """
    runs = [run for run in list_runs(settings.home.books, county) if run.as_of == as_of and run.recorded_at is not None]
    if not runs:
        return Refused()
    newest = max(runs, key=lambda run: run.recorded_at or run.started_at)
    households = _refused_rows(settings, newest, "register_households", ("household_no",))
    members = _refused_rows(settings, newest, "register_members", ("household_no", "member_no"))
    return Refused(
        frozenset(row["household_no"] for row in households if row["household_no"]),
        frozenset(row["member_no"] for row in members if row["member_no"]),
        frozenset(row["household_no"] for row in members if row["household_no"] and not row["member_no"]),
        sum(not any(row.values()) for row in (*households, *members)),
    )


def _refused_rows(settings: Settings, run: Run, feed: str, columns: Sequence[str]) -> list[dict[str, str | None]]:
    home = settings.home
    deliveries = deliveries_by_id(home.books, run.deliveries.get(feed, ())).values()
    paths = [quarantined_rows(home.lake, one) for one in deliveries]
    return [row for path in paths if path is not None for row in read_refused(path, columns)]


def query_of(name: str) -> str:
    """The query behind an indicator. Raises UnknownError for a name that none has."""
    for indicator in INDICATORS:
        if indicator.name == name:
            return statement(indicator)
    raise UnknownError("indicator", name, known=[indicator.name for indicator in INDICATORS])
