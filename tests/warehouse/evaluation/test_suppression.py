"""Small cells stay hidden: an attacker with every shown figure, and a linear program, cannot narrow one down."""

import random
from collections.abc import Collection, Mapping, Sequence
from time import process_time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_array

from warehouse.evaluation.suppression import SMALLEST, Cell, Hidden, Terms, faults, jointly, suppressed

TOP = "C"
Figures = list[list[tuple[int, ...]]]
"""Townships of villages; persons behind each part, by village."""


def tree(figures: Figures) -> list[Cell]:
    """A county of townships of villages."""
    cells = []
    whole = np.zeros(len(figures[0][0]), dtype=int)
    for t, villages in enumerate(figures):
        for v, parts in enumerate(villages):
            cells.append(Cell(f"C{t:02d}{v:03d}", f"C{t:02d}", tuple(parts)))
        town = np.sum(villages, axis=0)
        cells.append(Cell(f"C{t:02d}", TOP, tuple(int(n) for n in town)))
        whole += town
    return [*cells, Cell(TOP, None, tuple(int(n) for n in whole))]


class Attack:
    """Everything that is shown, as a system of sums over what is not: each indicator's parts of each area.

    ``same_persons``: the indicators divide the same persons, so that an area's parts sum to the same in each.
    """

    def __init__(
        self, trees: Mapping[str, Sequence[Cell]], hidden: Mapping[str, Collection[str]], *, same_persons: bool
    ) -> None:
        self.of = {(n, c.area, p): v for n, cells in trees.items() for c in cells for p, v in enumerate(c.parts)}
        self.unknown = [key for key in self.of if key[1] in hidden[key[0]]]
        self.place = {key: at for at, key in enumerate(self.unknown)}
        self.rows: list[tuple[dict[int, float], float]] = []
        for name, cells in trees.items():
            below: dict[str, list[str]] = {}
            for cell in cells:
                below.setdefault(cell.parent or "", []).append(cell.area)
            for top, parts in below.items():
                for p in range(len(cells[0].parts)) if top else ():
                    self._equal([(1.0, (name, area, p)) for area in parts] + [(-1.0, (name, top, p))])
        first, *others = trees
        for other in others if same_persons else ():
            for cell in trees[first]:
                both = [(1.0, (first, cell.area, p)) for p in range(len(cell.parts))]
                self._equal(both + [(-1.0, (other, cell.area, p)) for p in range(len(cell.parts))])

    def _equal(self, terms: list[tuple[float, tuple[str, str, int]]]) -> None:
        row: dict[int, float] = {}
        right = 0.0
        for sign, key in terms:
            if key in self.place:
                row[self.place[key]] = row.get(self.place[key], 0.0) + sign
            else:
                right -= sign * self.of[key]
        if row:
            self.rows.append((row, right))

    def width(self, key: tuple[str, str, int]) -> float:
        """How far apart the least and the most are that a hidden figure can be."""
        spots = [(r, c, v) for r, (row, _) in enumerate(self.rows) for c, v in row.items()]
        matrix = coo_array(
            ([v for *_, v in spots], ([r for r, *_ in spots], [c for _, c, _ in spots])),
            shape=(len(self.rows), len(self.unknown)),
        ).tocsr()
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(self.unknown))
            aim[self.place[key]] = sign
            found = linprog(aim, A_eq=matrix, b_eq=[b for _, b in self.rows], bounds=(0, None), method="highs")
            if found.status == 3:
                return float("inf")
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        return ends[1] - ends[0]


def narrow(attack: Attack, keys: Collection[tuple[str, str, int]]) -> dict[tuple[str, str, int], float]:
    """Hidden figures that the attacker narrows down to less than five."""
    widths = {key: attack.width(key) for key in keys}
    return {key: width for key, width in widths.items() if width < SMALLEST - 1e-6}


def secrets(attack: Attack) -> list[tuple[str, str, int]]:
    """Hidden figures but the zeros below a shown zero: nobody at all is no secret, and says the same of every part."""
    return [key for key in attack.unknown if not _below_a_shown_zero(attack, key)]


def _below_a_shown_zero(attack: Attack, key: tuple[str, str, int]) -> bool:
    name, area, part = key
    above = [(name, top, part) for top in (TOP, area[:3]) if top != area]
    return any(attack.of[up] == 0 and up not in attack.place for up in above)


counts = st.tuples(st.integers(0, 12), st.integers(0, 12))
townships = st.lists(st.lists(counts, min_size=1, max_size=4), min_size=1, max_size=4)


@settings(max_examples=30)
@given(townships)
def test_no_hidden_figure_of_one_indicator_is_narrowed_below_five(figures: Figures) -> None:
    cells = tree(figures)
    hidden = suppressed(cells)
    assert {cell.area for cell in cells if cell.is_small} <= hidden
    assert faults(cells, hidden, Terms()) == []
    attack = Attack({"one": cells}, {"one": hidden}, same_persons=False)
    assert narrow(attack, secrets(attack)) == {}


