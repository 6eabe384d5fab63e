"""LD05–LD07: what bears on assistance alone: a severe disability, property, a pension."""

from typing import Final

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.departments import Department
from expectations.rule import CERTIFICATE, PERSON, Evidence, Reading, Severity, Visit, rule
from expectations.rules.evidence import (
    CERTIFICATE_MEMBERS,
    IN_FORCE,
    MEMBER_IN_FORCE,
    PERSON_ON_ROLL,
    REGISTERED_PERSON,
    certificate_row,
)
from expectations.rules.leads.words import BASIS_CHECKS, CLEARS
from expectations.rules.needs import DI, LH, LOW_INCOME, PE, REGISTER, RM, RS
from expectations.rules.papers import BENEFIT, IDENTITY
from expectations.terms import LOW_INCOME_PROGRAMMES, County, listed, money
from expectations.terms.here import DOCUMENTS
from expectations.terms.leads import GREATER, bands, greater_bands
from expectations.values import Values

_DERIVED: Final = ("name_note", "leave", "office_day", "low_income_day")


def _said(c: County, found: Table, named: Table, by: str, feed: str, day: str) -> Table:
    """Findings with what is said of names, the days of both sides, and the document."""
    dated = c.beside(c.noting_names(found, named, by), day, "low_income_day", DOCUMENTS[feed])
    return dated.mutate(office_day=dated[day], leave=dated[DOCUMENTS[feed]])


def _of_certificates(c: County, people: Table) -> Table:
    """(person_id, certificate_no, certificates): the least certificate of a person, and all of ``people`` in words."""
    labelled = people.mutate(label=people.programme + "证" + people.certificate_no)
    lists = listed(labelled, "person_id", "label", "certificates")
    return lists.inner_join(c.first_certificates.select("person_id", "certificate_no"), "person_id")


# --- LD05 ------------------------------------------------------------------------------------------------------------


def _covered(c: County) -> Table:
    """(person_id, certificate_no, programme, name): covered under in-force 低保 certificates."""
    return c.on_roll.filter(_.programme.isin(LOW_INCOME_PROGRAMMES))


def _certificates_of_covered(c: County) -> Table:
    return _covered(c).select("person_id", "certificate_no")


def _without_topup(c: County) -> Table:
    """Those of them all of whose certificates have no 分类施保金."""
    people = _covered(c)
    paid = c.low_income_certificates.filter(_.category_topup > money(0))
    return people.anti_join(people.semi_join(paid, "certificate_no"), "person_id")


def _disabled(c: County) -> Table:
    """disabilities rows of covered people: 有效, not run out, of a level that is asked about."""
    levels = c.values.of(*LOW_INCOME, DI)["leads.disability_levels"]
    rows = c.beside(c.rows[DI], "disabilities_day")
    return rows.filter(
        rows.card_status == "有效",
        rows.valid_until.isnull() | (rows.valid_until >= rows.disabilities_day),
        rows.disability_level.isin(levels) if levels else ibis.literal(False),
    ).drop("disabilities_day")


