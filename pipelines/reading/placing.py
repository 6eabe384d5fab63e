"""Which columns a unit speaks of that does not stand behind their headings; one that cannot be placed is a problem."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from expectations.feed import Feed, Money
from pipelines.reading.headings import normalise_heading
from pipelines.reading.tables import Heading
from pipelines.reading.units import Unit, is_unit_row, money_unit, stated_unit


@dataclass(frozen=True)
class Above:
    """The first rows of a sheet, and where its header stands in them (indices of rows).

    ``uppers``: the rows with cells filled over the columns that they are drawn over. ``group``: the row whose cells
    name groups of columns, -1 for none.
    """

    rows: Sequence[Sequence[str]]
    uppers: Sequence[Sequence[str]]
    sheet: str
    first: int
    last: int
    group: int


@dataclass(frozen=True)
class Unplaced:
    """A unit that cannot be placed: its text, the index of its row, and the column, where it is one column's."""

    text: str
    row: int | None
    heading: str | None = None


@dataclass(frozen=True)
class Placed:
    """Columns with their units, the last row of the header, what could not be placed, and where units come from."""

    columns: dict[str, Heading]
    last: int
    unplaced: tuple[Unplaced, ...]
    stated: str


@dataclass(frozen=True)
class _Said:
    unit: Unit
    row: int | None  # None: the name of the sheet


def place_units(feed: Feed, columns: Mapping[str, Heading], above: Above) -> Placed:
    """Units of the columns that hold money: a heading's own, else one of the row below, of its group, of the whole."""
    last, below = _row_below(above)
    money = {c.name: c for c in feed.columns if isinstance(c.type, Money) and c.name in columns}
    found = dict(columns)
    if not money:
        return Placed(found, last, (), "")
    whole = list(_of_the_whole(above, {columns[name].position for name in money}))
    unplaced = list(_stray(above, last, [columns[name] for name in money]))
    stated: dict[str, None] = {}
    for name, column in money.items():
        heading = columns[name]
        said = _of_the_column(heading, below, above) or _of_the_group(above, heading.position) or whole
        told = "、".join(dict.fromkeys(s.unit.text for s in said))
        if not said:
            unplaced += _left_out(heading, above, below)
        elif len({s.unit.scale for s in said}) > 1 or any(not s.unit.fits(column.unit) for s in said):
            unplaced.append(Unplaced(told, said[0].row, heading.text))
        else:
            found[name] = replace(heading, unit=said[0].unit)
            if heading.unit is None and said[0].unit.scale != 1:
                stated[f"“{heading.text}”按“{told}”换算为元"] = None
    return Placed(found, last, tuple(unplaced), "，".join(stated))


def _row_below(above: Above) -> tuple[int, Sequence[str]]:
    """The last row of the header, and the row of units right below the headings, which belongs to it."""
    at = above.last + 1
    if at < len(above.rows) and is_unit_row(above.rows[at]):
        return at, above.rows[at]
    return above.last, ()


def _of_the_column(heading: Heading, below: Sequence[str], above: Above) -> list[_Said]:
    """The unit behind a heading and the one right below it; both where they differ."""
    under = money_unit(_at(below, heading.position))
    said = [_Said(heading.unit, above.last)] if heading.unit is not None else []
    if under is not None and (not said or said[0].unit.scale != under.scale):
        said.append(_Said(under, above.last + 1))
    return said


def _of_the_group(above: Above, position: int) -> list[_Said]:
    """The unit in the cell that is drawn over a column."""
    if above.group < 0 or _is_title(above, above.group):
        return []
    text = _at(above.uppers[above.group], position)
    unit = None if _names_the_whole(text) else stated_unit(text)
    return [] if unit is None else [_Said(unit, above.group)]


def _left_out(heading: Heading, above: Above, below: Sequence[str]) -> Iterator[Unplaced]:
    """A unit that stands alone beside a column without any: does it speak of this one too?"""
    for row, cells in ((above.last + 1, below), (above.group, above.rows[above.group] if above.group >= 0 else ())):
        for cell in cells:
            unit = money_unit(cell)
            if unit is not None and unit.scale != 1:
                yield Unplaced(unit.text, row, heading.text)
                return


def _of_the_whole(above: Above, money: Collection[int]) -> Iterator[_Said]:
    """Units that rows above the header and the name of the sheet state."""
    for row in range(max(above.first, above.group + 1)):
        is_group = row == above.group and not _is_title(above, row)
        filled = [i for i, cell in enumerate(above.rows[row]) if cell.strip()]
        for i in filled:
            cell = above.rows[row][i]
            # at the right end of a title stands what speaks of everything, unless an amount is right below it
            at_the_end = i == filled[-1] and i not in money and money_unit(cell) is not None
            unit = stated_unit(cell) if not is_group or _names_the_whole(cell) or at_the_end else None
            if unit is not None:
                yield _Said(unit, row)
    unit = stated_unit(above.sheet)
    if unit is not None:
        yield _Said(unit, None)


def _is_title(above: Above, row: int) -> bool:
    """Whether a row is one cell at the left end, which speaks of everything below."""
    filled = [i for i, cell in enumerate(above.rows[row]) if cell.strip()]
    begins = [i for i, cell in enumerate(above.rows[above.last]) if cell.strip()]
    return len(filled) == 1 and (not begins or filled[0] <= begins[0])


def _names_the_whole(text: str) -> bool:
    """Whether a cell says 单位：… of everything, and no more: not 补助（单位：万元）, which is a group's name."""
    return re.match(r"[(【\[〔]?[^()【】\[\]〔〕]{0,6}单位[:为是]", normalise_heading(text)) is not None


def _stray(above: Above, last: int, money: Sequence[Heading]) -> Iterator[Unplaced]:
    """Units in the place of an amount, in a row that is no row of units."""
    for row in range(last + 1, len(above.rows)):
        for heading in money:
            unit = money_unit(_at(above.rows[row], heading.position))
            if unit is not None and unit.scale != 1:
                yield Unplaced(unit.text, row, heading.text)


def _at(row: Sequence[str], position: int) -> str:
    return row[position] if position < len(row) else ""
