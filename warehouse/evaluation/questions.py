"""The questions that an evaluator must answer, each with its one query over the views of schema ``evaluation``.

``:county`` and ``:as_of`` stand for the county and the as-of date; ``:household_no``, ``:other_day`` for a household
and an earlier day. docs/evaluation/questions.md is made from here; the tests run each query.
"""

from dataclasses import dataclass
from typing import Final

from expectations.finding import CLOSED_STATES
from warehouse.sql import outside


@dataclass(frozen=True)
class Question:
    """One question, Chinese and English, and its query."""

    slug: str
    title: str
    title_en: str
    sql: str


_HERE: Final = "county = :county AND as_of = :as_of"

QUESTIONS: Final[tuple[Question, ...]] = (
    Question(
        "causes", "致贫原因：户数、人数，合计等于总数", "Households and persons by cause, summing to the total",
        f"""SELECT coalesce(cause, '合计') AS cause, count(*) AS households, sum(registered_members) AS persons
FROM evaluation.household_card WHERE {_HERE} AND counts GROUP BY ROLLUP (cause) ORDER BY households DESC, cause""",
    ),
    Question(
        "on_roll", "各乡镇在册人口的低保覆盖率", "Share of registered persons on the roll, by township",
        f"""SELECT area_code, area_name, numerator, denominator, unknown, share
FROM evaluation.indicators WHERE {_HERE} AND indicator = '低保覆盖率' AND level = 'township' ORDER BY area_code""",
    ),
    Question(
        "below_line", "收入低于扶贫标准又无人在保的户", "Households below the line and on no roll",
        f"""SELECT household_no, township, village, income_current, poverty_line
FROM evaluation.household_card WHERE {_HERE} AND counts AND below_line AND members_on_roll = 0 ORDER BY household_no""",
    ),
    Question(
        "above_standard", "超过低保标准、已过渐退期仍在保的证", "Certificates above the standard past grace",
        """SELECT f.certificate_no, f.certainty, f.state, c.monthly_income, c.monthly_benefit
FROM evaluation.findings f
JOIN evaluation.certificates c ON c.county = f.county AND c.certificate_no = f.certificate_no AND c.as_of = :as_of
WHERE f.county = :county AND f.rule = 'TL05' AND f.last_seen = :as_of ORDER BY f.certificate_no""",
    ),
    Question(
        "underpaid", "各已结清月份少发的证数和金额（按现行月保障金额）", "Months underpaid and the sum owed",
        """SELECT m.month, count(*) AS certificates, sum(c.monthly_benefit - coalesce(b.yuan_paid, 0)) AS yuan_owed
FROM evaluation.certificates c
JOIN evaluation.payment_months m ON m.county = c.county AND m.as_of = c.as_of AND m.is_asked
LEFT JOIN evaluation.benefit_months b
  ON b.county = c.county AND b.certificate_no = c.certificate_no AND b.month = m.month
WHERE c.county = :county AND c.as_of = :as_of AND c.in_force AND c.programme <> '低保边缘'
  AND c.start_date <= m.first_day AND coalesce(b.yuan_paid, 0) < c.monthly_benefit
GROUP BY m.month ORDER BY m.month""",
    ),
    Question(
        "uninsured", "未参保的在册人员，按所属类别", "Registered persons uninsured, with class",
        f"""SELECT CASE WHEN on_roll THEN '低保特困' WHEN is_open THEN '返贫致贫' ELSE '已脱贫' END AS class,
  count(*) AS persons
FROM evaluation.people WHERE {_HERE} AND counts AND NOT insured
GROUP BY CASE WHEN on_roll THEN '低保特困' WHEN is_open THEN '返贫致贫' ELSE '已脱贫' END ORDER BY class""",
    ),
    Question(
        "premiums", "应资助与已资助的参保金额", "Premium subsidies owed against paid",
        f"""SELECT premium_class, count(*) AS persons, sum(premium_yuan_due) AS yuan_due,
  sum(premium_yuan_paid) AS yuan_paid,
  count(*) FILTER (WHERE premium_yuan_paid < premium_yuan_due) AS persons_short,
  sum(premium_yuan_due - premium_yuan_paid) FILTER (WHERE premium_yuan_paid < premium_yuan_due) AS yuan_owed
FROM evaluation.people WHERE {_HERE} AND counts AND premium_yuan_due IS NOT NULL
GROUP BY premium_class ORDER BY premium_class""",
    ),
    Question(
        "out_of_school", "义务教育年龄没有学籍的儿童，按乡镇", "Children of school age out of school, by township",
        f"""SELECT substr(village_code, 1, 9) AS area_code, count(*) AS children,
  count(*) FILTER (WHERE NOT at_school) AS out_of_school
FROM evaluation.people WHERE {_HERE} AND counts AND of_school_age GROUP BY substr(village_code, 1, 9) ORDER BY 1""",
    ),
    Question(
        "education", "各学段应享受与已享受的教育资助项数", "Education items owed against received, by stage",
        f"""SELECT stage, count(*) AS pupils, sum(items_due) AS items_due, sum(items_received) AS items_received
FROM evaluation.people WHERE {_HERE} AND counts AND items_due > 0 GROUP BY stage ORDER BY stage""",
    ),
    Question(
        "houses", "C、D级住房的改造状态", "C and D houses by project state",
        f"""SELECT housing_grade, housing_state, count(*) AS households
FROM evaluation.household_card WHERE {_HERE} AND counts AND housing_grade IN ('C', 'D')
GROUP BY housing_grade, housing_state ORDER BY housing_grade, housing_state""",
    ),
    Question(
        "failing_exits", "已脱贫而有一项保障不达标的户", "Exited households with a failing guarantee",
        f"""SELECT household_no, below_line, NOT housing_safe AS housing_unsafe, uninsured_members,
  out_of_school_children
FROM evaluation.household_card
WHERE {_HERE} AND poverty_status = '已脱贫' AND counts
  AND (below_line OR NOT housing_safe OR uninsured_members > 0 OR out_of_school_children > 0
    OR (housing_grade IN ('C', 'D') AND housing_acceptance <> '合格'))
ORDER BY household_no""",
    ),
    Question(
        "exit_candidates", "未脱贫户逐项退出条件：达标、不达标、不能判断",
        "Exit candidates: open households with each condition met, not met or not known",
        f"""SELECT household_no, township, village,
  max(CASE WHEN guarantee = '收入' THEN condition END) AS income,
  max(CASE WHEN guarantee = '基本医疗' THEN condition END) AS insurance,
  max(CASE WHEN guarantee = '义务教育' THEN condition END) AS school,
  max(CASE WHEN guarantee = '住房安全' THEN condition END) AS house,
  max(CASE WHEN guarantee = '饮水安全' THEN condition END) AS water,
  count(*) FILTER (WHERE condition = '不达标') AS not_met,
  count(*) FILTER (WHERE condition = '不能判断') AS not_known
FROM (SELECT household_no, township, village, guarantee,
    CASE WHEN is_met THEN '达标' WHEN NOT is_met THEN '不达标' ELSE '不能判断' END AS condition
  FROM evaluation.coverage WHERE {_HERE} AND poverty_status <> '已脱贫') c
GROUP BY household_no, township, village ORDER BY not_met, not_known, household_no""",
    ),
    Question(
        "plans", "年度计划与达到数", "Plans beside what was reached",
        f"""SELECT year, target, area_code, planned, reached, share
FROM evaluation.plans WHERE {_HERE} ORDER BY year, target, area_code""",
    ),
    Question(
        "money", "规则认为应补发、应追回的金额（未了结的问题），按规则和责任部门",
        "Money owed and wrongly paid, by rule and department",
        f"""SELECT r.amount_side, f.owner, f.rule, f.rule_name, count(*) AS findings,
  sum(f.rule_yuan) FILTER (WHERE f.certainty = 'certain') AS yuan_certain,
  sum(f.rule_yuan) FILTER (WHERE f.certainty = 'possible') AS yuan_possible
FROM evaluation.findings f
JOIN evaluation.rule_coverage r ON r.county = f.county AND r.rule = f.rule AND r.as_of = :as_of
WHERE f.county = :county AND f.rule_yuan IS NOT NULL AND {outside("f.state", CLOSED_STATES)}
GROUP BY r.amount_side, f.owner, f.rule, f.rule_name ORDER BY r.amount_side, f.rule""",
    ),
    Question(
        "rates", "各项指标：分子、分母、不能判断的数量、标准", "Rates with numerators, denominators and unknowns",
        f"""SELECT indicator, unit, numerator, denominator, unknown, share, threshold
FROM evaluation.indicators WHERE {_HERE} AND level = 'county' ORDER BY indicator""",
    ),
    Question(
        "ledger", "各部门问题：属实、超期、重开", "Findings by department: confirmed, overdue, reopened",
        """SELECT owner, sum(findings) AS findings, sum(still_open) AS still_open, sum(confirmed) AS confirmed,
  sum(overdue) AS overdue, sum(reopened) AS reopened, sum(cleared) AS cleared, sum(dropped) AS dropped
FROM evaluation.ledger WHERE county = :county GROUP BY owner ORDER BY owner""",
    ),
    Question(
        "card", "一户在两个日期的情况", "One household's card at two dates",
        """SELECT * FROM evaluation.household_card
WHERE county = :county AND household_no = :household_no AND as_of IN (:as_of, :other_day) ORDER BY as_of""",
    ),
    Question(
        "register_on", "某日登记册怎么说", "What the register said on a given day",
        """SELECT poverty_status, count(*) AS households, sum(registered_members) AS persons
FROM evaluation.household_card
WHERE county = :county AND counts AND as_of = (SELECT max(as_of) FROM evaluation.household_card
  WHERE county = :county AND as_of <= :other_day)
GROUP BY poverty_status ORDER BY poverty_status""",
    ),
)  # fmt: skip
"""Every question of evaluation.md that the departments' data answer."""
