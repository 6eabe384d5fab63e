"""Small cells stay hidden: an attacker with every shown figure cannot work one of them out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.evaluation.suppression import SMALLEST, Cell, suppressed

TOP = "C"


def tree(figures: list[list[tuple[int, int]]]) -> list[Cell]:
    """A county of townships of villages; (with, without) by village."""
    cells, whole = [], [0, 0]
    for t, villages in enumerate(figures):
        town = [0, 0]
        for v, (yes, no) in enumerate(villages):
            cells.append(Cell(f"C{t}{v}", f"C{t}", yes, yes + no))
            town = [town[0] + yes, town[1] + no]
        cells.append(Cell(f"C{t}", TOP, town[0], sum(town)))
        whole = [whole[0] + town[0], whole[1] + town[1]]
    return [*cells, Cell(TOP, None, whole[0], sum(whole))]


def determined(cells: list[Cell], hidden: frozenset[str]) -> set[str]:
    """Hidden areas whose figure every solution of the sums shares: subtraction in general, by linear algebra."""
    unknown = sorted(hidden)
    equations = []
    for parent in {cell.parent for cell in cells if cell.parent}:
        row = np.zeros(len(unknown))
        for cell in cells:
            if cell.parent == parent and cell.area in hidden:
                row[unknown.index(cell.area)] = 1
        if parent in hidden:
            row[unknown.index(parent)] = -1
        equations.append(row)
    matrix = np.array(equations)
    rank = np.linalg.matrix_rank(matrix)
    told = set()
    for place, area in enumerate(unknown):
        unit = np.zeros((1, len(unknown)))
        unit[0, place] = 1
        if np.linalg.matrix_rank(np.vstack([matrix, unit])) == rank:
            told.add(area)
    return told


counts = st.tuples(st.integers(0, 12), st.integers(0, 12))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.lists(counts, min_size=1, max_size=4), min_size=1, max_size=4))
def test_no_hidden_figure_follows_from_the_shown_ones(figures: list[list[tuple[int, int]]]) -> None:
    cells = tree(figures)
    hidden = suppressed(cells)
    assert {cell.area for cell in cells if cell.is_small} <= hidden
    assert determined(cells, hidden) == set()


def test_the_attacker_wins_where_only_small_cells_are_hidden() -> None:
    """What the test above would find if there were no secondary suppression."""
    cells = tree([[(3, 20), (10, 20), (11, 30)], [(20, 20), (30, 30)]])
    assert determined(cells, frozenset({"C00"})) == {"C00"}
    hidden = suppressed(cells)
    assert hidden == {"C00", "C01"}


@pytest.mark.parametrize("yes", [0, SMALLEST, 40])
def test_nobody_and_enough_are_shown(yes: int) -> None:
    assert suppressed(tree([[(yes, 20), (10, 20)]])) == frozenset()


def test_two_small_parts_that_are_small_together_take_a_third_along() -> None:
    assert suppressed(tree([[(1, 20), (1, 20), (30, 30)]])) == {"C00", "C01", "C02", "C0", "C"} - {"C0", "C"}


def test_a_single_village_takes_its_township_and_a_neighbour_along() -> None:
    hidden = suppressed(tree([[(2, 20)], [(20, 20), (30, 30)]]))
    assert hidden >= {"C00", "C0", "C1"}
    assert TOP not in hidden
