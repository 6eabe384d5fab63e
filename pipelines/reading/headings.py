"""Finding the header among titles, and the declared columns among the headings."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from expectations.feed import Column, Feed, Money
from pipelines.reading.errors import where
from pipelines.reading.tables import Heading, Layout

_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff*]+")
_UNIT = re.compile(r"(.+?)\(([^()]+)\)")
_FILL_IN = ("必填", "选填")
_LONG_DIGITS = re.compile(r"\d{6,}")


@dataclass(frozen=True)
class Header:
    """The best header of a sheet: indices of its first and last row, what it names, and what it lacks."""

    first: int
    last: int
    columns: dict[str, Heading]
    texts: tuple[str, ...]
    missing: tuple[Column, ...]

    def layout(self) -> Layout:
        """Positions of the declared columns; ``row`` is one-based."""
        used = {h.position for h in self.columns.values()}
        extra = tuple(_show(t) for i, t in enumerate(self.texts) if i not in used and t.strip())
        return Layout(self.columns, extra, self.last + 1)


def normalise_heading(text: str) -> str:
    """NFKC, without blanks, line breaks and asterisks."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


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


def find_header(feed: Feed, rows: Sequence[Sequence[str]], uppers: Sequence[Sequence[str]]) -> Header | None:
    """The row, or the two rows, that name most declared columns; None where no row names two.

    ``uppers`` are the same rows with blanks beside a heading filled from the left, as the upper row of a two-row
    header is drawn. Of equals the first row counts, and one row before two.
    """
    known = Headings(feed)
    best: tuple[int, int, int] | None = None  # columns named, first row, last row
    named = [len(_match(known, row)) for row in rows]
    for i in range(len(rows)):
        if named[i] >= 2 and (best is None or named[i] > best[0]):
            best = (named[i], i, i)
        if i + 1 < len(rows):
            both = len(_match(known, _joined(known, uppers[i], rows[i + 1])))
            # a pair counts only where its lower row alone names less
            if both >= 2 and (best is None or both > best[0]) and both > named[i + 1]:
                best = (both, i, i + 1)
    if best is None:
        return None
    _, first, last = best
    texts = tuple(rows[last]) if first == last else _joined(known, uppers[first], rows[last])
    columns = _match(known, texts)
    # a header merged over several rows, or written twice, ends where its last copy stands
    while last + 1 < len(rows) and _places(_match(known, rows[last + 1])) == _places(columns):
        last += 1
    missing = tuple(c for c in feed.columns if c.must_be_there and c.name not in columns)
    return Header(first, last, columns, texts, missing)


def explain_missing(header: Header, file: str, sheet: str | None) -> list[str]:
    """One sentence a missing column: place, heading, the nearest heading that is there, what to do."""
    used = {h.position for h in header.columns.values()}
    free = [t for i, t in enumerate(header.texts) if i not in used and t.strip()]
    place = f"{where(file, sheet, header.last + 1)}（表头）"
    return [f"{place}：{_sentence(column, free)}" for column in header.missing]


def explain_no_header(feed: Feed, file: str, sheet: str | None) -> str:
    """The sentence for a table without any header of the feed."""
    needed = "、".join(c.title for c in feed.columns if c.must_be_there)
    return (
        f"{where(file, sheet)}：没有找到“{feed.title}”的表头。"
        f"请核对是否报错了表，并保留以下必需列的列名后重新报送：{needed}"
    )


def _sentence(column: Column, there: Sequence[str]) -> str:
    also = f"（也可写作{'、'.join(column.synonyms)}）" if column.synonyms else ""
    nearest = max(there, key=lambda t: _likeness(column, t), default=None)
    if nearest is None or _likeness(column, nearest) == 0:
        return f"缺少必需列“{column.title}”{also}，表中也没有相近的列名。请补上这一列后重新报送"
    return (
        f"缺少必需列“{column.title}”{also}，表中最接近的列名是“{_show(nearest)}”。"
        f"如果就是这一列，请把列名改为“{column.title}”；如果不是，请补上这一列，然后重新报送"
    )


def _likeness(column: Column, text: str) -> float:
    plain = normalise_heading(text)
    return max(SequenceMatcher(None, normalise_heading(h), plain).ratio() for h in column.headings)


def _show(text: str) -> str:
    """A heading for people: short, and without long digits, should it be no heading at all."""
    return _LONG_DIGITS.sub("…", normalise_heading(text))[:30]


def _match(known: Headings, texts: Sequence[str]) -> dict[str, Heading]:
    """Declared columns by name: of a title and its synonyms the preferred one, of equals the leftmost."""
    found: dict[str, tuple[int, Heading]] = {}
    for position, text in enumerate(texts):
        heading = known.recognise(text)
        if heading is None:
            continue
        column, rank, scale = heading
        if column.name not in found or rank < found[column.name][0]:
            found[column.name] = (rank, Heading(normalise_heading(text), position, scale))
    return {c.name: found[c.name][1] for c in known.columns if c.name in found}


def _places(columns: dict[str, Heading]) -> list[tuple[str, int]]:
    return [(name, heading.position) for name, heading in columns.items()]


def _joined(known: Headings, upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Headings of a two-row header: the lower cell, or upper and lower joined where that alone is not known."""
    texts = []
    for i in range(max(len(upper), len(lower))):
        over = upper[i] if i < len(upper) else ""
        under = lower[i] if i < len(lower) else ""
        plain = normalise_heading(under)
        if not plain:
            texts.append(over if i == 0 or over != (upper[i - 1] if i - 1 < len(upper) else "") else "")
        elif known.recognise(under) is not None or normalise_heading(over) == plain:
            texts.append(under)
        else:
            texts.append(over + under if known.recognise(over + under) is not None else under)
    return tuple(texts)
