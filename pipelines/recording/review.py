"""销号: a reviewer closes what was rectified, on proof in newer data that the rule no longer finds it."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import pyarrow.parquet as pq
from sqlalchemy import Connection, Engine, select, update

from expectations.errors import RefusedError
from expectations.feeds import FEEDS_BY_NAME
from expectations.finding import State
from expectations.rules import RULES_BY_CODE
from expectations.workbook import COMPLETED, RESPONSIBLE
from pipelines.house.actor import Actor
from pipelines.recording.events import append_events, read_events
from pipelines.recording.standings import finding_rows, said_so_far
from warehouse.books.runs import Run, newest_recorded
from warehouse.books.schema import deliveries, findings
from warehouse.lake import Lake


class ReviewRefusedError(RefusedError):
    """A finding that cannot be closed; ``problems`` holds everything that speaks against it."""

    in_chinese: ClassVar[bool] = True

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("", problems=reasons)


@dataclass(frozen=True)
class _Rectified:
    """What is known of a rectification: who answers for it and on which day it was finished."""

    responsible: str
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
        append_events(connection, found["county"], [event])
        connection.execute(update(findings).where(findings.c.finding_id == finding_id).values(state=State.CLOSED.value))
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
        return [f"这条问题现在是“{found['state']}”，只有“{State.RECTIFIED.value}”的才能销号"], ""
    reasons = []
    done = _rectified(connection, found)
    if not done.responsible:
        reasons.append("整改没有登记责任人，不能确认复核人另有其人；请责任单位在反馈表中补填责任人")
    elif _plain(reviewer.who) == _plain(done.responsible):
        reasons.append("复核人就是整改责任人，须由另一人复核")
    if on < done.completed:
        reasons.append(f"复核日期{on}早于整改完成日期{done.completed}")
    owner, past = _payload(lake, newest.id, found["finding_id"])
    if past:
        if not (why and why.strip()):
            reasons.append("往期问题没有新数据可以证明，复核时须写明理由（--why）")
        return reasons, "往期问题，由复核人办结"
    if found["cleared_because"] is not None:
        if not (why and why.strip()):
            reasons.append(f"因{found['cleared_because']}不再是问题，没有数据可以证明整改，复核时须写明理由（--why）")
        return reasons, f"因{found['cleared_because']}不再是问题，由复核人办结"
    if found["cleared_by"] is None:
        reasons.append("最近一次比对中这条问题仍然存在，或整改后还没有比对过")
    else:
        reasons += _stale_proof(connection, found, owner, done.completed, newest.as_of)
    return reasons, "复核通过，整改后的数据中已不存在"


def _rectified(connection: Connection, found: Mapping[str, Any]) -> _Rectified:
    """From the answers in the finding's batch; where their text was erased, the day comes from the event."""
    finding_id = found["finding_id"]
    said = said_so_far(connection, {finding_id: found["batch"] or ""}).get(finding_id, {})
    if COMPLETED in said:
        return _Rectified(said.get(RESPONSIBLE, ""), date.fromisoformat(said[COMPLETED]))
    events = read_events(connection, found["county"], finding_id)
    days = [event["on"] for event in events if event["to_state"] == State.RECTIFIED]
    return _Rectified(said.get(RESPONSIBLE, ""), days[-1])


def _payload(lake: Lake, run: str, finding_id: str) -> tuple[str, bool]:
    """Owner of a finding, and whether it is of an earlier period, from the ledger as the run left it."""
    table = pq.read_table(lake.ledger(run), columns=["owner", "past_period"], filters=[("finding_id", "=", finding_id)])
    return str(table["owner"][0]), bool(table["past_period"][0].as_py())


def _stale_proof(
    connection: Connection, found: Mapping[str, Any], owner: str, completed: date, newest: date
) -> list[str]:
    """Why the data that no longer show the finding are not newer than the rectification.

    What the owner rectified shows in the owner's own feeds; a rule that reads none of them is judged by all it reads.
    """
    needs = RULES_BY_CODE[found["rule"]].needs
    own = [feed for feed in needs if FEEDS_BY_NAME[feed].sender == owner] or list(needs)
    if not own:
        return [] if newest > completed else [f"最近一次比对的数据截止{newest}，不晚于整改完成日期{completed}"]
    query = select(deliveries.c.feed, deliveries.c.as_of).where(deliveries.c.id.in_(found["cleared_by"].split("、")))
    as_of = {row.feed: row.as_of for row in connection.execute(query)}
    stale = [feed for feed in own if feed not in as_of or as_of[feed] <= completed]
    return [
        f"{FEEDS_BY_NAME[feed].title}的数据截止{as_of.get(feed, '不明')}，不晚于整改完成日期{completed}，"
        "要等更新的数据比对后才能销号"
        for feed in stale
    ]


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
