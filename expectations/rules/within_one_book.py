"""CO: what one book says of one thing in two places (账内一致)."""

from dataclasses import replace

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.departments import Department
from expectations.rule import CERTIFICATE, HOUSEHOLD, Family, Severity, Visit, rule
from expectations.rules.evidence import (
    ASSESSMENT,
    CERTIFICATE_MEMBERS,
    IN_FORCE,
    NOT_MOVED,
    REGISTERED_MEMBERS,
    RELOCATIONS,
    certificate_row,
    household_row,
)
from expectations.rules.needs import HO, LM, LOW_INCOME, RE, REGISTER, RM
from expectations.rules.papers import HOUSE, IDENTITY
from expectations.terms import County, name_key, with_flag
from expectations.values import Values

FAMILY = Family("CO", 7, "账内一致", "within one book")
BASIS_ONE_BOOK = "建档立卡与低保信息系统数据质量要求"
_WITH_RELATION = replace(REGISTERED_MEMBERS, show=(*REGISTERED_MEMBERS.show, "relation"))


@rule(
    "CO01",
    "户内人数不符",
    "persons differ from the members listed",
    owner=Department.REGISTER,
    severity=Severity.LOW,
    subject=HOUSEHOLD,
    needs=REGISTER,
    sentence="建档立卡户登记的家庭人口数，与该户人员状态为正常的成员行数不同。",
    expected="家庭人口数与正常成员人数一致",
    actual="家庭人口数{persons}，正常成员{listed_members}人",
    explanation="该户（户主{head_name}）登记家庭人口{persons}人，而建档立卡人口中该户正常成员有{listed_members}人，"
    "两处不一致。",
    facts={"listed_members": None},
    clears_when="扶贫部门核对户口和共同生活人员后，更正家庭人口数或成员名单。",
    basis=BASIS_ONE_BOOK,
    visit=Visit("现在家里有哪几口人，谁最近出生、去世、迁入或迁出。", IDENTITY),
    evidence=(household_row("persons"), REGISTERED_MEMBERS),
    counts=RM,
)
def household_has_as_many_members_as_it_says(c: County, p: Values) -> Table:
    """Households whose number of persons is not that of their registered members."""
    counted = c.register_people.group_by("household_no").agg(listed_members=_.count())
    beside = c.households.inner_join(counted, "household_no")
    return beside.filter(beside.persons != beside.listed_members)


@rule(
    "CO02",
    "户主不唯一或不在户",
    "not one head, or the head is no member",
    owner=Department.REGISTER,
    severity=Severity.LOW,
    subject=HOUSEHOLD,
    needs=REGISTER,
    sentence="建档立卡户的正常成员中，与户主关系为户主的不是正好一人；或户主的证件号码有效，而正常成员中没有这个号码，"
    "也没有号码无效而姓名与户主相同的人。",
    expected="户内正好一名户主，且与户信息中的户主是同一人",
    actual="与户主关系为户主的正常成员{heads}人；户信息中的户主{head_stands}在正常成员中",
    explanation="该户（户信息中的户主{head_name}）的正常成员中，登记为户主的有{heads}人，"
    "户信息中的户主{head_stands}在正常成员中。",
    facts={"heads": None, "head_stands": None},
    clears_when="扶贫部门核对户口簿后，更正户主或成员的与户主关系。",
    basis=BASIS_ONE_BOOK,
    visit=Visit("户口簿上谁是户主，现在在不在家。", IDENTITY),
    evidence=(household_row("head_id", "persons"), _WITH_RELATION),
    counts=RM,
)
def household_has_one_head_among_its_members(c: County, p: Values) -> Table:
    """Households without exactly one head, or whose head stands among the members neither by number nor by name."""
    people = c.register_people
    counted = people.group_by("household_no").agg(heads=(_.relation == "户主").sum())
    beside = c.households.inner_join(counted, "household_no")
    numbered = c.households.filter(_.head_id.notnull()).select("household_no", "head_id", "head_name")
    keyed = numbered.mutate(head_key=name_key(numbered.head_name))
    unnumbered = people.filter(_.person_id.isnull())
    bearing = unnumbered.select("household_no", head_key=name_key(unnumbered.name)).distinct()
    by_number = keyed.anti_join(
        c.registered, [keyed.household_no == c.registered.household_no, keyed.head_id == c.registered.person_id]
    )
    missed = by_number.anti_join(bearing, ["household_no", "head_key"])
    told = with_flag(beside, missed, "household_no", "is_missed")
    found = told.filter((told.heads != 1) | told.is_missed)
    return found.mutate(head_stands=ibis.ifelse(found.is_missed, "不", ""))


