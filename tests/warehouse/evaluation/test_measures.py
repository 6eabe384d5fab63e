"""The rates: weighted right, covering the truth as often as they say, and silent where nothing can be said."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from populations import COUNTY, D, Population, make_population

from expectations.errors import NotYetError, ValueRefusedError
from warehouse.evaluation.sampling import Design, Frame, FrameUnit, Group, Sample, draw_sample
from warehouse.evaluation.sampling.measures import COUNTY as WHOLE
from warehouse.evaluation.sampling.measures import Measure, measure_sample
from warehouse.evaluation.sampling.power import Plan
from warehouse.evaluation.sampling.survey import weigh_interviews

SAMPLES = 2000


@pytest.fixture(scope="module")
def population() -> Population:
    return make_population()


def measured(population: Population, sample: Sample, **over: Any) -> dict[tuple[str, str], Measure]:
    beside = replace(population.administrative(), **over)
    interviews = weigh_interviews(sample, population.answers(sample))
    return {(m.indicator, m.domain): m for m in measure_sample(sample, interviews, beside, by_township=False)}


@pytest.mark.slow
def test_intervals_of_2000_samples_cover_the_truth_93_to_97_times_of_100(population: Population) -> None:
    truth = {
        ("漏评率", WHOLE): population.rate(Group.LOW_INCOME, Group.GENERAL),
        ("错退率", WHOLE): population.rate(Group.EXITED),
        ("识别准确率", WHOLE): 1 - population.rate(Group.OPEN),
        ("群众认可度", WHOLE): population.satisfaction(),
        ("群众认可度", Group.EXITED.label): population.satisfaction(Group.EXITED),
        ("综合贫困发生率", WHOLE): population.composite(),
    }
    covered: Counter[tuple[str, str]] = Counter()
    sums: Counter[tuple[str, str]] = Counter()
    spread: Counter[tuple[str, str]] = Counter()
    for number in range(SAMPLES):
        sample = draw_sample(population.frame, Design(villages=2, households=6, reserve=0), f"c{number}")
        found = measured(population, sample)
        for key, true in truth.items():
            estimate = found[key].estimate
            assert estimate is not None
            assert estimate.interval is not None
            low, high = estimate.interval
            covered[key] += low <= true <= high
            sums[key] += estimate.value
            spread[key] += estimate.se or 0
    for key, true in truth.items():
        assert 0.93 <= covered[key] / SAMPLES <= 0.97, (key, covered[key] / SAMPLES)
        assert abs(sums[key] / SAMPLES - true) < 0.1 * spread[key] / SAMPLES, "a bias of a tenth of the error"


def small_frame() -> Frame:
    """One township of three villages, four exited households each."""
    units = [FrameUnit(Group.EXITED, f"E{v}{n}", f"{COUNTY}10020{v}", 2) for v in range(3) for n in range(4)]
    return Frame(COUNTY, D, tuple(units), {f"{COUNTY}100": "城关镇"}, frozenset())


def result(unit_no: str, village_code: str, **over: Any) -> dict[str, Any]:
    done = {"outcome": "完成", "persons": 2, "verdict": "符合", "satisfaction": "认可"}
    return {"unit_no": unit_no, "village_code": village_code, **done, **over}


def answers(sample: Sample, **by_unit: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [result(u.unit_no, u.village_code, outcome="未访问" if u.reserve else "完成") for u in sample.units]
    return [row | by_unit.get(f"n{place}", {}) for place, row in enumerate(rows)]


def test_whoever_does_not_answer_is_stood_for_by_the_others_of_the_village() -> None:
    sample = draw_sample(small_frame(), Design(villages=3, households=3, reserve=1), "s")
    full = weigh_interviews(sample, answers(sample))
    assert list(full.design.weights) == [pytest.approx(4 / 3)] * 9
    refused = weigh_interviews(sample, answers(sample, n0={"outcome": "拒访"}))
    assert list(refused.design.weights) == [2.0, 2.0, *[pytest.approx(4 / 3)] * 6]
    replaced = weigh_interviews(sample, answers(sample, n0={"outcome": "拒访"}, n3={"outcome": "完成"}))
    assert list(replaced.design.weights) == [pytest.approx(4 / 3)] * 9
    assert replaced.outcomes == {"完成": 9, "拒访": 1}
    gone = weigh_interviews(sample, answers(sample, n0={"outcome": "查无此户"}))
    assert (len(gone.persons), gone.persons[0]) == (9, 0)


def test_a_silent_village_is_carried_by_its_township() -> None:
    sample = draw_sample(small_frame(), Design(villages=3, households=3, reserve=0), "s")
    silent = {f"n{n}": {"outcome": "无人在家"} for n in range(3)}
    interviews = weigh_interviews(sample, answers(sample, **silent))
    assert interviews.widened == 1
    assert interviews.design.weights.sum() == pytest.approx(12)


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"unit_no": "nobody"}, "样本编号不在本次抽样中"),
        ({"village_code": f"{COUNTY}100999"}, "行政区划代码与样本不符"),
        ({"verdict": "漏评"}, "已脱贫户的核查结论不能是“漏评”"),
        ({"persons": None}, "访问完成但缺家庭人口数或核查结论"),
    ],
)
def test_a_result_that_cannot_be_used_is_named_and_weighs_nothing(over: dict[str, Any], reason: str) -> None:
    sample = draw_sample(small_frame(), Design(villages=3, households=3, reserve=0), "s")
    interviews = weigh_interviews(sample, answers(sample, n0=over))
    assert [r.reason for r in interviews.refused] == [reason]
    assert len(interviews.persons) == 8
    with pytest.raises(NotYetError, match="no household"):
        weigh_interviews(sample, [])


def test_certain_villages_have_their_households_as_primary_units() -> None:
    sample = draw_sample(small_frame(), Design(villages=3, households=3, reserve=0), "s")
    assert {v.probability for v in sample.villages} == {Fraction(1)}
    interviews = weigh_interviews(sample, answers(sample))
    assert (len(set(interviews.design.psus)), len(set(interviews.design.strata))) == (9, 3)


def test_without_a_roster_the_general_rate_is_not_measurable_and_missed_people_are_those_of_the_roll(
    population: Population,
) -> None:
    units = tuple(u for u in population.frame.units if u.group is not Group.GENERAL)
    frame = replace(population.frame, units=units, roster_villages=frozenset())
    found = measured(population, draw_sample(frame, Design(), "s"))
    composite = found["综合贫困发生率", WHOLE]
    assert composite.estimate is None
    assert composite.reason is not None
    assert "village_rosters" in composite.reason
    assert composite.verdict == "不能判定"
    assert found["漏评率", WHOLE].of == "低保未建档户人口（不含一般农户）"
    part = replace(population.frame, roster_villages=frozenset(sorted(population.frame.roster_villages)[1:]))
    holed = measured(population, draw_sample(part, Design(), "s"))["综合贫困发生率", WHOLE]
    assert (holed.estimate, holed.reason) == (None, "1个村没有村户名册，一般农户抽样框不完整，不能推算")


def test_a_population_that_nobody_counted_is_not_zero(population: Population) -> None:
    found = measured(population, draw_sample(population.frame, Design(), "s"), agricultural=None, villages_without=7)
    assert found["综合贫困发生率", WHOLE].estimate is None
    assert "7个村没有农业户籍人口数" in (found["综合贫困发生率", WHOLE].reason or "")


def test_a_threshold_is_met_or_missed_only_outside_the_interval(population: Population) -> None:
    sample = draw_sample(population.frame, Design(), "s")

    def verdict(indicator: str, percent: int) -> str:
        limits = {indicator: Decimal(percent)}
        return measured(population, sample, thresholds=limits, widest=None)[indicator, WHOLE].verdict

    assert [verdict("错退率", percent) for percent in (2, 13, 60)] == ["不达标", "不能判定", "达标"]
    assert [verdict("群众认可度", percent) for percent in (20, 80, 99)] == ["达标", "不能判定", "不达标"]


def test_few_households_or_a_wide_interval_are_too_little_to_be_shown(population: Population) -> None:
    sample = draw_sample(population.frame, Design(), "s")
    wide = measured(population, sample, widest=Decimal(1))["错退率", WHOLE]
    assert wide.verdict == "样本不足"
    assert wide.estimate is not None
    row = wide.as_row()
    assert "个百分点，超过1" in (row["reason"] or "")
    assert int("".join(c for c in row["remedy"] or "" if c.isdigit())) > wide.estimate.cases
    few = draw_sample(population.frame, Design(villages=2, households=1, reserve=0), "s")
    thin = measured(population, few, widest=Decimal(100))["错退率", WHOLE]
    assert (thin.verdict, (thin.as_row()["reason"] or "")[:9]) == ("样本不足", "24户，不足30户")
    enough = measured(population, sample, widest=Decimal(100))["错退率", WHOLE]
    assert enough.shortage is None


def test_substitutes_and_the_response_rate_are_counted() -> None:
    sample = draw_sample(small_frame(), Design(villages=3, households=3, reserve=1), "s")
    found = weigh_interviews(sample, answers(sample, n0={"outcome": "拒访"}, n3={"outcome": "完成"}))
    assert (found.substitutes, found.response_rate) == (1, pytest.approx(9 / 10))
    gone = weigh_interviews(sample, answers(sample, n0={"outcome": "查无此户"}))
    assert (gone.substitutes, gone.response_rate) == (0, 1.0)


def test_the_sample_size_is_that_of_the_textbook() -> None:
    """Cochran: 385 for a half at five points; 278 of a thousand."""
    assert Plan(0.5).interviews(0.05) == 385
    assert Plan(0.5, population=1000).interviews(0.05) == 278
    assert Plan(0.5, cluster=6, correlation=0.1).design_effect == 1.5
    assert Plan(0.5, cluster=6, correlation=0.1).interviews(0.05) == 577
    assert Plan(0.5, response=0.8).households(0.05) == 482
    assert Plan(0.02).margin(Plan(0.02).interviews(0.01)) == pytest.approx(0.01, rel=0.01)
    for wrong in ({"rate": 0.0}, {"rate": 0.5, "response": 1.2}, {"rate": 0.5, "cluster": 0}):
        with pytest.raises(ValueRefusedError, match=r"between 0 and 1|at least one"):
            Plan(**wrong)
