"""What a workbook says beside the cells that its reader gives: errors, formulas without a result, the epoch of days."""

from collections.abc import Callable
from dataclasses import dataclass


class ErrorCell(str):
    """The name of an error value that stands in a cell."""

    __slots__ = ()


class NoResult(str):
    """A formula whose result is not in the file."""

    __slots__ = ()


Marks = dict[int, list[tuple[int, str]]]
"""By row (from 0) the columns (from 0) and what stands there."""


@dataclass(frozen=True)
class Beside:
    """Whether days count from 1904, and what tells the marks of each sheet, in order of the sheets.

    ``names``: those of the sheets, where they are told.
    """

    later_epoch: bool
    sheets: tuple[Callable[[], Marks], ...]
    names: tuple[str, ...] | None = None
