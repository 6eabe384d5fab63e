"""What the oracle answers for a rule: findings with their certainty, or why it cannot say."""

from dataclasses import dataclass

CERTAIN = "certain"
POSSIBLE = "possible"


@dataclass(frozen=True)
class NotEvaluated:
    """The rule cannot be evaluated; ``reason`` is for people and never compared."""

    reason: str


Findings = dict[tuple[str, str], str]
"""(subject_key, period) -> certainty."""
