"""A rule's entry in the oracle: its code, what the contract says of its feeds, and its answer in plain Python."""

from collections.abc import Callable
from dataclasses import dataclass

from builders import FEED_NAMES
from oracle.terms import Terms
from oracle.verdicts import Findings

RH, RM, LH, LM, LP, IN, ST, ED, HO = FEED_NAMES
REGISTER_BOOK = (RH, RM)
LOW_INCOME_BOOK = (LH, LM)

Answer = Callable[[Terms], Findings]


@dataclass(frozen=True)
class Entry:
    """One rule as the contract has it.

    ``needs``: feeds without which it is not evaluated. ``over_what_is_there``: it is evaluated over whatever feeds are
    there; with nothing there it has seen nothing: not evaluated, which is never an empty table (style.md, maxim 7).
    ``planted``: the simulator plants its mistakes, so that the simulator's truth has all of its findings.
    """

    code: str
    needs: tuple[str, ...]
    answer: Answer
    over_what_is_there: bool = False
    asks_insurance_year: bool = False
    asks_school_year: bool = False
    planted: bool = True

    def __call__(self, t: Terms) -> Findings:
        """What the rule finds in a world in which it is evaluated."""
        return self.answer(t)


def answers(
    code: str,
    *,
    needs: tuple[str, ...],
    over_what_is_there: bool = False,
    asks_insurance_year: bool = False,
    asks_school_year: bool = False,
    planted: bool = True,
) -> Callable[[Answer], Entry]:
    """Make the decorated function the oracle's entry for a rule."""

    def enter(answer: Answer) -> Entry:
        return Entry(code, needs, answer, over_what_is_there, asks_insurance_year, asks_school_year, planted)

    return enter
