"""Slips in what is reported upwards: AG01, AG02."""

import numpy as np

from expectations.feeds.reported_totals import BREAKDOWN
from pipelines.simulator.arrays import Ints
from pipelines.simulator.books import Book
from pipelines.simulator.chosen import Pool
from pipelines.simulator.mistakes.offices.circumstance import Circumstance
from pipelines.simulator.mistakes.scene import Scene, Victims
from pipelines.simulator.offices.totals import BELOW, FLOW, OPENING, TOTAL

_GROUP = ("reporter", "form", "area_code", "measure", "breakdown", "unit")
_ROW = (*_GROUP[:-1], "item", "unit")
_WAYS = 2
"""Slips in a total and slips in an item befall different forms, lest one make up for the other."""


def slip(number: int) -> int:
    """Two figures typed the wrong way round; where that changes nothing, one key beside the right one."""
    text = str(number)
    turned = int(text[:-2] + text[-1] + text[-2]) if len(text) > 1 else number
    return turned if turned != number else number + 1


def _keys(book: Book, rows: Ints, columns: tuple[str, ...]) -> list[str]:
    return ["|".join(key) for key in zip(*(book.texts(column, rows) for column in columns), strict=True)]


def _rows_of(book: Book, breakdown: str, groups: Ints) -> Ints:
    """Rows of a breakdown in these groups, in order."""
    return np.flatnonzero((book["breakdown"] == BREAKDOWN.labels.index(breakdown)) & np.isin(book["group"], groups))


def _groups(book: Book, breakdown: str) -> Ints:
    """Forms, areas, measures and units that are divided in that way, in order."""
    return np.unique(book["group"][book["breakdown"] == BREAKDOWN.labels.index(breakdown)])


def _mistype(s: Scene, rows: Ints) -> None:
    book = s.books["reported_totals"]
    book.put("reported", rows, np.array([slip(number) for number in book["reported"][rows].tolist()], dtype=np.int64))


def _find(s: Scene, rule: str, keys: list[str]) -> None:
    s.truth.found(rule, keys, period=f"{s.clock.as_of:%Y-%m}")


def _chosen(s: Scene, v: Victims, way: int) -> Ints:
    groups = _groups(s.books["reported_totals"], BELOW)[way::_WAYS]
    return groups[v.number[v.number < len(groups)]]


def item_mistyped(s: Scene, v: Victims) -> None:
    """One township's or village's figure is wrong: it is not what the rows come to, nor do the items add up."""
    book = s.books["reported_totals"]
    rows = _rows_of(book, BELOW, _chosen(s, v, 0))
    # The first item of each group, as they stand in the form.
    first = rows[np.unique(book["group"][rows], return_index=True)[1]]
    _mistype(s, first)
    _find(s, "AG01", _keys(book, first, _ROW))
    _find(s, "AG02", _keys(book, first, _GROUP))


def total_mistyped(s: Scene, v: Victims) -> None:
    """The total itself is wrong: no way of dividing it adds up to it."""
    book = s.books["reported_totals"]
    groups = _chosen(s, v, 1)
    totals = _rows_of(book, TOTAL, groups)
    _mistype(s, totals)
    _find(s, "AG01", _keys(book, totals, _ROW))
    divided = (breakdown for breakdown in BREAKDOWN.labels if breakdown not in (TOTAL, FLOW))
    for breakdown in divided:
        _find(s, "AG02", _keys(book, _rows_of(book, breakdown, groups), _GROUP))


def flow_does_not_close(s: Scene, v: Victims) -> None:
    """What the year began with is wrong: nothing leads from it to the end."""
    book = s.books["reported_totals"]
    groups = _groups(book, FLOW)
    rows = _rows_of(book, FLOW, groups[v.number[v.number < len(groups)]])
    opening = rows[np.array(book.texts("item", rows), dtype=object) == OPENING]
    _mistype(s, opening)
    _find(s, "AG02", _keys(book, opening, _GROUP))


CIRCUMSTANCES = (
    Circumstance(item_mistyped, (Pool.NOBODY,), many=True),
    Circumstance(total_mistyped, (Pool.NOBODY,), many=True),
    Circumstance(flow_does_not_close, (Pool.NOBODY,), many=True),
)
