"""What a department's answer means for a finding: which steps it takes it through, or what is wrong with it. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from expectations.finding import State
from expectations.workbook import (
    ANSWER_HEADINGS,
    ANSWERS,
    COMPLETED,
    DATE_HEADINGS,
    FINDING_ID,
    LONGEST_PLAN_DAYS,
    MATERIAL,
    MEASURES,
    NOTE,
    PLANNED,
    TEXT_LIMIT,
    VERDICT,
)
from warehouse.digests import keyed_one

Said = Mapping[str, str]
"""What was filled in, by heading: texts as they are, dates in ISO form, blanks left out."""

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}")
_EPOCH = date(1899, 12, 30)
_CONFIRMED, _REFUTED = ANSWERS
_ON_THE_WAY = (State.CONFIRMED, State.RECTIFYING, State.RECTIFIED)
_ASKED = (State.DISPATCHED, State.REOPENED)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: the heading, and in Chinese what to do. Never holds what the cell said."""

    column: str
    reason: str


@dataclass(frozen=True)
class Step:
    """One transition, or a note (from and to are equal) that adds to what had been said."""

    from_state: State
    to_state: State
    why: str


@dataclass(frozen=True)
class Standing:
    """Where a finding stands: its state, its batch, and what was said of it in that batch so far.

    ``cleared_because``: why it is gone where no data prove it.
    """

    finding_id: str
    county: str
    rule: str
    state: State
    batch: str
    dispatched_on: date | None
    evidence_digest: str
    said: Said = field(default_factory=dict)
    cleared_because: str | None = None


def read_answer(cells: Mapping[str, str]) -> Said | tuple[Problem, ...]:
    """The answer cells of a row as ``Said``, or everything that cannot be read in them."""
    said: dict[str, str] = {}
    problems: list[Problem] = []
    for heading in ANSWER_HEADINGS:
        text = cells[heading].strip()
        if not text:
            continue
        if heading == VERDICT and text not in ANSWERS:
            problems.append(Problem(heading, f"只能填“{_CONFIRMED}”或“{_REFUTED}”"))
        elif heading in DATE_HEADINGS:
            day = read_date(text)
            if day is None:
                problems.append(Problem(heading, "不是有效的日期，请写成 2026-09-30 的样子"))
            else:
                said[heading] = day.isoformat()
        elif len(text) > TEXT_LIMIT:
            problems.append(Problem(heading, f"超过{TEXT_LIMIT}个字，请写得简短一些"))
        else:
            said[heading] = text
    return tuple(problems) or said


def read_date(text: str) -> date | None:
    """A date as people and spreadsheets write it (2026-09-30, 2026年9月30日, 20260930, 46295), or None."""
    if _SERIAL.fullmatch(text):
        return _EPOCH + timedelta(days=int(text))
    found = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def answer_digest(key: bytes, finding_id: str, batch: str, said: Said) -> str:
    """What identifies an answer: the same cells for the same finding and batch are the same answer.

    It outlives the text, which a dictionary would give back: ``key`` is the home's for digests.
    """
    content = json.dumps([finding_id, batch, sorted(said.items())], ensure_ascii=False)
    return keyed_one(key, hashlib.sha256(content.encode()).hexdigest())


def plan_answer(standing: Standing, said: Said, on: date) -> tuple[Step, ...] | tuple[Problem, ...]:
    """The steps that an answer given on ``on`` takes, empty where it says nothing new; or all of its problems."""
    if reason := _why_closed(standing.state, standing.cleared_because):
        return (Problem(FINDING_ID, reason),)
    problems = [*_verdict_problems(standing.state, said), *_date_problems(standing.dispatched_on, said, on)]
    whole = {**standing.said, **said}
    steps = _steps(standing.state, said, whole)
    for step in steps:
        problems += _missing(step.to_state, said, whole)
    if problems:
        return tuple(dict.fromkeys(problems))
    if not steps and any(standing.said.get(heading) != text for heading, text in said.items()):
        return (Step(standing.state, standing.state, "部门补充说明"),)
    return steps


