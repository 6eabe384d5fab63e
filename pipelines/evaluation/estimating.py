"""``liangxian sample estimate``: rates of a sample from what came back, laid down beside its record."""

import json
from pathlib import Path

from expectations.errors import NotYetError, RequestError, UnknownError
from pipelines.house.language import say
from pipelines.house.settings import Settings
from pipelines.house.words import exact_interval, exact_percent
from warehouse.evaluation.querying import published_query
from warehouse.evaluation.records import EstimatesRow, FieldworkRow, MeasureRow
from warehouse.evaluation.sampling import Sample
from warehouse.evaluation.sampling.administrative import read_administrative
from warehouse.evaluation.sampling.measures import THIN, measure_sample
from warehouse.evaluation.sampling.observations import OBSERVED, compare_verdicts
from warehouse.evaluation.sampling.survey import COMPLETED, Interviews, weigh_interviews
from warehouse.lake import Lake, write_text
from warehouse.loading import published_snapshot
from warehouse.sql import bound


def estimate(settings: Settings, sample_id: str | None) -> EstimatesRow:
    """Rates of a sample (the only one, where none is named), written as ``estimates.json`` beside its record too.

    Raises RequestError where there is no such sample, or several and none is named, NotYetError where nothing was drawn
    or came back.
    """
    lake = settings.home.lake
    record = find_record(lake, sample_id)
    sample = Sample.from_json(record.read_text(encoding="utf-8"))
    snapshot, observed = published_snapshot(lake), ", ".join(OBSERVED)
    with published_query(lake) as query:
        results = query(
            bound(
                f"SELECT unit_no, village_code, outcome, persons, verdict, satisfaction, substitute_for, {observed} "
                "FROM warehouse.fact_survey_result WHERE county = :county AND sample_id = :sample_id",
                county=sample.county,
                sample_id=sample.sample_id,
            )
        )
        beside = read_administrative(query, sample.county, sample.as_of)
    interviews = weigh_interviews(sample, results)
    found: EstimatesRow = {
        "sample_id": sample.sample_id,
        "county": sample.county,
        "as_of": sample.as_of.isoformat(),
        "snapshot": snapshot,
        "frame_sha256": sample.frame_sha256,
        "seed": sample.seed,
        "fieldwork": _fieldwork(sample, interviews),
        "verdicts": compare_verdicts(sample, results, beside.line),
        "outcomes": dict(interviews.outcomes),
        "refused": [{"unit_no": one.unit_no, "reason": one.reason} for one in interviews.refused],
        "widened_cells": interviews.widened,
        "measures": [m.as_row() for m in measure_sample(sample, interviews, beside)],
    }
    write_text(record.with_name("estimates.json"), json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return found


def _fieldwork(sample: Sample, interviews: Interviews) -> FieldworkRow:
    """What was drawn, and what became of it."""
    return {
        "townships": len({village.township_code for village in sample.villages}),
        "villages": len(sample.villages),
        "households": sum(not unit.reserve for unit in sample.units),
        "reserve": sum(unit.reserve for unit in sample.units),
        "completed": interviews.outcomes.get(COMPLETED, 0),
        "substitutes": interviews.substitutes,
        "response_rate": interviews.response_rate,
        "stands_for": dict(interviews.stands_for),
    }


def find_record(lake: Lake, sample_id: str | None) -> Path:
    """The record of a sample. Raises RequestError, NotYetError."""
    if sample_id is not None:
        path = lake.sample(sample_id) / "sample.json"
        if not path.exists():
            raise UnknownError("sample", sample_id)
        return path
    records = sorted(lake.sample("any").parent.glob("*/sample.json"))
    if len(records) != 1:
        names = ", ".join(path.parent.name for path in records)
        raise RequestError(f"name one sample of {names}") if names else NotYetError("no sample has been drawn here")
    return records[0]


def describe_estimates(found: EstimatesRow) -> list[str]:
    """Lines for a person."""
    zh = "，".join(f"{name}{count}户" for name, count in found["outcomes"].items())
    en = ", ".join(f"{name} {count} households" for name, count in found["outcomes"].items())
    lines = [say(f"抽样 {found['sample_id']}：{zh}", f"sample {found['sample_id']}: {en}")]
    done = found["fieldwork"]
    rate = "—" if done["response_rate"] is None else exact_percent(done["response_rate"])
    zh = f"  抽中{done['households']}户，应答率{rate}，备用户替代{done['substitutes']}户；数据快照 {found['snapshot']}"
    en = f"  {done['households']} households drawn, response rate {rate}, {done['substitutes']} substitutes"
    lines.append(say(zh, f"{en}; snapshot {found['snapshot']}"))
    told = found["verdicts"]
    if told["compared"]:
        count, differ = told["compared"], len(told["differ"])
        zh = f"  按调查项目推出核查结论{count}户，与所填不同{differ}户"
        lines.append(say(zh, f"  verdicts derived from what was observed: {count}, {differ} of them other than given"))
    for other in told["differ"]:
        number, given, derived = other["unit_no"], other["given"], other["derived"]
        lines.append(
            say(f"    {number}：所填{given}，推出{derived}", f"    {number}: given {given}, derived {derived}")
        )
    for one in found["refused"]:
        number, why = one["unit_no"], one["reason"]
        lines.append(say(f"  未采用 {number}：{why}", f"  not taken {number}: {why}"))
    lines += [f"  {_measure(row)}" for row in found["measures"]]
    return lines


def _measure(row: MeasureRow) -> str:
    name = f"{row['indicator']}（{row['domain']}，{row['of']}）"
    estimate, beside = row["estimate"], row["administrative"]
    if estimate is None:
        told = say(
            f"不能测算：{row['reason']}（{row['remedy']}）", f"cannot be estimated: {row['reason']} ({row['remedy']})"
        )
    elif row["verdict"] == THIN or estimate["interval"] is None:
        told = say(f"样本不足：{row['reason']}；{row['remedy']}", f"too few: {row['reason']}; {row['remedy']}")
    else:
        interval, share = exact_interval(*estimate["interval"]), exact_percent(estimate["value"])
        cases = estimate["cases"]
        told = say(
            f"{share}，95%区间 {interval}（{cases}户）", f"{share}, 95% interval {interval} ({cases} households)"
        )
    if row["threshold"] is not None and row["verdict"] != THIN:
        limit = f"{100 * row['threshold']:g}%"
        told += say(f"；标准{limit}：{row['verdict']}", f"; standard {limit}: {row['verdict']}")
    if beside is not None:
        own = exact_percent(beside["share"]) if beside["share"] is not None else beside["reason"] or say("无", "none")
        rules = "、".join(beside["rules"])
        told += say(f"；部门数据（{rules}）：{own}", f"; departments' data ({rules}): {own}")
    return f"{name} {told}"
