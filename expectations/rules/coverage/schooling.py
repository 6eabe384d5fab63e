"""CV03, CV04: children are at school, and pupils receive what they are entitled to."""

from dataclasses import replace

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.codes import OTHER_ITEM
from expectations.departments import Department
from expectations.rule import (
    PERSON,
    PERSON_ITEM,
    Absence,
    Doubt,
    Evidence,
    Period,
    Reading,
    Severity,
    Visit,
    Waits,
    rule,
)
from expectations.rules.evidence import (
    IN_FORCE,
    NOT_AT_SCHOOL,
    OTHERWISE_AT_SCHOOL,
    PERSON_ON_ROLL,
    REGISTERED_PERSON,
)
from expectations.rules.needs import ED, LOW_INCOME, REGISTER, ST
from expectations.rules.papers import IDENTITY, SCHOOL
from expectations.terms import (
    County,
    name_key,
)
from expectations.values import Values

_SUBSIDIES_NEED = (*REGISTER, *LOW_INCOME, ST, ED)
BASIS_SCHOOL = "义务教育法；控辍保学工作要求"


@rule(
    "CV03",
    "疑似失学辍学",
    "school-age child out of school",
    owner=Department.EDUCATION,
    severity=Severity.HIGH,
    subject=PERSON,
    needs=(*REGISTER, ST),
    sentence="登记人员在本学年9月1日处于义务教育年龄，没有在读、休学、送教上门、延缓入学或县外就读的学籍记录。",
    expected="有在读、休学、送教上门、延缓入学或县外就读的学籍记录",
    actual="{school_year}学年无上述学籍记录",
    explanation="建档立卡儿童{name}在{school_year}学年处于义务教育年龄，但教育部门没有其在读、休学、送教上门、延缓入学"
    "或县外就读的学籍记录。",
    clears_when="劝返复学或办理送教上门、延缓入学；在县外就读的补登学籍；证件号码有误的更正号码。",
    basis=BASIS_SCHOOL,
    visit=Visit("孩子现在在哪里上学；没有上学的，从什么时候、因为什么不上的。", (*IDENTITY, *SCHOOL)),
    evidence=(REGISTERED_PERSON, OTHERWISE_AT_SCHOOL),
    absences=(NOT_AT_SCHOOL,),
    period=Period.SCHOOL_YEAR,
    waits_for=(Waits.SCHOOL_YEAR_SETTLED,),
    policy_keys=("compulsory_age", "school.settled_on", "school.ends_on"),
)
def child_is_in_school(c: County, p: Values) -> Table:
    """Registered children of school age whom no school answers for."""
    return c.beside(c.registered_out_of_school, "current_school_year").rename(school_year="current_school_year")


def entitled_items(c: County) -> Table:
    """One row a students row 在读, registered or on the roll, and item that its stage entitles to for the last term."""
    by_stage = c.values.of(*_SUBSIDIES_NEED)["education.items"]
    entitlements = [
        {"stage": stage, "item": item} for stage, items in by_stage.items() for item in items if item != OTHER_ITEM
    ]
    items = ibis.memtable(entitlements, schema={"stage": "string", "item": "string"})
    people = c.registered.select("person_id").union(c.on_roll.select("person_id"), distinct=True)
    students = c.beside(c.rows[ST], "finished_term_first_day")
    attending = students.filter(
        students.student_status == "在读",
        students.enrolled_on.isnull() | (students.enrolled_on <= students.finished_term_first_day),
    ).semi_join(people, "person_id")
    return attending.select("person_id", "name", "student_no", "school", "stage").inner_join(items, "stage")


def pupils_without_item(c: County) -> Table:
    """Entitled items that nobody paid for the last finished term."""
    entitled = entitled_items(c)
    received = c.subsidies_of_term.filter(_.payment_status == "成功")
    return entitled.anti_join(received, ["person_id", "item"]).anti_join(received, ["student_no", "item"])


def _unpaid_subsidies(c: County) -> Table:
    """Rows of the last finished term for an item that a pupil lacks, by number or 学籍号: returned, or to be paid."""
    missing = pupils_without_item(c).select("person_id", "student_no", "item").distinct()
    of_term = c.subsidies_of_term
    by_student_no = of_term.drop("person_id").inner_join(missing, ["student_no", "item"])
    by_number = of_term.semi_join(missing, ["person_id", "item"])
    return by_student_no.union(by_number.select(by_student_no.columns))


def _on_roll_alone(c: County) -> Table:
    """People who are asked about for their certificates, and not as registered."""
    return c.on_roll.anti_join(c.registered, "person_id").select("person_id", "certificate_no")


@rule(
    "CV04",
    "应助未助",
    "student without subsidy",
    owner=Department.EDUCATION,
    severity=Severity.MEDIUM,
    subject=PERSON_ITEM,
    needs=_SUBSIDIES_NEED,
    sentence="登记或在保的在读学生，最近一个已结束的学期没有收到其学段应享受的资助项目。",
    expected="{school_year}学年{term}发放{item}",
    actual="无发放成功的记录",
    explanation="{school}{stage}学生{name}（建档立卡或在保家庭）应享受{school_year}学年{term}{item}，"
    "但教育资助台账中没有发放成功的记录。",
    clears_when="教育部门补发，或提供已发放的记录；不应享受的说明原因。",
    basis="学生资助政策（建档立卡、低保等家庭学生应助尽助）",
    visit=Visit("孩子上学期有没有领到资助，打到谁的卡上、多少钱。", (*SCHOOL, "资助到账的银行流水")),
    evidence=(
        REGISTERED_PERSON,
        *PERSON_ON_ROLL,
        Evidence(ST, ("person_id",), ("name", "person_id", "stage", "student_status", "enrolled_on")),
        Evidence(ED, ("person_id", "item"), ("name", "amount", "payment_status"), _unpaid_subsidies),
    ),
    absences=(
        Absence(
            ED,
            "按证件号码和学籍号查找该学期该项目“成功”的记录，未找到",
            ("person_id", "item"),
            lambda c: (t := pupils_without_item(c)).select("person_id", "item", name_key=name_key(t.name)).distinct(),
        ),
    ),
    doubts=(
        Doubt(
            ("school_year", "term"),
            lambda c: c.here.filter(_.finished_term_is_early).select(
                school_year="finished_school_year", term="finished_term"
            ),
            "提供该学期资助记录的一批数据早于该学期结清日，其后可能还有发放",
        ),
    ),
    waits_for=(Waits.TERM_FINISHED,),
    policy_keys=("education.items", "education.settle_days"),
    reads=(
        replace(IN_FORCE, rows=_on_roll_alone),
        Reading(ST, "enrolled_on", "student_no", lambda c: entitled_items(c).select("person_id", "student_no")),
    ),
)
def entitled_pupil_is_subsidised(c: County, p: Values) -> Table:
    """Pupils and items of the last finished term that nobody paid."""
    missing = pupils_without_item(c)
    rows = missing.group_by(["person_id", "item"]).agg(
        name=_.name.min(), student_no=_.student_no.min(), school=_.school.min(), stage=_.stage.min()
    )
    dated = c.beside(rows, "finished_school_year", "finished_term")
    return dated.rename(school_year="finished_school_year", term="finished_term")


RULES = (
    child_is_in_school,
    entitled_pupil_is_subsidised,
)
