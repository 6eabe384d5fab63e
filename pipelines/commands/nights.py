"""Making a county up, and running its nights, whole or step by step."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from expectations.status import RuleStatus
from pipelines.commands.ending import INCOMPLETE
from pipelines.commands.intake import Reason
from pipelines.commands.options import (
    CORES,
    AsOf,
    Evaluating,
    Jobs,
    Json,
    Judging,
    MemoryLimit,
    NewestDay,
    WholeNight,
    WithPolicy,
    as_county,
    as_day,
    engine_of,
    grouped,
)
from pipelines.commands.printing import err, out, print_json, tell_known, tell_passed_over, tell_waiting
from pipelines.commands.targets import WRITES
from pipelines.house.language import Language, say, spoken
from pipelines.house.records.night import Summary

if TYPE_CHECKING:
    from pipelines.night.results import Night

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
    county: Annotated[str, typer.Option("--county", parser=as_county, metavar="CODE", help="6-digit county code.")],
    as_of: AsOf,
    households: Annotated[int, typer.Option("--households", min=1, help="Households of the register.")],
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.")],
    out_dir: Annotated[Path, typer.Option("--out", help="Inbox to write the feeds into."), WRITES],
    dirt: Annotated[Dirt, typer.Option("--dirt", help="How messy the files are.")] = Dirt.NONE,
    months: Annotated[int, typer.Option("--months", min=1, help="Monthly deliveries that end at the as-of.")] = 1,
    policy: Annotated[Path | None, typer.Option("--policy", help="Folder for the policy file."), WRITES] = None,
    truth: Annotated[Path | None, typer.Option("--truth", help="File for the truth (.parquet, .csv)."), WRITES] = None,
    other_offices: Annotated[
        bool, typer.Option("--other-offices", help="Other offices' feeds too, and what allows their use.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write the nine feeds of a synthetic county, its policy file, and what is truly wrong in it."""
    from pipelines.simulator import simulate as make

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
        other_offices=other_offices,
    )
    if as_json:
        print_json({"files": [str(f) for f in made.files], "truth": dict(made.truth)})
    else:
        count, wrong = len(made.files), sum(made.truth.values())
        zh = f"{out_dir} 里{count}个文件，其中真正的问题{wrong}个"
        out.print(say(zh, f"{count} files in {out_dir}; {wrong} things are wrong in them"))


@commands.command()
@grouped
def run(
    night: WholeNight,
    as_of: AsOf,
    arrivals: Annotated[
        bool, typer.Option("--arrivals", help="Only counties that something has arrived for; nothing is sent out.")
    ] = False,
) -> None:
    """The night: take in what has arrived, evaluate, record, publish, report."""
    from pipelines.night.flow import run_arrivals, run_night

    if arrivals and night.known_at is not None:
        raise typer.BadParameter("what had been received by then has no arrivals", param_hint="--known-at")
    with night.opened() as settings:
        ran = (run_arrivals if arrivals else run_night)(settings, as_of)
    nothing = NO_NEWS if arrivals else NOT_YET if night.known_at is not None else NO_DATA
    show_nights([ran], night.home, night.as_json, nothing=nothing)


@commands.command()
@grouped
def backfill(
    night: WholeNight,
    first: Annotated[date, typer.Argument(parser=as_day, metavar="FIRST", help="As-of date of the first night.")],
    last: Annotated[date, typer.Argument(parser=as_day, metavar="LAST", help="The last night is at it or before it.")],
    step: Annotated[Step, typer.Option("--step", help="From one night to the next.")] = Step.MONTH,
) -> None:
    """Nights of the past in order: recorded where the ledger knows no later one, else replays in their own folders."""
    from pipelines.night import backfilling

    with night.opened() as settings:
        nights = backfilling.backfill(settings, first, last, backfilling.Step(step.value))
    show_nights(nights, night.home, night.as_json)


