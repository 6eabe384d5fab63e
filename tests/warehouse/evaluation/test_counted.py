"""What is counted, and where: money that rules believe owed, and households, in a literal county."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from builders import COUNTY, D, open_household, pid
from nights import FEED_ROWS, finding, night

from warehouse.evaluation.questions import QUESTIONS
from warehouse.lake import Lake
from warehouse.loading import load_and_publish, open_published
from warehouse.sql import bound


def records(lake: Lake, query: str) -> list[dict[str, Any]]:
    with open_published(lake) as connection:
        return connection.execute(query).to_arrow_table().to_pylist()


def figures_of(lake: Lake, name: str) -> dict[str, tuple[Any, ...]]:
    rows = records(lake, "FROM evaluation.indicators ORDER BY area_code")
    figures = ("numerator", "denominator", "unknown", "numerator_persons", "rest_persons")
    return {row["area_code"]: tuple(row[f] for f in figures) for row in rows if row["indicator"] == name}


def test_what_is_owed_stands_by_area_certain_apart_from_possible_and_without_what_is_settled(tmp_path: Path) -> None:
    """C1 is owed 300.10 and 300 (one certificate), C2 in another township perhaps 90; C3 of no village 7."""

    def owed(number: int, certificate_no: str, yuan: str | None, **over: Any) -> dict[str, Any]:
        place = {"household_no": None, "certificate_no": certificate_no}
        return finding(number, rule="PY04", rule_yuan=None if yuan is None else Decimal(yuan), **place | over)

    other = f"{COUNTY}102201"
    found = [
        owed(1, "C1", "300.10"),
        owed(2, "C1", "300.00", state="重开"),
        owed(3, "C1", "1000.00", state="销号"),
        owed(4, "C2", "90.00", certainty="possible", village_code=other),
        owed(5, "C3", "7.00", village_code=None),
        owed(6, "C4", None),
    ]
    load_and_publish(lake=Lake(tmp_path), run=night(Lake(tmp_path), findings=found))
    here, nowhere = f"{COUNTY}101201", f"{COUNTY}000000"
    first, second, third = (Decimal("600.10"), Decimal("600.10"), 1, 1, 0), (0, 90, 0, 0, 1), (7, 7, 0, 1, 0)
    assert figures_of(Lake(tmp_path), "应补发金额：退回未补发（PY04）") == {
        COUNTY: (Decimal("607.10"), Decimal("697.10"), 1, 2, 1),
        nowhere[:9]: third,
        nowhere: third,
        here[:9]: first,
        here: first,
        other[:9]: second,
        other: second,
    }
    assert figures_of(Lake(tmp_path), "应追回金额：停保后发放（PY01）") == {COUNTY: (0, 0, 0, 0, 0)}, (
        "asked, and nothing found"
    )
    nobody_asked = figures_of(Lake(tmp_path), "应补发金额：改造补助未足额拨付（CV08）")
    assert nobody_asked == {COUNTY: (None, None, 0, 0, 0)}


def test_a_household_in_which_nobody_is_registered_is_named_apart_and_counts_nowhere(tmp_path: Path) -> None:
    empty = open_household("H3", head_id=pid(3), cause="因病", income_current=100)
    register = [*FEED_ROWS["register_households"], empty]
    load_and_publish(lake=Lake(tmp_path), run=night(Lake(tmp_path), register_households=register))
    cards = {row["household_no"]: row["counts"] for row in records(Lake(tmp_path), "FROM evaluation.household_card")}
    assert cards == {"H1": True, "H2": True, "H3": False}
    assert figures_of(Lake(tmp_path), "无在册人员的户（households_without_members）")[COUNTY] == (1, 3, 0, 1, 2)
    by_slug = {question.slug: question.sql for question in QUESTIONS}
    asked = {"county": COUNTY, "as_of": D, "other_day": D}
    answers = {
        slug: records(Lake(tmp_path), bound(by_slug[slug], **asked)) for slug in ("causes", "register_on", "below_line")
    }
    assert {row["cause"]: row["households"] for row in answers["causes"]} == {"合计": 2, "缺技术": 2}
    assert {row["poverty_status"]: row["households"] for row in answers["register_on"]} == {"未脱贫": 1, "已脱贫": 1}
    assert answers["below_line"] == []
