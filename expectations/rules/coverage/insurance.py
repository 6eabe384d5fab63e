"""CV01, CV02: registered people are insured, and their premium is subsidised."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.amount import YUAN, Amount, Side
from expectations.departments import Department
from expectations.rule import (
    PERSON,
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
    NOT_INSURED,
    OTHERWISE_ENROLLED,
    REGISTERED_PERSON,
)
from expectations.rules.needs import IN, LH, LM, LOW_INCOME, REGISTER, RH
from expectations.rules.papers import INSURANCE
from expectations.terms import (
    DESTITUTE_PROGRAMMES,
    LOW_INCOME_PROGRAMMES,
    MARGINAL,
    County,
    money,
)
from expectations.values import Values

BASIS_INSURANCE = "医疗救助资助参保政策（困难群众应保尽保、应资尽资）"


@rule(
    "CV01",
    "未参加基本医保",
    "no insurance",
    owner=Department.HEALTH_INSURANCE,
    severity=Severity.HIGH,
    subject=PERSON,
    needs=(*REGISTER, IN),
    sentence="登记人员在本参保年度没有任何险种“正常参保”的记录。",
    expected="{insurance_year}年度正常参保",
    actual="{insurance_year}年度无正常参保记录",
    explanation="建档立卡人员{name}在医保部门没有{insurance_year}年度正常参保的记录。",
    facts={"insurance_year": None},
    clears_when="为其办理参保缴费，或提供已在别处参保的记录；证件号码有误的更正号码。",
    basis=BASIS_INSURANCE,
    visit=Visit("今年有没有参加医保，在哪里参的、参的哪一种；没有参加的是什么原因。", INSURANCE),
    evidence=(REGISTERED_PERSON, OTHERWISE_ENROLLED),
    absences=(NOT_INSURED,),
    period=Period.INSURANCE_YEAR,
    waits_for=(Waits.INSURANCE_YEAR_BEGUN,),
    policy_keys=("insurance.settled_on",),
)
def registered_person_is_insured(c: County, p: Values) -> Table:
    """Registered persons without an enrolment for the insurance year."""
    return c.beside(c.uninsured_registered, "insurance_year")


def _subsidy_classes(c: County, amounts: Sequence[Decimal]) -> Table:
    """(person_id, class, rank) of everyone who belongs to a class whose premium is subsidised with an amount."""
    marginal = c.certificates.filter(_.programme == MARGINAL)
    covered = c.numbered_certificate_members.filter(_.covered)
    groups = (
        (c.on_roll.filter(_.programme.isin(DESTITUTE_PROGRAMMES)), "特困"),
        (c.on_roll.filter(_.programme.isin(LOW_INCOME_PROGRAMMES)), "低保"),
        (c.registered.semi_join(c.open_households, "household_no"), "返贫致贫"),
        (c.registered.semi_join(c.monitored_households, "household_no"), "监测对象"),
        (covered.semi_join(marginal, "certificate_no"), "低保边缘"),
    )
    parts = [
        people.select("person_id").distinct().mutate(subsidy_class_due=ibis.literal(name), rank=ibis.literal(rank))
        for rank, (people, name) in enumerate(groups)
        if amounts[rank] > 0
    ]
    if not parts:
        nobody = c.registered.select("person_id").filter(ibis.literal(False))
        return nobody.mutate(subsidy_class_due=ibis.literal(""), rank=ibis.literal(0))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _covered_in_force(c: County) -> Table:
    covered = c.numbered_certificate_members.filter(_.covered).semi_join(c.certificates, "certificate_no")
    return covered.select("person_id", "certificate_no")


def _whose_monitoring_decides(c: County) -> Table:
    """(person_id, household_no) of registered persons in no class before 监测对象 and in one after it."""
    marginal = c.certificates.filter(_.programme == MARGINAL)
    after = c.numbered_certificate_members.filter(_.covered).semi_join(marginal, "certificate_no")
    before = c.registered.semi_join(c.open_households, "household_no")
    return c.registered.semi_join(after, "person_id").anti_join(c.on_roll, "person_id").anti_join(before, "person_id")


_SUBSIDY_KEYS = tuple(f"insurance.subsidy.{name}" for name in ("特困", "低保", "返贫致贫", "监测对象", "低保边缘"))


def enrolments_with_premium_due(c: County, p: Values) -> Table:
    """Enrolments 城乡居民 of persons in a class, with subsidy_class_due and subsidy_due (yuan a year)."""
    values = p.within_insurance_year()
    due_by_rank = [values[key] for key in _SUBSIDY_KEYS]
    classes = _subsidy_classes(c, due_by_rank)
    first = classes.group_by("person_id").agg(rank=_.rank.min())
    amounts = ibis.memtable(
        [{"rank": rank, "subsidy_due": due} for rank, due in enumerate(due_by_rank)],
        schema={"rank": "int8", "subsidy_due": "decimal(18, 2)"},
    )
    due = classes.semi_join(first, ["person_id", "rank"]).inner_join(amounts, "rank")
    return c.enrolled.filter(_.scheme == "城乡居民").inner_join(due, "person_id")


@rule(
    "CV02",
    "应资助未资助参保",
    "premium not subsidised",
    owner=Department.HEALTH_INSURANCE,
    severity=Severity.MEDIUM,
    subject=PERSON,
    needs=(*REGISTER, *LOW_INCOME, IN),
    sentence="本参保年度城乡居民正常参保的困难人员，资助金额比其类别应资助的金额少，差额大于容差。",
    expected="按{subsidy_class_due}资助不少于{subsidy_due}元",
    actual="资助类别{subsidy_class}，资助金额{subsidy_amount}元",
    explanation="{name}属于{subsidy_class_due}人员，{insurance_year}年度参加城乡居民医保应资助{subsidy_due}元，"
    "医保部门登记的资助类别为{subsidy_class}、资助金额{subsidy_amount}元。",
    facts={"subsidy_class_due": None, "subsidy_due": None, "insurance_year": None},
    clears_when="医保部门补足资助，或核实该人员不属于应资助类别。",
    basis=BASIS_INSURANCE,
    visit=Visit("今年医保个人交了多少钱，有没有享受减免或资助。", INSURANCE),
    evidence=(
        Evidence(
            IN,
            ("person_id",),
            ("year", "scheme", "enrolment_status", "own_contribution", "subsidy_class", "subsidy_amount"),
            lambda c: c.enrolled.filter(_.scheme == "城乡居民"),
        ),
        Evidence(
            RH,
            ("person_id",),
            ("poverty_status", "monitoring"),
            lambda c: c.rows[RH].inner_join(c.registered, "household_no"),
        ),
        Evidence(
            LM,
            ("person_id",),
            ("name", "covered"),
            lambda c: c.rows[LM].filter(_.covered).semi_join(c.certificates, "certificate_no"),
        ),
        Evidence(
            LH,
            ("person_id",),
            ("programme", "status"),
            lambda c: c.rows[LH].inner_join(
                c.numbered_certificate_members.filter(_.covered)
                .semi_join(c.certificates, "certificate_no")
                .select("certificate_no", "person_id")
                .distinct(),
                "certificate_no",
            ),
        ),
    ),
    period=Period.INSURANCE_YEAR,
    waits_for=(Waits.INSURANCE_YEAR_BEGUN,),
    policy_keys=("insurance.settled_on", "benefit_tolerance", *_SUBSIDY_KEYS),
    reads=(
        replace(IN_FORCE, rows=_covered_in_force),
        Reading(RH, "monitoring", "household_no", _whose_monitoring_decides),
    ),
    amount=Amount(Side.OWED, "应资助金额 − 登记的资助金额"),
)
def premium_is_subsidised(c: County, p: Values) -> Table:
    """Enrolments 城乡居民 whose subsidy is below what the person's class is due."""
    enrolled = enrolments_with_premium_due(c, p)
    short = enrolled.filter(enrolled.subsidy_due - enrolled.subsidy_amount > money(p["benefit_tolerance"]))
    # one finding a person, the worst of his rows
    worst = short.mutate(
        _order=ibis.row_number().over(
            group_by="person_id",
            order_by=[short.subsidy_amount, short.county_code, short._file, short._sheet, short._row],
        )
    )
    found = worst.filter(worst._order == 0).select(
        "person_id",
        "name",
        "subsidy_class",
        "subsidy_class_due",
        "subsidy_amount",
        "subsidy_due",
        **{YUAN: worst.subsidy_due - worst.subsidy_amount},
    )
    return c.beside(found, "insurance_year")


RULES = (
    registered_person_is_insured,
    premium_is_subsidised,
)
