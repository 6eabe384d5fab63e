"""Estimates agree with R ``survey`` (warehouse/evaluation/r: script and recorded figures), and say what they cannot."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from warehouse.evaluation.sampling.estimates import Weighted, estimate_of, estimate_ratio

R = Path(__file__).parent / "r"
RECORDED = json.loads((R / "recorded.json").read_text())["rows"]
with (R / "households.csv").open(newline="") as stream:
    ROWS = list(csv.DictReader(stream))


def column(name: str) -> Any:
    return np.array([float(row[name]) for row in ROWS])


DESIGN = Weighted(column("weight"), column("stratum").astype(int), column("psu").astype(int) - 1)
ONES = np.ones(len(ROWS))


def within(domain: str) -> Any:
    return np.array([domain in ("all", row["township"], row["group"]) for row in ROWS])


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda r: r["domain"])
def test_proportions_domains_and_ratios_are_those_of_r_survey(recorded: dict[str, Any]) -> None:
    domain = within(recorded["domain"])
    share = estimate_ratio(DESIGN, column("satisfied"), ONES, domain)
    ratio = estimate_ratio(DESIGN, column("wrong") * column("persons"), column("persons"), domain)
    assert (share.cases, share.df) == (recorded["n"], recorded["df"])
    assert share.value == pytest.approx(recorded["share"], rel=1e-9)
    assert ratio.value == pytest.approx(recorded["ratio"], rel=1e-9)
    if recorded["df"] == 0:
        assert (share.se, share.interval, ratio.se, ratio.interval) == (None, None, None, None)
        return
    assert share.se == pytest.approx(recorded["share_se"], rel=1e-9)
    assert ratio.se == pytest.approx(recorded["ratio_se"], rel=1e-9)
    assert share.logit == pytest.approx(recorded["logit"], rel=1e-9)
    assert share.korn_graubard == pytest.approx(recorded["beta"], rel=1e-9)


def test_a_lone_village_is_centred_at_the_county() -> None:
    """Two villages with one household each, a third alone in its township: worked by hand."""
    design = Weighted(np.array([2.0, 2.0, 4.0]), np.array([0, 0, 1]), np.array([0, 1, 2]))
    y, x = np.array([1.0, 0.0, 1.0]), np.ones(3)
    got = estimate_ratio(design, y, x, np.ones(3, dtype=bool))
    p = 6 / 8
    z = 2 * (1 - p) / 8, 2 * (0 - p) / 8, 4 * (1 - p) / 8
    mean = (z[0] + z[1]) / 2
    variance = 2 * ((z[0] - mean) ** 2 + (z[1] - mean) ** 2) + z[2] ** 2
    assert (got.value, got.df) == (p, 1)
    assert got.se == pytest.approx(variance**0.5, rel=1e-12)


def test_a_share_of_nothing_has_an_upper_bound_and_no_logit() -> None:
    none = estimate_of(0.0, 0.0, df=20, cases=100, events=0)
    assert none.logit is None
    assert none.korn_graubard is not None
    low, high = none.korn_graubard
    assert low == 0
    assert 0.03 < high < 0.05
    assert none.complement().korn_graubard == (1 - high, 1.0)


def test_few_cases_are_told_by_korn_and_graubard() -> None:
    assert (few := estimate_of(0.05, 0.0004, df=20, cases=100, events=5)).interval == few.korn_graubard
    assert (many := estimate_of(0.3, 0.002, df=20, cases=100, events=30)).interval == many.logit


def test_nobody_asked_is_no_share() -> None:
    with pytest.raises(ValueError, match="nobody"):
        estimate_ratio(DESIGN, ONES, ONES, np.zeros(len(ROWS), dtype=bool))
