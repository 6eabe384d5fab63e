"""Which declared column a heading names."""

import re
import unicodedata

from expectations.feed import Column, Feed, Money

_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff*]+")
_UNIT = re.compile(r"(.+?)\(([^()]+)\)")
_FILL_IN = ("必填", "选填")
_LONG_DIGITS = re.compile(r"\d{6,}")


def normalise_heading(text: str) -> str:
    """NFKC, without blanks, line breaks and asterisks."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


def show_heading(text: str) -> str:
    """A heading for people: short, and without long digits, should it be no heading at all."""
    return _LONG_DIGITS.sub("…", normalise_heading(text))[:30]


Known = tuple[Column, int, int]
"""A recognised heading: its column, its place in the order of preference, and what its unit multiplies by."""


class Headings:
    """The headings that a feed is known by; remembers what it was asked, since every row of a sheet's top is."""

    def __init__(self, feed: Feed) -> None:
        """Normalise the declared headings once."""
        self.columns = feed.columns
        self._declared = {normalise_heading(t): (c, rank) for c in feed.columns for rank, t in enumerate(c.headings)}
        self._asked: dict[str, Known | None] = {"": None}

    def recognise(self, text: str) -> Known | None:
        """What a heading names, or None: ``补助金额（万元）`` is subsidy, 0, 10000."""
        if text not in self._asked:
            self._asked[text] = self._look_up(normalise_heading(text))
        return self._asked[text]

    def _look_up(self, plain: str) -> Known | None:
        if plain in self._declared:
            return (*self._declared[plain], 1)
        found = _UNIT.fullmatch(plain)
        if found is None or found[1] not in self._declared:
            return None
        column, rank = self._declared[found[1]]
        unit, declared = found[2], normalise_heading(column.unit)
        if isinstance(column.type, Money):
            if unit in ("万元", f"万{declared}"):
                return column, rank, 10_000
            if unit == "元":
                return column, rank, 1
        return (column, rank, 1) if unit in _FILL_IN or unit == declared else None
