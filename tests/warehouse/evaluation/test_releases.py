"""What recipients without row access are given: judged by who is behind a figure, jointly, and by earlier releases."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from homes import AS_OF, copy_home
from scipy.optimize import linprog

from warehouse.evaluation.releases import (
    MEMORY,
    MixedReleaseError,
    Released,
    ReleaseHeldError,
    release,
    remember,
    remembered_of,
)
from warehouse.evaluation.rounding import round_tree, rounded_count
from warehouse.lake import Lake
from warehouse.loading import reading_published

KEY = b"a key of this test alone"
MAY, JUNE = date(2026, 5, 31), date(2026, 6, 30)
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("county", "area_code", "indicator")),
        ("as_of", pa.date32()),
        *((name, pa.decimal128(18, 2)) for name in ("numerator", "denominator")),
        *((name, pa.int64()) for name in ("unknown", "numerator_persons", "rest_persons")),
        ("share", pa.float64()),
    ]
)

Villages = Mapping[str, tuple[int, int]]


def figures(indicator: str, villages: Villages, as_of: date = JUNE, worth: int = 1) -> list[dict[str, Any]]:
    """Rows of an indicator for villages (with, without), their townships and the county; ``worth``: yuan a person."""
    sums: dict[str, list[int]] = {}
    for village, parts in villages.items():
        for digits in (6, 9, 12):
            own = sums.setdefault(village[:digits], [0, 0])
            own[0], own[1] = own[0] + parts[0], own[1] + parts[1]
    return [
        {
            "county": area[:6],
            "area_code": area,
            "indicator": indicator,
            "as_of": as_of,
            "numerator": Decimal(with_ * worth),
            "denominator": Decimal((with_ + rest) * worth),
            "unknown": 0,
            "numerator_persons": with_,
            "rest_persons": rest,
            "share": with_ / (with_ + rest) if with_ + rest else None,
        }
        for area, (with_, rest) in sums.items()
    ]


def table(*rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([row for some in rows for row in some], schema=SCHEMA)


def village(number: int, township: int = 100) -> str:
    return f"522601{township}{200 + number}"


def hidden(released: Released) -> set[str]:
    return {row["area_code"] for row in released.table.to_pylist() if row["numerator"] is None}


def test_yuan_of_one_household_are_no_five_persons() -> None:
    """5,000 yuan short are one household's: the attack that took yuan for persons."""
    short = {village(1): (9, 1), village(2): (20, 8), village(3): (30, 9)}
    given = release(table(figures("危改补助到位率", short, worth=5000)), None)
    assert village(1) in hidden(given)
    assert len(hidden(given)) > 1
    assert "numerator_persons" not in given.table.column_names


@pytest.mark.parametrize("name", ["应补发金额：退回未补发（PY04）", "计划完成率：脱贫户数", "退出条件齐备率"])
def test_what_few_households_are_owed_or_have_reached_is_hidden_with_others(name: str) -> None:
    """Two are behind village 1: hidden with another, so that the county's figure, which is shown, gives neither."""
    few = {village(1): (2, 0), village(2): (20, 0), village(3): (30, 0)}
    given = release(table(figures(name, few, worth=300)), None)
    assert village(1) in hidden(given)
    assert len(hidden(given) & few.keys()) == 2
    assert "522601" not in hidden(given)


def test_policy_figures_have_nobody_behind_them() -> None:
    line = figures("两线差（农村）", {village(1): (2, 0)})
    assert hidden(release(table(line), None)) == set()


def test_indicators_of_the_same_persons_are_hidden_together() -> None:
    roll = {village(1): (0, 3), village(2): (20, 10), village(3): (25, 25), village(4): (30, 30)}
    insured = {village(1): (3, 0), village(2): (25, 5), village(3): (40, 10), village(4): (50, 10)}
    given = release(table(figures("低保覆盖率", roll), figures("参保率", insured)), None).table.to_pylist()
    hidden_by = {
        name: {row["area_code"] for row in given if row["indicator"] == name and row["numerator"] is None}
        for name in ("低保覆盖率", "参保率")
    }
    assert village(1) in hidden_by["低保覆盖率"] & hidden_by["参保率"]
    assert len(hidden_by["低保覆盖率"] & hidden_by["参保率"]) >= 2


BEFORE: Villages = {village(1): (3, 20), village(2): (10, 20), village(3): (11, 30), village(4): (40, 40)}


def test_the_same_again_hides_the_same() -> None:
    first = release(table(figures("参保率", BEFORE)), None)
    again = release(table(figures("参保率", BEFORE)), first.memory)
    assert hidden(again) == hidden(first) == {village(1), village(2)}


def test_what_was_hidden_beside_a_small_cell_stays_hidden_while_it_is_the_same() -> None:
    first = release(table(figures("参保率", BEFORE, MAY)), None)
    grown = {**BEFORE, village(1): (8, 20), village(4): (2, 40)}
    second = release(table(figures("参保率", grown)), first.memory)
    assert village(2) in hidden(second), "shown, it would give May's three persons back"
    assert village(4) in hidden(second)


