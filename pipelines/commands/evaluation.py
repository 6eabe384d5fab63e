"""The third-party evaluation: indicators, exports, samples."""

import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import (
    Bom,
    InClear,
    Json,
    NewestDay,
    OneCounty,
    OnHome,
    as_day,
    grouped,
    need_purpose,
)
from pipelines.commands.person import ask_in_secret
from pipelines.commands.printing import out, print_json, tell_written
from pipelines.commands.recipients import known_recipient
from pipelines.commands.targets import WRITES
from pipelines.house.language import say

commands = typer.Typer()

sample_app = typer.Typer(no_args_is_help=True, help="Samples for an evaluation: drawn, weighted, sized.")


class ExportFormat(StrEnum):
    """Formats of what an evaluator is given."""

    STATA = "stata"
    SPSS = "spss"
    CSV = "csv"
    PARQUET = "parquet"
    DUCKDB = "duckdb"


class Level(StrEnum):
    """Areas of an indicator."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


@commands.command()
@grouped
def indicators(
    on: OnHome,
    county: OneCounty = None,
    as_of: NewestDay = None,
    level: Annotated[Level, typer.Option("--level", help="Areas.")] = Level.COUNTY,
    sql: Annotated[str | None, typer.Option("--sql", metavar="INDICATOR", help="Print the query behind one.")] = None,
    page: Annotated[
        Path | None,
        typer.Option("--page", help="Write the evaluation report: one self-contained, printable page."),
        WRITES,
    ] = None,
    flow_from: Annotated[
        date | None,
        typer.Option(
            "--flow-from", parser=as_day, metavar="DATE", help="Stock and flow of the register since that day."
        ),
    ] = None,
) -> None:
    """The indicators of a county: numerator, denominator, how many cannot be judged, share, threshold."""
    from pipelines.evaluation.indicators import query_of, read_flow, read_flows, read_indicators
    from pipelines.evaluation.telling import describe_indicators

    if sql is not None:
        sys.stdout.write(query_of(sql) + "\n")
        return
    with on.opened() as settings:
        if page is not None:
            from pipelines.evaluation.page import write_evaluation_page

            write_evaluation_page(settings, county, as_of, page)
            tell_written(page)
            return
        if flow_from is not None:
            flow, lines = (
                read_flow(settings, county, flow_from, as_of)
                if level is Level.COUNTY
                else read_flows(settings, county, flow_from, as_of, level.value)
            )
            if on.as_json:
                print_json(flow)
            else:
                out.print("\n".join(lines), markup=False)
            return
        rows = read_indicators(settings, county, as_of, level.value)
    if on.as_json:
        print_json(rows)
    else:
        out.print("\n".join(describe_indicators(rows)), markup=False)


@commands.command()
@grouped
def export(
    on: OnHome,
    to: Annotated[ExportFormat, typer.Option("--to", help="Format; duckdb is one file with everything.")],
    purpose: Annotated[str, typer.Option("--purpose", help="What the data are needed for; audited.")],
    recipient: Annotated[
        str, typer.Option("--recipient", help="Who gets them; each has pseudonyms and numbers of his own.")
    ],
    target: Annotated[
        Path | None, typer.Option("--out", help="Folder or file (default: in HOME/published)."), WRITES
    ] = None,
    aggregates: Annotated[
        bool, typer.Option("--aggregates", help="Indicators alone, small cells hidden: for who may see no rows.")
    ] = False,
    rounded: Annotated[
        bool, typer.Option("--round", help="With --aggregates: counts rounded to 5 instead of small cells hidden.")
    ] = False,
    renew_key: Annotated[bool, typer.Option("--renew-key", help="New pseudonyms from here on.")] = False,
    bom: Bom = None,
) -> None:
    """Masked data for an evaluator: Stata, SPSS, CSV, Parquet or DuckDB, Chinese labels, a codebook."""
    from pipelines.reading_out.exporting import export as give

    need_purpose(purpose)
    known_recipient(recipient)
    with on.opened(purpose=purpose) as settings:
        made = give(
            settings,
            target=to.value,
            recipient=recipient,
            out=target,
            aggregates=aggregates,
            rounded=rounded,
            renew_key=renew_key,
            bom=bom is not False,
        )
    if on.as_json:
        print_json({"path": str(made.path), "key_id": made.key_id, "rows": dict(made.rows)})
    else:
        out.print(
            say(f"{made.path}（假名密钥 {made.key_id}）", f"{made.path} (key of pseudonyms {made.key_id})"),
            markup=False,
        )
        for name, rows in made.rows.items():
            out.print(say(f"  {name}：{rows:,}行", f"  {name}: {rows:,} rows"), markup=False)


@commands.command()
@grouped
def resolve(
    on: OnHome,
    recipient: Annotated[str, typer.Option("--recipient", help="Whose numbers they are.")],
    purpose: Annotated[str, typer.Option("--purpose", help="What it is needed for; audited.")],
    listed: Annotated[
        Path | None, typer.Option("--list", help="Text file with one number a line (default: one from the prompt).")
    ] = None,
) -> None:
    """What a recipient's numbers and pseudonyms stand for, in clear; a number is never on the command line."""
    from pipelines.reading_out.resolving import describe_resolved, resolve_numbers

    need_purpose(purpose)
    text = listed.read_text(encoding="utf-8-sig") if listed is not None else ask_in_secret(say("编号", "number"))
    numbers = [line.strip() for line in text.splitlines() if line.strip()]
    if not numbers:
        raise typer.BadParameter("no number was given", param_hint="--list")
    with on.opened(purpose=purpose) as settings:
        found = resolve_numbers(settings, known_recipient(recipient), numbers)
    if on.as_json:
        print_json(found)
    else:
        out.print("\n".join(describe_resolved(found, numbers)), markup=False, soft_wrap=True)


