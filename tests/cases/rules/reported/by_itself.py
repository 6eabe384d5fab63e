"""AG02: cases. The sums of the source documents stand as they were reported, each with what is said of it."""

from typing import Any

from builders import COUNTY, Row, World, world
from cases.case import Case, Of
from cases.figures import AG02_KEY, JUNE, TOWN, key, reported

# AG02 items do not add up to 合计; 期初 and what came, less what went, is not 期末

ag02 = Of("AG02", JUNE)

CAUSES = ("因学", "因病", "因残", "缺技术", "缺劳力", "自身发展动力不足")
FLOW = ("期初", "脱贫", "清退", "新识别", "减少人口", "期末")


def divided(breakdown: str, items: dict[str, int], total: int | None, **over: Any) -> list[Row]:
    """What was reported of a breakdown, and as its 合计."""
    rows = [reported("建档立卡", breakdown, item, reported=number, **over) for item, number in items.items()]
    return rows if total is None else [*rows, reported("建档立卡", reported=total, **over)]


def by_cause(*numbers: int, total: int | None, **over: Any) -> list[Row]:
    """By cause of poverty."""
    return divided("致贫原因", dict(zip(CAUSES, numbers, strict=False)), total, **over)


def by_place(*numbers: int, total: int | None, **over: Any) -> list[Row]:
    """By village of a township, or by township."""
    area = over.get("area_code", COUNTY)
    return divided("下级区划", {f"{area}{201 + n}": number for n, number in enumerate(numbers)}, total, **over)


def flow(items: dict[str, int], **over: Any) -> list[Row]:
    """What came and went."""
    return divided("流量", items, None, **over)


def said(*groups: list[Row], refused: tuple[Row, ...] = (), **over: Any) -> World:
    """What was reported, and nothing beside it."""
    rows = [row for group in groups for row in group]
    return world(reported_totals=rows, quarantined={"reported_totals": refused}, **over)


def group(breakdown: str, **over: Any) -> str:
    """The subject's key of a group."""
    return key(reported("建档立卡", breakdown, **over), AG02_KEY)


PEOPLE = {"unit": "人"}
PATHS = {"期初": 6, "新识别": 5, "返贫": 6, "增加人口": 1, "脱贫": 2, "期末": 17}
HALF = divided("下级区划", {"甲": 5, "丙": 1, "丁": 1}, 8)
"""5, 0.5, 1 and 1 against 8: half a household is no whole number, and its row is refused."""
LESS_TWO = divided("下级区划", {"甲": 6, "乙": 5, "丙": 6, "丁": 1}, 17)  # less than nothing is refused too

SOURCES = (
    ag02.holds_for(
        "397 households and 738 persons by cause",
        said(
            by_cause(2, 27, 11, 273, 74, 10, total=397),
            by_cause(3, 72, 25, 464, 151, 23, total=738, **PEOPLE),
        ),
    ),
    ag02.holds_for(
        "397 households and 738 persons by village",
        said(
            by_place(86, 76, 235, total=397, area_code=TOWN),
            by_place(145, 200, 393, total=738, area_code=TOWN, **PEOPLE),
        ),
    ),
    ag02.holds_for(
        "523 − 145 − 331 + 353 − 3 = 397 and 1,784 − 538 − 1,101 + 597 − 4 = 738",
        said(
            flow(dict(zip(FLOW, (523, 145, 331, 353, 3, 397), strict=True))),
            flow(dict(zip(FLOW, (1784, 538, 1101, 597, 4, 738), strict=True)), **PEOPLE),
        ),
    ),
    ag02.broken_by("6 + 5 + 6 + 1 − 2 = 16 against 17, as flows", said(flow(PATHS)), group("流量")),
    ag02.perhaps_broken_by(
        "6 + 5 + 6 + 1 − 2 = 16 against 17, as items",
        said(LESS_TWO, refused=({**LESS_TWO[0], "item": "戊", "reported": None},)),
        group("下级区划"),
    ),
    ag02.perhaps_broken_by(
        "5 + 0.5 + 1 + 1 = 7.5 against 8",
        said(HALF, refused=({**HALF[0], "item": "乙", "reported": None},)),
        group("下级区划"),
    ),
    ag02.broken_by(
        "50,000 + 5,000 + 10,000 + 10,000 = 75,000 against 80,000",
        said(by_cause(50_000, 5_000, 10_000, 10_000, total=80_000, **PEOPLE)),
        group("致贫原因", **PEOPLE),
    ),
)
"""The sums of the source documents."""

