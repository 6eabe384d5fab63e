"""The door for people: ``liangxian``. Commands lie in ``pipelines/commands``, and import late."""

import logging
import os
import sys

import typer

from pipelines.commands import bench, database, evaluation, findings, intake, keeping, ledger, nights, rule_book
from pipelines.commands.shared import FAILED, err

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Join what a county's departments know about its poor households, and find where they disagree.",
)
for _module in (nights, intake, findings, ledger, keeping, evaluation):
    app.add_typer(_module.commands)
app.add_typer(rule_book.policy_app, name="policy")
app.add_typer(keeping.audit_app, name="audit")
app.add_typer(rule_book.rules_app, name="rules")
app.add_typer(ledger.ledger_app, name="ledger")
app.add_typer(evaluation.sample_app, name="sample")
app.add_typer(bench.bench_app, name="bench")
app.add_typer(database.database_app, name="database")


def main() -> None:
    """Entry point: errors that a person can mend become one message and exit status 1."""
    logging.basicConfig(level=os.environ.get("LIANGXIAN_LOG", "WARNING"), format="%(levelname)s %(message)s")
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    from expectations.policy import PolicyError

    try:
        app()
    except PolicyError as error:
        err.print(str(error), markup=False)
        sys.exit(FAILED)
    except OSError as error:
        # an error of our own is a sentence; one of the system says too little without its kind
        err.print(str(error) if error.errno is None else f"{type(error).__name__}: {error}", markup=False)
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
