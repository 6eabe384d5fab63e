"""Stock and flow of the register between two dates, to the person: what was, what came and went, what is.

Households: opening + identified + returned - exited - removed - died out or moved = closing. Persons: the same, and
births and marriages in, deaths and moves out of households that stay. Whoever appears or disappears without a record
that says why is unexplained: then the sum does not close, and the person is named by its number in the register. Whose
row we refused at one of the dates is neither: a line of its own says how many, and with it the sum closes.

A township's or village's account (``by_area``) is its part of the county's: whoever left stands where he lived, whoever
came where he lives, and whoever is in another area than before left the one and arrived in the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar, cast

from warehouse.evaluation.documented import FLOW_HOUSEHOLDS, FLOW_MEMBERS
from warehouse.evaluation.records import AccountRow, FlowRow
from warehouse.evaluation.sampling.frame import Query
from warehouse.sql import bound

_Of = TypeVar("_Of")

EXITED: Final = "已脱贫"
NORMAL: Final = "正常"


class Flow(StrEnum):
    """Ways into and out of the open register."""

    IDENTIFIED = "identified"
    RETURNED = "returned"
    JOINED = "joined"
    EXITED = "exited"
    REMOVED = "removed"
    LEFT = "left"

    @property
    def label(self) -> str:
        """Chinese name."""
        return _LABELS[self]

    @property
    def sign(self) -> int:
        """+1 into the register, -1 out of it."""
        return 1 if self in (Flow.IDENTIFIED, Flow.RETURNED, Flow.JOINED) else -1


_LABELS = {
    Flow.IDENTIFIED: "新识别",
    Flow.RETURNED: "返贫",
    Flow.JOINED: "出生、婚入等新增",
    Flow.EXITED: "脱贫退出",
    Flow.REMOVED: "清退",
    Flow.LEFT: "死亡、迁出、婚出（户为整户消亡或迁出）",
}


@dataclass(frozen=True)
class Member:
    """One row of the register at one date."""

    member_no: str
    household_no: str
    person_status: str
    is_open: bool


@dataclass(frozen=True)
class Refused:
    """Numbers on refused rows of the register; ``nameless`` are households of rows without a member's number.

    ``unreadable``: rows that show neither, and may be anybody's.
    """

    households: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    nameless: frozenset[str] = frozenset()
    unreadable: int = 0

    def hides(self, member: Member) -> bool:
        """Whether a person may be missing for a row that was refused alone."""
        groups = self.households | self.nameless
        return member.member_no in self.members or member.household_no in groups


_NOTHING: Final = Refused()


@dataclass(frozen=True)
class Book:
    """The register at one date: poverty status of households, rows of members by number, and what was refused.

    ``villages``: 12-digit code of each household's village.
    """

    households: Mapping[str, str]
    members: Mapping[str, Member]
    refused: Refused = _NOTHING
    villages: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        households: Mapping[str, str],
        members: Iterable[Member],
        refused: Refused = _NOTHING,
        villages: Mapping[str, str] | None = None,
    ) -> "Book":
        """From rows in any order."""
        return cls(households, {member.member_no: member for member in members}, refused, villages or {})

    def open_members(self) -> dict[str, Member]:
        """Members 正常 of households that are open."""
        return {no: m for no, m in self.members.items() if m.is_open and m.person_status == NORMAL}

    def without_members(self) -> frozenset[str]:
        """Households in which nobody is registered: they count in no number of households."""
        return frozenset(self.households) - {m.household_no for m in self.members.values() if m.person_status == NORMAL}


@dataclass(frozen=True)
class Account:
    """One account (households or persons): the numbers behind each flow, and those that nothing explains.

    ``arrived``, ``departed``: who is in another area of the county than before, in an account of one area.
    """

    opening: frozenset[str]
    closing: frozenset[str]
    flows: Mapping[Flow, frozenset[str]]
    appeared: frozenset[str]
    disappeared: frozenset[str]
    refused_before: frozenset[str] = frozenset()
    refused_now: frozenset[str] = frozenset()
    arrived: frozenset[str] = frozenset()
    departed: frozenset[str] = frozenset()

    @property
    def counts(self) -> dict[Flow, int]:
        """How many in each flow."""
        return {flow: len(numbers) for flow, numbers in self.flows.items()}

    @property
    def expected(self) -> int:
        """Opening and the flows: what should be there."""
        explained = sum(flow.sign * len(numbers) for flow, numbers in self.flows.items())
        hidden = len(self.refused_before) - len(self.refused_now)
        return len(self.opening) + explained + len(self.arrived) - len(self.departed) + hidden

    @property
    def reconciles(self) -> bool:
        """Whether it closes, and nobody came or went without a record."""
        return not self.appeared and not self.disappeared and self.expected == len(self.closing)

    def differences(self, reported: Mapping[Flow, int]) -> dict[Flow, tuple[int, int]]:
        """Flows whose reported count is another: flow -> (reported, counted)."""
        return {flow: (told, self.counts[flow]) for flow, told in reported.items() if told != self.counts[flow]}

    def part(self, before: frozenset[str], after: frozenset[str]) -> "Account":
        """Of one area: ``before`` and ``after`` are those of either date's book that belong to it then."""
        opening, closing = self.opening & before, self.closing & after
        stay = self.opening & self.closing
        return Account(
            opening,
            closing,
            {flow: numbers & (after if flow.sign > 0 else before) for flow, numbers in self.flows.items()},
            self.appeared & after,
            self.disappeared & before,
            self.refused_before & after,
            self.refused_now & before,
            (closing & stay) - before,
            (opening & stay) - after,
        )


