"""A world some days later with the same current deliveries, which must say the same of everything but TL01."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from builders import World
from worlds_on_disk import Laid, asked_on, lay_down

from expectations.rules import RULES
from pipelines.reconciling.reconcile import Verdicts

ASKED = tuple(rule.code for rule in RULES if rule.code != "TL01")
"""Rules that no passing day changes."""


def at(world: World, days: int) -> World:
    """The world so many days later, with no delivery that it did not have, none of them stale for that."""
    there = tuple(delivery for delivery in world.deliveries if delivery.as_of <= world.d)
    fresh = {"freshness_days": 3650} | {key: 3650 for key in world.policy if key.startswith("freshness_days")}
    return replace(world, d=world.d + timedelta(days=days), deliveries=there, policy={**world.policy, **fresh})


def now_and_later(
    world: World, laid: Laid, said: Verdicts, days: int, codes: tuple[str, ...], folder: Path, plans: Path
) -> tuple[Verdicts, Verdicts]:
    """What those of ``codes`` that no day changes say of the world at D and so many days later.

    ``said`` is what they say of the world as it lies in ``laid``: where every delivery is of D none of them is stale
    and none is left out, and it is what they say at D.
    """
    asked = tuple(code for code in codes if code in ASKED)
    if not asked:
        return {}, {}
    if any(delivery.as_of != world.d for delivery in world.deliveries):
        laid = lay_down(at(world, 0), folder)
        said = asked_on(laid, at(world, 0), asked, plans)
    later = asked_on(laid, at(world, days), asked, plans)
    return {code: said[code] for code in asked}, {code: later[code] for code in asked}
