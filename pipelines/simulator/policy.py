"""The simulated county's policy: amounts that move with the years, and their YAML file."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from expectations.feeds import CORE_FEEDS, FEEDS

ANCIENT = date(2000, 1, 1)
POLICY_MONTHS_BACK = 14
"""The assistance standard stays as it is for so long before the first as-of date: a raise takes time to arrive."""


def poverty_line(year: int) -> int:
    """Yuan a person and year; a multiple of 12, so that a monthly income can meet it exactly."""
    return max(2304, round(3996 * 1.02 ** (year - 2020) / 12) * 12)


def premium(year: int) -> int:
    """What a resident's basic medical insurance costs, yuan a year."""
    return max(90, 220 + 30 * (year - 2018))


class _Plain(yaml.SafeDumper):
    """Writes every value where it stands, without anchors: people read these files."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@dataclass(frozen=True)
class SimulatedPolicy:
    """Values by key, each a list of (from, value), oldest first."""

    county: str
    values: dict[str, list[tuple[date, Any]]]
    populations: dict[str, int] = field(default_factory=dict)
    """Agricultural population by village code."""

    def at(self, key: str, on: date) -> Any:
        """The value in force on a day; KeyError where there is none."""
        in_force = [value for start, value in self.values[key] if start <= on]
        if not in_force:
            raise KeyError(f"{key} has no value on {on.isoformat()}")
        return in_force[-1]

    def fen(self, key: str, on: date) -> int:
        """A money value in fen."""
        return int(self.at(key, on) * 100)

    def write(self, folder: Path) -> Path:
        """Write ``<county>.yaml``."""
        values = self.values | {
            f"agricultural_population.{village}": [(ANCIENT, count)] for village, count in self.populations.items()
        }
        parameters = {
            key: [{"from": start, "value": value, "source": f"模拟文件〔{start.year}〕{i}号"} for start, value in steps]
            for i, (key, steps) in enumerate(values.items(), start=1)
        }
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.county}.yaml"
        text = yaml.dump(
            {"county": self.county, "parameters": parameters}, Dumper=_Plain, allow_unicode=True, sort_keys=False
        )
        path.write_text(text, encoding="utf-8")
        return path


def allow_other_offices(policy: SimulatedPolicy) -> None:
    """Name a document for every feed that needs one, expect what other offices send, and say what makes a lead."""
    sent = [feed.name for feed in FEEDS if feed.simulated and feed not in CORE_FEEDS]
    basis = {feed.name: f"{policy.county}府办函〔2000〕{i}号" for i, feed in enumerate(FEEDS, 1) if feed.asks_for_basis}
    values = {
        "feeds.expected": [*(feed.name for feed in CORE_FEEDS), *sent],
        "leads.basis": basis,
        "leads.payroll_posts_ignored": ["公益性岗位", "村干部"],
        "leads.vehicle_types": ["轿车", "客车", "货车"],
        "leads.vehicle_value": 30_000,
        "leads.business_roles": ["经营者", "法定代表人"],
        "leads.death_days": 30,
        "leads.disability_levels": ["一级", "二级"],
        "leads.homes": 2,
        "leads.pension": 500,
        "leads.own_medical_cost": 10_000,
    }
    policy.values.update({key: [(ANCIENT, value)] for key, value in values.items()})


def make_policy(county: str, first: date, last: date) -> SimulatedPolicy:
    """The county's policy for deliveries from ``first`` to ``last``.

    The rural standard lies a little below the poverty line (TL01's one finding), the urban one above it.
    """
    years = range(first.year - 4, last.year + 2)
    line = min(poverty_line(y) for y in range(first.year, last.year + 1))
    rural = (line // 12 - 4) // 5 * 5 - 5
    urban = (line * 8 // 5) // 120 * 10
    raised = date(first.year - POLICY_MONTHS_BACK // 12 - 1, 1, 1)

    def since(value: Any) -> list[tuple[date, Any]]:
        return [(ANCIENT, value)]

    def yearly(share: int) -> list[tuple[date, Any]]:
        return [(date(y, 1, 1), premium(y) * share // 100) for y in years]

    items = {
        "学前": ["学前教育资助"],
        "小学": ["义务教育生活补助"],
        "初中": ["义务教育生活补助"],
        "普通高中": ["普通高中助学金", "普通高中免学费"],
        "中职": ["中职助学金", "中职免学费"],
    }
    return SimulatedPolicy(
        county,
        {
            "poverty_line": [(date(y, 1, 1), poverty_line(y)) for y in years],
            "low_income_standard.rural": [(ANCIENT, rural - 30), (raised, rural)],
            "low_income_standard.urban": [(ANCIENT, urban - 40), (raised, urban)],
            "grace_months": since(6),
            "income_tolerance": since(50),
            "benefit_tolerance": since(5),
            # Each class is owed less than the one before it: who loses a class is never owed more.
            "insurance.subsidy.特困": yearly(100),
            "insurance.subsidy.低保": yearly(75),
            "insurance.subsidy.返贫致贫": yearly(50),
            "insurance.subsidy.监测对象": since(0),
            "insurance.subsidy.低保边缘": yearly(30),
            "education.items": since(items),
            "housing.grades_to_renovate": since(["C", "D"]),
            "housing.complete_within_months": since(12),
            "housing.pay_within_months": since(6),
            "housing.repeat_years": since(10),
            "relocation.move_in_months": since(6),
            "relocation.demolish_months": since(12),
            "compulsory_age": since([6, 15]),
            "signals_needed": since(2),
            "insurance.settled_on": since("03-01"),
            "school.settled_on": since("10-15"),
            "school.ends_on": since("07-01"),
            "books_apart_days": since(45),
            "shrink_percent": since(30),
            "education.settle_days": since(30),
            "payments.settle_days": since(10),
            "freshness_days": since(92),
        },
    )
