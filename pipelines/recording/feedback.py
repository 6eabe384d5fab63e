"""Feedback: a returned workbook taken in as a delivery, its good rows applied once, the others listed with reasons."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from expectations.finding import State
from expectations.policy import Policy
from expectations.rule import Severity
from expectations.rules import RULES_BY_CODE
from expectations.workbook import RETURNED
from pipelines.recording.answerers import who_answered
from pipelines.recording.answers import Standing, Step, answer_digest
from pipelines.recording.events import append_events
from pipelines.recording.judging import APPLIED, BLANK, NOTED, REFUSED, REPEATED, Bound, Outcome, judge_rows
from pipelines.recording.returned import Returned, ReturnedRow
from pipelines.recording.standings import finding_rows, key_cells, known_answers, read_standings
from pipelines.recording.working_days import working_days_after
from warehouse.books.deliveries import Accounting, Delivery, SourceFile, delivery_id, list_deliveries
from warehouse.books.journal import batches_before_the_key
from warehouse.books.keyed import keys_of
from warehouse.books.runs import newest_recorded
from warehouse.books.schema import answers, deliveries, feedback_rows, findings
from warehouse.books.standing import add_delivery
from warehouse.digests import keyed_one
from warehouse.keys import Use
from warehouse.lake import Lake

_TAKEN_BY = "feedback"


@dataclass(frozen=True)
class Receipt:
    """A returned workbook as the books know it; ``rows`` are those of ``feedback_rows``, in order."""

    delivery: Delivery
    rows: tuple[Mapping[str, Any], ...]
    known: bool

    @property
    def refused(self) -> tuple[Mapping[str, Any], ...]:
        """One row a problem."""
        return tuple(row for row in self.rows if row["outcome"] == REFUSED)


def find_receipt(books: Engine, sha256: str) -> Receipt | None:
    """The receipt of this content, whatever day it first came; None where it is new."""
    found = list_deliveries(books, (deliveries.c.feed == RETURNED.name, deliveries.c.sha256 == sha256))
    if not found:
        return None
    query = select(feedback_rows).where(feedback_rows.c.delivery == found[0].id).order_by(feedback_rows.c.number)
    with books.connect() as connection:
        return Receipt(found[0], tuple(dict(row._mapping) for row in connection.execute(query)), known=True)


def county_of(books: Engine, returned: Returned) -> str:
    """The county whose findings the workbook holds (of several the one with most); empty where it holds none."""
    with books.connect() as connection:
        known = finding_rows(connection, [row.finding_id for row in returned.rows])
    counts = Counter(found["county"] for found in known.values())
    return min(counts, key=lambda county: (-counts[county], county), default="")


def record_returned(
    books: Engine,
    lake: Lake,
    file: SourceFile,
    returned: Returned,
    county: str,
    *,
    on: date,
    at: datetime,
    policy: Policy | None,
) -> Receipt:
    """Take a returned workbook in, in one transaction; only under the county's lock. Known content changes nothing.

    ``file`` is kept in the lake already.
    ``policy`` (of the county on ``on``) gives the deadlines; None where ``county`` is empty. A workbook that cannot be
    read, or that holds no finding of ours, is rejected.
    """
    sha256 = file.sha256
    known = find_receipt(books, sha256)
    if known is not None:
        return known
    ids = {row.finding_id for row in returned.rows}
    with books.connect() as connection:
        standings = read_standings(connection, ids, county)
        keys = keys_of(connection)
        digests = keys.of(Use.DIGEST)
        repeated = {keyed_one(digests, digest) for digest in known_answers(connection, ids)}
        newest = newest_recorded(connection, county)
        bound = Bound(keys.of(Use.FEEDBACK), digests, batches_before_the_key(connection, county))
    told = key_cells(books, lake, newest.id, ids) if newest is not None else {}
    outcomes = list(judge_rows(returned, standings, repeated, told, county, on, bound))
    problems = returned.problems or (() if county else ("没有一行的问题编号是本系统下发过的，整份退回",))
    delivery = Delivery(
        id=delivery_id(RETURNED.name, county, on, sha256),
        feed=RETURNED.name,
        county=county,
        as_of=on,
        source="file",
        files=(file,),
        sha256=sha256,
        bytes=file.bytes,
        accounting=_accounting(outcomes) if not problems else None,
        received_at=at,
        taken_by=_TAKEN_BY,
    )
    with books.begin() as connection:
        add_delivery(connection, delivery, rejected=problems)
        _apply(connection, delivery, outcomes, standings, on, policy)
        rows = list(_rows(delivery.id, outcomes))
        if rows:
            connection.execute(insert(feedback_rows), rows)
    receipt = find_receipt(books, sha256)
    if receipt is None:
        raise ValueError(f"delivery {delivery.id} was not recorded")
    return Receipt(receipt.delivery, receipt.rows, known=False)


def _apply(
    connection: Connection,
    delivery: Delivery,
    outcomes: Sequence[Outcome],
    standings: Mapping[str, Standing],
    on: date,
    policy: Policy | None,
) -> None:
    """Append the events and answers of good rows, and move their findings."""
    events: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []
    moved: list[dict[str, Any]] = []
    key = keys_of(connection).of(Use.DIGEST)
    for number, outcome in enumerate(outcomes, start=1):
        if not outcome.steps or outcome.said is None:
            continue
        if policy is None:
            raise ValueError("answers of a county without its policy")
        standing = standings[outcome.row.finding_id]
        digest = answer_digest(key, standing.finding_id, standing.batch, outcome.said)
        who = who_answered(key, standing.rule, digest, outcome.said)
        said.append(
            {
                "digest": digest,
                "finding_id": standing.finding_id,
                "batch": standing.batch,
                "delivery": delivery.id,
                "number": number,
                "on": on,
                "said": dict(outcome.said),
            }
        )
        for step in outcome.steps:
            events.append(_event(standing, step, delivery.id, digest, who, on))
        if outcome.outcome == APPLIED:
            moved.append(_moved(standing, outcome.steps, on, policy))
    if said:
        connection.execute(insert(answers), said)
    if moved:
        names = ("state", "due_on", "days_left", "silenced_digest")
        statement = (
            update(findings)
            .where(findings.c.finding_id == bindparam("_finding_id"))
            .values({name: bindparam(f"_{name}") for name in names})
        )
        kept = finding_rows(connection, [change["finding_id"] for change in moved])
        for change in moved:
            _let_clock_run(change, kept[change["finding_id"]]["days_left"], on)
        connection.execute(
            statement,
            [
                {"_finding_id": change["finding_id"]}
                | {f"_{name}": change.get(name, kept[change["finding_id"]][name]) for name in names}
                for change in moved
            ],
        )
    append_events(connection, delivery.county, events)


def _event(standing: Standing, step: Step, delivery: str, digest: str, who: str, on: date) -> dict[str, Any]:
    return {
        "county": standing.county,
        "finding_id": standing.finding_id,
        "run": None,
        "on": on,
        "who": who,
        "from_state": step.from_state.value,
        "to_state": step.to_state.value,
        "why": step.why,
        "evidence_digest": standing.evidence_digest,
        "delivery": delivery,
        "answer": digest,
    }


def _moved(standing: Standing, steps: Sequence[Step], on: date, policy: Policy) -> dict[str, Any]:
    """What changes of a finding beside its events: state, deadline of what was confirmed, evidence that is silent."""
    change: dict[str, Any] = {"finding_id": standing.finding_id, "state": steps[-1].to_state.value}
    reached = {step.to_state for step in steps}
    if State.CONFIRMED in reached:
        rule = RULES_BY_CODE.get(standing.rule)
        # a finding can outlive its rule, until the next night: then it has the longest of deadlines
        days = int(policy[f"rectify_days.{rule.severity if rule is not None else Severity.LOW}"])
        change["due_on"] = working_days_after(on, days)
    if State.REFUTED in reached:
        change["silenced_digest"] = standing.evidence_digest
    return change


def _let_clock_run(change: dict[str, Any], days_left: int | None, on: date) -> None:
    """A clock that stands still ends with the answer; what is being put right has the days that it had left."""
    if days_left is None:
        return
    change["days_left"] = None
    if change["state"] == State.RECTIFYING:
        change.setdefault("due_on", working_days_after(on, days_left))


def _accounting(outcomes: Sequence[Outcome]) -> Accounting:
    counts = Counter(outcome.outcome for outcome in outcomes)
    return Accounting(
        read=len(outcomes),
        staged=counts[APPLIED] + counts[NOTED],
        quarantined=counts[REFUSED],
        totals_or_blank=counts[BLANK],
        repeated=counts[REPEATED],
        values_refused=sum(len(outcome.problems) for outcome in outcomes),
    )


def _rows(delivery: str, outcomes: Sequence[Outcome]) -> Iterator[dict[str, Any]]:
    number = 0
    for outcome in outcomes:
        # a row's own text is not repeated here: an id that is none of ours could be anything
        known = outcome.row.finding_id if outcome.outcome != REFUSED or _looks_like_an_id(outcome.row) else None
        base = {
            "delivery": delivery,
            "sheet": outcome.row.sheet,
            "row": outcome.row.row,
            "finding_id": known,
            "outcome": outcome.outcome,
            "from_state": outcome.steps[0].from_state.value if outcome.steps else None,
            "to_state": outcome.steps[-1].to_state.value if outcome.steps else None,
        }
        for problem in outcome.problems or (None,):
            number += 1
            yield base | {
                "number": number,
                "column_name": problem.column if problem else None,
                "reason": problem.reason if problem else None,
            }


def _looks_like_an_id(row: ReturnedRow) -> bool:
    text = row.finding_id
    return len(text) == 24 and all(character in "0123456789abcdef" for character in text)
