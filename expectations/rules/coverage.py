"""CV: guarantees that should reach a person or household and do not."""

from datetime import date

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.feed import Department
from expectations.policy import Policy
from expectations.rule import (
    CASE,
    CERTIFICATE,
    HOUSEHOLD,
    PERSON,
    PERSON_ITEM,
    Absence,
    Evidence,
    Period,
    Severity,
    Waits,
    rule,
)
from expectations.rules.evidence import (
    ASSESSMENT,
    CERTIFICATE_MEMBERS,
    NOT_ASSESSED,
    NOT_AT_SCHOOL,
    NOT_INSURED,
    NOT_REGISTERED,
    OTHERWISE_AT_SCHOOL,
    OTHERWISE_ENROLLED,
    OTHERWISE_REGISTERED,
    REGISTERED_MEMBERS,
    REGISTERED_PERSON,
    certificate_row,
    household_row,
)
from expectations.rules.needs import ED, HO, IN, LH, LM, LOW_INCOME, REGISTER, RH, ST
from expectations.terms import (
    DESTITUTE_PROGRAMMES,
    LOW_INCOME_PROGRAMMES,
    MARGINAL,
    County,
    add_months,
    money,
    name_key,
    with_flag,
)

BASIS_INSURANCE = "医疗救助资助参保政策（困难群众应保尽保、应资尽资）"
BASIS_SCHOOL = "义务教育法；控辍保学工作要求"
BASIS_HOUSING = "农村危房改造与住房安全保障政策"


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
    clears_when="为其办理参保缴费，或提供已在别处参保的记录；证件号码有误的更正号码。",
    basis=BASIS_INSURANCE,
    evidence=(REGISTERED_PERSON, OTHERWISE_ENROLLED),
    absences=(NOT_INSURED,),
    period=Period.INSURANCE_YEAR,
    waits_for=(Waits.INSURANCE_YEAR_BEGUN,),
    policy_keys=("insurance.settled_on",),
)
def registered_person_is_insured(c: County, p: Policy) -> Table:
    """Registered persons without an enrolment for the insurance year."""
    return c.uninsured_registered.mutate(insurance_year=ibis.literal(str(c.insurance_year)))


def _subsidy_classes(c: County) -> Table:
    """(person_id, class, rank) of everyone who belongs to a class whose premium is subsidised."""
    marginal = c.certificates.filter(_.programme == MARGINAL)
    covered = c.numbered_certificate_members.filter(_.covered)
    groups = (
        (c.on_roll.filter(_.programme.isin(DESTITUTE_PROGRAMMES)), "特困"),
        (c.on_roll.filter(_.programme.isin(LOW_INCOME_PROGRAMMES)), "低保"),
        (c.registered.semi_join(c.open_households, "household_no"), "返贫致贫"),
        (covered.semi_join(marginal, "certificate_no"), "低保边缘"),
    )
    parts = [
        people.select("person_id").distinct().mutate(subsidy_class_due=ibis.literal(name), rank=ibis.literal(rank))
        for rank, (people, name) in enumerate(groups)
    ]
    return ibis.union(*parts)


_SUBSIDY_KEYS = tuple(f"insurance.subsidy.{name}" for name in ("特困", "低保", "返贫致贫", "低保边缘"))