@rule(
    "LD05",
    "重度残疾未享受分类施保",
    "severely disabled, without the supplement",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.MEDIUM,
    subject=PERSON,
    needs=(*LOW_INCOME, DI),
    heeds=REGISTER,
    sentence="在保的低保保障对象，所在各低保证的分类施保金都为空或0，残疾人证数据中有其有效、"
    "到该数据截止日未过有效期、等级在leads.disability_levels之内的证件。",
    expected="按规定对重度残疾人增发分类施保金",
    actual="残疾人证数据（截止{office_day}）：{levels}；{certificates}没有分类施保金",
    explanation="{name}在{certificates}下在保，分类施保金为空或0（低保数据截止{low_income_day}），"
    "残疾人证数据（截止{office_day}）中有其{levels}的有效证件{name_note}。"
    "请核实：是否本人，是否符合分类施保条件而尚未办理？依据：{leave}。",
    facts=dict.fromkeys(("certificates", *_DERIVED, "levels")),
    clears_when=CLEARS,
    basis=BASIS_CHECKS,
    visit=Visit("本人有没有残疾人证、是几级，低保金里有没有多发一份。", (*IDENTITY, *BENEFIT, "残疾人证")),
    evidence=(
        Evidence(
            DI,
            ("person_id",),
            ("name", "person_id", "disability_level", "valid_until", "card_status"),
            _disabled,
        ),
        PERSON_ON_ROLL[0],
        Evidence(
            LH,
            ("person_id",),
            ("programme", "status", "category_topup"),
            lambda c: c.rows[LH].inner_join(_certificates_of_covered(c), "certificate_no"),
        ),
        REGISTERED_PERSON,
    ),
    reads=(
        Reading(LH, "end_date", "certificate_no", _certificates_of_covered),
        Reading(LH, "category_topup", "certificate_no", _certificates_of_covered),
        Reading(DI, "valid_until"),
    ),
    policy_keys=("leads.disability_levels",),
    is_lead=True,
)
def severely_disabled_without_the_supplement(c: County, p: Values) -> Table:
    """Covered people whose disability is severe, and whose certificates have no supplement."""
    people = _without_topup(c)
    rows = _disabled(c).semi_join(people, "person_id")
    levels = listed(rows.mutate(label="残疾" + rows.disability_level), "person_id", "label", "levels")
    names = people.group_by("person_id").agg(name=_.name.min())
    found = levels.inner_join(_of_certificates(c, people), "person_id").inner_join(names, "person_id")
    return _said(c, found, rows, "person_id", DI, "disabilities_day")


# --- LD06 ------------------------------------------------------------------------------------------------------------


def _titles(c: County) -> Table:
    """real_estate rows 现势 of members of in-force 低保 and 特困 certificates, each with its certificate."""
    rows = c.rows[RS].filter(_.title_status == "现势", _.land_use.isin(("住宅", "商业")))
    held = rows.mutate(person_id=rows.owner_id, name=rows.owner_name)
    return held.inner_join(c.assistance_people.select("person_id", "certificate_no"), "person_id")


def _holders_in_the_register(c: County) -> Table:
    holders = _titles(c).select("certificate_no", "person_id").distinct()
    return c.rows[RM].inner_join(holders, "person_id")


@rule(
    "LD06",
    "多套住房或商业房产",
    "several homes, or business premises",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.MEDIUM,
    subject=CERTIFICATE,
    needs=(*LOW_INCOME, RS),
    heeds=REGISTER,
    sentence="在保的低保、特困证，不动产登记中权属现势、用途为住宅的不同不动产权证，全部成员合计不少于leads.homes套，或有用途为商业的。",
    expected="家庭财产的认定包括成员名下的不动产",
    actual="不动产登记（截止{office_day}）：{holdings}",
    explanation="{programme}证{certificate_no}（户主{head_name}，低保数据截止{low_income_day}），不动产登记（截止{office_day}）中"
    "其成员名下{holdings}{name_note}。请核实：是否本户成员所有、是否继承或共有、实际由谁居住使用，认定家庭财产时是否已考虑？依据：{leave}。",
    facts=dict.fromkeys((*_DERIVED, "holdings")),
    clears_when=CLEARS,
    basis=BASIS_CHECKS,
    visit=Visit("家里有几处房，分别是谁的、谁在住，门面有没有出租。", (*BENEFIT, "不动产权证")),
    evidence=(
        Evidence(RS, ("certificate_no",), ("owner_name", "owner_id", "registered_on"), _titles),
        certificate_row("programme", "status", "start_date", "end_date"),
        CERTIFICATE_MEMBERS,
        Evidence(
            RM, ("certificate_no",), ("household_no", "name", "person_id", "person_status"), _holders_in_the_register
        ),
    ),
    reads=(IN_FORCE,),
    policy_keys=("leads.homes",),
    is_lead=True,
)
def several_homes_or_premises(c: County, p: Values) -> Table:
    """Certificates whose members hold several homes, or business premises."""
    titles = _titles(c)
    distinct = titles.select("certificate_no", "title_no", "land_use").distinct()
    counted = distinct.group_by("certificate_no").agg(
        homes=distinct.land_use.count(where=distinct.land_use == "住宅"),
        premises=distinct.land_use.count(where=distinct.land_use == "商业"),
    )
    least = int(p["leads.homes"])
    found = counted.filter((counted.homes >= least) | (counted.premises > 0))
    many, some = ibis.literal(f"登记有住宅{least}套以上"), ibis.literal("登记有商业用房")
    holdings = ibis.cases(
        ((found.homes >= least) & (found.premises > 0), many + "、" + some), (found.homes >= least, many), else_=some
    )
    told = found.mutate(holdings=holdings).inner_join(
        c.assistance.select("certificate_no", "programme", "head_name", "village_code"), "certificate_no"
    )
    named = titles.select("certificate_no", "person_id", "name")
    return _said(c, told, named, "certificate_no", RS, "real_estate_day")


