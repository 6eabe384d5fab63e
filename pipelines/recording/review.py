"""销号: a reviewer closes what was rectified, on proof in newer data that the rule no longer finds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow.parquet as pq
from sqlalchemy import Connection, Engine, select, update

from expectations.errors import RefusedError
from expectations.feeds import FEEDS_BY_NAME
from expectations.finding import State
from expectations.rules import RULES_BY_CODE
from expectations.workbook import COMPLETED, RESPONSIBLE
from pipelines.house.actor import Actor
from pipelines.recording.answerers import has_answered
from pipelines.recording.events import append_events, read_events
from pipelines.recording.standings import finding_rows, said_so_far
from warehouse.books.datasets import ledger_of
from warehouse.books.keyed import keys_of
from warehouse.books.runs import Run, newest_recorded
from warehouse.books.schema import deliveries, findings
from warehouse.digests import plain_name
from warehouse.keys import Use
from warehouse.lake import Lake


class ReviewRefusedError(RefusedError):
    """A finding that cannot be closed; ``problems`` holds everything that speaks against it."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("", problems=reasons)


@dataclass(frozen=True)
class _Rectified:
    """What is known of a rectification: who answers for it and on which day it was finished.

    ``is_reviewer``: whether that is the reviewer, by the digest where the name was erased; None where nobody was named.
    """

    is_reviewer: bool | None
    completed: date


def close_finding(
    books: Engine, lake: Lake, finding_id: str, *, reviewer: Actor, on: date, why: str | None
) -> Mapping[str, Any]:
    """Close a finding that stands at 已整改; only under the county's lock. Return the event.

    Raises ReviewRefusedError with everything that speaks against it, KeyError for an id that is not there.
    """
    with books.begin() as connection:
        found = finding_rows(connection, [finding_id])[finding_id]
        newest = newest_recorded(connection, found["county"])
        if newest is None:
            raise KeyError(finding_id)
        reasons, settled = _reasons(connection, lake, found, newest, reviewer, on, why)
        if reasons:
            raise ReviewRefusedError(reasons)
        event = {
            "county": found["county"],
            "finding_id": finding_id,
            "run": None,
            "on": on,
            "who": reviewer.who,
            "from_state": State.RECTIFIED.value,
            "to_state": State.CLOSED.value,
            "why": (f"{settled}：{why.strip()}" if why and why.strip() else settled)[:400],
            "evidence_digest": found["evidence_digest"],
            "delivery": found["cleared_by"],
            "answer": None,
        }
        connection.execute(update(findings).where(findings.c.finding_id == finding_id).values(state=State.CLOSED.value))
        append_events(connection, found["county"], [event])
    return event


def _reasons(
    connection: Connection,
    lake: Lake,
    found: Mapping[str, Any],
    newest: Run,
    reviewer: Actor,
    on: date,
    why: str | None,
) -> tuple[list[str], str]:
    """Everything that speaks against closing; and in what way it is closed."""
    if found["state"] != State.RECTIFIED:
        return [f"the finding stands at {found['state']}, and only {State.RECTIFIED.value} can be closed"], ""
    reasons = []
    done = _rectified(connection, found, reviewer)
    if done.is_reviewer is None:
        reasons.append(
            "nobody is named who answers for it, so that the reviewer may be the same; its office must name one"
        )
    elif done.is_reviewer:
        reasons.append("the reviewer answers for the rectification; somebody else must review it")
    if on < done.completed:
        reasons.append(f"the review of {on} lies before the rectification of {done.completed}")
    owner, past, unchecked = _payload(connection, lake, newest.id, found["finding_id"])
    if past:
        if not (why and why.strip()):
            reasons.append("no new data can prove what is of an earlier period; the review needs a reason (--why)")
        return reasons, "往期问题，由复核人办结"
    if found["cleared_because"] is not None:
        if not (why and why.strip()):
            reasons.append(
                f"it is no finding any more because of {found['cleared_because']}, and no data prove a rectification; "
                "the review needs a reason (--why)"
            )
        return reasons, f"因{found['cleared_because']}不再是问题，由复核人办结"
    if unchecked:
        reasons.append("the newest run could not check it: rows that it refused may be about it; they must come again")
    elif found["cleared_by"] is None:
        reasons.append("the newest run still finds it, or there was none since it was rectified")
    else:
        reasons += _stale_proof(connection, found, owner, done.completed, newest.as_of)
    return reasons, "复核通过，整改后的数据中已不存在"


def _rectified(connection: Connection, found: Mapping[str, Any], reviewer: Actor) -> _Rectified:
    """From the answers in the finding's batch; where their text was erased, from the events and their digests."""
    finding_id = found["finding_id"]
    said = said_so_far(connection, {finding_id: found["batch"] or ""}).get(finding_id, {})
    events = list(read_events(connection, found["county"], finding_id))
    if RESPONSIBLE in said:
        is_reviewer: bool | None = plain_name(reviewer.who) == plain_name(said[RESPONSIBLE])
    else:
        is_reviewer = has_answered(keys_of(connection).of(Use.DIGEST), events, reviewer.who)
    days = [event["on"] for event in events if event["to_state"] == State.RECTIFIED]
    return _Rectified(is_reviewer, date.fromisoformat(said[COMPLETED]) if COMPLETED in said else days[-1])


def _payload(connection: Connection, lake: Lake, run: str, finding_id: str) -> tuple[str, bool, bool]:
    """Owner of a finding, and whether it is of an earlier period, or could not be checked, as the run left it."""
    ledger = ledger_of(connection, lake, run)
    (row,) = pq.read_table(ledger, filters=[("finding_id", "=", finding_id)]).to_pylist()
    return row["owner"], row["past_period"], bool(row.get("unchecked"))


def _stale_proof(
    connection: Connection, found: Mapping[str, Any], owner: str, completed: date, newest: date
) -> list[str]:
    """Why the data that no longer show the finding are not newer than the rectification.

    What the owner rectified shows in the owner's own feeds; a rule that reads none of them is judged by all it reads.
    """
    rule = RULES_BY_CODE.get(found["rule"])  # a finding can outlive its rule
    needs = rule.needs if rule is not None else ()
    own = [feed for feed in needs if FEEDS_BY_NAME[feed].sender == owner] or list(needs)
    if not own:
        return (
            []
            if newest > completed
            else [f"the data of the newest run end on {newest}, not after the rectification of {completed}"]
        )
    query = select(deliveries.c.feed, deliveries.c.as_of).where(deliveries.c.id.in_(found["cleared_by"].split("、")))
    as_of = {row.feed: row.as_of for row in connection.execute(query)}
    stale = [feed for feed in own if feed not in as_of or as_of[feed] <= completed]
    return [
        f"{FEEDS_BY_NAME[feed].title}: the data end on {as_of.get(feed, 'an unknown day')}, not after the "
        f"rectification of {completed}; newer data must be compared first"
        for feed in stale
    ]
