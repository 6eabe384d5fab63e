"""The rules as SQL written by hand, for the same DuckDB: what somebody who knows the rules would write in an afternoon.

Shared terms are views, each query stands alone, and only subject keys come out: no certainty, sentence or evidence.
"""

from decimal import Decimal

import duckdb

from expectations.calendar import first_day_of_month
from expectations.feeds import CORE_FEEDS
from pipelines.benching.rules.county import BenchCounty
from pipelines.benching.simulated import CODE, D

NAME_KEY = r"regexp_replace({}, '[·•‧・･.\s　]', '', 'g')"


def views(b: BenchCounty) -> dict[str, str]:
    """Shared terms by name, each over those before it."""
    c = b.days
    youngest, oldest = b.policy["compulsory_age"]
    grades = ", ".join(f"'{grade}'" for grade in b.policy["housing.grades_to_renovate"])
    start = c.school_start
    feeds = {feed.name: f"SELECT * FROM read_parquet('{b.path(feed.name)}')" for feed in CORE_FEEDS}
    return feeds | {
        "people": "SELECT household_no, person_id, name FROM register_members "
        "SEMI JOIN register_households USING (household_no) WHERE person_status = '正常'",
        "registered": "SELECT DISTINCT household_no, person_id FROM people WHERE person_id IS NOT NULL",
        "households": "SELECT * FROM register_households SEMI JOIN people USING (household_no)",
        "exited": "SELECT * FROM households WHERE poverty_status = '已脱贫'",
        "open_households": "SELECT * FROM households WHERE poverty_status IN ('未脱贫', '返贫')",
        "certificates": "SELECT *, CASE WHEN programme LIKE '城市%' "
        f"THEN {b.policy['low_income_standard.urban']} ELSE {b.policy['low_income_standard.rural']} END AS standard "
        f"FROM low_income_households WHERE status IN ('在保', '渐退') AND start_date <= DATE '{D}' "
        f"AND (end_date IS NULL OR end_date > DATE '{D}')",
        "assistance": "SELECT * FROM certificates WHERE programme <> '低保边缘'",
        "low_income": "SELECT * FROM certificates WHERE programme LIKE '%低保'",
        "on_roll": "SELECT DISTINCT person_id, certificate_no, programme FROM low_income_members "
        "JOIN assistance USING (certificate_no) WHERE covered AND person_id IS NOT NULL",
        "household_on_roll": "SELECT DISTINCT household_no, person_id, certificate_no "
        "FROM registered JOIN on_roll USING (person_id)",
        "linked": "SELECT DISTINCT household_no, certificate_no FROM registered JOIN low_income_members m USING "
        "(person_id) SEMI JOIN assistance a ON a.certificate_no = m.certificate_no",
        "unregistered": "SELECT * FROM certificates ANTI JOIN (SELECT certificate_no FROM low_income_members SEMI JOIN "
        "(SELECT person_id FROM register_members WHERE person_status = '正常' AND person_id IS NOT NULL) "
        "USING (person_id)) USING (certificate_no)",
        "enrolled": "SELECT * FROM insurance_enrolments WHERE enrolment_status = '正常参保' "
        f"AND year = {c.insurance_year} AND person_id IS NOT NULL",
        "attending": "SELECT person_id FROM students WHERE person_id IS NOT NULL "
        "AND student_status IN ('在读', '休学', '送教上门', '延缓入学', '县外就读')",
        "children": "SELECT * FROM registered WHERE substr(person_id, 7, 8) <= "
        f"'{start - youngest}0901' AND substr(person_id, 7, 8) > '{start - oldest}0901'",
        "truants": "SELECT * FROM children ANTI JOIN attending USING (person_id)",
        "uninsured": "SELECT * FROM registered ANTI JOIN enrolled USING (person_id)",
        "assessments": f"SELECT *, grade IN ({grades}) AND acceptance <> '合格' AS dangerous FROM registered "
        "JOIN housing_renovations ON head_id = person_id "
        "QUALIFY row_number() OVER (PARTITION BY household_no ORDER BY assessed_on DESC, case_no DESC) = 1",
        "certificate_cases": f"SELECT *, grade IN ({grades}) AND acceptance <> '合格' AS dangerous "
        "FROM (SELECT DISTINCT certificate_no, person_id FROM low_income_members) "
        "JOIN housing_renovations ON head_id = person_id "
        "QUALIFY row_number() OVER (PARTITION BY certificate_no ORDER BY assessed_on DESC, case_no DESC) = 1",
        "paid": "SELECT * FROM low_income_payments WHERE payment_status = '成功'",
        "paid_newest": f"SELECT * FROM paid WHERE month = '{c.newest_settled_month.name}'",
        "dead": "SELECT person_id, min(status_date) AS died_on FROM register_members ANTI JOIN registered "
        "USING (person_id) WHERE person_status = '死亡' AND person_id IS NOT NULL GROUP BY person_id",
        "covered": "SELECT certificate_no, person_id FROM low_income_members WHERE covered AND person_id IS NOT NULL",
    }


