"""From observations to a verdict, from a reserve household to the one that it stands for, from thresholds to a size."""

from decimal import Decimal
from typing import Any

import pytest
from populations import Population, make_population

from warehouse.evaluation.sampling import Design, Group, Sample, draw_sample
from warehouse.evaluation.sampling.observations import compare_verdicts, derived_verdict
from warehouse.evaluation.sampling.proposing import expect, propose
from warehouse.evaluation.sampling.survey import weigh_interviews

LINE = Decimal(6000)
FINE: dict[str, Any] = {
    "persons": 2,
    "wage_income": Decimal(9000),
    "business_income": Decimal(2000),
    "property_income": Decimal(0),
    "transfer_income": Decimal(1000),
    "house_safe": True,
    "schooling_safe": True,
    "all_insured": True,
    "water_safe": True,
}
"""A household of two with exactly twice the line, that lacks nothing."""


@pytest.fixture(scope="module")
def population() -> Population:
    return make_population()


@pytest.fixture(scope="module")
def sample(population: Population) -> Sample:
    return draw_sample(population.frame, Design(villages=2, households=3, reserve=1), "s")


@pytest.mark.parametrize(
    ("seen", "open_", "exited", "outside"),
    [
        ({}, "错评", "符合", "符合"),
        ({"wage_income": Decimal("8999.99")}, "符合", "错退", "漏评"),
        ({"water_safe": False}, "符合", "错退", "漏评"),
        ({"house_safe": False, "wage_income": None}, "符合", "错退", "漏评"),
        ({"wage_income": None}, None, None, None),
        ({"all_insured": None}, None, None, None),
    ],
)
def test_a_verdict_follows_from_what_was_observed(
    seen: dict[str, Any], open_: str | None, exited: str | None, outside: str | None
) -> None:
    groups = (Group.OPEN, Group.EXITED, Group.LOW_INCOME, Group.GENERAL)
    assert [derived_verdict(g, FINE | seen, LINE) for g in groups] == [open_, exited, outside, outside]
    assert derived_verdict(Group.OPEN, FINE, None) is None


def test_verdicts_that_differ_from_the_observations_are_named(population: Population, sample: Sample) -> None:
    rows = population.answers(sample)
    assert compare_verdicts(sample, rows, LINE) == {"compared": 0, "differ": []}
    exited = next(u for u in sample.units if u.group is Group.EXITED and not u.reserve)
    for row in rows:
        if row["unit_no"] == exited.unit_no:
            row |= FINE | {"verdict": "错退"}
    told = {"unit_no": exited.unit_no, "given": "错退", "derived": "符合"}
    assert compare_verdicts(sample, rows, LINE) == {"compared": 1, "differ": [told]}


def test_a_reserve_household_stands_for_a_drawn_one_of_its_village_and_group_that_was_not_finished(
    population: Population, sample: Sample
) -> None:
    spare = next(u for u in sample.units if u.reserve)
    own = [u for u in sample.units if (u.village_code, u.group) == (spare.village_code, spare.group) and not u.reserve]
    other = next(u for u in sample.units if u.village_code != spare.village_code and not u.reserve)

    def taken(substitute_for: str, **unfinished: str) -> tuple[dict[str, str], list[str]]:
        rows = population.answers(sample)
        for row in rows:
            row["outcome"] = unfinished.get(row["unit_no"], row["outcome"])
            if row["unit_no"] == spare.unit_no:
                row |= {"outcome": "完成", "substitute_for": substitute_for}
        found = weigh_interviews(sample, rows)
        return dict(found.stands_for), [one.reason for one in found.refused]

    gone = {own[0].unit_no: "拒访"}
    assert taken(own[0].unit_no, **gone) == ({spare.unit_no: own[0].unit_no}, [])
    assert taken(own[0].unit_no) == ({}, ["替代的样本编号不是未完成访问的主样本"])
    assert taken(other.unit_no, **{other.unit_no: "拒访"}) == ({}, ["替代的样本户不在本村本类"])
    assert taken("nobody") == ({}, ["替代的样本编号不是未完成访问的主样本"])


def test_a_proposed_sample_decides_by_every_threshold_and_the_one_before_does_not(population: Population) -> None:
    limits = {"漏评率": Decimal(2), "错退率": Decimal(2), "群众认可度": Decimal(90)}
    design = propose(population.frame, limits)
    found = expect(population.frame, design, limits)
    assert [one.indicator for one in found] == list(limits)
    assert all(one.decides and one.needed <= one.interviews for one in found)
    for one in found:
        low, high = one.interval(one.interviews)
        assert (low >= one.threshold) if one.indicator == "群众认可度" else (high <= one.threshold)
    assert design.villages * design.households > 12, "two villages of six households cannot tell 1 % from 2 %"
    usual = {one.indicator: one for one in expect(population.frame, Design(), limits)}
    assert not usual["错退率"].decides
    assert usual["错退率"].needed > usual["错退率"].interviews
    fewer = Design(design.villages - 1, design.households)
    assert not all(one.decides for one in expect(population.frame, fewer, limits))
    assert propose(population.frame, {}) == Design(2, 6, 2)
