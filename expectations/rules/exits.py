"""EX: households that left poverty and in which a guarantee fails (错退)."""

from dataclasses import replace
from functools import cached_property
from typing import Final

from ibis import _, literal
from ibis.expr.types import Table

from expectations.departments import Department
from expectations.feed import Personal
from expectations.masks import masked_name
from expectations.rule import HOUSEHOLD, Evidence, Family, Period, Reading, Severity, Suspicion, Visit, Waits, rule
from expectations.rules.evidence import (
    ASSESSMENT,
    HOUSEHOLD_NOT_AT_SCHOOL,
    HOUSEHOLD_NOT_INSURED,
    HOUSEHOLD_OTHERWISE_AT_SCHOOL,
    HOUSEHOLD_OTHERWISE_ENROLLED,
    NOT_MOVED,
    RELOCATIONS,
    household_row,
    out_of_school_of_households,
    uninsured_of_households,
)
from expectations.rules.needs import HO, IN, RE, REGISTER, RH, RM, ST
from expectations.rules.papers import HOUSE, IDENTITY, INCOME, INSURANCE, SCHOOL, WATER
from expectations.terms import County, listed, money, with_flag
from expectations.values import Values

FAMILY = Family("EX", 3, "退出质量", "exit quality")
BASIS_EXIT = "贫困退出机制（两不愁三保障）与巩固拓展脱贫攻坚成果要求"


def _people_of(households: Table, people: Table, registered_names: Table, column: str) -> Table:
    """``households`` that have one of ``people`` (household_no, person_id), with their names listed in ``column``."""
    named = people.inner_join(registered_names, ["household_no", "person_id"])
    shown = named.mutate(**{column: named.name, f"{column}_masked": masked_name(named.name)})
    names = listed(shown, "household_no", column, column)
    masked = listed(shown, "household_no", f"{column}_masked", f"{column}_masked")
    return households.inner_join(names, "household_no").inner_join(masked, "household_no")


def _names(c: County) -> Table:
    numbered = c.register_people.filter(_.person_id.notnull())
    return numbered.select("household_no", "person_id", "name").distinct()


@rule(
    "EX01",
    "退出收入不达标",
    "exited below the line",
    owner=Department.REGISTER,
    severity=Severity.HIGH,
    subject=HOUSEHOLD,
    needs=REGISTER,
    sentence="已脱贫户本年度人均纯收入低于扶贫标准，或上年度人均纯收入低于上年末的扶贫标准。",
    expected="本年度收入不低于{line}元，上年度收入不低于{line_before}元",
    actual="本年度人均纯收入{income_current}元，上年度{income_previous}元",
    explanation="该户（户主{head_name}）登记为已脱贫，本年度人均纯收入{income_current}元（扶贫标准{line}元），"
    "上年度人均纯收入{income_previous}元（上年末扶贫标准{line_before}元），收入没有达到标准。",
    facts={"line": None, "line_before": None},
    clears_when="扶贫部门复核收入并更正；确实不达标的按程序返贫或纳入监测帮扶。",
    basis=BASIS_EXIT,
    visit=Visit("脱贫以后收入有没有下降，今年靠什么收入、多少钱。", INCOME),
    evidence=(household_row("poverty_status", "exit_year", "income_current", "income_previous"),),
    policy_keys=("poverty_line",),
    policy_keys_before=("poverty_line",),
    suspects=Suspicion.WRONG_EXIT,
)
def exited_income_reaches_the_line(c: County, p: Values) -> Table:
    """Exited households below the line, this year or the year before."""
    line, before = money(p["poverty_line"]), money(p.year_before()["poverty_line"])
    below = c.exited_households.filter((_.income_current < line) | (_.income_previous < before))
    return below.mutate(line=line, line_before=before)


def _relocations_of_safe(c: County) -> Table:
    """Of households that the register calls safe: the others are found whether they moved or not."""
    safe = c.exited_households.filter(_.housing_safe).select("household_no")
    return c.relocated.semi_join(safe, "household_no").select("household_no", "relocation_no")


