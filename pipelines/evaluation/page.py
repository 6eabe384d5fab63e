"""The evaluation report as one self-contained page: indicators, survey rates, what was not measured, every query."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from expectations.status import RuleStatus
from pipelines.evaluation.indicators import query_of
from pipelines.evaluation.lacking import Lack, lack_of
from pipelines.house.counties import county_name
from pipelines.house.settings import Settings
from pipelines.house.words import exact_interval, exact_percent
from pipelines.reading_out.reads import record_read
from pipelines.reporting.rendering import render
from warehouse.evaluation.documented import REPORT_INDICATORS, REPORT_RULES, exits_query, missed_query
from warehouse.evaluation.indicator import Indicator
from warehouse.evaluation.indicators import INDICATORS
from warehouse.evaluation.querying import newest_day, published_query
from warehouse.evaluation.records import EstimatesRow, FigureRow, MeasureRow
from warehouse.evaluation.sampling.administrative import Administrative, Figure, read_administrative
from warehouse.evaluation.sampling.measures import THIN
from warehouse.lake import Lake, write_text
from warehouse.loading import published_snapshot
from warehouse.sql import bound

_TONES: Final = {"达标": "good", "不达标": "bad", "不能判定": "open", THIN: "open"}
_NOT_KNOWN: Final = "未知"
_NO_SURVEY: Final = (
    "漏评率、错退率、综合贫困发生率、群众认可度（入户调查）：没有入户调查结果；"
    "抽样（liangxian sample draw）、入户并报送 survey_results 后才能测量"
)
_SINCE: Final = "fieldwork"
_OUTDATED: Final = "估计结果由旧版软件写成，没有设计、应答率和快照；请重新运行 liangxian sample estimate"
_NO_LIMIT: Final = "未规定"
_RATES: Final = tuple(indicator for indicator in INDICATORS if not indicator.is_sum)
_SUMS: Final = tuple(indicator for indicator in INDICATORS if indicator.is_sum)
"""What is told as certain and possible, and not divided."""
_BY_TOWNSHIP: Final = tuple(indicator for indicator in _RATES if indicator.adds_up and not indicator.is_plan)
_PLANS: Final = tuple(indicator for indicator in _RATES if indicator.is_plan)


def write_evaluation_page(settings: Settings, county: str | None, as_of: date | None, target: Path) -> None:
    """Write the report of a county at D, with the estimates of every sample of that county that has any.

    Raises RequestError where the warehouse does not hold the county at D. Holds no person. The audit log has it first.
    """
    lake = settings.home.lake
    snapshot = published_snapshot(lake)
    with published_query(lake) as query:
        code, day = newest_day(query, county, as_of)
        rows = query(bound(REPORT_INDICATORS, county=code, as_of=day))
        rules = query(bound(REPORT_RULES, county=code, as_of=day))
        beside = read_administrative(query, code, day)
    whole = {row["indicator"]: row for row in rows if row["level"] == "county"}
    townships = [row for row in rows if row["level"] == "township"]
    ran = {row["rule"]: row for row in rules}
    lacks = {i.name: lack_of(i, whole.get(i.name, {}), ran) for i in INDICATORS}
    estimated = _estimates(lake, code)
    surveys = [_survey(found) for found in estimated if _SINCE in found]
    outdated = [f"抽样{found['sample_id']}：{_OUTDATED}" for found in estimated if _SINCE not in found]
    silent = [f"{name}：{lack}" for name, lack in lacks.items() if lack is not None]
    silent += [
        f"规则{r['rule']} {r['name']}：{r['reason'] or RuleStatus(r['status']).label}"
        for r in rules
        if r["status"] != RuleStatus.EVALUATED
    ]
    silent += [line for survey in surveys for line in survey["silent"]] + outdated if estimated else [_NO_SURVEY]
    page = render(
        "evaluation",
        county=code,
        county_name=county_name(code),
        as_of=day.isoformat(),
        snapshot=snapshot,
        indicators=[_indicator(whole.get(i.name, {}), i.name, lacks[i.name]) for i in _RATES],
        by_township=[indicator.name for indicator in _BY_TOWNSHIP],
        townships=_townships(townships, _BY_TOWNSHIP, _rate),
        plans_by_township=[indicator.name for indicator in _PLANS],
        plans_of_townships=_townships(townships, _PLANS, _reached),
        sums=[_sum(whole.get(i.name, {}), i.name, lacks[i.name]) for i in _SUMS],
        sums_by_township=[indicator.name for indicator in _SUMS],
        sums_of_townships=_townships(townships, _SUMS, _whole, _nothing_of(whole)),
        compared=_compared(beside, surveys, code, day),
        surveys=surveys,
        silent=silent,
    )
    asked = {"county": code, "as_of": day.isoformat(), "snapshot": snapshot}
    record_read(settings, what="indicators page", asked=asked, rows=len(rows), content=page.encode())
    write_text(target, page)


def _estimates(lake: Lake, county: str) -> list[EstimatesRow]:
    """What was estimated of the county's samples, in the order of their numbers."""
    found: list[EstimatesRow] = [
        json.loads(path.read_text("utf-8")) for path in sorted(lake.sample("any").parent.glob("*/estimates.json"))
    ]
    return [estimates for estimates in found if estimates["county"] == county]


