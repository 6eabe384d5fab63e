"""What a finding is: the columns of every export, in the contract's order, and the states of the ledger."""

from enum import StrEnum
from typing import Final

FINDING_COLUMNS: Final = (
    "finding_id",
    "rule",
    "rule_name",
    "severity",
    "certainty",
    "owner",
    "county",
    "township",
    "village",
    "subject_kind",
    "subject_key",
    "household_no",
    "certificate_no",
    "person_id",
    "name",
    "period",
    "expected",
    "actual",
    "explanation",
    "clears_when",
    "evidence",
    "first_seen",
    "last_seen",
    "state",
    "due_on",
)

MASKED_COLUMNS: Final = ("subject_key", "person_id", "name", "expected", "actual", "explanation", "evidence")
"""Columns that can hold personal data: datasets carry ``<column>_masked`` beside each, made from masked values."""

EXPLANATION_FOR_DEPARTMENTS: Final = "explanation_department"
"""Beside them the explanation as those may read it who must act on the finding; workbooks show it."""

AMOUNT_COLUMNS: Final = ("rule_yuan", "rule_months")
"""Beside them what the rule believes owed or wrongly paid (yuan), and of which months; null where its facts say no sum.

No column of exports. Of a certificate and month one rule alone has the sum (expectations/amount.py)."""

LEDGER_ONLY_COLUMNS: Final = ("first_seen", "last_seen", "state", "due_on")
"""Columns that the ledger adds; the others are a pure function of deliveries, policy and D."""


class Certainty(StrEnum):
    """Whether the data can carry the accusation."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


class State(StrEnum):
    """States of a finding in the ledger (问题台账)."""

    NEW = "待核实"
    DISPATCHED = "已派发"
    CONFIRMED = "属实"
    REFUTED = "不属实"
    RECTIFYING = "整改中"
    RECTIFIED = "已整改"
    CLOSED = "销号"
    CLEARED = "数据已消除"
    REOPENED = "重开"


UNDONE: Final = "已撤销"
"""Where the ledger's event leads of a finding that only a run had shown which was undone: the ledger has it no more."""


class Because(StrEnum):
    """Why a finding is gone where the data prove nothing: nobody put anything right (decision 0033)."""

    RULE_BOOK = "规则口径变更"
    POLICY = "政策调整"
    WITHDRAWN = "数据撤回"

    @property
    def label_en(self) -> str:
        """In English."""
        return _BECAUSE[self]


_BECAUSE: Final = {
    Because.RULE_BOOK: "rule book changed",
    Because.POLICY: "policy changed",
    Because.WITHDRAWN: "data withdrawn",
}


CLOSED_STATES: Final = (State.REFUTED, State.CLOSED, State.CLEARED)
"""States that exports leave out unless asked for all."""

CLEARABLE_STATES: Final = (State.NEW, State.DISPATCHED, State.CONFIRMED, State.REOPENED)
"""States in which data that no longer show the finding close it by themselves."""
