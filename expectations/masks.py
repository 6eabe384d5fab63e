"""What a value shows to whom: decided here alone, by the declaration of its column over all feeds.

What is not known is hidden: a column that no feed declares, and a kind of personal data that has no mask for an
audience, show ``***`` to everyone. Each mask is said once, as cases by length and form, and rendered for Python, SQL
(DuckDB, PostgreSQL), Ibis (the rules) and, in pipelines/staging/masking.py, for Arrow.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from expectations.feed import Code, Personal, problem_column, sent_column
from expectations.feeds import FEEDS

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, StringValue


class Audience(StrEnum):
    """Who is shown a value."""

    DEPARTMENT = "department"
    """Whoever must act on a finding: names in clear, or nobody could be found; numbers masked."""

    RECIPIENT = "recipient"
    """Evaluators, and everyone who gives no purpose: views, exports, findings, explanations."""

    DATA_TEAM = "data_team"
    """Problem lists, delivery pages and check reports: enough to find the cell, not the person."""

    PURPOSE = "purpose"
    """Whoever gave a purpose, which stands in the audit log."""


@dataclass(frozen=True)
class Case:
    """``first`` characters, stars, ``last`` characters; of values of ``shortest`` to ``longest`` and of a ``form``.

    ``form`` is a pattern for the whole value that every engine reads alike. Raises ValueError where the characters
    that are kept could be the whole value.
    """

    first: int = 0
    last: int = 0
    stars: int = 0
    shortest: int = 0
    longest: int | None = None
    form: str = ""

    def __post_init__(self) -> None:
        """Check that something is left out of every value that the case fits."""
        if self.first + self.last >= max(self.shortest, 1):
            raise ValueError(f"a mask must leave something out of {self.shortest} characters")

    @property
    def fits_all(self) -> bool:
        """Whether the case fits every value."""
        return not self.shortest and self.longest is None and not self.form

    def fits(self, value: str) -> bool:
        """Whether the case fits a value."""
        long_enough = self.shortest <= len(value) and (self.longest is None or len(value) <= self.longest)
        return long_enough and (not self.form or re.fullmatch(self.form, value) is not None)

    def python(self, value: str) -> str:
        """The value as the case shows it."""
        return value[: self.first] + "*" * self.stars + value[len(value) - self.last :]

    def sql(self, text: str) -> str:
        """The same as an SQL expression over an expression of text."""
        first = [f"left({text}, {self.first})"] if self.first else []
        last = [f"right({text}, {self.last})"] if self.last else []
        return " || ".join([*first, f"'{'*' * self.stars}'", *last])

    def sql_fits(self, text: str) -> str:
        """SQL: whether the case fits."""
        conditions = [f"length({text}) >= {self.shortest}"] if self.shortest else []
        conditions += [f"length({text}) <= {self.longest}"] if self.longest is not None else []
        conditions += [f"regexp_matches({text}, '^{self.form}$')"] if self.form else []
        return " AND ".join(conditions) or f"{text} IS NOT NULL"

    def ibis_fits(self, text: "StringValue") -> "BooleanValue":
        """The same as an expression of Ibis."""
        fits: BooleanValue = text.length() >= self.shortest
        if self.longest is not None:
            fits = fits & (text.length() <= self.longest)
        return fits & text.re_search(f"^{self.form}$") if self.form else fits


@dataclass(frozen=True)
class Mask:
    """Cases in order, of which the first that fits counts; the last fits all. No case: shown as it is. Null stays null.

    Raises ValueError where a value could fit no case.
    """

    cases: tuple[Case, ...] = ()

    def __post_init__(self) -> None:
        """Check that no value leaves as it came."""
        if self.cases and not self.cases[-1].fits_all:
            raise ValueError("a mask without a case for every value")

    @property
    def is_clear(self) -> bool:
        """Whether values are shown as they are."""
        return not self.cases

    def python(self, value: str | None) -> str | None:
        """One value as it is shown."""
        if value is None or self.is_clear:
            return value
        return next(case for case in self.cases if case.fits(value)).python(value)

    def sql(self, text: str) -> str:
        """An SQL expression for ``text``, an expression of text; as it is where nothing is hidden."""
        if self.is_clear:
            return text
        whens = " ".join(f"WHEN {case.sql_fits(text)} THEN {case.sql(text)}" for case in self.cases)
        return f"CASE {whens} END"

    def ibis(self, text: "StringValue") -> "StringValue":
        """An expression of Ibis for a column of text."""
        if self.is_clear:
            return text
        shown: StringValue | None = None
        for case in reversed(self.cases):
            stars: StringValue | str = text.left(case.first) + "*" * case.stars if case.first else "*" * case.stars
            this = stars + text.right(case.last) if case.last else stars
            shown = case.ibis_fits(text).ifelse(this, shown)
        if shown is None:
            raise ValueError("a mask without cases hides nothing")
        return shown


CLEAR: Final = Mask()
"""Shown as it is."""

WHOLE: Final = Mask((Case(stars=3),))
"""``***``: what is not known, or has no mask for its audience."""

_SHORT = WHOLE.cases[0]
_STUDENT_FORM = "G[0-9]{17}[0-9X]"
_DATE_FORM = "(19|20)[0-9][0-9][-/.年][-/.年月日0-9]*"

NAME: Final = Mask((Case(first=1, stars=1, shortest=2), Case(stars=1)))
"""张三 → 张*"""

IDENTITY_NUMBER: Final = Mask((Case(first=4, stars=14, shortest=15), _SHORT))
"""510623197001011234 → 5106**************: the prefecture and nothing else; what is too short keeps nothing.

