"""TL: the low-income line and the poverty line as one (两线合一)."""

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.feed import Department
from expectations.masking import masked_name
from expectations.policy import Policy
from expectations.rule import (
    AREA,
    CERTIFICATE,
    HOUSEHOLD,
    HOUSEHOLD_CERTIFICATE,
    PERSON,
    Doubt,
    Severity,
    rule,
)
from expectations.rules.evidence import (
    CERTIFICATE_MEMBERS,
    HOUSEHOLD_OFF_ROLL,
    HOUSEHOLD_ON_ROLL,
    LINKED_CERTIFICATES,
    LINKED_MEMBERS,
    NOT_ON_ROLL,
    NOT_REGISTERED,
    OTHERWISE_REGISTERED,
    PERSON_ON_ROLL,
    REGISTERED_MEMBERS,
    certificate_row,
    household_row,
)
from expectations.rules.needs import LOW_INCOME, REGISTER
from expectations.terms import (
    DESTITUTE_PROGRAMMES,
    LOW_INCOME_PROGRAMMES,
    RURAL_PROGRAMMES,
    County,
    add_months,
    listed,
    money,
)

BASIS_TWO_LINES = "农村低保制度与扶贫开发政策有效衔接（两线合一、应保尽保、应退尽退）"


@rule(
    "TL01",
    "低保标准低于扶贫标准",
    "standard below the line",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.HIGH,
    subject=AREA,
    needs=(),
    sentence="低保标准（元/人·月）× 12 低于扶贫标准（元/人·年）。",
    expected="低保标准折合每年不低于扶贫标准{line}元",
    actual="{area_label}低保标准每月{standard}元，折合每年{standard_year}元",
    explanation="本县{area_label}低保标准每人每月{standard}元，折合每年{standard_year}元，低于扶贫标准每人每年{line}元。",
    clears_when="民政部门提高低保标准，使其折合每年不低于扶贫标准。",
    basis=BASIS_TWO_LINES,
    policy_keys=("poverty_line", "low_income_standard.rural", "low_income_standard.urban"),
)
def standard_is_not_below_the_line(c: County, p: Policy) -> Table:
    """Areas whose standard, a year, lies below the poverty line."""
    areas = ibis.memtable(
        [
            {"county": c.code, "area": area, "area_label": label, "standard": p[f"low_income_standard.{area}"]}
            for area, label in (("rural", "农村"), ("urban", "城市"))
        ],
        schema={"county": "string", "area": "string", "area_label": "string", "standard": "decimal(18, 2)"},
    )
    with_line = areas.mutate(line=money(p["poverty_line"]), standard_year=(_.standard * 12).cast("decimal(18, 2)"))
    return with_line.filter(_.standard_year < _.line)


_COVERED_WITHOUT_HOUSEHOLD_ROW = Doubt(
    ("household_no",),
    lambda c: c.households_covered_without_household_row,
    why="户内有在册人员在低保成员名册中为保障对象，但该证没有现行的户记录",
)


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
    clears_when="民政部门核实后将该户纳入低保（特困），或扶贫部门复核收入后不低于标准。",
    basis=BASIS_TWO_LINES,
    evidence=(household_row("poverty_status", "income_current"), REGISTERED_MEMBERS, *HOUSEHOLD_OFF_ROLL),
    absences=(NOT_ON_ROLL,),
    doubts=(_COVERED_WITHOUT_HOUSEHOLD_ROW,),
    policy_keys=("low_income_standard.rural",),
)
def eligible_household_is_on_the_roll(c: County, p: Policy) -> Table:
    """Open households with income below the rural standard and nobody on the roll."""
    threshold = money(p["low_income_standard.rural"] * 12)
    poor = c.open_households.filter(_.income_current < threshold)
    return poor.anti_join(c.registered_on_roll, "household_no").mutate(threshold=threshold)


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
    evidence=(household_row("household_type"), REGISTERED_MEMBERS, *HOUSEHOLD_OFF_ROLL),
    absences=(NOT_ON_ROLL,),
    doubts=(_COVERED_WITHOUT_HOUSEHOLD_ROW,),
)
def household_typed_low_income_is_in_force(c: County, p: Policy) -> Table:
    """Households typed 低保户 or 特困供养户 with nobody on the roll."""
    typed = c.households.filter(_.household_type.isin(("低保户", "特困供养户")))
    return typed.anti_join(c.registered_on_roll, "household_no")


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
    clears_when="扶贫部门把户类型更新为低保户或特困供养户，或民政部门停保。",
    basis=BASIS_TWO_LINES,
    evidence=(household_row("household_type"), *HOUSEHOLD_ON_ROLL),
)
def household_on_the_roll_is_typed_so(c: County, p: Policy) -> Table:
    """Households typed 一般户 with a registered person on the roll."""
    general = c.households.filter(_.household_type == "一般户")
    people = c.registered_on_roll.group_by("household_no").agg(people_on_roll=_.person_id.nunique())
    certificates = listed(c.registered_on_roll, "household_no", "certificate_no", "certificates")
    return general.inner_join(people, "household_no").inner_join(certificates, "household_no")


