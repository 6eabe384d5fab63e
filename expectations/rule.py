"""What a rule is: one declaration from which rule book, sentences, evidence and the tests' table come.

The predicate is an Ibis expression over the terms of ``expectations/terms/``: it returns one row a finding, with the
subject's key columns and the facts that the templates name. Everything else (certainty, sentences, evidence) follows
from the declaration and is done by the engine for all rules alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from expectations.amount import Amount
from expectations.days import PolicyRead
from expectations.departments import Department
from expectations.feed import Personal
from expectations.feeds import FEEDS_BY_NAME
from expectations.values import Values

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from expectations.terms import County

type_of_rows = Callable[["County"], "Table"]


class Severity(StrEnum):
    """How much harm a finding of the rule does while it stands."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def label(self) -> str:
        """高, 中 or 低."""
        return {"high": "高", "medium": "中", "low": "低"}[self.value]


@dataclass(frozen=True)
class Subject:
    """What a rule speaks of: kind (in exports), Chinese label, and the fact columns whose values make its key.

    ``visited``: whether somebody can be visited about it, so that its rules say what a visit asks.
    """

    kind: str
    label: str
    key: tuple[str, ...]
    visited: bool = True


AREA = Subject("area", "县（市、区）与城乡", ("county", "area"), visited=False)
HOUSEHOLD = Subject("household", "建档立卡户", ("household_no",))
CERTIFICATE = Subject("certificate", "低保（特困）证", ("certificate_no",))
HOUSEHOLD_CERTIFICATE = Subject("household_certificate", "建档立卡户与低保证", ("household_no", "certificate_no"))
CERTIFICATE_MONTH = Subject("certificate_month", "低保证与月份", ("certificate_no", "month"))
PERSON = Subject("person", "人员", ("person_id",))
PERSON_ITEM = Subject("person_item", "学生与资助项目", ("person_id", "school_year", "term", "item"))
CASE = Subject("case", "危改档案", ("case_no",))
RELOCATION = Subject("relocation", "易地搬迁", ("relocation_no",))
MEMBER = Subject("member", "建档立卡人口", ("member_no",))
ROW = Subject("row", "报送数据的一行", ("row_key",))
LEAD = Subject("lead", "上级交办线索", ("lead_no",), visited=False)
_ADDED_UP = ("reporter", "form", "area_code", "measure", "breakdown")
TOTAL = Subject("total", "上报的一个数", (*_ADDED_UP, "item", "unit"), visited=False)
TOTALS = Subject("totals", "上报的一组数", (*_ADDED_UP, "unit"), visited=False)


class Period(StrEnum):
    """Which period a rule's findings belong to; findings of an earlier period are settled by people only."""

    NONE = "none"
    INSURANCE_YEAR = "insurance_year"
    SCHOOL_YEAR = "school_year"
    PAYMENT_MONTH = "payment_month"
    REPORTED_MONTH = "reported_month"

    @property
    def label(self) -> str:
        """As people read it: 参保年度, or 无."""
        return _PERIODS[self]


_PERIODS: Final = {
    Period.NONE: "无",
    Period.INSURANCE_YEAR: "参保年度",
    Period.SCHOOL_YEAR: "学年",
    Period.PAYMENT_MONTH: "最近一个应发完的月份",
    Period.REPORTED_MONTH: "上报汇总数截止日所在的月份",
}


class Waits(StrEnum):
    """What beside fresh feeds must be there before a rule is evaluated."""

    INSURANCE_YEAR_BEGUN = "insurance_year_begun"
    SCHOOL_YEAR_SETTLED = "school_year_settled"
    TERM_FINISHED = "term_finished"

    @property
    def label(self) -> str:
        """What must be there, in Chinese."""
        return _WAITS[self]


_WAITS: Final = {
    Waits.INSURANCE_YEAR_BEGUN: "参保数据中已有参保年度的记录，且不比历次报送中一个年度最多的少过shrink_percent",
    Waits.SCHOOL_YEAR_SETTLED: "学籍数据不在学年结束（school.ends_on）与新学年学籍截止日（school.settled_on）之间",
    Waits.TERM_FINISHED: "资助数据中有已结清的学期（学期末过education.settle_days天后报送）",
}


@dataclass(frozen=True)
class Evidence:
    """Rows of ``feed`` behind a finding: those of ``rows`` (default: the current rows) that agree with it ``on``.

    ``show`` names the canonical columns whose values were used; the feed's key is shown as well. ``where`` keeps the
    rows in which a column has one value.
    """

    feed: str
    on: tuple[str, ...]
    show: tuple[str, ...]
    rows: type_of_rows | None = None
    where: tuple[str, str] | None = None


