"""LD08 and LD09: what treatment cost people whom no help reaches, by bands: an amount is shown nowhere."""

from collections.abc import Sequence
from typing import Final

from ibis import _
from ibis.expr.types import IntegerValue, StringValue, Table

from expectations.departments import Department
from expectations.rule import HOUSEHOLD, PERSON, Absence, Evidence, Reading, Severity, Visit, Waits, rule
from expectations.rules.evidence import (
    HOUSEHOLD_OFF_ROLL,
    NOT_ON_ROLL,
    REGISTERED_MEMBERS,
    household_row,
)
from expectations.rules.leads.words import BOTH_BOOKS, CLEARS
from expectations.rules.needs import IN, LH, LM, MC, RH, RM
from expectations.rules.papers import IDENTITY, INSURANCE
from expectations.terms import County
from expectations.terms.here import DOCUMENTS
from expectations.terms.leads import GREATER, bands, greater_bands
from expectations.values import Values

_KEY: Final = "leads.own_medical_cost"
_SAID: Final = ("band", "year", "window_end", "leave", "costs_day", "register_day", "low_income_day")


def _number(month: StringValue) -> IntegerValue:
    """A month as a number that counts months."""
    return month.substr(0, 4).cast("int64") * 12 + month.substr(5, 2).cast("int64")


def _costs(c: County) -> Table:
    """medical_costs rows of the window, with its last month (``window_end``)."""
    rows = c.beside(c.rows[MC].select("month"), "costs_day", "county")
    by_now = rows.filter(rows.month <= rows.costs_day.cast("string").substr(0, 7))
    newest = by_now.group_by("county").agg(window_end=_.month.max()).drop("county")
    beside = c.rows[MC].filter(_.person_id.notnull()).cross_join(newest)
    last = _number(beside.window_end)
    return beside.filter(_number(beside.month) <= last, _number(beside.month) > last - 12)


def _banded(c: County, costs: Table, by: str, needs: Sequence[str]) -> Table:
    """(by, window_end, year, band, GREATER) of those whose own costs come to more than the policy value."""
    value = c.values.of(*needs)[_KEY]
    added = costs.group_by(by, "window_end").agg(total=_.own_cost.sum())
    over = (added.total, value, "个人自付合计超过", "")
    banded = added.mutate(band=bands(*over), year=added.window_end.substr(0, 4), **{GREATER: greater_bands(*over)})
    return banded.filter(banded.band.notnull()).drop("total")


def _said(c: County, found: Table, *days: str) -> Table:
    dated = c.beside(found, "costs_day", *days, DOCUMENTS[MC])
    return dated.mutate(leave=dated[DOCUMENTS[MC]])


# --- LD08 ------------------------------------------------------------------------------------------------------------

_HOUSEHOLDS: Final = (*BOTH_BOOKS, MC)


def _costs_of_households(c: County) -> Table:
    return _costs(c).inner_join(c.registered, "person_id")


@rule(
    "LD08",
    "监测外家庭大额医疗自付",
    "high medical costs, not monitored",
    owner=Department.REGISTER,
    severity=Severity.MEDIUM,
    subject=HOUSEHOLD,
    needs=_HOUSEHOLDS,
    sentence="已脱贫、不是监测对象、没有登记人员在低保或特困名册中在保的户，全部登记人员最近十二个月（止于医疗费用数据截止日前有记录的"
    "最近一个月）的医疗个人自付合计超过leads.own_medical_cost。",
    expected="有致贫返贫风险的及时纳入监测帮扶",
    actual="截至{window_end}的12个月，{band}（医疗费用数据截止{costs_day}）",
    explanation="该户（户主{head_name}）已脱贫、未列为监测对象、无人在保（建档立卡数据截止{register_day}，低保数据截止{low_income_day}），"
    "截至{window_end}的12个月全户医疗{band}（医疗费用数据截止{costs_day}）。"
    "请核实：家庭负担是否过重，有没有返贫风险，是否需要纳入监测或申请救助？依据：{leave}。",
    facts=dict.fromkeys(_SAID),
    clears_when=CLEARS,
    basis="健全防止返贫动态监测和帮扶机制的要求；数据的使用以参数leads.basis写明的文件为限",
    visit=Visit("家里近一年看病花了多少、报销了多少，欠没欠债，日子过得怎么样。", ("医疗费用结算单",)),
    evidence=(
        Evidence(MC, ("household_no",), ("name",), _costs_of_households),
        household_row("poverty_status", "monitoring"),
        REGISTERED_MEMBERS,
        *HOUSEHOLD_OFF_ROLL,
    ),
    absences=(NOT_ON_ROLL,),
    reads=(
        Reading(RH, "monitoring"),
        Reading(
            LH,
            "end_date",
            "certificate_no",
            lambda c: c.registered_on_roll.select("household_no", "certificate_no"),
        ),
    ),
    policy_keys=(_KEY,),
    is_lead=True,
    digests=("household_no", "year", "band"),
    rises="band",
)
def high_costs_outside_monitoring(c: County, p: Values) -> Table:
    """Exited households that nobody monitors or supports, whose treatment cost much."""
    exited = c.exited_households.filter(_.monitoring.isnull() | (_.monitoring == "无"))
    unsupported = exited.anti_join(c.registered_on_roll, "household_no")
    banded = _banded(c, _costs_of_households(c), "household_no", _HOUSEHOLDS)
    found = unsupported.inner_join(banded, "household_no")
    return _said(c, found, "register_day", "low_income_day")