@settings(max_examples=30)
@given(townships, st.randoms(use_true_random=False))
@example([[(0, 0)], [(0, 0), (0, 0), (0, 0), (0, 5)], [(0, 1), (0, 4)]], random.Random(3))
@example([[(2, 1)], [(0, 2), (0, 2), (0, 3), (0, 1)], [(0, 5), (0, 1), (0, 0), (0, 4)]], random.Random(8))
@example([[(0, 3), (0, 6), (0, 2)], [(1, 2)], [(0, 3), (0, 6)]], random.Random(0))
def test_nor_of_several_that_divide_the_same_persons(figures: Figures, chance: random.Random) -> None:
    others = [[_divided(sum(parts), chance) for parts in villages] for villages in figures]
    trees = {"one": tree(figures), "other": tree(others)}
    hidden = jointly(trees)
    attack = Attack(trees, {name: found.areas for name, found in hidden.items()}, same_persons=True)
    assert narrow(attack, secrets(attack)) == {}


def _divided(persons: int, chance: random.Random) -> tuple[int, int]:
    with_ = chance.randint(0, persons)
    return with_, persons - with_


def test_one_indicator_by_one_would_give_the_persons_of_a_small_village_back() -> None:
    """Four persons of a village, hidden twice beside different neighbours: each is shown where the other is hidden."""
    one = tree([[(4, 0), (6, 9), (30, 40), (25, 25)]])
    other = tree([[(0, 4), (15, 0), (65, 5), (20, 30)]])
    trees = {"one": one, "other": other}
    alone = {"one": {"C00000", "C00001"}, "other": {"C00000", "C00002"}}
    attack = Attack(trees, alone, same_persons=True)
    key = ("one", "C00000", 0)
    assert attack.width(key) < SMALLEST
    together = {name: found.areas for name, found in jointly(trees).items()}
    assert Attack(trees, together, same_persons=True).width(key) >= SMALLEST


def test_the_attacker_wins_where_only_small_cells_are_hidden() -> None:
    """What the tests above would find if there were no secondary suppression."""
    cells = tree([[(3, 20), (10, 20), (11, 30)], [(20, 20), (30, 30)]])
    key = ("one", "C00000", 0)
    assert Attack({"one": cells}, {"one": {"C00000"}}, same_persons=False).width(key) == pytest.approx(0)
    hidden = suppressed(cells)
    assert hidden == {"C00000", "C00001"}
    assert Attack({"one": cells}, {"one": hidden}, same_persons=False).width(key) >= SMALLEST


def test_where_nobody_is_in_one_part_only_the_areas_whose_persons_are_few_are_hidden() -> None:
    """The other part is then the number of persons: an indicator that hid more would hide what the other one shows."""
    one = tree([[(0, 5), (0, 7)], [(0, 1), (0, 4)]])
    found = jointly({"one": one, "other": tree([[(5, 0), (0, 7)], [(0, 1), (4, 0)]])})
    assert found["one"].areas == found["one"].veiled == {"C01000", "C01001"}
    assert faults(one, found["one"].areas, Terms(veiled=found["one"].veiled)) == []
    assert faults(one, {"C01000", "C01001"}, Terms()) == ["C01000"]


@pytest.mark.parametrize("yes", [0, SMALLEST, 40])
def test_nobody_and_enough_are_shown(yes: int) -> None:
    assert suppressed(tree([[(yes, 60), (10, 60)]])) == frozenset()


def test_small_parts_that_are_small_together_take_more_along_until_they_are_not() -> None:
    assert suppressed(tree([[(1, 20), (1, 20), (30, 30), (9, 60)]])) == {"C00000", "C00001", "C00002"}


def test_a_single_village_takes_its_township_and_a_neighbour_along() -> None:
    hidden = suppressed(tree([[(2, 20)], [(20, 20), (30, 30)]]))
    assert hidden >= {"C00000", "C00"}
    assert TOP in hidden or "C01" in hidden


def test_a_figure_that_the_reader_has_hides_nothing_and_another_is_taken() -> None:
    cells = tree([[(3, 20), (10, 20), (11, 30)], [(20, 20), (30, 30)]])
    terms = Terms(known=frozenset({"C00001"}))
    hidden = suppressed(cells, terms)
    assert "C00002" in hidden
    assert faults(cells, hidden, terms) == []
    every = frozenset(cell.area for cell in cells) - {"C00000"}
    assert faults(cells, suppressed(cells, Terms(known=every)), Terms(known=every)) == ["C00000"]


def test_a_county_of_twenty_townships_and_four_thousand_villages_takes_seconds_and_holds() -> None:
    chance = random.Random(5)
    sizes = [[max(0, round(chance.lognormvariate(3.3, 1))) for _ in range(200)] for _ in range(20)]

    def indicator(share: float) -> list[Cell]:
        return tree([[_drawn(persons, share, chance) for persons in villages] for villages in sizes])

    trees = {"one": indicator(0.25), "other": indicator(0.98)}
    began = process_time()
    hidden: dict[str, Hidden] = jointly(trees)
    assert process_time() - began < 20
    attack = Attack(trees, {name: found.areas for name, found in hidden.items()}, same_persons=True)
    small = [k for k in attack.unknown if 0 < attack.of[k] < SMALLEST]
    assert len(small) > 1000
    assert narrow(attack, chance.sample(small, 12)) == {}
    for name, cells in trees.items():
        assert faults(cells, hidden[name].areas, Terms(veiled=hidden[name].veiled)) == []
        assert TOP not in hidden[name].areas
        assert len(hidden[name].areas) < len(cells)


def _drawn(persons: int, share: float, chance: random.Random) -> tuple[int, int]:
    with_ = sum(chance.random() < share for _ in range(persons))
    return with_, persons - with_
