"""RL: households that are moved live in their new houses, are not paid for two, and leave the old one (易地搬迁)."""

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.departments import Department
from expectations.rule import PERSON, RELOCATION, Evidence, Family, Reading, Severity, Visit, rule
from expectations.rules.needs import HO, RE
from expectations.terms import County, add_months, listed
from expectations.values import Values

FAMILY = Family("RL", 9, "易地搬迁", "relocation")
_BASIS = "易地扶贫搬迁与安置住房管理要求"
_OWN_ROW = ("household_no", "head_name", "head_id", "plan_year", "completed_on", "moved_in_on")


def _by_head(rows: Table) -> Table:
    """``rows`` by their head; the household's number as it was sent says where they lie, if nothing better does."""
    return rows.rename(person_id="head_id", stated_household_no="household_no")


def _moved_in(c: County) -> Table:
    """Relocations of households that had moved in by the day of the relocations."""
    return c.beside(c.rows[RE], "relocation_day").filter(_.moved_in_on <= _.relocation_day)


@rule(
    "RL01",
    "搬迁未入住",
    "moved by plan, not moved in",
    owner=Department.DEVELOPMENT,
    severity=Severity.MEDIUM,
    subject=RELOCATION,
    needs=(RE,),
    sentence="计划年度早于数据截止年度的搬迁户，报送的入住日期为空或晚于数据截止日，且竣工日期为空，或竣工已超过规定月数。",
    expected="安置住房竣工后{months}个月内入住",
    actual="计划年度{plan_year}，竣工日期{completed_on}，入住日期{moved_in_on}",
    explanation="搬迁户{head_name}（搬迁编号{relocation_no}）列入{plan_year}年计划，竣工日期{completed_on}，入住日期{moved_in_on}，"
    "请核实是否已经入住，没有入住的是什么原因。",
    facts={"months": None},
    clears_when="发改部门核实后更新竣工、入住日期；没有入住的，帮助解决困难后入住。",
    basis=_BASIS,
    visit=Visit("新房建好没有，全家现在住在哪里；没有搬的，有什么困难。", ("搬迁安置协议", "安置住房交付手续")),
    evidence=(Evidence(RE, ("relocation_no",), _OWN_ROW),),
    policy_keys=("relocation.move_in_months",),
    reads=(Reading(RE, "moved_in_on", as_sent=True), Reading(RE, "completed_on")),
)
def moved_household_lives_in_its_new_house(c: County, p: Values) -> Table:
    """Relocations of past years that nobody has moved by, although the house has long been ready, or is not."""
    rows, months = c.beside(c.rows[RE], "relocation_day"), p["relocation.move_in_months"]
    found = rows.filter(
        rows.plan_year < rows.relocation_day.year(),
        rows.moved_in_on.isnull() | (rows.moved_in_on > rows.relocation_day),
        rows.completed_on.isnull() | (add_months(rows.completed_on, months) < rows.relocation_day),
    )
    return _by_head(found).mutate(months=ibis.literal(int(months)))


def _moved_and_renovated(c: County) -> Table:
    """Relocations that were moved by, beside paid housing cases of their heads whose plan years lie close."""
    years = int(c.values.of(RE, HO)["housing.repeat_years"])
    moved = _moved_in(c).filter(_.head_id.notnull())
    moves = moved.select("relocation_no", person_id="head_id", name="head_name", moved_for="plan_year")
    cases = c.rows[HO].filter(_.paid > 0, _.head_id.notnull(), _.plan_year.notnull())
    both = moves.inner_join(cases.select("case_no", person_id="head_id", renovated_for="plan_year"), "person_id")
    return both.filter((both.moved_for - both.renovated_for).abs() < years)


