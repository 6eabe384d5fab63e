"""AG01: cases. What was reported, against the rows of the register, of certificates and of housing cases."""

from dataclasses import replace
from datetime import date
from typing import Any

from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    household,
    housing_case,
    member,
    open_household,
    pid,
    world,
)
from cases.case import CERTAIN, POSSIBLE, Case, Of
from cases.figures import JUNE, TOWN, key, reported

OTHER_TOWN = "522601102"
VILLAGE, NEXT_VILLAGE, OTHER_VILLAGE = f"{TOWN}201", f"{TOWN}202", f"{OTHER_TOWN}201"
A, B, C, E = (pid(n) for n in range(1, 5))

# AG01 breakdown not 流量, the measure's feeds as of the same month, and reported is not the count

ag01 = Of("AG01", JUNE)

BOOKS: dict[str, list[Row]] = {
    "register_households": [
        open_household(village_code=VILLAGE, monitoring="边缘易致贫户"),
        household("H2", head_id=B, village_code=NEXT_VILLAGE, household_type="低保户", cause="因病"),
        household(
            "H3", head_id=C, village_code=OTHER_VILLAGE, household_type="特困供养户", cause="缺劳力", monitoring="无"
        ),
        household("H4", head_id=E, village_code=OTHER_VILLAGE),
    ],
    "register_members": [
        member(),
        member("M2", person_id=None),
        member("M3", "H2", B),
        member("M4", "H3", C),
        member("M5", "H3", E, person_status="迁出"),
        member("M6", "H4", E, person_status="婚嫁"),
    ],
    "low_income_households": [
        certificate(village_code=VILLAGE),
        certificate("C2", head_id=B, village_code=OTHER_VILLAGE, status="渐退"),
        certificate("C3", head_id=C, status="停保", end_date=date(2026, 5, 31)),
        certificate("C4", head_id=E, start_date=date(2026, 7, 1)),
        certificate("C5", programme="城市低保", end_date=date(2026, 6, 30)),
        certificate("C6", programme="城市低保", end_date=date(2026, 7, 1)),
        certificate("C7", programme="农村特困", tier=None),
        certificate("C8", programme="低保边缘", tier=None),
    ],
    "low_income_members": [
        certificate_member(),
        certificate_member(person_id=B, covered=False),
        certificate_member("C2", None),
        certificate_member("C2", C),
        certificate_member("C3", C),
        certificate_member("C6", A),
    ],
    "housing_renovations": [
        housing_case(acceptance="合格"),
        housing_case("X2", acceptance="合格", head_id=None, village_code=OTHER_VILLAGE),
        housing_case("X3", acceptance="不合格"),
    ],
}

COUNTED: tuple[tuple[Row, int], ...] = (
    (reported(), 3),
    (reported(unit="人"), 4),
    (reported(area_code=TOWN), 2),
    (reported(area_code=TOWN, unit="人"), 3),
    (reported(area_code=VILLAGE, unit="人"), 2),
    (reported(area_code=f"{OTHER_TOWN}202"), 0),
    (reported("建档立卡", "脱贫属性", "未脱贫"), 1),
    (reported("建档立卡", "脱贫属性", "脱贫户"), 2),
    (reported("建档立卡", "脱贫属性", "返贫"), 0),
    (reported("建档立卡", "脱贫属性", "未脱贫", unit="人"), 2),
    (reported("建档立卡", "户类型", "五保户"), 1),
    (reported("建档立卡", "户类型", "一般户", area_code=TOWN), 1),
    (reported("建档立卡", "致贫原因", "缺乏劳动力"), 1),
    (reported("建档立卡", "致贫原因", "因病", area_code=VILLAGE), 0),
    (reported("建档立卡", "下级区划", TOWN), 2),
    (reported("建档立卡", "下级区划", f"{OTHER_TOWN}000", unit="人"), 1),
    (reported("建档立卡", "下级区划", VILLAGE, area_code=TOWN, unit="人"), 2),
    (reported("监测对象"), 1),
    (reported("监测对象", unit="人"), 2),
    (reported("监测对象", area_code=OTHER_TOWN), 0),
    (reported("农村低保"), 2),
    (reported("农村低保", unit="人"), 3),
    (reported("农村低保", "下级区划", OTHER_TOWN, unit="人"), 2),
    (reported("城市低保"), 1),
    (reported("农村特困"), 1),
    (reported("农村特困", unit="人"), 0),
    (reported("城市特困"), 0),
    (reported("危改竣工"), 2),
    (reported("危改竣工", "下级区划", OTHER_TOWN), 1),
)
"""What may be reported, with what the books above come to."""

NOT_COMPARED = tuple(
    {**row, "reported": 99}
    for row in (
        reported(item="总数"),
        reported("监测对象", "脱贫属性", "未脱贫"),
        reported("农村低保", "户类型", "低保户"),
        reported("建档立卡", "致贫原因", "其他原因"),
        reported("建档立卡", "下级区划", "三棵树镇"),
        reported("建档立卡", "下级区划", VILLAGE),
        reported("建档立卡", "下级区划", OTHER_VILLAGE, area_code=TOWN),
        reported("建档立卡", "下级区划", f"{TOWN}000", area_code=TOWN),
        reported("建档立卡", "下级区划", f"{VILLAGE}001", area_code=VILLAGE),
        reported("危改竣工", unit="人"),
        reported("建档立卡", "流量", "期末"),
    )
)
HOUSES, ROLL, CASES_DONE = (reported(measure, reported=99) for measure in ("建档立卡", "农村低保", "危改竣工"))
WATCHED = reported("监测对象", reported=99)


