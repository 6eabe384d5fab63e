"""A literal case: one rule, one world, and what the contract says must come out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from builders import World

CERTAIN: Final = "certain"
POSSIBLE: Final = "possible"

NOT_EVALUATED: Final = "not evaluated"
"""Expected of a rule that cannot be evaluated in its world."""

Expect = Mapping[str | tuple[str, str], str] | str


@dataclass(frozen=True)
class Case:
    """``expect``: {subject_key or (subject_key, period): certainty}, all findings of the rule; or NOT_EVALUATED.

    A bare subject_key stands for an empty period. Cases may share one World object, which need be evaluated only once.
    """

    rule: str
    title: str
    world: World
    expect: Expect

    @property
    def findings(self) -> dict[tuple[str, str], str] | None:
        """The expected findings with their periods, or None where the rule must not be evaluated."""
        if isinstance(self.expect, str):
            return None
        return {key if isinstance(key, tuple) else (key, ""): certainty for key, certainty in self.expect.items()}

    def __str__(self) -> str:
        """The sentence that stands in the test report."""
        return f"{self.rule}: {self.title}"


@dataclass(frozen=True)
class Of:
    """Writes the cases of one rule, whose findings all have one period."""

    rule: str
    period: str = ""

    def holds_for(self, title: str, world: World) -> Case:
        """The rule is kept: no finding."""
        return Case(self.rule, title, world, {})

    def broken_by(self, title: str, world: World, *keys: str) -> Case:
        """Certain findings on these subjects, and no others."""
        return Case(self.rule, title, world, {(key, self.period): CERTAIN for key in keys})

    def perhaps_broken_by(self, title: str, world: World, *keys: str) -> Case:
        """Possible findings on these subjects, and no others."""
        return Case(self.rule, title, world, {(key, self.period): POSSIBLE for key in keys})

    def not_evaluated(self, title: str, world: World) -> Case:
        """The rule has no answer."""
        return Case(self.rule, title, world, NOT_EVALUATED)
