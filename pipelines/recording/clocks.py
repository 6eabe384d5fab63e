"""Deadlines that stand still while a rule cannot be evaluated, and go on with the working days they had left. Pure.

What is being put right (整改中) keeps running, and what had run out stays overdue.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from expectations.finding import State
from pipelines.recording.over_arrow import over_arrow
from pipelines.recording.working_days import working_days_after, working_days_between
from warehouse.sql import among

_STOPPABLE: Final = (State.DISPATCHED, State.CONFIRMED)
"""States whose deadline waits with the rule: to be verified, or confirmed and not yet begun."""


def set_clocks(states: pa.Table, stopped: Collection[str], on: date) -> pa.Table:
    """The states as a night leaves them (rule, state, due_on, days_left) with the clocks of the ``stopped`` rules
    standing still, and those of the others going on; ``left_before`` is what stood still until then."""
    due_on = pc.unique(states["due_on"]).drop_null().to_pylist()
    left = [(due, working_days_between(on, due)) for due in due_on if due >= on]
    standing = pc.unique(states["days_left"]).drop_null().to_pylist()
    due = [(days, working_days_after(on, days)) for days in standing]
    clocks = pa.table([*_columns(left, pa.date32(), pa.int32())], ["due_on", "days"])
    going = pa.table([*_columns(due, pa.int32(), pa.date32())], ["days_left", "day"])
    with over_arrow(states=states, clocks=clocks, going=going) as connection:
        return connection.execute(
            f"""SELECT s.* EXCLUDE (due_on, days_left), s.days_left AS left_before,
                CASE WHEN stops AND c.days IS NOT NULL THEN NULL
                    WHEN s.due_on IS NULL AND waits AND NOT stops THEN g.day ELSE s.due_on END AS due_on,
                CASE WHEN stops THEN coalesce(c.days, CASE WHEN s.due_on IS NULL THEN s.days_left END) END AS days_left
            FROM (SELECT *, {among("state", _STOPPABLE)} AS waits,
                    waits AND {among("rule", sorted(stopped))} AS stops FROM states) s
            LEFT JOIN clocks c USING (due_on) LEFT JOIN going g USING (days_left) ORDER BY finding_id"""
        ).to_arrow_table()


def _columns(pairs: Sequence[tuple[Any, Any]], *kinds: pa.DataType) -> Iterator[pa.Array]:
    for at, kind in enumerate(kinds):
        yield pa.array([pair[at] for pair in pairs], kind)


def clock_events(states: pa.Table, base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One event, otherwise as ``base``, for each clock that :func:`set_clocks` stopped or let go on."""
    waits = pc.is_in(states["state"], pa.array([state.value for state in _STOPPABLE], pa.string()))
    turned = pc.not_equal(pc.is_null(states["left_before"]), pc.is_null(states["days_left"]))
    columns = ["finding_id", "state", "evidence_digest", "days_left", "due_on"]
    for row in states.filter(pc.and_(waits, turned)).select(columns).to_pylist():
        now = row["days_left"]
        why = (
            f"本次未能评估，时限暂停，还剩{now}个工作日" if now is not None else f"时限恢复，应于{row['due_on']}前办理"
        )
        yield base | {
            "finding_id": row["finding_id"],
            "from_state": row["state"],
            "to_state": row["state"],
            "why": why,
            "evidence_digest": row["evidence_digest"],
        }
