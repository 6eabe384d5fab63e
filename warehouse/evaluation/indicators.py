"""The indicators: each one declaration, from which the view, the command and the questions' page are made.

Every figure stands for a county, a township and a village, with numerator, denominator and how many nobody can judge.
What is unknown counts on neither side: the share is of those that are known, and null where none is. They read the
other views of ``evaluation`` and no table behind them, so that whoever has those can run every query himself.
"""

from typing import Final

from expectations.feeds import BOOKS
from warehouse.evaluation.indicator import Indicator, count_of, statement
from warehouse.evaluation.money import MONEY
from warehouse.evaluation.plans import PLANS
from warehouse.sql import literal
from warehouse.tables.dimensions import area_counts
from warehouse.tables.readings import CASES, HOUSES, POPULATION

_READINGS: Final = "evaluation.policy_readings"


_PEOPLE: Final = "(SELECT * FROM evaluation.people WHERE counts) s"
_HOUSEHOLDS: Final = f"""(SELECT h.county, h.as_of, h.village_code, h.housing_safe, h.water_safe,
      h.housing_safe AND NOT (h.housing_grade IS NOT NULL AND {HOUSES.sql("h", "value", _READINGS)} LIKE
        '%"' || h.housing_grade || '"%' AND h.housing_acceptance <> '合格') AS is_safe,
      h.housing_cases IS NOT NULL AS is_known
    FROM evaluation.household_card h WHERE h.counts) s"""
# a household without a policy value, or of whom a book is not there, meets what nobody can judge neither way
_CANDIDATES: Final = """(SELECT county, as_of, village_code, count(*) FILTER (WHERE is_met) = count(*) AS meets_all,
      count(*) FILTER (WHERE NOT is_met) > 0 AS fails_one
    FROM evaluation.coverage WHERE poverty_status <> '已脱贫'
    GROUP BY county, as_of, village_code, household_no) s"""
_CASES: Final = f"""(SELECT c.county, l.as_of, c.village_code, c.acceptance, c.subsidy, c.paid,
      {CASES.sql("l", "value", _READINGS)} LIKE '%"' || c.grade || '"%' AND c.method <> '无需改造' AS to_renovate
    FROM evaluation.housing_cases c
    JOIN (SELECT county, max(as_of) AS as_of FROM evaluation.days GROUP BY county) l ON l.county = c.county) s"""
# a village with nobody in any book counts too: its people are the policy's
_VILLAGES: Final = f"""(SELECT v.county, v.as_of, v.village_code, p.number AS population,
      coalesce(o.persons, 0) AS open_persons
    FROM (SELECT a.county, l.as_of, a.area_code AS village_code
        FROM evaluation.areas a JOIN evaluation.days l ON l.county = a.county
        WHERE a.level = 'village' AND {area_counts("a", "l.as_of")}
      UNION SELECT county, as_of, substr(key, {len(POPULATION.key) + 1})
        FROM evaluation.policy_readings WHERE reading = {literal(POPULATION.name)}) v
    LEFT JOIN evaluation.policy_readings p ON p.county = v.county AND p.as_of = v.as_of
      AND p.reading = {literal(POPULATION.name)} AND p.key = {literal(POPULATION.key)} || v.village_code
    LEFT JOIN (SELECT county, as_of, village_code, count(*) AS persons FROM evaluation.people
      WHERE counts AND is_open GROUP BY county, as_of, village_code) o
      ON o.county = v.county AND o.as_of = v.as_of AND o.village_code = v.village_code
    WHERE substr(v.village_code, 1, 6) = v.county) s"""


def _two_lines(area: str, title: str) -> Indicator:
    """By how much a standard lies above the line: the two are to be one. Both at D, as TL01 reads them."""
    return Indicator(
        f"两线差（{title}）",
        "元/人·年",
        f"（{title}低保标准 × 12 − 扶贫标准）÷ 扶贫标准（比对日的政策参数，全县一个数）；负数为低保标准低于扶贫标准",
        "max(s.difference)",
        "max(s.line)",
        "0",
        f"""(SELECT l.county, l.as_of, l.county AS village_code, l.number AS line,
      p.number * 12 - l.number AS difference
    FROM evaluation.policy l JOIN evaluation.policy p ON p.county = l.county AND p.as_of = l.as_of
    WHERE l.key = 'poverty_line' AND p.key = {literal("low_income_standard." + area)}) s""",
        adds_up=False,
        policy=f"poverty_line、low_income_standard.{area}",
    )


