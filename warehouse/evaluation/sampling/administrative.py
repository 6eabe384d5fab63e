"""The departments' own data beside a survey: counts, thresholds, and the rules that speak of the same wrongs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from expectations.rule import Suspicion
from expectations.rules import RULES
from expectations.status import RuleStatus, by_status
from warehouse.evaluation.documented import (
    REPORT_PERSONS,
    REPORT_POLICY,
    REPORT_POPULATION,
    REPORT_RULES,
    REPORT_VILLAGES,
    exits_query,
    missed_query,
)
from warehouse.evaluation.records import FigureRow
from warehouse.evaluation.sampling.frame import Query
from warehouse.sql import bound
from warehouse.tables.readings import POPULATION

_THRESHOLD: Final = "threshold."
_LINE: Final = "poverty_line"
WIDEST: Final = "evaluation.widest"
"""The policy key for how wide an interval may be, in percentage points."""


@dataclass(frozen=True)
class Figure:
    """Persons with an open finding of the rules that ask the same, of those they speak of; a reason where unknown."""

    rules: tuple[str, ...]
    persons: int | None
    possible: int | None
    of: int | None
    reason: str | None = None

    @property
    def share(self) -> float | None:
        """The share, where it is known."""
        return None if self.persons is None or not self.of else self.persons / self.of

    def as_row(self) -> FigureRow:
        """Plain values."""
        return {
            "rules": self.rules,
            "persons": self.persons,
            "possible": self.possible,
            "of": self.of,
            "reason": self.reason,
            "share": self.share,
        }


@dataclass(frozen=True)
class Administrative:
    """Figures of a county at D from the published warehouse; None is unknown.

    ``agricultural``: persons of all villages, None where a village has no figure (``villages_without`` of
    ``villages``). ``thresholds``: percent by indicator; ``widest``: percentage points of an interval that still decides
    (None: of a night before there was such a limit); ``line``: poverty line, yuan a person and year.
    """

    open_persons: int
    exited_persons: int
    agricultural: int | None
    villages: int
    villages_without: int
    thresholds: Mapping[str, Decimal]
    missed: Figure
    wrong_exits: Figure
    widest: Decimal | None
    line: Decimal | None = None

    @property
    def unregistered(self) -> int | None:
        """Agricultural persons outside the register."""
        return None if self.agricultural is None else self.agricultural - self.open_persons - self.exited_persons


def read_administrative(query: Query, county: str, as_of: date) -> Administrative:
    """The figures of a county at D, by queries that evaluators can run themselves."""

    def ask(statement: str) -> Sequence[Mapping[str, Any]]:
        return query(bound(statement, county=county, as_of=as_of))

    (persons,) = ask(REPORT_PERSONS)
    known = {row["key"].removeprefix(POPULATION.key): row for row in ask(REPORT_POPULATION)}
    villages = {row["area_code"] for row in ask(REPORT_VILLAGES)}
    policy = {row["key"]: row["value"].strip('"') for row in ask(REPORT_POLICY)}
    complete = bool(villages) and villages <= known.keys()
    ran = {row["rule"]: RuleStatus(row["status"]) for row in ask(REPORT_RULES)}
    missed, exits = rules_that_suspect(Suspicion.MISSED), rules_that_suspect(Suspicion.WRONG_EXIT)
    return Administrative(
        open_persons=int(persons["open_persons"]),
        exited_persons=int(persons["exited_persons"]),
        agricultural=sum(int(row["number"]) for row in known.values()) if complete else None,
        villages=len(villages),
        villages_without=len(villages - known.keys()),
        thresholds={
            key.removeprefix(_THRESHOLD): Decimal(value) for key, value in policy.items() if key.startswith(_THRESHOLD)
        },
        missed=_figure(ask, ran, missed, missed_query(missed)),
        wrong_exits=_figure(ask, ran, exits, exits_query(exits)),
        widest=Decimal(policy[WIDEST]) if WIDEST in policy else None,
        line=Decimal(policy[_LINE]) if _LINE in policy else None,
    )


def rules_that_suspect(what: Suspicion) -> tuple[str, ...]:
    """Codes of the rules that suspect a wrong."""
    return tuple(rule.code for rule in RULES if rule.suspects is what)


def _figure(ask: Query, ran: Mapping[str, RuleStatus], rules: tuple[str, ...], statement: str) -> Figure:
    silent = by_status((rule, ran.get(rule, RuleStatus.NOT_EVALUATED)) for rule in rules)
    if silent:
        reasons = (f"规则{'、'.join(codes)}{status.label}" for status, codes in silent.items())
        return Figure(rules, None, None, None, "；".join(reasons))
    (row,) = ask(statement)
    return Figure(rules, int(row["certain"] or 0), int(row["possible"] or 0), int(row["of_all"] or 0))
