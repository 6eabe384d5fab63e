"""What the steps of a night hand to each other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from pipelines.house.policies import Policies
from pipelines.house.records.night import Summary
from pipelines.landing import PassedOver, Waiting
from pipelines.reconciling.reconcile import RuleRun
from warehouse.books.deliveries import STOPPED, Delivery
from warehouse.books.runs import Run
from warehouse.current import Conformed


class Left(Protocol):
    """What stays in the inbox, as an intake or a look into it tells."""

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """Deliveries that are not there whole."""

    @property
    def passed_over(self) -> tuple[PassedOver, ...]:
        """What is no file that could be taken."""


@dataclass(frozen=True)
class Intake:
    """What an intake took in, in order, and what still waits."""

    deliveries: tuple[Delivery, ...]
    waiting: tuple[Waiting, ...]
    refused: bool
    """Whether one of the deliveries ``is_refused`` on the day of the intake."""
    known: tuple[Delivery, ...] = ()
    """Deliveries whose content arrived again, and changed nothing."""
    passed_over: tuple[PassedOver, ...] = ()
    """What lies in the inbox and is no file that could be taken."""


@dataclass(frozen=True)
class CountyNight:
    """One county at D after its rules were evaluated and the ledger was told."""

    run: Run
    conformed: Conformed
    rule_runs: tuple[RuleRun, ...]
    counts: Mapping[str, int]
    took_in: tuple[str, ...] = ()
    seconds: float = 0.0
    replay: bool = False


@dataclass(frozen=True)
class Night:
    """A finished night: the summary of each county."""

    summaries: tuple[Summary, ...]
    strays: tuple[Delivery, ...]
    """Rejected deliveries of no county that could be run."""
    refused: bool
    """Whether one of the strays ``is_refused`` at D."""
    known: tuple[Delivery, ...] = ()
    """What came again and was there already: its content, and nothing became of it."""
    passed_over: tuple[PassedOver, ...] = ()
    """What lies in the inbox and is no file that could be taken."""
    waiting: tuple[Waiting, ...] = ()
    """Deliveries that are not there whole, of whatever county."""

    def telling(self, intake: Intake) -> "Night":
        """The night that also tells what its intake left where it was."""
        return replace(self, known=intake.known, passed_over=intake.passed_over, waiting=intake.waiting)


def is_refused(policies: Policies, delivery: Delivery, on: date) -> bool:
    """Whether a delivery was rejected, or must be confirmed, that somebody waits for."""
    return delivery.status in STOPPED and policies.at(delivery.county, on).expects(delivery.feed)
