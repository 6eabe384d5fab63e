"""``liangxian sample estimate``: rates of a sample from what came back, laid down beside its record."""

import json
from pathlib import Path

from expectations.errors import NotYetError, RequestError, UnknownError
from pipelines.house.language import say
from pipelines.house.settings import Settings
from pipelines.house.words import exact_interval, exact_percent
from warehouse.evaluation.querying import published_query
from warehouse.evaluation.records import EstimatesRow, MeasureRow
from warehouse.evaluation.sampling import Sample
from warehouse.evaluation.sampling.administrative import read_administrative
from warehouse.evaluation.sampling.measures import measure_sample
from warehouse.evaluation.sampling.survey import weigh_interviews
from warehouse.lake import Lake, write_text
from warehouse.sql import bound


def estimate(settings: Settings, sample_id: str | None) -> EstimatesRow:
    """Rates of a sample (the only one, where none is named), written as ``estimates.json`` beside its record too.

    Raises RequestError where there is no such sample, or several and none is named, NotYetError where nothing was drawn
    or came back.
    """
    lake = settings.home.lake
    record = find_record(lake, sample_id)
    sample = Sample.from_json(record.read_text(encoding="utf-8"))
    with published_query(lake) as query:
        results = query(
            bound(
                "SELECT unit_no, village_code, outcome, persons, verdict, satisfaction "
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
        "frame_sha256": sample.frame_sha256,
        "outcomes": dict(interviews.outcomes),
        "refused": [{"unit_no": one.unit_no, "reason": one.reason} for one in interviews.refused],
        "widened_cells": interviews.widened,
        "measures": [m.as_row() for m in measure_sample(sample, interviews, beside)],
    }
    write_text(record.with_name("estimates.json"), json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return found


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
    for one in found["refused"]:
        number, why = one["unit_no"], one["reason"]
        lines.append(say(f"  未采用 {number}：{why}", f"  not taken {number}: {why}"))
    lines += [f"  {_measure(row)}" for row in found["measures"]]
    return lines


def _measure(row: MeasureRow) -> str:
    name = f"{row['indicator']}（{row['domain']}，{row['of']}）"
    estimate, beside = row["estimate"], row["administrative"]
    if estimate is None:
        told = say(f"不能测算：{row['reason']}", f"cannot be estimated: {row['reason']}")
    elif estimate["interval"] is None:
        share, cases = exact_percent(estimate["value"]), estimate["cases"]
        en = f"{share} ({cases} households; of one village only, which gives no error)"
        told = say(f"{share}（{cases}户；只有一个村，不能给出误差）", en)
    else:
        interval, share, cases = (
            exact_interval(*estimate["interval"]),
            exact_percent(estimate["value"]),
            estimate["cases"],
        )
        told = say(
            f"{share}，95%区间 {interval}（{cases}户）", f"{share}, 95% interval {interval} ({cases} households)"
        )
    if row["threshold"] is not None:
        limit = f"{100 * row['threshold']:g}%"
        told += say(f"；标准{limit}：{row['verdict']}", f"; standard {limit}: {row['verdict']}")
    if beside is not None:
        own = exact_percent(beside["share"]) if beside["share"] is not None else beside["reason"] or say("无", "none")
        rules = "、".join(beside["rules"])
        told += say(f"；部门数据（{rules}）：{own}", f"; departments' data ({rules}): {own}")
    return f"{name} {told}"