def told(*rows: Row, **over: Any) -> World:
    """The books above, and what was reported of them."""
    return world(**({**BOOKS, "reported_totals": rows} | over))


def refused(given: World, feed: str, row: int, column: str) -> World:
    """The world, with one of a feed's values refused."""
    changed = [replace(d, refused=((row, column),)) if d.feed == feed else d for d in given.deliveries]
    return replace(given, deliveries=tuple(changed))


def found(title: str, given: World, certain: tuple[Row, ...] = (), possible: tuple[Row, ...] = ()) -> Case:
    """These rows are found, each as sure as said, and no others."""
    sure = {CERTAIN: certain, POSSIBLE: possible}
    return Case("AG01", title, given, {(key(row), JUNE): how for how, rows in sure.items() for row in rows})


BOTH = ("register_households", "register_members")
UNREADABLE = {name: value for name, value in HOUSES.items() if name not in ("reported", "item")}

AG01 = (
    ag01.holds_for("reported as counted", told(*({**row, "reported": count} for row, count in COUNTED))),
    ag01.broken_by(
        "reported one more than counted",
        told(*({**row, "reported": count + 1} for row, count in COUNTED)),
        *(key(row) for row, _ in COUNTED),
    ),
    ag01.broken_by("one less than counted", told(reported(reported=2)), key(HOUSES)),
    ag01.holds_for("what maps to nothing", told(*NOT_COMPARED)),
    ag01.holds_for("a word of another county", told(reported("建档立卡", "致贫原因", "没手艺", reported=2))),
    ag01.broken_by(
        "a word of the county's own",
        told(
            reported("建档立卡", "致贫原因", "没手艺", reported=1),
            reported("建档立卡", "脱贫属性", "摘帽户", reported=1),
            reported("建档立卡", "户类型", "兜底户", reported=2),
            policy={
                "labels.cause": {"没手艺": "缺技术"},
                "labels.poverty_status": {"摘帽户": "已脱贫"},
                "labels.household_type": {"兜底户": "特困供养户"},
            },
        ),
        key(reported("建档立卡", "脱贫属性", "摘帽户")),
        key(reported("建档立卡", "户类型", "兜底户")),
    ),
    found(
        "books of the month's first day",
        told(HOUSES, ROLL, as_of=dict.fromkeys(BOTH, date(2026, 6, 1))),
        (HOUSES, ROLL),
    ),
    found(
        "books of the month before",
        told(HOUSES, ROLL, as_of=dict.fromkeys(BOTH, date(2026, 5, 31))),
        (ROLL,),
    ),
    found(
        "reported on the month's first day, books of its last",
        told(HOUSES, ROLL, CASES_DONE, as_of={"reported_totals": date(2026, 6, 1)}),
        (HOUSES, ROLL, CASES_DONE),
    ),
    ag01.holds_for(
        "books of the same month a year before",
        told(
            HOUSES,
            as_of=dict.fromkeys(BOTH, date(2025, 6, 30)),
            policy={"freshness_days": 400},
        ),
    ),
    found("books too old to be there", told(ROLL, as_of={"low_income_members": date(2026, 3, 29)}), ()),
    found(
        "a book that never came",
        world(
            absent=("housing_renovations",),
            **{feed: rows for feed, rows in BOOKS.items() if feed != "housing_renovations"},
            reported_totals=[HOUSES, CASES_DONE],
        ),
        (HOUSES,),
    ),
    found("no book ever came", world(absent=tuple(BOOKS), reported_totals=[HOUSES, ROLL, CASES_DONE])),
    found(
        "a refused row of the register",
        told(HOUSES, WATCHED, ROLL, quarantined={"register_members": [{"household_no": "H9", "name": "某人"}]}),
        (ROLL,),
        (HOUSES, WATCHED),
    ),
    found(
        "a refused row of the certificates and of the houses",
        told(
            HOUSES,
            ROLL,
            CASES_DONE,
            quarantined={
                "low_income_households": [{"certificate_no": "C9"}],
                "housing_renovations": [{"case_no": "X9"}],
            },
        ),
        (HOUSES,),
        (ROLL, CASES_DONE),
    ),
    found(
        "a refused kind of monitoring",
        refused(told(HOUSES, WATCHED, ROLL), "register_households", 1, "monitoring"),
        (HOUSES, ROLL),
        (WATCHED,),
    ),
    found(
        "a refused end of a certificate",
        refused(told(HOUSES, ROLL), "low_income_households", 0, "end_date"),
        (HOUSES,),
        (ROLL,),
    ),
    found(
        "a refused row of what was reported, which may be this one",
        told(HOUSES, ROLL, quarantined={"reported_totals": [UNREADABLE]}),
        (ROLL,),
        (HOUSES,),
    ),
    ag01.not_evaluated("nothing was reported", world(**BOOKS)),
    ag01.not_evaluated("reported too long ago", told(HOUSES, as_of={"reported_totals": date(2026, 3, 29)})),
)

CASES: tuple[Case, ...] = AG01