def _why_closed(state: State, because: str | None) -> str | None:
    match state:
        case State.NEW:
            return "这条问题还没有下发，请等下发后再填"
        case State.CLEARED if because is not None:
            return f"因{because}，这条问题现在已不算问题（不算整改），不用再填"
        case State.CLEARED:
            return "最新数据中这条问题已经不存在，不用再填"
        case State.CLOSED:
            return "这条问题已经销号，不能再改"
        case _:
            return None


def _verdict_problems(state: State, said: Said) -> list[Problem]:
    verdict = said.get(VERDICT)
    if state in _ASKED and verdict is None:
        return [Problem(VERDICT, f"没有填核实结果，请先选“{_CONFIRMED}”或“{_REFUTED}”")]
    if state in _ON_THE_WAY and verdict == _REFUTED:
        return [Problem(VERDICT, f"这条问题已登记为“{state.value}”，不能改为“{_REFUTED}”；确需更改的请联系数据组")]
    if state is State.REFUTED and verdict == _CONFIRMED:
        return [Problem(VERDICT, f"这条问题已登记为“{_REFUTED}”，不能改为“{_CONFIRMED}”；确需更改的请联系数据组")]
    if verdict == _REFUTED or state is State.REFUTED:
        return [
            Problem(heading, f"核实结果是“{_REFUTED}”的，不填{heading}")
            for heading in (MEASURES, PLANNED, COMPLETED)
            if heading in said
        ]
    return []


def _date_problems(dispatched_on: date | None, said: Said, on: date) -> list[Problem]:
    problems = []
    sent = dispatched_on or date.min
    if on < sent:
        problems.append(Problem("下发日期", f"登记日期{on}早于下发日期{sent}"))
    planned, completed = (date.fromisoformat(said[h]) if h in said else None for h in (PLANNED, COMPLETED))
    if planned is not None and planned < sent:
        problems.append(Problem(PLANNED, f"早于下发日期{sent}"))
    if planned is not None and planned > max(sent, on) + timedelta(days=LONGEST_PLAN_DAYS):
        problems.append(Problem(PLANNED, "是五年以后的日期，请核对"))
    if completed is not None and completed < sent:
        problems.append(Problem(COMPLETED, f"早于下发日期{sent}"))
    if completed is not None and completed > on:
        problems.append(Problem(COMPLETED, f"晚于登记日期{on}，还没有到的日子不能填作完成"))
    return problems


def _steps(state: State, said: Said, whole: Said) -> tuple[Step, ...]:
    """The way from ``state`` to where the answer leads, each step named."""
    steps = []
    if state in _ASKED and said.get(VERDICT) == _REFUTED:
        return (Step(state, State.REFUTED, "部门核实：不属实"),)
    if state in _ASKED and said.get(VERDICT) == _CONFIRMED:
        steps.append(Step(state, State.CONFIRMED, "部门核实：属实"))
        state = State.CONFIRMED
    begins = any(heading in said for heading in (MEASURES, PLANNED, COMPLETED))
    if state is State.CONFIRMED and begins:
        steps.append(Step(state, State.RECTIFYING, "部门已报整改措施和时限"))
        state = State.RECTIFYING
    if state is State.RECTIFYING and COMPLETED in said:
        steps.append(Step(state, State.RECTIFIED, f"部门报告已于{whole[COMPLETED]}整改完成"))
    return tuple(steps)


def _missing(to_state: State, said: Said, whole: Said) -> list[Problem]:
    """What a state needs and neither this answer nor an earlier one gives."""
    wanted: tuple[str, ...]
    match to_state:
        case State.REFUTED:
            wanted, why, given = (NOTE, MATERIAL), f"核实结果是“{_REFUTED}”的必须填写", said
        case State.RECTIFYING:
            # what is finished needs no date by which it is planned
            wanted = (MEASURES,) if COMPLETED in said else (MEASURES, PLANNED)
            why, given = "填了整改内容的，整改措施和整改时限都要填写", whole
        case State.RECTIFIED:
            wanted, why, given = (MATERIAL,), "填了完成日期的必须填写", whole
        case _:
            return []
    return [Problem(heading, why) for heading in wanted if heading not in given]