def rules(b: BenchCounty) -> dict[str, str]:
    """Each rule's query: one column, the subject key."""
    c, p = b.days, b.policy
    line, line_before = p["poverty_line"], p.value("poverty_line", D.replace(year=D.year - 1, month=12, day=31))
    tolerance, gap, grace = p["income_tolerance"], p["benefit_tolerance"], p["grace_months"]
    month, term = c.newest_settled_month.name, c.finished_term.term
    first_day = first_day_of_month(month)
    months = ", ".join(f"('{m.name}', DATE '{m.first_day}')" for m in c.settled_months)
    items = ", ".join(f"('{stage}', '{item}')" for stage, given in p["education.items"].items() for item in given)
    due = [p[f"insurance.subsidy.{name}"] for name in ("特困", "低保", "返贫致贫", "低保边缘")]
    same = "certificate_no || '|' || month"
    late = (
        "SELECT certificate_no, month, died_on FROM paid JOIN dead ON payee_id = person_id UNION ALL "
        "SELECT certificate_no, month, died_on FROM paid JOIN (SELECT certificate_no, max(person_id) AS person_id "
        "FROM low_income_members WHERE covered GROUP BY certificate_no HAVING count(*) = 1) USING (certificate_no) "
        "JOIN dead USING (person_id)"
    )
    found = {
        "TL02": "SELECT household_no FROM open_households ANTI JOIN household_on_roll USING (household_no) "
        f"WHERE income_current < {p['low_income_standard.rural'] * 12}",
        "TL03": "SELECT household_no FROM households ANTI JOIN household_on_roll USING (household_no) "
        "WHERE household_type IN ('低保户', '特困供养户')",
        "TL04": "SELECT household_no FROM households SEMI JOIN household_on_roll USING (household_no) "
        "WHERE household_type = '一般户'",
        "TL05": f"SELECT certificate_no FROM low_income WHERE monthly_income > standard + {tolerance} AND NOT "
        f"(status = '渐退' AND (grace_start IS NULL OR grace_start + INTERVAL {grace} MONTH >= DATE '{D}'))",
        "TL06": "SELECT certificate_no FROM unregistered WHERE programme IN ('农村低保', '农村特困') "
        f"AND monthly_income * 12 * persons + monthly_benefit * 12 < persons * {line}",
        "TL07": "SELECT certificate_no FROM low_income WHERE benefit_method = '补差' AND monthly_benefit "
        f"- coalesce(category_topup, 0) < (standard - monthly_income) * covered_persons - {gap}",
        "TL08": "SELECT household_no FROM households SEMI JOIN (SELECT household_no FROM (SELECT household_no, "
        "person_id FROM registered SEMI JOIN linked USING (household_no) UNION ALL SELECT DISTINCT household_no, "
        "person_id FROM linked JOIN low_income_members USING (certificate_no) WHERE person_id IS NOT NULL) "
        "GROUP BY household_no, person_id HAVING count(*) = 1) USING (household_no)",
        "TL09": "SELECT household_no || '|' || certificate_no FROM linked JOIN households USING (household_no) "
        f"JOIN assistance USING (certificate_no) WHERE abs(income_current - monthly_income * 12) > {tolerance * 12}",
        "TL10": "SELECT person_id FROM on_roll GROUP BY person_id "
        "HAVING bool_or(programme LIKE '%特困') AND bool_or(programme LIKE '%低保')",
        "CV01": "SELECT person_id FROM uninsured",
        "CV02": "WITH classes AS (SELECT person_id, 0 AS rank FROM on_roll WHERE programme LIKE '%特困' UNION ALL "
        "SELECT person_id, 1 FROM on_roll WHERE programme LIKE '%低保' UNION ALL "
        "SELECT person_id, 2 FROM registered SEMI JOIN open_households USING (household_no) UNION ALL "
        "SELECT person_id, 3 FROM covered SEMI JOIN (FROM certificates WHERE programme = '低保边缘') "
        "USING (certificate_no)) SELECT person_id FROM enrolled JOIN (SELECT person_id, "
        f"CASE min(rank) WHEN 0 THEN {due[0]} WHEN 1 THEN {due[1]} WHEN 2 THEN {due[2]} ELSE {due[3]} END AS due "
        "FROM classes GROUP BY person_id) USING (person_id) WHERE scheme = '城乡居民' "
        f"AND due - subsidy_amount > {gap}",
        "CV03": "SELECT person_id FROM truants",
        "CV04": "WITH received AS (FROM education_subsidies WHERE payment_status = '成功' "
        f"AND school_year = '{term.school_year}' AND term = '{term.term}') "
        f"SELECT person_id || '|{term.school_year}|{term.term}|' || s.item FROM (SELECT person_id, student_no, item "
        f"FROM students JOIN (VALUES {items}) AS items (stage, item) USING (stage) WHERE student_status = '在读' "
        f"AND (enrolled_on IS NULL OR enrolled_on <= DATE '{term.first_day}') AND person_id IN "
        "(SELECT person_id FROM registered UNION SELECT person_id FROM on_roll)) s ANTI JOIN received r1 ON "
        "r1.person_id = s.person_id AND r1.item = s.item ANTI JOIN received r2 ON r2.student_no = s.student_no "
        "AND r2.item = s.item",
        "CV05": "SELECT household_no FROM assessments WHERE dangerous AND (method = '无需改造' OR "
        f"(started_on IS NULL AND (plan_year IS NULL OR plan_year < {D.year})))",
        "CV06": "SELECT household_no FROM assessments WHERE dangerous AND method <> '无需改造' AND "
        f"started_on + INTERVAL {p['housing.complete_within_months']} MONTH < DATE '{D}'",
        "CV07": "SELECT household_no FROM households ANTI JOIN assessments USING (household_no)",
        "CV08": "SELECT case_no FROM housing_renovations WHERE acceptance = '合格' AND paid < subsidy AND "
        f"completed_on + INTERVAL {p['housing.pay_within_months']} MONTH < DATE '{D}'",
        "CV09": "SELECT certificate_no FROM unregistered WHERE (certificate_no IN (SELECT certificate_no FROM covered "
        "ANTI JOIN enrolled USING (person_id)))::INT + (certificate_no IN (SELECT certificate_no FROM "
        "low_income_members ANTI JOIN attending USING (person_id) WHERE person_id IS NOT NULL AND "
        f"{_of_school_age(b)}))::INT + (certificate_no IN (SELECT certificate_no FROM certificate_cases "
        f"WHERE dangerous))::INT + (monthly_income * 12 < {line})::INT >= {p['signals_needed']}",
        "EX01": f"SELECT household_no FROM exited WHERE income_current < {line} OR income_previous < {line_before}",
        "EX02": "SELECT household_no FROM exited WHERE NOT housing_safe OR household_no IN "
        "(SELECT household_no FROM assessments WHERE dangerous)",
        "EX03": "SELECT household_no FROM exited SEMI JOIN truants USING (household_no)",
        "EX04": "SELECT household_no FROM exited SEMI JOIN uninsured USING (household_no)",
        "DU01": "SELECT person_id FROM registered GROUP BY person_id HAVING count(*) > 1",
        "DU02": "SELECT person_id FROM on_roll WHERE programme LIKE '%低保' GROUP BY person_id "
        "HAVING count(DISTINCT certificate_no) > 1",
        "DU03": "SELECT person_id FROM enrolled GROUP BY person_id HAVING count(DISTINCT scheme) > 1",
        "DU04": "SELECT concat_ws('|', person_id, school_year, term, item) FROM education_subsidies WHERE "
        "payment_status = '成功' AND person_id IS NOT NULL GROUP BY person_id, school_year, term, item "
        "HAVING count(*) > 1",
        "DU05": "SELECT head_id FROM (SELECT head_id, plan_year - lag(plan_year) OVER (PARTITION BY head_id ORDER BY "
        "plan_year, case_no) AS gap FROM housing_renovations WHERE paid > 0 AND head_id IS NOT NULL AND plan_year "
        f"IS NOT NULL) WHERE gap < {p['housing.repeat_years']}",
        "PY01": "SELECT certificate_no FROM paid JOIN low_income_households h USING (certificate_no) WHERE h.status = "
        "'停保' AND month > strftime(end_date, '%Y-%m')",
        "PY02": f"SELECT certificate_no FROM (SELECT certificate_no, month FROM assistance JOIN (VALUES {months}) AS "
        "months (month, first_day) ON start_date <= first_day WHERE monthly_benefit > 0) "
        "ANTI JOIN paid USING (certificate_no, month)",
        "PY03": "SELECT certificate_no FROM (SELECT certificate_no, sum(amount) AS total FROM paid_newest "
        f"GROUP BY certificate_no) JOIN assistance USING (certificate_no) WHERE start_date <= DATE '{first_day}' "
        f"AND abs(total - monthly_benefit) > {gap}",
        "PY04": f"SELECT {same} FROM low_income_payments ANTI JOIN paid USING (certificate_no, month) "
        f"WHERE payment_status = '退回' AND month IN (SELECT month FROM (VALUES {months}) AS m (month, first_day))",
        "PY05": "SELECT p.certificate_no FROM paid_newest p ANTI JOIN low_income_members m ON "
        "m.certificate_no = p.certificate_no AND m.person_id = p.payee_id WHERE p.payee_id IS NOT NULL",
        "PY06": f"SELECT certificate_no FROM ({late}) WHERE month > strftime(died_on, '%Y-%m')",
        "ID01": " UNION ALL ".join(_invalid()),
        "ID02": f"SELECT person_id FROM ({' UNION ALL '.join(_names())}) SEMI JOIN (SELECT person_id FROM "
        "register_members UNION ALL SELECT person_id FROM low_income_members) USING (person_id) "
        f"GROUP BY person_id HAVING count(DISTINCT {NAME_KEY.format('name')}) > 1",
        "ID03": "SELECT member_no FROM register_members WHERE person_id IS NOT NULL AND "
        "(strftime(birth_date, '%Y%m%d') <> substr(person_id, 7, 8) OR sex <> "
        "CASE WHEN substr(person_id, 17, 1)::INT % 2 = 1 THEN '男' ELSE '女' END)",
        "ID05": f"SELECT person_id FROM dead SEMI JOIN on_roll USING (person_id) WHERE died_on <= DATE '{D}'",
    }
    return {"TL01": f"SELECT * FROM (VALUES {_areas(b, line)})"} | found


