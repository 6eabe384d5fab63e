"""ID05, ID06: cases of people who are gone, and of what still counts them."""

from datetime import date
from typing import Any

from builders import Row, World, certificate, certificate_member, household, member, pid, world
from cases.case import Case, Of

A, B = pid(1), pid(2)

# ID05 死亡 with status_date <= D, registered nowhere, on the roll

id05 = Of("ID05")


def died(
    on: date | None = date(2026, 3, 1),
    *,
    also: tuple[Row, ...] = (),
    covered: bool = True,
    person: str | None = A,
    **over: Any,
) -> World:
    """A died in H1's register, and is covered under C1."""
    gone = member(person_id=person, person_status="死亡", status_date=on)
    return world(
        register_households=[household()],
        register_members=[gone, *also],
        low_income_households=[certificate(**over)],
        low_income_members=[certificate_member(person_id=person, covered=covered)],
    )


ID05 = (
    id05.broken_by("dead and on the roll", died(), A),
    id05.broken_by("died at D", died(date(2026, 6, 30)), A),
    id05.holds_for("died after D", died(date(2026, 7, 1))),
    id05.holds_for("date not given", died(None)),
    id05.holds_for(
        "moved away before D, died after",
        died(date(2026, 7, 1), also=(member("M2", person_status="迁出", status_date=date(2026, 3, 1)),)),
    ),
    id05.broken_by("two rows of the death, one with a date", died(also=(member("M2", person_status="死亡"),)), A),
    id05.broken_by(
        "two rows of the death, one with a date after D",
        died(also=(member("M2", person_status="死亡", status_date=date(2026, 7, 1)),)),
        A,
    ),
    id05.holds_for("not covered", died(covered=False)),
    id05.broken_by("特困", died(programme="农村特困", tier=None), A),
    id05.holds_for("低保边缘", died(programme="低保边缘", tier=None)),
    id05.holds_for("stopped", died(status="停保", end_date=date(2026, 5, 31))),
    id05.broken_by("in grace", died(status="渐退"), A),
    id05.holds_for("registered in another row", died(also=(member("M2"),))),
    id05.broken_by("alive in a household that has no row", died(also=(member("M2", "H9"),)), A),
    id05.broken_by("moved away in another row", died(also=(member("M2", person_status="迁出"),)), A),
    id05.holds_for("no valid number", died(person=None)),
    id05.broken_by(
        "died in a household that has no row",
        world(
            register_members=[member(person_status="死亡", status_date=date(2026, 3, 1))],
            low_income_households=[certificate()],
            low_income_members=[certificate_member()],
        ),
        A,
    ),
    id05.holds_for(
        "moved away",
        world(
            register_households=[household()],
            register_members=[member(person_status="迁出", status_date=date(2026, 3, 1))],
            low_income_households=[certificate()],
            low_income_members=[certificate_member()],
        ),
    ),
)

# ID06 迁出 or 婚嫁 by both days, registered nowhere, nowhere dead, covered beside somebody registered where he left

id06 = Of("ID06")


def went(
    status: str = "婚嫁",
    on: date | None = date(2026, 3, 1),
    *,
    also: tuple[Row, ...] = (),
    covered: tuple[bool, bool] = (True, True),
    person: str | None = A,
    **over: Any,
) -> World:
    """A left H1, where B is registered; both are covered under C1."""
    gone = member(person_id=person, person_status=status, status_date=on)
    return world(
        register_households=[household()],
        register_members=[gone, member("M9", person_id=B), *also],
        low_income_households=[certificate(persons=2, **over)],
        low_income_members=[
            certificate_member(person_id=person, covered=covered[0]),
            certificate_member(person_id=B, covered=covered[1]),
        ],
    )


ID06 = (
    id06.broken_by("married away, covered beside who stayed", went(), A),
    id06.broken_by("moved away", went("迁出"), A),
    id06.holds_for("died", went("死亡")),
    id06.holds_for("stayed", went("正常")),
    id06.broken_by("left at D", went(on=date(2026, 6, 30)), A),
    id06.holds_for("left after D", went(on=date(2026, 7, 1))),
    id06.holds_for("date not given", went(on=None)),
    id06.holds_for("registered in another household", went(also=(member("M2", "H1"),))),
    id06.broken_by("a row in a household that has no row", went(also=(member("M2", "H9"),)), A),
    id06.holds_for(
        "dead in another row", went(also=(member("M2", "H9", person_status="死亡", status_date=date(2026, 7, 1)),))
    ),
    id06.broken_by(
        "two rows, one without a date", went(also=(member("M2", person_status="迁出", status_date=None),)), A
    ),
    id06.holds_for("not covered", went(covered=(False, True))),
    id06.holds_for("who stayed is not covered", went(covered=(True, False))),
    id06.broken_by("特困", went(programme="农村特困", tier=None), A),
    id06.holds_for("低保边缘", went(programme="低保边缘", tier=None)),
    id06.holds_for("stopped", went(end_date=date(2026, 5, 31))),
    id06.holds_for("no valid number", went(person=None)),
    id06.holds_for(
        "covered beside somebody of another household",
        world(
            register_households=[household(), household("H2", head_id=B)],
            register_members=[
                member(person_status="婚嫁", status_date=date(2026, 3, 1)),
                member("M9", "H2", person_id=B),
            ],
            low_income_households=[certificate(persons=2)],
            low_income_members=[certificate_member(), certificate_member(person_id=B)],
        ),
    ),
    id06.holds_for(
        "covered under another certificate than who stayed",
        world(
            register_households=[household()],
            register_members=[
                member(person_status="婚嫁", status_date=date(2026, 3, 1)),
                member("M9", person_id=B),
            ],
            low_income_households=[certificate(), certificate("C2", head_id=B)],
            low_income_members=[certificate_member(), certificate_member("C2", person_id=B)],
        ),
    ),
    id06.holds_for(
        "who stayed has no household row",
        world(
            register_members=[
                member(person_status="婚嫁", status_date=date(2026, 3, 1)),
                member("M9", person_id=B),
            ],
            low_income_households=[certificate(persons=2)],
            low_income_members=[certificate_member(), certificate_member(person_id=B)],
        ),
    ),
    id06.broken_by(
        "left two households, one long ago",
        went(also=(member("M2", "H9", person_status="迁出", status_date=date(2020, 1, 1)),)),
        A,
    ),
    id06.holds_for(
        "left this household after D, another one before",
        went(on=date(2026, 7, 1), also=(member("M2", "H9", person_status="迁出", status_date=date(2020, 1, 1)),)),
    ),
)

CASES: tuple[Case, ...] = (*ID05, *ID06)
