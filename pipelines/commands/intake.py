"""What arrives: taken in, checked before it is sent, listed, decided on."""

import os
import sys
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from expectations.calendar import local_day
from pipelines.commands.ending import INCOMPLETE
from pipelines.commands.options import (
    CORES,
    AsOf,
    Bom,
    Inbox,
    Jobs,
    Judging,
    OneDelivery,
    OnHome,
    Target,
    WithCounties,
    WithPolicy,
    as_county,
    as_day,
    grouped,
    need_known,
)
from pipelines.commands.printing import (
    out,
    print_delivery_rows,
    print_json,
    tell_error,
    tell_known,
    tell_passed_over,
    tell_waiting,
    tell_written,
)
from pipelines.commands.targets import WRITES
from pipelines.house.language import say

if TYPE_CHECKING:
    from pipelines.house.settings import Settings
    from warehouse.books.deliveries import Delivery


commands = typer.Typer()


class ReportFormat(StrEnum):
    """Formats of a report on a file."""

    TEXT = "text"
    JSON = "json"


class RefusedFormat(StrEnum):
    """Formats of what was refused."""

    TABLE = "table"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


STANDARD_INPUT = Path("-")

Reason = Annotated[str, typer.Option("--reason", help="Why; it is recorded.")]


@commands.command()
@grouped
def ingest(
    on: Judging,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders, or - for standard input (default: the inbox).")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="File name of what comes by standard input.")] = None,
    inbox: Inbox = None,
    jobs: Jobs = CORES,
) -> None:
    """Take deliveries in and stage them; nothing is evaluated yet."""
    from pipelines.night.halves import told_rows
    from pipelines.night.intake import ingest as take_in
    from pipelines.night.pushing import push

    pushed = paths == [STANDARD_INPUT]
    if pushed != (name is not None):
        raise typer.BadParameter("standard input (-) comes alone, and with the file's --name", param_hint="--name")
    for path in paths or ():
        if not pushed and not path.exists():
            raise typer.BadParameter(f"no such file or folder: {path.name}", param_hint="PATH")
    with on.opened(inbox=inbox, jobs=jobs) as settings:
        day = local_day(settings.now())
        intake = push(settings, day, name, sys.stdin.buffer) if name else take_in(settings, day, paths or ())
        rows = told_rows(settings, intake.deliveries)
    print_delivery_rows(rows, on.as_json)
    tell_known(intake.known)
    tell_passed_over(intake.passed_over)
    tell_waiting(intake.waiting)
    if intake.refused:
        raise typer.Exit(INCOMPLETE)


@commands.command()
@grouped
def pull(
    on: WithPolicy,
    config: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="YAML: where the rows come from.")],
    as_of: AsOf,
    feed: Annotated[list[str] | None, typer.Option("--feed", help="Feed; again for more (default: all).")] = None,
    full: Annotated[bool, typer.Option("--full", help="Pull everything, watermark or not.")] = False,
) -> None:
    """Pull deliveries from a department's database and stage them; its URL comes from the environment."""
    from pipelines.night.halves import told_rows
    from pipelines.night.pulling import load_pull_config
    from pipelines.night.pulling import pull as pull_feeds

    source = load_pull_config(config)
    need_known(feed, [s.feed for s in source.feeds], "--feed")
    with on.opened() as settings:
        intake = pull_feeds(settings, source, as_of, os.environ, feeds=feed or (), full=full)
        rows = told_rows(settings, intake.deliveries)
    print_delivery_rows(rows, on.as_json)
    tell_known(intake.known)
    for failure in intake.failures:
        tell_error(failure)
    if intake.refused or intake.failures:
        raise typer.Exit(INCOMPLETE)


@commands.command()
def template(
    feed: Annotated[str, typer.Argument(help="Name of a feed.")],
    target: Annotated[Path, typer.Option("--out", help="Workbook to write (.xlsx)."), WRITES],
) -> None:
    """The workbook that a department fills in: headings, drop-downs, examples, 填表说明."""
    from expectations.feeds import FEEDS_BY_NAME
    from pipelines.templates import write_template

    need_known([feed], FEEDS_BY_NAME, "FEED")
    if target.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{target.name} does not end in .xlsx", param_hint="--out")
    write_template(FEEDS_BY_NAME[feed], target)
    tell_written(target)


@commands.command()
@grouped
def check(
    on: WithPolicy,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="File to look at; it stays as it is.")],
    feed: Annotated[str | None, typer.Option("--feed", help="Feed (default: by its name, else its headings).")] = None,
    county: Annotated[
        str | None,
        typer.Option("--county", parser=as_county, metavar="CODE", help="Its code (default: by its name)."),
    ] = None,
    as_of: Annotated[
        date | None, typer.Option("--as-of", parser=as_day, metavar="DATE", help="As-of date (default: by its name).")
    ] = None,
    report_format: Annotated[ReportFormat, typer.Option("--format", help="Format.")] = ReportFormat.TEXT,
    annotated: Annotated[
        Path | None,
        typer.Option("--annotated", help="Write a copy as a workbook, bad cells marked and commented."),
        WRITES,
    ] = None,
) -> None:
    """Report on a file before it is sent: every problem with its row; nothing is stored."""
    from expectations.feeds import FEEDS_BY_NAME
    from expectations.labels import labels_of
    from pipelines.checking import check_file, print_report, write_annotated

    need_known([feed] if feed else None, FEEDS_BY_NAME, "--feed")
    with on.opened(counties=(county,) if county else ()) as settings:
        received_at = settings.now()
        report = check_file(
            file,
            feed=feed,
            county=county,
            as_of=as_of,
            received_at=received_at,
            bad_rows_percent=lambda feed, county: settings.policies.at(county, local_day(received_at)).for_feed(
                "bad_rows_percent", feed
            ),
            labels=lambda county, feed, on: labels_of(settings.policies.at(county, local_day(received_at)), feed, on),
            limits=settings.reading,
        )
    if on.as_json or report_format is ReportFormat.JSON:
        print_json(report.as_dict())
    else:
        print_report(report, out)
    if annotated is not None:
        write_annotated(report, file, annotated, settings.reading)
    if not report.is_fine:
        raise typer.Exit(INCOMPLETE)