@rule(
    "TL05",
    "超标准仍在保",
    "income above the standard",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.HIGH,
    subject=CERTIFICATE,
    needs=LOW_INCOME,
    sentence="在保的低保证，月人均收入高于低保标准 + 收入容差，且不在渐退期内。",
    expected="月人均收入不高于低保标准{standard}元（容差{tolerance}元），或仍在渐退期内",
    actual="月人均收入{monthly_income}元，保障状态{status}，渐退起始日期{grace_start}",
    explanation="{programme}证{certificate_no}（户主{head_name}）登记的家庭月人均收入{monthly_income}元，"
    "高于低保标准每月{standard}元，保障状态为{status}，渐退起始日期{grace_start}，已不在渐退期内。",
    clears_when="民政部门复核收入，按规定停保或办理渐退；收入有误的更正收入。",
    basis=BASIS_TWO_LINES,
    evidence=(certificate_row("programme", "monthly_income", "status", "start_date", "end_date", "grace_start"),),
    policy_keys=("low_income_standard.rural", "low_income_standard.urban", "income_tolerance", "grace_months"),
)
def income_above_standard_leaves_the_roll(c: County, p: Policy) -> Table:
    """低保 certificates with income above standard and tolerance, and not in grace."""
    tolerance = money(p["income_tolerance"])
    above = c.low_income_certificates.filter(_.monthly_income > _.standard + tolerance)
    in_grace = (above.status == "渐退") & (
        above.grace_start.isnull() | (add_months(above.grace_start, p["grace_months"]) >= c.d)
    )
    return above.filter(~in_grace).mutate(tolerance=tolerance)


@rule(
    "TL06",
    "疑似漏评",
    "on the roll, below the line, not registered",
    owner=Department.REGISTER,
    severity=Severity.HIGH,
    subject=CERTIFICATE,
    needs=REGISTER + LOW_INCOME,
    sentence="在保的农村低保、农村特困证，月人均收入 × 12 + 人均保障金低于扶贫标准，成员无一人在建档立卡中（正常）。",
    expected="全年人均收入加保障金不低于扶贫标准{line}元，或已纳入建档立卡",
    actual="月人均收入{monthly_income}元，月保障金额{monthly_benefit}元，家庭人口{persons}人，成员均未在册",
    explanation="{programme}证{certificate_no}（户主{head_name}）家庭{persons}人，月人均收入{monthly_income}元、"
    "每月保障金{monthly_benefit}元，两项合计全年人均低于扶贫标准{line}元，但家庭成员都不在建档立卡名册中。",
    clears_when="扶贫部门入户核实后纳入建档立卡（监测），或收入复核后不低于扶贫标准。",
    basis=BASIS_TWO_LINES,
    evidence=(
        certificate_row("programme", "status", "persons", "monthly_income", "monthly_benefit"),
        CERTIFICATE_MEMBERS,
        OTHERWISE_REGISTERED,
    ),
    absences=(NOT_REGISTERED,),
    policy_keys=("poverty_line",),
)
def poor_certificate_is_in_the_register(c: County, p: Policy) -> Table:
    """Rural certificates below the line, benefit included, none of whose members is in the register."""
    line = money(p["poverty_line"])
    rural = c.unregistered_certificates.filter(_.programme.isin(RURAL_PROGRAMMES))
    # multiplied by persons rather than divided: comparisons are exact
    below = rural.filter(_.monthly_income * 12 * _.persons + _.monthly_benefit * 12 < _.persons * line)
    return below.mutate(line=line)