@rule(
    "CO03",
    "保障人数不符",
    "persons covered differ from the members listed",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.LOW,
    subject=CERTIFICATE,
    needs=LOW_INCOME,
    sentence="在保证件有成员记录，而家庭人口数与成员行数不同，或保障人口数与其中保障对象的行数不同。",
    expected="家庭人口数、保障人口数与成员名单一致",
    actual="家庭人口{persons}人、成员{listed_members}行；保障人口{covered_persons}人、保障对象{listed_covered}行",
    explanation="低保证号{certificate_no}（户主{head_name}）登记家庭人口{persons}人、保障人口{covered_persons}人，"
    "而成员名册中有成员{listed_members}人、保障对象{listed_covered}人，两处不一致。",
    facts={"listed_members": None, "listed_covered": None},
    clears_when="民政部门核对后更正户表的人数或成员名册。",
    basis=BASIS_ONE_BOOK,
    visit=Visit("证上保的是哪几个人，现在家里有哪几口人。", IDENTITY),
    evidence=(certificate_row("programme", "status", "persons", "covered_persons"), CERTIFICATE_MEMBERS),
    reads=(IN_FORCE,),
    counts=LM,
)
def certificate_covers_as_many_as_it_says(c: County, p: Values) -> Table:
    """Certificates in force, with member rows, whose numbers are not those of the rows."""
    counted = c.certificate_members.group_by("certificate_no").agg(
        listed_members=_.count(), listed_covered=_.covered.sum()
    )
    beside = c.certificates.inner_join(counted, "certificate_no")
    return beside.filter((beside.persons != beside.listed_members) | (beside.covered_persons != beside.listed_covered))


@rule(
    "CO04",
    "住房口径不一",
    "house safe by one book, dangerous by the other",
    owner=Department.HOUSING,
    severity=Severity.LOW,
    subject=HOUSEHOLD,
    needs=(*REGISTER, HO),
    sentence="未脱贫或返贫户登记住房安全，而最近一次鉴定等级属应改造的等级且验收未合格；鉴定以后已易地搬迁入住的不问。",
    expected="建档立卡登记与住房鉴定一致",
    actual="登记住房安全：{housing_safe}；最近鉴定等级{grade}，验收结果{acceptance}",
    explanation="该户（户主{head_name}）建档立卡登记住房安全为{housing_safe}，而住建部门最近鉴定等级{grade}"
    "（{assessed_on}），验收结果{acceptance}，两部门说法不一。",
    clears_when="住建部门与扶贫部门现场核实，更正一方。",
    basis="农村危房改造与住房安全保障政策",
    visit=Visit("看住房是否安全；全家现在住在哪里。", HOUSE),
    evidence=(household_row("poverty_status", "housing_safe"), ASSESSMENT, RELOCATIONS),
    policy_keys=("housing.grades_to_renovate",),
    reads=NOT_MOVED,
    refuted_by=(RM,),
    heeds=(RE,),
)
def register_and_assessment_agree_on_the_house(c: County, p: Values) -> Table:
    """Open households, safe by the register, whose assessment says dangerous."""
    a = c.houses
    dangerous = a.filter(c.is_dangerous(a, p)).select("household_no", "grade", "assessed_on", "acceptance")
    return c.open_households.filter(_.housing_safe).inner_join(dangerous, "household_no")


RULES = (
    household_has_as_many_members_as_it_says,
    household_has_one_head_among_its_members,
    certificate_covers_as_many_as_it_says,
    register_and_assessment_agree_on_the_house,
)
