"""Kinds of policy values: what a value in a policy file may be, and what it becomes in code.

``read`` takes the value as YAML gives it and returns the typed value; where it is none of its kind it raises
ValueRefusedError with what is wrong and what is wanted. ``as_json`` turns typed values back into plain ones.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from expectations.codes import CodeList
from expectations.errors import ValueRefusedError
from expectations.feeds import BOOKS, FEEDS_BY_NAME


class MonthDay(NamedTuple):
    """A day of every year."""

    month: int
    day: int

    def in_year(self, year: int) -> date:
        """The day in that year."""
        return date(year, self.month, self.day)

    def __str__(self) -> str:
        """``MM-DD``."""
        return f"{self.month:02d}-{self.day:02d}"


_LARGEST = Decimal(10**12)


def _decimal(raw: object) -> Decimal:
    """The number exactly as written: through its text, never through binary floating point."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        raise ValueRefusedError(f"{raw!r} is no number")
    try:
        number = Decimal(str(raw).strip())
    except InvalidOperation:
        raise ValueRefusedError(f"{raw!r} is no number") from None
    if not number.is_finite() or abs(number) > _LARGEST:
        raise ValueRefusedError(f"{raw!r} is no number below {_LARGEST}")
    return number


@dataclass(frozen=True)
class Yuan:
    """Amount in yuan, not negative, at most two decimals (staged money has two, and comparisons are exact)."""

    def read(self, raw: object) -> Decimal:
        """Decimal with exactly two places."""
        number = _decimal(raw)
        if number < 0:
            raise ValueRefusedError(f"{raw!r} is negative")
        if number != number.quantize(Decimal("0.01")):
            raise ValueRefusedError(f"{raw!r} has more than two decimals")
        return number.quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Percent:
    """Percentage from 0 to 100; 2 means two in a hundred."""

    def read(self, raw: object) -> Decimal:
        """Decimal without trailing zeros."""
        number = _decimal(raw)
        if not 0 <= number <= 100:
            raise ValueRefusedError(f"{raw!r} is no percentage from 0 to 100")
        return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


@dataclass(frozen=True)
class Whole:
    """Whole number within bounds, both inclusive."""

    minimum: int = 0
    maximum: int = 100_000_000

    def read(self, raw: object) -> int:
        """The number as int."""
        number = _decimal(raw)
        if number != number.to_integral_value() or not self.minimum <= number <= self.maximum:
            raise ValueRefusedError(f"{raw!r} is no whole number from {self.minimum} to {self.maximum}")
        return int(number)


@dataclass(frozen=True)
class DayOfYear:
    """Day that every year has, ``MM-DD``."""

    def read(self, raw: object) -> MonthDay:
        """Month and day."""
        found = re.fullmatch(r"([0-9]{2})-([0-9]{2})", raw.strip()) if isinstance(raw, str) else None
        if found is None:
            raise ValueRefusedError(f"{raw!r} is no day MM-DD")
        day = MonthDay(int(found[1]), int(found[2]))
        try:
            day.in_year(2001)  # no leap year: 02-29 would be missing in three years of four
        except ValueError:
            raise ValueRefusedError(f"{raw!r} is no day of every year") from None
        return day


def _labels(raw: object, codes: CodeList) -> tuple[str, ...]:
    """Labels of a code list, each once."""
    if not isinstance(raw, list | tuple):
        raise ValueRefusedError(f"{raw!r} is no list of {codes.title}")
    if unknown := [label for label in raw if label not in codes.labels]:
        raise ValueRefusedError(f"{unknown!r} not in {codes.title}: {', '.join(codes.labels)}")
    if len(set(raw)) != len(raw):
        raise ValueRefusedError(f"{raw!r} names one {codes.title} twice")
    return tuple(raw)


@dataclass(frozen=True)
class Labels:
    """Labels of a code list, at least one where the list may not be empty."""

    codes: CodeList
    may_be_empty: bool = False

    def read(self, raw: object) -> tuple[str, ...]:
        """The labels, in the order given."""
        if not (labels := _labels(raw, self.codes)) and not self.may_be_empty:
            raise ValueRefusedError(f"no {self.codes.title} is named")
        return labels


@dataclass(frozen=True)
class LabelsByLabel:
    """For each label of one code list, labels of another; a label that is not there has none."""

    keys: CodeList
    values: CodeList

    def read(self, raw: object) -> Mapping[str, tuple[str, ...]]:
        """Read-only mapping, in the order of the first code list."""
        if not isinstance(raw, Mapping):
            raise ValueRefusedError(f"{raw!r} is no mapping from {self.keys.title} to {self.values.title}")
        _labels(list(raw), self.keys)
        return {label: _labels(raw[label], self.values) for label in self.keys.labels if label in raw}


@dataclass(frozen=True)
class AgeRange:
    """Two full years of age ``[from, to]``: from inclusive, to exclusive."""

    def read(self, raw: object) -> tuple[int, int]:
        """Both ages."""
        if not isinstance(raw, list | tuple) or len(raw) != 2:
            raise ValueRefusedError(f"{raw!r} is no pair of ages")
        low, high = (Whole(0, 150).read(age) for age in raw)
        if low >= high:
            raise ValueRefusedError(f"{raw!r}: the first age must be below the second")
        return low, high