AG02 = (
    *SOURCES,
    ag02.broken_by("one too many", said(by_cause(1, 2, total=2)), group("致贫原因")),
    ag02.broken_by("one too few", said(by_cause(1, 2, total=4)), group("致贫原因")),
    ag02.holds_for("no 合计", said(by_cause(1, 2, total=None))),
    ag02.holds_for("the 合计 has another name", said([*by_cause(1, 2, total=None), reported(item="总数", reported=9)])),
    ag02.holds_for("the 合计 of another form", said([*by_cause(1, 2, total=None), reported(form="表2", reported=9)])),
    ag02.holds_for(
        "the 合计 of another reporter", said([*by_cause(1, 2, total=None), reported(reporter="民政局", reported=9)])
    ),
    ag02.holds_for(
        "the 合计 of another area", said([*by_cause(1, 2, total=None), reported(area_code=TOWN, reported=9)])
    ),
    ag02.holds_for("the 合计 of another unit", said([*by_cause(1, 2, total=None), reported(unit="人", reported=9)])),
    ag02.holds_for(
        "the 合计 of another measure", said([*by_cause(1, 2, total=None), reported("监测对象", reported=9)])
    ),
    ag02.broken_by(
        "each breakdown by itself",
        said(by_cause(1, 2, total=3), divided("脱贫属性", {"未脱贫": 1, "已脱贫": 1}, None)),
        group("脱贫属性"),
    ),
    ag02.holds_for("a sum among the items", said(divided("致贫原因", {"因病": 1, "因学": 2, "合计": 3}, 3))),
    ag02.broken_by(
        "words of no list add up too", said(divided("致贫原因", {"因懒": 1, "因病": 2}, 4)), group("致贫原因")
    ),
    ag02.broken_by("an end one too high", said(flow({"期初": 1, "期末": 2})), group("流量")),
    ag02.holds_for("all eight", said(flow(PATHS | {"清退": 1, "减少人口": 1, "期末": 14}))),
    ag02.broken_by(
        "all eight, and one too many", said(flow(PATHS | {"清退": 1, "减少人口": 1, "期末": 15})), group("流量")
    ),
    ag02.holds_for("an item that is none of the eight", said(flow({"期初": 1, "期末": 2, "其他": 5}))),
    ag02.holds_for("no 期初", said(flow({"新识别": 1, "期末": 2}))),
    ag02.holds_for("no 期末", said(flow({"期初": 1, "新识别": 2}))),
    ag02.holds_for("flows are no part of the 合计", said(flow({"期初": 1, "期末": 1}), [reported(reported=9)])),
    ag02.perhaps_broken_by(
        "a refused row of the group",
        said(by_cause(1, 2, total=4), refused=({**by_cause(1, total=None)[0], "item": "缺水", "reported": None},)),
        group("致贫原因"),
    ),
    ag02.broken_by(
        "a refused row of another form",
        said(by_cause(1, 2, total=4), refused=({**by_cause(1, total=None)[0], "form": "表2"},)),
        group("致贫原因"),
    ),
    ag02.perhaps_broken_by(
        "a refused row that may be of the group",
        said(by_cause(1, 2, total=4), refused=({"form": "表1", "unit": "户"},)),
        group("致贫原因"),
    ),
    ag02.not_evaluated("nothing was reported", world()),
)

CASES: tuple[Case, ...] = AG02
