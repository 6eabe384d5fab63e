"""Whom a lead of another office can be about: who benefits, where they live, and what our books call them."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import ibis
from ibis import _
from ibis.expr.types import StringValue, Table

from expectations.terms.expressions import money, name_key, with_flag
from expectations.terms.tallies import Tallies

_NAMED = (
    ("register_members", "person_id", "name"),
    ("low_income_members", "person_id", "name"),
    ("register_households", "head_id", "head_name"),
    ("low_income_households", "head_id", "head_name"),
)
"""Where our books say what somebody is called."""

GREATER: Final = "greater_bands"
"""The fact that has the bands beyond that of a finding, the greatest first, with BETWEEN between them."""

BETWEEN: Final = "|"

NAME_DIFFERS = "（登记的姓名与建档立卡、低保特困名册中该号码的姓名都不相同，请先核对是不是同一个人）"


class Leads(Tallies):
    """People of the books, as other offices' registers are searched for them."""

    @cached_property
    def assistance_people(self) -> Table:
        """(person_id, certificate_no, programme), distinct: any row under an in-force 低保 or 特困 certificate."""
        members = self.numbered_certificate_members.select("person_id", "certificate_no")
        in_force = self.assistance.select("certificate_no", "programme")
        return self.keep("assistance_people", members.inner_join(in_force, "certificate_no").distinct())

    @cached_property
    def open_people(self) -> Table:
        """(person_id, household_no, poverty_status), distinct: registered in an open household."""
        households = self.open_households.select("household_no", "poverty_status")
        return self.registered.inner_join(households, "household_no").select(
            "person_id", "household_no", "poverty_status"
        )

    @cached_property
    def homes(self) -> Table:
        """(person_id, household_no): the least household of each registered person, an open one before others."""
        beside = with_flag(self.registered, self.open_households, "household_no", "is_open")
        least = beside.group_by("person_id").agg(
            open_no=beside.household_no.min(where=beside.is_open), any_no=beside.household_no.min()
        )
        return least.select("person_id", household_no=ibis.coalesce(least.open_no, least.any_no))

    @cached_property
    def first_certificates(self) -> Table:
        """(person_id, certificate_no, programme): the least in-force 低保 or 特困 certificate of each person."""
        people = self.assistance_people
        rank = ibis.row_number().over(group_by="person_id", order_by=people.certificate_no)
        first = people.mutate(_rank=rank).filter(_._rank == 0)
        return first.select("person_id", "certificate_no", "programme")

    @cached_property
    def benefiting(self) -> Table:
        """One row a person who benefits: person_id, name, household_no, certificate_no, ``standing`` in Chinese.

        Who is a member (any row) of an in-force 低保 or 特困 certificate, or registered in an open household.
        """
        people = self.assistance_people.select("person_id").union(self.open_people.select("person_id"), distinct=True)
        members = self.numbered_certificate_members.group_by("person_id").agg(member_name=_.name.min())
        opened = self.open_people.group_by("person_id").agg(
            open_no=_.household_no.min(), open_status=_.poverty_status.min()
        )
        registered = self.registered_persons.select("person_id", registered_name="name")
        beside = people
        for more in (members, registered, opened, self.homes, self.first_certificates):
            beside = beside.left_join(more, "person_id").drop("person_id_right")
        under = beside.programme + "证" + beside.certificate_no + "的成员"
        living = "建档立卡" + beside.open_status + "户" + beside.open_no + "的登记人员"
        told = beside.select(
            "person_id",
            "household_no",
            "certificate_no",
            name=ibis.coalesce(beside.registered_name, beside.member_name),
            standing=ibis.coalesce(under + "、" + living, under, living),
        )
        return self.keep("benefiting", told)

    def noting_names(self, found: Table, named: Table, by: str) -> Table:
        """``found`` with ``name_note``: what is said where no name of somebody in ``named`` is one that our books have.

        ``named``: (by, person_id, name) of the other office's rows.
        """
        keyed = named.select(*dict.fromkeys((by, "person_id")), name_key=name_key(named.name)).distinct()
        alike = keyed.semi_join(self._names_of(keyed), ["person_id", "name_key"])
        unlike = keyed.anti_join(alike, "person_id")
        flagged = with_flag(found, unlike, by, "_unlike")
        note = ibis.ifelse(flagged["_unlike"], NAME_DIFFERS, "")
        return flagged.mutate(name_note=note).drop("_unlike")

    def _names_of(self, people: Table) -> Table:
        """(person_id, name_key): what the books that are there call these people."""
        parts = []
        for feed, number, name in _NAMED:
            if self.has(feed):
                rows = self.rows[feed]
                given = rows.select(person_id=rows[number], _name=rows[name]).semi_join(people, "person_id")
                parts.append(given.select("person_id", name_key=name_key(given["_name"])))
        return ibis.union(*parts, distinct=True) if len(parts) > 1 else parts[0]


def owner_of_person(certificate_no: StringValue) -> StringValue:
    """Who answers for a lead about a person: civil affairs where a certificate has a row of them, else the register."""
    return ibis.ifelse(certificate_no.notnull(), "civil_affairs", "register")


TIMES: Final = (5, 2, 1)
"""How often a policy value is reached, the most first: an amount itself is shown nowhere."""


def greater_bands(amount: Any, value: Decimal, what: str, reached: str, *, or_equal: bool = False) -> StringValue:
    """The bands beyond the one that :func:`bands` says, the greatest first, BETWEEN them; empty for the greatest."""
    return _by_band(amount, value, what, reached, lambda words, at: BETWEEN.join(words[:at]), or_equal=or_equal)


def bands(amount: Any, value: Decimal, what: str, reached: str, *, or_equal: bool = False) -> StringValue:
    """How far an amount lies over ``value``, in words: the most of TIMES that it is over, or (``or_equal``) reaches."""
    return _by_band(amount, value, what, reached, lambda words, at: words[at], or_equal=or_equal)


def _by_band(
    amount: Any,
    value: Decimal,
    what: str,
    reached: str,
    said: Callable[[Sequence[str], int], str],
    *,
    or_equal: bool,
) -> StringValue:
    """What ``said`` makes of the bands' words and the place of the one that the amount is in; null below all."""
    words = [f"{what}{value * times:f}元{reached}" for times in TIMES]
    edges = [money(value * times) for times in TIMES]
    met = [
        ((amount >= edge) if or_equal else (amount > edge), ibis.literal(said(words, at)))
        for at, edge in enumerate(edges)
    ]
    return ibis.cases(*met, else_=ibis.null("string"))
