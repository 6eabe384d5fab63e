"""What commands share: options, exit statuses, the opened home, how results are printed."""

import json
import logging
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from expectations.calendar import local_day
from expectations.errors import ValueRefusedError
from expectations.status import RuleStatus
from pipelines.house.engine_choice import EngineChoice, EngineName, bytes_of
from pipelines.house.records.night import DeliveryRow, Summary

if TYPE_CHECKING:
    from pipelines.house.settings import Settings
    from pipelines.night.results import Night


DONE, FAILED, WRONG_USAGE, INCOMPLETE = 0, 1, 2, 3
"""Exit statuses: 3 is done, but a delivery of an expected feed was rejected, or a rule was not evaluated."""


out = Console(highlight=False, soft_wrap=True)


err = Console(stderr=True, highlight=False)


class Language(StrEnum):
    """Language of what people read; code and logs stay English."""

    ZH = "zh"
    EN = "en"


def as_day(text: str) -> date:
    """A date YYYY-MM-DD of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date YYYY-MM-DD") from None


def as_moment(text: str) -> datetime:
    """A moment of the command line."""
    from pipelines.night.backfilling import read_moment

    try:
        return read_moment(text)
    except ValueRefusedError as error:
        raise typer.BadParameter(str(error)) from None


Home = Annotated[
    Path,
    typer.Option(
        "--home", envvar="LIANGXIAN_HOME", help="Folder that holds all state.", show_default=True, file_okay=False
    ),
]


AsOf = Annotated[date, typer.Option("--as-of", parser=as_day, metavar="DATE", help="As-of date D of the run.")]


Inbox = Annotated[Path | None, typer.Option("--inbox", help="Where deliveries are dropped [default: HOME/inbox].")]


PolicyDir = Annotated[
    Path | None, typer.Option("--policy", help="Folder of policy files [default: HOME/policy, else the defaults].")
]


Counties = Annotated[
    list[str] | None, typer.Option("--county", help="County code; again for more [default: each that has data].")
]


Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


Lang = Annotated[Language, typer.Option("--lang", help="Language of what is printed.")]


EngineOption = Annotated[
    EngineName,
    typer.Option(
        "--engine",
        help="Where the rules run; LIANGXIAN_SPARK_MASTER is the address of spark [default: local], "
        "LIANGXIAN_SHARED_LAKE a URL for copies where its executors do not see the home.",
    ),
]


NoDispatch = Annotated[bool, typer.Option("--no-dispatch", help="Record and publish, but send nothing out (下发).")]


MemoryLimit = Annotated[
    str | None,
    typer.Option("--memory-limit", envvar="LIANGXIAN_MEMORY_LIMIT", help="Memory of the engine, such as 2GB."),
]


Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        envvar="LIANGXIAN_JOBS",
        min=1,
        help="Deliveries and counties at once, at most; each has its share of cores and memory limit.",
        show_default="one for each core",
    ),
]

CORES = os.cpu_count() or 1

KnownAt = Annotated[
    datetime | None,
    typer.Option(
        "--known-at",
        parser=as_moment,
        metavar="MOMENT",
        help="Only what had been received by then, as it stood then (Asia/Shanghai where no zone is named).",
    ),
]


DEFAULT_HOME = Path("var")


def need_purpose(unmask: bool, purpose: str | None) -> None:
    if unmask and not (purpose and purpose.strip()):
        raise typer.BadParameter("personal values are shown for a purpose only", param_hint="--purpose")


def need_known(wanted: Sequence[str] | None, known: Collection[str], option: str) -> None:
    for value in wanted or ():
        if value not in known:
            raise typer.BadParameter(f"{value} is none of {', '.join(known)}", param_hint=option)


def need_counties(codes: Iterable[str]) -> None:
    """Refuse what is no county code."""
    for code in codes:
        if len(code) != 6 or not code.isdigit():
            raise typer.BadParameter(f"{code} is no 6-digit county code", param_hint="--county")


def need_size(memory_limit: str) -> None:
    try:
        bytes_of(memory_limit)
    except ValueRefusedError as error:
        raise typer.BadParameter(str(error), param_hint="--memory-limit") from None


def now() -> datetime:
    """The clock, read here and nowhere deeper."""
    return datetime.now(UTC)


def today() -> date:
    return local_day(now())


@contextmanager
def opened_settings(
    home: Path,
    inbox: Path | None,
    policy: Path | None,
    counties: Sequence[str] | None,
    *,
    engine: EngineName = EngineName.DUCKDB,
    memory_limit: str | None = None,
    policies: bool = True,
    **more: Any,
) -> Iterator["Settings"]:
    """Settings of a command; on a terminal a spinner says which step is running."""
    from pipelines.house.settings import open_settings

    if memory_limit is not None:
        need_size(memory_limit)
    need_counties(counties or ())
    with progress() as tell:
        yield open_settings(
            home,
            engine=EngineChoice(
                engine,
                memory_limit,
                spark_master=os.environ.get("LIANGXIAN_SPARK_MASTER") or None,
                shared_lake=os.environ.get("LIANGXIAN_SHARED_LAKE") or None,
            ),
            inbox=inbox,
            policy=policy,
            now=now,
            counties=tuple(counties or ()),
            tell=tell,
            with_policies=policies,
            database_url=os.environ.get("LIANGXIAN_DATABASE_URL") or None,
            **more,
        )


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    if not err.is_terminal:
        yield lambda what: logging.getLogger(__name__).info("%s", what)
        return
    with err.status("starting") as status:
        yield lambda what: status.update(what)


NO_DATA = {Language.ZH: "没有可以比对的数据。", Language.EN: "No county has data to compare."}


NO_NEWS = {Language.ZH: "没有新到的数据。", Language.EN: "Nothing new has arrived."}


def show_nights(
    nights: Sequence["Night"], lang: Language, as_json: bool, nothing: Mapping[Language, str] = NO_DATA
) -> None:
    from expectations.rules import RULES
    from pipelines.reporting.terminal import print_summary

    summaries = [summary for night in nights for summary in night.summaries]
    strays = [stray for night in nights for stray in night.strays]
    if as_json:
        print_json(summaries)
    else:
        for summary in summaries:
            print_summary(summary, out, rules=RULES, language=lang.value)
        if not summaries:
            out.print(nothing[lang])
    if not summaries:
        for stray in strays:
            (err if as_json else out).print("\n".join(stray.reason), markup=False)
    if any(night.refused for night in nights) or any(is_incomplete(summary) for summary in summaries):
        raise typer.Exit(INCOMPLETE)


def is_incomplete(summary: Summary) -> bool:
    from expectations.feeds import FEEDS_BY_NAME

    refused = (d["feed"] for d in summary["deliveries"] if d["status"] == "rejected")
    return any(feed in summary["expected"] or feed not in FEEDS_BY_NAME for feed in refused) or any(
        RuleStatus(r["status"]).is_gap for r in summary["rules"]
    )


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def print_rows(rows: Mapping[str, int], as_json: bool) -> None:
    """Rows of each table of the books."""
    if as_json:
        print_json(dict(rows))
    else:
        out.print(f"{sum(rows.values())} rows: " + ", ".join(f"{name} {count}" for name, count in rows.items()))


def print_delivery_rows(rows: Sequence[DeliveryRow], as_json: bool) -> None:
    from pipelines.reading_out import print_deliveries

    if as_json:
        print_json(rows)
    else:
        print_deliveries(rows, out)
