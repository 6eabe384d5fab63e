"""The two books at one day as notices need them: certificates on the roll and open households, and what was refused."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import duckdb
import pyarrow as pa

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
    """A register household, whatever its status."""

    head_name: str
    village_code: str
    persons: int
    poverty_status: str


@dataclass(frozen=True)
class Register:
    """The register of one day. ``heads``: of every open household the head's valid number, None where there is none.

    Of other rows only those of households that changed are read: ``homes``, ``book``.
    """

    conformed: Conformed
    heads: Mapping[str, str | None]
    refused: Refused

    @property
    def open_homes(self) -> frozenset[str]:
        """Numbers of open households with a registered member."""
        return frozenset(self.heads)

    def homes(self, numbers: Collection[str]) -> dict[str, Home]:
        """Of these households those that the book has a row of, whatever their status."""
        columns = ("household_no", "head_name", "village_code", "persons", "poverty_status")
        return {row[0]: Home(*row[1:]) for row in _rows_of(self.conformed, RH, columns, {"household_no": numbers})}

    def members(self, homes: Collection[str]) -> set[str]:
        """Numbers of everybody who has a row in one of these households."""
        return {row[0] for row in _rows_of(self.conformed, RM, ("member_no",), {"household_no": homes})}

    def book(self, homes: Collection[str], members: Collection[str]) -> Book:
        """By which flows of these households are told; whoever of ``members`` stands elsewhere is seen there."""
        status = {number: home.poverty_status for number, home in self.homes(homes).items()}
        columns, wanted = ("member_no", "household_no", "person_status"), {"household_no": homes, "member_no": members}
        rows = _rows_of(self.conformed, RM, columns, wanted)
        own = (Member(number, home, person, status.get(home, EXITED) != EXITED) for number, home, person in rows)
        return Book.of(status, own, self.refused)


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
    heads: dict[str, str | None] = {}
    with open_engine(choice, lake) as engine:
        c = county_of(engine, [Asked(conformed, policy)])
        if has_roll:
            engine.relation("roll", c.assistance.select(*_ROLL))
            certificates = {row[0]: Certificate(*row[1:]) for row in engine.local.execute("FROM roll").fetchall()}
        if has_register:
            engine.relation("named", c.villages.select("village_code", "township", "village"))
            places = {code: (town, village) for code, town, village in engine.local.execute("FROM named").fetchall()}
            engine.relation("open", c.open_households.select("household_no", "head_id"))
            heads = dict(engine.local.execute("FROM open").fetchall())
    absent = [book for book, there in ((LOW_INCOME, has_roll), (REGISTER, has_register)) if not there]
    return Books(
        roll=_roll(conformed, certificates) if has_roll else None,
        register=Register(conformed, heads, _refused_of_register(conformed)) if has_register else None,
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


def _rows_of(
    conformed: Conformed, feed: str, columns: Sequence[str], wanted: Mapping[str, Collection[str]]
) -> list[tuple[Any, ...]]:
    """Current rows of a feed in which one of the ``wanted`` columns has one of its values."""
    with duckdb.connect() as connection:
        for name, values in wanted.items():
            connection.register(f"wanted_{name}", pa.table({name: pa.array(sorted(values), pa.string())}))
        one_of = " OR ".join(f"{name} IN (FROM wanted_{name})" for name in wanted)
        query = f"SELECT {', '.join(columns)} FROM ({conformed.feeds[feed].sql()}) WHERE {one_of}"
        return connection.execute(query).fetchall()


def _numbers(conformed: Conformed, feed: str, column: str) -> frozenset[str]:
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT {column} FROM ({conformed.feeds[feed].sql()})").fetchall()
    return frozenset(number for (number,) in rows)


def _refused(conformed: Conformed, feed: str, *columns: str) -> list[tuple[str | None, ...]]:
    """What can be read of ``columns`` in the refused rows of a feed."""
    rows = (row for part in conformed.feeds[feed].parts for row in read_refused(part.refused_path, columns))
    return [tuple(row[column] for column in columns) for row in rows]


def _roll(conformed: Conformed, certificates: Mapping[str, Certificate]) -> Roll:
    refused = [number for (number,) in _refused(conformed, LH, "certificate_no")]
    return Roll(
        day=conformed.feeds[LH].as_of,
        certificates=certificates,
        listed=_numbers(conformed, LH, "certificate_no"),
        refused=frozenset(number for number in refused if number),
        unreadable=sum(not number for number in refused),
    )


def _refused_of_register(conformed: Conformed) -> Refused:
    households = _refused(conformed, RH, "household_no")
    members = _refused(conformed, RM, "household_no", "member_no")
    return Refused(
        frozenset(number for (number,) in households if number),
        frozenset(member for _, member in members if member),
        frozenset(home for home, member in members if home and not member),
        sum(not any(row) for row in (*households, *members)),
    )