INDICATORS: Final[tuple[Indicator, ...]] = (
    Indicator(
        "贫困发生率", "人", "在册未脱贫人口 ÷ 农业户籍人口（政策参数，逐村）；没有人口数的村两边都不计，只计入未知",
        "sum(s.open_persons) FILTER (WHERE s.population IS NOT NULL)", "sum(s.population)",
        count_of("s.population IS NULL"), _VILLAGES, at_least=False,
        policy="agricultural_population.<村代码>（每个村）", standard="综合贫困发生率", unknown_persons=False,
    ),
    Indicator(
        "低保覆盖率", "人", "在册人口中在保（低保、特困）人数 ÷ 在册人口",
        count_of("s.on_roll"), count_of("s.on_roll IS NOT NULL"), count_of("s.on_roll IS NULL"), _PEOPLE,
        divides="在册人口", rule="TL02", feeds=(*BOOKS["register"], *BOOKS["low_income"]),
    ),
    Indicator(
        "参保率", "人", "参保年度内正常参保人数 ÷ 在册人口",
        count_of("s.insured"), count_of("s.insured IS NOT NULL"), count_of("s.insured IS NULL"), _PEOPLE,
        divides="在册人口", rule="CV01", feeds=(*BOOKS["register"], "insurance_enrolments"),
    ),
    Indicator(
        "资助参保率", "人", "足额资助人数 ÷ 参加城乡居民医保且应资助的在册人口",
        count_of("s.premium_yuan_paid >= s.premium_yuan_due"), count_of("s.premium_yuan_due IS NOT NULL"),
        count_of("s.insured IS NULL"), _PEOPLE,
        rule="CV02", feeds=(*BOOKS["register"], *BOOKS["low_income"], "insurance_enrolments"),
    ),
    Indicator(
        "控辍保学率", "人", "有在读等学籍的义务教育年龄儿童 ÷ 在册人口中的义务教育年龄儿童",
        count_of("s.of_school_age AND s.at_school"), count_of("s.of_school_age"), count_of("s.of_school_age IS NULL"),
        _PEOPLE,
        rule="CV03", feeds=(*BOOKS["register"], "students"),
    ),
    Indicator(
        "补助到位率", "项", "已发放的教育资助项数 ÷ 最近结束的学期应享受的项数（在册学生）",
        "coalesce(sum(s.items_received), 0)", "coalesce(sum(s.items_due), 0)", count_of("s.items_due IS NULL"), _PEOPLE,
        rule="CV04", feeds=(*BOOKS["register"], "students", "education_subsidies"),
        behind=(count_of("s.items_received > 0"), count_of("s.items_received < s.items_due")),
    ),
    Indicator(
        "住房安全率", "户", "住房安全户 ÷ 有在册人员的户；登记为安全，且最近一次鉴定不属应改造等级或已验收合格的为安全",
        count_of("s.is_known AND s.is_safe"), count_of("s.is_known"), count_of("NOT s.is_known"), _HOUSEHOLDS,
        rule="EX02", feeds=(*BOOKS["register"], "housing_renovations"),
    ),
    Indicator(
        "饮水安全率", "户", "登记为饮水安全的户 ÷ 有在册人员、登记了是否饮水安全的户",
        count_of("s.water_safe"), count_of("s.water_safe IS NOT NULL"), count_of("s.water_safe IS NULL"), _HOUSEHOLDS,
        rule="EX05", feeds=BOOKS["register"],
    ),
    Indicator(
        "退出条件齐备率", "户", "五项保障都达标的未脱贫户 ÷ 能够判断的未脱贫户（都达标，或有不达标的）；其余不能判断",
        count_of("s.meets_all"), count_of("s.meets_all OR s.fails_one"),
        count_of("NOT (s.meets_all OR s.fails_one)"), _CANDIDATES,
        rule="EX01", feeds=(*BOOKS["register"], "insurance_enrolments", "students", "housing_renovations"),
    ),
    Indicator(
        "无在册人员的户（households_without_members）", "户",
        "登记了户而没有在册人员（人员状态正常）的户，不计入任何户数 ÷ 登记的户（其余即各处所称户数）",
        count_of("NOT s.counts"), "count(*)", "0", "evaluation.household_card s", at_least=False,
        feeds=BOOKS["register"],
    ),
    Indicator(
        "危改竣工率", "份", "验收合格档案 ÷ 应改造档案（鉴定等级属应改造，改造方式不是无需改造）；只有最新数据截止日",
        count_of("s.to_renovate AND s.acceptance = '合格'"), count_of("s.to_renovate"), "0", _CASES,
        rule="CV06", feeds=("housing_renovations",),
    ),
    Indicator(
        "危改补助到位率", "元", "验收合格档案的拨付金额 ÷ 补助金额；只有最新数据截止日",
        "coalesce(sum(s.paid) FILTER (WHERE s.acceptance = '合格'), 0)",
        "coalesce(sum(s.subsidy) FILTER (WHERE s.acceptance = '合格'), 0)", "0", _CASES,
        rule="CV08", feeds=("housing_renovations",),
        behind=(
            count_of("s.acceptance = '合格' AND s.paid > 0"), count_of("s.acceptance = '合格' AND s.paid < s.subsidy")
        ),
    ),
    _two_lines("rural", "农村"),
    _two_lines("urban", "城市"),
    *PLANS,
    *MONEY,
)  # fmt: skip
"""Every indicator that the departments' data can say; 漏评率, 错退率 and 综合贫困发生率 need a survey."""


def all_statements() -> str:
    """Every indicator, one below the other."""
    return "\n  UNION ALL\n  ".join(statement(indicator) for indicator in INDICATORS)