def enrolments_with_premium_due(c: County, p: Policy) -> Table:
    """Enrolments 城乡居民 of persons in a class, with subsidy_class_due and subsidy_due (yuan a year)."""
    # of the year that is running the value at D; of the year before, its last one
    day = c.d if c.insurance_year == c.d.year else date(c.insurance_year, 12, 31)
    classes = _subsidy_classes(c)
    first = classes.group_by("person_id").agg(rank=_.rank.min())
    amounts = ibis.memtable(
        [{"rank": i, "subsidy_due": p.value(key, day)} for i, key in enumerate(_SUBSIDY_KEYS)],
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
    sentence="本参保年度城乡居民正常参保的困难人员，资助金额低于其类别应资助的金额。",
    expected="按{subsidy_class_due}资助不少于{subsidy_due}元",
    actual="资助类别{subsidy_class}，资助金额{subsidy_amount}元",
    explanation="{name}属于{subsidy_class_due}人员，{insurance_year}年度参加城乡居民医保应资助{subsidy_due}元，"
    "医保部门登记的资助类别为{subsidy_class}、资助金额{subsidy_amount}元。",
    clears_when="医保部门补足资助，或核实该人员不属于应资助类别。",
    basis=BASIS_INSURANCE,
    evidence=(
        Evidence(
            IN,
            ("person_id",),
            ("year", "scheme", "enrolment_status", "own_contribution", "subsidy_class", "subsidy_amount"),
            lambda c: c.enrolled.filter(_.scheme == "城乡居民"),
        ),
        Evidence(
            RH, ("person_id",), ("poverty_status",), lambda c: c.rows[RH].inner_join(c.registered, "household_no")
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
    policy_keys=("insurance.settled_on", *_SUBSIDY_KEYS),
)
def premium_is_subsidised(c: County, p: Policy) -> Table:
    """Enrolments 城乡居民 whose subsidy is below what the person's class is due."""
    enrolled = enrolments_with_premium_due(c, p)
    short = enrolled.filter(enrolled.subsidy_amount < enrolled.subsidy_due)
    # one finding a person, the worst of his rows
    worst = short.mutate(
        _order=ibis.row_number().over(
            group_by="person_id",
            order_by=[short.subsidy_amount, short.county_code, short._file, short._sheet, short._row],
        )
    )
    return worst.filter(worst._order == 0).select(
        "person_id",
        "name",
        "subsidy_class",
        "subsidy_class_due",
        "subsidy_amount",
        "subsidy_due",
        insurance_year=ibis.literal(str(c.insurance_year)),
    )


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
    evidence=(REGISTERED_PERSON, OTHERWISE_AT_SCHOOL),
    absences=(NOT_AT_SCHOOL,),
    period=Period.SCHOOL_YEAR,
    waits_for=(Waits.SCHOOL_YEAR_SETTLED,),
    policy_keys=("compulsory_age", "school.settled_on"),
)
def child_is_in_school(c: County, p: Policy) -> Table:
    """Registered children of school age whom no school answers for."""
    return c.registered_out_of_school.mutate(school_year=ibis.literal(c.school_year))


def entitled_items(c: County) -> Table:
    """One row a students row 在读, registered or on the roll, and item that its stage entitles to for the last term."""
    p, term = c.policy, c.term
    entitlements = [{"stage": stage, "item": item} for stage, items in p["education.items"].items() for item in items]
    items = ibis.memtable(entitlements, schema={"stage": "string", "item": "string"})
    people = c.registered.select("person_id").union(c.on_roll.select("person_id"), distinct=True)
    students = c.rows[ST]
    attending = students.filter(
        students.student_status == "在读",
        students.enrolled_on.isnull() | (students.enrolled_on <= term.first_day),
    ).semi_join(people, "person_id")
    return attending.select("person_id", "name", "student_no", "school", "stage").inner_join(items, "stage")


def pupils_without_item(c: County) -> Table:
    """Entitled items that nobody paid for the last finished term."""
    entitled, term = entitled_items(c), c.term
    subsidies = c.rows[ED]
    received = subsidies.filter(
        subsidies.payment_status == "成功",
        subsidies.school_year == term.school_year,
        subsidies.term == term.term,
    )
    return entitled.anti_join(received, ["person_id", "item"]).anti_join(received, ["student_no", "item"])


def _unpaid_subsidies(c: County) -> Table:
    """Rows of the last finished term for an item that a pupil lacks, by number or 学籍号: returned, or to be paid."""
    missing = pupils_without_item(c).select("person_id", "student_no", "item").distinct()
    of_term = c.rows[ED].filter(_.school_year == c.term.school_year, _.term == c.term.term)
    by_student_no = of_term.drop("person_id").inner_join(missing, ["student_no", "item"])
    by_number = of_term.semi_join(missing, ["person_id", "item"])
    return by_student_no.union(by_number.select(by_student_no.columns))


@rule(
    "CV04",
    "应助未助",
    "student without subsidy",
    owner=Department.EDUCATION,
    severity=Severity.MEDIUM,
    subject=PERSON_ITEM,
    needs=(*REGISTER, *LOW_INCOME, ST, ED),
    sentence="登记或在保的在读学生，最近一个已结束的学期没有收到其学段应享受的资助项目。",
    expected="{school_year}学年{term}发放{item}",
    actual="无发放成功的记录",
    explanation="{school}{stage}学生{name}（建档立卡或在保家庭）应享受{school_year}学年{term}{item}，"
    "但教育资助台账中没有发放成功的记录。",
    clears_when="教育部门补发，或提供已发放的记录；不应享受的说明原因。",
    basis="学生资助政策（建档立卡、低保等家庭学生应助尽助）",
    evidence=(
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
    policy_keys=("education.items", "education.settle_days"),
)
def entitled_pupil_is_subsidised(c: County, p: Policy) -> Table:
    """Pupils and items of the last finished term that nobody paid."""
    missing = pupils_without_item(c)
    rows = missing.group_by(["person_id", "item"]).agg(
        name=_.name.min(), student_no=_.student_no.min(), school=_.school.min(), stage=_.stage.min()
    )
    return rows.mutate(school_year=ibis.literal(c.term.school_year), term=ibis.literal(c.term.term))


_ASSESSED = "鉴定等级{grade}（鉴定日期{assessed_on}），改造方式{method}，开工日期{started_on}，验收结果{acceptance}"


@rule(
    "CV05",
    "危房未改造",
    "dangerous house, no project",
    owner=Department.HOUSING,
    severity=Severity.HIGH,
    subject=HOUSEHOLD,
    needs=(*REGISTER, HO),
    sentence="最近一次鉴定等级属应改造的等级，验收未合格，且改造方式为无需改造，或未开工且没有列入本年度（及以后）计划。",
    expected="应改造等级的房屋列入改造计划并开工",
    actual=_ASSESSED,
    explanation="该户住房（户主{head_name}）{assessed_on}鉴定为{grade}级，至今没有改造：改造方式{method}，"
    "计划年度{plan_year}，开工日期{started_on}，验收结果{acceptance}。",
    clears_when="住建部门列入计划并开工，或重新鉴定为安全等级。",
    basis=BASIS_HOUSING,
    evidence=(ASSESSMENT, household_row("housing_safe")),
    policy_keys=("housing.grades_to_renovate",),
)
def dangerous_house_has_a_project(c: County, p: Policy) -> Table:
    """Assessments to be renovated without a project."""
    a = c.assessments
    unplanned = a.started_on.isnull() & (a.plan_year.isnull() | (a.plan_year < c.d.year))
    return a.filter(c.is_dangerous(a), (a.method == "无需改造") | unplanned)


@rule(
    "CV06",
    "改造未竣工或未验收",
    "renovation not finished",
    owner=Department.HOUSING,
    severity=Severity.MEDIUM,
    subject=HOUSEHOLD,
    needs=(*REGISTER, HO),
    sentence="应改造的房屋已开工，超过规定月数仍未验收合格。",
    expected="开工后{months}个月内竣工并验收合格",
    actual=_ASSESSED,
    explanation="该户住房（户主{head_name}）{started_on}开工改造（{method}），已超过{months}个月，验收结果仍为{acceptance}。",
    clears_when="竣工并验收合格后更新验收结果。",
    basis=BASIS_HOUSING,
    evidence=(ASSESSMENT,),
    policy_keys=("housing.grades_to_renovate", "housing.complete_within_months"),
)
def renovation_is_finished_in_time(c: County, p: Policy) -> Table:
    """Renovations begun longer ago than allowed and not accepted."""
    a = c.assessments
    months = p["housing.complete_within_months"]
    late = a.filter(c.is_dangerous(a), a.method != "无需改造", add_months(a.started_on, months) < c.d)
    return late.mutate(months=ibis.literal(int(months)))


@rule(
    "CV07",
    "未做住房鉴定",
    "no assessment",
    owner=Department.HOUSING,
    severity=Severity.LOW,
    subject=HOUSEHOLD,
    needs=(*REGISTER, HO),
    sentence="有登记人员的建档立卡户，没有以其家庭成员为户主的住房鉴定。",
    expected="有住房安全鉴定",
    actual="无鉴定档案",
    explanation="该户（户主{head_name}）没有住房安全鉴定档案（家庭登记人员都不是任何鉴定档案的户主）。",
    clears_when="住建部门组织鉴定并建档；已鉴定的更正档案中的户主证件号码。",
    basis=BASIS_HOUSING,
    evidence=(household_row("housing_safe"), REGISTERED_MEMBERS),
    absences=(NOT_ASSESSED,),
)
def household_is_assessed(c: County, p: Policy) -> Table:
    """Households without an assessment."""
    return c.households.anti_join(c.assessments, "household_no")


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
    clears_when="住建、财政部门足额拨付后更新拨付金额。",
    basis=BASIS_HOUSING,
    evidence=(Evidence(HO, ("case_no",), ("head_name", "acceptance", "completed_on", "subsidy", "paid", "paid_on")),),
    policy_keys=("housing.pay_within_months",),
)
def subsidy_is_paid_out(c: County, p: Policy) -> Table:
    """Accepted cases whose subsidy has not been paid out in time."""
    cases = c.rows[HO]
    months = p["housing.pay_within_months"]
    late = cases.filter(
        cases.acceptance == "合格", add_months(cases.completed_on, months) < c.d, cases.paid < cases.subsidy
    )
    return late.mutate(months=ibis.literal(int(months)))


def _uninsured_members(c: County) -> Table:
    return c.numbered_certificate_members.filter(_.covered).anti_join(c.insured, "person_id")


def _members_out_of_school(c: County) -> Table:
    return c.of_school_age(c.numbered_certificate_members).anti_join(c.attending, "person_id")


@rule(
    "CV09",
    "多重困难未纳入",
    "several hardships, not registered",
    owner=Department.REGISTER,
    severity=Severity.HIGH,
    subject=CERTIFICATE,
    needs=(*REGISTER, *LOW_INCOME, IN, ST, HO),
    sentence="在保证件（含低保边缘）成员无一人在建档立卡中（正常），而未参保、失学、危房、收入低于扶贫标准中至少有规定的几项。",
    expected="有{signals_needed}项以上困难的家庭经核实纳入建档立卡",
    actual="共{signals}项：未参保{uninsured}，失学{out_of_school}，危房{dangerous}，收入低于扶贫标准{below_line}",
    explanation="{programme}证{certificate_no}（户主{head_name}）家庭成员都不在建档立卡名册中，却有{signals}项困难"
    "（未参保：{uninsured}；失学：{out_of_school}；危房：{dangerous}；收入低于扶贫标准：{below_line}）。",
    clears_when="扶贫部门入户核实后纳入建档立卡（监测），或各部门解决、更正有关困难。",
    basis="防止返贫监测和帮扶工作要求",
    evidence=(
        certificate_row("programme", "status", "monthly_income"),
        CERTIFICATE_MEMBERS,
        OTHERWISE_REGISTERED,
        Evidence(
            HO,
            ("certificate_no",),
            ("head_name", "grade", "assessed_on", "acceptance"),
            lambda c: c.rows[HO].inner_join(c.certificate_cases.select("certificate_no", "case_no"), "case_no"),
        ),
    ),
    absences=(
        NOT_REGISTERED,
        Absence(IN, "按被保障成员的证件号码查找本参保年度“正常参保”的记录"),
        Absence(ST, "按学龄成员的证件号码查找在读、休学、送教上门、延缓入学或县外就读的记录"),
    ),
    waits_for=(Waits.INSURANCE_YEAR_BEGUN, Waits.SCHOOL_YEAR_SETTLED),
    policy_keys=("signals_needed", "poverty_line", "housing.grades_to_renovate", "compulsory_age"),
)
def hardship_is_in_the_register(c: County, p: Policy) -> Table:
    """Unregistered certificates with at least signals_needed hardships."""
    cases = c.certificate_cases
    flagged = with_flag(c.unregistered_certificates, _uninsured_members(c), "certificate_no", "uninsured")
    flagged = with_flag(flagged, _members_out_of_school(c), "certificate_no", "out_of_school")
    flagged = with_flag(flagged, cases.filter(c.is_dangerous(cases)), "certificate_no", "dangerous")
    flagged = flagged.mutate(below_line=flagged.monthly_income * 12 < money(p["poverty_line"]))
    signals = sum(
        (flagged[name].cast("int32") for name in ("out_of_school", "dangerous", "below_line")),
        flagged.uninsured.cast("int32"),
    )
    needed = int(p["signals_needed"])
    counted = flagged.mutate(signals=signals, signals_needed=ibis.literal(needed))
    return counted.filter(counted.signals >= needed)


RULES = (
    registered_person_is_insured,
    premium_is_subsidised,
    child_is_in_school,
    entitled_pupil_is_subsidised,
    dangerous_house_has_a_project,
    renovation_is_finished_in_time,
    household_is_assessed,
    subsidy_is_paid_out,
    hardship_is_in_the_register,
)
