"""CV09: who has several hardships at once is in the register."""

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.departments import Department
from expectations.rule import (
    CERTIFICATE,
    Absence,
    Evidence,
    Reading,
    Severity,
    Suspicion,
    Visit,
    Waits,
    rule,
)
from expectations.rules.evidence import (
    CERTIFICATE_MEMBERS,
    IN_FORCE,
    NOT_REGISTERED,
    OTHERWISE_REGISTERED,
    certificate_row,
)
from expectations.rules.needs import HO, IN, LM, LOW_INCOME, RE, REGISTER, ST
from expectations.rules.papers import IDENTITY, INCOME
from expectations.terms import (
    County,
    money,
    with_flag,
)
from expectations.values import Values


def _uninsured_members(c: County) -> Table:
    covered = c.numbered_certificate_members.filter(_.covered)
    return c.born_by(covered, "insurance_day").anti_join(c.insured, "person_id")


def _relocation_rows(c: County) -> Table:
    return c.rows[RE].inner_join(c.relocated_certificates.drop("moved_in_on"), "relocation_no")


def _relocations_of_assessed(c: County) -> Table:
    cases = c.certificate_houses.select("certificate_no")
    return c.relocated_certificates.semi_join(cases, "certificate_no").select("certificate_no", "relocation_no")


def _members_out_of_school(c: County, p: Values) -> Table:
    return c.of_school_age(c.numbered_certificate_members, p).anti_join(c.attending, "person_id")


@rule(
    "CV09",
    "多重困难未纳入",
    "several hardships, not registered",
    owner=Department.REGISTER,
    severity=Severity.HIGH,
    subject=CERTIFICATE,
    needs=(*REGISTER, *LOW_INCOME, IN, ST, HO),
    sentence="在保证件（含低保边缘）成员无一人在建档立卡中（正常），而未参保、失学、危房（鉴定以后已易地搬迁入住的不算）、"
    "收入低于扶贫标准中至少有规定的几项。",
    expected="有{signals_needed}项以上困难的家庭经核实纳入建档立卡",
    actual="共{signals}项：未参保{uninsured}，失学{out_of_school}，危房{dangerous}，收入低于扶贫标准{below_line}",
    explanation="{programme}证{certificate_no}（户主{head_name}）家庭成员都不在建档立卡名册中，却有{signals}项困难"
    "（未参保：{uninsured}；失学：{out_of_school}；危房：{dangerous}；收入低于扶贫标准：{below_line}）。",
    facts={
        "signals_needed": None,
        "signals": None,
        "uninsured": None,
        "out_of_school": None,
        "dangerous": None,
        "below_line": None,
    },
    clears_when="扶贫部门入户核实后纳入建档立卡（监测），或各部门解决、更正有关困难。",
    basis="防止返贫监测和帮扶工作要求",
    visit=Visit("逐项看医保、上学、住房、收入四个方面的困难；是否愿意申请纳入建档立卡（监测）。", (*IDENTITY, *INCOME)),
    evidence=(
        certificate_row("programme", "status", "monthly_income"),
        CERTIFICATE_MEMBERS,
        OTHERWISE_REGISTERED,
        Evidence(
            HO,
            ("certificate_no",),
            ("head_name", "grade", "assessed_on", "acceptance"),
            lambda c: c.rows[HO].inner_join(c.certificate_houses.select("certificate_no", "case_no"), "case_no"),
        ),
        Evidence(RE, ("certificate_no",), ("head_name", "plan_year", "moved_in_on"), _relocation_rows),
    ),
    absences=(
        NOT_REGISTERED,
        Absence(IN, "按被保障成员的证件号码查找本参保年度“正常参保”的记录"),
        Absence(ST, "按学龄成员的证件号码查找在读、休学、送教上门、延缓入学或县外就读的记录"),
    ),
    waits_for=(Waits.INSURANCE_YEAR_BEGUN, Waits.SCHOOL_YEAR_SETTLED),
    policy_keys=(
        "signals_needed",
        "poverty_line",
        "housing.grades_to_renovate",
        "compulsory_age",
        "insurance.settled_on",
        "school.settled_on",
        "school.ends_on",
    ),
    suspects=Suspicion.MISSED,
    reads=(IN_FORCE, Reading(RE, "moved_in_on", "relocation_no", _relocations_of_assessed)),
    refuted_by=(LM,),
    heeds=(RE,),
)
def hardship_is_in_the_register(c: County, p: Values) -> Table:
    """Unregistered certificates with at least signals_needed hardships."""
    cases = c.certificate_houses
    flagged = with_flag(c.unregistered_certificates, _uninsured_members(c), "certificate_no", "uninsured")
    flagged = with_flag(flagged, _members_out_of_school(c, p), "certificate_no", "out_of_school")
    flagged = with_flag(flagged, cases.filter(c.is_dangerous(cases, p)), "certificate_no", "dangerous")
    flagged = flagged.mutate(below_line=flagged.monthly_income * 12 < money(p["poverty_line"]))
    signals = sum(
        (flagged[name].cast("int32") for name in ("out_of_school", "dangerous", "below_line")),
        flagged.uninsured.cast("int32"),
    )
    needed = int(p["signals_needed"])
    counted = flagged.mutate(signals=signals, signals_needed=ibis.literal(needed))
    return counted.filter(counted.signals >= needed)


RULES = (hardship_is_in_the_register,)