def _bar(share: float | None, interval: Sequence[float] | None, threshold: float | None) -> dict[str, float | None]:
    """Positions in percent of the bar; a scale of its own for rates below a fifth, so that they can be seen."""
    top = max([share or 0.0, threshold or 0.0, *(interval or ())])
    scale = 100 if top > 0.2 else 500
    return {
        # a share below nothing is no length, and of a plan more than all may be reached
        "width": min(100, round(scale * max(share or 0, 0), 2)),
        "low": None if interval is None else round(scale * interval[0], 2),
        "spread": None if interval is None else round(scale * (interval[1] - interval[0]), 2),
        "mark": None if threshold is None else round(scale * threshold, 2),
    }


def _indicator(row: Mapping[str, Any], name: str, lack: Lack | None) -> dict[str, Any]:
    share = row.get("share")
    limit = float(row["threshold"]) / 100 if row.get("threshold") is not None else None
    return {
        "name": name,
        "share": share,
        "told": _NOT_KNOWN if share is None else exact_percent(share),
        "parts": "" if share is None else f"{row['numerator']:,.0f} ÷ {row['denominator']:,.0f} {row['unit']}",
        "unknown": f"{row['unknown']:,}" if row.get("unknown") else "",
        "limit": _NO_LIMIT if limit is None else f"{'≥' if row['at_least'] else '≤'} {100 * limit:g}%",
        "lack": "" if lack is None else str(lack),
        "definition": row.get("definition", ""),
        "sql": query_of(name),
        **_bar(share, None, limit),
    }


def _sum(row: Mapping[str, Any], name: str, lack: Lack | None) -> dict[str, Any]:
    """An indicator of which both parts are told, to the fen."""
    first, whole = row.get("numerator"), row.get("denominator")
    told = ("", "") if first is None or whole is None else (f"{first:,.2f}", f"{whole - first:,.2f}")
    return {
        "name": name,
        "first": told[0],
        "rest": told[1],
        "whole": _whole(row),
        "unknown": f"{row['unknown']:,}" if row.get("unknown") else "",
        "lack": "" if lack is None else str(lack),
        "definition": row.get("definition", ""),
        "sql": query_of(name),
    }


def _whole(row: Mapping[str, Any]) -> str:
    return _NOT_KNOWN if row.get("denominator") is None else f"{row['denominator']:,.2f}"


def _reached(row: Mapping[str, Any]) -> str:
    """What was reached, and of what, where the plan says so of the area."""
    if row.get("numerator") is None:
        return _NOT_KNOWN
    of = "" if row["denominator"] is None else f" ÷ {row['denominator']:,.0f}"
    return f"{row['numerator']:,.0f}{of}"


def _rate(row: Mapping[str, Any]) -> str:
    return _NOT_KNOWN if row.get("share") is None else exact_percent(row["share"])


