"""Counties that are alike are evaluated at once: each statement is planned and run once instead of once for each."""

import logging
from collections.abc import Hashable, Iterable, Sequence
from operator import itemgetter

import duckdb

from expectations.days import Days
from expectations.policy import PolicyError
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
    """Counties in groups of the same feeds, columns and policy values; in their order within a group.

    Their days may differ: where values that are read at them do, they are evaluated one by one.
    """
    groups: dict[Hashable, list[Asked]] = {}
    for one in asked:
        groups.setdefault(_everything_but_rows(one), []).append(one)
    return list(groups.values())


def _everything_but_rows(asked: Asked) -> Hashable:
    return asked.shape, tuple(sorted(asked.columns.items(), key=itemgetter(0))), _values(asked.days)


def _values(days: Days) -> Hashable:
    """What rules read of the policy at their days, as far as they say so; what they do not is found out as they run.

    Not from when a value is nor where it is from, which evidence tells of each county by itself.
    """
    return tuple(read.said(days) for rule in RULES for read in rule.policy_reads)