County, birth date and the last four digits, each known from elsewhere, were the whole number, and its check digit said
so. Who may not read a number reads no part of it that tells one person from another.
"""

NUMBER_ON_DUTY: Final = Mask((Case(first=3, stars=11, last=4, shortest=15), _SHORT))
"""510623197001011234 → 510***********1234: for offices, which read names and must tell two people apart."""

STUDENT_NO: Final = Mask(
    (Case(first=5, stars=14, shortest=19, longest=19, form=_STUDENT_FORM), Case(first=1, stars=3, shortest=2), _SHORT)
)
"""G + identity number → G5106**************; other numbers keep their first character."""

STUDENT_NO_ON_DUTY: Final = Mask(
    (
        Case(first=4, stars=11, last=4, shortest=19, longest=19, form=_STUDENT_FORM),
        Case(first=4, stars=3, last=4, shortest=12),
        Case(first=1, stars=3, shortest=2),
        _SHORT,
    )
)
"""G + identity number → G510***********1234; other numbers keep four characters at either end, short ones the first."""

PHONE_ON_DUTY: Final = Mask((Case(first=3, stars=4, last=4, shortest=10), Case(stars=4)))
"""13812345678 → 138****5678; evaluators are shown nothing of a telephone."""

PLATE: Final = Mask((Case(first=2, stars=5, shortest=5, longest=9), _SHORT))
"""贵H12345 → 贵H*****: where it was given out, and nothing that tells two apart."""

BIRTH_DATE: Final = Mask((Case(first=4, shortest=8, form=_DATE_FORM), _SHORT))
"""1970-01-01 → 1970; what is not written as a date may be another's number, and keeps nothing."""

