"""What stands on a card, book by book: which rows of it belong to a family, and how they are laid out.

Headings, units and masks are those of the feed's declaration; here stands only what the card tells elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from expectations.feed import Feed
from expectations.feeds import FEEDS, FEEDS_BY_NAME


class Whose(StrEnum):
    """By what a row of a book belongs to a family; the value is the relation that holds it."""

    HOUSEHOLD = "family_households"
    CERTIFICATE = "family_certificates"
    PERSON = "family_people"

    @property
    def key(self) -> str:
        """The column of the relation."""
        return _KEYS[self]


_KEYS: Final[Mapping[Whose, str]] = MappingProxyType(
    {Whose.HOUSEHOLD: "household_no", Whose.CERTIFICATE: "certificate_no", Whose.PERSON: "person_id"}
)


@dataclass(frozen=True)
class Block:
    """One book on the card. ``by``: (whose, column) of which one must fit; ``order``: SQL by which its rows stand.

    ``left_out``: columns that the card tells elsewhere. ``newest``: a column of whose values the two greatest are
    shown. ``is_grid``: each row as pairs of heading and value, otherwise a table.
    """

    feed: Feed
    by: tuple[tuple[Whose, str], ...]
    order: str
    left_out: frozenset[str] = frozenset()
    newest: str | None = None
    is_grid: bool = False

    @property
    def name(self) -> str:
        """The feed's."""
        return self.feed.name


def _block(
    feed: str, *by: tuple[Whose, str], order: str, without: str = "", newest: str | None = None, is_grid: bool = False
) -> Block:
    return Block(FEEDS_BY_NAME[feed], by, order, frozenset(without.split()), newest, is_grid)


_PERSON = (Whose.PERSON, "person_id")
_HEAD = (Whose.PERSON, "head_id")
_PLACE = "village_code township village"

BLOCKS: Final[tuple[Block, ...]] = (
    _block(
        "register_households",
        (Whose.HOUSEHOLD, "household_no"),
        order="household_no",
        without=f"{_PLACE} head_id",
        is_grid=True,
    ),
    _block(
        "register_members",
        (Whose.HOUSEHOLD, "household_no"),
        order="household_no, person_status <> '正常', relation <> '户主', birth_date, member_no",
        without="household_no member_no",
    ),
    _block(
        "low_income_households",
        (Whose.CERTIFICATE, "certificate_no"),
        order="status = '停保', certificate_no",
        without="village_code head_id",
        is_grid=True,
    ),
    _block(
        "low_income_members",
        (Whose.CERTIFICATE, "certificate_no"),
        order="certificate_no, relation <> '户主', person_id",
    ),
    _block(
        "low_income_payments",
        (Whose.CERTIFICATE, "certificate_no"),
        order="certificate_no, month, batch_no",
        without="payee_id",
    ),
    _block("insurance_enrolments", _PERSON, order="person_id, year DESC, scheme, enrolment_status", newest="year"),
    _block("students", _PERSON, order="person_id, student_status <> '在读', student_no, school"),
    _block(
        "education_subsidies",
        _PERSON,
        order="person_id, school_year DESC, term, item, batch_no",
        without="student_no batch_no",
        newest="school_year",
    ),
    _block(
        "housing_renovations",
        _HEAD,
        order="assessed_on DESC, case_no DESC",
        without="village_code head_id",
        is_grid=True,
    ),
    _block(
        "relocations",
        (Whose.HOUSEHOLD, "household_no"),
        _HEAD,
        order="relocation_no",
        without="head_id",
        is_grid=True,
    ),
)
"""Books of a card, in the order in which they stand on it. What other offices know that a document must allow is told
as leads only (decision 0045)."""

PLANS: Final = FEEDS_BY_NAME["work_plans"]
"""Plans are about areas: those of the card's village, township and county."""


def _of_person(feed: Feed) -> Block:
    numbers = feed.identity_columns
    without = {*numbers, *(feed.name_beside(number) for number in numbers)}
    by = tuple((Whose.PERSON, number) for number in numbers)
    return Block(feed, by, ", ".join((*by[0][1:], "_file", "_row")), frozenset(without))


OF_PERSONS: Final[tuple[Block, ...]] = tuple(
    _of_person(feed) for feed in FEEDS if feed.identity_columns and not feed.used_by_basis
)
"""Every book that knows people by number, as ``lookup`` asks them. What was handed down from above is none: who
complained, or whom an audit named, is told to nobody before an application."""
