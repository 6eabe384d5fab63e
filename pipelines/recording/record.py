"""Recording a night: transitions appended to the ledger, and the ledger as the run left it written to the lake."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from expectations.finding import FINDING_COLUMNS, Because, State
from expectations.policy import Policy
from pipelines.recording.allowed import BARRED
from pipelines.recording.brake import brake
from pipelines.recording.clocks import clock_events, set_clocks
from pipelines.recording.events import append_events
from pipelines.recording.over_arrow import over_arrow
from pipelines.recording.sending import days_given, next_batch, send_out, sending_events
from pipelines.recording.transitions import BOOK_SCHEMA, SHOWN, RuleNight, counts_of, plan_night
from pipelines.recording.unchecked import hidden
from pipelines.recording.undoing import keep_before, last_event
from warehouse.books.datasets import digests_of, kept_until_recorded, ledger_of
from warehouse.books.deliveries import claim
from warehouse.books.runs import Run, mark_recorded, newest_recorded
from warehouse.books.schema import findings
from warehouse.books.sendings import nights_before, note_brakes
from warehouse.digests import with_keyed
from warehouse.keys import Keys
from warehouse.lake import Lake, atomic_path
from warehouse.refused import Refusals
from warehouse.sql import literal

NIGHT = "liangxian"
"""Who the ledger names for what a run did by itself."""


def record_night(
    books: Engine,
    lake: Lake,
    run: Run,
    found: pa.Table,
    nights: Sequence[RuleNight],
    policy: Policy,
    *,
    rule_rows: Sequence[Mapping[str, Any]],
    dispatch: bool,
    at: datetime,
    took_in: Collection[str] = (),
    refusals: Refusals | None = None,
    replayed: pa.Table | None = None,
    withdrawn: Collection[str] = (),
    barred: Collection[str] = (),
) -> Mapping[str, int]:
    """Record a run's findings in one transaction, and that it took in the deliveries ``took_in``.

    A run that was recorded before is recorded on top of what has been recorded since. ``refusals``: what was refused of
    its deliveries, which clears nothing. ``replayed``: what the changed rules take away (REPLAYED_SCHEMA).
    ``withdrawn``: deliveries that were taken back. ``barred``: those whose use no document allows any more; what rests
    on them is closed, and the ledger dataset, from which all outputs are made, has it no more.

    The ledger dataset is written before the transaction ends: a kill in between leaves a file that the next attempt
    overwrites with the same content. Returns ``{new, still, cleared, reopened}``, and what else took findings away.
    """
    with books.connect() as connection:
        book = _book(connection, run.county)
        before = newest_recorded(connection, run.county)
        batch = next_batch(connection, run.county, run.as_of)
        nights_sent = nights_before(connection, run)
        head = last_event(connection, run.county)
    older = pq.read_table(ledger_of(books, lake, before.id)) if before is not None else None
    secret = Keys(lake).finding
    found = with_keyed(found, secret, "evidence_digest", "greater_digests")
    shown = found.select(["finding_id", "rule", "period", "certainty", "evidence_digest"])
    carried = with_keyed(book, secret, "evidence_digest", "silenced_digest")
    unseen = hidden(found, book, older, refusals)
    plan = plan_night(shown, carried, nights, older, unseen, replayed, withdrawn, barred, found)
    counts = counts_of(plan)
    braked = brake(plan, nights_sent, policy) if dispatch else ()
    given = days_given(found, older)
    states = send_out(plan, run.as_of, batch, policy, [b.rule for b in braked], given) if dispatch else _kept(plan)
    states = set_clocks(_seen(states, run), [n.rule for n in nights if n.stops_clocks], run.as_of)
    keep_before(lake, run, before, book, head)
    with kept_until_recorded(books, lake, run.id), books.begin() as connection:
        _write_ledger(lake, run.id, found, older, states)
        _update_findings(connection, run.county, book, states)
        append_events(connection, run.county, _events(run, states))
        claim(connection, took_in, run.id)
        digests = digests_of(connection, lake, run.id)
        mark_recorded(connection, run.id, at, counts, rule_rows, sent=dispatch or _was_sent(run), digests=digests)
        if dispatch:
            note_brakes(connection, run.id, braked)
    return counts


def _was_sent(run: Run) -> bool:
    """Whether the run was recorded before and its findings sent out; a run of the first release was a night."""
    return run.recorded_at is not None and run.sent is not False


def write_replay(lake: Lake, run: Run, found: pa.Table) -> None:
    """The ledger dataset of a replay: its findings as of that day, whatever became of them later."""
    states = found.select(["finding_id"])
    size = len(states)
    states = states.append_column("first_seen", pa.array([run.as_of] * size, pa.date32()))
    states = states.append_column("last_seen", pa.array([run.as_of] * size, pa.date32()))
    states = states.append_column("state", pa.array([State.NEW.value] * size, pa.string()))
    for name, kind in (("due_on", pa.date32()), ("batch", pa.string()), ("dispatched_on", pa.date32())):
        states = states.append_column(name, pa.nulls(size, kind))
    for name in ("cleared_by", "cleared_because"):
        states = states.append_column(name, pa.nulls(size, pa.string()))
    states = states.append_column("days_left", pa.nulls(size, pa.int32()))
    for name in ("past", "unchecked"):
        states = states.append_column(name, pa.array([False] * size, pa.bool_()))
    _write_ledger(lake, run.id, found, None, states)


def _book(connection: Connection, county: str) -> pa.Table:
    rows = connection.execute(select(findings).where(findings.c.county == county))
    return pa.Table.from_pylist([dict(row._mapping) for row in rows], schema=BOOK_SCHEMA)


def _kept(plan: pa.Table) -> pa.Table:
    return plan.append_column("state", plan["to_state"])


def _seen(states: pa.Table, run: Run) -> pa.Table:
    """First and last time that each finding was shown, and the run that holds its payload."""
    with over_arrow(states=states) as connection:
        return connection.execute(
            f"""SELECT * EXCLUDE (first_seen, last_seen, last_run),
                coalesce(first_seen, ?::DATE) AS first_seen,
                CASE WHEN seen = {literal(SHOWN)} THEN ?::DATE ELSE last_seen END AS last_seen,
                CASE WHEN seen = {literal(SHOWN)} THEN ? ELSE last_run END AS last_run
            FROM states ORDER BY finding_id""",
            [run.as_of, run.as_of, run.id],
        ).to_arrow_table()


def _write_ledger(lake: Lake, run: str, found: pa.Table, older: pa.Table | None, states: pa.Table) -> None:
    """Every finding of the county with its payload (of the run that showed it last) and state, in order of exports."""
    extras = [name for name in found.column_names if name not in FINDING_COLUMNS]
    ledger = ("first_seen", "last_seen", "state", "due_on")
    columns = [f"s.{name}" if name in ledger else f"p.{name}" for name in FINDING_COLUMNS]
    columns += [f"p.{name}" for name in extras]
    columns += ["s.batch", "s.dispatched_on", "s.cleared_by", "s.cleared_because", "s.days_left"]
    columns += ["s.past AS past_period", "s.unchecked"]
    with over_arrow(found=found, states=states) as connection:
        payload = "SELECT * FROM found"
        if older is not None:
            # a ledger of an older release has fewer columns: what it never held is null
            connection.register("older", older.select([c for c in found.column_names if c in older.column_names]))
            payload += """ UNION ALL BY NAME SELECT * FROM older ANTI JOIN found USING (finding_id)
                ANTI JOIN (FROM states WHERE leaves) USING (finding_id)"""
        query = f"SELECT {', '.join(columns)} FROM ({payload}) p JOIN states s USING (finding_id)"
        table = connection.execute(f"{query} ORDER BY p.rule, p.subject_key, p.period").to_arrow_table()
    with atomic_path(lake.ledger(run)) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def _events(run: Run, states: pa.Table) -> Iterator[dict[str, Any]]:
    """Transitions of a night: first what the data say, then what was sent out."""
    columns = ("finding_id", "from_state", "to_state", "evidence_digest", "cleared_by", "cleared_because", "leaves")
    moved = states.select([*columns, "because_before", "unchecked", "unchecked_before"]).to_pylist()
    base = {"county": run.county, "run": run.id, "on": run.as_of, "who": NIGHT, "delivery": None, "answer": None}
    for row in moved:
        if row["to_state"] != row["from_state"]:
            yield base | {
                "finding_id": row["finding_id"],
                "from_state": row["from_state"],
                "to_state": row["to_state"],
                "why": BARRED if row["leaves"] else _WHY[row["cleared_because"] or row["to_state"]],
                "evidence_digest": row["evidence_digest"],
                "delivery": row["cleared_by"] if row["to_state"] == State.CLEARED else None,
            }
        elif row["cleared_because"] is not None and row["because_before"] is None:
            # it stands where a person has put it; only why it is gone is new
            yield base | {
                "finding_id": row["finding_id"],
                "from_state": row["from_state"],
                "to_state": row["to_state"],
                "why": _WHY[row["cleared_because"]],
                "evidence_digest": row["evidence_digest"],
            }
        elif row["unchecked"] != row["unchecked_before"]:
            yield base | {
                "finding_id": row["finding_id"],
                "from_state": row["from_state"],
                "to_state": row["to_state"],
                "why": UNCHECKED if row["unchecked"] else CHECKED,
                "evidence_digest": row["evidence_digest"],
            }
    yield from sending_events(states, base)
    yield from clock_events(states, base)


UNCHECKED, CHECKED = "本次未能核对：有关的记录被本方退回", "可以核对了，问题仍在"
"""What the ledger says where a refused row begins to hide a finding, and where it is found again."""

_WHY: Mapping[str, str] = {
    State.NEW: "数据比对发现",
    State.REOPENED: "数据再次出现",
    State.CLEARED: "最新数据中已不存在",
    Because.RULE_BOOK: "规则口径变更：按现行规则，上次比对所用的数据中不再是问题，不算整改",
    Because.POLICY: "政策调整：按现行政策标准，上次比对所用的数据中不再是问题，不算整改",
    Because.WITHDRAWN: "数据撤回：作为证据的报送已撤回，不算整改",
}


def _update_findings(connection: Connection, county: str, book: pa.Table, states: pa.Table) -> None:
    known = set(book["finding_id"].to_pylist())
    columns = [name for name in BOOK_SCHEMA.names if name not in {"county", "silenced_digest"}]
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for row in states.select(columns).to_pylist():
        if row["finding_id"] in known:
            changed.append({f"_{name}": value for name, value in row.items()})
        else:
            new.append(row | {"county": county})
    if new:
        connection.execute(insert(findings), new)
    if changed:
        moving = [name for name in columns if name not in {"finding_id", "rule", "period", "first_seen"}]
        statement = (
            update(findings)
            .where(findings.c.finding_id == bindparam("_finding_id"))
            .values({name: bindparam(f"_{name}") for name in moving})
        )
        connection.execute(statement, changed)


def newest_recorded_run(books: Engine, county: str) -> Run | None:
    """The run that the ledger has recorded last for a county."""
    with books.connect() as connection:
        return newest_recorded(connection, county)