# What was refused can be anything: it is shown only where it is about as long as what should stand there.
_NONE = Case(longest=0)
_LONGEST = 20
_REFUSED: Final = MappingProxyType(
    {
        Personal.NAME: Mask((_NONE, *NAME.cases)),
        Personal.IDENTITY_NUMBER: Mask((_NONE, Case(3, 4, 11, 15, _LONGEST), _SHORT)),
        Personal.STUDENT_NO: Mask((_NONE, Case(4, 4, 11, 12, _LONGEST), _SHORT)),
        Personal.PHONE: Mask((_NONE, Case(3, 4, 4, 11, _LONGEST), _SHORT)),
        Personal.BIRTH_DATE: Mask((_NONE, Case(4, 0, 4, 8, _LONGEST, _DATE_FORM), _SHORT)),
        Personal.PLATE: Mask((_NONE, *PLATE.cases)),
    }
)
_RECIPIENT: Final = MappingProxyType(
    {
        Personal.NAME: NAME,
        Personal.IDENTITY_NUMBER: IDENTITY_NUMBER,
        Personal.STUDENT_NO: STUDENT_NO,
        Personal.BIRTH_DATE: BIRTH_DATE,
        Personal.PLATE: PLATE,
    }
)
_DEPARTMENT: Final = MappingProxyType(
    {
        Personal.NAME: CLEAR,
        Personal.IDENTITY_NUMBER: NUMBER_ON_DUTY,
        Personal.STUDENT_NO: STUDENT_NO_ON_DUTY,
        Personal.PHONE: PHONE_ON_DUTY,
        Personal.BIRTH_DATE: CLEAR,
        Personal.PLATE: PLATE,
    }
)
_PURPOSE: Final = MappingProxyType(dict.fromkeys((*_RECIPIENT, Personal.PHONE), CLEAR))


def masks_for(audience: Audience) -> Mapping[Personal, Mask]:
    """The mask of each kind of personal data that an audience is shown anything of; the others are hidden whole."""
    match audience:
        case Audience.DEPARTMENT:
            return _DEPARTMENT
        case Audience.RECIPIENT:
            return _RECIPIENT
        case Audience.DATA_TEAM:
            return _REFUSED
        case Audience.PURPOSE:
            return _PURPOSE


KINDS: Final[Mapping[tuple[str, str], Personal | None]] = MappingProxyType(
    {(feed.name, column.name): column.personal for feed in FEEDS for column in feed.columns}
    | {(feed.name, problem_column(name)): None for feed in FEEDS for name in feed.identity_columns}
    | {
        (feed.name, sent_column(column.name)): column.personal
        for feed in FEEDS
        for column in feed.columns
        if isinstance(column.type, Code)
    }
)
"""By feed and column, as staged: the kind of personal data, None where it holds none. What is not here is unknown."""


def mask_of_kind(kind: Personal | None, audience: Audience) -> Mask:
    """How a kind of personal data is shown; None: what is known to hold none."""
    return CLEAR if kind is None else masks_for(audience).get(kind, WHOLE)


def mask_of(feed: str, column: str, audience: Audience) -> Mask:
    """How a column of a feed is shown; one that is not declared is hidden whole."""
    known = (feed, column) in KINDS
    return mask_of_kind(KINDS[feed, column], audience) if known else WHOLE


def mask_of_fact(fact: str, derived: Mapping[str, Personal | None], audience: Audience) -> Mask:
    """How a fact of a rule is shown: a column of some feed, or one that the rule derives and says the kind of.

    A name with two meanings is as personal as any of them; one without any, or with two kinds, is hidden whole.
    """
    kinds = {kind for (_, column), kind in KINDS.items() if column == fact}
    if fact in derived:
        kinds.add(derived[fact])
    personal = kinds - {None}
    if not kinds or len(personal) > 1:
        return WHOLE
    return mask_of_kind(next(iter(personal), None), audience)


def masked_name(name: "StringValue") -> "StringValue":
    """A name as recipients may read it, for the lists of names that a rule puts together (``<fact>_masked``)."""
    return mask_of_kind(Personal.NAME, Audience.RECIPIENT).ibis(name)


def numbers_in_text(audience: Audience) -> tuple[str, str]:
    """A pattern (RE2) for everything in a text that looks like an identity number, and what is shown instead."""
    case = next(case for case in mask_of_kind(Personal.IDENTITY_NUMBER, audience).cases if case.fits("0" * 18))
    born = r"(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    end = rf"{_digits(4 - case.last)}({_digits(case.last - 1)}[\dXx])" if case.last else r"\d{3}[\dXx]()"
    return f"({_digits(case.first)}){_digits(6 - case.first)}{born}{end}", rf"\1{'*' * case.stars}\2"


def _digits(number: int) -> str:
    return rf"\d{{{number}}}" if number else ""
