"""The door for people: ``liangxian``. Commands lie in ``pipelines/commands``, and import late."""

import gc
import logging
import os
from typing import Final

import typer

from pipelines.commands import (
    bench,
    cards,
    database,
    evaluation,
    findings,
    intake,
    keeping,
    ledger,
    nights,
    posting,
    rule_book,
)
from pipelines.commands.ending import Door
from pipelines.commands.speaking import speak

app = typer.Typer(
    cls=Door,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Join what a county's departments know about its poor households, and find where they disagree.",
)
for _module in (nights, intake, findings, cards, posting, ledger, keeping, evaluation):
    app.add_typer(_module.commands)
app.add_typer(rule_book.policy_app, name="policy")
app.add_typer(keeping.audit_app, name="audit")
app.add_typer(rule_book.rules_app, name="rules")
app.add_typer(ledger.ledger_app, name="ledger")
app.add_typer(evaluation.sample_app, name="sample")
app.add_typer(bench.bench_app, name="bench")
app.add_typer(database.database_app, name="database")
speak(app)


_SELDOM: Final = 20_000
"""New objects between two looks for those that only know each other; Python's own is 700."""


def main() -> None:
    """Entry point; how a command ends that fails is said in ``commands/ending.py``."""
    logging.basicConfig(level=os.environ.get("LIANGXIAN_LOG", "WARNING"), format="%(levelname)s %(message)s")
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    # a command makes objects that live until it ends (rules, plans, workbooks): looking through them pays seldom
    gc.set_threshold(_SELDOM, 10, 10)
    app()


if __name__ == "__main__":
    main()