def _nothing_of(whole: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """Of sums that the county has: what a township comes to in which nothing was found."""
    known = (one.name for one in _SUMS if whole.get(one.name, {}).get("denominator") is not None)
    return {name: {"denominator": Decimal(0)} for name in known}


def _townships(
    rows: Sequence[Mapping[str, Any]],
    told: Sequence[Indicator],
    cell: Callable[[Mapping[str, Any]], str],
    otherwise: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """A line a township, and a cell an indicator; ``otherwise``: what stands for a row that is not there."""
    areas = {row["area_code"]: row["area_name"] or row["area_code"] for row in rows}
    by_name = {(row["area_code"], row["indicator"]): row for row in rows}
    return [
        {
            "name": name,
            "cells": [cell(by_name.get((area, one.name), otherwise.get(one.name, {}))) for one in told],
        }
        for area, name in areas.items()
    ]


def _compared(
    beside: Administrative, surveys: Sequence[Mapping[str, Any]], county: str, as_of: date
) -> list[dict[str, Any]]:
    """漏评率 and 错退率: what the departments' data say and what each survey found, one beside the other."""
    rows = []
    for name, figure, statement in (
        ("漏评率", beside.missed, missed_query(beside.missed.rules)),
        ("错退率", beside.wrong_exits, exits_query(beside.wrong_exits.rules)),
    ):
        limit = beside.thresholds.get(name)
        surveyed = [
            {"sample_id": survey["sample_id"], **row}
            for survey in surveys
            for row in survey["rows"]
            if row["name"] == name
        ]
        rows.append(
            {
                "name": name,
                "told": _beside(figure),
                "share": figure.share,
                "limit": _NO_LIMIT if limit is None else f"≤ {limit:f}%",
                "surveyed": surveyed,
                "sql": bound(statement, county=county, as_of=as_of),
                **_bar(figure.share, None, None if limit is None else float(limit) / 100),
            }
        )
    return rows


def _survey(found: EstimatesRow) -> dict[str, Any]:
    rows = [_measure(measure) for measure in found["measures"]]
    done = found["fieldwork"]
    rate = done["response_rate"]
    return {
        "sample_id": found["sample_id"],
        "snapshot": found["snapshot"],
        "seed": found["seed"],
        "frame": found["frame_sha256"][:16],
        "fieldwork": done,
        "verdicts": found["verdicts"],
        "response": _NOT_KNOWN if rate is None else exact_percent(rate),
        "outcomes": "，".join(f"{name}{count}户" for name, count in found["outcomes"].items()),
        "refused": len(found["refused"]),
        "rows": rows,
        "silent": [f"{row['name']}：{row['reason']}；{row['remedy']}" for row in rows if row["reason"]],
    }


def _measure(measure: MeasureRow) -> dict[str, Any]:
    estimate, beside = measure["estimate"], measure["administrative"]
    thin = measure["verdict"] == THIN
    shown = None if thin else estimate
    interval = shown["interval"] if shown else None
    told = THIN if thin else _NOT_KNOWN if shown is None else exact_percent(shown["value"])
    whole = measure["domain"] == "全县"
    effect = shown["design_effect"] if shown else None
    return {
        "name": measure["indicator"] if whole else f"{measure['indicator']}（{measure['domain']}）",
        "of": measure["of"],
        "told": told,
        "share": shown["value"] if shown else None,
        "interval": "" if interval is None else exact_interval(*interval),
        "cases": estimate["cases"] if estimate else "",
        "effect": "" if effect is None else f"{effect:.2f}",
        "beside": "" if beside is None else _beside(beside),
        "verdict": measure["verdict"] or "",
        "tone": _TONES.get(measure["verdict"] or "", ""),
        "reason": measure["reason"],
        "remedy": measure["remedy"],
        **_bar(shown["value"] if shown else None, interval, measure["threshold"]),
    }


def _beside(figure: FigureRow | Figure) -> str:
    row = figure.as_row() if isinstance(figure, Figure) else figure
    if row["share"] is None:
        return str(row["reason"] or _NOT_KNOWN)
    possible = f"，待核{row['possible']}人" if row["possible"] else ""
    counted = f"{row['persons']}÷{row['of']}人{possible}"
    return f"{exact_percent(row['share'])}（{'、'.join(row['rules'])}；{counted}）"
