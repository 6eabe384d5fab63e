"""How commands print: results to standard output, for people or machines; everything else to standard error."""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from rich.console import Console

from pipelines.house.records.night import DeliveryRow

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False)


class Language(StrEnum):
    """Language of what people read; code and logs stay English."""

    ZH = "zh"
    EN = "en"


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Something to be called with what begins: a spinner says it on a terminal, else the log does."""
    if not err.is_terminal:
        yield lambda what: logging.getLogger(__name__).info("%s", what)
        return
    with err.status("starting") as status:
        yield lambda what: status.update(what)


def print_json(value: Any) -> None:
    """For machines."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def print_rows(rows: Mapping[str, int], as_json: bool) -> None:
    """Rows of each table of the books."""
    if as_json:
        print_json(dict(rows))
    else:
        out.print(f"{sum(rows.values())} rows: " + ", ".join(f"{name} {count}" for name, count in rows.items()))


def print_delivery_rows(rows: Sequence[DeliveryRow], as_json: bool) -> None:
    """Deliveries and what became of them."""
    from pipelines.reading_out import print_deliveries

    if as_json:
        print_json(rows)
    else:
        print_deliveries(rows, out)