@dataclass(frozen=True)
class StockFlow:
    """Both accounts between two dates; ``without_members``: households that count in neither, at either date."""

    households: Account
    persons: Account
    unreadable: int = 0
    without_members: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())


def account(before: Book, after: Book) -> StockFlow:
    """Both accounts from the register at two dates."""
    opening, closing = before.open_members(), after.open_members()
    was = frozenset(m.household_no for m in opening.values())
    now = frozenset(m.household_no for m in closing.values())
    hidden_homes = (_hidden_homes(closing, before, now - was), _hidden_homes(opening, after, was - now))
    hidden = (_hidden(closing, opening, before), _hidden(opening, closing, after))
    homes: dict[Flow, set[str]] = {flow: set() for flow in Flow if flow is not Flow.JOINED}
    for household in was - now - hidden_homes[1]:
        homes[_way_out(household, after)].add(household)
    for household in now - was - hidden_homes[0]:
        homes[Flow.RETURNED if before.households.get(household) == EXITED else Flow.IDENTIFIED].add(household)
    people: dict[Flow, set[str]] = {flow: set() for flow in Flow}
    appeared: set[str] = set()
    disappeared: set[str] = set()
    for number in opening.keys() - closing.keys() - hidden[1]:
        flow = _person_out(opening[number], after)
        (disappeared if flow is None else people[flow]).add(number)
    for number in closing.keys() - opening.keys() - hidden[0]:
        flow = _person_in(closing[number], before, was)
        (appeared if flow is None else people[flow]).add(number)
    return StockFlow(
        Account(was, now, _frozen(homes), frozenset(), frozenset(), *hidden_homes),
        Account(
            frozenset(opening),
            frozenset(closing),
            _frozen(people),
            frozenset(appeared),
            frozenset(disappeared),
            *hidden,
        ),
        before.refused.unreadable + after.refused.unreadable,
        (before.without_members(), after.without_members()),
    )


def by_area(found: StockFlow, before: Book, after: Book, digits: int) -> dict[str, StockFlow]:
    """The accounts of every area with so many digits, by its code: together they are the county's, ``found``."""
    (homes, people), (homes_now, people_now) = (_by_area(book, digits) for book in (before, after))
    nobody: frozenset[str] = frozenset()
    return {
        area: StockFlow(
            found.households.part(homes.get(area, nobody), homes_now.get(area, nobody)),
            found.persons.part(people.get(area, nobody), people_now.get(area, nobody)),
            found.unreadable,
            (
                found.without_members[0] & homes.get(area, nobody),
                found.without_members[1] & homes_now.get(area, nobody),
            ),
        )
        for area in sorted(homes.keys() | homes_now.keys())
    }


