"""A run's inputs as relations of a DuckDB connection: current rows, ledger, and what the books say."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Float, Integer, Numeric, Table

from expectations.days import When
from expectations.feeds import FEEDS_BY_NAME
from expectations.finding import EXPLANATION_FOR_DEPARTMENTS
from expectations.policies import parameter_of
from expectations.policies.kinds import as_json
from expectations.policy import PolicyError
from expectations.rule import Rule
from expectations.rules import RULES, RULES_BY_CODE
from expectations.status import RuleStatus
from warehouse.current import CurrentFeed
from warehouse.lake import Lake
from warehouse.loading.areas import make_area_history
from warehouse.loading.run import RunToLoad, canonical_json
from warehouse.sql import parquet
from warehouse.tables import departments, dimensions, runs
from warehouse.tables.columns import feed_columns
from warehouse.tables.readings import READINGS, dim_policy_reading

_LATER = {
    "unchecked": "BOOLEAN",
    "cleared_because": "VARCHAR",
    EXPLANATION_FOR_DEPARTMENTS: "VARCHAR",
    "rule_yuan": "DECIMAL(18, 2)",
    "rule_months": "VARCHAR",
}
"""Columns of the ledger that an older release did not write."""


def register_inputs(connection: duckdb.DuckDBPyConnection, lake: Lake, run: RunToLoad, definitions: str) -> None:
    """Make ``current_<feed>`` for each feed that is there, ``area_history`` and ``input_<what>`` on the connection."""
    connection.execute("SET VARIABLE county = $1", [run.county])
    connection.execute("SET VARIABLE as_of = $1", [run.as_of])
    for feed in sorted(run.current):
        connection.execute(f"CREATE TEMP VIEW current_{feed} AS {_rows_of(run.current[feed])}")
    # a ledger of an older release has no such marks
    there = pq.read_schema(run.ledger).names
    marks = "".join(f", NULL::{kind} AS {name}" for name, kind in _LATER.items() if name not in there)
    connection.execute(f"CREATE TEMP VIEW input_ledger AS SELECT *{marks} FROM {parquet(run.ledger)}")
    make_area_history(connection, lake, run)
    _register(connection, "input_rules", dimensions.dim_rule, map(_rule_row, RULES))
    _register(connection, "input_policy", dimensions.dim_policy, map(_policy_row, run.policy_in_force))
    _register(connection, "input_policy_readings", dim_policy_reading, _policy_reading_rows(run))
    _register(connection, "input_payment_months", departments.fact_payment_month, _payment_month_rows(run))
    _register(connection, "input_rule_runs", runs.fact_rule_run, _rule_run_rows(connection, run))
    _register(connection, "input_deliveries", runs.fact_delivery, _delivery_rows(run), keep=("county", "as_of"))
    _register(connection, "input_quality", runs.fact_quality, run.quality)
    load = {"run": run.run, "code": run.code, "digest": run.digest, "definitions": definitions}
    _register(connection, "input_load", runs.fact_load, [load])


def _rows_of(current: CurrentFeed) -> str:
    """The current rows; columns that the feed did not have when they were staged are null."""
    declared = {column.name: column for column in feed_columns(current.feed)}
    there = [set(pq.read_schema(part.path).names) for part in current.parts]
    if all(declared.keys() <= names for names in there):
        return current.sql()
    nulls = ", ".join(f"CAST(NULL AS {column.type.compile()}) AS {name}" for name, column in declared.items())
    parts = [replace(current, parts=(part,)).sql() for part in current.parts]
    return " UNION ALL BY NAME ".join([f"SELECT {nulls} WHERE false", *parts])


def _rule_row(rule: Rule) -> dict[str, Any]:
    """A rule of the rule book."""
    return {
        "rule": rule.code,
        "name": rule.name,
        "name_en": rule.name_en,
        "owner": rule.owner,
        "severity": rule.severity,
        "subject": rule.subject.kind,
        "sentence": rule.sentence,
        "clears_when": rule.clears_when,
        "basis": rule.basis,
        "amount_side": rule.amount and rule.amount.side.label,
        "amount_how": rule.amount and rule.amount.how,
    }


def _payment_month_rows(run: RunToLoad) -> list[dict[str, Any]]:
    """The months that a delivery has payments of, and which of them are asked about; none where nobody can say."""
    book = run.days.of.get("low_income_households")
    try:
        months = run.days.months
    except PolicyError:
        return []
    return [
        {
            "month": one.name,
            "first_day": one.first_day,
            "last_day": one.last_day,
            "has_settled": one.has_settled,
            "is_early": one.is_early,
            "is_asked": one.has_settled and book is not None and one.last_day <= book,
        }
        for one in months
    ]


def _policy_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter in force with its title and unit; ``number`` where the value is one."""
    parameter = parameter_of(row["key"])
    if parameter is None:
        raise KeyError(f"{row['key']} is no declared policy parameter")
    return {
        "key": row["key"],
        "title": parameter.title,
        "unit": parameter.unit,
        "value": canonical_json(row["value"]),
        "number": _number(parameter.kind.read(row["value"])),
        "valid_from": row["from"],
        "valid_to": row.get("to"),
        "source": row["source"],
    }


