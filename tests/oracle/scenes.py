"""Where Hypothesis' worlds are set: days, names, people and policies on and beside the boundaries of the rules."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from builders import (
    Row,
    certificate,
    certificate_member,
    education_subsidy,
    enrolment,
    household,
    housing_case,
    member,
    payment,
    pid,
    student,
)
from hypothesis import strategies as st
from office_rows import relocation
from oracle.deliveries import IDENTITY
from oracle.months import add_months, month_of, school_year_start
from oracle.policy import Values

DAYS = (
    date(2026, 6, 30),
    date(2026, 6, 9),
    date(2026, 6, 10),
    date(2026, 2, 28),
    date(2026, 3, 1),
    date(2026, 3, 2),
    date(2026, 3, 3),
    date(2026, 3, 31),
    date(2026, 8, 30),
    date(2026, 8, 31),
    date(2025, 10, 14),
    date(2025, 10, 15),
    date(2025, 10, 20),
    date(2025, 12, 31),
    date(2026, 1, 1),
    date(2024, 2, 29),
    date(2026, 7, 1),
)
"""Days around which books lie, on which a term, a month, a school or insurance year just counts or does not."""


NAMES = ("李明", "李·明", "李红", "阿依·古丽", "阿依古丽")
CERTIFICATES = ("C1", "C2", "C3")
HOUSEHOLDS = ("H1", "H2", "H3", "H4")
FEN = Decimal("0.01")


def beside(*amounts: Any, step: Any = FEN) -> list[Any]:
    """Each amount, and one step below and above it."""
    return [amount + shift for amount in amounts for shift in (0 * step, -step, step)]


def days_beside(*days: date) -> list[date]:
    """Each day, the day before and the day after."""
    return beside(*days, step=timedelta(days=1))


def mostly(usual: Iterable[Any], rare: Iterable[Any]) -> st.SearchStrategy[Any]:
    """A usual value three times out of four (one flat list: draws are what a world costs)."""
    usual, rare = list(usual), list(rare)
    return st.sampled_from(usual * (3 * len(rare)) + rare * len(usual))


Builder = Callable[..., Row]

FEED_OF: dict[Builder, str] = {
    household: "register_households",
    member: "register_members",
    certificate: "low_income_households",
    certificate_member: "low_income_members",
    payment: "low_income_payments",
    enrolment: "insurance_enrolments",
    student: "students",
    education_subsidy: "education_subsidies",
    housing_case: "housing_renovations",
    relocation: "relocations",
}


@dataclass(frozen=True)
class Scene:
    """What a world's rows are drawn from: the day around which its books lie, the policy then, and who lives there.

    ``day``: the as-of of the delivery whose rows are drawn. ``refuses``: some rows and values are refused.
    """

    d: date
    policy: Values
    day: date
    refuses: bool = True

    def of(self, day: date) -> "Scene":
        """The same people, for a delivery of another day."""
        return replace(self, day=day)

    @property
    def persons(self) -> list[str]:
        """Two grown-ups, and children on either side of compulsory age on 1 September."""
        start = school_year_start(self.d, self.policy["school.settled_on"])
        births = [date(start - age, 9, day) for age in (6, 15) for day in (1, 2)]
        return [pid(1), pid(2, sex="女"), pid(3, date(start - 10, 3, 5)), *(pid(4, born) for born in births)]

    @property
    def months(self) -> list[str]:
        """The month of D and three before it."""
        return [month_of(add_months(self.d.replace(day=1), -n)) for n in range(4)]

    def who(self) -> st.SearchStrategy[tuple[str | None, str]]:
        """Number and name: mostly one of the first three under their own name; at times no number, or another name."""
        own = [(person, NAMES[i % len(NAMES)]) for i, person in enumerate(self.persons)]
        nobody: list[tuple[str | None, str]] = [(None, name) for name in NAMES]
        other = [(person, name) for person in self.persons[:3] for name in NAMES[:4]]
        return st.sampled_from([*own[:3] * 12, *own[3:] * 3, *nobody * 2, *other])

    def rows(
        self, builder: Builder, together: st.SearchStrategy[Row] | None = None, **columns: st.SearchStrategy[Any]
    ) -> st.SearchStrategy[Row]:
        """Rows of a feed about somebody, with these columns, and those whose values are drawn together."""
        number, name = IDENTITY[FEED_OF[builder]]

        def row(who: tuple[str | None, str], more: Row, **values: Any) -> Row:
            return builder(**{number: who[0], name: who[1]}, **more, **values)

        return st.builds(row, self.who(), st.just({}) if together is None else together, **columns)


def policies(d: date) -> st.SearchStrategy[dict[str, Any]]:
    """No change, or one: other thresholds, or a value that changes (or begins) around the books' day or at New Year."""
    past, new_year, tomorrow = date(2000, 1, 1), date(d.year, 1, 1), d + timedelta(days=1)
    month_ago = d - timedelta(days=30)
    return st.sampled_from(
        [
            {},
            {},
            {"poverty_line": [(past, 5000), (new_year, 6000), (tomorrow, 9000)]},
            {"low_income_standard.rural": [(past, 400), (d, 520)], "low_income_standard.urban": [(past, 499)]},
            {"low_income_standard.rural": [(past, 520), (tomorrow, 400)]},
            {"low_income_standard.rural": [(past, 400), (month_ago, 520)], "books_apart_days": 29},
            {"poverty_line": [(month_ago, 6000)], "insurance.subsidy.低保": [(d, 280)], "grace_months": [(d, 6)]},
            {"payments.settle_days": [(past, 40), (d, 10)], "education.settle_days": [(past, 30), (d, 0)]},
            {"shrink_percent": 30, "shrink_percent.insurance_enrolments": 60},
            {"school.ends_on": "02-28", "school.settled_on": "03-02", "insurance.settled_on": "01-01"},
            {"insurance.subsidy.低保": [(past, 250), (new_year, 280)], "insurance.subsidy.特困": [(past, 280)]},
            {"signals_needed": 1},
            {"housing.grades_to_renovate": ["B", "C", "D"], "housing.repeat_years": 1},
            {"education.items": {"小学": ["义务教育生活补助", "雨露计划"]}},
            {"freshness_days.students": 30, "freshness_days": [(past, 92), (d, 93)]},
            {"grace_months": 0, "income_tolerance": 0, "benefit_tolerance": 0},
        ]
    )
