"""Small cells hidden, and others with them, so that nothing that is shown gives a hidden one back (decision 0037).

Cells are judged by the persons or households behind them, whatever they count. What is shown of a tree of areas is a
system of sums: under each shown area whose hidden parts hang together stands one equation over the lowest hidden areas
(a *group*). A group hides what is in it where no reader can place any of it: enough persons of every part in it, and
enough persons of other areas beside each hidden one, even for a reader who knows how many persons each area has.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SMALLEST: Final = 5
"""Persons (or households) below which a cell is not shown."""


@dataclass(frozen=True)
class Cell:
    """One area of a tree: ``parent`` is what it adds up to (None at the top); ``parts``: persons behind each part."""

    area: str
    parent: str | None
    parts: tuple[int, ...]

    @property
    def persons(self) -> int:
        """All persons behind it."""
        return sum(self.parts)

    @property
    def is_small(self) -> bool:
        """Whether a part has too few persons to be counted in public; nobody at all is no secret."""
        return any(0 < part < SMALLEST for part in self.parts)


class Tree:
    """Areas and the sums between them."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.cells = {cell.area: cell for cell in cells}
        self.children: dict[str, list[str]] = defaultdict(list)
        for cell in sorted(cells, key=lambda c: (c.persons, c.area)):
            if cell.parent in self.cells:
                self.children[str(cell.parent)].append(cell.area)
        self.roots = [cell.area for cell in cells if cell.parent not in self.cells]

    def upwards(self) -> list[str]:
        """Areas with parts below them, lowest first."""
        found: list[str] = []
        pending = sorted(self.roots)
        while pending:
            area = pending.pop()
            if area in self.children:
                found.append(area)
                pending += self.children[area]
        return found[::-1]

    def group(self, top: str, hidden: Collection[str]) -> list[str]:
        """The lowest hidden areas that hang together below ``top``."""
        found = []
        for area in self.children.get(top, ()):
            if area in hidden:
                below = self.group(area, hidden)
                found += below or [area]
        return found

    def parts_of(self, areas: Iterable[str]) -> tuple[int, ...]:
        """Persons behind each part of some areas together."""
        return tuple(map(sum, zip(*(self.cells[area].parts for area in areas), strict=True)))


@dataclass(frozen=True)
class Terms:
    """What a group has to hold against. ``divides``: the parts divide persons of whom the reader knows how many each
    area has; else each part is a figure by itself. ``veiled``: areas whose number of persons is hidden from him too.
    ``known``: areas whose figures he has from elsewhere, so that hiding them would hide nothing."""

    divides: bool = True
    veiled: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()


def suppressed(cells: Sequence[Cell], terms: Terms | None = None, also: Collection[str] = ()) -> frozenset[str]:
    """Areas whose figures must be hidden: the small ones, ``also``, and what they need beside them.

    From below: under each shown area the smallest shown parts join its hidden ones until the group holds; where none is
    left, the area itself is hidden, and its group is part of the next one up. Smallest first, so the same every time.
    """
    terms = terms or Terms()
    tree = Tree(cells)
    small = {cell.area for cell in cells if cell.is_small}
    hidden = (small | set(also) | terms.veiled) & tree.cells.keys() - terms.known
    changed = True
    while changed:  # an area that was hidden from above may need one of its parts hidden
        before = len(hidden)
        for top in tree.upwards():
            if top in hidden:
                _veil_one_part(tree, top, hidden, terms)
            else:
                _close(tree, top, hidden, terms)
        changed = len(hidden) != before
    return frozenset(hidden)


def faults(cells: Sequence[Cell], hidden: Collection[str], terms: Terms) -> list[str]:
    """Hidden areas that a reader could narrow down, by ``terms``, from all that is shown."""
    tree = Tree(cells)
    unknown = set(hidden) - terms.known
    found = []
    for top in tree.upwards():
        if top in unknown:
            if tree.cells[top].persons and not any(area in unknown for area in tree.children[top]):
                found.append(top)
        elif (group := tree.group(top, unknown)) and (narrow := _narrow(tree, top, group, terms)) is not None:
            found.append(narrow)
    return found


