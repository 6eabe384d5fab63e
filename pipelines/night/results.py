"""What the steps of a night hand to each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.landing import Waiting
from pipelines.reconciling.reconcile import RuleRun
from warehouse.books.deliveries import Delivery
from warehouse.books.runs import Run
from warehouse.current import Conformed


@dataclass(frozen=True)
class Intake:
    """What an intake took in, in order, and what still waits."""

    deliveries: tuple[Delivery, ...]
    waiting: tuple[Waiting, ...]


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

    summaries: tuple[Mapping[str, Any], ...]
    strays: tuple[Delivery, ...] = field(default=())
    """Rejected deliveries of no county that could be run."""
