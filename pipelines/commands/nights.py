"""Making a county up, and running its nights, whole or step by step."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.commands.shared import (
    CORES,
    DEFAULT_HOME,
    INCOMPLETE,
    NO_DATA,
    NO_NEWS,
    AsOf,
    Counties,
    EngineOption,
    Home,
    Inbox,
    Jobs,
    Json,
    KnownAt,
    Lang,
    Language,
    MemoryLimit,
    NoDispatch,
    PolicyDir,
    as_day,
    need_counties,
    opened_settings,
    out,
    print_json,
    show_nights,
)
from pipelines.house.engine_choice import EngineName

commands = typer.Typer()


class Step(StrEnum):
    """How far one night of a backfill lies from the next."""

    MONTH = "month"
    DAY = "day"


class Dirt(StrEnum):
    """How clean simulated files are."""

    NONE = "none"
    REAL = "real"


@commands.command()
def simulate(
    county: Annotated[str, typer.Option("--county", help="6-digit county code.")],
    as_of: AsOf,
    households: Annotated[int, typer.Option("--households", min=1, help="Households of the register.")],
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.")],
    out_dir: Annotated[Path, typer.Option("--out", help="Inbox to write the feeds into.")],
    dirt: Annotated[Dirt, typer.Option("--dirt", help="How messy the files are.")] = Dirt.NONE,
    months: Annotated[int, typer.Option("--months", min=1, help="Monthly deliveries that end at the as-of.")] = 1,
    policy: Annotated[Path | None, typer.Option("--policy", help="Folder for the policy file.")] = None,
    truth: Annotated[Path | None, typer.Option("--truth", help="File for the truth (.parquet, .csv).")] = None,
    as_json: Json = False,
) -> None:
    """Write the nine feeds of a synthetic county, its policy file, and what is truly wrong in it."""
    from pipelines.simulator import simulate as make

    need_counties([county])
    if truth is not None and truth.suffix not in {".parquet", ".csv"}:
        raise typer.BadParameter(f"{truth.name} ends neither in .parquet nor in .csv", param_hint="--truth")
    made = make(
        county=county,
        as_of=as_of,
        households=households,
        seed=seed,
        out=out_dir,
        dirt=dirt.value,
        months=months,
        policy=policy,
        truth=truth,
    )
    if as_json:
        print_json({"files": [str(f) for f in made.files], "truth": dict(made.truth)})
    else:
        out.print(f"{len(made.files)} files in {out_dir}; {sum(made.truth.values())} things are wrong in them")


@commands.command()
def run(
    as_of: AsOf,
    inbox: Inbox = None,
    policy: PolicyDir = None,
    county: Counties = None,
    engine: EngineOption = EngineName.DUCKDB,
    no_dispatch: NoDispatch = False,
    arrivals: Annotated[
        bool, typer.Option("--arrivals", help="Only counties that something has arrived for; nothing is sent out.")
    ] = False,
    known_at: KnownAt = None,
    memory_limit: MemoryLimit = None,
    jobs: Jobs = CORES,
    home: Home = DEFAULT_HOME,
    lang: Lang = Language.ZH,
    as_json: Json = False,
) -> None:
    """The night: take in what has arrived, evaluate, record, publish, report."""
    from pipelines.night.flow import run_arrivals, run_night

    if arrivals and known_at is not None:
        raise typer.BadParameter("what had been received by then has no arrivals", param_hint="--known-at")
    more: dict[str, Any] = {"dispatch": not no_dispatch, "memory_limit": memory_limit, "jobs": jobs}
    with opened_settings(home, inbox, policy, county, engine=engine, known_at=known_at, **more) as settings:
        night = (run_arrivals if arrivals else run_night)(settings, as_of)
    show_nights([night], lang, as_json, nothing=NO_NEWS if arrivals else NO_DATA)


@commands.command()
def backfill(
    first: Annotated[date, typer.Argument(parser=as_day, metavar="FIRST", help="As-of date of the first night.")],
    last: Annotated[date, typer.Argument(parser=as_day, metavar="LAST", help="The last night is at it or before it.")],
    step: Annotated[Step, typer.Option("--step", help="From one night to the next.")] = Step.MONTH,
    known_at: KnownAt = None,
    inbox: Inbox = None,
    policy: PolicyDir = None,
    county: Counties = None,
    engine: EngineOption = EngineName.DUCKDB,
    no_dispatch: NoDispatch = False,
    memory_limit: MemoryLimit = None,
    jobs: Jobs = CORES,
    home: Home = DEFAULT_HOME,
    lang: Lang = Language.ZH,
    as_json: Json = False,
) -> None:
    """Nights of the past in order: recorded where the ledger knows no later one, else replays in their own folders."""
    from pipelines.night import backfilling

    more: dict[str, Any] = {"dispatch": not no_dispatch, "memory_limit": memory_limit, "jobs": jobs}
    if last < first:
        raise typer.BadParameter(f"{last} lies before {first}", param_hint="LAST")
    with opened_settings(home, inbox, policy, county, engine=engine, known_at=known_at, **more) as settings:
        nights = backfilling.backfill(settings, first, last, backfilling.Step(step.value))
    show_nights(nights, lang, as_json)


@commands.command()
def reconcile(
    as_of: AsOf,
    policy: PolicyDir = None,
    county: Counties = None,
    engine: EngineOption = EngineName.DUCKDB,
    no_dispatch: NoDispatch = False,
    memory_limit: MemoryLimit = None,
    jobs: Jobs = CORES,
    home: Home = DEFAULT_HOME,
    lang: Lang = Language.ZH,
    as_json: Json = False,
) -> None:
    """Evaluate the rules over what has been taken in, and tell the ledger; nothing is published."""
    from pipelines.night import flow

    with opened_settings(
        home, None, policy, county, engine=engine, memory_limit=memory_limit, dispatch=not no_dispatch, jobs=jobs
    ) as settings:
        flow.check_policies(settings, as_of)
        nights = flow.reconcile_counties(settings, flow.counties_with_data(settings), as_of)
    rules = [{"run": n.run.id, "county": n.run.county, "rule": r} for n in nights for r in n.rule_runs]
    if as_json:
        print_json([{**row, "rule": vars(row["rule"])} for row in rules])
    else:
        for night in nights:
            counts = ", ".join(f"{name} {count}" for name, count in night.counts.items())
            out.print(f"{night.run.id}: {counts}")
    if any(r.status.is_gap for n in nights for r in n.rule_runs):
        raise typer.Exit(INCOMPLETE)


@commands.command()
def publish(
    policy: PolicyDir = None, memory_limit: MemoryLimit = None, home: Home = DEFAULT_HOME, as_json: Json = False
) -> None:
    """Load the recorded runs and publish the warehouse."""
    from pipelines.night.publishing import publish_recorded

    with opened_settings(home, None, policy, None, memory_limit=memory_limit) as settings:
        published = publish_recorded(settings)
    if as_json:
        print_json(published)
    else:
        out.print(f"published {published['snapshot']}" if published["published"] else "nothing has been recorded yet")


@commands.command()
def report(
    as_of: Annotated[
        date | None, typer.Option("--as-of", parser=as_day, metavar="DATE", help="As-of date D [default: the newest].")
    ] = None,
    policy: PolicyDir = None,
    county: Counties = None,
    jobs: Jobs = CORES,
    home: Home = DEFAULT_HOME,
    lang: Lang = Language.ZH,
    as_json: Json = False,
) -> None:
    """Write the workbooks and the summary of the runs recorded for D."""
    from pipelines.night.reports import report_again

    with opened_settings(home, None, policy, county, jobs=jobs) as settings:
        night = report_again(settings, as_of)
    show_nights([night], lang, as_json)
