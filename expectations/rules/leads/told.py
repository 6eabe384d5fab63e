"""LD04 and LD10: deaths that one registry knows and another does not, and what was handed down to be looked into."""

from typing import Final

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.departments import Department
from expectations.rule import LEAD, PERSON, Evidence, Severity, Visit, rule
from expectations.rules.evidence import ON_ROLL_IN_FORCE, PERSON_ON_ROLL, REGISTERED_PERSON
from expectations.rules.leads.words import BASIS_CHECKS, BOTH_BOOKS, CLEARS
from expectations.rules.needs import DE, LP, OL, REGISTER
from expectations.terms import County, listed
from expectations.terms.here import DOCUMENTS
from expectations.values import Values

_DAYS: Final = ("deaths_day", "register_day", "low_income_day")

# --- LD04 ------------------------------------------------------------------------------------------------------------


def _died(c: County) -> Table:
    """(person_id, died_on, death_month): the earliest death of each, but of whom the register knows as dead."""
    rows = c.rows[DE].filter(_.person_id.notnull())
    earliest = rows.group_by("person_id").agg(died_on=_.died_on.min()).anti_join(c.dead, "person_id")
    return earliest.mutate(death_month=earliest.died_on.cast("string").substr(0, 7))


def _paid_since(c: County) -> Table:
    """Payments 成功 to the dead for months after the month of death, as rows of the person."""
    died = _died(c)
    paid = c.paid.filter(_.payee_id.notnull()).inner_join(died, [("payee_id", "person_id")])
    late = paid.filter(paid.month > paid.death_month).drop("person_id", "died_on", "death_month")
    return late.mutate(person_id=late.payee_id)


@rule(
    "LD04",
    "死亡登记仍在册、在保或领取",
    "known to have died, and still on a list",
    owner=Department.CIVIL_AFFAIRS,
    may_own=(Department.REGISTER,),
    severity=Severity.HIGH,
    subject=PERSON,
    needs=(*BOTH_BOOKS, LP, DE),
    sentence="死亡信息中的人（建档立卡已登记死亡、且未在任何户登记的除外），按最早的死亡日期：过了leads.death_days天仍在建档立卡登记，"
    "或过了该天数仍在低保、特困名册中在保，或死亡次月及以后月份的救助金仍以其为收款人发放成功。",
    expected="死亡后及时注销登记、停保或移出、停发",
    actual="死亡日期{died_on}（死亡信息截止{deaths_day}）；{still}",
    explanation="死亡信息（截止{deaths_day}）中{name}于{died_on}死亡，而{still}{name_note}"
    "（建档立卡数据截止{register_day}，低保数据截止{low_income_day}）。请核实：是否本人、是否确已去世，以及是哪一天？依据：{leave}。",
    facts=dict.fromkeys((*_DAYS, "died_on", "still", "name_note", "leave")),
    clears_when=CLEARS,
    basis=BASIS_CHECKS,
    visit=Visit("这个人是否在世；去世的，是哪一天，之后的钱由谁领了。", ("户口簿", "死亡证明或注销户口证明")),
    evidence=(
        Evidence(DE, ("person_id",), ("name", "person_id", "died_on", "registry")),
        REGISTERED_PERSON,
        *PERSON_ON_ROLL,
        Evidence(LP, ("person_id",), ("amount", "payee_name", "payee_id", "payment_status"), _paid_since),
    ),
    reads=(ON_ROLL_IN_FORCE,),
    missing_in=REGISTER,
    policy_keys=("leads.death_days",),
    is_lead=True,
)
def the_dead_stand_on_no_list(c: County, p: Values) -> Table:
    """People who died by the deaths feed and are registered, on the roll or paid all the same."""
    died = c.beside(_died(c), *_DAYS)
    died = died.mutate(due=(died.died_on + ibis.interval(days=int(p["leads.death_days"]))).cast("date"))
    registered = died.filter(died.due <= died.register_day).inner_join(c.registered, "person_id")
    on_roll = died.filter(died.due <= died.low_income_day).inner_join(
        c.on_roll.select("person_id", "certificate_no", "programme"), "person_id"
    )
    paid = _paid_since(c)
    lists = (
        (registered.mutate(label="户" + registered.household_no), "_lived"),
        (on_roll.mutate(label=on_roll.programme + "证" + on_roll.certificate_no), "_covered"),
        (paid.mutate(label=paid.month), "_paid"),
        (paid.mutate(label="低保证" + paid.certificate_no), "_under"),
    )
    beside = died
    for rows, name in lists:
        beside = beside.left_join(listed(rows, "person_id", "label", name), "person_id").drop("person_id_right")
    still_paid = beside["_under"] + beside["_paid"] + "仍以其为收款人发放成功"
    parts = ("仍在建档立卡" + beside["_lived"] + "登记", "仍在" + beside["_covered"] + "下在保", still_paid)
    nothing = ibis.literal("")
    said = [ibis.coalesce("；" + part, nothing) for part in parts]
    told = beside.mutate(still=(said[0] + said[1] + said[2]).substr(1))
    found = told.filter(told["_lived"].notnull() | told["_covered"].notnull() | told["_paid"].notnull())
    names = c.rows[DE].group_by("person_id").agg(name=_.name.min())
    under = paid.group_by("person_id").agg(_certificate=_.certificate_no.min())
    placed = found.inner_join(names, "person_id")
    for more in (c.homes, c.first_certificates.select("person_id", "certificate_no"), under):
        placed = placed.left_join(more, "person_id").drop("person_id_right")
    civil = placed["_covered"].notnull() | placed["_paid"].notnull()
    owned = placed.mutate(
        owner=ibis.ifelse(civil, Department.CIVIL_AFFAIRS.value, Department.REGISTER.value),
        certificate_no=ibis.coalesce(placed.certificate_no, placed["_certificate"]),
    ).drop("_lived", "_covered", "_paid", "_under", "_certificate")
    noted = c.noting_names(owned, c.rows[DE].filter(_.person_id.notnull()), "person_id")
    dated = c.beside(noted, DOCUMENTS[DE])
    return dated.mutate(leave=dated[DOCUMENTS[DE]])


