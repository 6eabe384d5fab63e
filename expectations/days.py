"""What a county's deliveries cover: the day of each book, and the years, terms and months that follow from it.

D chooses the deliveries and nothing else (decision 0029): whatever is compared with a date here is the as-of of what
was delivered, so that a later D with the same deliveries says the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from expectations.calendar import (
    Term,
    first_day_of_month,
    insurance_year,
    last_day_of_month,
    months_between,
    school_year_start,
    school_year_text,
    settled_date,
    term_of,
)
from expectations.policy import Policy, PolicyError

BOOKS_BY_DAY: Mapping[str, str] = {
    "register_households": "register_day",
    "low_income_households": "low_income_day",
    "insurance_enrolments": "insurance_day",
    "students": "students_day",
    "housing_renovations": "housing_day",
    "relocations": "relocation_day",
    "reported_totals": "reported_day",
    "deaths": "deaths_day",
    "vehicles": "vehicles_day",
    "real_estate": "real_estate_day",
    "business_licences": "licences_day",
    "public_payroll": "payroll_day",
    "pensions": "pensions_day",
    "disabilities": "disabilities_day",
    "medical_costs": "costs_day",
    "outside_leads": "leads_day",
}
"""Feeds whose day rules compare dates with, each with the column of ``County.here`` that it stands in."""

_REGISTER, _INSURANCE, _STUDENTS = "register_households", "insurance_enrolments", "students"
_PAYMENTS, _SUBSIDIES = "low_income_payments", "education_subsidies"


_DAY_OF_KEY: Mapping[str, str] = {
    "insurance.settled_on": _INSURANCE,
    "school.settled_on": _STUDENTS,
    "school.ends_on": _STUDENTS,
    "payments.settle_days": _PAYMENTS,
    "education.settle_days": _SUBSIDIES,
}
"""Keys that are read at the day of one book, whatever else a rule needs."""

_OF_DELIVERIES = ("payments.settle_days", "education.settle_days")
"""Keys that are read at the as-of of each delivery that supplies a period too."""

_OF_INSURANCE_YEAR = "insurance.subsidy."


@dataclass(frozen=True)
class When:
    """A day by what it is and not by its date, so that counties whose days differ share the text of a statement.

    The least day of those of ``feeds`` that are there; D where it is none. ``within_insurance_year``: that day, or the
    end of the insurance year that lies nearest to it. ``year_before``: 31 December of the year before that day's.
    """

    feeds: tuple[str, ...] = ()
    within_insurance_year: bool = False
    year_before: bool = False


@dataclass(frozen=True)
class Span:
    """A month or term that a delivery has rows of.

    ``has_settled``: by the day of the newest delivery. ``is_early``: not yet by the as-of of the delivery whose rows
    count, so that more of it may have come since.
    """

    name: str
    first_day: date
    last_day: date
    has_settled: bool
    is_early: bool


@dataclass(frozen=True)
class TermSpan(Span):
    """A term."""

    term: Term = field(kw_only=True)


@dataclass(frozen=True)
class Days:
    """The days of one county. Each answer is None where nothing was delivered that gives it.

    ``of`` has the day of each feed that is there, ``periods`` of each feed that accumulates the periods that count,
    with the as-of of the delivery that supplies each. Where the policy has no value at the day that an answer rests
    on, it raises PolicyError, which names key and day.
    """

    policy: Policy
    of: Mapping[str, date]
    periods: Mapping[str, Mapping[tuple[str, ...], date]] = field(default_factory=dict)

    def on(self, when: When) -> date:
        """The date of a day."""
        day = min((self.of[feed] for feed in when.feeds if feed in self.of), default=self.policy.d)
        if when.within_insurance_year and self.insurance_year is not None:
            first, last = date(self.insurance_year, 1, 1), date(self.insurance_year, 12, 31)
            day = min(max(day, first), last)
        return date(day.year - 1, 12, 31) if when.year_before else day

    def on_for(self, key: str, feeds: tuple[str, ...]) -> date:
        """The date at which a rule that needs ``feeds`` reads a key. Raises PolicyError."""
        own = (_DAY_OF_KEY[key],) if key in _DAY_OF_KEY else feeds
        return self.on(When(own, within_insurance_year=key.startswith(_OF_INSURANCE_YEAR)))

    def year_before(self, feeds: tuple[str, ...]) -> date:
        """31 December of the year before the day of a rule that needs ``feeds``."""
        return self.on(When(feeds, year_before=True))

    def check(self, key: str, feeds: tuple[str, ...]) -> None:
        """Raise PolicyError where a rule that needs ``feeds`` would read a key and there is no value at its day."""
        supplied = self.periods.get(_DAY_OF_KEY[key], {}).values() if key in _OF_DELIVERIES else ()
        for day in (self.on_for(key, feeds), *supplied):
            self.policy.value(key, day)

    def value(self, key: str, when: When) -> Any:
        """A policy value at a day. Raises PolicyError."""
        return self.policy.value(key, self.on(when))

    def document(self, feed: str) -> str | None:
        """The document that allows the use of a feed as of its day; None where it is not there or none is named."""
        named = self.policy.entry_or_none("leads.basis", self.of[feed]) if feed in self.of else None
        return None if named is None else named.value.get(feed)

    @cached_property
    def insurance_year(self) -> int | None:
        """I: the year of IN, or before ``insurance.settled_on`` the year before."""
        day = self.of.get(_INSURANCE)
        return None if day is None else insurance_year(day, str(self.policy.value("insurance.settled_on", day)))

    @cached_property
    def school_start(self) -> int | None:
        """Year in whose September the school year of ST starts."""
        day = self.of.get(_STUDENTS)
        return None if day is None else school_year_start(day, str(self.policy.value("school.settled_on", day)))

    @property
    def school_year(self) -> str | None:
        """School year of ST, ``2025-2026``."""
        return None if self.school_start is None else school_year_text(self.school_start)

    @property
    def between_schools(self) -> tuple[date, date] | None:
        """Where ST lies between two school years: the day on which one ended and that on which the next is settled."""
        day = self.of.get(_STUDENTS)
        if day is None:
            return None
        ends, settled = (
            settled_date(day.year, str(self.policy.value(f"school.{what}_on", day))) for what in ("ends", "settled")
        )
        return (ends, settled) if ends <= day < settled else None

    @cached_property
    def terms(self) -> tuple[TermSpan, ...]:
        """Every term that a delivery has rows of, oldest first."""

        def settled(term: Term, by: date) -> bool:
            return term.last_day + self._settle("education.settle_days", by) < by

        found = []
        for (school_year, name), supplied in self.periods.get(_SUBSIDIES, {}).items():
            term, title = term_of(school_year, name), f"{school_year}学年{name}"
            by_now, by_then = settled(term, self.of[_SUBSIDIES]), settled(term, supplied)
            found.append(TermSpan(title, term.first_day, term.last_day, by_now, not by_then, term=term))
        return tuple(sorted(found, key=lambda one: one.last_day))

    @property
    def finished_term(self) -> TermSpan | None:
        """The newest term that has settled by ED."""
        return next((one for one in reversed(self.terms) if one.has_settled), None)

    @cached_property
    def months(self) -> tuple[Span, ...]:
        """Every month that a delivery has payments of, oldest first."""

        def settled(last_day: date, by: date) -> bool:
            return last_day + self._settle("payments.settle_days", by) <= by

        found = []
        for (month,), supplied in sorted(self.periods.get(_PAYMENTS, {}).items()):
            last = last_day_of_month(month)
            by_now, by_then = settled(last, self.of[_PAYMENTS]), settled(last, supplied)
            found.append(Span(month, first_day_of_month(month), last, by_now, not by_then))
        return tuple(found)

    def _settle(self, key: str, by: date) -> timedelta:
        return timedelta(days=int(self.policy.value(key, by)))

    @property
    def settled_months(self) -> tuple[Span, ...]:
        """Those that have settled by LP."""
        return tuple(one for one in self.months if one.has_settled)

    @property
    def newest_settled_month(self) -> Span | None:
        """M*."""
        return next(reversed(self.settled_months), None)

    @property
    def dates(self) -> frozenset[date]:
        """Every date at which a policy value may be read."""
        days = {self.policy.d, *self.of.values(), *(day for given in self.periods.values() for day in given.values())}
        ends = {date(year, month, day) for year in {on.year for on in days} for month, day in ((1, 1), (12, 31))}
        return frozenset(days | ends | {date(min(on.year for on in days) - 1, 12, 31)})

    def held_back(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """What a rule that reads these policy values does not ask about yet, or cannot, in Chinese."""
        said = []
        if "payments.settle_days" in keys:
            said += self._months_held_back()
        if "education.settle_days" in keys:
            said += self._terms_held_back()
        return tuple(said)

    def _months_held_back(self) -> list[str]:
        if _PAYMENTS not in self.of:
            return []
        settled = {one.name for one in self.settled_months}
        waiting = [one.name for one in self.months if one.name not in settled]
        there = [one.name for one in self.months]
        gaps = [month for month in months_between(there[0], there[-1]) if month not in there] if there else []
        said = []
        if waiting:
            said.append(f"月份尚未结清：{'、'.join(waiting)}，最近一批只到{self.of[_PAYMENTS]}")
        if gaps:
            said.append(f"没有发放记录、未核对的月份：{'、'.join(gaps)}")
        return said

    def _terms_held_back(self) -> list[str]:
        finished = self.finished_term
        later = [one.name for one in self.terms if finished is None or one.last_day > finished.last_day]
        if _SUBSIDIES not in self.of or not later:
            return []
        return [f"学期尚未结清：{'、'.join(later)}，最近一批只到{self.of[_SUBSIDIES]}"]


class PolicyRead(NamedTuple):
    """A policy value that a rule which needs ``feeds`` reads: its key, and on which of a county's days."""

    key: str
    feeds: tuple[str, ...]
    year_before: bool = False

    def on(self, days: Days) -> date:
        """The date at which it is read. Raises PolicyError where that rests on a value that is not in force."""
        return days.year_before(self.feeds) if self.year_before else days.on_for(self.key, self.feeds)

    def said(self, days: Days) -> str:
        """The value written out, to be compared; of one that is not in force, that."""
        try:
            return repr(days.policy.value(self.key, self.on(days)))
        except PolicyError:
            return "nothing in force"
