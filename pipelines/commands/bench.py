"""Speed and memory against named baselines."""

from typing import Annotated

import typer

from pipelines.commands.ending import FAILED
from pipelines.commands.options import CORES, Jobs, Json, MemoryLimit, need_known
from pipelines.commands.printing import out, print_json, progress

bench_app = typer.Typer(help="Speed and memory against named baselines, as ratios; without a command a whole night.")

Persons = Annotated[int, typer.Option("--persons", min=10, help="Registered persons, about.")]


@bench_app.callback(invoke_without_command=True)
def bench(
    context: typer.Context,
    persons: Persons = 1_000_000,
    months: Annotated[int, typer.Option("--months", min=1, help="Monthly nights, the last of them measured.")] = 1,
    counties: Annotated[int, typer.Option("--counties", min=1, help="Counties that the persons live in.")] = 1,
    jobs: Jobs = CORES,
    memory_limit: MemoryLimit = None,
    as_json: Json = False,
) -> None:
    """A whole night by step, from files to workbooks, beside the scan's limit and pandas reading the same files."""
    if context.invoked_subcommand is not None:
        return
    from pipelines.benching.nights import as_table, bench_nights

    with progress() as tell:
        found = bench_nights(persons, months, memory_limit, tell, counties, jobs)
    if as_json:
        print_json(found)
    else:
        out.print(as_table(found))


@bench_app.command("counties")
def bench_counties(
    counties: Annotated[int, typer.Option("--counties", min=2, help="Counties in one home.")] = 100,
    persons: Annotated[int, typer.Option("--persons", min=10, help="Registered persons of each, about.")] = 10_000,
    jobs: Jobs = CORES,
    memory_limit: MemoryLimit = None,
    as_json: Json = False,
) -> None:
    """A night over many small counties beside one large county, and a correction among all beside one alone."""
    from pipelines.benching.many import as_table
    from pipelines.benching.many import bench_counties as measure

    with progress() as tell:
        found = measure(counties, persons, jobs, memory_limit, tell)
    if as_json:
        print_json(found)
    else:
        out.print(as_table(found))


@bench_app.command("loading")
def bench_loading(
    server: Annotated[
        str, typer.Option("--server", envvar="LIANGXIAN_DATABASE_URL", help="PostgreSQL where databases may be made.")
    ],
    persons: Persons = 100_000,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Rounds, in each of which both run once.")] = 3,
    as_json: Json = False,
) -> None:
    """Load PostgreSQL from a published warehouse, beside ADBC of the same tables alone; into databases of their own."""
    from pipelines.benching.loading import as_table
    from pipelines.benching.loading import bench_loading as measure

    with progress() as tell:
        found = measure(persons, rounds, server, tell)
    if as_json:
        print_json(found)
    else:
        out.print(as_table(found))


@bench_app.command("readers")
def bench_readers(
    server: Annotated[
        str,
        typer.Option(
            "--server", envvar="LIANGXIAN_DATABASE_URL", help="PostgreSQL where databases and roles may be made."
        ),
    ],
    persons: Persons = 1_000_000,
    counties: Annotated[int, typer.Option("--counties", min=1, help="Counties that the persons live in.")] = 10,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Rounds, in each of which every query runs once.")] = 3,
    as_json: Json = False,
) -> None:
    """Evaluators' queries on PostgreSQL, beside the same on views without a fence; in a database of their own."""
    from pipelines.benching.readers import as_table
    from pipelines.benching.readers import bench_readers as measure

    with progress() as tell:
        found = measure(persons, counties, rounds, server, tell)
    if as_json:
        print_json(found)
    else:
        out.print(as_table(found))


@bench_app.command("staging")
def bench_staging(
    rows: Annotated[
        int, typer.Option("--rows", min=0, help="Rows of the GB18030 CSV file; 0 leaves it out.")
    ] = 200_000,
    xlsx_rows: Annotated[int, typer.Option("--xlsx-rows", min=0, help="Rows of the workbook; 0 for none.")] = 20_000,
    as_json: Json = False,
) -> None:
    """Stage the same messy files as pandas reads, and as pandas cleans them, each in a process of its own."""
    from pipelines.benching.staging import as_table
    from pipelines.benching.staging import bench_staging as measure

    with progress() as tell:
        found = measure(rows, xlsx_rows, tell)
    if as_json:
        print_json(found)
    else:
        out.print(as_table(found))


@bench_app.command("rules")
def bench_rules(
    persons: Persons = 1_000_000,
    counties: Annotated[
        int, typer.Option("--counties", min=1, help="Counties that the persons live in, one after the other.")
    ] = 1,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Rounds, in each of which every job runs once.")] = 3,
    only: Annotated[
        list[str] | None, typer.Option("--job", help="Only this job; again for more (default: the usual ones).")
    ] = None,
    refused: Annotated[int, typer.Option("--refused", min=0, max=50, help="Percent of the rows that are refused.")] = 0,
    memory_limit: MemoryLimit = None,
    as_json: Json = False,
) -> None:
    """All rules on a simulated county, beside the scan's limit, SQL by hand, Polars and pandas, interleaved."""
    from pipelines.benching.rules import as_table, bench_rules
    from pipelines.benching.rules.measure import NAMES, USUAL

    need_known(only, NAMES, "--job")
    with progress() as tell:
        found = bench_rules(persons, rounds, only or USUAL, memory_limit, tell, counties, refused)
    if as_json:
        print_json(found)
    else:
        out.print(as_table(found))
    if not found["findings_agree"]:
        raise typer.Exit(FAILED)
