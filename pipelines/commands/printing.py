"""How commands print: results to standard output, for people or machines; everything else to standard error."""

import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from expectations.errors import LiangxianError, NotYetError
from pipelines.commands.chinese import in_chinese, translator
from pipelines.commands.chinese.steps import STEPS
from pipelines.house.language import Language, say, spoken
from pipelines.house.records.night import DeliveryRow

if TYPE_CHECKING:
    from pipelines.landing import PassedOver, Waiting
    from warehouse.books.deliveries import Delivery

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Something to be called with what begins: a spinner says it on a terminal, else the log does."""
    if not err.is_terminal:
        yield lambda what: logging.getLogger(__name__).info("%s", what)
        return
    chinese = translator(STEPS)

    def told(what: str) -> str:
        return escape(say(chinese(what), what))

    with err.status(told("starting")) as status:
        yield lambda what: status.update(told(what))


def tell_known(known: "Sequence[Delivery]") -> None:
    """Content that was there already: nothing became of it, and that is said."""
    from pipelines.reading_out.headings import STATUSES

    for one in known:
        names, status = "、".join(file.name for file in one.files), STATUSES.get(one.status, one.status)
        told = say(
            f"{names}：已有相同内容（批次{one.number}，{status}），没有再入库",
            f"{names}: the same content is there already (delivery {one.number}, {one.status}); not taken in again",
        )
        err.print(told, markup=False, soft_wrap=True)


def tell_passed_over(passed: "Sequence[PassedOver]") -> None:
    """What was left in the inbox, and why: nobody should wait for it."""
    from pipelines.house.words import why_left

    for one in passed:
        zh, en = why_left(one.why)
        told = say(f"未收入 {one.name}：{zh}", f"not taken in: {one.name} {en}")
        err.print(told, markup=False, soft_wrap=True)


def tell_waiting(waiting: "Iterable[Waiting]") -> None:
    """Deliveries that are not there whole, and which of their parts are missing."""
    from pipelines.house.words import feed_title, missing_parts

    for one in waiting:
        zh, en = missing_parts(one.parts)
        what = f"{one.county} {one.as_of}"
        told = f"等待其余部分：{feed_title(one.feed)} {what}，{zh}"
        err.print(say(told, f"waiting for parts: {one.feed} {what}, {en}"), markup=False, soft_wrap=True)


def tell_written(target: Path | None) -> None:
    """Where what was asked for lies, unless it went to standard output."""
    if target is not None:
        err.print(say(f"已生成 {target}", f"wrote {target}"), markup=False, soft_wrap=True)


def tell_error(error: LiangxianError) -> None:
    """What cannot be done, in the language that is spoken."""
    told = error.told_in_chinese(in_chinese) if spoken() is Language.ZH else str(error)
    err.print("\n".join([told, *getattr(error, "__notes__", ())]), markup=False, soft_wrap=True)


@contextmanager
def noting_home(home: Path) -> Iterator[None]:
    """Say in which home it was where nothing is there yet: nearly always another was meant."""
    try:
        yield
    except NotYetError as error:
        zh = f"（数据目录是 {home}；如果不是，请用 --home 或 LIANGXIAN_HOME 写明）"
        error.add_note(say(zh, f"(the home is {home}; --home or LIANGXIAN_HOME names another)"))
        raise


def print_json(value: Any) -> None:
    """For machines."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def print_rows(rows: Mapping[str, int], as_json: bool) -> None:
    """Rows of each table of the books."""
    if as_json:
        print_json(dict(rows))
    else:
        each = ", ".join(f"{name} {count}" for name, count in rows.items())
        out.print(say(f"{sum(rows.values())}行：{each}", f"{sum(rows.values())} rows: {each}"))


def print_delivery_rows(rows: Sequence[DeliveryRow], as_json: bool) -> None:
    """Deliveries and what became of them."""
    from pipelines.reading_out import print_deliveries

    if as_json:
        print_json(rows)
    else:
        print_deliveries(rows, out)
