"""What the reports need to know of a rule, and the Chinese words for codes that people read."""

from typing import Final, Protocol

from expectations.departments import Department
from expectations.finding import Certainty
from expectations.rule import Severity


class RuleInfo(Protocol):
    """The parts of a rule's declaration that reports show; ``expectations.rule.Rule`` has them."""

    @property
    def code(self) -> str:
        """``TL02``."""

    @property
    def name(self) -> str:
        """Chinese name."""

    @property
    def name_en(self) -> str:
        """English name."""

    @property
    def owner(self) -> Department | None:
        """Who answers for its findings; None where the feed's department does."""

    @property
    def owners(self) -> frozenset[Department]:
        """Who can have to answer for its findings."""

    @property
    def severity(self) -> str:
        """high, medium or low."""

    @property
    def clears_when(self) -> str:
        """What would settle a finding, in Chinese."""

    @property
    def basis(self) -> str:
        """The document behind the rule."""


SEVERITIES: Final = {severity.value: severity.label for severity in Severity}
"""Severity, from the greatest down, as people read it."""

CERTAINTIES: Final = {Certainty.CERTAIN.value: "确定", Certainty.POSSIBLE.value: "待核"}
"""Whether the data can carry the accusation, as people read it."""
