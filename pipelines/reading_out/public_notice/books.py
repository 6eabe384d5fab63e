"""The two books at one day as notices need them: certificates on the roll and open households, and what was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import duckdb

from expectations.policy import Policy
from expectations.rules.needs import LH, LOW_INCOME, REGISTER, RH, RM
from pipelines.house.engine_choice import EngineChoice
from pipelines.reconciling.county import Asked, county_of
from pipelines.reconciling.opening import open_engine
from warehouse.current import Conformed
from warehouse.evaluation.stock_flow import EXITED, Book, Member, Refused
from warehouse.lake import Lake
from warehouse.refused import read_refused


@dataclass(frozen=True)
class Certificate:
    """A certificate on the roll (in force, 低保 or 特困). ``benefit``: yuan a household and month.

    ``head_id``: the head's valid number, by which a family is known whose certificate has another number now.
    """

    head_name: str
    head_id: str | None
    village_code: str
    programme: str
    persons: int
    covered: int
    benefit: Decimal
    start_date: date


@dataclass(frozen=True)
class Roll:
    """The low-income book of ``day``: certificates on the roll by number, and numbers of all that it has rows of.

    ``refused``: numbers on rows that were refused; ``unreadable``: refused rows that show none.
    """

    day: date
    certificates: Mapping[str, Certificate]
    listed: frozenset[str]
    refused: frozenset[str]
    unreadable: int


@dataclass(frozen=True)
class Home:
    """A register household, whatever its status; ``head_id`` as a certificate's."""

    head_name: str
    head_id: str | None
    village_code: str
    persons: int


@dataclass(frozen=True)
class Register:
    """The register of one day: its households by number, and the book by which flows are told."""

    homes: Mapping[str, Home]
    book: Book


@dataclass(frozen=True)
class Books:
    """What counted in one run. None: the book was not there, ``lacking`` says why (Chinese).

    ``places``: township and village by village code, as the register names them.
    """

    roll: Roll | None
    register: Register | None
    places: Mapping[str, tuple[str, str]]
    lacking: tuple[str, ...]


def read_books(choice: EngineChoice, lake: Lake, conformed: Conformed, policy: Policy) -> Books:
    """Read what counted in a run: who is on the roll by the rules' own terms, the register as flows read it."""
    has_roll, has_register = (all(feed in conformed.feeds for feed in book) for book in (LOW_INCOME, REGISTER))
    certificates: dict[str, Certificate] = {}
    places: dict[str, tuple[str, str]] = {}
    with open_engine(choice, lake) as engine:
        c = county_of(engine, [Asked(conformed, policy)])
        if has_roll:
            engine.relation("roll", c.assistance.select(*_ROLL))
            certificates = {row[0]: Certificate(*row[1:]) for row in engine.local.execute("FROM roll").fetchall()}
        if has_register:
            engine.relation("named", c.villages.select("village_code", "township", "village"))
            places = {code: (town, village) for code, town, village in engine.local.execute("FROM named").fetchall()}
    absent = [book for book, there in ((LOW_INCOME, has_roll), (REGISTER, has_register)) if not there]
    return Books(
        roll=_roll(conformed, certificates) if has_roll else None,
        register=_register(conformed) if has_register else None,
        places=places,
        lacking=tuple(next(conformed.missing[feed] for feed in book if feed in conformed.missing) for book in absent),
    )


_ROLL: Final = (
    "certificate_no",
    "head_name",
    "head_id",
    "village_code",
    "programme",
    "persons",
    "covered_persons",
    "monthly_benefit",
    "start_date",
)


def _rows(conformed: Conformed, feed: str, *columns: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT {', '.join(columns)} FROM ({conformed.feeds[feed].sql()})").fetchall()


def _refused(conformed: Conformed, feed: str, *columns: str) -> list[tuple[str | None, ...]]:
    """What can be read of ``columns`` in the refused rows of a feed."""
    rows = (row for part in conformed.feeds[feed].parts for row in read_refused(part.refused_path, columns))
    return [tuple(row[column] for column in columns) for row in rows]


def _roll(conformed: Conformed, certificates: Mapping[str, Certificate]) -> Roll:
    refused = [number for (number,) in _refused(conformed, LH, "certificate_no")]
    return Roll(
        day=conformed.feeds[LH].as_of,
        certificates=certificates,
        listed=frozenset(number for (number,) in _rows(conformed, LH, "certificate_no")),
        refused=frozenset(number for number in refused if number),
        unreadable=sum(not number for number in refused),
    )


def _register(conformed: Conformed) -> Register:
    homes, status = {}, {}
    for number, *home, poverty in _rows(
        conformed, RH, "household_no", "head_name", "head_id", "village_code", "persons", "poverty_status"
    ):
        homes[number], status[number] = Home(*home), poverty
    members = (
        Member(member, home, person, status.get(home, EXITED) != EXITED)
        for member, home, person in _rows(conformed, RM, "member_no", "household_no", "person_status")
    )
    return Register(homes, Book.of(status, members, _refused_of_register(conformed)))


def _refused_of_register(conformed: Conformed) -> Refused:
    households = _refused(conformed, RH, "household_no")
    members = _refused(conformed, RM, "household_no", "member_no")
    return Refused(
        frozenset(number for (number,) in households if number),
        frozenset(member for _, member in members if member),
        frozenset(home for home, member in members if home and not member),
        sum(not any(row) for row in (*households, *members)),
    )
