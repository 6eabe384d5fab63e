"""TL08-TL10: what two books, or two programmes, say of the same people."""

from dataclasses import replace

from ibis import _
from ibis.expr.types import Table

from expectations.departments import Department
from expectations.feed import Personal
from expectations.masks import masked_name
from expectations.rule import (
    HOUSEHOLD,
    HOUSEHOLD_CERTIFICATE,
    PERSON,
    Doubt,
    Severity,
    Visit,
    rule,
)
from expectations.rules.evidence import (
    IN_FORCE,
    LINKED_CERTIFICATES,
    LINKED_MEMBERS,
    ON_ROLL_IN_FORCE,
    PERSON_ON_ROLL,
    REGISTERED_MEMBERS,
    certificate_row,
    household_row,
)
from expectations.rules.needs import LOW_INCOME, REGISTER, RM
from expectations.rules.papers import BENEFIT, IDENTITY, INCOME
from expectations.rules.two_lines.basis import BASIS_TWO_LINES
from expectations.terms import (
    DESTITUTE_PROGRAMMES,
    LOW_INCOME_PROGRAMMES,
    County,
    listed,
    money,
)
from expectations.values import Values


def _names_on_one_side(mine: Table, theirs: Table, column: str) -> Table:
    """Names of the people in ``mine`` who are not in ``theirs``, by household, clear and masked."""
    only = mine.anti_join(theirs, ["household_no", "person_id"])
    return only.group_by("household_no").agg(
        **{
            column: only.name.group_concat("、", order_by=only.person_id),
            f"{column}_masked": masked_name(only.name).group_concat("、", order_by=only.person_id),
        }
    )


def _on_one_side(c: County) -> Table:
    """(household_no, person_id): whose absence from the other side is asserted."""
    members = c.numbered_certificate_members.inner_join(c.linked, "certificate_no")
    theirs = members.select("household_no", "person_id").distinct()
    mine = c.registered.semi_join(c.linked, "household_no").select("household_no", "person_id").distinct()
    both = ["household_no", "person_id"]
    return mine.anti_join(theirs, both).union(theirs.anti_join(mine, both))


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
    facts={"only_register": Personal.NAME, "only_certificates": Personal.NAME},
    clears_when="两部门核对户籍和共同生活人员，更正一方，使两边成员一致。",
    basis=BASIS_TWO_LINES,
    visit=Visit("现在同吃同住的有哪几个人；有没有婚嫁、出生、去世、分户、迁移。", IDENTITY),
    evidence=(household_row("persons"), REGISTERED_MEMBERS, LINKED_CERTIFICATES, LINKED_MEMBERS),
    doubts=(
        Doubt(
            ("household_no",),
            lambda c: c.linked.semi_join(c.doubtful_certificates, "certificate_no"),
            why="关联的低保（特困）证下有成员没有有效证件号码，或没有成员记录",
        ),
    ),
    reads=(replace(IN_FORCE, rows=lambda c: c.linked),),
    missing_in=REGISTER + LOW_INCOME,
    people=_on_one_side,
    refuted_by=(RM,),
)
def both_books_name_the_same_people(c: County, p: Values) -> Table:
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
    facts={"tolerance": None, "income_year": None, "apart": None},
    clears_when="两部门共同核实收入，更正一方，使两边之差在容差以内。",
    basis=BASIS_TWO_LINES,
    visit=Visit("近一年各项收入分别是多少；两个部门来登记时各是怎么说的。", INCOME),
    evidence=(household_row("income_current"), certificate_row("programme", "monthly_income")),
    policy_keys=("income_tolerance",),
    reads=(IN_FORCE,),
)
def both_books_agree_on_income(c: County, p: Values) -> Table:
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
    facts={"certificates": None},
    clears_when="民政部门核实后保留一项，另一项停保或移出该成员。",
    basis="特困人员认定办法（不重复享受低保）",
    visit=Visit("现在领的是低保还是特困金，是不是两样都领。", BENEFIT),
    evidence=PERSON_ON_ROLL,
    reads=(ON_ROLL_IN_FORCE,),
)
def destitute_and_low_income_exclude_each_other(c: County, p: Values) -> Table:
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
    both_books_name_the_same_people,
    both_books_agree_on_income,
    destitute_and_low_income_exclude_each_other,
)
