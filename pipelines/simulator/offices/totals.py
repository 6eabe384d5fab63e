"""What offices and townships report upwards: counted from the books of the month, typed into their forms."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from expectations import codes
from expectations.departments import Department
from expectations.feeds.reported_totals import BREAKDOWN, MEASURE
from pipelines.simulator import books
from pipelines.simulator.arrays import Ints, count_rows
from pipelines.simulator.books import Book
from pipelines.simulator.departments.assistance import is_in_force
from pipelines.simulator.departments.moment import Moment, make_book
from pipelines.simulator.offices.county_office import area_codes

TOTAL: Final = "合计"
FLOW: Final = "流量"
BELOW: Final = "下级区划"
OPENING, CLOSING = "期初", "期末"
_FLOWS: Final = {"新识别": 50, "返贫": 120, "增加人口": 40, "脱贫": 30, "清退": 90, "减少人口": 70}
"""Of what is there at the end, one in so many came or went in the year."""
_COMING: Final = ("新识别", "返贫", "增加人口")
DIVIDED: Final = {
    "脱贫属性": ("poverty_status", codes.POVERTY_STATUS),
    "户类型": ("household_type", codes.HOUSEHOLD_TYPE),
    "致贫原因": ("cause", codes.CAUSE),
}


@dataclass(frozen=True)
class Counted:
    """What is counted for a measure: a row each, with its village, its persons, and the labels that divide it."""

    measure: str
    village: Ints
    persons: Ints | None
    labels: Mapping[str, Ints]

    def weights(self, unit: str) -> Ints:
        """What each row counts."""
        return np.ones(len(self.village), dtype=np.int64) if unit == "户" or self.persons is None else self.persons


@dataclass(frozen=True)
class Form:
    """Who fills in which form about which area; ``area`` is an index in ``area_codes``."""

    reporter: str
    form: str
    area: int
    measures: tuple[str, ...]
    divided: tuple[str, ...] = ()
    in_its_words: bool = False
    """Labels as the office calls them (``CodeList.also``), townships by codes as long as a village's."""


Cell = tuple[str, str, int, str, str, str, str, int]
"""Reporter, form, area, measure, breakdown, item, unit, what is reported."""


def reported_totals(m: Moment, kept: Mapping[str, Book]) -> Book:
    """Every form, filled in without a slip. ``group`` numbers the cells of one form, area, measure and unit."""
    counted = {one.measure: one for one in _counted(m, kept)}
    areas = area_codes(m)
    cells = [cell for form in _forms(m) for cell in _cells(m, form, counted, areas)]
    groups = {group: i for i, group in enumerate(dict.fromkeys((*c[:4], c[6]) for c in cells))}
    reporters = tuple(dict.fromkeys(c[0] for c in cells))
    forms = tuple(dict.fromkeys(c[1] for c in cells))
    items = tuple(dict.fromkeys(c[5] for c in cells))

    def of(place: int, words: tuple[str, ...]) -> Ints:
        index = {word: i for i, word in enumerate(words)}
        return np.array([index[str(cell[place])] for cell in cells], dtype=np.int64)

    arrays = {
        "reporter": of(0, reporters),
        "form": of(1, forms),
        "area": np.array([cell[2] for cell in cells], dtype=np.int64),
        "measure": of(3, MEASURE.labels),
        "breakdown": of(4, BREAKDOWN.labels),
        "item": of(5, items),
        "unit": of(6, ("户", "人")),
        "reported": np.array([cell[7] for cell in cells], dtype=np.int64),
        "group": np.array([groups[*cell[:4], cell[6]] for cell in cells], dtype=np.int64),
    }
    return make_book(
        m,
        "reported_totals",
        arrays,
        reporter=books.Label("reporter", reporters),
        form=books.Label("form", forms),
        area_code=books.Label("area", areas),
        item=books.Label("item", items),
    )


def _forms(m: Moment) -> Iterator[Form]:
    assistance = tuple(codes.PROGRAMME.labels[:4])
    yield Form(Department.REGISTER.called, "表1", 0, ("建档立卡",), tuple(DIVIDED))
    yield Form(Department.REGISTER.called, "表2", 0, ("监测对象",))
    yield Form(Department.CIVIL_AFFAIRS.called, "表3", 0, assistance, in_its_words=True)
    yield Form(Department.HOUSING.called, "表4", 0, ("危改竣工",))
    for township, name in enumerate(m.world.areas.townships):
        yield Form(f"{name}人民政府", "乡表1", 1 + township, ("建档立卡",), ("脱贫属性",), in_its_words=True)