def _veil_one_part(tree: Tree, top: str, hidden: set[str], terms: Terms) -> None:
    """A hidden area with all its parts shown is their sum: hide the smallest that is no secret by itself."""
    parts = tree.children[top]
    if not any(area in hidden for area in parts):
        fresh = [area for area in parts if area not in terms.known and tree.cells[area].persons]
        if fresh:
            hidden.add(next((area for area in fresh if tree.cells[area].persons >= SMALLEST), fresh[0]))


def _close(tree: Tree, top: str, hidden: set[str], terms: Terms) -> None:
    """Hide more below ``top`` until its group holds, at last ``top`` itself (unless the reader knows it)."""
    while (group := tree.group(top, hidden)) and _narrow(tree, top, group, terms) is not None:
        fresh = [area for area in _shown_beside(tree, top, hidden) if area not in terms.known]
        if not fresh:
            hidden |= {top} - terms.known
            return
        lacking = _lacking(tree, group, top)
        helpful = [area for area in fresh if lacking is None or tree.cells[area].parts[lacking]] or fresh
        chosen = next((area for area in helpful if tree.cells[area].persons >= SMALLEST), helpful[0])
        hidden.add(chosen)
        if chosen in tree.children:
            _veil_one_part(tree, chosen, hidden, terms)


def _shown_beside(tree: Tree, top: str, hidden: Collection[str]) -> list[str]:
    """Shown areas that would join the group if they were hidden: nearest to what is hidden first."""
    own: list[str] = []
    for area in tree.children[top]:
        if area in hidden and area in tree.children:
            own += _shown_beside(tree, area, hidden)
    return own + [area for area in tree.children[top] if area not in hidden and tree.cells[area].persons]


def _lacking(tree: Tree, group: Sequence[str], top: str) -> int | None:
    """A part of which the group has too few persons, though there are some below ``top``."""
    there = tree.cells[top].parts
    parts = tree.parts_of(group)
    return next((n for n, part in enumerate(parts) if part < SMALLEST and (part or there[n])), None)


def _narrow(tree: Tree, top: str, group: Sequence[str], terms: Terms) -> str | None:
    """A hidden area below ``top`` that a reader could narrow down; None where the group holds."""
    if _lacking(tree, group, top) is not None:
        return group[0]
    veiled = [area for area in group if area in terms.veiled]
    if veiled and (len(veiled) < 2 or sum(tree.cells[area].persons for area in veiled) < SMALLEST):
        return veiled[0]
    within: dict[str, list[str]] = defaultdict(list)
    for area in group:
        node: str | None = area
        while node is not None and node != top:
            within[node].append(area)
            node = tree.cells[node].parent
    whole = sum(tree.cells[area].persons for area in group)
    undivided = sum(1 for part in tree.cells[top].parts if part) < 2  # all below ``top`` are in one part: so it shows
    for node, own in within.items():
        inside = sum(tree.cells[area].persons for area in own)
        if len(own) == len(group):
            return node
        if terms.divides and inside < SMALLEST and node not in terms.veiled:
            return node
        if terms.divides and whole - inside < SMALLEST and not undivided:
            return node
    return None


@dataclass(frozen=True)
class Hidden:
    """Areas that are hidden for one indicator, and those whose number of persons is hidden too."""

    areas: frozenset[str]
    veiled: frozenset[str]


def jointly(
    trees: Mapping[str, Sequence[Cell]],
    known: Mapping[str, frozenset[str]] | None = None,
    also: Mapping[str, Collection[str]] | None = None,
) -> dict[str, Hidden]:
    """What is hidden for indicators (by name) that divide the same persons in different ways.

    How many persons an area has shows wherever it is shown for one of them. Where they are few, it is hidden for all,
    with the same areas beside it, and in each the groups hold for a reader who knows all other numbers of persons.
    ``known``, ``also``: by indicator, areas whose figures are known from elsewhere, and areas to hide in any case.
    """
    known, also = known or {}, also or {}
    persons = {c.area: Cell(c.area, c.parent, (c.persons,)) for cells in trees.values() for c in cells}
    told = frozenset(area for name in trees for area in known.get(name, ()))
    veiled = suppressed(list(persons.values()), Terms(divides=False, known=told))
    return {
        name: Hidden(
            suppressed(cells, Terms(veiled=veiled, known=known.get(name, frozenset())), also.get(name, ())), veiled
        )
        for name, cells in trees.items()
    }
