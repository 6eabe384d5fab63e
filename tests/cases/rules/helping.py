"""HP01: cases."""

from dataclasses import replace
from typing import Any

from builders import Row, World, household, member, open_household, pid, world
from cases.case import Case, Of

A, B = pid(1), pid(2)

# HP01 open or monitored, and helper_name blank as sent

hp01 = Of("HP01")
HELPED = household("H2", head_id=B, helper_name="李帮扶")


def lacking(*members: Row, others: tuple[Row, ...] = (HELPED,), **over: Any) -> World:
    """H1, open unless said, without a helper, with member A; another household has one."""
    return world(
        register_households=[open_household(**over), *others],
        register_members=[*(members or (member(),)), member("M9", "H2", B)],
    )


def refused(given: World) -> World:
    """The world, with H1's helper a refused value."""
    changed = [
        replace(d, refused=((0, "helper_name"),)) if d.feed == "register_households" else d for d in given.deliveries
    ]
    return replace(given, deliveries=tuple(changed))


HP01 = (
    hp01.broken_by("open household", lacking(), "H1"),
    hp01.broken_by("household back in poverty", lacking(poverty_status="返贫"), "H1"),
    hp01.broken_by(
        "exited and monitored", lacking(poverty_status="已脱贫", exit_year=2020, monitoring="边缘易致贫户"), "H1"
    ),
    hp01.holds_for("exited, monitoring 无", lacking(poverty_status="已脱贫", exit_year=2020, monitoring="无")),
    hp01.holds_for("exited, monitoring not given", lacking(poverty_status="已脱贫", exit_year=2020)),
    hp01.holds_for("somebody helps", lacking(helper_name="王帮扶")),
    hp01.holds_for("household without a registered member", lacking(member(person_status="迁出"))),
    hp01.perhaps_broken_by(
        "a registered member without a valid number", lacking(member(), member("M2", person_id=None)), "H1"
    ),
    hp01.holds_for("the helper was sent, and refused", refused(lacking())),
    hp01.not_evaluated("no household has a helper", lacking(others=(household("H2", head_id=B),))),
)

CASES: tuple[Case, ...] = HP01
