"""A literal world laid down as staged Parquet and conformed, so that the real engine can be run on it."""

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from builders import POLICY, Row, World
from feed_tables import as_text

from expectations.feeds import FEEDS_BY_NAME
from expectations.policies import parameter_of
from expectations.policy import Entry, Policy
from pipelines.conforming import conform
from pipelines.house.policies import load_policies
from pipelines.reconciling.county import Asked
from pipelines.reconciling.duckdb_engine import DuckdbEngine
from pipelines.reconciling.reconcile import Reconciled, Verdicts, judge, reconcile
from pipelines.staging.schema import PROBLEMS, quarantined_schema, staged_schema
from warehouse.books.deliveries import Delivery
from warehouse.current import Conformed
from warehouse.lake import Lake

KEY = b"a key for tests"


@cache
def _defaults() -> Mapping[str, Any]:
    return load_policies(None).defaults


def policy_of(world: World) -> Policy:
    """The world's policy: a value for all dates, or its entries."""
    timelines = dict(_defaults())
    for key, given in {**POLICY, **world.policy}.items():
        parameter = parameter_of(key)
        assert parameter is not None, key
        dated = isinstance(given, list) and given and isinstance(given[0], tuple)
        entries = given if dated else [(date(2000, 1, 1), given)]
        timelines[key] = tuple(Entry(parameter.kind.read(value), on, None, "test", "test") for on, value in entries)
    return Policy(world.county, world.d, timelines)


@dataclass(frozen=True)
class Laid:
    """Deliveries of a world as they lie in a lake: the last of each feed and day, and all that ever came."""

    lake: Lake
    newest: tuple[Delivery, ...]
    ever: tuple[Delivery, ...]

    def conformed(self, world: World) -> Conformed:
        """What counts of them at the world's D: it may be a later one than the deliveries were laid down for."""
        return conform(self.lake, list(self.newest), world.county, world.d, policy_of(world), list(self.ever))


def lay_down(world: World, home: Path) -> Laid:
    """Write every delivery of the world as staged and quarantined Parquet into the lake of a home."""
    lake, received = Lake(home), datetime(2026, 7, 1, tzinfo=UTC)
    newest: dict[tuple[str, date], Delivery] = {}
    ever: list[Delivery] = []
    for number, given in enumerate(world.deliveries):
        name = f"{given.feed}_{number:03d}"
        _write(lake.staged(given.feed, world.county, name), staged_schema(FEEDS_BY_NAME[given.feed]), given.rows, name)
        refused = [{c: v for c, v in row.items() if v is not None} for row in given.quarantined]
        schema = quarantined_schema(FEEDS_BY_NAME[given.feed])
        _write(lake.quarantined_rows(given.feed, world.county, name), schema, refused, name)
        holes = [
            {"delivery": name, "scope": "value", "file": f"{name}.csv", "row": row + 2, "column": column}
            for row, column in given.refused
        ]
        _write_as_it_is(lake.problems(given.feed, world.county, name), PROBLEMS, holes)
        at = received + timedelta(seconds=number)
        newest[given.feed, given.as_of] = Delivery(
            name, given.feed, world.county, given.as_of, "file", (), "0" * 64, 0, None, at, "accepted"
        )
        ever.append(newest[given.feed, given.as_of])
    return Laid(lake, tuple(newest.values()), tuple(ever))


def stage(world: World, lake: Lake) -> Conformed:
    """Lay the world down, and conform at its D."""
    return lay_down(world, lake.home).conformed(world)


def _staged(value: Any) -> Any:
    """Text as staging leaves it: NFKC."""
    return unicodedata.normalize("NFKC", value) if isinstance(value, str) else value


def _write(path: Path, schema: pa.Schema, rows: Any, name: str) -> None:
    filled = [
        {
            **{k: _staged(v) for k, v in row.items()},
            "_delivery": name,
            "_file": f"{name}.csv",
            "_sheet": None,
            "_row": number + 2,
        }
        for number, row in enumerate(rows)
    ]
    if "_reason" in schema.names:
        filled = [{k: v if k == "_row" else as_text(v) for k, v in r.items() if v is not None} for r in filled]
    _write_as_it_is(path, schema, filled)


def _write_as_it_is(path: Path, schema: pa.Schema, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not rows:
        path.write_bytes(_without_rows(schema))  # most files of most worlds
        return
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)


@cache
def _without_rows(schema: pa.Schema) -> bytes:
    buffer = pa.BufferOutputStream()
    pq.write_table(schema.empty_table(), buffer)
    return bytes(buffer.getvalue())


def _plans(given: Path | None) -> Path | None:
    """Where plans are kept if not at a place of the test's own: where those of all worlds of the session are."""
    shared = os.environ.get("LIANGXIAN_PLANS")
    return Path(shared, "worlds") if given is None and shared else given


def run(world: World, home: Path, codes: tuple[str, ...] | None = None, plans: Path | None = None) -> Reconciled:
    """Reconcile a world on DuckDB, all rules or those of ``codes``; ``plans`` is where compiled ones are kept."""
    from expectations.rules import RULES

    conformed = stage(world, Lake(home))
    rules = [rule for rule in RULES if codes is None or rule.code in codes]
    with DuckdbEngine(home / "spill", threads=1, plans=_plans(plans)) as engine:
        (reconciled,) = reconcile(engine, [Asked(conformed, policy_of(world))], KEY, rules)
    return reconciled


def verdicts(world: World, home: Path, codes: tuple[str, ...], plans: Path | None = None) -> Verdicts:
    """What rules say of a world on DuckDB, without sentences and evidence."""
    return asked_on(lay_down(world, home), world, codes, plans)


def asked_on(laid: Laid, world: World, codes: tuple[str, ...], plans: Path | None = None) -> Verdicts:
    """What rules say of a world that is laid down."""
    from expectations.rules import RULES

    rules = [rule for rule in RULES if rule.code in codes]
    with DuckdbEngine(laid.lake.spill, threads=1, plans=_plans(plans)) as engine:
        (said,) = judge(engine, [Asked(laid.conformed(world), policy_of(world))], rules)
    return said


def answers(reconciled: Reconciled) -> Mapping[str, dict[tuple[str, str], str] | None]:
    """By rule: {(subject_key, period): certainty}, or None where it was not evaluated."""
    found: dict[str, dict[tuple[str, str], str] | None] = {
        run.rule: {} if run.status == "evaluated" else None for run in reconciled.rule_runs
    }
    for row in reconciled.findings.select(["rule", "subject_key", "period", "certainty"]).to_pylist():
        verdict = found[row["rule"]]
        assert verdict is not None
        key = (row["subject_key"], row["period"])
        assert key not in verdict, f"{row['rule']}: two findings with one key"
        verdict[key] = row["certainty"]
    return found


def rows_of(world: World, feed: str) -> list[Row]:
    """Rows of every delivery of a feed."""
    return [row for delivery in world.deliveries if delivery.feed == feed for row in delivery.rows]
