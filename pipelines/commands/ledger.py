"""What becomes of findings: answers, reviews, deadlines."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from expectations.calendar import local_day
from pipelines.commands.shared import (
    DEFAULT_HOME,
    FAILED,
    INCOMPLETE,
    AsOf,
    Counties,
    Home,
    Json,
    PolicyDir,
    as_day,
    err,
    need_purpose,
    opened_settings,
    out,
    print_json,
)

commands = typer.Typer()

ledger_app = typer.Typer(no_args_is_help=True, help="A finding's life: shown, closed by a reviewer, verified.")


@commands.command()
def feedback(
    files: Annotated[list[Path], typer.Argument(help="Returned workbooks (xlsx, xls).", exists=True, dir_okay=False)],
    on: Annotated[
        date | None, typer.Option("--on", parser=as_day, metavar="DATE", help="Day of receipt [default: today].")
    ] = None,
    policy: PolicyDir = None,
    home: Home = DEFAULT_HOME,
    as_json: Json = False,
) -> None:
    """Take returned workbooks in: good rows move the ledger once, the others come back with column and reason."""
    from pipelines.desk.ledger import describe_taken, take_feedback

    with opened_settings(home, None, policy, None) as settings:
        taken = take_feedback(settings, files, on or local_day(settings.now()))
    rows = [one.as_row(home) for one in taken]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            out.print("\n".join(describe_taken(row)), markup=False)
    if not all(one.is_whole for one in taken):
        raise typer.Exit(INCOMPLETE)


@ledger_app.command("show")
def ledger_show(
    finding_id: Annotated[str, typer.Argument(help="Id of a finding (its first digits, if they name one).")],
    unmask: Annotated[bool, typer.Option("--unmask", help="Show departments' own words; needs --purpose.")] = False,
    purpose: Annotated[str | None, typer.Option("--purpose", help="Why they are needed; audited.")] = None,
    home: Home = DEFAULT_HOME,
    as_json: Json = False,
) -> None:
    """Where a finding stands, every transition with who and why, and what departments answered."""
    from pipelines.reading_out.life import print_life, show_life

    need_purpose(unmask, purpose)
    with opened_settings(home, None, None, None, policies=False) as settings:
        told = show_life(settings, finding_id, unmask=unmask, purpose=purpose)
    if as_json:
        print_json(told)
    else:
        print_life(told, out)


@ledger_app.command("review")
def ledger_review(
    finding_id: Annotated[str, typer.Argument(help="Id of a finding (its first digits, if they name one).")],
    reviewer: Annotated[str, typer.Option("--reviewer", help="Who reviews; another person than who rectified.")],
    on: Annotated[
        date | None, typer.Option("--on", parser=as_day, metavar="DATE", help="Day of the review [default: today].")
    ] = None,
    why: Annotated[str | None, typer.Option("--why", help="What was looked at; needed for earlier periods.")] = None,
    home: Home = DEFAULT_HOME,
    as_json: Json = False,
) -> None:
    """Close a rectified finding (销号): newer data must no longer show it."""
    from pipelines.desk.ledger import review_finding

    with opened_settings(home, None, None, None, policies=False) as settings:
        event = review_finding(settings, finding_id, reviewer, on or local_day(settings.now()), why)
    if as_json:
        print_json(event)
    else:
        out.print(f"{event['finding_id']} {event['from_state']} → {event['to_state']}：{event['why']}", markup=False)


@ledger_app.command("verify")
def ledger_verify(county: Counties = None, home: Home = DEFAULT_HOME, as_json: Json = False) -> None:
    """Follow each county's chain of events; the first broken event is named."""
    from pipelines.recording.verify import counties_with_events, verify_ledger

    with opened_settings(home, None, None, county, policies=False) as settings:
        books = settings.home.books
        checks = [verify_ledger(books, c) for c in county or counties_with_events(books)]
    if as_json:
        print_json([vars(check) for check in checks])
    for check in checks:
        if not as_json:
            out.print(f"{check.county}: {check.events} events, last digest {check.head}")
        if check.broken:
            count = len(check.broken)
            err.print(
                f"{check.county}: event {check.broken[0]} does not follow from the one before it ({count} in all)"
            )
        if check.astray:
            err.print(f"{check.county}: states that do not follow from events: {', '.join(check.astray[:10])}")
        if check.altered:
            err.print(f"{check.county}: answers that are not those given: {', '.join(check.altered[:10])}")
    if not all(check.is_whole for check in checks):
        raise typer.Exit(FAILED)


@commands.command()
def alerts(
    as_of: AsOf,
    patience: Annotated[
        float, typer.Option("--patience", min=0, help="Hours after which a run that is not finished is told of.")
    ] = 2,
    html: Annotated[Path | None, typer.Option("--html", help="Write the digest as a page, too.")] = None,
    policy: PolicyDir = None,
    county: Counties = None,
    home: Home = DEFAULT_HOME,
    as_json: Json = False,
) -> None:
    """What somebody should hear of: late feeds, rejected deliveries, rules not evaluated, overdue findings, runs."""
    from pipelines.desk.alerts import digest, render_html, render_text
    from warehouse.lake import write_text

    with opened_settings(home, None, policy, county) as settings:
        found = digest(settings, as_of, patience=timedelta(hours=patience))
    if html is not None:
        write_text(html, render_html(found))
    if as_json:
        print_json(found.as_dict())
    else:
        out.print(render_text(found), markup=False, end="")
    if found.alerts:
        raise typer.Exit(INCOMPLETE)


@commands.command()
def escalate(
    as_of: AsOf,
    policy: PolicyDir = None,
    county: Counties = None,
    home: Home = DEFAULT_HOME,
    as_json: Json = False,
) -> None:
    """Tell each county what its townships and departments left past the deadline (督办单)."""
    from pipelines.desk import escalating

    with opened_settings(home, None, policy, county) as settings:
        found = escalating.escalate(settings, as_of)
    if as_json:
        print_json([one.as_dict() for one in found])
    else:
        out.print("\n".join(escalating.describe(found)) or "还没有下发过问题。", markup=False)