@dataclass(frozen=True)
class Absence:
    """A feed that was searched in vain, how, and the people whose absence is asserted.

    ``people`` gives the columns ``on`` and ``name_key``; a finding is only possible where the searched delivery has a
    row without a valid number, or a quarantined one, with the name of one of them.
    """

    feed: str
    how: str
    on: tuple[str, ...] = ()
    people: type_of_rows | None = None


@dataclass(frozen=True)
class Visit:
    """What a visit asks and looks at, as one plain Chinese sentence, and the papers that should lie on the table."""

    ask: str
    papers: tuple[str, ...] = ()


class Suspicion(StrEnum):
    """What a survey measures too: open findings of the rules that suspect it are counted beside the survey's rate."""

    MISSED = "missed"
    """漏评: poor, and not in the register."""
    WRONG_EXIT = "wrong_exit"
    """错退: exited, with a guarantee that fails."""


@dataclass(frozen=True)
class Doubt:
    """A further reason for which findings that agree with ``rows`` on ``on`` are only possible; ``why`` in Chinese.

    Without columns in ``on`` every finding of the county agrees with a row.
    """

    on: tuple[str, ...]
    rows: type_of_rows
    why: str


_HOUSING: Final = "housing_renovations"


@dataclass(frozen=True)
class Reading:
    """An optional column that decides by its value or by its lack: a null may come of a value that was refused.

    ``rows`` gives the rows that a finding rests on (subject key, ``by``); without it they bear the subject's own key.
    ``silent``: where the value is not there the rule says less, never more. ``as_sent``: it speaks of what was sent
    blank, and not where the value was refused.
    """

    feed: str
    column: str
    by: str = ""
    rows: type_of_rows | None = None
    silent: bool = False
    as_sent: bool = False


Finds = Callable[["County", Values], "Table"]
"""The predicate: what is found, by the terms and by the policy values of the rule's day."""


@dataclass(frozen=True)
class Counted:
    """Books in which what one ``value`` of a fact stands for is counted row by row: ``feeds``, and all must be there.

    ``reads``: their optional columns (feed, column) that decide what counts: a null may come of a refused value.
    """

    value: str
    feeds: tuple[str, ...]
    reads: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Comparison:
    """What a rule is held against where it is there: the books are no need of it, and what they lack silences no rule.

    ``column`` is the part of the subject's key, and the fact, that says which of ``counted`` it is; ``count`` the fact
    that holds what the rows came to, ``how`` in Chinese how they were counted. ``aside`` gives (subject key, ``why`` in
    Chinese) of what is not compared: its findings stay as they were.
    """

    column: str
    counted: tuple[Counted, ...]
    count: str
    how: str
    aside: Finds

    @property
    def feeds(self) -> tuple[str, ...]:
        """All feeds that rows may be counted in."""
        return tuple(dict.fromkeys(feed for one in self.counted for feed in one.feeds))