# --- LD07 ------------------------------------------------------------------------------------------------------------


def _members(c: County) -> Table:
    """(person_id, certificate_no, programme): members of in-force 低保 certificates."""
    return c.assistance_people.filter(_.programme.isin(LOW_INCOME_PROGRAMMES))


def _pensions(c: County) -> Table:
    """pensions rows that pay such members: of the year of the feed's day, where it has none of the year before."""
    rows = c.beside(c.rows[PE], "pensions_day", "county")
    by_now = rows.filter(rows.year <= rows.pensions_day.year())
    newest = by_now.group_by("county").agg(_newest=by_now.year.max(), _y=by_now.pensions_day.max().year())
    asked = newest.select(_asked=ibis.ifelse(newest["_newest"] == newest["_y"], newest["_y"], newest["_y"] - 1))
    drawn = c.rows[PE].filter(
        _.pension_status == "领取待遇", _.pension_scheme.isin(("城镇职工", "机关事业")), _.person_id.notnull()
    )
    beside = drawn.cross_join(asked)
    return beside.filter(beside.year == beside["_asked"]).drop("_asked").semi_join(_members(c), "person_id")


@rule(
    "LD07",
    "养老待遇",
    "a pension",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.MEDIUM,
    subject=PERSON,
    needs=(*LOW_INCOME, PE),
    heeds=REGISTER,
    sentence="在保低保证的成员，养老保险数据所在年度（没有该年度任何记录的，上一年度）领取城镇职工、机关事业养老待遇，"
    "月待遇合计不低于leads.pension（空按0）。",
    expected="家庭收入的认定包括养老待遇",
    actual="养老保险数据（截止{office_day}）：{year}年领取{schemes}待遇，{band}",
    explanation="{name}是{certificates}的成员（低保数据截止{low_income_day}），养老保险数据（截止{office_day}）中其{year}年"
    "领取{schemes}养老待遇，{band}{name_note}。请核实：是否本人、是否仍在领取，认定家庭收入时是否已计入？依据：{leave}。",
    facts=dict.fromkeys(("certificates", *_DERIVED, "schemes", "band", "year")),
    clears_when=CLEARS,
    basis=BASIS_CHECKS,
    visit=Visit("有没有领养老金，从哪里领，认定收入时算进去没有。", (*IDENTITY, "养老金存折或银行卡流水")),
    evidence=(
        Evidence(PE, ("person_id",), ("name",), _pensions),
        *MEMBER_IN_FORCE,
        REGISTERED_PERSON,
    ),
    reads=(
        Reading(LH, "end_date", "certificate_no", lambda c: _members(c).select("person_id", "certificate_no")),
        Reading(PE, "monthly_pension"),
    ),
    policy_keys=("leads.pension",),
    is_lead=True,
    digests=("person_id", "year", "band"),
    rises="band",
)
def draws_a_pension(c: County, p: Values) -> Table:
    """Members of 低保 certificates who draw a pension."""
    rows = _pensions(c)
    least = p["leads.pension"]
    drawn = rows.group_by("person_id", "year").agg(total=_.monthly_pension.sum().fill_null(money(0)))
    found = drawn.filter(drawn.total >= money(least))
    over = (found.total, least, "月待遇合计", "以上")
    banded = found.mutate(band=bands(*over, or_equal=True), **{GREATER: greater_bands(*over, or_equal=True)})
    schemes = listed(rows, "person_id", "pension_scheme", "schemes")
    names = c.numbered_certificate_members.group_by("person_id").agg(name=_.name.min())
    told = banded.drop("total").inner_join(schemes, "person_id").inner_join(names, "person_id")
    told = told.inner_join(_of_certificates(c, _members(c)), "person_id")
    return _said(c, told, rows, "person_id", PE, "pensions_day")


RULES = (severely_disabled_without_the_supplement, several_homes_or_premises, draws_a_pension)
