"""A rule's entry in the oracle: its code, what the contract says of its feeds, and its answer in plain Python."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from builders import FEED_NAMES, MORE_FEEDS
from oracle.policy import Values
from oracle.terms import Terms
from oracle.verdicts import Founds

RH, RM, LH, LM, LP, IN, ST, ED, HO = FEED_NAMES
RE, RT, DE, VE, RS, BL, PP, PE, DI, MC, OL = MORE_FEEDS
REGISTER_BOOK = (RH, RM)
LOW_INCOME_BOOK = (LH, LM)

Answer = Callable[[Terms, Values], Founds]


class Subject(Enum):
    """What a rule's subject_key is."""

    AREA = auto()
    HOUSEHOLD = auto()
    CERTIFICATE = auto()
    CERTIFICATE_MONTH = auto()
    HOUSEHOLD_AND_CERTIFICATE = auto()
    PERSON = auto()
    PERSON_AND_ITEM = auto()
    CASE = auto()
    RELOCATION = auto()
    LEAD = auto()
    ROW = auto()
    TOTAL = auto()


class Absence(Enum):
    """Whether a rule asserts that something is not there."""

    NONE = auto()
    SEARCHED = auto()
    REGISTERED_NOWHERE = auto()
    """Of the quarantined rows that could hide somebody, those of the register alone count."""


@dataclass(frozen=True)
class Entry:
    """One rule as the contract has it.

    ``needs``: feeds without which it is not evaluated. ``over_what_is_there``: it is evaluated over whatever feeds are
    there; with nothing there it has seen nothing: not evaluated, which is never an empty table (style.md, maxim 7).
    ``rests_on_rows``: DU and ID01–ID04, whose certainty no refusal touches. ``planted``: the simulator plants its
    mistakes, so that the simulator's truth has all of its findings. ``applies_with``: not applicable where no
    current row of the feed has a value in the column.
    """

    code: str
    answer: Answer
    subject: Subject
    needs: tuple[str, ...]
    absence: Absence = Absence.NONE
    over_what_is_there: bool = False
    asks_insurance_year: bool = False
    asks_school_year: bool = False
    asks_last_term: bool = False
    over_housing_cases: bool = False
    rests_on_rows: bool = False
    planted: bool = True
    applies_with: tuple[str, str] | None = None


def answers(
    code: str,
    subject: Subject,
    *,
    needs: tuple[str, ...],
    absence: Absence = Absence.NONE,
    over_what_is_there: bool = False,
    asks_insurance_year: bool = False,
    asks_school_year: bool = False,
    asks_last_term: bool = False,
    over_housing_cases: bool = False,
    rests_on_rows: bool = False,
    planted: bool = True,
    applies_with: tuple[str, str] | None = None,
) -> Callable[[Answer], Entry]:
    """Make the decorated function the oracle's entry for a rule."""

    def enter(answer: Answer) -> Entry:
        return Entry(
            code,
            answer,
            subject,
            needs,
            absence,
            over_what_is_there,
            asks_insurance_year,
            asks_school_year,
            asks_last_term,
            over_housing_cases,
            rests_on_rows,
            planted,
            applies_with,
        )

    return enter
