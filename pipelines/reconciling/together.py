"""Counties that are alike are evaluated at once: each statement is planned and run once instead of once for each."""

import logging
from collections.abc import Hashable, Iterable, Sequence
from operator import itemgetter
from typing import Final

import duckdb

from expectations.policies import PARAMETERS
from expectations.policy import Policy, PolicyError
from expectations.rule import Rule
from expectations.rules import RULES
from pipelines.house.engine_choice import EngineChoice
from pipelines.reconciling.apart import NotApartError
from pipelines.reconciling.counties import NotAlikeError
from pipelines.reconciling.county import Asked
from pipelines.reconciling.opening import open_engine
from pipelines.reconciling.reconcile import Reconciled, reconcile
from warehouse.lake import Lake

logger = logging.getLogger(__name__)


def evaluate(
    choice: EngineChoice, lake: Lake, asked: Sequence[Asked], key: bytes, rules: Sequence[Rule] = RULES
) -> dict[str, Reconciled]:
    """What ``rules`` say of each county, by its code; the same whichever others are asked for with it."""
    found: dict[str, Reconciled] = {}
    for group in alike(asked):
        try:
            found |= _evaluate_at_once(choice, lake, group, key, rules)
        except (NotApartError, NotAlikeError, PolicyError, duckdb.Error) as error:
            if len(group) == 1:
                raise
            # without its text, which may name what stands in a row
            logger.warning("%d counties are evaluated one by one: %s", len(group), type(error).__name__)
            for one in group:
                found |= _evaluate_at_once(choice, lake, [one], key, rules)
    return found


def _evaluate_at_once(
    choice: EngineChoice, lake: Lake, asked: Sequence[Asked], key: bytes, rules: Sequence[Rule]
) -> dict[str, Reconciled]:
    with open_engine(choice, lake) as engine:
        reconciled = reconcile(engine, asked, key, rules)
    return {one.county: each for one, each in zip(asked, reconciled, strict=True)}


def alike(asked: Iterable[Asked]) -> list[list[Asked]]:
    """Counties in groups of the same D, feeds, periods, columns and policy values; in their order within a group."""
    groups: dict[Hashable, list[Asked]] = {}
    for one in asked:
        groups.setdefault(_everything_but_rows(one), []).append(one)
    return list(groups.values())


def _everything_but_rows(asked: Asked) -> Hashable:
    return asked.shape, tuple(sorted(asked.columns.items(), key=itemgetter(0))), _values(asked.policy)


def _values(policy: Policy) -> Hashable:
    """The policy's values and their days; not where they are from, which evidence tells of each county by itself."""
    return tuple(
        (key, tuple((repr(entry.value), entry.valid_from, entry.valid_to) for entry in timeline))
        for key, timeline in sorted(policy.timelines.items())
        if not key.startswith(_OF_ONE_COUNTY)
    )


_OF_ONE_COUNTY: Final = tuple(f"{parameter.name}." for parameter in PARAMETERS if parameter.by_village)
"""Parameters by village, which no two counties share; the evaluation reads them and no rule does."""