@rule(
    "TL07",
    "补差不足",
    "benefit below the gap",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.MEDIUM,
    subject=CERTIFICATE,
    needs=LOW_INCOME,
    sentence="在保的低保证，按补差计算，月保障金额（不含分类施保金）少于（低保标准 − 月人均收入）× 保障人口数 − 容差。",
    expected="月保障金额（不含分类施保金）不少于{gap}元（容差{tolerance}元）",
    actual="月保障金额{monthly_benefit}元，其中分类施保金{topup}元",
    explanation="{programme}证{certificate_no}（户主{head_name}）月人均收入{monthly_income}元、保障{covered_persons}人，"
    "按标准每月{standard}元应补差{gap}元，实际月保障金额{monthly_benefit}元（其中分类施保金{topup}元），补差不足。",
    clears_when="民政部门重新核定月保障金额，或更正收入、保障人口数。",
    basis="最低生活保障审核确认办法（补差发放）",
    evidence=(
        certificate_row(
            "programme", "benefit_method", "monthly_income", "covered_persons", "monthly_benefit", "category_topup"
        ),
    ),
    policy_keys=("low_income_standard.rural", "low_income_standard.urban", "benefit_tolerance"),
)
def benefit_fills_the_gap(c: County, p: Policy) -> Table:
    """补差 certificates whose benefit, without top-up, is below the gap to the standard."""
    tolerance = money(p["benefit_tolerance"])
    by_gap = c.low_income_certificates.filter(_.benefit_method == "补差")
    amounts = by_gap.mutate(
        topup=by_gap.category_topup.fill_null(money(0)),
        gap=((by_gap.standard - by_gap.monthly_income) * by_gap.covered_persons).cast("decimal(18, 2)"),
        tolerance=tolerance,
    )
    return amounts.filter(amounts.monthly_benefit - amounts.topup < amounts.gap - tolerance)


def _names_on_one_side(mine: Table, theirs: Table, column: str) -> Table:
    """Names of the people in ``mine`` who are not in ``theirs``, by household, clear and masked."""
    only = mine.anti_join(theirs, ["household_no", "person_id"])
    return only.group_by("household_no").agg(
        **{
            column: only.name.group_concat("、", order_by=only.person_id),
            f"{column}_masked": masked_name(only.name).group_concat("、", order_by=only.person_id),
        }
    )


@rule(
    "TL08",
    "保障人口不一致",
    "persons differ",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.LOW,
    subject=HOUSEHOLD,
    needs=REGISTER + LOW_INCOME,
    sentence="建档立卡户与其关联的在保证件，两边的家庭成员（按证件号码）不完全相同。",
    expected="两边家庭成员一致",
    actual="仅建档立卡有：{only_register}；仅低保（特困）有：{only_certificates}",
    explanation="该户（户主{head_name}）两个部门登记的家庭成员不一致：只在建档立卡登记的有{only_register}，"
    "只在低保（特困）证登记的有{only_certificates}。",
    clears_when="两部门核对户籍和共同生活人员，更正一方，使两边成员一致。",
    basis=BASIS_TWO_LINES,
    evidence=(household_row("persons"), REGISTERED_MEMBERS, LINKED_CERTIFICATES, LINKED_MEMBERS),
    doubts=(
        Doubt(
            ("household_no",),
            lambda c: c.linked.semi_join(c.doubtful_certificates, "certificate_no"),
            why="关联的低保（特困）证下有成员没有有效证件号码，或没有成员记录",
        ),
    ),
)
def both_books_name_the_same_people(c: County, p: Policy) -> Table:
    """Linked households whose registered persons differ from the persons of their linked certificates."""
    named = c.register_people.filter(_.person_id.notnull()).semi_join(c.linked, "household_no")
    registered = named.group_by(["household_no", "person_id"]).agg(name=_.name.min())
    members = c.numbered_certificate_members.inner_join(c.linked, "certificate_no")
    covered = members.group_by(["household_no", "person_id"]).agg(name=_.name.min())
    only_register = _names_on_one_side(registered, covered, "only_register")
    only_certificates = _names_on_one_side(covered, registered, "only_certificates")
    differing = only_register.select("household_no").union(only_certificates.select("household_no"), distinct=True)
    return (
        c.households.semi_join(differing, "household_no")
        .left_join(only_register, "household_no")
        .drop("household_no_right")
        .left_join(only_certificates, "household_no")
        .drop("household_no_right")
    )