def _number(value: Any) -> Decimal | None:
    """A policy value as a number, where it is one."""
    return Decimal(value).quantize(Decimal("0.01")) if isinstance(value, int | Decimal) else None


def _policy_reading_rows(run: RunToLoad) -> Iterable[dict[str, Any]]:
    """The values that figures compare with, at the days of what was delivered; none where none was in force."""
    policy, days = run.typed_policy, run.days
    for reading in READINGS:
        day = days.on(When(RULES_BY_CODE[reading.rule].needs if reading.rule else reading.feeds))
        for key in (key for key in policy.timelines if reading.reads(key)):
            if (entry := policy.entry_or_none(key, day)) is not None:
                yield {
                    "reading": reading.name,
                    "key": key,
                    "read_on": day,
                    "value": canonical_json(as_json(entry.value)),
                    "number": _number(entry.value),
                }


def _rule_run_rows(connection: duckdb.DuckDBPyConnection, run: RunToLoad) -> Iterable[dict[str, Any]]:
    """What became of each rule; evaluated ones with how many rows they went through."""
    rows = {
        feed: (connection.execute(f"SELECT count(*) FROM current_{feed}").fetchone() or (0,))[0] for feed in run.current
    }
    needs = {rule.code: rule.needs for rule in RULES}
    for row in run.rule_runs:
        first = next(iter(needs.get(row["rule"], ())), None)
        evaluated = row["status"] == RuleStatus.EVALUATED
        yield {**row, "run": run.run, "candidates": rows.get(first) if evaluated and first is not None else None}


def _delivery_rows(run: RunToLoad) -> Iterable[dict[str, Any]]:
    """The county's deliveries with their accounting."""
    used = {delivery for ids in run.conformed.deliveries.values() for delivery in ids}
    for delivery in run.deliveries:
        feed = FEEDS_BY_NAME.get(delivery.feed)
        counts = delivery.accounting
        yield {
            "county": delivery.county,
            "delivery": delivery.id,
            "feed": delivery.feed,
            "feed_title": feed.title if feed else None,
            "department": str(feed.sender) if feed else None,
            "as_of": delivery.as_of,
            "source": delivery.source,
            "files": canonical_json([file.name for file in delivery.files]),
            "sha256": delivery.sha256,
            "bytes": delivery.bytes,
            "rows_read": counts.read if counts else None,
            "rows_staged": counts.staged if counts else None,
            "rows_quarantined": counts.quarantined if counts else None,
            "rows_totals_or_blank": counts.totals_or_blank if counts else None,
            "rows_repeated": counts.repeated if counts else None,
            "values_refused": counts.values_refused if counts else None,
            "status": str(delivery.status),
            "reason": "\n".join(delivery.reason) or None,
            "in_force": delivery.id in used,
            "received_at": delivery.received_at,
        }


def _register(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    table: Table,
    rows: Iterable[Mapping[str, Any]],
    keep: tuple[str, ...] = (),
) -> None:
    """Register rows with the columns of ``table``; county and as-of come with the load unless they are to be kept."""
    columns = [c for c in table.c if c.name in keep or c.name not in {"county", "as_of"}]
    schema = pa.schema([(c.name, _arrow_type(c.type)) for c in columns])
    plain = [{c.name: _plain(row.get(c.name), c.type) for c in columns} for row in rows]
    connection.register(name, pa.Table.from_pylist(plain, schema))


def _plain(value: Any, type_: object) -> Any:
    """Dates that JSON brought as text become dates; enums become text."""
    if isinstance(type_, Date) and isinstance(value, str):
        return pa.scalar(value).cast(pa.date32()).as_py()
    return str(value) if isinstance(value, str) else value


def _arrow_type(type_: object) -> pa.DataType:
    """The Arrow type of a SQLAlchemy type."""
    match type_:
        case BigInteger():
            return pa.int64()
        case Integer():
            return pa.int32()
        case Boolean():
            return pa.bool_()
        case Date():
            return pa.date32()
        case DateTime():
            return pa.timestamp("us", tz="UTC")
        case Float():
            return pa.float64()
        case Numeric():
            return pa.decimal128(18, 2)
        case _:
            return pa.string()