@dataclass(frozen=True)
class Declaration:
    """What is said of a rule before its predicate; templates are Chinese sentences over fact columns, ``{like_this}``.

    ``visit`` is None for what no visit can settle. ``policy_keys`` are the policy values that predicate and evidence
    read, ``policy_keys_before`` those that they read on 31 December of the year before the rule's day too, ``reads``
    the optional columns that decide, in its own words or in those of the terms that it uses; a test holds them.
    ``facts`` says of each fact that the rule derives itself which kind of personal data it is, None for none; one that
    is neither there nor a column of a feed is hidden whole (expectations/masks.py). Beside a list of personal values
    stands ``<fact>_masked``.

    What was refused concerns a finding by the key of its subject, the month in the fact ``asks_month``, and the
    subject's people (decision 0030). ``missing_in`` are feeds of which a rule without absences says that somebody or
    something is not there; ``people`` those of its subjects beside members (subject key, person_id).
    ``refuted_by`` are feeds of which one more row under the subject's own number may take a finding away: one that lost
    that number could be it. ``reads_before``: it reads the book of M* too, and what was refused in it counts.
    ``rests_on_rows``: what it finds is there, whatever was refused. ``counts``: the feed of people whose rows under the
    subject's number it counts: who has no number counts too, and where a row was refused that lost the household (or
    certificate), all its findings are in doubt. ``applies_with``: an optional column (feed, column) without which in
    any current row nobody is asked. ``heeds``: feeds of which it hears where they ever came, fresh or not, and which
    nobody misses; of what was refused there, values alone count. ``compares``: books beside those that it needs.
    ``may_own``: who can have to answer where its rows say so. ``is_lead``: it asks, by what another office knows, and
    says nothing for certain: every finding is possible and shown as 线索. ``digests``: facts over which the evidence
    digest of its findings is made in place of their rows;
    ``rises``: the one of them that 不属实 is silent about until it is greater (terms.leads.GREATER has what is).
    ``amount``: what they come to in yuan, where facts say so.
    """

    code: str
    name: str
    name_en: str
    _: KW_ONLY
    owner: Department | None
    severity: Severity
    subject: Subject
    needs: tuple[str, ...]
    sentence: str
    expected: str
    actual: str
    explanation: str
    clears_when: str
    basis: str
    visit: Visit | None
    evidence: tuple[Evidence, ...] = ()
    absences: tuple[Absence, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    period: Period = Period.NONE
    waits_for: tuple[Waits, ...] = ()
    policy_keys: tuple[str, ...] = ()
    policy_keys_before: tuple[str, ...] = ()
    over_what_is_there: bool = False
    reads: tuple[Reading, ...] = ()
    asks_month: str | None = None
    missing_in: tuple[str, ...] = ()
    people: type_of_rows | None = None
    refuted_by: tuple[str, ...] = ()
    reads_before: bool = False
    rests_on_rows: bool = False
    counts: str | None = None
    applies_with: tuple[str, str] | None = None
    heeds: tuple[str, ...] = ()
    compares: Comparison | None = None
    may_own: tuple[Department, ...] = ()
    is_lead: bool = False
    digests: tuple[str, ...] = ()
    rises: str = ""
    amount: Amount | None = None
    suspects: Suspicion | None = None
    facts: Mapping[str, Personal | None] = field(default_factory=dict, hash=False)

    @property
    def family(self) -> str:
        """The code of its family, as ``TL``."""
        return self.code[:2]

    @property
    def hears(self) -> tuple[str, ...]:
        """Every feed that its findings rest on: those it needs, then those it heeds, or is held against."""
        return (*self.needs, *self.heeds, *(self.compares.feeds if self.compares is not None else ()))

    @property
    def policy_reads(self) -> tuple[PolicyRead, ...]:
        """What it reads of the policy, as far as it says so (tests hold that it does), in the same order always."""
        return (
            *(PolicyRead(key, self.needs) for key in (*self.policy_keys, "books_apart_days")),
            *(PolicyRead(key, self.needs, year_before=True) for key in self.policy_keys_before),
        )

    @property
    def doubted_near(self) -> tuple[str, ...]:
        """Feeds of which a refused row makes a finding possible by the number or name of one of its people too.

        Housing cases are reached by their head alone, where the subject is who lives in the house.
        """
        near = self.needs if self.absences else self.missing_in
        return tuple(dict.fromkeys((*near, *self._cases)))

    @property
    def refutable_by(self) -> tuple[str, ...]:
        """Feeds of which one more row, whatever it said, may take a finding away: a row that could be anybody's."""
        searched = (absence.feed for absence in self.absences)
        counted = () if self.counts is None else (self.counts,)
        return tuple(dict.fromkeys((*self.refuted_by, *counted, *searched, *self.missing_in, *self._cases)))

    @property
    def _cases(self) -> tuple[str, ...]:
        """Housing cases, where they are needed and the subject is who lives in the house."""
        return tuple(feed for feed in self.needs if feed == _HOUSING and self.subject in (HOUSEHOLD, CERTIFICATE))

    @property
    def owners(self) -> frozenset[Department]:
        """Who can have to answer for its findings: its owner, or where it names none the senders of what it needs."""
        own = {self.owner} if self.owner else {FEEDS_BY_NAME[feed].sender for feed in self.needs}
        return frozenset({*own, *self.may_own})


@dataclass(frozen=True)
class Rule(Declaration):
    """One rule of the rule book: its declaration, and ``finds``, which gives one row a finding."""

    _: KW_ONLY
    finds: Finds = field(repr=False)


class Declaring(Declaration):
    """Declares the decorated predicate as a rule: ``@rule("TL02", …)``."""

    def __call__(self, finds: Finds) -> Rule:
        """The rule; every part is that of its declaration."""
        return Rule(**vars(self), finds=finds)


rule = Declaring


@dataclass(frozen=True)
class Family:
    """Rules whose codes begin alike: what they are about, and where they stand in the book."""

    code: str
    place: int
    name: str
    name_en: str
