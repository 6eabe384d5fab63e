"""What the rules share, as expressions over one county's current rows at D.

A :class:`County` holds the current rows of each feed as Ibis tables; its properties are the terms of the contract
(registered, open household, in force, on the roll, linked, assessment …). Each term is made once: the engine's ``keep``
may store it, so that rules that share it do not compute it again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import ibis
from ibis import _
from ibis.expr.types import StringValue, Table

from expectations.calendar import (
    Term,
    insurance_year,
    is_settled,
    last_finished_term,
    months_between,
    school_year_start,
    school_year_text,
)
from expectations.policy import Policy

LOW_INCOME_PROGRAMMES = ("农村低保", "城市低保")
DESTITUTE_PROGRAMMES = ("农村特困", "城市特困")
ASSISTANCE_PROGRAMMES = LOW_INCOME_PROGRAMMES + DESTITUTE_PROGRAMMES
RURAL_PROGRAMMES = ("农村低保", "农村特困")
URBAN_PROGRAMMES = ("城市低保", "城市特困")
MARGINAL = "低保边缘"
ATTENDING = ("在读", "休学", "送教上门", "延缓入学", "县外就读")
_DOTS_AND_BLANKS = "[·•‧・･.\\s\u3000]"


def _keep_nothing(_name: str, table: Table) -> Table:
    return table


def name_key(name: StringValue) -> StringValue:
    """A name without its dots and blanks: what names are compared by."""
    return name.re_replace(_DOTS_AND_BLANKS, "")


@dataclass(frozen=True)
class County:
    """One county at D: current rows by feed, names that the searched deliveries may hide, policy.

    ``rows[feed]`` are the current rows; a feed that is missing, stale or half a book is not there.
    ``refused[feed]`` are the quarantined rows of the feed's current delivery (names normalised as staged).
    ``searched[feed]`` are the staged rows of that delivery where it differs from ``rows`` (accumulating feeds).
    ``payment_months`` are the first and the last month that has any payment row, or None.
    """

    code: str
    d: date
    policy: Policy
    rows: Mapping[str, Table]
    refused: Mapping[str, Table] = field(default_factory=dict)
    searched: Mapping[str, Table] = field(default_factory=dict)
    payment_months: tuple[str, ...] = ()
    keep: Callable[[str, Table], Table] = _keep_nothing

    def has(self, feed: str) -> bool:
        """Whether the feed is there at D."""
        return feed in self.rows

    # --- dates -------------------------------------------------------------------------------------------------

    @cached_property
    def insurance_year(self) -> int:
        """I of D."""
        return insurance_year(self.d, str(self.policy["insurance.settled_on"]))

    @cached_property
    def school_year_start(self) -> int:
        """Year in whose September the school year of D starts."""
        return school_year_start(self.d, str(self.policy["school.settled_on"]))

    @cached_property
    def school_year(self) -> str:
        """School year of D, ``2025-2026``."""
        return school_year_text(self.school_year_start)

    @cached_property
    def term(self) -> Term:
        """The last finished term at D."""
        return last_finished_term(self.d, int(self.policy["education.settle_days"]))

    @cached_property
    def settled_months(self) -> tuple[str, ...]:
        """Settled months from the first to the last month that has any payment row, gaps included."""
        if not self.payment_months:
            return ()
        days = int(self.policy["payments.settle_days"])
        span = months_between(min(self.payment_months), max(self.payment_months))
        return tuple(m for m in span if is_settled(m, self.d, days))

    @cached_property
    def newest_settled_month(self) -> str | None:
        """M*: the newest settled month with any payment row."""
        settled = [m for m in self.settled_months if m in set(self.payment_months)]
        return max(settled) if settled else None

    # --- the poverty register ----------------------------------------------------------------------------------

    @cached_property
    def register_people(self) -> Table:
        """Registered members, with or without a valid number: rows 正常 of households that the register holds."""
        normal = self.rows["register_members"].filter(_.person_status == "正常")
        people = normal.semi_join(self.rows["register_households"], "household_no")
        return self.keep("register_people", people.select("household_no", "member_no", "person_id", "name", "relation"))

    @cached_property
    def registered(self) -> Table:
        """(household_no, person_id), distinct: registered persons in each household that they are registered in."""
        numbered = self.register_people.filter(_.person_id.notnull())
        return self.keep("registered", numbered.select("household_no", "person_id").distinct())

    @cached_property
    def registered_persons(self) -> Table:
        """One row a registered person: person_id, the (first) household_no and name."""
        numbered = self.register_people.filter(_.person_id.notnull())
        persons = numbered.group_by("person_id").agg(household_no=_.household_no.min(), name=_.name.min())
        return self.keep("registered_persons", persons)

    @cached_property
    def registered_names(self) -> Table:
        """(household_no, person_id, name_key) of registered persons."""
        numbered = self.register_people.filter(_.person_id.notnull())
        return numbered.select("household_no", "person_id", name_key=name_key(numbered.name)).distinct()

    @cached_property
    def normal_register_rows(self) -> Table:
        """person_id of every register_members row 正常 with a valid number, whether or not its household is there."""
        rows = self.rows["register_members"]
        return self.keep(
            "normal_register_rows",
            rows.filter(rows.person_status == "正常", rows.person_id.notnull()).select("person_id").distinct(),
        )

    @cached_property
    def households(self) -> Table:
        """Register households with at least one registered member."""
        return self.rows["register_households"].semi_join(self.register_people, "household_no")

    @cached_property
    def open_households(self) -> Table:
        """未脱贫 or 返贫."""
        return self.households.filter(_.poverty_status.isin(("未脱贫", "返贫")))

    @cached_property
    def exited_households(self) -> Table:
        """已脱贫."""
        return self.households.filter(_.poverty_status == "已脱贫")

    @cached_property
    def households_with_unnumbered_members(self) -> Table:
        """household_no of households with a registered member without a valid number."""
        return self.keep(
            "households_with_unnumbered_members",
            self.register_people.filter(_.person_id.isnull()).select("household_no").distinct(),
        )

    @cached_property
    def dead(self) -> Table:
        """person_id, earliest status_date and name of persons 死亡 in the register who are registered nowhere."""
        rows = self.rows["register_members"]
        dead = rows.filter(rows.person_status == "死亡", rows.person_id.notnull())
        first = dead.group_by("person_id").agg(died_on=_.status_date.min(), name=_.name.min())
        return self.keep("dead", first.anti_join(self.registered, "person_id"))

    # --- social assistance -------------------------------------------------------------------------------------

    @cached_property
    def certificates(self) -> Table:
        """In-force certificates of any programme, with ``standard`` (yuan a person and month) beside them."""
        rows = self.rows["low_income_households"]
        in_force = rows.filter(
            rows.status.isin(("在保", "渐退")),
            rows.start_date <= self.d,
            rows.end_date.isnull() | (rows.end_date > self.d),
        )
        standard = ibis.ifelse(
            in_force.programme.isin(URBAN_PROGRAMMES),
            money(self.policy["low_income_standard.urban"]),
            money(self.policy["low_income_standard.rural"]),
        )
        return self.keep("certificates", in_force.mutate(standard=standard))

    @cached_property
    def assistance(self) -> Table:
        """In-force certificates of a 低保 or 特困 programme."""
        return self.certificates.filter(_.programme.isin(ASSISTANCE_PROGRAMMES))

    @cached_property
    def low_income_certificates(self) -> Table:
        """In-force certificates of a 低保 programme."""
        return self.certificates.filter(_.programme.isin(LOW_INCOME_PROGRAMMES))

    @cached_property
    def certificate_members(self) -> Table:
        """Every current low_income_members row."""
        return self.rows["low_income_members"]

    @cached_property
    def numbered_certificate_members(self) -> Table:
        """(certificate_no, person_id, covered) of members with a valid number."""
        rows = self.certificate_members
        return rows.filter(rows.person_id.notnull()).select("certificate_no", "person_id", "name", "covered")

    @cached_property
    def on_roll(self) -> Table:
        """(person_id, certificate_no, programme), distinct: covered under an in-force 低保 or 特困 certificate."""
        covered = self.numbered_certificate_members.filter(_.covered).select("person_id", "certificate_no", "name")
        joined = covered.inner_join(self.assistance.select("certificate_no", "programme"), "certificate_no")
        return self.keep("on_roll", joined.distinct())

    @cached_property
    def registered_on_roll(self) -> Table:
        """(household_no, person_id, certificate_no): registered persons who are on the roll."""
        joined = self.registered.inner_join(self.on_roll, "person_id")
        return self.keep(
            "registered_on_roll", joined.select("household_no", "person_id", "certificate_no", "name").distinct()
        )

    @cached_property
    def linked(self) -> Table:
        """(household_no, certificate_no): a household and an in-force 低保 or 特困 certificate that share a person."""
        members = self.numbered_certificate_members.semi_join(self.assistance, "certificate_no")
        joined = self.registered.inner_join(members.select("certificate_no", "person_id"), "person_id")
        return self.keep("linked", joined.select("household_no", "certificate_no").distinct())

    @cached_property
    def doubtful_certificates(self) -> Table:
        """certificate_no of certificates with a member row without a valid number."""
        rows = self.certificate_members
        return self.keep(
            "doubtful_certificates", rows.filter(rows.person_id.isnull()).select("certificate_no").distinct()
        )

    @cached_property
    def certificates_with_members(self) -> Table:
        """certificate_no of certificates with any member row."""
        return self.keep("certificates_with_members", self.certificate_members.select("certificate_no").distinct())

    @cached_property
    def unregistered_certificates(self) -> Table:
        """In-force certificates, any programme, none of whose members has a current register row 正常."""
        registered = self.numbered_certificate_members.semi_join(self.normal_register_rows, "person_id")
        return self.certificates.anti_join(registered, "certificate_no")

    @cached_property
    def households_covered_without_household_row(self) -> Table:
        """household_no where a registered person has a 是 row under a certificate that has no current household row."""
        orphaned = self.numbered_certificate_members.filter(_.covered).anti_join(
            self.rows["low_income_households"], "certificate_no"
        )
        return self.registered.semi_join(orphaned, "person_id").select("household_no").distinct()

    @cached_property
    def person_certificates(self) -> Table:
        """One row a covered person of any in-force certificate: person_id, the first certificate_no, name."""
        covered = self.numbered_certificate_members.filter(_.covered).semi_join(self.certificates, "certificate_no")
        first = covered.group_by("person_id").agg(certificate_no=_.certificate_no.min(), name=_.name.min())
        return self.keep("person_certificates", first)

    # --- where -------------------------------------------------------------------------------------------------

    @cached_property
    def villages(self) -> Table:
        """village_code with the names of township and village that most rows of the register give it."""
        register = self.rows["register_households"]
        rows = register.mutate(township_code=register.village_code.substr(0, 9))
        codes = rows.select("village_code", "township_code").distinct()
        villages = codes.inner_join(_commonest(rows, "village_code", "village"), "village_code")
        named = villages.inner_join(_commonest(rows, "township_code", "township"), "township_code")
        return self.keep("villages", named.select("village_code", "township", "village"))

    # --- insurance, school, housing ----------------------------------------------------------------------------

    @cached_property
    def enrolled(self) -> Table:
        """Enrolments 正常参保 for the insurance year, with a valid number."""
        rows = self.rows["insurance_enrolments"]
        return rows.filter(
            rows.enrolment_status == "正常参保", rows.year == self.insurance_year, rows.person_id.notnull()
        )

    @cached_property
    def insured(self) -> Table:
        """person_id of everyone enrolled for the insurance year; not kept, for it is three times the register."""
        return self.enrolled.select("person_id")

    @cached_property
    def uninsured_registered(self) -> Table:
        """Registered persons without an enrolment (CV01): person_id, household_no, name."""
        return self.keep("uninsured_registered", self.registered_persons.anti_join(self.insured, "person_id"))

    @cached_property
    def attending(self) -> Table:
        """person_id of everyone whom a school answers for: 在读, 休学, 送教上门, 延缓入学, 县外就读."""
        rows = self.rows["students"]
        return self.keep(
            "attending",
            rows.filter(rows.student_status.isin(ATTENDING), rows.person_id.notnull()).select("person_id").distinct(),
        )

    def of_school_age(self, people: Table) -> Table:
        """``people`` whose full years of age at 1 September of the school year are within compulsory_age."""
        youngest, oldest = self.policy["compulsory_age"]
        born = people.person_id.substr(6, 8)
        start = self.school_year_start
        return people.filter(born <= f"{start - youngest}0901", born > f"{start - oldest}0901")

    @cached_property
    def registered_out_of_school(self) -> Table:
        """Registered children of school age whom no school answers for (CV03)."""
        children = self.of_school_age(self.registered_persons)
        return self.keep("registered_out_of_school", children.anti_join(self.attending, "person_id"))

    @cached_property
    def assessments(self) -> Table:
        """The assessment of each household: newest case headed by a registered member; columns of the case."""
        # where it lies is said by the household, whose findings go to one township together
        cases = self.rows["housing_renovations"].rename(person_id="head_id").drop("village_code")
        return self.keep("assessments", _newest_case(self.registered.inner_join(cases, "person_id"), "household_no"))

    @cached_property
    def certificate_cases(self) -> Table:
        """The newest housing case headed by a member of each certificate."""
        cases = self.rows["housing_renovations"].rename(person_id="head_id")
        members = self.numbered_certificate_members.select("certificate_no", "person_id").distinct()
        return _newest_case(members.inner_join(cases, "person_id"), "certificate_no")

    def is_dangerous(self, cases: Table) -> Any:
        """Whether the case's grade is to be renovated and the renovation has not been accepted."""
        return cases.grade.isin(tuple(self.policy["housing.grades_to_renovate"])) & (cases.acceptance != "合格")

    # --- payments ----------------------------------------------------------------------------------------------

    @cached_property
    def paid(self) -> Table:
        """Payment rows 成功."""
        return self.rows["low_income_payments"].filter(_.payment_status == "成功")

    # --- what a searched delivery may hide ---------------------------------------------------------------------

    def hidden_names(self, feed: str, identity: str = "person_id", name: str = "name") -> Table:
        """name_key of rows of the searched delivery that were staged without a valid number or quarantined."""
        rows = self.searched.get(feed, self.rows[feed])
        unnumbered = rows.filter(rows[identity].isnull())
        names = unnumbered.select(name_key=name_key(unnumbered[name]))
        if feed in self.refused:
            refused = self.refused[feed]
            names = names.union(refused.select(name_key=name_key(refused[name])))
        return self.keep(f"hidden_{feed}", names.filter(names.name_key.notnull()).distinct())


