"""TL01, TL05-TL07: standard, line, incomes and benefits measured by one another."""

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.amount import YUAN, Amount, Side
from expectations.departments import Department
from expectations.rule import (
    AREA,
    CERTIFICATE,
    Reading,
    Severity,
    Suspicion,
    Visit,
    rule,
)
from expectations.rules.evidence import (
    CERTIFICATE_MEMBERS,
    IN_FORCE,
    NOT_REGISTERED,
    OTHERWISE_REGISTERED,
    certificate_row,
)
from expectations.rules.needs import LH, LM, LOW_INCOME, REGISTER
from expectations.rules.papers import BENEFIT, IDENTITY, INCOME
from expectations.rules.two_lines.basis import BASIS_TWO_LINES
from expectations.terms import (
    RURAL_PROGRAMMES,
    County,
    add_months,
    money,
)
from expectations.values import Values


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
    facts={"county": None, "area": None, "line": None, "area_label": None, "standard": None, "standard_year": None},
    clears_when="民政部门提高低保标准，使其折合每年不低于扶贫标准。",
    basis=BASIS_TWO_LINES,
    visit=None,
    policy_keys=("poverty_line", "low_income_standard.rural", "low_income_standard.urban"),
)
def standard_is_not_below_the_line(c: County, p: Values) -> Table:
    """Areas whose standard, a year, lies below the poverty line."""
    areas = ibis.memtable(
        [
            {"area": area, "area_label": label, "standard": p[f"low_income_standard.{area}"]}
            for area, label in (("rural", "农村"), ("urban", "城市"))
        ],
        schema={"area": "string", "area_label": "string", "standard": "decimal(18, 2)"},
    )
    with_line = c.beside(areas, "county").mutate(
        line=money(p["poverty_line"]), standard_year=(_.standard * 12).cast("decimal(18, 2)")
    )
    return with_line.filter(_.standard_year < _.line)


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
    facts={"standard": None, "tolerance": None},
    clears_when="民政部门复核收入，按规定停保或办理渐退；收入有误的更正收入。",
    basis=BASIS_TWO_LINES,
    visit=Visit("现在的收入有哪些、每月多少，是稳定的还是临时的。", (*INCOME, *BENEFIT)),
    evidence=(certificate_row("programme", "monthly_income", "status", "start_date", "end_date", "grace_start"),),
    policy_keys=("low_income_standard.rural", "low_income_standard.urban", "income_tolerance", "grace_months"),
    reads=(IN_FORCE, Reading(LH, "grace_start")),
)
def income_above_standard_leaves_the_roll(c: County, p: Values) -> Table:
    """低保 certificates with income above standard and tolerance, and not in grace."""
    tolerance = money(p["income_tolerance"])
    above = c.with_standard(c.low_income_certificates).filter(_.monthly_income > _.standard + tolerance)
    above = c.beside(above, "low_income_day")
    in_grace = (above.status == "渐退") & (
        above.grace_start.isnull() | (add_months(above.grace_start, p["grace_months"]) >= above.low_income_day)
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
    facts={"line": None},
    clears_when="扶贫部门入户核实后纳入建档立卡（监测），或收入复核后不低于扶贫标准。",
    basis=BASIS_TWO_LINES,
    visit=Visit("家里有什么困难，收入多少；是否愿意申请纳入建档立卡（监测）。", (*IDENTITY, *INCOME)),
    evidence=(
        certificate_row("programme", "status", "persons", "monthly_income", "monthly_benefit"),
        CERTIFICATE_MEMBERS,
        OTHERWISE_REGISTERED,
    ),
    absences=(NOT_REGISTERED,),
    policy_keys=("poverty_line",),
    suspects=Suspicion.MISSED,
    reads=(IN_FORCE,),
    refuted_by=(LM,),
)
def poor_certificate_is_in_the_register(c: County, p: Values) -> Table:
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
    facts={"gap": None, "tolerance": None, "topup": None, "standard": None},
    clears_when="民政部门重新核定月保障金额，或更正收入、保障人口数。",
    basis="最低生活保障审核确认办法（补差发放）",
    visit=Visit("每月实际领到多少低保金，保障的是哪几个人。", BENEFIT),
    evidence=(
        certificate_row(
            "programme", "benefit_method", "monthly_income", "covered_persons", "monthly_benefit", "category_topup"
        ),
    ),
    policy_keys=("low_income_standard.rural", "low_income_standard.urban", "benefit_tolerance"),
    reads=(IN_FORCE, Reading(LH, "category_topup")),
    amount=Amount(Side.OWED, "一个月的应补差额 −（月保障金额 − 分类施保金）"),
)
def benefit_fills_the_gap(c: County, p: Values) -> Table:
    """补差 certificates whose benefit, without top-up, is below the gap to the standard."""
    tolerance = money(p["benefit_tolerance"])
    by_gap = c.with_standard(c.low_income_certificates).filter(_.benefit_method == "补差")
    amounts = by_gap.mutate(
        topup=by_gap.category_topup.fill_null(money(0)),
        gap=((by_gap.standard - by_gap.monthly_income) * by_gap.covered_persons).cast("decimal(18, 2)"),
        tolerance=tolerance,
    )
    lacking = amounts.gap - (amounts.monthly_benefit - amounts.topup)
    return amounts.mutate(**{YUAN: lacking}).filter(amounts.monthly_benefit - amounts.topup < amounts.gap - tolerance)


RULES = (
    standard_is_not_below_the_line,
    income_above_standard_leaves_the_roll,
    poor_certificate_is_in_the_register,
    benefit_fills_the_gap,
)
