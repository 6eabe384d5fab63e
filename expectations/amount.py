"""What a finding comes to in yuan: what its rule believes owed, or wrongly paid (rules.md, Outcome)."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from expectations.terms import County


class Side(StrEnum):
    """Who should have more: the family, or the public purse."""

    OWED = "owed"
    WRONGLY_PAID = "wrongly_paid"

    @property
    def label(self) -> str:
        """As people read it: 应补发 or 应追回."""
        return {"owed": "应补发", "wrongly_paid": "应追回"}[self.value]

    @property
    def label_en(self) -> str:
        """In English."""
        return self.value.replace("_", " ")


YUAN: Final = "yuan"
"""The fact of a finding, and the column of a month, that holds what it comes to."""


@dataclass(frozen=True)
class Amount:
    """What the findings of a rule come to: ``how`` it is reckoned, in Chinese, for the rule book.

    The rule gives it as the fact YUAN; or, where it is made of months, by ``months``: (certificate_no, month, YUAN),
    one row each, which by the subject's key say of which finding they are. Of a certificate and month the rule with
    the least ``turn`` counts, and no other.
    """

    side: Side
    how: str
    _: KW_ONLY
    turn: int = 0
    months: Callable[["County"], "Table"] | None = field(default=None, repr=False)
