"""What every book knows of one household or certificate, on paper; and of one person, before an application."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import AsOf, InClear, Judging, grouped, need_purpose
from pipelines.commands.person import ask_in_secret
from pipelines.commands.printing import err, out, print_json
from pipelines.commands.targets import WRITES
from pipelines.house.language import say

commands = typer.Typer()


@commands.command()
@grouped
def card(
    on: Judging,
    clear: InClear,
    as_of: AsOf,
    target: Annotated[Path, typer.Option("--out", help="Page to write (.html).", dir_okay=False), WRITES],
    number: Annotated[
        str | None, typer.Argument(metavar="NUMBER", help="Number of a household (户编号) or certificate (低保证号).")
    ] = None,
    household: Annotated[bool, typer.Option("--household", help="The number is a household's.")] = False,
    certificate: Annotated[bool, typer.Option("--certificate", help="The number is a certificate's.")] = False,
    village: Annotated[
        str | None,
        typer.Option("--village", metavar="CODE", help="All cards of a village (村册), by its 12-digit code."),
    ] = None,
    township: Annotated[
        str | None,
        typer.Option("--township", metavar="CODE", help="All cards of a township (乡簿), by its 9-digit code."),
    ] = None,
) -> None:
    """One household or certificate whole (一户一档), printable; audited. Or a village's (村册), a township's (乡簿)."""
    from pipelines.reading_out.cards import Kind, Wanted, write_cards

    need_purpose(clear.purpose)
    if household and certificate:
        raise typer.BadParameter("a number is one of the two", param_hint="--household")
    kind = Kind.HOUSEHOLD if household else Kind.CERTIFICATE if certificate else None
    wanted = Wanted((number or "").strip(), kind, village or "", township or "")
    with on.opened(purpose=clear.purpose) as settings:
        written = write_cards(settings, wanted, as_of, target, unmask=clear.unmask)
    if on.as_json:
        print_json({"path": str(target), **vars(written)})
    else:
        zh, en = f"已生成 {target}：{written.cards}份", f"wrote {target}: {written.cards} cards"
        err.print(say(zh, en), markup=False, soft_wrap=True)


@commands.command()
@grouped
def lookup(
    on: Judging,
    authorisation: Annotated[
        str, typer.Option("--authorisation", metavar="NO", help="Number of the applicant's authorisation (核对授权).")
    ],
    purpose: Annotated[str, typer.Option("--purpose", help="What it is needed for; audited.")],
) -> None:
    """Before an application: what every book says of one person and the family; number and name from the prompt."""
    from pipelines.reading_out.lookup import Asking, look_up
    from pipelines.reading_out.lookup_told import print_lookup

    need_purpose(purpose)
    number = ask_in_secret(say("证件号码", "identity number"))
    asking = Asking(authorisation, number, ask_in_secret(say("姓名", "name"), hidden=False))
    with on.opened(purpose=purpose) as settings:
        looked = look_up(settings, asking)
    if on.as_json:
        print_json(looked.as_dict())
    else:
        print_lookup(looked, out)