@rule(
    "EX02",
    "退出住房不安全",
    "exited in an unsafe house",
    owner=Department.HOUSING,
    severity=Severity.HIGH,
    subject=HOUSEHOLD,
    needs=(*REGISTER, HO),
    sentence="已脱贫户登记住房不安全，或最近一次鉴定等级属应改造的等级且验收未合格（鉴定以后已易地搬迁入住的不看鉴定）。",
    expected="住房安全有保障",
    actual="登记住房安全：{housing_safe}；最近鉴定等级{grade}，验收结果{acceptance}",
    explanation="该户（户主{head_name}）登记为已脱贫，但住房没有保障：建档立卡登记住房安全为{housing_safe}，"
    "住建部门最近鉴定等级{grade}（{assessed_on}），验收结果{acceptance}。",
    clears_when="住建部门完成改造并验收合格，或两部门核实后更正登记。",
    basis=BASIS_EXIT,
    visit=Visit("看住房是否安全；全家现在住在哪里。", HOUSE),
    evidence=(household_row("poverty_status", "exit_year", "housing_safe"), ASSESSMENT, RELOCATIONS),
    policy_keys=("housing.grades_to_renovate",),
    suspects=Suspicion.WRONG_EXIT,
    reads=tuple(replace(read, rows=_relocations_of_safe) for read in NOT_MOVED),
    refuted_by=(RM,),
    heeds=(RE,),
)
def exited_house_is_safe(c: County, p: Values) -> Table:
    """Exited households whose house is unsafe by either book."""
    a = c.houses
    dangerous = with_flag(c.exited_households, a.filter(c.is_dangerous(a, p)), "household_no", "dangerous")
    unsafe = dangerous.filter(~dangerous.housing_safe | dangerous.dangerous)
    assessed = a.select("household_no", "grade", "assessed_on", "acceptance")
    return unsafe.left_join(assessed, "household_no").drop("household_no_right")


@rule(
    "EX03",
    "退出有辍学",
    "exited with a child out of school",
    owner=Department.EDUCATION,
    severity=Severity.HIGH,
    subject=HOUSEHOLD,
    needs=(*REGISTER, ST),
    sentence="已脱贫户中有登记的义务教育年龄儿童没有学籍（同 CV03）。",
    expected="适龄儿童都在学",
    actual="无学籍记录的适龄儿童：{children}",
    explanation="该户（户主{head_name}）登记为已脱贫，但家中义务教育年龄儿童{children}在{school_year}学年没有"
    "在读、休学、送教上门、延缓入学或县外就读的学籍记录。",
    facts={"children": Personal.NAME},
    clears_when="劝返复学或补登学籍；证件号码有误的更正号码。",
    basis=BASIS_EXIT,
    visit=Visit("孩子现在在哪里上学；没有上学的，从什么时候、因为什么不上的。", (*IDENTITY, *SCHOOL)),
    evidence=(
        household_row("poverty_status", "exit_year"),
        Evidence(
            RM,
            ("household_no",),
            ("name", "person_id", "person_status"),
            lambda c: c.rows[RM].semi_join(out_of_school_of_households(c), ["household_no", "person_id"]),
        ),
        HOUSEHOLD_OTHERWISE_AT_SCHOOL,
    ),
    absences=(HOUSEHOLD_NOT_AT_SCHOOL,),
    period=Period.SCHOOL_YEAR,
    waits_for=(Waits.SCHOOL_YEAR_SETTLED,),
    policy_keys=("compulsory_age", "school.settled_on", "school.ends_on"),
    suspects=Suspicion.WRONG_EXIT,
)
def exited_children_are_in_school(c: County, p: Values) -> Table:
    """Exited households with a registered child out of school."""
    children = out_of_school_of_households(c)
    found = _people_of(c.exited_households, children, _names(c), "children")
    return c.beside(found, "current_school_year").rename(school_year="current_school_year")


