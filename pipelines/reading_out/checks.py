"""What the doctor found, on a terminal: what is broken first, then what waits for somebody, then what is well."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

from rich.cells import cell_len
from rich.console import Console

from pipelines.house.language import Language, say, spoken
from pipelines.reading_out.doctor import Check, Level

_WORDS: Final = {
    Level.ERROR: ("要处理", "MEND"),
    Level.WARNING: ("请留意", "LOOK"),
    Level.FINE: ("正常  ", "ok  "),
}


def print_checks(checks: Sequence[Check], console: Console, chinese: Callable[[str], str] = str) -> None:
    """A line a check; several of the same kind that found the same are one, and what to do is said once.

    ``chinese`` gives the Chinese of what a check says, where that is spoken.
    """
    told = chinese if spoken() is Language.ZH else str
    colon, comma = say("：", ": "), say("、", ", ")
    ordered = sorted(checks, key=lambda check: check.level)
    for (level, found), same in groupby(ordered, key=lambda check: (check.level, check.found)):
        alike = list(same)
        word = say(*_WORDS[level])
        console.print(f"{word}  {comma.join(told(check.what) for check in alike)}{colon}{told(found)}", markup=False)
        for advice in dict.fromkeys(check.advice for check in alike if check.advice and level is not Level.FINE):
            console.print(f"{' ' * cell_len(word)}  {told(advice)}", markup=False)