def money(amount: Any) -> Any:
    """A policy amount as a decimal literal with two decimals."""
    return ibis.literal(amount, type="decimal(18, 2)")


def add_months(day: Any, months: int) -> Any:
    """``day`` + calendar months; 31 January + 1 month is the last day of February."""
    return (day + ibis.interval(months=months)).cast("date")


def with_flag(table: Table, keys: Table, by: str, name: str) -> Table:
    """``table`` with a boolean column that says whether its ``by`` is among ``keys``."""
    marks = keys.select(by).distinct().mutate(**{name: True})
    joined = table.left_join(marks, by).drop(f"{by}_right")
    return joined.mutate(**{name: joined[name].fill_null(False)})


def listed(table: Table, by: str | list[str], value: str, name: str) -> Table:
    """One row a ``by``: the distinct ``value``s of it in order, joined by 、."""
    keys = [by] if isinstance(by, str) else by
    distinct = table.select(*keys, value).distinct()
    return distinct.group_by(keys).agg(**{name: distinct[value].group_concat("、", order_by=distinct[value])})


def _commonest(rows: Table, by: str, name: str) -> Table:
    """Of each ``by`` the ``name`` that most rows have, so that one mistyped row renames nobody; ties: the least."""
    counted = rows.group_by([by, name]).agg(_rows=_.count())
    rank = ibis.row_number().over(group_by=by, order_by=[ibis.desc(counted._rows), counted[name]])
    return counted.mutate(_rank=rank).filter(_._rank == 0).select(by, name)


def _newest_case(cases: Table, by: str) -> Table:
    """Newest assessed_on; of one day the greatest case_no, as text."""
    ranked = cases.mutate(
        _rank=ibis.row_number().over(group_by=by, order_by=[ibis.desc(cases.assessed_on), ibis.desc(cases.case_no)])
    )
    return ranked.filter(ranked._rank == 0).drop("_rank")