@dataclass(frozen=True)
class FeedNames:
    """At least one feed; both halves of a book or neither."""

    def read(self, raw: object) -> tuple[str, ...]:
        """The feeds' names, in the order of the feeds."""
        if not isinstance(raw, list | tuple) or not raw:
            raise ValueRefusedError(f"{raw!r} names no feed")
        if unknown := [name for name in raw if not isinstance(name, str) or name not in FEEDS_BY_NAME]:
            raise ValueRefusedError(f"{unknown!r} not among the feeds: {', '.join(FEEDS_BY_NAME)}")
        if len(set(raw)) != len(raw):
            raise ValueRefusedError(f"{raw!r} names one feed twice")
        for halves in BOOKS.values():
            if len({name in raw for name in halves}) > 1:
                raise ValueRefusedError(f"{' and '.join(halves)} are one book: both are expected, or neither")
        return tuple(name for name in FEEDS_BY_NAME if name in raw)


@dataclass(frozen=True)
class Words:
    """Words of a county for labels, each for one; ``codes``: the lists of the columns of one name."""

    codes: tuple[CodeList, ...]

    def read(self, raw: object) -> Mapping[str, str]:
        """Label by word, as text is compared: NFKC, without blanks."""
        title = self.codes[0].title
        if not isinstance(raw, Mapping):
            raise ValueRefusedError(f"{raw!r} is no mapping from words to labels of {title}")
        found: dict[str, str] = {}
        for written, label in raw.items():
            word = "".join(unicodedata.normalize("NFKC", str(written)).split())
            if not word:
                raise ValueRefusedError(f"{written!r} is no word")
            if own := next((codes for codes in self.codes if word in codes.labels), None):
                raise ValueRefusedError(f"{word!r} is a label of {own.title} itself")
            if not any(label in codes.labels for codes in self.codes):
                labels = dict.fromkeys(label for codes in self.codes for label in codes.labels)
                raise ValueRefusedError(f"{label!r} not in {title}: {', '.join(labels)}")
            if found.setdefault(word, label) != label:
                raise ValueRefusedError(f"{word!r} stands for two labels of {title}")
        return dict(sorted(found.items()))


@dataclass(frozen=True)
class Documents:
    """By feed of another office, the document that allows its use."""

    def read(self, raw: object) -> dict[str, str]:
        """Feed to document, in the order of the feeds."""
        if not isinstance(raw, Mapping):
            raise ValueRefusedError(f"{raw!r} is no mapping of feeds to documents")
        others = [feed.name for feed in FEEDS_BY_NAME.values() if feed.optional]
        if unknown := [name for name in raw if name not in others]:
            raise ValueRefusedError(f"{unknown!r} not among the feeds of other offices: {', '.join(others)}")
        if unnamed := [name for name, said in raw.items() if not isinstance(said, str) or not said.strip()]:
            raise ValueRefusedError(f"{', '.join(unnamed)}: name the document")
        return {name: raw[name].strip() for name in others if name in raw}


@dataclass(frozen=True)
class OfficeNames:
    """What an office is called in a county: its title alone, or a list that begins with it, short forms behind."""

    def read(self, raw: object) -> tuple[str, ...]:
        """Title, then short forms, as text is compared: NFKC, without blanks."""
        given = [raw] if isinstance(raw, str) else raw
        if not isinstance(given, list | tuple) or not given or not all(isinstance(name, str) for name in given):
            raise ValueRefusedError(f"{raw!r} is no title of an office, nor a list of its title and short forms")
        names = ["".join(unicodedata.normalize("NFKC", name).split()) for name in given]
        if not all(names):
            raise ValueRefusedError(f"{raw!r} has an empty name of an office")
        if len(set(names)) != len(names):
            raise ValueRefusedError(f"{raw!r} names an office twice by one name")
        return tuple(names)


@dataclass(frozen=True)
class Line:
    """One line of text that people read, as an office's telephone; it may be empty."""

    longest: int = 100

    def read(self, raw: object) -> str:
        """The text: NFKC, blanks at its ends aside."""
        if not isinstance(raw, str):
            raise ValueRefusedError(f"{raw!r} is no text: put it in quotes")
        text = unicodedata.normalize("NFKC", raw).strip()
        if len(text) > self.longest or any(unicodedata.category(one).startswith("C") for one in text):
            raise ValueRefusedError(f"{raw!r} is no line of at most {self.longest} characters")
        return text


Kind = (
    Yuan
    | Percent
    | Whole
    | DayOfYear
    | Labels
    | LabelsByLabel
    | AgeRange
    | FeedNames
    | Words
    | Documents
    | OfficeNames
    | Line
)


def as_json(value: Any) -> Any:
    """A typed value as JSON holds it: Decimals and days of the year as text."""
    match value:
        case Decimal() | MonthDay():
            return str(value)
        case Mapping():
            return {key: as_json(item) for key, item in value.items()}
        case tuple() | list():
            return [as_json(item) for item in value]
        case _:
            return value
