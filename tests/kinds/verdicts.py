"""What must become of a cell: the words in which the table of kinds speaks (feeds.md, "What a cell says")."""

from dataclasses import dataclass
from typing import Any, assert_never

from expectations.feed import (
    AreaCode,
    Code,
    Column,
    CountyCode,
    Date,
    IdentityNumber,
    Integer,
    Money,
    Month,
    Name,
    SchoolYear,
    Text,
    VillageCode,
    Year,
    YesNo,
)


@dataclass(frozen=True)
class Same:
    """Staged as the plain value is; ``warned``: the cause that its heading is warned of."""

    warned: str = ""


@dataclass(frozen=True)
class Staged:
    """Staged as this; ``warned``: the cause that its heading is warned of."""

    value: Any
    warned: str = ""


@dataclass(frozen=True)
class Blank:
    """As blank as a blank. ``word``: a word for it stood there, which is told."""

    word: bool = True


@dataclass(frozen=True)
class Refused:
    """Recorded with reason and detail: the row where the column must be there, else the value."""

    reason: str
    detail: str | None = None


@dataclass(frozen=True)
class NoNumber:
    """An identity number staged as null with its problem; ``recorded``: reason and detail that are told besides."""

    problem: str
    recorded: Refused | None = None


@dataclass(frozen=True)
class Inapplicable:
    """Cannot be: why."""

    why: str


Verdict = Same | Staged | Blank | Refused | NoNumber | Inapplicable

NO_FIGURE = Refused("missing", "no_figure")
SPOILT = Refused("bad_text", "spoilt_by_spreadsheet")


def junk(column: Column, in_text: Verdict, in_name: Verdict | None = None) -> Verdict:
    """What becomes of text that means nothing to a type; text and names have their own."""
    match column.type:
        case Text():
            return in_text
        case Name():
            return in_text if in_name is None else in_name
        case Code() | YesNo():
            return Refused("unknown_code")
        case Money():
            return Refused("bad_money")
        case Integer() | Year():
            return Refused("bad_number")
        case Date() | Month() | SchoolYear():
            return Refused("bad_date")
        case VillageCode() | AreaCode() | CountyCode():
            return Refused("bad_area")
        case IdentityNumber():
            return NoNumber("malformed")
        case never:
            assert_never(never)


def unless_number(column: Column, recorded: Refused, problem: str) -> Verdict:
    """A fault that is one in every column: an identity number has its problem besides."""
    return NoNumber(problem, recorded) if column.is_identity_number else recorded


def of_days(column: Column, verdict: Verdict) -> Verdict:
    """A verdict of columns that hold days or months."""
    return verdict if isinstance(column.type, Date | Month) else Inapplicable("no day is read in this column")


def of_amounts(column: Column, verdict: Verdict) -> Verdict:
    """A verdict of columns that hold amounts."""
    return verdict if isinstance(column.type, Money) else Inapplicable("no amount is read in this column")
