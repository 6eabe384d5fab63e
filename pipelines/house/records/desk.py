"""What people at the desk are told: what was taken of a workbook, what is overdue, what they should hear of."""

from collections.abc import Mapping
from typing import Any, TypedDict

from pipelines.house.records.night import BrakedRow, OverdueCount


class FeedbackProblem(TypedDict):
    """A row of a returned workbook that was not taken; ``column`` is its heading."""

    sheet: str | None
    row: int
    finding_id: str | None
    column: str | None
    reason: str | None


class TakenRow(TypedDict):
    """A returned workbook; ``known``: it had been taken in before. ``rows``: outcome -> how many."""

    id: str
    file: str
    county: str
    on: str | None
    status: str
    known: bool
    reason: str | None
    rows: dict[str, int]
    problems: list[FeedbackProblem]
    receipt: str


class SentRow(TypedDict):
    """What was sent out of a county by command; ``sent``: rule -> how many, ``batch`` None: nothing."""

    county: str
    on: str
    batch: str | None
    sent: dict[str, int]
    braked: list[BrakedRow]


class EscalationRow(TypedDict):
    """What is overdue in a county; ``page``: its 督办单, relative to the home."""

    county: str
    as_of: str
    findings: int
    overdue: list[OverdueCount]
    page: str | None


class AlertRow(TypedDict):
    """One alert in Chinese and English; ``facts`` are its parts, which differ by ``kind``."""

    kind: str
    county: str
    zh: str
    en: str
    facts: Mapping[str, Any]


class DigestRow(TypedDict):
    """All alerts of a day; ``digest`` changes with what they say."""

    as_of: str
    digest: str
    alerts: list[AlertRow]
    heads: dict[str, str]
    """Last digest of each chain of the books, to be kept elsewhere."""
