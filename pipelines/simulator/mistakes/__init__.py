"""The mistakes that departments make, each planted on purpose with its consequences for every rule written down."""

from pipelines.simulator.mistakes import (
    certificates,
    differences,
    duplicates,
    education,
    exits,
    hardships,
    housing,
    identity,
    insurance,
    payments,
    roll,
    within_one_book,
)
from pipelines.simulator.mistakes.scene import Mistake

MISTAKES: tuple[Mistake, ...] = tuple(
    sorted(
        (
            *roll.MISTAKES,
            *certificates.MISTAKES,
            *differences.MISTAKES,
            *insurance.MISTAKES,
            *education.MISTAKES,
            *housing.MISTAKES,
            *hardships.MISTAKES,
            *exits.MISTAKES,
            *duplicates.MISTAKES,
            *payments.MISTAKES,
            *identity.MISTAKES,
            *within_one_book.MISTAKES,
        ),
        key=lambda mistake: not mistake.main,
    )
)
"""All kinds, those that every county should have first."""
