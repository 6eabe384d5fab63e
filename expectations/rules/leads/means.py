"""LD01–LD03: a post, a vehicle or a business in the name of somebody who benefits."""

from typing import Final

import ibis
from ibis.expr.types import StringValue, Table

from expectations.departments import Department
from expectations.rule import PERSON, Evidence, Reading, Severity, Visit, rule
from expectations.rules.evidence import BENEFITING as BENEFITING_ROWS
from expectations.rules.evidence import ON_ROLL_IN_FORCE
from expectations.rules.leads.words import BASIS_CHECKS, BENEFITING, BOTH_BOOKS, CLEARS, DAYS_OF_BOOKS
from expectations.rules.needs import BL, PP, VE
from expectations.rules.papers import IDENTITY
from expectations.terms import County, listed, money, owner_of_person
from expectations.terms.here import DOCUMENTS
from expectations.values import Values

_IN_FORCE: Final = Reading(
    ON_ROLL_IN_FORCE.feed,
    "end_date",
    "certificate_no",
    lambda c: c.assistance_people.select("person_id", "certificate_no"),
)
_DERIVED: Final = dict.fromkeys(
    ("standing", "items", "name_note", "leave", "office_day", "low_income_day", "register_day")
)


def _with_standing(c: County, rows: Table, label: StringValue, feed: str, day: str) -> Table:
    """One finding a person who benefits and has one of ``rows``: what is listed of them, and by which document."""
    items = listed(rows.mutate(label=label), "person_id", "label", "items")
    found = c.benefiting.inner_join(items, "person_id")
    noted = c.noting_names(found, rows, "person_id")
    dated = c.beside(noted, day, "low_income_day", "register_day", DOCUMENTS[feed])
    return dated.mutate(
        office_day=dated[day], leave=dated[DOCUMENTS[feed]], owner=owner_of_person(dated.certificate_no)
    )


def _posts(c: County) -> Table:
    """public_payroll rows of people who benefit: begun, not ended, of no post that is passed over."""
    ignored = c.values.of(*BOTH_BOOKS, PP)["leads.payroll_posts_ignored"]
    rows = c.beside(c.rows[PP].semi_join(c.benefiting, "person_id"), "payroll_day")
    return rows.filter(
        rows.starts_on <= rows.payroll_day,
        rows.ends_on.isnull() | (rows.ends_on > rows.payroll_day),
        rows.post.notin(ignored) if ignored else ibis.literal(True),
    ).drop("payroll_day")


@rule(
    "LD01",
    "财政供养人员",
    "paid from the public purse",
    owner=Department.CIVIL_AFFAIRS,
    may_own=(Department.REGISTER,),
    severity=Severity.MEDIUM,
    subject=PERSON,
    needs=(*BOTH_BOOKS, PP),
    sentence=f"{BENEFITING}，财政供养人员数据中有其在其截止日已起始、未终止的记录，人员类别不在leads.payroll_posts_ignored之内。",
    expected="家庭收入的认定包括在岗人员的工资收入",
    actual="财政供养人员数据（截止{office_day}）：{items}",
    explanation="{name}是{standing}"
    + DAYS_OF_BOOKS
    + "，财政供养人员数据（截止{office_day}）中有其{items}的记录{name_note}。"
    "请核实：是否本人、是否仍在岗，工资是否已计入家庭收入？依据：{leave}。",
    facts=_DERIVED,
    clears_when=CLEARS,
    basis=BASIS_CHECKS,
    visit=Visit("是不是本人，现在做什么工作，工资多少，认定收入时算进去没有。", (*IDENTITY, "工资单或银行卡流水")),
    evidence=(Evidence(PP, ("person_id",), ("name", "post", "starts_on", "ends_on"), _posts), *BENEFITING_ROWS),
    reads=(_IN_FORCE, Reading(PP, "ends_on")),
    policy_keys=("leads.payroll_posts_ignored",),
    is_lead=True,
)
def benefits_and_is_on_the_payroll(c: County, p: Values) -> Table:
    """People who benefit and whom the public purse pays."""
    rows = _posts(c)
    return _with_standing(c, rows, rows.post + "（" + rows.starts_on.cast("string") + "起）", PP, "payroll_day")


def _vehicles(c: County) -> Table:
    """vehicles rows of people who benefit: 正常, of a kind that is asked about, not known to be worth little."""
    values = c.values.of(*BOTH_BOOKS, VE)
    kinds, worth = values["leads.vehicle_types"], money(values["leads.vehicle_value"])
    rows = c.rows[VE]
    owned = rows.mutate(person_id=rows.owner_id, name=rows.owner_name).semi_join(c.benefiting, "person_id")
    return owned.filter(
        owned.vehicle_status == "正常",
        owned.vehicle_type.isin(kinds) if kinds else ibis.literal(False),
        owned.appraised_value.isnull() | (owned.appraised_value >= worth),
    )


