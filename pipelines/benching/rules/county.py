"""A simulated county of any size, staged and conformed without the detour over files: what all jobs read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.days import Days
from expectations.feed import Feed, problem_column
from expectations.policy import Policy
from pipelines.benching.simulated import CODE, D, households_of
from pipelines.conforming import conform
from pipelines.house.policies import load_policies
from pipelines.reconciling.county import Asked
from pipelines.simulator.simulation import SIMULATED, make_county
from pipelines.staging.parsing.identity import parse_identity_numbers
from pipelines.staging.schema import PROBLEMS, quarantined_schema, staged_schema
from warehouse.books.deliveries import Delivery
from warehouse.current import Conformed
from warehouse.lake import Lake


@dataclass(frozen=True)
class BenchCounty:
    """A county at D: its conformed feeds and its policy; every staged row counts."""

    conformed: Conformed
    policy: Policy

    @property
    def asked(self) -> Asked:
        """What the rules are asked."""
        return Asked(self.conformed, self.policy)

    def path(self, feed: str) -> str:
        """The Parquet file of a feed."""
        (part,) = self.conformed.feeds[feed].parts
        return str(part.path)

    @property
    def days(self) -> Days:
        """What the county's deliveries cover."""
        return self.conformed.days(self.policy)

    def beside_refused(self, folder: Path) -> Asked:
        """The same, beside the rows that were refused when the county was laid down under ``folder``."""
        feeds = {
            name: replace(feed, parts=tuple(replace(part, refused_path=_refused(folder, name)) for part in feed.parts))
            for name, feed in self.conformed.feeds.items()
        }
        return Asked(replace(self.conformed, feeds=feeds), self.policy)

    def rows(self) -> Mapping[str, int]:
        """Rows by feed."""
        return {feed.name: pq.read_metadata(self.path(feed.name)).num_rows for feed in SIMULATED}


def lay_down(folder: Path, persons: int, seed: int = 1, refused: int = 0) -> None:
    """Simulate about ``persons`` registered persons and stage their feeds under ``folder``.

    Of each feed ``refused`` percent of the rows are not staged: each lost one required value, and lies apart.
    """
    made = make_county(CODE, D, households_of(persons), seed, 1)
    made.policy.write(folder / "policy")
    books, _ = made.month(made.clocks[-1])
    lake = Lake(folder)
    for feed in SIMULATED:
        path = lake.staged(feed.name, CODE, feed.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        table = books.pop(feed.name).table()
        lost = pa.array([refused > 0 and row * refused % 100 < refused for row in range(len(table))], pa.bool_())
        pq.write_table(_staged(feed, table.filter(pc.invert(lost))), path, compression="zstd")
        _refused(folder, feed.name).parent.mkdir(exist_ok=True)
        pq.write_table(_spoilt(feed, table.filter(lost)), _refused(folder, feed.name))
        nothing = lake.quarantined_rows(feed.name, CODE, feed.name)
        nothing.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(quarantined_schema(feed).empty_table(), nothing)
        pq.write_table(PROBLEMS.empty_table(), lake.problems(feed.name, CODE, feed.name))


def open_county(folder: Path) -> BenchCounty:
    """The county that lies under ``folder``."""
    policy = load_policies(folder / "policy").at(CODE, D)
    at = datetime(2026, 7, 1, tzinfo=UTC)
    deliveries = [
        Delivery(feed.name, feed.name, CODE, D, "file", (), "0" * 64, 0, None, at, "accepted") for feed in SIMULATED
    ]
    return BenchCounty(conform(Lake(folder), deliveries, CODE, D, policy), policy)


def _staged(feed: Feed, table: pa.Table) -> pa.Table:
    """The simulator's columns as staging leaves them: identity numbers judged, 是/否 as booleans."""
    columns: dict[str, Any] = {name: table[name].combine_chunks() for name in table.column_names}
    for column in feed.identity_columns:
        parsed = parse_identity_numbers(columns[column], None, D)
        columns |= {column: parsed.values, problem_column(column): parsed.problems}
    rows = table.num_rows
    columns |= {
        "_delivery": pa.repeat(feed.name, rows),
        "_file": pa.repeat(f"{feed.name}.csv", rows),
        "_row": pa.array(range(2, rows + 2), pa.int64()),
    }
    schema = staged_schema(feed)
    return pa.table([_as(columns.get(field.name), field.type, rows) for field in schema], schema=schema)


def _refused(folder: Path, feed: str) -> Path:
    return folder / "refused" / f"{feed}.parquet"


def _spoilt(feed: Feed, table: pa.Table) -> pa.Table:
    """Rows as quarantine keeps them: the first lacks the first required value, the second the second, and so on."""
    spoilt = [column.name for column in feed.columns if column.must_be_there and not column.is_identity_number]
    schema = quarantined_schema(feed)
    columns = {}
    for name in table.column_names:
        texts = table[name].cast(pa.string())
        if name in spoilt:
            lost = [row % len(spoilt) == spoilt.index(name) for row in range(len(table))]
            texts = pc.if_else(pa.array(lost, pa.bool_()), pa.scalar(None, pa.string()), texts)
        columns[name] = texts
    return pa.table([_as(columns.get(field.name), field.type, len(table)) for field in schema], schema=schema)


def _as(values: Any, kind: pa.DataType, rows: int) -> Any:
    if values is None:
        return pa.nulls(rows, kind)
    return pc.equal(values, "是") if pa.types.is_boolean(kind) else values.cast(kind)
