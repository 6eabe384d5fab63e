"""What a night leaves behind: ``summary.json``, and deliveries as ``liangxian deliveries`` lists them."""

from typing import Literal, NotRequired, TypedDict

Count = Literal["read", "staged", "quarantined", "totals_or_blank", "repeated", "values_refused"]
"""What is counted of a delivery."""


class DeliveryRow(TypedDict):
    """One delivery with its rows, which sum to ``read``; None where it could not be read."""

    id: str
    feed: str
    county: str
    as_of: str | None
    files: list[str]
    """Base names, as in the inbox."""
    status: str
    read: int | None
    staged: int | None
    quarantined: int | None
    totals_or_blank: int | None
    repeated: int | None
    values_refused: int | None
    reason: str | None
    """Why it was rejected or is held, in Chinese, a line a reason."""
    unusable: NotRequired[str]
    """Why it is not used though it is in force, in Chinese: a half that came alone, or no document allows it."""
    number: NotRequired[int]
    """What it is called by in these books; in lists only, for a night's summary is the same in whatever home."""


class WaitingRow(TypedDict):
    """A delivery of which some parts are missing; ``parts``: ``1,3 of 3``."""

    feed: str
    county: str
    as_of: str | None
    parts: str


class PassedOverRow(TypedDict):
    """What lies in the inbox and was not taken, by its name, cleaned; ``why`` is a word of ``landing.Why``."""

    name: str
    why: str


class InForceRow(TypedDict):
    """What is in force of a feed; ``delivery`` None: nothing. ``fresh``: within freshness_days."""

    feed: str
    delivery: str | None
    as_of: str | None
    files: list[str]
    fresh: bool


class RefusedCount(TypedDict):
    """Rows or values (``scope``) of a feed that were refused for one reason."""

    feed: str
    scope: str
    reason: str
    count: int


class QualityWarning(TypedDict):
    """An expectation that a delivery of tonight did not meet."""

    feed: str
    column: str
    expectation: str
    severity: str
    observed: str | None
    description: str


class RuleRow(TypedDict):
    """What became of a rule (``expectations.status.RuleStatus``), and why it says nothing."""

    rule: str
    status: str
    reason: str | None
    findings: int
    seconds: float


class OpenCount(TypedDict):
    """Open findings by rule, owner, township (both parts empty: the whole county) and certainty."""

    rule: str
    owner: str
    township_code: str
    township: str
    certainty: str
    findings: int


class UncheckedCount(TypedDict):
    """Open findings of a rule that this night could not check (本次未能核对): a row that concerns them was refused."""

    rule: str
    findings: int


class OverdueCount(TypedDict):
    """Findings past the deadline (verify, rectify) that runs there; ``oldest``: the earliest due day."""

    owner: str
    township_code: str
    township: str
    deadline: str
    findings: int
    oldest: str


class PrecisionRow(TypedDict):
    """How often a rule was right where a department verified it, with an interval of 95 percent."""

    rule: str
    owner: str
    confirmed: int
    verified: int
    precision: float
    low: float
    high: float


class BrakedDelivery(TypedDict):
    """A delivery that counts (``in_force``), or no longer does, otherwise than when a rule was as usual."""

    feed: str
    delivery: str
    as_of: str | None
    in_force: bool


class BrakedRow(TypedDict):
    """A rule whose findings stay unsent (异常增多): how many, beside how many open ones had been sent out."""

    rule: str
    why: str
    unsent: int
    sent: int
    deliveries: list[BrakedDelivery]
    zh: str
    en: str


class Published(TypedDict):
    """Whether the warehouse was published, and the name of the version that is."""

    published: bool
    snapshot: str | None


class Summary(TypedDict):
    """A county's night; no personal data. The keys stand in the order in which a person reads the file."""

    run: str
    county: str
    county_name: str
    as_of: str
    stopped: list[DeliveryRow]
    """What is held or rejected, of a day by then, and nothing newer has taken its place: named every night."""
    unusable: list[DeliveryRow]
    """What is in force and not used, each with why: halves of books that came alone, and of each feed that no document
    allows any more the newest; named every night."""
    deliveries: list[DeliveryRow]
    """Those that this run took in."""
    waiting: list[WaitingRow]
    passed_over: list[PassedOverRow]
    expected: list[str]
    """Feeds that the county is to receive; its status speaks of no others."""
    offices: dict[str, str]
    """What offices are called that the county calls otherwise than we do, by code."""
    in_force: list[InForceRow]
    """One row a feed that is expected or there."""
    refused: list[RefusedCount]
    quality: list[QualityWarning]
    rules: list[RuleRow]
    findings: dict[str, int]
    """new, still, cleared (by data), reopened."""
    dropped: dict[str, int]
    """What went for another reason than data (规则口径变更, 政策调整, 数据撤回), where anything did."""
    braked: list[BrakedRow]
    open: list[OpenCount]
    unchecked: list[UncheckedCount]
    overdue: list[OverdueCount]
    calendar_unknown: list[int]
    """Years of deadlines whose holidays are not published yet."""
    precision: list[PrecisionRow]
    warehouse: Published
    reports: list[str]
    """Paths relative to the home."""
    seconds: float
    batch: str | None
    """What was dispatched."""