# --- LD10 ------------------------------------------------------------------------------------------------------------


@rule(
    "LD10",
    "上级交办线索未办结",
    "handed down, and not yet settled",
    owner=Department.COUNTY_OFFICE,
    may_own=tuple(Department),
    severity=Severity.HIGH,
    subject=LEAD,
    needs=(OL,),
    sentence="上级交办线索（审计、巡视巡察、督查考核、第三方评估、信访热线等）的办理状态为未办结。",
    expected="按办理时限核实办结",
    actual="未办结（线索数据截止{leads_day}）",
    explanation="上级交办线索{lead_no}（来源：{source}，{given_on}交办，办理时限：{due_on}）到{leads_day}尚未办结，"
    "对象：{name}，户编号：{household_no}，低保证号：{certificate_no}。请按交办内容核实并反馈，内容由县领导小组办公室提供。依据：{leave}。",
    facts=dict.fromkeys(("leads_day", "leave")),
    clears_when="责任单位核实办理，县领导小组办公室更新办理状态为已办结。",
    basis="上级交办线索的办理要求",
    visit=None,
    evidence=(Evidence(OL, ("lead_no",), ("source", "given_on", "due_on", "department", "lead_status")),),
    is_lead=True,
)
def handed_down_and_not_settled(c: County, p: Values) -> Table:
    """Leads from above that are not settled."""
    rows = c.beside(c.rows[OL], "leads_day", DOCUMENTS[OL])
    offices = {office.called: office.value for office in Department}
    open_rows = rows.filter(rows.lead_status == "未办结")
    return open_rows.mutate(
        leave=open_rows[DOCUMENTS[OL]],
        owner=open_rows.department.cases(*offices.items(), else_=ibis.null("string")),
        verify_by=open_rows.due_on.cast("string"),
    )


RULES = (the_dead_stand_on_no_list, handed_down_and_not_settled)
