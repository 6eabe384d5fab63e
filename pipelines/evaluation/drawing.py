"""``liangxian sample draw``: a sample of a county at D, its record and its forms, laid down in the home."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from expectations.masks import Audience, mask_of_fact
from pipelines.evaluation.forms import write_forms
from pipelines.house.language import say
from pipelines.house.settings import Settings
from pipelines.reading_out.reads import record_read
from warehouse.evaluation.querying import newest_day, published_query
from warehouse.evaluation.sampling import Design, Group, Sample, draw_sample, read_frame
from warehouse.evaluation.sampling.administrative import read_administrative
from warehouse.evaluation.sampling.frame import Query
from warehouse.evaluation.sampling.proposing import Expected, expect, propose
from warehouse.lake import write_text
from warehouse.sql import bound

_HEADS = {
    Group.OPEN: "SELECT household_no AS unit_key, head_name FROM warehouse.fact_household_snapshot"
    " WHERE county = :county AND as_of = :as_of",
    Group.LOW_INCOME: "SELECT certificate_no AS unit_key, head_name FROM warehouse.fact_certificate_snapshot"
    " WHERE county = :county AND as_of = :as_of",
    Group.GENERAL: "SELECT village_code || '-' || roster_no AS unit_key, head_name"
    " FROM warehouse.fact_roster_household WHERE county = :county",
}
_HEADS[Group.EXITED] = _HEADS[Group.OPEN]


@dataclass(frozen=True)
class Drawn:
    """A sample that lies in the home: its record and one form a village; and what is to be expected of it."""

    sample: Sample
    record: Path
    forms: tuple[Path, ...]
    expected: tuple[Expected, ...] = ()


def draw(
    settings: Settings,
    *,
    county: str | None,
    as_of: date | None,
    seed: str,
    design: Design | None = None,
    reserve: int = Design.reserve,
    unmask: bool = False,
) -> Drawn:
    """Draw, or draw again: the same seed on the same warehouse gives the same files. Forms in clear are audited first.

    Without a ``design``, the smallest that can decide by the thresholds of the county.

    Raises RequestError where the warehouse holds no such county and D, or nobody to draw from.
    """
    if unmask:
        settings.actor.need_clear()
    lake = settings.home.lake
    with published_query(lake) as query:
        where = newest_day(query, county, as_of)
        frame = read_frame(query, *where)
        thresholds = read_administrative(query, *where).thresholds
        design = design or propose(frame, thresholds, reserve)
        sample = draw_sample(frame, design, seed)
        heads = _heads(query, sample, unmask=unmask)
    folder = lake.sample(sample.sample_id)
    record = folder / "sample.json"
    if unmask:
        shown = json.dumps(sorted((*key, name) for key, name in heads.items()), ensure_ascii=False).encode()
        asked = {"sample": sample.sample_id, "county": sample.county, "as_of": sample.as_of.isoformat()}
        record_read(settings, what="sample forms", asked=asked, rows=len(heads), content=shown)
    write_text(record, sample.as_json())
    return Drawn(
        sample, record, tuple(write_forms(sample, heads, folder / "forms")), tuple(expect(frame, design, thresholds))
    )


def _heads(query: Query, sample: Sample, *, unmask: bool) -> dict[tuple[str, str], str]:
    """Names of the heads of the drawn households, masked unless asked."""
    mask = mask_of_fact("head_name", {}, Audience.PURPOSE if unmask else Audience.RECIPIENT)
    wanted = {(unit.group, unit.key) for unit in sample.units}
    found: dict[tuple[str, str], str] = {}
    for group, sql in _HEADS.items():
        for row in query(bound(sql, county=sample.county, as_of=sample.as_of)):
            if (group, row["unit_key"]) in wanted:
                found[group.value, row["unit_key"]] = mask.python(row["head_name"]) or ""
    return found


def describe_expected(drawn: Drawn) -> list[str]:
    """What the sample can be expected to say, a line an indicator."""
    design = drawn.sample.design
    lines = [
        say(
            f"  设计：每乡镇{design.villages}村，每村每类{design.households}户",
            f"  design: {design.villages} villages a township, {design.households} households a group in each village",
        )
    ]
    if without := drawn.sample.households_without_members:
        lines.append(
            say(
                f"  无在册人员的户{without:,}（不计入户数，不在抽样框内）",
                f"  households without members: {without:,} (counted nowhere, not in the frame)",
            )
        )
    for one in drawn.expected:
        limit, margin = f"{100 * one.threshold:g}%", f"{100 * one.margin:.2f}"
        if one.decides:
            zh, en = "足以判定", "enough to decide"
        elif one.needed > one.households:
            zh = f"不足以判定（抽样框只有{one.households}户，全部完成也不够）"
            en = f"not enough to decide (nor are all {one.households} of the frame)"
        else:
            zh = f"不足以判定（需完成约{one.needed}户）"
            en = f"not enough to decide ({one.needed} are needed)"
        zh = f"实际为{100 * one.rate:g}%时{zh}"
        en += f" where it is {100 * one.rate:g}%"
        lines.append(
            say(
                f"  {one.indicator}（标准{limit}）：预计完成{one.interviews}户，区间约±{margin}个百分点，{zh}",
                f"  {one.indicator} (standard {limit}): {one.interviews} interviews expected, "
                f"interval about ±{margin} percentage points, {en}",
            )
        )
    return lines