@rule(
    "LD02",
    "名下有车辆",
    "a vehicle in the name",
    owner=Department.CIVIL_AFFAIRS,
    may_own=(Department.REGISTER,),
    severity=Severity.MEDIUM,
    subject=PERSON,
    needs=(*BOTH_BOOKS, VE),
    sentence=f"{BENEFITING}，机动车登记中有其状态正常、类型在leads.vehicle_types之内、价值未填或不低于leads.vehicle_value的车辆。",
    expected="家庭财产的认定包括名下车辆",
    actual="机动车登记（截止{office_day}）：{items}",
    explanation="{name}是{standing}"
    + DAYS_OF_BOOKS
    + "，机动车登记（截止{office_day}）中有其名下的{items}{name_note}。"
    "请核实：是否本人所有、车辆是否还在、用来做什么，认定家庭财产时是否已考虑？依据：{leave}。",
    facts=_DERIVED,
    clears_when=CLEARS,
    basis=BASIS_CHECKS,
    visit=Visit("车是谁的、谁在用、用来做什么，现在还值多少钱。", (*IDENTITY, "机动车行驶证或登记证书")),
    evidence=(
        Evidence(
            VE,
            ("person_id",),
            ("owner_name", "vehicle_type", "usage", "registered_on", "appraised_value", "vehicle_status"),
            _vehicles,
        ),
        *BENEFITING_ROWS,
    ),
    reads=(_IN_FORCE, Reading(VE, "appraised_value")),
    policy_keys=("leads.vehicle_types", "leads.vehicle_value"),
    is_lead=True,
)
def benefits_and_owns_a_vehicle(c: County, p: Values) -> Table:
    """People who benefit and in whose name a vehicle stands."""
    rows = _vehicles(c)
    worth = ibis.coalesce("价值" + rows.appraised_value.cast("string") + "元", ibis.literal("价值未填"))
    about = rows.usage + "，" + rows.registered_on.cast("string") + "初次登记，" + worth
    return _with_standing(c, rows, rows.vehicle_type + "（" + about + "）", VE, "vehicles_day")


def _businesses(c: County) -> Table:
    """business_licences rows of people who benefit: 存续, no cooperative, in a role that is asked about."""
    roles = c.values.of(*BOTH_BOOKS, BL)["leads.business_roles"]
    rows = c.rows[BL].semi_join(c.benefiting, "person_id")
    return rows.filter(
        rows.business_status == "存续",
        rows.business_type != "农民专业合作社",
        rows.business_role.isin(roles) if roles else ibis.literal(False),
    )


@rule(
    "LD03",
    "名下有经营主体",
    "a business in the name",
    owner=Department.CIVIL_AFFAIRS,
    may_own=(Department.REGISTER,),
    severity=Severity.MEDIUM,
    subject=PERSON,
    needs=(*BOTH_BOOKS, BL),
    sentence=f"{BENEFITING}，经营主体登记中有其存续的、不是农民专业合作社的主体，身份在leads.business_roles之内。",
    expected="家庭收入和财产的认定包括经营收入",
    actual="经营主体登记（截止{office_day}）：{items}",
    explanation="{name}是{standing}"
    + DAYS_OF_BOOKS
    + "，经营主体登记（截止{office_day}）中有其{items}的记录{name_note}。"
    "请核实：是否本人在经营、还在不在经营，经营收入是否已计入家庭收入？依据：{leave}。",
    facts=_DERIVED,
    clears_when=CLEARS,
    basis=BASIS_CHECKS,
    visit=Visit("店铺或企业是不是本人在经营，还开着没有，一年大约挣多少。", (*IDENTITY, "营业执照")),
    evidence=(
        Evidence(
            BL,
            ("person_id",),
            ("name", "business_type", "business_role", "founded_on", "business_status"),
            _businesses,
        ),
        *BENEFITING_ROWS,
    ),
    reads=(_IN_FORCE,),
    policy_keys=("leads.business_roles",),
    is_lead=True,
)
def benefits_and_runs_a_business(c: County, p: Values) -> Table:
    """People who benefit and run a business."""
    rows = _businesses(c)
    label = rows.business_type + rows.business_role + "（" + rows.founded_on.cast("string") + "成立）"
    return _with_standing(c, rows, label, BL, "licences_day")


RULES = (benefits_and_is_on_the_payroll, benefits_and_owns_a_vehicle, benefits_and_runs_a_business)
