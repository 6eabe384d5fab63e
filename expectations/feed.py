"""What a feed is: its columns, their types, and what follows from them.

One module in ``expectations/feeds/`` declares one feed with these classes; parsing, staging schema, expectations,
dictionary, templates and masking are derived from the declaration. Nothing here reads or writes anything.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from expectations.codes import CodeList
from expectations.departments import Department


class Personal(StrEnum):
    """Kinds of personal data; each is masked in its own way (expectations/masks.py), other ones whole."""

    NAME = "name"
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    STUDENT_NO = "student_no"
    BIRTH_DATE = "birth_date"
    PLATE = "plate"
    OTHER = "other"


@dataclass(frozen=True)
class Text:
    """Text of at most 200 characters, staged with NFKC and trimmed."""

    max_length: int = 200


@dataclass(frozen=True)
class Name:
    """A person's name: staged without blanks and with one dot ``·``."""

    max_length: int = 200


@dataclass(frozen=True)
class IdentityNumber:
    """Identity number: staged as 18 characters, or null with ``<column>_problem`` set; never costs a row."""


@dataclass(frozen=True)
class Code:
    """A label of a code list, taken as label, finer label or the standard's number; staged as the list's label."""

    codes: CodeList


@dataclass(frozen=True)
class Money:
    """Yuan with two decimals (Decimal); ``may_be_negative`` only where the contract says so."""

    may_be_negative: bool = False


@dataclass(frozen=True)
class Integer:
    """Whole number within bounds, both inclusive."""

    minimum: int
    maximum: int


@dataclass(frozen=True)
class Year:
    """Calendar year from ``minimum`` to the as-of year + 1."""

    minimum: int = 1990


@dataclass(frozen=True)
class Month:
    """Calendar month, staged as text ``YYYY-MM``."""


@dataclass(frozen=True)
class Date:
    """Calendar date; ``by_as_of``: one that cannot lie after the delivery's as-of."""

    by_as_of: bool = False


@dataclass(frozen=True)
class YesNo:
    """是/否, also 1/0, Y/N, 真/假; staged as boolean."""


@dataclass(frozen=True)
class VillageCode:
    """12-digit area code that begins with the delivery's county."""


@dataclass(frozen=True)
class AreaCode:
    """Code of the delivery's county, of a township of it (9 digits) or of a village (12), staged without the zeros that
    make a township's or county's code as long as a village's."""


@dataclass(frozen=True)
class CountyCode:
    """6-digit area code, of any county."""


@dataclass(frozen=True)
class SchoolYear:
    """School year as text ``2025-2026``."""


ColumnType = (
    Text
    | Name
    | IdentityNumber
    | Code
    | Money
    | Integer
    | Year
    | Month
    | Date
    | YesNo
    | VillageCode
    | AreaCode
    | CountyCode
    | SchoolYear
)


@dataclass(frozen=True)
class RequiredWhere:
    """A value that is required where another column of the row holds one of ``values``."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column: canonical name, the department's heading, type, and whether it is key (K) or required (R).

    ``synonyms`` are further headings in order of preference: where two of them are there, the first counts.
    ``at_most`` names another money column that bounds this one. ``unit`` is for people (dictionary, workbooks).
    ``told_as_sent``: rows of a key that is a code are told apart by the words that the office wrote, not by the label.
    """

    name: str
    title: str
    type: ColumnType
    key: bool = False
    required: bool = False
    synonyms: tuple[str, ...] = ()
    required_where: RequiredWhere | None = None
    at_most: str | None = None
    unit: str = ""
    personal_as: Personal | None = None
    told_as_sent: bool = False

    @property
    def must_be_there(self) -> bool:
        """Whether a delivery without this column is rejected (K or R)."""
        return self.key or self.required

    @property
    def is_identity_number(self) -> bool:
        """Whether the column holds identity numbers."""
        return isinstance(self.type, IdentityNumber)

    @property
    def beside(self) -> str | None:
        """The staged column beside this one that is no canonical one: why a number is null, the words for a label."""
        match self.type:
            case IdentityNumber():
                return problem_column(self.name)
            case Code():
                return sent_column(self.name)
            case _:
                return None

    @property
    def personal(self) -> Personal | None:
        """The kind of personal data in the column, or None."""
        if self.personal_as is not None:
            return self.personal_as
        if isinstance(self.type, Name):
            return Personal.NAME
        if isinstance(self.type, IdentityNumber):
            return Personal.IDENTITY_NUMBER
        return None

    @property
    def headings(self) -> tuple[str, ...]:
        """All headings that the column is known by, the preferred one first."""
        return (self.title, *self.synonyms)


