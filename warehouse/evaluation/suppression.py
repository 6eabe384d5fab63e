"""Small cells hidden, and others with them, so that no total gives a hidden one back by subtraction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SMALLEST: Final = 5
"""Persons (or households) below which a cell is not shown."""


@dataclass(frozen=True)
class Cell:
    """One share of a tree of areas: ``parent`` is the area that it adds up to, None at the top."""

    area: str
    parent: str | None
    numerator: float
    denominator: float

    @property
    def parts(self) -> tuple[float, float]:
        """Those with and those without."""
        return self.numerator, self.denominator - self.numerator

    @property
    def is_small(self) -> bool:
        """Whether some of its people are too few to be counted in public; nobody at all is no secret."""
        return any(0 < part < SMALLEST for part in self.parts)


def suppressed(cells: Sequence[Cell]) -> frozenset[str]:
    """Areas whose figures must be hidden.

    Small cells first; then, until nothing changes, wherever a shown total leaves a single hidden part, or hidden parts
    that are small even together, the smallest shown part goes too, or the total where none is left; and a hidden total
    hides at least one of its parts.
    """
    by_area = {cell.area: cell for cell in cells}
    children: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.parent in by_area:
            children[str(cell.parent)].append(cell)
    hidden = {cell.area for cell in cells if cell.is_small}
    while more := _needed(by_area, children, hidden):
        hidden.add(more)
    return frozenset(hidden)


def _needed(by_area: Mapping[str, Cell], children: Mapping[str, list[Cell]], hidden: set[str]) -> str | None:
    """One more area to hide, or None."""
    for parent in sorted(children):
        own = [cell for cell in children[parent] if cell.area in hidden]
        shown = [cell for cell in children[parent] if cell.area not in hidden]
        if parent in hidden:
            if not own:
                return _smallest(shown)
        elif own and _gives_away(own):
            return _smallest(shown) if shown else parent
    return None


def _gives_away(own: Sequence[Cell]) -> bool:
    """Whether what a total leaves for the hidden parts tells one of them."""
    together = [sum(part) for part in zip(*(cell.parts for cell in own), strict=True)]
    return len(own) == 1 or any(0 < part < SMALLEST for part in together)


def _smallest(cells: Sequence[Cell]) -> str:
    """The smallest cell that holds anybody, else the first."""
    return min(cells, key=lambda cell: (cell.denominator == 0, cell.denominator, cell.area)).area
