"""Runs in the books: one county at one D, identified by what went in."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Connection, Engine, and_, delete, func, insert, or_, select, update

from expectations.status import RuleStatus
from warehouse.books.datasets import DIGESTS
from warehouse.books.journal import note_run
from warehouse.books.schema import rule_runs, runs


@dataclass(frozen=True)
class Run:
    """One run: a county at D over the deliveries in force, one policy and one version of the code.

    ``heard`` is the newest event of the county's deliveries that it had looked at: what has come since is news.
    ``sent``: whether its findings were sent out, as a night does; None where the first release recorded it.
    ``position``: how many events there were by which they counted or did not (``deliveries.position_of``); None in runs
    of earlier releases.
    """

    id: str
    county: str
    as_of: date
    deliveries: Mapping[str, Sequence[str]]
    policy: Sequence[Mapping[str, Any]]
    code: str
    replay: bool
    started_at: datetime
    recorded_at: datetime | None = None
    counts: Mapping[str, int] | None = None
    seq: int | None = None
    heard: int | None = None
    sent: bool | None = None
    position: int | None = None
    withdrawn_at: datetime | None = None


def run_id(
    county: str, as_of: date, deliveries: Mapping[str, Sequence[str]], position: int, policy_digest: str, code: str
) -> str:
    """``<date>_<county>_<hash>``: the same input has the same id everywhere.

    ``position`` is an input too: where a delivery was withdrawn and restored, the night after is no old night.
    """
    content = json.dumps([county, as_of.isoformat(), deliveries, position, policy_digest, code], sort_keys=True)
    return f"{as_of:%Y%m%d}_{county}_{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def begin_run(books: Engine, run: Run) -> Run:
    """Note a run, or return it as it stands where it was begun before."""
    with books.begin() as connection:
        known = find_run(connection, run.id)
        if known is not None:
            return known
        row = {
            "id": run.id,
            "county": run.county,
            "as_of": run.as_of,
            "deliveries": run.deliveries,
            "policy": run.policy,
            "code": run.code,
            "replay": run.replay,
            "started_at": run.started_at,
            "heard": run.heard,
            "position": run.position,
        }
        connection.execute(insert(runs), row)
    return run


def find_run(connection: Connection, run: str) -> Run | None:
    """The run of that id, or None."""
    row = connection.execute(select(runs).where(runs.c.id == run)).one_or_none()
    return run_of_row(row._mapping) if row is not None else None


def newest_recorded(connection: Connection, county: str) -> Run | None:
    """The run of a county that the ledger recorded last, or None."""
    query = select(runs).where(runs.c.county == county, runs.c.seq.is_not(None)).order_by(runs.c.seq.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return run_of_row(row._mapping) if row is not None else None


def recorded_before(connection: Connection, run: Run) -> Run | None:
    """The run of its county that the ledger recorded before this one, or None."""
    query = select(runs).where(runs.c.county == run.county, runs.c.seq < run.seq)
    row = connection.execute(query.order_by(runs.c.seq.desc()).limit(1)).one_or_none()
    return run_of_row(row._mapping) if row is not None else None


def newest_recorded_by_county(books: Engine) -> dict[str, Run]:
    """The run of each county that the ledger recorded last, in one query."""
    return {run.county: run for run in _last_recorded(books, runs.c.county)}


def last_recorded_runs(books: Engine) -> list[Run]:
    """The run of each county and D that the ledger recorded last, oldest first."""
    return _last_recorded(books, runs.c.county, runs.c.as_of)


def _last_recorded(books: Engine, *by: Column[Any]) -> list[Run]:
    """The last recorded run of each value of some columns, the county among them; oldest first."""
    last = select(*by, func.max(runs.c.seq).label("seq")).where(runs.c.seq.is_not(None)).group_by(*by).subquery()
    same = and_(runs.c.seq == last.c.seq, *(column == last.c[column.name] for column in by))
    query = select(runs).join(last, same).order_by(runs.c.seq)
    with books.connect() as connection:
        return [run_of_row(row._mapping) for row in connection.execute(query)]


def last_recorded_counts(books: Engine) -> list[tuple[str, str, date, Mapping[str, int]]]:
    """Id, county, D and counts of :func:`last_recorded_runs`: what a run was made of is a hundred times as much."""
    last = (
        select(runs.c.county, runs.c.as_of, func.max(runs.c.seq).label("seq"))
        .where(runs.c.seq.is_not(None))
        .group_by(runs.c.county, runs.c.as_of)
        .subquery()
    )
    query = select(runs.c.id, runs.c.county, runs.c.as_of, runs.c.counts).join(last, runs.c.seq == last.c.seq)
    with books.connect() as connection:
        return [(row.id, row.county, row.as_of, row.counts or {}) for row in connection.execute(query)]


def list_runs(books: Engine, county: str | None = None) -> list[Run]:
    """Runs in the order in which they were begun."""
    query = select(runs).order_by(runs.c.started_at, runs.c.id)
    if county is not None:
        query = query.where(runs.c.county == county)
    with books.connect() as connection:
        return [run_of_row(row._mapping) for row in connection.execute(query)]


def withdrawn_runs(books: Engine) -> list[Run]:
    """Runs that somebody undid, and that were not recorded again."""
    query = select(runs).where(runs.c.withdrawn_at.is_not(None)).order_by(runs.c.id)
    with books.connect() as connection:
        return [run_of_row(row._mapping) for row in connection.execute(query)]


def mark_recorded(
    connection: Connection,
    run: str,
    at: datetime,
    counts: Mapping[str, int],
    rows: Sequence[Mapping[str, Any]],
    *,
    sent: bool = False,
    digests: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Say that the ledger holds the run, with its counts and what became of each rule; ``sent``: it sent findings out.

    ``digests``: of what it wrote (``datasets.digests_of``).

    A run that was recorded before is recorded anew: it is the last one then.
    """
    connection.execute(delete(rule_runs).where(rule_runs.c.run == run))
    last = connection.execute(select(func.max(runs.c.seq))).scalar() or 0
    connection.execute(
        update(runs)
        .where(runs.c.id == run)
        .values(
            recorded_at=at,
            counts=dict(counts),
            seq=int(last) + 1,
            replay=False,
            sent=sent,
            withdrawn_at=None,
            withdrawn_why=None,
            **digests,
        )
    )
    if rows:
        connection.execute(insert(rule_runs), [{"run": run, **row} for row in rows])
    note_run(connection, run)


