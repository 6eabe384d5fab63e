"""Finding the header among titles: one row, or two of which the upper names groups of columns."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from expectations.feed import Column, Feed, Money
from pipelines.reading.headings import Headings, normalise_heading, show_heading
from pipelines.reading.placing import Above, Unplaced, place_units
from pipelines.reading.tables import Heading, Layout


@dataclass(frozen=True)
class Header:
    """The best header of a sheet: indices of its first and last row, what it names, what it lacks, what it says twice.

    A row of units below the headings belongs to it. ``twins``: positions that claim one column with equal right, by
    its name. ``unplaced``: units that cannot be placed. ``stated``: where units come from that no heading has.
    """

    first: int
    last: int
    columns: dict[str, Heading]
    texts: tuple[str, ...]
    missing: tuple[Column, ...]
    twins: dict[str, tuple[int, ...]]
    unplaced: tuple[Unplaced, ...] = ()
    stated: str = ""

    def layout(self, left: int = 0) -> Layout:
        """Positions of the declared columns; ``row`` is one-based, ``left`` columns stand before the first."""
        used = {h.position for h in self.columns.values()}
        extra = tuple(show_heading(t) for i, t in enumerate(self.texts) if i not in used and t.strip())
        return Layout(self.columns, extra, self.last + 1, self.twins, left, self.stated)


@dataclass(frozen=True)
class _Row:
    """One way to read a header: the text of each column, its group, and which texts are group and lower joined."""

    texts: tuple[str, ...]
    groups: tuple[str, ...] = ()
    joined: frozenset[int] = frozenset()


def find_header(
    feed: Feed, rows: Sequence[Sequence[str]], uppers: Sequence[Sequence[str]], sheet: str = ""
) -> Header | None:
    """The row, or the two rows, that name most declared columns; None where no row names two.

    ``uppers`` are the same rows with blanks beside a heading filled from the left, as the upper row of a two-row
    header is drawn. Of equals the first row counts, and one row before two, unless the groups of the upper row are
    parts of known headings (学生 over 姓名). ``sheet``: the name of the sheet, which may state a unit.
    """
    known = Headings(feed)
    best: tuple[int, int, _Row] | None = None  # columns named, last row, how it is read
    for last in range(len(rows)):
        row = _Row(tuple(rows[last]))
        count = len(_claims(known, row))
        if last:
            pair = _joined(known, uppers[last - 1], rows[last])
            both = len(_claims(known, pair))
            if both > count or (both == count and pair.joined):
                row, count = pair, both
        if count >= 2 and (best is None or count > best[0]):
            best = (count, last, row)
    if best is None:
        return None
    _, last, row = best
    first = last - 1 if row.groups else last
    columns, twins = _resolve(known, row)
    # a header merged over several rows, or written twice, ends where its last copy stands
    while last + 1 < len(rows) and _places(_resolve(known, _Row(tuple(rows[last + 1])))[0]) == _places(columns):
        last += 1
    missing = tuple(c for c in feed.columns if c.must_be_there and c.name not in columns)
    group = first if row.groups else first - 1
    placed = place_units(feed, columns, Above(rows, uppers, sheet, first, last, group))
    return Header(first, placed.last, placed.columns, row.texts, missing, twins, placed.unplaced, placed.stated)


def _claims(known: Headings, row: _Row) -> dict[str, dict[int, int]]:
    """Positions that name a column, by its name, with their place in its order of preference."""
    claims: dict[str, dict[int, int]] = defaultdict(dict)
    for position, text in enumerate(row.texts):
        heading = known.recognise(text)
        if heading is not None:
            claims[heading[0].name][position] = heading[1]
    return claims


def _resolve(known: Headings, row: _Row) -> tuple[dict[str, Heading], dict[str, tuple[int, ...]]]:
    """Declared columns by name, in declared order, and those that several headings claim with equal right.

    Of a title and its synonyms the preferred one counts. Of equals one whose group has been named: where 学生 over
    姓名 is the pupil's name, 证件号码 beneath 学生 is the pupil's too. Else the leftmost stands for all.
    """
    claims = _claims(known, row)
    equals = {name: [p for p, rank in found.items() if rank == min(found.values())] for name, found in claims.items()}
    named = {row.groups[p] for found in equals.values() for p in found if len(found) == 1 and p in row.joined}
    columns: dict[str, Heading] = {}
    twins: dict[str, tuple[int, ...]] = {}
    for column in known.columns:
        places = equals.get(column.name)
        if places is None:
            continue
        within = [p for p in places if row.groups and row.groups[p] in named]
        if len(within) == 1:
            places = within
        if len(places) > 1:
            twins[column.name] = tuple(places)
        text = row.texts[places[0]]
        heading = known.recognise(text)
        unit = None if heading is None else heading[2]
        columns[column.name] = Heading(normalise_heading(text), places[0], unit, isinstance(column.type, Money))
    return columns, twins


def _places(columns: dict[str, Heading]) -> list[tuple[str, int]]:
    return [(name, heading.position) for name, heading in columns.items()]


def _joined(known: Headings, upper: Sequence[str], lower: Sequence[str]) -> _Row:
    """Headings of a two-row header: upper and lower joined where that is known, else the lower cell.

    Where there is no lower cell, the upper one stands for itself.
    """
    texts: list[str] = []
    joined: set[int] = set()
    width = max(len(upper), len(lower))
    groups = tuple(normalise_heading(upper[i]) if i < len(upper) else "" for i in range(width))
    for i in range(width):
        over = upper[i] if i < len(upper) else ""
        under = lower[i] if i < len(lower) else ""
        plain = normalise_heading(under)
        if not plain:
            texts.append(over if i == 0 or over != (upper[i - 1] if i - 1 < len(upper) else "") else "")
        elif groups[i] and groups[i] != plain and known.recognise(over + under) is not None:
            texts.append(over + under)
            joined.add(i)
        else:
            texts.append(under)
    return _Row(tuple(texts), groups, frozenset(joined))
