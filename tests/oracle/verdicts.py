"""What the oracle answers for a rule: findings with their certainty, or why it cannot say."""

from dataclasses import dataclass

CERTAIN = "certain"
POSSIBLE = "possible"

Key = tuple[str, str]
"""(subject_key, period)"""


@dataclass(frozen=True)
class NotEvaluated:
    """The rule cannot be evaluated; ``reason`` is for people and never compared.

    ``waiting``: nothing is missing, its time has not come.
    """

    reason: str
    waiting: bool = False


@dataclass(frozen=True)
class Found:
    """A finding as its rule sees it, before what concerns all rules alike is asked (oracle/certainty.py).

    ``possible``: the rule itself knows of a doubt. ``months``: those that the finding speaks of. ``sought``: persons
    beyond the subject's own people whose absence it asserts. ``student_nos``: numbers by which it searched in vain.
    """

    possible: bool = False
    months: frozenset[str] = frozenset()
    sought: frozenset[str] = frozenset()
    student_nos: frozenset[str] = frozenset()


Founds = dict[Key, Found]
"""What a rule's own sentence says."""

Findings = dict[Key, str]
"""(subject_key, period) -> certainty."""
