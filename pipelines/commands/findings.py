"""Findings, one finding, and what changed between two nights."""

from enum import StrEnum
from typing import Annotated

import typer

from pipelines.commands.options import (
    Bom,
    InClear,
    OneFinding,
    OnHome,
    Searching,
    Target,
    WithCounties,
    as_department,
    grouped,
    need_known,
)
from pipelines.commands.printing import out, print_json, tell_written

commands = typer.Typer()


class FindingsFormat(StrEnum):
    """Formats of an export."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


@commands.command()
@grouped
def findings(
    on: WithCounties,
    clear: InClear,
    who: Searching,
    rule: Annotated[list[str] | None, typer.Option("--rule", help="Rule code; again for more.")] = None,
    state: Annotated[list[str] | None, typer.Option("--state", help="State, or all (default: open ones).")] = None,
    owner: Annotated[
        list[str] | None,
        typer.Option(
            "--owner",
            parser=as_department,
            metavar="OFFICE",
            help="Department that answers for them: its code, its title or a short form (医保局).",
        ),
    ] = None,
    file_format: Annotated[FindingsFormat, typer.Option("--format", help="Format.")] = FindingsFormat.TABLE,
    target: Target = None,
    bom: Bom = None,
) -> None:
    """The findings as the newest recorded run left the ledger; masked unless a purpose is given."""
    from expectations.finding import State
    from expectations.rules import RULES_BY_CODE
    from pipelines.reading_out.findings import Wanted, format_of, give_out, read_findings

    need_known(rule, RULES_BY_CODE, "--rule")
    need_known(state, [*State, "all"], "--state")
    chosen_format = format_of("json" if on.as_json else file_format.value, target)
    marked = target is not None if bom is None else bom
    chosen = None if not state else () if "all" in state else tuple(state)
    sought = who.sought()
    with on.opened(purpose=clear.purpose) as settings:
        wanted = Wanted(tuple(rule or ()), chosen, tuple(owner or ()), sought)
        give_out(settings, read_findings(settings, wanted, unmask=clear.unmask), chosen_format, target, out, bom=marked)
    tell_written(target)


@commands.command()
@grouped
def explain(on: OnHome, clear: InClear, finding_id: OneFinding) -> None:
    """One finding: its sentence, the rows of both sides, the policy values with their sources, its history."""
    from pipelines.reading_out import explain_finding, print_explanation

    with on.opened(purpose=clear.purpose) as settings:
        told = explain_finding(settings, finding_id, unmask=clear.unmask)
    if on.as_json:
        print_json(told)
    else:
        print_explanation(told, out)


@commands.command()
@grouped
def diff(
    on: OnHome,
    before: Annotated[str, typer.Argument(metavar="RUN", help="A run (its first characters, if they name one).")],
    after: Annotated[str, typer.Argument(metavar="RUN", help="Another run of the county.")],
) -> None:
    """What is new, gone and changed between two runs, and because of which delivery."""
    from pipelines.reading_out.differences import compare_runs, difference_row, print_difference

    with on.opened() as settings:
        difference = compare_runs(settings, before, after)
    if on.as_json:
        print_json(difference_row(difference))
    else:
        print_difference(difference, out)
