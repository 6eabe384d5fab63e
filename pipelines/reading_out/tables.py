"""Tables on a terminal: folded to its width there, and as wide as they need to be in a pipe or a file."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from pipelines.house.language import say
from pipelines.reading_out.headings import heading

ROWS_SHOWN: Final = 200
"""More rows than this nobody reads on a terminal; the rest is counted, and is in the machine formats."""

_NARROW: Final = 120
"""Columns of a terminal below which a table leaves out what people can do without."""

_WIDEST: Final = 100_000
_NARROWEST: Final = 6
"""A column that may be folded keeps this many characters, so that it does not vanish on a narrow terminal."""


def make_table(
    headings: Sequence[str], rows: Iterable[Sequence[object]], *, whole: Sequence[str] = (), numbers: Sequence[str] = ()
) -> Table:
    """A table of texts (None is empty); columns of ``whole`` are not folded, ``numbers`` stand at the right.

    Columns are named in English, and told in the language that is spoken (``headings.HEADINGS``).
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in headings:
        table.add_column(
            heading(name),
            no_wrap=name in whole,
            justify="right" if name in numbers else "left",
            overflow="fold",
            min_width=None if name in whole else _NARROWEST,
        )
    for row in rows:
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    return table


def is_narrow(console: Console) -> bool:
    """Whether what is printed goes to a terminal that has no room for wide tables."""
    return console.is_terminal and console.width < _NARROW


def print_table(table: Table, console: Console) -> None:
    """Print a table; where no terminal sets a width, nothing is folded."""
    if console.is_terminal:
        console.print(table)
        return
    table.width = Measurement.get(console, console.options.update(width=_WIDEST, max_width=_WIDEST), table).maximum
    console.print(table, crop=False, soft_wrap=False)


def print_counted(table: Table, count: int, console: Console) -> None:
    """Print a table, and beneath it how many of ``count`` rows it shows where it does not show all."""
    if table.row_count:
        print_table(table, console)
    if count > table.row_count:
        zh = f"共 {count:,} 条，以上为前 {table.row_count:,} 条。"
        console.print(say(zh, f"{count:,} in all, the first {table.row_count:,} of them above."))
    else:
        console.print(say(f"共 {count:,} 条。", f"{count:,} in all."))