def _cells(m: Moment, form: Form, counted: Mapping[str, Counted], areas: tuple[str, ...]) -> Iterator[Cell]:
    towns = len(m.world.areas.townships)
    for measure in form.measures:
        rows = counted[measure]
        here = np.ones(len(rows.village), dtype=bool)
        below, first = m.world.areas.township[rows.village], 1
        if form.area:
            here = below == form.area - 1
            below, first = rows.village, 1 + towns
        for unit in ("户",) if rows.persons is None else ("户", "人"):
            weights = np.where(here, rows.weights(unit), 0)
            total = int(weights.sum())

            def cell(breakdown: str, item: str, reported: int, measure: str = measure, unit: str = unit) -> Cell:
                return form.reporter, form.form, form.area, measure, breakdown, item, unit, reported

            yield cell(TOTAL, TOTAL, total)
            for breakdown in form.divided:
                sums = np.bincount(rows.labels[breakdown], weights=weights).astype(np.int64)
                labels = _words(DIVIDED[breakdown][1], form)
                yield from (cell(breakdown, labels[i], int(sums[i])) for i in np.flatnonzero(sums))
            sums = np.bincount(below, weights=weights).astype(np.int64)
            codes_below = [_code(area, form) for area in areas[first:]]
            yield from (cell(BELOW, codes_below[i], int(sums[i])) for i in np.flatnonzero(sums))
            if measure == "建档立卡":
                yield from (cell(FLOW, item, number) for item, number in _flows(total))


def _words(labels: codes.CodeList, form: Form) -> tuple[str, ...]:
    """By label what the form calls it: the first word that stands for it, or itself."""
    words = {label: word for word, label in reversed(labels.also.items())} if form.in_its_words else {}
    return tuple(words.get(label, label) for label in labels.labels)


def _code(area: str, form: Form) -> str:
    return area.ljust(12, "0") if form.in_its_words else area


def _flows(closing: int) -> Iterator[tuple[str, int]]:
    """How the year went that ended with so many: what did not happen is not written."""
    moved = {item: closing // share for item, share in _FLOWS.items()}
    came = sum(moved[item] for item in _COMING)
    yield OPENING, closing - came + (sum(moved.values()) - came)
    yield from ((item, number) for item, number in moved.items() if number)
    yield CLOSING, closing


def _counted(m: Moment, kept: Mapping[str, Book]) -> Iterator[Counted]:
    yield from _in_the_register(kept["register_households"], kept["register_members"])
    yield from _in_force(m, kept["low_income_households"], kept["low_income_members"])
    houses = kept["housing_renovations"]
    done = houses.kept & (houses["acceptance"] == codes.ACCEPTANCE.labels.index("合格"))
    yield Counted("危改竣工", houses["village_code"][done], None, {})


def _in_the_register(homes: Book, people: Book) -> Iterator[Counted]:
    normal = people.kept & (people["person_status"] == codes.PERSON_STATUS.labels.index("正常"))
    members = count_rows(people["household"], normal, homes["household"])
    there = homes.kept & (members > 0)
    watched = there & (homes["monitoring"] > codes.MONITORING.labels.index("无"))
    for measure, rows in (("建档立卡", there), ("监测对象", watched)):
        labels = {breakdown: homes[column][rows] for breakdown, (column, _) in DIVIDED.items()}
        yield Counted(measure, homes["village_code"][rows], members[rows], labels)


def _in_force(m: Moment, papers: Book, people: Book) -> Iterator[Counted]:
    rows = papers.kept & is_in_force(m, papers)
    covered = count_rows(people["certificate"], people.kept & (people["covered"] == 1), papers["certificate"])
    for programme in codes.PROGRAMME.labels[:4]:
        of = rows & (papers["programme"] == codes.PROGRAMME.labels.index(programme))
        yield Counted(programme, papers["village_code"][of], covered[of], {})