@commands.command()
@grouped
def reconcile(evaluating: Evaluating, as_of: AsOf) -> None:
    """Evaluate the rules over what has been taken in, and tell the ledger; nothing is published."""
    from pipelines.night import flow

    with evaluating.opened() as settings:
        flow.check_policies(settings, as_of)
        nights = flow.reconcile_counties(settings, flow.counties_with_data(settings), as_of)
    rules = [{"run": n.run.id, "county": n.run.county, "rule": r} for n in nights for r in n.rule_runs]
    if evaluating.as_json:
        print_json([{**row, "rule": vars(row["rule"])} for row in rules])
    else:
        for night in nights:
            counts = ", ".join(f"{name} {count}" for name, count in night.counts.items())
            out.print(f"{night.run.id}: {counts}")
    if any(r.status.is_gap for n in nights for r in n.rule_runs):
        raise typer.Exit(INCOMPLETE)


@commands.command()
@grouped
def publish(on: WithPolicy, memory_limit: MemoryLimit = None) -> None:
    """Load the recorded runs and publish the warehouse."""
    from pipelines.night.publishing import publish_recorded

    with on.opened(engine=engine_of(memory_limit=memory_limit)) as settings:
        published = publish_recorded(settings)
    if on.as_json:
        print_json(published)
    else:
        done = say(f"已发布 {published['snapshot']}", f"published {published['snapshot']}")
        out.print(done if published["published"] else say("还没有入台账的结果", "nothing has been recorded yet"))


@commands.command("run-withdraw")
@grouped
def run_withdraw(
    on: Judging,
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="The newest recorded run of a county, or how its id begins.")
    ],
    reason: Reason,
) -> None:
    """Undo the newest recorded run of a county: ledger, warehouse and pages are as if it had not been."""
    from pipelines.desk.undoing import as_row, describe_undone, withdraw_run

    with on.opened() as settings:
        done = withdraw_run(settings, run, reason)
    if on.as_json:
        print_json(as_row(done))
    else:
        out.print(describe_undone(done), markup=False)


@commands.command()
@grouped
def report(on: Judging, as_of: NewestDay = None, jobs: Jobs = CORES) -> None:
    """Write the workbooks and the summary of the runs recorded for D."""
    from pipelines.night.reports import report_again

    with on.opened(jobs=jobs) as settings:
        night = report_again(settings, as_of)
    show_nights([night], on.home, on.as_json)


NO_DATA = {Language.ZH: "没有可以比对的数据。", Language.EN: "No county has data to compare."}
NOT_YET = {Language.ZH: "到那个时刻还没有收到可以比对的数据。", Language.EN: "No county had data to compare by then."}
NO_NEWS = {Language.ZH: "没有可以比对的新数据。", Language.EN: "Nothing new to compare has arrived."}


def show_nights(
    nights: Sequence["Night"], home: Path, as_json: bool, nothing: Mapping[Language, str] = NO_DATA
) -> None:
    """Print the summaries, and where to look; what was rejected, held or not evaluated ends with INCOMPLETE."""
    from expectations.rules import RULES
    from pipelines.reporting.terminal import print_places, print_summary
    from warehouse.lake import Lake

    lang = spoken()
    summaries = [summary for night in nights for summary in night.summaries]
    tell_known([known for night in nights for known in night.known])
    tell_passed_over([one for night in nights for one in night.passed_over])
    strays = [stray for night in nights for stray in night.strays]
    ran = {summary["county"] for summary in summaries}  # whose summary says it
    tell_waiting(one for night in nights for one in night.waiting if one.county not in ran)
    if as_json:
        print_json(summaries)
    else:
        for summary in summaries:
            print_summary(summary, out, rules=RULES, language=lang.value)
        if summaries:
            print_places(summaries, Lake(home), out, language=lang.value)
        else:
            out.print(nothing[lang])
    if not summaries:
        for stray in strays:
            (err if as_json else out).print("\n".join(stray.reason), markup=False)
    if any(night.refused for night in nights) or any(is_incomplete(summary) for summary in summaries):
        raise typer.Exit(INCOMPLETE)


def is_incomplete(summary: Summary) -> bool:
    """Whether a delivery of an expected feed was rejected or must be confirmed, or a rule not evaluated."""
    from expectations.feeds import FEEDS_BY_NAME

    refused = [d["feed"] for d in summary["deliveries"] if d["status"] == "rejected"]
    refused += [d["feed"] for d in summary.get("stopped", ()) if d["status"] == "held"]
    return any(feed in summary["expected"] or feed not in FEEDS_BY_NAME for feed in refused) or any(
        RuleStatus(r["status"]).is_gap for r in summary["rules"]
    )