def test_a_release_whose_every_other_figure_the_reader_has_is_held_and_says_so() -> None:
    rows = table(figures("参保率", BEFORE))
    everything = release(rows, None).memory.to_pylist()
    for row in everything:
        row["hidden"] = False
    but_one = [row for row in everything if row["area"] != village(1)]
    with pytest.raises(ReleaseHeldError, match=r"held: 参保率 as of 2026-06-30 would give back small cells of 1 areas"):
        release(rows, pa.Table.from_pylist(but_one, schema=MEMORY))


def test_a_release_that_gives_an_earlier_cell_back_is_held() -> None:
    """May hid the second village beside the first; who was once shown that subtracts."""
    may = release(table(figures("参保率", BEFORE, MAY)), None).memory.to_pylist()
    shown = [row | {"as_of": date(2026, 4, 30), "hidden": False} for row in may if row["area"] == village(2)]
    grown = {area: (with_ + 9, rest + 9) for area, (with_, rest) in BEFORE.items()}
    with pytest.raises(ReleaseHeldError, match="as of 2026-05-31"):
        release(table(figures("参保率", grown)), pa.Table.from_pylist([*may, *shown], schema=MEMORY))
    assert hidden(release(table(figures("参保率", grown)), pa.Table.from_pylist(may, schema=MEMORY))) == set()


def test_exact_and_rounded_figures_are_not_given_to_one_recipient() -> None:
    rows = table(figures("参保率", BEFORE))
    for first, second in ((None, KEY), (KEY, None)):
        memory = release(rows, None, first).memory
        with pytest.raises(MixedReleaseError, match="rounded"):
            release(rows, memory, second)


def test_what_is_remembered_is_kept_once_beside_the_keys(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    first = release(table(figures("参保率", BEFORE)), remembered_of(lake, "press"))
    for _ in range(2):
        remember(lake, "press", first.memory)
    kept = remembered_of(lake, "press")
    assert kept is not None
    assert kept.num_rows == first.memory.num_rows
    assert lake.given("press").stat().st_mode & 0o077 == 0


def test_rounding_is_right_on_average_and_the_same_every_time() -> None:
    for count in range(10):
        drawn = [rounded_count(count, KEY, f"{n}") for n in range(4000)]
        assert set(drawn) <= {count - count % 5, count - count % 5 + 5}
        assert np.mean(drawn) == pytest.approx(count, abs=0.2)
    assert rounded_count(7, KEY, "a") == rounded_count(7, KEY, "a")


@pytest.mark.parametrize("seed", range(6))
def test_rounded_counts_leave_five_for_every_count_whoever_adds_them_up(seed: int) -> None:
    chance = np.random.default_rng(seed)
    counts: dict[str, int] = {}
    for township in range(3):
        for number in range(1 + seed % 4):
            counts[village(number, 100 + township)] = int(chance.integers(0, 12))
    areas = list(counts)
    for area in areas:
        for digits in (6, 9):
            counts[area[:digits]] = counts.get(area[:digits], 0) + counts[area]
    rounded = round_tree(counts, KEY, "label")
    assert all(n % 5 == 0 for n in rounded.values())
    rows, limits = [], []
    for total in (area for area in counts if len(area) < 12):
        own = np.array([float(area.startswith(total)) for area in areas])
        rows += [own, -own]
        limits += [rounded[total] + 5, -max(0, rounded[total] - 5)]
    bounds = [(max(0, rounded[area] - 5), rounded[area] + 5) for area in areas]
    for place in range(len(areas)):
        aim = np.eye(len(areas))[place]
        least, most = (
            linprog(sign * aim, A_ub=np.array(rows), b_ub=limits, bounds=bounds, method="highs") for sign in (1, -1)
        )
        assert -most.fun - least.fun >= 5 - 1e-6, areas[place]


def test_a_home_gives_aggregates_that_keep_their_promises(
    night_home: Path, tmp_path: Path, give_aggregates: Callable[..., Any]
) -> None:
    home = copy_home(night_home, tmp_path / "home")
    path = give_aggregates(home)
    assert give_aggregates(home) == path
    with reading_published(Lake(home)) as connection:
        connection.execute(f"ATTACH '{path}' AS given (READ_ONLY)")
        small = connection.execute(
            f"""SELECT count(*) FROM evaluation.indicators i JOIN given.evaluation.indicators g
              USING (county, as_of, area_code, indicator)
            WHERE i.as_of = DATE '{AS_OF}' AND i.indicator NOT LIKE '两线差%' AND g.numerator IS NOT NULL
              AND (i.numerator_persons BETWEEN 1 AND 4 OR i.rest_persons BETWEEN 1 AND 4)"""
        ).fetchone()
    assert small == (0,)
    with pytest.raises(MixedReleaseError):
        give_aggregates(home, rounded=True)


@pytest.fixture
def give_aggregates() -> Callable[..., Any]:
    from actors import acting
    from homes import settings_of

    from pipelines.reading_out.exporting import export

    def give(home: Path, **over: Any) -> Path:
        settings = acting(settings_of(home), purpose="评估")
        return export(settings, target="duckdb", recipient="press", aggregates=True, **over).path

    return give
