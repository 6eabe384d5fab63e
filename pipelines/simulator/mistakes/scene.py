"""Where mistakes are planted: the books of one month, the victims, and the truth that results."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from expectations.calendar import add_months
from expectations.feeds import FEEDS_BY_NAME
from pipelines.simulator import families
from pipelines.simulator.arrays import Bools, Days, Ints, day
from pipelines.simulator.books import Book, Serial
from pipelines.simulator.departments.moment import EPOCH_MONTH, Moment, certificate_numbers, household_numbers
from pipelines.simulator.plan import Need
from pipelines.simulator.timeline import Clock, earliest_reaching
from pipelines.simulator.truth import Absent, Truth
from pipelines.simulator.world import World


@dataclass(frozen=True)
class Victims:
    """One kind of mistake's victims in one month: an array for each need, and each victim's number among them all."""

    groups: tuple[Ints, ...]
    number: Ints

    def __len__(self) -> int:
        return len(self.number)

    def __getitem__(self, need: int) -> Ints:
        return self.groups[need]

    def turn(self, ways: int) -> list[Bools]:
        """The victims dealt out in turn: one mask a way."""
        return [self.number % ways == way for way in range(ways)]


@dataclass
class Scene:
    """Books of one month while mistakes are written into them."""

    m: Moment
    books: dict[str, Book]
    truth: Truth
    clocks: tuple[Clock, ...]
    seed: int
    mistake: str = ""
    drawn: int = 0

    @property
    def w(self) -> World:
        """The county."""
        return self.m.world

    @property
    def clock(self) -> Clock:
        """The month."""
        return self.m.clock

    def at(self, mistake: str) -> None:
        """Begin a mistake: chance starts anew, the same in every month."""
        self.mistake, self.drawn = mistake, 0

    def draw(self, v: Victims, low: int, high: int) -> Ints:
        """A whole number from ``low`` to ``high`` (both inclusive) a victim, the same in every month."""
        self.drawn += 1
        stream = zlib.crc32(f"{self.mistake}/{self.drawn}".encode())
        rng = np.random.Generator(np.random.PCG64([self.seed, stream]))
        drawn: Ints = rng.integers(low, high + 1, int(v.number.max(initial=0)) + 1)
        return drawn[v.number]

    # Values

    def fen(self, key: str) -> int:
        """A money value of the policy at D, in fen."""
        return self.m.policy.fen(key, self.clock.as_of)

    def lines(self) -> tuple[int, int]:
        """The least and the most that the poverty line is at any of the as-of dates, fen a year."""
        values = [self.m.policy.fen("poverty_line", clock.as_of) for clock in self.clocks]
        return min(values), max(values)

    @property
    def first(self) -> Clock:
        """The first month."""
        return self.clocks[0]

    @property
    def last(self) -> Clock:
        """The last month: dates that a boundary needs are set for it."""
        return self.clocks[-1]

    def deadline(self, key: str) -> np.datetime64:
        """The earliest day whose term of so many months (a policy key) is not over at the last as-of date."""
        return day(earliest_reaching(self.last.as_of, int(self.m.policy.at(key, self.last.as_of))))

    def is_over(self, since: Days, key: str) -> Bools:
        """Whether D lies after ``since`` + the months of a policy key."""
        months = int(self.m.policy.at(key, self.clock.as_of))
        distinct, index = np.unique(since, return_inverse=True)
        over = [self.clock.as_of > add_months(d, months) for d in distinct.astype(object)]
        result: Bools = np.array(over, dtype=bool)[index]
        return result

    # Keys

    def household_keys(self, households: Ints) -> list[str]:
        """Household numbers."""
        return _serials(household_numbers(self.m), households)

    def certificate_keys(self, certificates: Ints) -> list[str]:
        """Certificate numbers."""
        return _serials(certificate_numbers(self.m), certificates)

    def person_keys(self, persons: Ints) -> list[str]:
        """Identity numbers."""
        found: list[str] = self.w.people.number.take(pa.array(persons)).to_pylist()
        return found

    def household_certificate_keys(self, households: Ints) -> list[str]:
        """``household_no|certificate_no`` with the household's own certificate."""
        both = zip(
            self.household_keys(households),
            self.certificate_keys(self.w.households.certificate[households]),
            strict=True,
        )
        return ["|".join(pair) for pair in both]

    # People

    def certificates_outside(self, places: Ints) -> Ints:
        """Certificate indexes of the victims among certificates outside the register."""
        result: Ints = self.w.outside[places]
        return result

    def adults(self, places: Ints) -> Ints:
        """Persons of the victims among other persons."""
        result: Ints = places + self.w.others.start
        return result

    def everyone(self, feed: str, households: Ints) -> Absent:
        """All registered members of STANDARD families, absent from a feed."""
        owners = np.repeat(np.arange(len(households)), families.LARGEST)
        places = np.tile(np.arange(families.LARGEST), len(households))
        return Absent(feed, owners, self.w.households.first[households][owners] + places)

    def relatives(self, feed: str, certificates: Ints) -> Absent:
        """All members of certificates outside the register (STANDARD families), absent from a feed."""
        owners = np.repeat(np.arange(len(certificates)), families.LARGEST)
        places = np.tile(np.arange(families.LARGEST), len(certificates))
        return Absent(feed, owners, self.w.certificates.head[certificates][owners] + places)

    def each(self, feed: str, persons: Ints) -> Absent:
        """One person a finding, absent from a feed."""
        return Absent(feed, np.arange(len(persons)), persons)

    # Rows

    def household_rows(self, households: Ints) -> Ints:
        """Their rows of register_households."""
        return self.books["register_households"].row_of("household", households)

    def certificate_rows(self, certificates: Ints) -> Ints:
        """Their rows of low_income_households."""
        return self.books["low_income_households"].row_of("certificate", certificates)

    def person_rows(self, feed: str, persons: Ints) -> Ints:
        """The first row of each person in a feed."""
        return self.books[feed].row_of("person", persons)

    def payments(self, certificates: Ints, month: int | None = None) -> Ints:
        """Rows of low_income_payments of the certificates, of one month (timeline numbers) or all."""
        book = self.books["low_income_payments"]
        rows = book.rows("certificate", certificates)
        return rows if month is None else rows[book["month"][rows] == month - EPOCH_MONTH]

    def enrolments(self, persons: Ints) -> Ints:
        """Rows of insurance_enrolments of the persons for the insurance year."""
        book = self.books["insurance_enrolments"]
        rows = book.rows("person", persons)
        result: Ints = rows[book["year"][rows] == self.clock.insurance_year]
        return result

    def subsidies(self, persons: Ints) -> Ints:
        """Rows of education_subsidies of the persons for the last finished term."""
        book = self.books["education_subsidies"]
        rows = book.rows("person", persons)
        number = self.clock.terms.index(self.clock.term)
        result: Ints = rows[book["number"][rows] == number]
        return result

    def set_benefit(self, certificates: Ints, fen: Ints) -> None:
        """Another benefit, and all payments with it."""
        self.books["low_income_households"].put("monthly_benefit", self.certificate_rows(certificates), fen)
        self.pay(certificates, fen)

    def pay(self, certificates: Ints, fen: Ints) -> None:
        """Payments of another amount."""
        book = self.books["low_income_payments"]
        rows = self.payments(certificates)
        amount = np.zeros(int(certificates.max(initial=0)) + 1, dtype=np.int64)
        amount[certificates] = fen
        book.put("amount", rows, amount[book["certificate"][rows]])

    # Lost numbers

    def lose_number(self, feed: str, column: str, rows: Ints, texts: list[str] | None = None) -> None:
        """Blank or spoil identity numbers: ID01, doubt about household or certificate, and a name that may hide."""
        book = self.books[feed]
        book.say(column, rows, texts if texts is not None else self.spoiled(feed, column, rows))
        declared = FEEDS_BY_NAME[feed]
        parts = [book.texts(label, rows) for label in declared.label_columns]
        self.truth.found("ID01", ["|".join((feed, column, *key)) for key in zip(*parts, strict=True)])
        self.truth.hide(feed, book.texts(declared.name_beside(column), rows))
        if feed == "register_members":
            normal = book["person_status"][rows] == 0
            self.truth.households_in_doubt[book["household"][rows[normal]]] = True
        if feed == "low_income_members":
            self.truth.certificates_in_doubt[book["certificate"][rows]] = True

    def spoiled(self, feed: str, column: str, rows: Ints) -> list[str]:
        """What stands there instead of the number: nothing, too few digits, a wrong check character, a word."""

        def spoil(index: int, number: str) -> str:
            match index % 4:
                case 0:
                    return ""
                case 1:
                    return number[:-1]
                case 2:
                    return number[:-1] + ("0" if number[-1] != "0" else "1")
                case _:
                    return "待补"

        return [spoil(i, number) for i, number in enumerate(self.books[feed].texts(column, rows))]

    def lose_elder(self, households: Ints, *feeds: str) -> None:
        """The elder's number is lost in these feeds."""
        for feed in feeds:
            rows = self.person_rows(feed, self.w.members(households, families.ELDER))
            self.lose_number(feed, "person_id", rows)

    def lose_all_members(self, certificates: Ints) -> None:
        """No member row is left: whoever is paid is then paid to no member (PY05)."""
        book = self.books["low_income_members"]
        book.drop(book.rows("certificate", certificates))
        self.truth.certificates_in_doubt[certificates] = True
        newest = self.payments(certificates, self.clock.newest_settled)
        paid = np.isin(certificates, self.books["low_income_payments"]["certificate"][newest])
        self.truth.found(
            "PY05",
            self.certificate_keys(certificates[paid]),
            period=self.clock.payment_period,
            certificates=certificates[paid],
        )

    def spare_member(self, certificates: Ints, persons: Ints) -> None:
        """A member row without a number, under somebody else's certificate, that bears these persons' names."""
        book = self.books["low_income_members"]
        rows = book.row_of("certificate", certificates)
        other = book.code("relation", "其他")
        new = book.copy(rows, person=persons, covered=np.zeros(len(rows), dtype=np.int64), relation=other)
        self.lose_number("low_income_members", "person_id", new)

    def spare_register_member(self, households: Ints, persons: Ints) -> None:
        """A member of another register household without a number, who bears these persons' names."""
        book = self.books["register_members"]
        rows = book.row_of("person", self.w.members(households, families.HEAD))
        new = book.copy(rows, person=persons, member=book["member"][rows] + 90, relation="其他")
        self.lose_number("register_members", "person_id", new)


def _serials(shown: Serial, values: Ints) -> list[str]:
    return [f"{shown.prefix}{shown.base + value}" for value in values.tolist()]


@dataclass(frozen=True)
class Mistake:
    """One kind of mistake (or near miss): what it needs, what it does to the books, and whether it lasts.

    ``main`` ones come first and in greater number, ``many`` ones in as great a number; ``steady`` ones stand in every
    month. ``shape`` changes the county itself once, before any book is kept.
    """

    plant: Callable[[Scene, Victims], None]
    needs: tuple[Need, ...]
    main: bool = False
    many: bool = False
    steady: bool = False
    shape: Callable[[World, tuple[Ints, ...]], None] | None = None

    @property
    def name(self) -> str:
        """The name of the function that plants it."""
        return self.plant.__name__
