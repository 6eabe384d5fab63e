"""What the reports need to know of a rule, and the Chinese words for codes that people read."""

from datetime import date
from typing import Final, Protocol

from expectations.feed import Department
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

WHOLE_COUNTY: Final = "全县"
"""Findings that belong to no township."""


def day_in_chinese(day: date) -> str:
    """``2026年6月30日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def english(code: str) -> str:
    """A name of ours as words: ``civil_affairs`` -> ``civil affairs``."""
    return code.replace("_", " ")
