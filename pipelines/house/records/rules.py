"""The rule book as JSON."""

from typing import TypedDict


class RuleBookRow(TypedDict):
    """A rule as ``liangxian rules`` prints it; ``owner`` None: who sent the data answers."""

    code: str
    name: str
    name_en: str
    owner: str | None
    severity: str
    subject_kind: str
    subject_key: list[str]
    needs: list[str]
    sentence: str
    expected: str
    actual: str
    explanation: str
    clears_when: str
    period: str
    policy_keys: list[str]
    basis: str
