"""Findings as they are shown: a row of an export, one explained, its life in the ledger, what differs or would."""

from typing import Any, NotRequired, TypedDict


class FindingColumns(TypedDict):
    """The contract's columns but ``evidence``; masked unless a purpose was given. Days are ISO texts."""

    finding_id: str
    rule: str
    rule_name: str
    severity: str
    certainty: str
    owner: str | None
    county: str
    township: str | None
    village: str | None
    subject_kind: str
    subject_key: str
    household_no: str | None
    certificate_no: str | None
    person_id: str | None
    name: str | None
    period: str
    expected: str
    actual: str
    explanation: str
    clears_when: str
    first_seen: str
    last_seen: str
    state: str
    due_on: str | None


class FindingRow(FindingColumns):
    """One finding of an export; ``evidence`` is a JSON text."""

    evidence: str


class _ValueShown(TypedDict):
    column: str
    heading: str
    value: Any


class EvidenceValue(_ValueShown, total=False):
    """A quoted value with the department's heading and, for a column of its feed, its unit."""

    unit: str


class EvidenceRow(TypedDict):
    """One row of evidence; ``kept``: where in the home the file lies as it came (None: inside a zip)."""

    feed: str
    feed_title: str
    delivery: str
    as_of: str | None
    file: str
    sheet: str | None
    row: int
    kept: str | None
    values: list[EvidenceValue]


class Searched(TypedDict):
    """A delivery that was searched in vain, and how."""

    feed: str
    feed_title: str
    delivery: str
    as_of: str | None
    files: list[str]
    how: str


PolicyUsed = TypedDict(
    "PolicyUsed",
    {"key": str, "title": str, "value": Any, "unit": str, "from": str, "source": str, "on": str | None},
)
"""A policy value that the finding rests on, since when it is in force and by which document; ``on`` which day it was
read, where that is another than the rule's."""

HistoryEvent = TypedDict(
    "HistoryEvent",
    {
        "on": str,
        "from": str | None,
        "to": str,
        "why": str | None,
        "who": str,
        "delivery": str | None,
        "run": str | None,
    },
)
"""A transition as ``explain`` tells it."""


class LedgerColumns(TypedDict):
    """What the ledger's dataset holds beside the columns of an export."""

    batch: str | None
    dispatched_on: str | None
    cleared_by: str | None
    cleared_because: str | None
    days_left: int | None
    past_period: bool
    unchecked: bool
    rule_yuan: str | None
    """What its rule believes owed or wrongly paid, in yuan to the fen; None where its facts say no sum."""
    rule_months: str | None
    """Of which months, where it is made of months."""


class Explanation(FindingColumns, LedgerColumns):
    """Everything that is known of a finding."""

    run: str
    owner_title: str
    sentence: str
    rows: list[EvidenceRow]
    searched: list[Searched]
    policy: list[PolicyUsed]
    history: list[HistoryEvent]


class BookRow(TypedDict):
    """A finding as the books hold it."""

    finding_id: str
    county: str
    rule: str
    period: str
    state: str
    certainty: str
    first_seen: str
    last_seen: str
    last_run: str
    evidence_digest: str
    silenced_digest: str | None
    batch: str | None
    dispatched_on: str | None
    due_on: str | None
    cleared_by: str | None
    cleared_because: str | None
    days_left: int | None


class LedgerEvent(TypedDict):
    """A transition as the chain holds it."""

    county: str
    seq: int
    finding_id: str
    run: str | None
    on: str
    who: str
    from_state: str | None
    to_state: str
    why: str | None
    evidence_digest: str | None
    delivery: str | None
    answer: str | None
    batch: str | None
    due_on: str | None
    silenced_digest: str | None
    previous: str
    digest: str


class Answer(TypedDict):
    """What a department filled in: heading -> text, or how long it is where no purpose was given."""

    on: str
    batch: str
    delivery: str
    said: dict[str, str]


class Life(BookRow):
    """A finding's life in the ledger."""

    rule_name: str
    events: list[LedgerEvent]
    answers: list[Answer]


class RunSide(TypedDict):
    """One of two runs that are compared."""

    run: str
    as_of: str
    replay: bool


class DeliveriesChange(TypedDict):
    """A feed whose deliveries differ between two runs."""

    feed: str
    before: list[str]
    after: list[str]


class PolicyChange(TypedDict):
    """A policy value that differs; None: there was none."""

    key: str
    before: Any
    after: Any


class RuleChange(TypedDict):
    """How many findings of a rule differ, and because of what."""

    rule: str
    new: int
    gone: int
    changed: int
    because: list[str]


class FindingChange(TypedDict):
    """A finding that differs (new, gone, changed), masked, with what was found on either side."""

    change: str
    finding_id: str
    rule: str
    township: str | None
    village: str | None
    subject_key: str
    before: str | None
    after: str | None


class DifferenceRow(TypedDict):
    """Two runs of a county compared."""

    before: RunSide
    after: RunSide
    same_code: bool
    deliveries: list[DeliveriesChange]
    policy: list[PolicyChange]
    rules: list[RuleChange]
    findings: list[FindingChange]


class PlaceChange(TypedDict):
    """Findings of a rule in a township that would appear and vanish under other policy values."""

    rule: str
    township_code: str
    township: str
    appear: int
    vanish: int


class StatusChange(TypedDict):
    """A rule that would be evaluated, or not, unlike now."""

    rule: str
    now: str
    then: str


class TrialRow(TypedDict):
    """What other policy values (``set``) would change in a county."""

    county: str
    as_of: str
    set: dict[str, str]
    changes: list[PlaceChange]
    unlike: list[StatusChange]


class ProblemRow(TypedDict):
    """A problem of a delivery as staging leaves it; ``value`` is masked where it is personal.

    ``first``: of the problems of a row the one that it counts for. ``detail``: the cause within the reason, where one
    is told; deliveries staged before it was have none.
    """

    delivery: str
    scope: str
    file: str
    sheet: str | None
    row: int
    column: str
    heading: str
    reason: str
    first: bool
    value: str | None
    detail: NotRequired[str | None]


class RefusedRow(ProblemRow):
    """A row (or value) in quarantine, with the reason in Chinese, what to do, and what its delivery is of."""

    reason_text: str
    remedy: str
    feed: str
    feed_title: str
    county: str
    status: str
    number: int


class RowPlaceRow(TypedDict):
    """A row of a file."""

    file: str
    sheet: str | None
    row: int


class FateRow(TypedDict):
    """What became of one row of a file (``fate``, and in Chinese ``told``); ``problems`` are those of its cells."""

    number: int
    delivery: str
    status: str
    feed: str
    feed_title: str
    county: str
    file: str
    sheet: str | None
    row: int
    fate: str
    told: str
    others: list[RowPlaceRow]
    """The row that it repeats, or those that it contradicts."""
    problems: list[RefusedRow]