@rule(
    "RL02",
    "搬迁与危改重复",
    "moved and renovated",
    owner=Department.HOUSING,
    severity=Severity.MEDIUM,
    subject=PERSON,
    needs=(RE, HO),
    sentence="搬迁户主已入住，其本人又有已拨付补助的危改档案，两者计划年度相差不足规定年数。",
    expected="{years}年内不重复享受搬迁与危改",
    actual="已入住的搬迁（{moved_for}年计划），已拨付补助的危改档案（{cases}）",
    explanation="{name}已易地搬迁入住（{moved_for}年计划），又在{years}年内作为户主享受危改补助（档案{cases}），"
    "请核实是哪一处住房、能否两项都享受。",
    facts={"years": None, "cases": None, "moved_for": None},
    clears_when="住建、发改部门核实后更正一方，或收回不应享受的补助。",
    basis="易地扶贫搬迁与农村危房改造补助资金管理要求",
    visit=Visit("全家现在住在哪里；老房子改造过没有，是哪一年、哪一处房子。", ("搬迁安置协议", "危房改造协议")),
    evidence=(
        Evidence(
            RE,
            ("person_id",),
            ("head_name", "head_id", "plan_year", "moved_in_on"),
            lambda c: c.rows[RE].semi_join(_moved_and_renovated(c), "relocation_no").mutate(person_id=_.head_id),
        ),
        Evidence(
            HO,
            ("person_id",),
            ("head_name", "head_id", "plan_year", "paid", "paid_on"),
            lambda c: c.rows[HO].semi_join(_moved_and_renovated(c), "case_no").mutate(person_id=_.head_id),
        ),
    ),
    policy_keys=("housing.repeat_years",),
    reads=(Reading(RE, "moved_in_on", silent=True), Reading(HO, "plan_year", silent=True)),
)
def household_is_moved_or_renovated(c: County, p: Values) -> Table:
    """Heads who moved in and have a paid housing case planned for about the same years."""
    both = _moved_and_renovated(c)
    cases = listed(both, "person_id", "case_no", "cases")
    planned = both.mutate(moved_for=both.moved_for.cast("string"))
    moves = listed(planned, "person_id", "moved_for", "moved_for")
    heads = both.group_by("person_id").agg(name=_.name.min(), case_no=_.case_no.min())
    found = heads.inner_join(cases, "person_id").inner_join(moves, "person_id")
    return found.mutate(years=ibis.literal(int(p["housing.repeat_years"])))


@rule(
    "RL03",
    "旧房未拆除",
    "old house still stands",
    owner=Department.DEVELOPMENT,
    severity=Severity.LOW,
    subject=RELOCATION,
    needs=(RE,),
    sentence="搬迁户入住已超过规定月数，旧房拆除登记为否。",
    expected="入住后{months}个月内拆除旧房",
    actual="入住日期{moved_in_on}，旧房拆除：{old_house_demolished}",
    explanation="搬迁户{head_name}（搬迁编号{relocation_no}）{moved_in_on}入住，已超过{months}个月，旧房拆除登记为"
    "{old_house_demolished}，请核实旧房是否还在、是否按政策可以保留。",
    facts={"months": None},
    clears_when="发改部门核实后更新旧房拆除；按政策保留的说明依据。",
    basis="易地扶贫搬迁旧房拆除与宅基地复垦复绿要求",
    visit=Visit("看旧房还在不在、有没有人住或放东西；没有拆的是什么原因。", ("搬迁安置协议", "旧房拆除协议")),
    evidence=(Evidence(RE, ("relocation_no",), (*_OWN_ROW, "old_house_demolished")),),
    policy_keys=("relocation.demolish_months",),
    reads=(Reading(RE, "moved_in_on", silent=True), Reading(RE, "old_house_demolished", silent=True)),
)
def old_house_is_demolished(c: County, p: Values) -> Table:
    """Relocations by which people moved in longer ago than allowed, and whose old house stands."""
    rows, months = c.beside(c.rows[RE], "relocation_day"), p["relocation.demolish_months"]
    late = rows.filter(add_months(rows.moved_in_on, months) < rows.relocation_day, ~rows.old_house_demolished)
    return _by_head(late).mutate(months=ibis.literal(int(months)))


RULES = (
    moved_household_lives_in_its_new_house,
    household_is_moved_or_renovated,
    old_house_is_demolished,
)
