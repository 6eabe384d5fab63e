"""Sending out (下发): what waits goes to the departments in one numbered batch, each finding with its deadline."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Connection, Engine, func, select

from expectations.finding import State
from expectations.policy import Policy
from expectations.rule import Severity
from expectations.rules import RULES
from pipelines.recording.brake import IS_UNSENT, UNSENT_STATES
from pipelines.recording.over_arrow import over_arrow
from pipelines.recording.working_days import working_days_after
from warehouse.books.datasets import ledger_of
from warehouse.books.runs import Run
from warehouse.books.schema import findings
from warehouse.books.sendings import brakes_of
from warehouse.lake import Lake
from warehouse.sql import literal, outside


def next_batch(connection: Connection, county: str, on: date) -> str:
    """``522601-20260630-01``: the next batch of the county and day."""
    prefix = f"{county}-{on:%Y%m%d}-"
    query = select(func.count(func.distinct(findings.c.batch))).where(findings.c.batch.startswith(prefix))
    used = connection.execute(query).scalar() or 0
    return f"{prefix}{int(used) + 1:02d}"


def days_given(*shown: pa.Table | None) -> pa.Table:
    """(finding_id, given): findings whose own rows say by when they are to be verified; the first table that shows a
    finding counts. Ledgers of earlier releases say nothing of it."""
    there = [t.select(["finding_id", "verify_by"]) for t in shown if t is not None and "verify_by" in t.column_names]
    known = pa.table({"finding_id": pa.array([], pa.string()), "given": pa.array([], pa.date32())})
    for number, table in enumerate(there):
        for earlier in there[:number]:
            table = table.filter(pc.invert(pc.is_in(table["finding_id"], earlier["finding_id"])))
        table = table.filter(pc.is_valid(table["verify_by"]))
        days = table["verify_by"].cast(pa.date32())
        known = pa.concat_tables([known, pa.table({"finding_id": table["finding_id"], "given": days})])
    return known


def send_out(
    plan: pa.Table, on: date, batch: str, policy: Policy, braked: Collection[str] = (), given: pa.Table | None = None
) -> pa.Table:
    """The plan (finding_id, rule, to_state, past, …) with ``state``, batch and deadline as it leaves them.

    New and reopened findings go, but for those of the rules that are ``braked``. The deadline follows from how severe
    the rule is, but for what is ``given`` (:func:`days_given`).
    """
    given = days_given() if given is None else given
    verify_by = {s: working_days_after(on, int(policy[f"verify_days.{s}"])) for s in Severity}
    due = pa.table(
        {
            "rule": [rule.code for rule in RULES],
            "verify_by": pa.array([verify_by[rule.severity] for rule in RULES], pa.date32()),
        }
    )
    with over_arrow(plan=plan, due=due, given=given) as connection:
        return connection.execute(
            f"""SELECT p.* EXCLUDE (batch, dispatched_on, due_on),
                CASE WHEN goes THEN {literal(State.DISPATCHED)} ELSE to_state END AS state,
                CASE WHEN goes THEN ? ELSE batch END AS batch,
                CASE WHEN goes THEN ?::DATE ELSE dispatched_on END AS dispatched_on,
                CASE WHEN goes THEN coalesce(given, verify_by) ELSE due_on END AS due_on
            FROM (SELECT *, {IS_UNSENT} AND {outside("rule", sorted(braked))} AS goes FROM plan) p
            LEFT JOIN due USING (rule) LEFT JOIN given USING (finding_id) ORDER BY finding_id""",
            [batch, on],
        ).to_arrow_table()


def sending_events(states: pa.Table, base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One event, otherwise as ``base``, for each finding that :func:`send_out` sent, by finding."""
    columns = ["finding_id", "to_state", "state", "batch", "evidence_digest"]
    for row in states.select(columns).to_pylist():
        if row["state"] != row["to_state"]:
            yield base | {
                "finding_id": row["finding_id"],
                "from_state": row["to_state"],
                "to_state": row["state"],
                "why": f"下发批次 {row['batch']}",
                "evidence_digest": row["evidence_digest"],
            }


def has_undispatched(books: Engine, lake: Lake, run: Run) -> bool:
    """Whether findings of the recorded run still wait to be sent out: none of a past period, none that is braked."""
    braked = [one.rule for one in brakes_of(books, run.id)]
    query = select(findings.c.finding_id).where(
        findings.c.county == run.county,
        findings.c.state.in_([state.value for state in UNSENT_STATES]),
        findings.c.rule.not_in(braked),
    )
    with books.connect() as connection:
        waiting = set(connection.execute(query).scalars())
    if not waiting:
        return False
    present = pq.read_table(
        ledger_of(books, lake, run.id), columns=["finding_id"], filters=[("past_period", "=", False)]
    )
    return not waiting.isdisjoint(present["finding_id"].to_pylist())