@rule(
    "TL09",
    "收入认定不一致",
    "incomes differ",
    owner=Department.REGISTER,
    severity=Severity.MEDIUM,
    subject=HOUSEHOLD_CERTIFICATE,
    needs=REGISTER + LOW_INCOME,
    sentence="建档立卡户与其关联的在保证件，两边认定的收入（折合每年）之差大于容差 × 12。",
    expected="两边人均收入之差不超过每年{tolerance}元",
    actual="建档立卡人均纯收入{income_current}元/年，低保月人均收入{monthly_income}元（折合{income_year}元/年）",
    explanation="该户（户主{head_name}）建档立卡登记人均纯收入每年{income_current}元，低保证{certificate_no}登记"
    "月人均收入{monthly_income}元、折合每年{income_year}元，两边相差{apart}元。",
    clears_when="两部门共同核实收入，更正一方，使两边之差在容差以内。",
    basis=BASIS_TWO_LINES,
    evidence=(household_row("income_current"), certificate_row("programme", "monthly_income")),
    policy_keys=("income_tolerance",),
)
def both_books_agree_on_income(c: County, p: Policy) -> Table:
    """Linked pairs whose incomes, a person and year, differ by more than the tolerance."""
    tolerance = money(p["income_tolerance"] * 12)
    pairs = c.linked.inner_join(
        c.households.select("household_no", "head_name", "village_code", "income_current"), "household_no"
    ).inner_join(c.assistance.select("certificate_no", "monthly_income"), "certificate_no")
    amounts = pairs.mutate(income_year=(pairs.monthly_income * 12).cast("decimal(18, 2)"))
    differing = amounts.mutate(apart=(amounts.income_current - amounts.income_year).abs().cast("decimal(18, 2)"))
    return differing.filter(differing.apart > tolerance).mutate(tolerance=tolerance)


@rule(
    "TL10",
    "特困与低保重复",
    "destitute and low-income at once",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.HIGH,
    subject=PERSON,
    needs=LOW_INCOME,
    sentence="同一人同时在特困和低保证下在保。",
    expected="同一人只享受低保或特困中的一项",
    actual="同时在{certificates}下在保",
    explanation="{name}同时在特困证和低保证下在保（{certificates}）。",
    clears_when="民政部门核实后保留一项，另一项停保或移出该成员。",
    basis="特困人员认定办法（不重复享受低保）",
    evidence=PERSON_ON_ROLL,
)
def destitute_and_low_income_exclude_each_other(c: County, p: Policy) -> Table:
    """Persons on the roll under a 特困 and under a 低保 programme."""
    destitute = c.on_roll.filter(_.programme.isin(DESTITUTE_PROGRAMMES))
    low_income = c.on_roll.filter(_.programme.isin(LOW_INCOME_PROGRAMMES))
    both = c.on_roll.semi_join(destitute, "person_id").semi_join(low_income, "person_id")
    return certificates_of_persons(both)


def certificates_of_persons(on_roll: Table) -> Table:
    """One row a person: name, the first certificate, and the list of certificates."""
    names = on_roll.group_by("person_id").agg(name=_.name.min(), certificate_no=_.certificate_no.min())
    labelled = on_roll.mutate(label=on_roll.programme + "证" + on_roll.certificate_no)
    lists = listed(labelled, "person_id", "label", "certificates")
    return names.inner_join(lists, "person_id")


RULES = (
    standard_is_not_below_the_line,
    eligible_household_is_on_the_roll,
    household_typed_low_income_is_in_force,
    household_on_the_roll_is_typed_so,
    income_above_standard_leaves_the_roll,
    poor_certificate_is_in_the_register,
    benefit_fills_the_gap,
    both_books_name_the_same_people,
    both_books_agree_on_income,
    destitute_and_low_income_exclude_each_other,
)
