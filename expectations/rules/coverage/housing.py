"""CV05-CV08: houses are assessed, renovated, accepted, and paid for."""

from dataclasses import replace

import ibis
from ibis.expr.types import Table

from expectations.amount import YUAN, Amount, Side
from expectations.departments import Department
from expectations.rule import (
    CASE,
    HOUSEHOLD,
    Evidence,
    Reading,
    Severity,
    Visit,
    rule,
)
from expectations.rules.evidence import (
    ASSESSMENT,
    NOT_ASSESSED,
    NOT_MOVED,
    OF_ASSESSMENT,
    REGISTERED_MEMBERS,
    RELOCATIONS,
    household_row,
)
from expectations.rules.needs import HO, RE, REGISTER, RM
from expectations.rules.papers import HOUSE
from expectations.terms import (
    County,
    add_months,
)
from expectations.values import Values

BASIS_HOUSING = "农村危房改造与住房安全保障政策"


_ASSESSED = "鉴定等级{grade}（鉴定日期{assessed_on}），改造方式{method}，开工日期{started_on}，验收结果{acceptance}"


@rule(
    "CV05",
    "危房未改造",
    "dangerous house, no project",
    owner=Department.HOUSING,
    severity=Severity.HIGH,
    subject=HOUSEHOLD,
    needs=(*REGISTER, HO),
    sentence="最近一次鉴定等级属应改造的等级，验收未合格，且改造方式为无需改造，或未开工且没有列入数据当年（及以后）计划；"
    "鉴定以后已易地搬迁入住的不问。",
    expected="应改造等级的房屋列入改造计划并开工",
    actual=_ASSESSED,
    explanation="该户住房（户主{head_name}）{assessed_on}鉴定为{grade}级，至今没有改造：改造方式{method}，"
    "计划年度{plan_year}，开工日期{started_on}，验收结果{acceptance}。",
    clears_when="住建部门列入计划并开工，或重新鉴定为安全等级。",
    basis=BASIS_HOUSING,
    visit=Visit("看住房有没有裂缝、漏雨、倾斜；全家现在住在哪里，愿不愿意改造。", HOUSE),
    evidence=(ASSESSMENT, household_row("housing_safe"), RELOCATIONS),
    policy_keys=("housing.grades_to_renovate",),
    reads=(
        replace(OF_ASSESSMENT, column="started_on"),
        replace(OF_ASSESSMENT, column="plan_year"),
        *NOT_MOVED,
    ),
    refuted_by=(RM,),
    heeds=(RE,),
)
def dangerous_house_has_a_project(c: County, p: Values) -> Table:
    """Assessments to be renovated without a project."""
    a = c.beside(c.houses, "housing_day")
    unplanned = a.started_on.isnull() & (a.plan_year.isnull() | (a.plan_year < a.housing_day.year()))
    return a.filter(c.is_dangerous(a, p), (a.method == "无需改造") | unplanned)


@rule(
    "CV06",
    "改造未竣工或未验收",
    "renovation not finished",
    owner=Department.HOUSING,
    severity=Severity.MEDIUM,
    subject=HOUSEHOLD,
    needs=(*REGISTER, HO),
    sentence="应改造的房屋已开工，超过规定月数仍未验收合格；鉴定以后已易地搬迁入住的不问。",
    expected="开工后{months}个月内竣工并验收合格",
    actual=_ASSESSED,
    explanation="该户住房（户主{head_name}）{started_on}开工改造（{method}），已超过{months}个月，验收结果仍为{acceptance}。",
    facts={"months": None},
    clears_when="竣工并验收合格后更新验收结果。",
    basis=BASIS_HOUSING,
    visit=Visit("看改造工程做到哪一步，为什么没有完工或验收。", ("危房改造协议",)),
    evidence=(ASSESSMENT, household_row("housing_safe"), RELOCATIONS),
    policy_keys=("housing.grades_to_renovate", "housing.complete_within_months"),
    reads=(OF_ASSESSMENT, *NOT_MOVED),
    refuted_by=(RM,),
    heeds=(RE,),
)
def renovation_is_finished_in_time(c: County, p: Values) -> Table:
    """Renovations begun longer ago than allowed and not accepted."""
    a = c.beside(c.houses, "housing_day")
    months = p["housing.complete_within_months"]
    late = a.filter(c.is_dangerous(a, p), a.method != "无需改造", add_months(a.started_on, months) < a.housing_day)
    return late.mutate(months=ibis.literal(int(months)))


@rule(
    "CV07",
    "未做住房鉴定",
    "no assessment",
    owner=Department.HOUSING,
    severity=Severity.LOW,
    subject=HOUSEHOLD,
    needs=(*REGISTER, HO),
    sentence="有登记人员的建档立卡户，没有以其家庭成员为户主的住房鉴定；已易地搬迁入住的不问。",
    expected="有住房安全鉴定",
    actual="无鉴定档案",
    explanation="该户（户主{head_name}）没有住房安全鉴定档案（家庭登记人员都不是任何鉴定档案的户主）。",
    clears_when="住建部门组织鉴定并建档；已鉴定的更正档案中的户主证件号码。",
    basis=BASIS_HOUSING,
    visit=Visit("看住房是否安全；以前有没有人来鉴定过，用的是谁的名字。", HOUSE),
    evidence=(household_row("housing_safe"), REGISTERED_MEMBERS, RELOCATIONS),
    absences=(NOT_ASSESSED,),
    reads=NOT_MOVED,
    refuted_by=(RM,),
    heeds=(RE,),
)
def household_is_assessed(c: County, p: Values) -> Table:
    """Households without an assessment."""
    return c.unassessed_households


@rule(
    "CV08",
    "改造补助未足额拨付",
    "subsidy not paid out",
    owner=Department.HOUSING,
    severity=Severity.MEDIUM,
    subject=CASE,
    needs=(HO,),
    sentence="验收合格，竣工超过规定月数，拨付金额少于补助金额。",
    expected="竣工后{months}个月内足额拨付{subsidy}元",
    actual="已拨付{paid}元",
    explanation="危改档案{case_no}（户主{head_name}）{completed_on}竣工并验收合格，应补助{subsidy}元，"
    "超过{months}个月只拨付{paid}元。",
    facts={"months": None},
    clears_when="住建、财政部门足额拨付后更新拨付金额。",
    basis=BASIS_HOUSING,
    visit=Visit("改造补助一共领到多少、还差多少。", ("危房改造协议", "补助到账的银行流水")),
    evidence=(Evidence(HO, ("case_no",), ("head_name", "acceptance", "completed_on", "subsidy", "paid", "paid_on")),),
    policy_keys=("housing.pay_within_months",),
    reads=(Reading(HO, "completed_on"),),
    amount=Amount(Side.OWED, "补助金额 − 拨付金额"),
)
def subsidy_is_paid_out(c: County, p: Values) -> Table:
    """Accepted cases whose subsidy has not been paid out in time."""
    cases = c.beside(c.rows[HO], "housing_day")
    months = p["housing.pay_within_months"]
    late = cases.filter(
        cases.acceptance == "合格",
        add_months(cases.completed_on, months) < cases.housing_day,
        cases.paid < cases.subsidy,
    )
    return late.mutate(months=ibis.literal(int(months)), **{YUAN: late.subsidy - late.paid})


RULES = (
    dangerous_house_has_a_project,
    renovation_is_finished_in_time,
    household_is_assessed,
    subsidy_is_paid_out,
)