def mark_touched(connection: Connection, run: str, at: datetime, digests: Mapping[str, str]) -> None:
    """Say that the ledger holds more of the run than what was reported: its findings were sent out since."""
    connection.execute(update(runs).where(runs.c.id == run).values(recorded_at=at, **digests))
    note_run(connection, run)


def mark_withdrawn(connection: Connection, run: str, at: datetime, why: str) -> None:
    """Say that the ledger holds the run no more; it stands as one that was begun, until it is recorded again."""
    connection.execute(delete(rule_runs).where(rule_runs.c.run == run))
    nothing = dict.fromkeys(("recorded_at", "counts", "seq", "sent", *DIGESTS))
    connection.execute(
        update(runs).where(runs.c.id == run).values({**nothing, "withdrawn_at": at, "withdrawn_why": why})
    )
    note_run(connection, run)


def note_heard(books: Engine, run: str, heard: int) -> None:
    """Say that a run has looked at the county's deliveries as far as this event, where it had not yet."""
    with books.begin() as connection:
        behind = or_(runs.c.heard.is_(None), runs.c.heard < heard)
        connection.execute(update(runs).where(runs.c.id == run, behind).values(heard=heard))


def rule_runs_of(books: Engine, run: str) -> list[dict[str, Any]]:
    """What became of each rule in a run."""
    with books.connect() as connection:
        found = connection.execute(select(rule_runs).where(rule_runs.c.run == run).order_by(rule_runs.c.rule))
        return [{**row._mapping, "status": RuleStatus(row.status)} for row in found]


def run_of_row(row: Any) -> Run:
    """A run from its row of the books."""

    def aware(at: datetime | None) -> datetime | None:
        return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)

    started = aware(row["started_at"])
    if started is None:
        raise ValueError(f"run {row['id']} has no start")
    return Run(
        row["id"],
        row["county"],
        row["as_of"],
        row["deliveries"],
        row["policy"],
        row["code"],
        row["replay"],
        started,
        aware(row["recorded_at"]),
        row["counts"],
        row["seq"],
        row["heard"],
        row["sent"],
        row["position"],
        aware(row["withdrawn_at"]),
    )
