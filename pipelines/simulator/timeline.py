"""The as-of dates of a simulation, and what each of them means for books that are settled later than they are kept."""

from dataclasses import dataclass
from datetime import date, timedelta

from expectations.calendar import (
    AUTUMN,
    SPRING,
    Term,
    add_months,
    insurance_year,
    is_settled,
    last_finished_term,
    same_day_or_month_end,
    school_year_start,
    school_year_text,
    settled_date,
)
from pipelines.simulator.policy import SimulatedPolicy


def earliest_reaching(on: date, months: int) -> date:
    """The earliest day that, ``months`` later by calendar, is not before ``on``: the last day of a period of grace."""
    start = add_months(on, -months)
    while add_months(start, months) < on:
        start += timedelta(days=1)
    while add_months(start - timedelta(days=1), months) >= on:
        start -= timedelta(days=1)
    return start


def as_of_dates(last: date, months: int) -> tuple[date, ...]:
    """``months`` monthly dates that end at ``last``, oldest first; month ends where ``last`` is one."""
    return tuple(same_day_or_month_end(last, -back) for back in range(months - 1, -1, -1))


def month_number(on: date) -> int:
    """Months since year 0: what payments count in."""
    return on.year * 12 + on.month - 1


def month_text(number: int) -> str:
    """``YYYY-MM``."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def newest_settled_month(on: date, settle_days: int) -> int:
    """Number of the newest month whose last day + ``settle_days`` is not after ``on``."""
    number = month_number(on)
    while not is_settled(month_text(number), on, settle_days):
        number -= 1
    return number


def terms_between(first: Term, until: date) -> tuple[Term, ...]:
    """``first`` and every later term that has begun by ``until``."""
    start = int(first.school_year[:4])
    found = []
    for year in range(start, until.year + 1):
        text = school_year_text(year)
        found.append(Term(text, AUTUMN, date(year, 9, 1), date(year + 1, 1, 31)))
        found.append(Term(text, SPRING, date(year + 1, 2, 1), date(year + 1, 7, 31)))
    return tuple(t for t in found if first.first_day <= t.first_day <= until)


@dataclass(frozen=True)
class Clock:
    """One as-of date and the periods that the rules will ask about then."""

    as_of: date
    number: int
    """0 for the first delivery."""
    insurance_year: int
    school_start: int
    between_schools: bool
    """Whether pupils are between two schools, so that nobody can say who is at none."""
    term: Term
    """The last finished one."""
    terms: tuple[Term, ...]
    """Those that this delivery of education_subsidies holds: all since one before the first delivery's finished one."""
    newest_settled: int
    months: tuple[int, ...]
    """Settled months that this delivery of low_income_payments holds."""
    running: int | None
    """A month under way whose payments have begun, delivered before it is settled."""

    @property
    def insurance_period(self) -> str:
        """``period`` of findings about insurance."""
        return str(self.insurance_year)

    @property
    def school_period(self) -> str:
        """``period`` of findings about school."""
        return school_year_text(self.school_start)

    @property
    def payment_period(self) -> str:
        """M*, the ``period`` of findings about the newest payments."""
        return month_text(self.newest_settled)


def _on(day: date, key: str, policy: SimulatedPolicy) -> date:
    """The day of the year of a policy key in the year of a day."""
    return settled_date(day.year, str(policy.at(key, day)))


def clocks_of(dates: tuple[date, ...], policy: SimulatedPolicy, first_months: int) -> tuple[Clock, ...]:
    """One clock a delivery; the first delivers ``first_months`` months of payments, later ones what is new."""
    settle = int(policy.at("payments.settle_days", dates[-1]))
    finished = [last_finished_term(d, int(policy.at("education.settle_days", d))) for d in dates]
    before = last_finished_term(finished[0].first_day + timedelta(days=1), 0)
    found: list[Clock] = []
    for number, d in enumerate(dates):
        newest = newest_settled_month(d, settle)
        # The newest settled month comes again with the next ones: departments send the last two.
        oldest = found[-1].newest_settled if found else newest - first_months + 1
        current = month_number(d)
        found.append(
            Clock(
                as_of=d,
                number=number,
                insurance_year=insurance_year(d, str(policy.at("insurance.settled_on", d))),
                school_start=school_year_start(d, str(policy.at("school.settled_on", d))),
                between_schools=_on(d, "school.ends_on", policy) <= d < _on(d, "school.settled_on", policy),
                term=finished[number],
                terms=terms_between(before, d),
                newest_settled=newest,
                months=tuple(range(oldest, newest + 1)),
                running=current if current > newest and d.day >= 25 else None,
            )
        )
    return tuple(found)
