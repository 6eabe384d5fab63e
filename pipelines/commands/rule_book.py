"""The rule book, what another policy value would change, and the parameters."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from expectations.errors import UnknownError
from pipelines.commands.options import (
    Counties,
    Json,
    Judging,
    MemoryLimit,
    NewestDay,
    as_day,
    engine_of,
    grouped,
    today,
)
from pipelines.commands.printing import out, print_json
from pipelines.commands.speaking import Group


class RuleBook(Group):
    """``rules`` and ``rules TL02`` show the book; its other commands are named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take ``show`` for granted."""
        if not args or args[0] not in {*self.commands, "--help"}:
            args = ["show", *args]
        return super().parse_args(ctx, args)


policy_app = typer.Typer(no_args_is_help=True, help="The policy parameters.")


rules_app = typer.Typer(cls=RuleBook, help="The rule book: all rules, or one by its code.")


@rules_app.command("show")
def rules(
    code: Annotated[str | None, typer.Argument(help="Code of one rule.")] = None,
    as_json: Json = False,
) -> None:
    """The rule book."""
    from expectations.rules import RULES, RULES_BY_CODE
    from pipelines.reading_out import print_rule, print_rules, rule_row

    if code is not None and code not in RULES_BY_CODE:
        raise UnknownError("rule", code, known=RULES_BY_CODE)
    chosen = RULES if code is None else (RULES_BY_CODE[code],)
    if as_json:
        print_json([rule_row(r) for r in chosen])
    elif code is None:
        print_rules(chosen, out)
    else:
        print_rule(chosen[0], out)


@rules_app.command("try")
@grouped
def rules_try(
    on: Judging,
    given: Annotated[list[str], typer.Option("--set", metavar="KEY=VALUE", help="Another value; again for more.")],
    as_of: NewestDay = None,
    memory_limit: MemoryLimit = None,
) -> None:
    """What if: findings that would appear and vanish under another policy value; nothing is stored."""
    from pipelines.reading_out.what_if import print_trial, read_settings, trial_row, try_values

    values = read_settings(given)
    with on.opened(engine=engine_of(memory_limit=memory_limit)) as settings:
        trials = try_values(settings, values, as_of)
    if on.as_json:
        print_json([trial_row(trial) for trial in trials])
    else:
        for trial in trials:
            print_trial(trial, out)


@policy_app.command("check")
def policy_check(
    directory: Annotated[Path, typer.Argument(help="Folder of policy files.")],
    as_of: Annotated[
        date | None, typer.Option("--as-of", parser=as_day, metavar="DATE", help="As-of date (default: today).")
    ] = None,
    county: Counties = None,
    as_json: Json = False,
) -> None:
    """Check the policy files and show the parameters in force."""
    from pipelines.house.policies import load_policies
    from pipelines.reading_out import print_policy

    policies = load_policies(directory)
    wanted = county or [c for c in policies.own if c != "*"] or ["*"]
    shown = {c: policies.at(c, as_of or today()).in_force() for c in wanted}
    if as_json:
        print_json(shown)
    else:
        print_policy(shown, out)