def _areas(b: BenchCounty, line: Decimal) -> str:
    low = [area for area in ("rural", "urban") if b.policy[f"low_income_standard.{area}"] * 12 < line]
    return ", ".join(f"('{CODE}|{area}')" for area in low) or "(NULL)"


def _of_school_age(b: BenchCounty) -> str:
    youngest, oldest = b.policy["compulsory_age"]
    start = b.days.school_start
    born = "substr(person_id, 7, 8)"
    return f"{born} <= '{start - youngest}0901' AND {born} > '{start - oldest}0901'"


def _invalid() -> list[str]:
    return [
        f"SELECT concat_ws('|', '{feed.name}|{column}', "
        + ", ".join(f"coalesce({name}::VARCHAR, '')" for name in feed.label_columns)
        + f") FROM {feed.name} WHERE {column} IS NULL"
        for feed in CORE_FEEDS
        for column in feed.identity_columns
    ]


def _names() -> list[str]:
    return [
        f"SELECT DISTINCT {column} AS person_id, {feed.name_beside(column)} AS name FROM {feed.name} "
        f"WHERE {column} IS NOT NULL"
        for feed in CORE_FEEDS
        for column in feed.identity_columns
    ]


def find(b: BenchCounty) -> dict[str, set[str]]:
    """Subject keys by rule."""
    with duckdb.connect() as connection:
        for name, query in views(b).items():
            connection.execute(f"CREATE VIEW {name} AS {query}")
        found = {}
        for rule, query in rules(b).items():
            rows = connection.execute(f"SELECT DISTINCT * FROM ({query}) t").fetchall()
            found[rule] = {str(key) for (key,) in rows if key is not None}
        return found