@rule(
    "EX04",
    "退出未参保",
    "exited and uninsured",
    owner=Department.HEALTH_INSURANCE,
    severity=Severity.HIGH,
    subject=HOUSEHOLD,
    needs=(*REGISTER, IN),
    sentence="已脱贫户中有登记人员未参加基本医保（同 CV01）。",
    expected="全家登记人员{insurance_year}年度正常参保",
    actual="{insurance_year}年度未参保：{uninsured}",
    explanation="该户（户主{head_name}）登记为已脱贫，但家庭成员{uninsured}在医保部门没有{insurance_year}年度"
    "正常参保的记录。",
    facts={"insurance_year": None, "uninsured": Personal.NAME},
    clears_when="为其办理参保缴费，或提供已在别处参保的记录；证件号码有误的更正号码。",
    basis=BASIS_EXIT,
    visit=Visit("家里谁没有参加医保，是什么原因，有没有在外地参加。", INSURANCE),
    evidence=(
        household_row("poverty_status", "exit_year"),
        Evidence(
            RM,
            ("household_no",),
            ("name", "person_id", "person_status"),
            lambda c: c.rows[RM].semi_join(uninsured_of_households(c), ["household_no", "person_id"]),
        ),
        HOUSEHOLD_OTHERWISE_ENROLLED,
    ),
    absences=(HOUSEHOLD_NOT_INSURED,),
    period=Period.INSURANCE_YEAR,
    waits_for=(Waits.INSURANCE_YEAR_BEGUN,),
    policy_keys=("insurance.settled_on",),
    suspects=Suspicion.WRONG_EXIT,
)
def exited_people_are_insured(c: County, p: Values) -> Table:
    """Exited households with an uninsured registered person."""
    found = _people_of(c.exited_households, uninsured_of_households(c), _names(c), "uninsured")
    return c.beside(found, "insurance_year")


@rule(
    "EX05",
    "退出饮水不安全",
    "exited without safe water",
    owner=Department.WATER,
    severity=Severity.MEDIUM,
    subject=HOUSEHOLD,
    needs=REGISTER,
    sentence="已脱贫户登记饮水不安全。",
    expected="饮水安全有保障",
    actual="登记饮水安全：{water_safe}",
    explanation="该户（户主{head_name}）登记为已脱贫，但建档立卡登记饮水安全为{water_safe}，饮水没有保障。",
    clears_when="水务部门解决饮水并由扶贫部门更新登记，或两部门核实后更正登记。",
    basis=BASIS_EXIT,
    visit=Visit("平时喝什么水，取水远不远，一年里有没有断水的时候。", WATER),
    evidence=(household_row("poverty_status", "exit_year", "water_safe"),),
    reads=(Reading(RH, "water_safe", silent=True),),
    suspects=Suspicion.WRONG_EXIT,
)
def exited_household_has_safe_water(c: County, p: Values) -> Table:
    """Exited households whose water is unsafe by the register; what is not said is no finding."""
    return c.exited_households.filter(~_.water_safe)


class AsIfExited(County):
    """A county in which every open household has left poverty today: the rules above say what would fail it."""

    @cached_property
    def exited_households(self) -> Table:
        """未脱贫 or 返贫."""
        return self.open_households

    @cached_property
    def households_with_unnumbered_members(self) -> Table:
        """None: nobody is accused here, and whoever asks says for each rule what such a member leaves in doubt."""
        return self.register_people.filter(literal(False)).select("household_no")


CONDITIONS: Final = {
    "EX01": ("收入", "income"),
    "EX02": ("住房安全", "housing"),
    "EX03": ("义务教育", "school"),
    "EX04": ("基本医疗", "insurance"),
    "EX05": ("饮水安全", "water"),
}
"""What each of the rules asks of a household before it leaves (退出条件), in Chinese and English."""

RULES = (
    exited_income_reaches_the_line,
    exited_house_is_safe,
    exited_children_are_in_school,
    exited_people_are_insured,
    exited_household_has_safe_water,
)
