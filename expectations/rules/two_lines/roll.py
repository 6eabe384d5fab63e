"""TL02-TL04, TL11: households of the register that are on the roll, or should be."""

from dataclasses import replace

from ibis import _
from ibis.expr.types import Table

from expectations.departments import Department
from expectations.rule import (
    HOUSEHOLD,
    Doubt,
    Severity,
    Visit,
    rule,
)
from expectations.rules.evidence import (
    HOUSEHOLD_OFF_ROLL,
    HOUSEHOLD_ON_ROLL,
    IN_FORCE,
    NOT_ON_ROLL,
    REGISTERED_MEMBERS,
    household_row,
)
from expectations.rules.needs import LOW_INCOME, REGISTER, RM
from expectations.rules.papers import BENEFIT, INCOME
from expectations.rules.two_lines.basis import BASIS_TWO_LINES
from expectations.terms import (
    County,
    listed,
    money,
)
from expectations.values import Values

_COVERED_WITHOUT_HOUSEHOLD_ROW = Doubt(
    ("household_no",),
    lambda c: c.households_covered_without_household_row,
    why="户内有在册人员在低保成员名册中为保障对象，但该证没有现行的户记录",
)


def _off_the_roll(c: County, households: Table) -> Table:
    """``households`` without a registered person on the roll."""
    return households.anti_join(c.registered_on_roll, "household_no")


@rule(
    "TL02",
    "应保未保",
    "eligible, not on the roll",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.HIGH,
    subject=HOUSEHOLD,
    needs=REGISTER + LOW_INCOME,
    sentence="未脱贫或返贫户，本年度人均纯收入低于农村低保标准 × 12，全家登记人员无一人在保。",
    expected="人均纯收入低于农村低保标准{threshold}元/年，应纳入低保或特困",
    actual="人均纯收入{income_current}元/年，全家无人在保",
    explanation="该户（户主{head_name}）为{poverty_status}户，建档立卡登记本年度人均纯收入{income_current}元，"
    "低于农村低保标准每年{threshold}元，但民政低保、特困名册中全家无一人在保。",
    facts={"threshold": None},
    clears_when="民政部门核实后将该户纳入低保（特困），或扶贫部门复核收入后不低于标准。",
    basis=BASIS_TWO_LINES,
    visit=Visit("家里几口人、靠什么收入，近一年大约多少；有没有申请过低保，为什么没有批。", INCOME),
    evidence=(household_row("poverty_status", "income_current"), REGISTERED_MEMBERS, *HOUSEHOLD_OFF_ROLL),
    absences=(NOT_ON_ROLL,),
    doubts=(_COVERED_WITHOUT_HOUSEHOLD_ROW,),
    policy_keys=("low_income_standard.rural",),
    reads=(replace(IN_FORCE, silent=True),),
    refuted_by=(RM,),
)
def eligible_household_is_on_the_roll(c: County, p: Values) -> Table:
    """Open households with income below the rural standard and nobody on the roll."""
    threshold = money(p["low_income_standard.rural"] * 12)
    return _off_the_roll(c, c.open_households.filter(_.income_current < threshold)).mutate(threshold=threshold)


@rule(
    "TL03",
    "登记为低保户但不在保",
    "typed low-income, not in force",
    owner=Department.REGISTER,
    severity=Severity.HIGH,
    subject=HOUSEHOLD,
    needs=REGISTER + LOW_INCOME,
    sentence="户类型为低保户或特困供养户，全家登记人员无一人在保。",
    expected="户类型为{household_type}，民政名册中应有家庭成员在保",
    actual="民政名册中全家无人在保",
    explanation="该户（户主{head_name}）在建档立卡中登记为{household_type}，但民政低保、特困名册中全家无一人在保。",
    clears_when="扶贫部门按民政名册更正户类型，或民政部门将该户纳入保障。",
    basis=BASIS_TWO_LINES,
    visit=Visit("现在还领不领低保或特困金，什么时候停的、为什么停。", BENEFIT),
    evidence=(household_row("household_type"), REGISTERED_MEMBERS, *HOUSEHOLD_OFF_ROLL),
    absences=(NOT_ON_ROLL,),
    doubts=(_COVERED_WITHOUT_HOUSEHOLD_ROW,),
    reads=(replace(IN_FORCE, silent=True),),
    refuted_by=(RM,),
)
def household_typed_low_income_is_in_force(c: County, p: Values) -> Table:
    """Households typed 低保户 or 特困供养户 with nobody on the roll."""
    typed = c.households.filter(_.household_type.isin(("低保户", "特困供养户")))
    return _off_the_roll(c, typed)


