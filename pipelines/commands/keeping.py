"""Keeping the house: retention, snapshots, the audit log, backups, the doctor."""

import os
from pathlib import Path
from typing import Annotated

import typer

from expectations.calendar import local_day
from pipelines.commands.ending import FAILED
from pipelines.commands.options import AsOf, Judging, OnHome, WithPolicy, grouped, now
from pipelines.commands.printing import err, out, print_json, print_rows
from pipelines.commands.targets import WRITES
from pipelines.house.language import say

commands = typer.Typer()

SEEN = {"whole": "完好", "altered": "被改动", "missing": "不见了"}
"""What a look at a snapshot found."""

Expected = Annotated[
    list[str] | None,
    typer.Option("--expect", metavar="HEAD", help="A head that was printed or mailed before; again for more."),
]

audit_app = typer.Typer(no_args_is_help=True, help="The log of who read personal values.")


@commands.command()
@grouped
def housekeeping(
    on: Judging,
    as_of: AsOf,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be erased, and why.")] = False,
) -> None:
    """Erase what is beyond its retention, sweep leftovers, verify the chains of ledger and audit log."""
    from pipelines.desk import housekeeping as house

    with on.opened() as settings:
        if dry_run:
            going = house.would_erase(settings, as_of)
        else:
            kept = house.keep_house(settings, as_of)
    if dry_run:
        if on.as_json:
            print_json(going)
        else:
            out.print(
                "\n".join(f"{d}: {why}" for d, why in going.items()) or say("没有要删除的", "nothing to erase"),
                markup=False,
            )
        return
    if on.as_json:
        print_json(kept.as_dict())
    else:
        out.print("\n".join(kept.told), markup=False)
    if not kept.sound:
        raise typer.Exit(FAILED)


@commands.command()
@grouped
def freeze(
    on: OnHome,
    name: Annotated[str | None, typer.Argument(help="Name of the snapshot, such as 2026-annual-evaluation.")] = None,
    purpose: Annotated[
        str | None, typer.Option("--purpose", help="What it is for; it is recorded (default: its name).")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who approved it (default: the system's user).")] = None,
    listed: Annotated[bool, typer.Option("--list", help="The snapshots that there are, each looked at again.")] = False,
) -> None:
    """Freeze the published warehouse under a name: a copy that never changes again, its hash in the books."""
    from pipelines.desk.freezing import freeze as freeze_snapshot
    from pipelines.desk.freezing import list_snapshots

    if listed == (name is not None):
        raise typer.BadParameter("either a name or --list", param_hint="NAME")
    with on.opened(who=by, purpose=purpose or name) as settings:
        found = [freeze_snapshot(settings, name)] if name is not None else list_snapshots(settings, look=True)
    if on.as_json:
        print_json([snapshot.as_dict() for snapshot in found])
    else:
        for one in found:
            seen = f" {say(SEEN[one.found], one.found)}" if one.found else ""
            out.print(
                f"{one.name}{seen}: {one.purpose} ({one.who}, {local_day(one.frozen_at)}), {one.sha256}", markup=False
            )
    if any(one.found in {"altered", "missing"} for one in found):
        raise typer.Exit(FAILED)


@audit_app.command("verify")
@grouped
def audit_verify(on: OnHome, expect: Expected = None) -> None:
    """Follow the audit log's chain: whether an entry was altered or cut off; the last digest, to be noted elsewhere."""
    from pipelines.reading_out.chains import verify_log

    with on.opened() as settings:
        check = verify_log(settings, expect or ())
    if on.as_json:
        print_json(vars(check))
    else:
        zh = f"{check.entries}条记录，{len(check.broken)}处断开；最后的校验值 {check.head}"
        out.print(say(zh, f"{check.entries} entries, {len(check.broken)} of them broken; last digest {check.head}"))
        for seq in check.broken:
            err.print(say(f"第{seq}条与前一条接不上", f"entry {seq} does not follow from the one before it"))
        for head in check.lost:
            zh = f"记录中没有先前的校验值 {head}：末尾被删去，或整个重写过"
            en = f"the head {head}, noted before, is not in the log: its end was cut off, or all was written anew"
            err.print(say(zh, en))
    if not check.is_whole:
        raise typer.Exit(FAILED)


@commands.command()
@grouped
def backup(
    on: OnHome,
    file: Annotated[Path, typer.Argument(help="Where to write the backup (a SQLite file).", dir_okay=False), WRITES],
) -> None:
    """Write the books as they are now, from SQLite or PostgreSQL, to one file; keep keys/finding.key beside it."""
    from warehouse.books.backup import backup_books

    with on.opened() as settings:
        rows = backup_books(settings.home.books, file)
    print_rows(rows, on.as_json)


@commands.command("restore-backup")
@grouped
def restore_backup(
    on: OnHome, file: Annotated[Path, typer.Argument(help="A backup of the books.", exists=True, dir_okay=False)]
) -> None:
    """Put a backup into empty books, on SQLite or PostgreSQL; one of an older release is brought up to date."""
    from warehouse.books.backup import restore_books

    with on.opened() as settings:
        rows = restore_books(file, settings.home.books)
    print_rows(rows, on.as_json)


@commands.command()
@grouped
def doctor(on: WithPolicy) -> None:
    """What is installed, reachable, configured, out of date; one line each with what to do."""
    from expectations.feeds import FEEDS
    from pipelines.commands.chinese import translator
    from pipelines.commands.chinese.doctor import DOCTOR
    from pipelines.reading_out.checks import print_checks
    from pipelines.reading_out.doctor import examine

    checks = examine(on.home, on.policy, os.environ, now())
    if on.as_json:
        print_json([vars(check) | {"level": check.level.name.lower()} for check in checks])
    else:
        print_checks(checks, out, translator(DOCTOR | {feed.name: feed.title for feed in FEEDS}))
    if not all(check.well for check in checks):
        raise typer.Exit(FAILED)
