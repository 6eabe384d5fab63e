"""Merged cells: the value stands in the first cell, and holds for every row of the merged range."""

from collections.abc import Sequence
from typing import Any

Range = tuple[tuple[int, int], tuple[int, int]]


class Merged:
    """Merged ranges of one sheet, in rows and columns of what the reader gives (columns count from ``left``)."""

    def __init__(self, ranges: Sequence[Range], left: int) -> None:
        """Keep the ranges in order of rows."""
        shifted = [(r1, c1 - left, r2, c2 - left) for (r1, c1), (r2, c2) in ranges]
        self._wide = [r for r in shifted if r[3] > r[1]]
        self._tall = sorted((r for r in shifted if r[2] > r[0]), key=lambda r: (r[0], r[1]))
        self.restart()

    def restart(self) -> None:
        """Forget what was seen, to read a sheet from the top of its data."""
        self._next = 0
        self._open: list[tuple[int, int, Any]] = []  # column, last row, value

    def filled(self, columns: list[list[Any]], start: int) -> list[list[Any]]:
        """Consecutive rows, by column, with values of merged ranges filled downwards; ``start`` is the first row."""
        if not self._tall or not columns:
            return columns
        end = start + len(columns[0])
        still: list[tuple[int, int, Any]] = []
        for column, last, value in self._open:
            if column < len(columns):
                _fill(columns[column], start, max(last, start - 1), value, start)
            if last >= end:
                still.append((column, last, value))
        while self._next < len(self._tall) and self._tall[self._next][0] < end:
            first, column, last, _ = self._tall[self._next]
            self._next += 1
            if first < start or not 0 <= column < len(columns):
                continue  # begins in the header, which is not data
            value = columns[column][first - start]
            _fill(columns[column], first + 1, last, value, start)
            if last >= end:
                still.append((column, last, value))
        self._open = still
        return columns

    def spread(self, rows: list[list[str]]) -> list[list[str]]:
        """Rows of a header with values filled to the right, as an upper heading is drawn over its columns.

        Over those that are merged with it; in a row without merged cells over all up to the next heading.
        """
        merged = {row for first, _, last, _ in self._wide for row in range(first, last + 1)}
        out = [list(row) if i in merged else filled_from_left(row) for i, row in enumerate(rows)]
        for first, left, last, right in self._wide:
            for row in out[first : last + 1]:
                for column in range(max(left, 0) + 1, min(right + 1, len(row))):
                    row[column] = row[max(left, 0)]
        return out


def filled_from_left(row: Sequence[str]) -> list[str]:
    """A row whose blank cells hold what stands to their left."""
    out: list[str] = []
    for cell in row:
        out.append(cell if cell.strip() or not out else out[-1])
    return out


def _fill(column: list[Any], first: int, last: int, value: Any, start: int) -> None:
    for row in range(max(first, start) - start, min(last + 1 - start, len(column))):
        column[row] = value
