"""What became of a rule in a county: said of every rule every night, so that silence never reads as "nothing found"."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class RuleStatus(StrEnum):
    """``NOT_EVALUATED``: something is missing. ``WAITING``: its time has not come. ``NOT_APPLICABLE``: not asked here.

    Of all but ``EVALUATED`` the earlier findings stay as they were: neither cleared nor confirmed.
    """

    EVALUATED = "evaluated"
    NOT_EVALUATED = "not_evaluated"
    WAITING = "waiting"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        """已评估, 未评估, 未到时间 or 不适用."""
        return _LABELS[self]

    @property
    def label_en(self) -> str:
        """The same in English."""
        return self.value.replace("_", " ")

    @property
    def is_gap(self) -> bool:
        """Whether somebody has to do something about it: an alert, and exit status 3."""
        return self is RuleStatus.NOT_EVALUATED


_LABELS: Final = {
    RuleStatus.EVALUATED: "已评估",
    RuleStatus.NOT_EVALUATED: "未评估",
    RuleStatus.WAITING: "未到时间",
    RuleStatus.NOT_APPLICABLE: "不适用",
}

SILENT: Final = tuple(status for status in RuleStatus if status is not RuleStatus.EVALUATED)
"""What a rule is that says nothing, in the order in which a person should hear of it."""


@dataclass(frozen=True)
class Silence:
    """Why a rule says nothing: one of SILENT, and the reason in Chinese."""

    status: RuleStatus
    reason: str


def legend() -> str:
    """Every status with its label, as a column's comment says it: ``evaluated 已评估、…``."""
    return "、".join(f"{status} {status.label}" for status in RuleStatus)


def by_status(silent: Iterable[tuple[str, RuleStatus]]) -> dict[RuleStatus, list[str]]:
    """Codes of rules under what became of them, in the order of SILENT; those that were evaluated are left out."""
    rules = list(silent)
    grouped = {status: [code for code, became in rules if became is status] for status in SILENT}
    return {status: codes for status, codes in grouped.items() if codes}