# --- LD09 ------------------------------------------------------------------------------------------------------------

_STRANGERS: Final = (*BOTH_BOOKS, IN, MC)


def _insured_residents(c: County) -> Table:
    """The year's enrolments 正常参保 of residents."""
    rows = c.of_insurance_year(c.rows[IN])
    return rows.filter(rows.enrolment_status == "正常参保", rows.scheme == "城乡居民", rows.person_id.notnull())


def _members_in_force(c: County) -> Table:
    """(person_id, certificate_no): members, covered or not, of certificates in force of any programme."""
    return c.numbered_certificate_members.semi_join(c.certificates, "certificate_no").select(
        "person_id", "certificate_no"
    )


@rule(
    "LD09",
    "名册外人员大额医疗自付",
    "high medical costs, on no list",
    owner=Department.HEALTH_INSURANCE,
    severity=Severity.LOW,
    subject=PERSON,
    needs=_STRANGERS,
    sentence="未在建档立卡登记、也不是任何在保证件成员的人，本参保年度在城乡居民医保正常参保，"
    "最近十二个月（止于医疗费用数据截止日前有记录的最近一个月）的医疗个人自付合计超过leads.own_medical_cost。",
    expected="因病致贫风险及时核查，符合条件的纳入监测或救助",
    actual="截至{window_end}的12个月，{band}（医疗费用数据截止{costs_day}）",
    explanation="{name}在城乡居民医保正常参保（医保数据截止{insurance_day}），未在建档立卡登记，也不在低保、特困、低保边缘名册中"
    "（建档立卡数据截止{register_day}，低保数据截止{low_income_day}），截至{window_end}的12个月医疗{band}"
    "（医疗费用数据截止{costs_day}）。请核实：家庭负担是否过重，是否需要监测或救助？依据：{leave}。",
    facts=dict.fromkeys((*_SAID, "insurance_day")),
    clears_when=CLEARS,
    basis="健全防止因病致贫返贫长效机制的要求；数据的使用以参数leads.basis写明的文件为限",
    visit=Visit("家里近一年看病花了多少、报销了多少，有没有困难。", (*IDENTITY, *INSURANCE)),
    evidence=(
        Evidence(MC, ("person_id",), ("name",), _costs),
        Evidence(IN, ("person_id",), ("name",), _insured_residents),
    ),
    absences=(
        Absence(RM, "按证件号码查找人员状态为“正常”的记录，未找到"),
        Absence(LM, "按证件号码查找在保证件（不分救助类别）的成员记录，未找到"),
    ),
    reads=(Reading(LH, "end_date", "certificate_no", _members_in_force),),
    waits_for=(Waits.INSURANCE_YEAR_BEGUN,),
    policy_keys=(_KEY, "insurance.settled_on"),
    is_lead=True,
    digests=("person_id", "year", "band"),
    rises="band",
)
def high_costs_on_no_list(c: County, p: Values) -> Table:
    """Insured residents who stand on no list, whose treatment cost much."""
    named = _insured_residents(c).group_by("person_id").agg(name=_.name.min())
    strangers = named.anti_join(c.registered, "person_id").anti_join(_members_in_force(c), "person_id")
    found = strangers.inner_join(_banded(c, _costs(c), "person_id", _STRANGERS), "person_id")
    return _said(c, found, "register_day", "low_income_day", "insurance_day")


RULES = (high_costs_outside_monitoring, high_costs_on_no_list)
