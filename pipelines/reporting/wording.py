"""What the reports need to know of a rule, and the Chinese words for codes that people read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from expectations.departments import Department
from expectations.finding import Certainty
from expectations.rule import Severity
from expectations.status import RuleStatus


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
    def may_own(self) -> tuple[Department, ...]:
        """Who answers for a finding where its rows say so."""

    @property
    def is_lead(self) -> bool:
        """Whether it only asks: its findings are leads (线索), counted and ranked apart."""

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

LEAD: Final = "线索"
"""How findings of leads are called: nobody is accused by what another office knows."""


def leads_last(rules: Iterable[RuleInfo]) -> list[RuleInfo]:
    """The rules in their order, those that only ask behind the others."""
    return sorted(rules, key=lambda rule: rule.is_lead)


CERTAINTIES: Final = {Certainty.CERTAIN.value: "确定", Certainty.POSSIBLE.value: "待核"}
"""Whether the data can carry the accusation, as people read it."""


@dataclass(frozen=True)
class Silent:
    """What people read above the rules that say nothing: on the page, on the terminal, in workbooks."""

    title: str
    title_en: str
    short: str
    short_en: str
    in_workbook: str
    reasons: str


SILENCES: Final = {
    RuleStatus.NOT_EVALUATED: Silent(
        title="未能评估的规则（不等于没有问题）",
        title_en="Rules that could not be evaluated (which does not mean that nothing is wrong)",
        short=f"{RuleStatus.NOT_EVALUATED.label}（不等于没有问题）",
        short_en="not evaluated (not the same as none found)",
        in_workbook="本次没有核对的项目（不等于没有问题）",
        reasons="本次未能评估的规则及原因",
    ),
    RuleStatus.WAITING: Silent(
        title="未到时间的规则（到时自动评估）",
        title_en="Rules whose time has not come (they are evaluated when it does)",
        short=RuleStatus.WAITING.label,
        short_en=RuleStatus.WAITING.label_en,
        in_workbook="本次未到核对时间的项目",
        reasons="未到时间的规则及原因",
    ),
    RuleStatus.NOT_APPLICABLE: Silent(
        title="本县不适用的规则",
        title_en="Rules that do not apply in this county",
        short=RuleStatus.NOT_APPLICABLE.label,
        short_en=RuleStatus.NOT_APPLICABLE.label_en,
        in_workbook="本县不适用的项目",
        reasons="本县不适用的规则及原因",
    ),
}
"""Headings by status; the words of a single rule are its status' label."""