@sample_app.command("draw")
@grouped
def sample_draw(
    on: OnHome,
    clear: InClear,
    seed: Annotated[str, typer.Option("--seed", help="Any text; the same seed on the same data draws the same.")],
    county: OneCounty = None,
    as_of: NewestDay = None,
    villages: Annotated[
        int | None,
        typer.Option("--villages", min=1, help="Villages drawn in each township (default: what can decide)."),
    ] = None,
    households: Annotated[
        int | None,
        typer.Option("--households", min=1, help="Households a group in each village (default: what can decide)."),
    ] = None,
    reserve: Annotated[int, typer.Option("--reserve", min=0, help="Reserve households behind those.")] = 2,
) -> None:
    """Draw a sample of households: villages in each township, households by group; its record and survey forms."""
    from pipelines.evaluation import draw
    from pipelines.evaluation.drawing import describe_expected
    from warehouse.evaluation.sampling import Design

    usual = Design()
    design = None
    if villages is not None or households is not None:
        design = Design(villages or usual.villages, households or usual.households, reserve)
    with on.opened(purpose=clear.purpose) as settings:
        drawn = draw(
            settings,
            county=county,
            as_of=as_of,
            seed=seed,
            design=design,
            reserve=reserve,
            unmask=clear.unmask,
        )
    if on.as_json:
        sys.stdout.write(drawn.sample.as_json())
        return
    sample = drawn.sample
    main = sum(not unit.reserve for unit in sample.units)
    drawn_in, spare = len(sample.villages), len(sample.units) - main
    zh = f"{sample.sample_id}：{drawn_in}村 {main}户，备用{spare}户"
    en = f"{sample.sample_id}: {drawn_in} villages, {main} households, {spare} in reserve"
    out.print(say(zh, en), markup=False)
    for group in sample.frame_households:
        own = sum(unit.group is group and not unit.reserve for unit in sample.units)
        frame = sample.frame_households[group]
        en = f"  {group.label}: {frame} households in the frame, {own} drawn"
        out.print(say(f"  {group.label}：抽样框{frame}户，抽中{own}户", en), markup=False)
    for line in describe_expected(drawn):
        out.print(line, markup=False)
    out.print(f"{drawn.record}", markup=False)
    out.print(f"{drawn.record.parent / 'forms'}", markup=False)


@sample_app.command("estimate")
@grouped
def sample_estimate(
    on: OnHome,
    sample: Annotated[str | None, typer.Argument(help="Number of the sample (default: the only one drawn).")] = None,
) -> None:
    """Rates of a sample with 95 % intervals, by domain, the administrative figure beside them; also into the home."""
    from pipelines.evaluation import describe_estimates, estimate

    with on.opened() as settings:
        found = estimate(settings, sample)
    if on.as_json:
        print_json(found)
    else:
        out.print("\n".join(describe_estimates(found)), markup=False)


@sample_app.command("size")
def sample_size(
    rate: Annotated[float, typer.Option("--rate", help="Share that is expected, in percent.")],
    margin: Annotated[float, typer.Option("--margin", help="Wanted half-width of the interval, in percent points.")],
    households: Annotated[int, typer.Option("--households", min=1, help="Households in each village.")] = 6,
    correlation: Annotated[float, typer.Option("--correlation", help="Correlation within a village, 0 to 1.")] = 0.05,
    response: Annotated[float, typer.Option("--response", help="Households that answer, in percent.")] = 90,
    population: Annotated[int | None, typer.Option("--population", min=1, help="Households in all.")] = None,
    as_json: Json = False,
) -> None:
    """How many households a wanted margin takes, at a confidence of 95 %."""
    from warehouse.evaluation.sampling.power import Plan

    plan = Plan(rate / 100, households, correlation, response / 100, population)
    interviews, drawn = plan.interviews(margin / 100), plan.households(margin / 100)
    if as_json:
        effect = round(plan.design_effect, 6)
        print_json({"interviews": interviews, "households": drawn, "design_effect": effect})
    else:
        villages = -(-drawn // households)
        zh = f"需完成访问{interviews}户，抽取{drawn}户，约{villages}个村（设计效应{plan.design_effect:.2f}）"
        en = f"{interviews} interviews, {drawn} households drawn, about {villages} villages"
        out.print(say(zh, f"{en} (design effect {plan.design_effect:.2f})"))
