"""Which declared column a heading names."""

import re
import unicodedata

from expectations.feed import Column, Feed, Money
from pipelines.reading.units import Unit, behind_heading, is_fill_in, money_unit

_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff*]+")
_LONG_DIGITS = re.compile(r"\d{6,}")


def normalise_heading(text: str) -> str:
    """NFKC, without blanks, line breaks and asterisks."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


def show_heading(text: str) -> str:
    """A heading for people: short, and without long digits, should it be no heading at all."""
    return _LONG_DIGITS.sub("…", normalise_heading(text))[:30]


Known = tuple[Column, int, Unit | None]
"""A recognised heading: its column, its place in the order of preference, and the unit of money behind it."""


class Headings:
    """The headings that a feed is known by; remembers what it was asked, since every row of a sheet's top is."""

    def __init__(self, feed: Feed) -> None:
        """Normalise the declared headings once."""
        self.columns = feed.columns
        self._declared = {normalise_heading(t): (c, rank) for c in feed.columns for rank, t in enumerate(c.headings)}
        self._asked: dict[str, Known | None] = {"": None}

    def recognise(self, text: str) -> Known | None:
        """What a heading names, or None: ``补助金额（万元）`` is subsidy, 0, and 万元."""
        if text not in self._asked:
            self._asked[text] = self._look_up(normalise_heading(text))
        return self._asked[text]

    def _look_up(self, plain: str) -> Known | None:
        if plain in self._declared:
            return (*self._declared[plain], None)
        for base, behind in behind_heading(plain):
            if base not in self._declared:
                continue
            column, rank = self._declared[base]
            declared = normalise_heading(column.unit)
            words = [w for w in behind if not is_fill_in(w)]
            if all(w == declared for w in words):
                is_stated = isinstance(column.type, Money) and words
                return column, rank, Unit(column.unit, 1) if is_stated else None
            unit = money_unit(words[0]) if len(words) == 1 and isinstance(column.type, Money) else None
            # 元/年 behind an amount a month is another amount
            if unit is not None and (unit.scale is None or unit.fits(column.unit)):
                return column, rank, unit
        return None
