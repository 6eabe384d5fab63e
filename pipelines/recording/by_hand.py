"""Sending out by a person: what waits at the county's newest run, or what the brake held back of some rules."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Engine, bindparam, select, update

from expectations.policy import Policy
from expectations.rules import RULES
from pipelines.house.actor import Actor
from pipelines.recording.brake import brake
from pipelines.recording.events import append_events
from pipelines.recording.over_arrow import over_arrow
from pipelines.recording.sending import days_given, next_batch, send_out, sending_events
from warehouse.books.datasets import Dataset, digests_of, kept_until_recorded, ledger_of
from warehouse.books.runs import Run, mark_touched
from warehouse.books.schema import findings
from warehouse.books.sendings import Braked, lift_brakes, mark_sent, nights_before, note_brakes
from warehouse.lake import Lake, atomic_path

_DAYS = ("dispatched_on", "due_on")
_BOOK = pa.schema(
    [
        (name, pa.date32() if name in _DAYS else pa.string())
        for name in ("finding_id", "rule", "state", "batch", *_DAYS, "evidence_digest")
    ]
)
"""What a sending has to know of a finding."""


@dataclass(frozen=True)
class Sending:
    """What was sent out, by rule; ``batch`` is None where nothing was. ``braked``: rules whose findings stay."""

    batch: str | None
    sent: dict[str, int]
    braked: tuple[Braked, ...]


def send_waiting(
    books: Engine, lake: Lake, run: Run, policy: Policy, *, rules: Collection[str], actor: Actor, on: date, at: datetime
) -> Sending:
    """Send what waits at ``run``, the county's newest; only under the county's lock, in one transaction.

    Of ``rules`` everything goes, and of others nothing: somebody has looked at it. Where none are named, all rules'
    but those that the brake stops. The ledger dataset is written before the transaction ends, as a night's is.
    """
    ledger = pq.read_table(ledger_of(books, lake, run.id))
    with books.connect() as connection:
        rows = connection.execute(
            select(*(findings.c[name] for name in _BOOK.names)).where(findings.c.county == run.county)
        )
        book = pa.Table.from_pylist([dict(row._mapping) for row in rows], schema=_BOOK)
        before = nights_before(connection, run)
        batch = next_batch(connection, run.county, on)
    plan = _plan(book, ledger)
    braked = () if rules else brake(plan, before, policy)
    stay = [one.rule for one in braked] if not rules else [rule.code for rule in RULES if rule.code not in rules]
    states = send_out(plan, on, batch, policy, stay, days_given(ledger))
    gone = states.filter(pc.not_equal(states["state"], states["to_state"]))
    base = {"county": run.county, "run": None, "on": on, "who": actor.who, "delivery": None, "answer": None}
    with kept_until_recorded(books, lake, run.id), books.begin() as connection:
        _rewrite(lake, run.id, ledger, gone)
        changed = gone.select(["finding_id", "state", "batch", "dispatched_on", "due_on"]).to_pylist()
        if changed:
            names = ("state", "batch", "dispatched_on", "due_on")
            statement = update(findings).where(findings.c.finding_id == bindparam("_finding_id"))
            connection.execute(
                statement.values({name: bindparam(f"_{name}") for name in names}),
                [{f"_{name}": value for name, value in row.items()} for row in changed],
            )
            append_events(connection, run.county, sending_events(states, base))
            mark_touched(connection, run.id, at, digests_of(connection, lake, run.id, (Dataset.LEDGER,)))
        if rules:
            lift_brakes(connection, run.id, sorted(rules))
        else:
            note_brakes(connection, run.id, braked)
            mark_sent(connection, run.id)
    counts = {item["values"]: item["counts"] for item in gone["rule"].value_counts().to_pylist()}
    return Sending(batch if changed else None, dict(sorted(counts.items())), braked)


def _plan(book: pa.Table, ledger: pa.Table) -> pa.Table:
    """The books' rows as a sending reads them: where each stands, and whether it is of a past period."""
    with over_arrow(book=book, ledger=ledger.select(["finding_id", "past_period"])) as connection:
        return connection.execute(
            """SELECT b.* EXCLUDE (state), b.state AS to_state, coalesce(l.past_period, false) AS past
            FROM book b LEFT JOIN ledger l USING (finding_id) ORDER BY finding_id"""
        ).to_arrow_table()


def _rewrite(lake: Lake, run: str, ledger: pa.Table, gone: pa.Table) -> None:
    """The run's ledger with what was sent; its rows and their order stay."""
    with over_arrow(ledger=ledger, gone=gone) as connection:
        table = connection.execute(
            """SELECT l.* REPLACE (
                coalesce(g.state, l.state) AS state, coalesce(g.batch, l.batch) AS batch,
                coalesce(g.dispatched_on, l.dispatched_on) AS dispatched_on, coalesce(g.due_on, l.due_on) AS due_on
            ) FROM ledger l LEFT JOIN gone g USING (finding_id) ORDER BY l.rule, l.subject_key, l.period"""
        ).to_arrow_table()
    with atomic_path(lake.ledger(run)) as temporary:
        pq.write_table(table.select(ledger.column_names), temporary, compression="zstd")
