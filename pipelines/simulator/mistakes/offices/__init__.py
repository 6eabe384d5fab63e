"""What other offices know, of people who benefit and of houses and figures: planted as the county's own mistakes are,
with its consequences for every rule written down."""

from pipelines.simulator.mistakes.offices import (
    assistance,
    costs,
    deaths,
    handed_down,
    means,
    relocating,
    reported,
)
from pipelines.simulator.mistakes.offices.circumstance import Circumstance

CIRCUMSTANCES: tuple[Circumstance, ...] = tuple(
    sorted(
        (
            *deaths.CIRCUMSTANCES,
            *means.CIRCUMSTANCES,
            *assistance.CIRCUMSTANCES,
            *costs.CIRCUMSTANCES,
            *relocating.CIRCUMSTANCES,
            *handed_down.CIRCUMSTANCES,
            *reported.CIRCUMSTANCES,
        ),
        key=lambda circumstance: not circumstance.main,
    )
)
"""All kinds, those that every county should have first."""