def _by_area(book: Book, digits: int) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Households, and members by the household that they stand in, of every area of one book."""
    homes: dict[str, set[str]] = defaultdict(set)
    people: dict[str, set[str]] = defaultdict(set)
    for household, village in book.villages.items():
        homes[village[:digits]].add(household)
    for number, member in book.members.items():
        if (home := book.villages.get(member.household_no)) is not None:
            people[home[:digits]].add(number)
    return _frozen(homes), _frozen(people)


def _hidden(there: Mapping[str, Member], not_there: Mapping[str, Member], book: Book) -> frozenset[str]:
    """People at one date whom the other date's book may lack for a refused row alone: it has no row of theirs."""
    missing = (member for number, member in there.items() if number not in not_there)
    return frozenset(m.member_no for m in missing if m.member_no not in book.members and book.refused.hides(m))


def _hidden_homes(there: Mapping[str, Member], book: Book, missing: frozenset[str]) -> frozenset[str]:
    """Households that the other date's book may lack so: their own row was refused, or rows of those who live there."""
    people = {m.household_no for m in there.values() if m.member_no not in book.members and book.refused.hides(m)}
    gone = {household for household in missing if household in book.refused.households}
    return frozenset(gone | {h for h in missing if h in people and h in book.households})


def _frozen(found: Mapping[_Of, set[str]]) -> dict[_Of, frozenset[str]]:
    return {of: frozenset(numbers) for of, numbers in found.items()}


def _way_out(household: str, after: Book) -> Flow:
    """Off the books: removed; still there: exited, or open and without a member."""
    status = after.households.get(household)
    return Flow.REMOVED if status is None else Flow.EXITED if status == EXITED else Flow.LEFT


def _person_out(member: Member, after: Book) -> Flow | None:
    """Why a person is no longer in an open household; None where no record says."""
    row = after.members.get(member.member_no)
    if row is not None:
        return Flow.LEFT if row.person_status != NORMAL else Flow.EXITED
    return Flow.REMOVED if member.household_no not in after.households else None


def _person_in(member: Member, before: Book, was: frozenset[str]) -> Flow | None:
    """How a person came into an open household; None where the register had said that he was dead or gone."""
    row = before.members.get(member.member_no)
    if row is not None:
        return Flow.RETURNED if row.person_status == NORMAL else None
    return Flow.JOINED if member.household_no in before.households or member.household_no in was else Flow.IDENTIFIED


def read_book(query: Query, county: str, as_of: date, refused: Refused = _NOTHING) -> Book:
    """The register of a county as the warehouse holds it at D. A person registered twice counts in each household."""
    households = query(bound(FLOW_HOUSEHOLDS, county=county, as_of=as_of))
    rows = query(bound(FLOW_MEMBERS, county=county, as_of=as_of))
    members = (Member(r["member_no"], r["household_no"], r["person_status"], r["is_open"]) for r in rows)
    return Book.of(
        {row["household_no"]: row["poverty_status"] for row in households},
        members,
        refused,
        {row["household_no"]: row["village_code"] for row in households},
    )


def as_row(found: StockFlow) -> FlowRow:
    """Plain values."""
    without = [len(numbers) for numbers in found.without_members]
    return {
        "households": _row(found.households),
        "persons": _row(found.persons),
        "unreadable": found.unreadable,
        "households_without_members": {"opening": without[0], "closing": without[1]},
    }


def _row(one: Account) -> AccountRow:
    counts = {flow.value: count for flow, count in one.counts.items()}
    counts |= {"arrived": len(one.arrived), "departed": len(one.departed)}
    row = {"opening": len(one.opening), **counts, "closing": len(one.closing), "reconciles": one.reconciles}
    named = ("appeared", "disappeared", "refused_before", "refused_now")
    return cast(AccountRow, row | {name: sorted(getattr(one, name)) for name in named})
