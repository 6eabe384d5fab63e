"""Which figures a county's rows let anyone say: the only thing about rows that households' statements depend on."""

from collections.abc import Callable
from typing import NamedTuple

from expectations.policy import PolicyError
from expectations.rules.needs import IN
from warehouse.loading.run import RunToLoad


class Known(NamedTuple):
    """Whether the county's deliveries speak about the period that is asked for: the terms of the rules."""

    insurance_year: bool
    """The enrolments have the insurance year, and are whole."""
    education_term: bool
    """The subsidies have a term that was finished when they were delivered."""
    school_year: bool
    """The pupils are not as of a day between two school years."""

    @classmethod
    def of(cls, run: RunToLoad) -> "Known":
        """What follows from the days of the deliveries that count."""
        days, policy = run.days, run.typed_policy
        return cls(
            IN in run.current and _can_say(lambda: run.conformed.enrolments(policy, (IN,)).are_whole),
            "education_subsidies" in run.current and _can_say(lambda: days.finished_term is not None),
            "students" in run.current and _can_say(lambda: days.between_schools is None),
        )


def _can_say(answer: Callable[[], bool]) -> bool:
    """False where the policy has no value at the day: then nobody can."""
    try:
        return answer()
    except PolicyError:
        return False
