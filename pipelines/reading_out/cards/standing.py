"""Open findings of a family as a run left them: sentences as departments read them, leads apart and with what may be
told of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.departments import Department
from expectations.feeds import FEEDS_BY_NAME
from expectations.rules import RULES_BY_CODE
from pipelines.house.language import say
from pipelines.house.settings import Settings
from pipelines.reading_out.cards.gathering import Family
from pipelines.recording.allowed import still_allowed
from pipelines.reporting.rows import readable_rows
from pipelines.reporting.wording import LEAD
from warehouse.books.datasets import ledger_of
from warehouse.books.deliveries import Delivery
from warehouse.books.runs import Run

_OF_FAMILY: Final = ("household_no", "certificate_no", "person_id")
_HANDED_DOWN: Final = "lead"
"""Kind of the subject of what was handed down from above (LD10): it is on no paper that goes to a village."""


@dataclass(frozen=True)
class Standing:
    """One open finding as a card tells it. ``is_lead``: a question by what another office knows."""

    rule: str
    name: str
    certainty: str
    sentence: str
    owner: str
    state: str
    due_on: str
    is_lead: bool


class Findings:
    """What a run of a county left open, as far as the actor sees it and documents still allow it."""

    def __init__(
        self, settings: Settings, run: Run, barred: Collection[str], deliveries: Sequence[Delivery],
        titles: Mapping[Department, str],
    ) -> None:  # fmt: skip
        self._deliveries, self._titles = deliveries, titles
        ledger = pq.read_table(ledger_of(settings.home.books, settings.home.lake, run.id))
        seen = settings.actor.scope.cut(still_allowed(ledger, barred))
        self._ledger = seen.filter(pc.not_equal(seen["subject_kind"], _HANDED_DOWN))

    def of(self, families: Sequence[Family]) -> list[list[Standing]]:
        """Of each family, leads last, in the order of the lists that departments get."""
        numbers: list[set[str]] = [{*f.households, *f.certificates, *f.people} for f in families]
        every = pa.array(sorted(set().union(*numbers)), pa.string())
        fits = [pc.is_in(self._ledger[column], every) for column in _OF_FAMILY]
        own = self._ledger.filter(pc.or_(pc.or_(fits[0], fits[1]), fits[2]))
        whose = {row["finding_id"]: _numbers(row) for row in own.select(["finding_id", *_OF_FAMILY]).to_pylist()}
        rows = readable_rows(own, deliveries=self._deliveries, titles=self._titles).to_pylist()
        rows.sort(key=lambda row: (_is_lead(row), -row["priority"], row["rule"], row["place"]))
        return [[_standing(row) for row in rows if whose[row["finding_id"]] & some] for some in numbers]


def _numbers(row: Mapping[str, Any]) -> set[str]:
    return {row[column] for column in _OF_FAMILY if row[column]}


def _is_lead(row: Mapping[str, Any]) -> bool:
    return str(row["certainty_label"]) == LEAD


def _standing(row: Mapping[str, Any]) -> Standing:
    return Standing(
        rule=row["rule"],
        name=row["rule_name"],
        certainty=row["certainty_label"],
        sentence=_hidden() if _is_discreet(row["rule"]) else row["explanation"],
        owner=row["owner_label"],
        state=row["state"],
        due_on=row["due_on"].isoformat() if row["due_on"] else "",
        is_lead=_is_lead(row),
    )


def _is_discreet(rule: str) -> bool:
    """Whether a lead rests on a book of which paper shows nothing; one whose rule is gone may have."""
    known = RULES_BY_CODE.get(rule)
    return known is None or any(FEEDS_BY_NAME[feed].discreet for feed in known.hears)


def _hidden() -> str:
    return say(
        "内容不在本页显示，由责任单位核实。", "What it says is not shown here; the office in charge looks into it."
    )
