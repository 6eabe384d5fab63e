"""What the doctor found, on a terminal: what is broken first, then what waits for somebody, then what is well."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from rich.console import Console

from pipelines.house.language import say
from pipelines.reading_out.doctor import Check, Level

_WORDS: Final = {
    Level.ERROR: ("要处理", "MEND"),
    Level.WARNING: ("请留意", "LOOK"),
    Level.FINE: ("正常  ", "ok  "),
}


def print_checks(checks: Sequence[Check], console: Console) -> None:
    """A line a check; several of the same kind that found the same are one, and what to do is said once."""
    ordered = sorted(checks, key=lambda check: check.level)
    for (level, found), same in groupby(ordered, key=lambda check: (check.level, check.found)):
        alike = list(same)
        word = say(*_WORDS[level])
        console.print(f"{word}  {', '.join(check.what for check in alike)}: {found}", markup=False)
        for advice in dict.fromkeys(check.advice for check in alike if check.advice and level is not Level.FINE):
            console.print(f"{' ' * 6}  {advice}", markup=False)
