"""What hangs on a notice board (公示), and what is gone through before anybody leaves poverty (退出预检)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.options import AsOf, InClear, Judging, as_day, grouped, need_purpose
from pipelines.commands.printing import err, out, print_json
from pipelines.commands.targets import WRITES
from pipelines.house.language import say
from pipelines.house.notice_kind import NoticeKind

if TYPE_CHECKING:
    from pipelines.reading_out.public_notice import Posted

commands = typer.Typer()


@commands.command()
@grouped
def notice(
    on: Judging,
    kind: Annotated[NoticeKind, typer.Argument(help="Who is on the roll, who came to the books, or who left them.")],
    as_of: AsOf,
    purpose: Annotated[str, typer.Option("--purpose", help="What the names are shown for; audited.")],
    since: Annotated[
        date | None,
        typer.Option(
            "--since", parser=as_day, metavar="DATE", help="What changed since that run (default: the run before)."
        ),
    ] = None,
    target: Annotated[
        Path | None,
        typer.Option("--out", help="Folder (default: with the reports of the run)."),
        WRITES,
    ] = None,
) -> None:
    """公示: a printable A4 page a village, with names, persons, programme and amount, and nothing else of anybody."""
    from pipelines.reading_out.public_notice import give_notices

    need_purpose(purpose)
    with on.opened(purpose=purpose) as settings:
        posted = give_notices(settings, kind, as_of, since=since, out=target)
    if on.as_json:
        print_json([_as_row(one) for one in posted])
    for one in posted:
        if not on.as_json:
            out.print("\n".join(_told(one)), markup=False)
        for line in _lacking(one):
            err.print(line, markup=False, soft_wrap=True)


def _as_row(one: "Posted") -> dict[str, object]:
    return {
        "county": one.county,
        "run": one.run,
        "since": None if one.since is None else one.since.isoformat(),
        "lines": one.lines,
        "held_back": one.held_back,
        "lacking": list(one.lacking),
        "has_phone": one.has_phone,
        "paths": [path.as_posix() for path in one.paths],
    }


def _told(one: "Posted") -> Iterator[str]:
    villages = len(one.paths)
    if not villages:
        yield say(f"{one.county}：没有要公示的。", f"{one.county}: nothing to post.")
        return
    yield say(
        f"{one.county}：{villages}个村，{one.lines}户。", f"{one.county}: {villages} villages, {one.lines} lines."
    )
    yield from (path.as_posix() for path in one.paths)


def _lacking(one: "Posted") -> Iterator[str]:
    """What is on no page, a line each."""
    if one.held_back:
        zh = f"{one.county}：{one.held_back}户因有关的行被退回，不能确定，没有列入。"
        yield (say(zh, f"{one.county}: {one.held_back} are not listed, since rows that may be theirs were refused."))
    for why in one.lacking:
        yield say(f"{one.county}：没有列入：{why}", f"{one.county}: not listed: {why}")
    if not one.has_phone and one.paths:
        zh = f"{one.county}：参数 notice.phone 没有写监督电话，页上留空，请手写。"
        yield say(zh, f"{one.county}: policy notice.phone is empty; the pages leave a line to fill in.")


@commands.command()
@grouped
def exits(
    on: Judging,
    clear: InClear,
    as_of: AsOf,
    target: Annotated[Path, typer.Option("--out", help="Workbook to write (.xlsx)."), WRITES],
) -> None:
    """退出预检: open households with each exit condition met, not met or not known, before anybody exits."""
    from pipelines.reading_out.exits import give_exits

    if target.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{target.name} does not end in .xlsx", param_hint="--out")
    with on.opened(purpose=clear.purpose) as settings:
        given = give_exits(settings, as_of, target, unmask=clear.unmask)
    if on.as_json:
        print_json(vars(given))
        return
    zh = f"{target}：未脱贫、返贫{given.households}户，各项达标{given.all_met}户。"
    out.print(
        say(zh, f"{target}: {given.households} open households, {given.all_met} meet every condition."), markup=False
    )
    for county, silent in given.silent.items():
        for rule, why in silent.items():
            zh = f"{county}：{rule} 全部不能判断：{why}"
            err.print(say(zh, f"{county}: {rule} not known of anybody: {why}"), markup=False, soft_wrap=True)
