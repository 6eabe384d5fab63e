"""Plans of areas beside what was reached, as the published warehouse counts it (``evaluation.plans``)."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from pipelines.house.language import say
from pipelines.reading_out.cards.cells import Row
from warehouse.evaluation.querying import published_query
from warehouse.lake import Lake
from warehouse.loading import NothingPublishedError
from warehouse.loading.errors import OtherReleaseError
from warehouse.sql import bound

Reached = Mapping[tuple[str, str], int]
"""By area code and target, of one year; what is not known is not in it."""

_REACHED: Final = """SELECT area_code, target, reached FROM evaluation.plans
    WHERE county = :county AND as_of = :as_of AND year = :year AND reached IS NOT NULL"""

AREAS: Final = {12: ("本村", "village"), 9: ("本乡镇", "township"), 6: ("全县", "county")}
"""What an area is called by the digits of its code, the nearest first."""


def reached_by(lake: Lake, county: str, d: date) -> Reached:
    """What was reached of the plans of D's year; nothing where no warehouse of this release is published."""
    try:
        with published_query(lake) as query:
            rows = query(bound(_REACHED, county=county, as_of=d, year=d.year))
    except (NothingPublishedError, OtherReleaseError):
        return {}
    return {(row["area_code"], row["target"]): row["reached"] for row in rows}


def planned_lines(plans: list[Row]) -> list[str]:
    """What is planned of each area, the nearest first."""
    lines = []
    for (zh, en), own in _by_area(plans):
        told = "、".join(f"{row['target']}{row['planned']}" for row in own)
        lines.append(say(f"{zh}{own[0]['year']}年计划：{told}", f"plan of the {en} for {own[0]['year']}: {told}"))
    return lines


def reached_lines(plans: list[Row], reached: Reached) -> tuple[list[str], list[str]]:
    """What was reached of each area's plan, and of which nobody can say it."""
    known, unknown = [], []
    for (zh, en), own in _by_area(plans):
        there = [(row, reached.get((row["area_code"], row["target"]))) for row in own]
        told = "、".join(f"{row['target']}{done}/{row['planned']}" for row, done in there if done is not None)
        missing = "、".join(row["target"] for row, done in there if done is None)
        if told:
            known.append(say(f"{zh}年度计划已完成：{told}", f"reached of the {en}'s plan: {told}"))
        if missing:
            why = say("所需的账不在，或数据仓库没有这一天", "a book is missing, or the warehouse has not this day")
            unknown.append(say(f"{zh}年度计划进展（{missing}）：{why}", f"the {en}'s progress ({missing}): {why}"))
    return known, unknown


def _by_area(plans: list[Row]) -> list[tuple[tuple[str, str], list[Row]]]:
    areas = ((named, [row for row in plans if len(row["area_code"]) == digits]) for digits, named in AREAS.items())
    return [(named, own) for named, own in areas if own]
