"""RL01–RL03: cases."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from builders import D, Row, World, housing_case, pid, world
from cases.case import Case, Of
from office_rows import relocation

A, B = pid(1), pid(2)
DAY = timedelta(days=1)
RE, HO = "relocations", "housing_renovations"


def moving(*cases: Row, as_of: date = D, d: date = D, **over: Any) -> World:
    """One relocation, of A unless said, as of a day, beside housing cases."""
    given = {RE: [relocation(**over)], HO: cases}
    return world(d, **given, as_of={RE: as_of}, fillers=False)


def unread(given: World, feed: str, column: str) -> World:
    """The world, in which the value of a column was refused in the first row of a feed."""
    holed = [replace(d, refused=((0, column),)) if d.feed == feed else d for d in given.deliveries]
    return replace(given, deliveries=tuple(holed))


# RL01 planned for a year gone by, nobody moved in, the house ready for longer than allowed, or not ready

rl01 = Of("RL01")
READY = date(2025, 12, 29)
"""Six months and a day before D."""


def empty(**over: Any) -> World:
    """Planned for 2025, ready six months and a day ago, nobody moved in."""
    return moving(**{"moved_in_on": None, "completed_on": READY} | over)


RL01 = (
    rl01.broken_by("ready more than six months ago", empty(), "R1"),
    rl01.holds_for("ready six months ago", empty(completed_on=READY + DAY)),
    rl01.broken_by("not ready", empty(completed_on=None), "R1"),
    rl01.holds_for("to be ready", empty(completed_on=D + DAY)),
    rl01.holds_for("planned for this year", empty(plan_year=2026, completed_on=None)),
    rl01.broken_by("planned for the last year", empty(plan_year=2025, completed_on=None), "R1"),
    rl01.holds_for(
        "a file of the planned year", empty(completed_on=None, as_of=date(2025, 12, 31), d=date(2025, 12, 31))
    ),
    rl01.holds_for("moved in today", empty(moved_in_on=D)),
    rl01.broken_by("moves in tomorrow", empty(moved_in_on=D + DAY), "R1"),
    rl01.broken_by("moved in after the file's day", empty(moved_in_on=D, completed_on=None, as_of=D - DAY), "R1"),
    rl01.holds_for("when it moved in was sent, and refused", unread(empty(), RE, "moved_in_on")),
    rl01.perhaps_broken_by("when it was ready was refused", unread(empty(completed_on=None), RE, "completed_on"), "R1"),
    rl01.broken_by("the head has no number", empty(head_id=None), "R1"),
    rl01.not_evaluated("relocations never came", world()),
    rl01.not_evaluated("relocations are stale", empty(as_of=D - 93 * DAY, plan_year=2024)),
    rl01.broken_by("as old as freshness allows", empty(as_of=D - 92 * DAY, completed_on=None), "R1"),
)

# RL02 moved in, and a paid housing case of the head, planned within ten years

rl02 = Of("RL02")


def renovated(year: int | None = 2016, **over: Any) -> Row:
    """A case of A, paid for."""
    return housing_case(**{"grade": "C", "acceptance": "合格", "plan_year": year, "paid": 10000} | over)


RL02 = (
    rl02.broken_by("nine years after", moving(renovated()), A),
    rl02.holds_for("ten years after", moving(renovated(2015))),
    rl02.broken_by("nine years before", moving(renovated(2026), plan_year=2017), A),
    rl02.holds_for("ten years before", moving(renovated(2026), plan_year=2016)),
    rl02.broken_by("the same year", moving(renovated(2025)), A),
    rl02.broken_by("two cases, one of them long ago", moving(renovated(), renovated(2000, case_no="X0")), A),
    rl02.holds_for("moves in tomorrow", moving(renovated(), moved_in_on=D + DAY)),
    rl02.broken_by("moved in today", moving(renovated(), moved_in_on=D), A),
    rl02.holds_for("moved in after the file's day", moving(renovated(), moved_in_on=D, as_of=D - DAY)),
    rl02.holds_for("has not moved in", moving(renovated(), moved_in_on=None)),
    rl02.holds_for("nothing paid", moving(renovated(paid=0))),
    rl02.broken_by("a fen paid", moving(renovated(paid=Decimal("0.01"))), A),
    rl02.holds_for("of no year", moving(renovated(None))),
    rl02.holds_for("another head", moving(renovated(head_id=B))),
    rl02.holds_for("neither head has a number", moving(renovated(head_id=None), head_id=None)),
    rl02.holds_for("years from policy", replace(moving(renovated()), policy={"housing.repeat_years": 9})),
    rl02.not_evaluated("relocations never came", world()),
    rl02.not_evaluated("no housing cases", world(relocations=[relocation()], absent=(HO,))),
    rl02.perhaps_broken_by(
        "a refused case of the head that lost its number",
        world(
            relocations=[relocation()],
            housing_renovations=[renovated()],
            quarantined={HO: [{"case_no": "X9", "head_name": relocation()["head_name"]}]},
            fillers=False,
        ),
        A,
    ),
    rl02.broken_by(
        "a refused case of a namesake",
        world(
            relocations=[relocation()],
            housing_renovations=[renovated()],
            quarantined={HO: [{"case_no": "X9", "head_id": B, "head_name": relocation()["head_name"]}]},
            fillers=False,
        ),
        A,
    ),
)

# RL03 moved in longer ago than a year, and the old house stands

rl03 = Of("RL03")
YEAR_AGO = date(2025, 6, 30)


def standing(**over: Any) -> World:
    """Moved in a year and a day ago; the old house stands."""
    return moving(**{"moved_in_on": YEAR_AGO - DAY, "old_house_demolished": False} | over)


RL03 = (
    rl03.broken_by("a year and a day", standing(), "R1"),
    rl03.holds_for("a year", standing(moved_in_on=YEAR_AGO)),
    rl03.holds_for("by the file's day it was a year", standing(as_of=D - DAY)),
    rl03.holds_for("demolished", standing(old_house_demolished=True)),
    rl03.holds_for("not said", standing(old_house_demolished=None)),
    rl03.holds_for("has not moved in", standing(moved_in_on=None)),
    rl03.holds_for(
        "whether it stands was refused", unread(standing(old_house_demolished=None), RE, "old_house_demolished")
    ),
    rl03.broken_by("the head has no number", standing(head_id=None), "R1"),
    rl03.not_evaluated("relocations never came", world()),
)

CASES: tuple[Case, ...] = (*RL01, *RL02, *RL03)