@commands.command()
@grouped
def deliveries(on: Judging) -> None:
    """What arrived and what became of it."""
    from pipelines.night.barred import reasons_by_id
    from pipelines.night.halves import told_rows
    from warehouse.books.deliveries import list_deliveries

    with on.opened() as settings:
        found = list_deliveries(settings.home.books)
        found = [d for d in found if not settings.counties or d.county in settings.counties]
        rows = told_rows(settings, found, reasons_by_id(settings, found, local_day(settings.now())))
    print_delivery_rows(rows, on.as_json)


@commands.command()
@grouped
def restore(on: WithPolicy, delivery: OneDelivery) -> None:
    """Put an earlier content of the same feed, county and as-of date, or what was withdrawn, in force again."""
    from pipelines.desk.releasing import restore as put_back

    _decide(on, lambda settings: put_back(settings, delivery))


@commands.command()
@grouped
def restage(on: WithPolicy, delivery: OneDelivery) -> None:
    """Stage content that is in force again under today's labels (policy labels.*), as a correction."""
    from pipelines.desk.restaging import restage as stage_again
    from pipelines.night.halves import told_rows
    from pipelines.night.results import is_refused

    with on.opened() as settings:
        done = stage_again(settings, delivery)
        rows = told_rows(settings, [done])
        stopped = is_refused(settings.policies, done, local_day(settings.now()))
    print_delivery_rows(rows, on.as_json)
    if stopped:
        raise typer.Exit(INCOMPLETE)


@commands.command()
@grouped
def release(
    on: WithPolicy,
    delivery: OneDelivery,
    reason: Reason,
    instead: Annotated[
        str | None,
        typer.Option("--instead", metavar="DELIVERY", help="The newer one of its as-of date that it comes instead of."),
    ] = None,
) -> None:
    """Let a delivery through that was rejected for its share of bad rows, or held for having far fewer than before."""
    from pipelines.desk.releasing import release as let_through

    _decide(on, lambda settings: let_through(settings, delivery, reason, instead or ""))


@commands.command()
@grouped
def withdraw(
    on: OnHome,
    delivery: OneDelivery,
    reason: Reason,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="DELIVERY|earlier",
            help="What counts instead: content that it superseded, or only what is in force of earlier dates.",
        ),
    ] = None,
) -> None:
    """Take a delivery out of force, and say what counts instead; restore takes it back."""
    from pipelines.desk.withdrawing import withdraw as take_out
    from pipelines.night.halves import told_rows

    with on.opened() as settings:
        done = take_out(settings, delivery, reason, to or "")
        (row,) = told_rows(settings, [done.delivery])
    if on.as_json:
        print_json({"delivery": row, "instead": [one.as_dict() for one in done.instead]})
        return
    print_delivery_rows([row], as_json=False)
    for one in done.instead:
        out.print(say(f"现在{one}", f"now {one}"), markup=False)


def _decide(on: OnHome, act: "Callable[[Settings], Delivery]") -> None:
    """Carry out a person's decision on a delivery, and show what became of it."""
    from pipelines.night.halves import told_rows

    with on.opened() as settings:
        rows = told_rows(settings, [act(settings)])
    print_delivery_rows(rows, on.as_json)


@commands.command()
@grouped
def quarantine(
    on: WithCounties,
    delivery: Annotated[
        str | None, typer.Option("--delivery", help="Its number, or how its id begins (default: all).")
    ] = None,
    feed: Annotated[list[str] | None, typer.Option("--feed", help="Feed; again for more (default: all).")] = None,
    file: Annotated[str | None, typer.Option("--file", help="Name of a file, as it was sent.")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Sheet of a workbook (default: all).")] = None,
    row: Annotated[
        int | None,
        typer.Option("--row", min=1, help="What became of this row in the newest such delivery, whatever it was."),
    ] = None,
    file_format: Annotated[RefusedFormat, typer.Option("--format", help="Format.")] = RefusedFormat.TABLE,
    target: Target = None,
    bom: Bom = None,
) -> None:
    """What was refused and why (退回清单), newest first: file, sheet, row, column, value (masked), reason, remedy."""
    from expectations.feeds import FEEDS_BY_NAME
    from pipelines.reading_out.findings import format_of
    from pipelines.reading_out.refused import WantedRefused, list_refused
    from pipelines.reading_out.refused_files import give_out_fates, give_out_refused
    from pipelines.reading_out.row_fates import row_fates

    need_known(feed, FEEDS_BY_NAME, "--feed")
    chosen = RefusedFormat(format_of("json" if on.as_json else file_format.value, target, tuple(RefusedFormat)))
    wanted = WantedRefused(delivery, tuple(feed or ()), PurePath(file).name if file else "", sheet, row)
    marked = target is not None if bom is None else bom
    with on.opened() as settings:
        if row is None:
            give_out_refused(list_refused(settings, wanted), chosen.value, target, out, bom=marked)
        else:
            give_out_fates(row_fates(settings, wanted), chosen.value, target, out, bom=marked)
    tell_written(target)