@rule(
    "TL04",
    "在保但户类型未更新",
    "on the roll, typed general",
    owner=Department.REGISTER,
    severity=Severity.MEDIUM,
    subject=HOUSEHOLD,
    needs=REGISTER + LOW_INCOME,
    sentence="户类型为一般户，而家庭中有登记人员在保。",
    expected="家中有人在保，户类型应为低保户或特困供养户",
    actual="户类型为{household_type}，在保人员{people_on_roll}人",
    explanation="该户（户主{head_name}）在建档立卡中登记为{household_type}，但民政名册中家里有{people_on_roll}人在保"
    "（低保证号{certificates}）。",
    facts={"people_on_roll": None, "certificates": None},
    clears_when="扶贫部门把户类型更新为低保户或特困供养户，或民政部门停保。",
    basis=BASIS_TWO_LINES,
    visit=Visit("现在是不是在领低保或特困金，从什么时候开始领。", BENEFIT),
    evidence=(household_row("household_type"), *HOUSEHOLD_ON_ROLL),
    reads=(replace(IN_FORCE, rows=lambda c: c.registered_on_roll.select("household_no", "certificate_no")),),
)
def household_on_the_roll_is_typed_so(c: County, p: Values) -> Table:
    """Households typed 一般户 with a registered person on the roll."""
    general = c.households.filter(_.household_type == "一般户")
    people = c.registered_on_roll.group_by("household_no").agg(people_on_roll=_.person_id.nunique())
    certificates = listed(c.registered_on_roll, "household_no", "certificate_no", "certificates")
    return general.inner_join(people, "household_no").inner_join(certificates, "household_no")


@rule(
    "TL11",
    "退出户低于低保标准未在保",
    "exited, below the standard, not on the roll",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.MEDIUM,
    subject=HOUSEHOLD,
    needs=REGISTER + LOW_INCOME,
    sentence="已脱贫户，本年度人均纯收入低于农村低保标准 × 12，全家登记人员无一人在保。",
    expected="人均纯收入低于农村低保标准{threshold}元/年，应核实是否纳入低保或特困",
    actual="人均纯收入{income_current}元/年，全家无人在保",
    explanation="该户（户主{head_name}）登记为已脱贫，建档立卡登记本年度人均纯收入{income_current}元，"
    "低于农村低保标准每年{threshold}元，但民政低保、特困名册中全家无一人在保。",
    facts={"threshold": None},
    clears_when="民政部门核实后将该户纳入低保（特困），或扶贫部门复核收入后不低于标准。",
    basis=BASIS_TWO_LINES,
    visit=Visit("脱贫以后靠什么收入，近一年大约多少；有没有申请过低保，为什么没有批。", INCOME),
    evidence=(
        household_row("poverty_status", "exit_year", "income_current"),
        REGISTERED_MEMBERS,
        *HOUSEHOLD_OFF_ROLL,
    ),
    absences=(NOT_ON_ROLL,),
    doubts=(_COVERED_WITHOUT_HOUSEHOLD_ROW,),
    policy_keys=("low_income_standard.rural",),
    reads=(replace(IN_FORCE, silent=True),),
    refuted_by=(RM,),
)
def exited_household_below_the_standard_is_on_the_roll(c: County, p: Values) -> Table:
    """Exited households with income below the rural standard and nobody on the roll."""
    threshold = money(p["low_income_standard.rural"] * 12)
    return _off_the_roll(c, c.exited_households.filter(_.income_current < threshold)).mutate(threshold=threshold)


RULES = (
    eligible_household_is_on_the_roll,
    household_typed_low_income_is_in_force,
    household_on_the_roll_is_typed_so,
    exited_household_below_the_standard_is_on_the_roll,
)
