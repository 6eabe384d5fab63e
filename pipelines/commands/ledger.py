"""What becomes of findings: answers, reviews, deadlines."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from expectations.calendar import local_day
from pipelines.commands.ending import FAILED, INCOMPLETE
from pipelines.commands.keeping import Expected
from pipelines.commands.options import (
    AsOf,
    InClear,
    Judging,
    OnDay,
    OneFinding,
    OnHome,
    Searching,
    WithCounties,
    WithPolicy,
    grouped,
)
from pipelines.commands.printing import err, out, print_json
from pipelines.commands.targets import WRITES
from pipelines.house.language import say, spoken

commands = typer.Typer()

ledger_app = typer.Typer(no_args_is_help=True, help="A finding's life: shown, sent, closed by a reviewer, verified.")


@commands.command()
@grouped
def feedback(
    on: WithPolicy,
    files: Annotated[list[Path], typer.Argument(help="Returned workbooks (xlsx, xls).", exists=True, dir_okay=False)],
    day: OnDay = None,
) -> None:
    """Take returned workbooks in: good rows move the ledger once, the others come back with column and reason."""
    from pipelines.desk.ledger import describe_taken, take_feedback

    with on.opened() as settings:
        taken = take_feedback(settings, files, day or local_day(settings.now()))
    rows = [one.as_row(on.home) for one in taken]
    if on.as_json:
        print_json(rows)
    else:
        for row in rows:
            row["receipt"] = (on.home / row["receipt"]).as_posix()
            out.print("\n".join(describe_taken(row)), markup=False)
    if not all(one.is_whole for one in taken):
        raise typer.Exit(INCOMPLETE)


@ledger_app.command("show")
@grouped
def ledger_show(
    on: WithCounties,
    clear: InClear,
    who: Searching,
    finding_id: Annotated[
        str | None,
        typer.Argument(metavar="[FINDING_ID]", help="Id of a finding (its first digits, if they name one)."),
    ] = None,
) -> None:
    """Where a finding stands, or all of a household, person …: transitions with who and why, answers."""
    from pipelines.reading_out.life import print_life, show_life, show_lives

    if (finding_id is None) != who.is_given:
        raise typer.BadParameter("either the id of a finding, or whose findings are meant", param_hint="FINDING_ID")
    sought = who.sought()
    with on.opened(purpose=clear.purpose) as settings:
        if finding_id is not None:
            lives = [show_life(settings, finding_id, unmask=clear.unmask)]
        else:
            lives = show_lives(settings, sought, unmask=clear.unmask)
    if on.as_json:
        print_json(lives if finding_id is None else lives[0])
        return
    for told in lives:
        print_life(told, out)
    if finding_id is None:
        out.print(say(f"共 {len(lives)} 条。", f"{len(lives)} in all."))


@ledger_app.command("review")
@grouped
def ledger_review(
    on: OnHome,
    finding_id: OneFinding,
    reviewer: Annotated[str, typer.Option("--reviewer", help="Who reviews; another person than who rectified.")],
    day: OnDay = None,
    why: Annotated[str | None, typer.Option("--why", help="What was looked at; needed for earlier periods.")] = None,
) -> None:
    """Close a rectified finding (销号): newer data must no longer show it."""
    from pipelines.desk.ledger import review_finding

    with on.opened(who=reviewer) as settings:
        event = review_finding(settings, finding_id, day or local_day(settings.now()), why)
    if on.as_json:
        print_json(event)
    else:
        out.print(f"{event['finding_id']} {event['from_state']} → {event['to_state']}：{event['why']}", markup=False)


@ledger_app.command("send")
@grouped
def ledger_send(
    on: Judging,
    rules: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="CODE", help="Send all that this rule found, braked or not; again for more."),
    ] = None,
    day: OnDay = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why it may go out; audited.")] = None,
) -> None:
    """Send findings out (下发): all that wait, or those of a rule that the brake (异常增多) kept back."""
    from pipelines.desk.sending import describe_sent, send

    with on.opened(purpose=reason) as settings:
        sent = send(settings, rules or (), day or local_day(settings.now()))
    if on.as_json:
        print_json(sent)
    else:
        out.print("\n".join(line for row in sent for line in describe_sent(row)), markup=False)


@ledger_app.command("verify")
@grouped
def ledger_verify(on: WithCounties, expect: Expected = None) -> None:
    """Follow each county's chains over ledger, runs and deliveries, with the heads that were noted; name what broke."""
    from pipelines.reading_out.chains import verify_ledgers

    with on.opened() as settings:
        checks, missing = verify_ledgers(settings, expect or ())
    if on.as_json:
        print_json([vars(check) for check in checks])
    for check in checks:
        if not on.as_json:
            zh = f"{check.county}：{check.events}条记录，最后的校验值 {check.head}"
            out.print(say(zh, f"{check.county}: {check.events} events, last digest {check.head}"))
        if check.broken:
            count = len(check.broken)
            err.print(
                say(
                    f"{check.county}：第{check.broken[0]}条与前一条接不上（共{count}处）",
                    f"{check.county}: event {check.broken[0]} does not follow from the one before it ({count} in all)",
                )
            )
        if check.astray:
            some = ", ".join(check.astray[:10])
            zh = f"{check.county}：状态与记录不符：{some}"
            err.print(say(zh, f"{check.county}: states that do not follow from events: {some}"))
        if check.altered:
            some = ", ".join(check.altered[:10])
            zh = f"{check.county}：答复与当时所填不符：{some}"
            err.print(say(zh, f"{check.county}: answers that are not those given: {some}"))
        if check.unvouched:
            some = ", ".join(check.unvouched[:10])
            zh = f"{check.county}：与留存的校验不符：{some}"
            err.print(say(zh, f"{check.county}: not as it was vouched for: {some}"))
    for head in (*missing, *(head for check in checks for head in check.lost)):
        zh = f"记录中没有先前的校验值 {head}：末尾被删去，或整个重写过"
        err.print(
            say(zh, f"the head {head}, noted before, is in no chain: an end was cut off, or all was written anew")
        )
    if missing or not all(check.is_whole for check in checks):
        raise typer.Exit(FAILED)


@commands.command()
@grouped
def alerts(
    on: Judging,
    as_of: AsOf,
    patience: Annotated[
        float, typer.Option("--patience", min=0, help="Hours after which a run that is not finished is told of.")
    ] = 2,
    html: Annotated[Path | None, typer.Option("--html", help="Write the digest as a page, too."), WRITES] = None,
) -> None:
    """What somebody should hear of: late feeds, rejected deliveries, rules not evaluated, overdue findings, runs."""
    from pipelines.desk.alerts import digest, render_html, render_text
    from warehouse.lake import write_text

    with on.opened() as settings:
        found = digest(settings, as_of, patience=timedelta(hours=patience))
    if html is not None:
        write_text(html, render_html(found))
    if on.as_json:
        print_json(found.as_dict())
    else:
        out.print(render_text(found, spoken()), markup=False, end="")
    if found.alerts:
        raise typer.Exit(INCOMPLETE)


@commands.command()
@grouped
def escalate(on: Judging, as_of: AsOf) -> None:
    """Tell each county what its townships and departments left past the deadline (督办单)."""
    from pipelines.desk import escalating

    with on.opened() as settings:
        found = escalating.escalate(settings, as_of)
    if on.as_json:
        print_json([one.as_dict() for one in found])
    else:
        lines = "\n".join(escalating.describe(found, settings.home.lake))
        out.print(lines or say("还没有下发过问题。", "Nothing has been sent out yet."), markup=False)
