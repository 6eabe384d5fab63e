"""The days, years, terms and months that follow from D."""

from functools import cached_property

from expectations.calendar import (
    Term,
    insurance_year,
    is_settled,
    last_finished_term,
    months_between,
    school_year_start,
    school_year_text,
)
from expectations.terms.rows import CurrentRows


class Days(CurrentRows):
    """What D makes of the calendar, by the county's policy."""

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