@dataclass(frozen=True)
class Fact:
    """The warehouse's table of a feed's current rows as they are: its name, and in Chinese what a row is.

    ``snapshots``: it keeps the rows of every as-of date, otherwise those of the newest alone.
    """

    table: str
    comment: str
    snapshots: bool = False


class Facts(StrEnum):
    """What the warehouse makes of a feed that has no table of its rows as they are."""

    COMPOSED = "composed"
    """Tables that put its rows together, or together with others (warehouse/tables)."""
    NONE = "none"
    """Nothing: rules read it, and nobody else."""


@dataclass(frozen=True)
class Feed:
    """One feed: what an office, its ``sender``, sends under one name.

    ``place`` says where it stands among the feeds. A county is owed an ``optional`` one only where its policy says so
    (``feeds.expected``); it is taken in like any other when it comes. One that ``needs_basis`` is not even opened where
    the county's policy names no document that allows its use (``leads.basis``); one that is ``used_by_basis`` is taken
    in, and not used without.
    ``discreet``: evidence in workbooks and on sheets names its rows and shows none of their values.
    ``heard_when_stale``: what its newest delivery says stays so, however old it is; rules that need it still need it
    fresh. ``facts`` says what the warehouse holds of it, ``simulated`` whether a synthetic county sends it
    (an optional one where other offices are asked for).
    ``totals_are_rows``: a row in which all key cells are given is no total, whatever its first cell says.
    ``accumulates_by`` names the period columns of a feed whose deliveries add periods instead of replacing everything.
    ``counted_by`` names those by which the rows of another are counted.
    ``book`` names two feeds that are halves of one book and are read at the newest as-of that both have.
    ``row_label`` names the columns that identify a row for people where the key contains an identity number (ID01).
    """

    name: str
    title: str
    sender: Department
    columns: tuple[Column, ...]
    grain: str
    place: int
    facts: Fact | Facts
    optional: bool = False
    needs_basis: bool = False
    used_by_basis: bool = False
    heard_when_stale: bool = False
    discreet: bool = False
    totals_are_rows: bool = False
    simulated: bool = True
    accumulates_by: tuple[str, ...] = ()
    counted_by: tuple[str, ...] = ()
    book: str | None = None
    row_label: tuple[str, ...] = ()
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        """Check that the declaration refers only to its own columns."""
        names = [c.name for c in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"feed {self.name}: a column is declared twice")
        mentioned = [*self.accumulates_by, *self.counted_by, *self.row_label]
        mentioned += [c.required_where.column for c in self.columns if c.required_where]
        mentioned += [c.at_most for c in self.columns if c.at_most]
        unknown = sorted(set(mentioned) - set(names))
        if unknown:
            raise ValueError(f"feed {self.name}: no column {', '.join(unknown)}")
        if nameless := [c.name for c in self.columns if c.is_identity_number and self.name_beside(c.name) not in names]:
            # whose number is lost is known by the name alone: absences are doubted by it
            raise ValueError(f"feed {self.name}: no name beside {', '.join(nameless)}")
        object.__setattr__(self, "by_name", {c.name: c for c in self.columns})

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns, in declared order."""
        return tuple(c.name for c in self.columns if c.key)

    @property
    def asks_for_basis(self) -> bool:
        """Whether rules may use it only where a document allows that."""
        return self.needs_basis or self.used_by_basis

    @cached_property
    def label_columns(self) -> tuple[str, ...]:
        """Columns that name a row for people: ``row_label``, else the key."""
        return self.row_label or self.key

    @cached_property
    def identity_columns(self) -> tuple[str, ...]:
        """Names of the identity number columns."""
        return tuple(c.name for c in self.columns if c.is_identity_number)

    @cached_property
    def area_column(self) -> str | None:
        """The village code column, where the feed has one."""
        return next((c.name for c in self.columns if isinstance(c.type, VillageCode)), None)

    def __getitem__(self, column: str) -> Column:
        """The column of that canonical name."""
        return self.by_name[column]

    def name_beside(self, identity_column: str) -> str:
        """The name column that belongs to an identity number column (``payee_id`` -> ``payee_name``)."""
        stem = identity_column.removesuffix("_id")
        return "name" if stem == "person" else f"{stem}_name"


def problem_column(identity_column: str) -> str:
    """Name of the column that says why an identity number is null."""
    return f"{identity_column}_problem"


def sent_column(code_column: str) -> str:
    """Name of the column that has the words that an office wrote, where they are not the label."""
    return f"{code_column}_sent"
