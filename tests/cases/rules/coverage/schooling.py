"""CV03, CV04: cases."""

from datetime import date
from typing import Any

from builders import (
    Row,
    World,
    household,
    member,
    pid,
    student,
    world,
)
from cases.case import Case, Of

A, B = pid(1), pid(2)

# CV03 registered, 6 <= age on 1 September 2025 < 15, at no school

cv03 = Of("CV03", "2025-2026")
cv03_of_2024 = Of("CV03", "2024-2025")
CHILD = pid(5, date(2015, 5, 5))


def child(person: str | None = CHILD, *pupils: Row, **more: Any) -> World:
    """H1 with a child, and these students rows."""
    return world(
        **(
            {
                "register_households": [household()],
                "register_members": [member(person_id=person, relation="子")],
                "students": pupils,
            }
            | more
        )
    )


def aged(year: int, month: int, day: int) -> str:
    """A child born on a day."""
    return pid(7, date(year, month, day))


AUTUMN = date(2025, 10, 20)

CV03 = (
    cv03.broken_by("child at no school", child(), CHILD),
    *(
        cv03.holds_for(f"child {status}", child(CHILD, student(CHILD, student_status=status)))
        for status in ("在读", "休学", "送教上门", "延缓入学", "县外就读")
    ),
    *(
        cv03.broken_by(f"child {status}", child(CHILD, student(CHILD, student_status=status)), CHILD)
        for status in ("辍学", "毕业", "转出")
    ),
    cv03.holds_for(
        "转出 at one school, 在读 at another",
        child(
            CHILD,
            student(CHILD, student_status="转出"),
            student(CHILD, school="下司小学"),
        ),
    ),
    cv03.broken_by("six on 1 September itself", child(aged(2019, 9, 1)), aged(2019, 9, 1)),
    cv03.holds_for("six on 2 September", child(aged(2019, 9, 2))),
    cv03.holds_for("fifteen on 1 September itself", child(aged(2010, 9, 1))),
    cv03.broken_by("fifteen on 2 September", child(aged(2010, 9, 2)), aged(2010, 9, 2)),
    cv03.holds_for("adult", child(A)),
    cv03.holds_for("age from policy", child(aged(2010, 9, 2), policy={"compulsory_age": [6, 14]})),
    cv03.broken_by(
        "age in force at D",
        child(aged(2020, 9, 1), policy={"compulsory_age": [(date(2020, 1, 1), [6, 15]), (date(2026, 6, 30), [5, 15])]}),
        aged(2020, 9, 1),
    ),
    cv03.holds_for("no valid number", child(None)),
    cv03.broken_by(
        "the number counts, not the birth date given",
        child(register_members=[member(person_id=CHILD, birth_date=date(1990, 1, 1))]),
        CHILD,
    ),
    cv03.holds_for("died", child(register_members=[member(person_id=CHILD, person_status="死亡")])),
    cv03.holds_for("no household row", child(register_households=[])),
    cv03.broken_by(
        "on the day of settlement, six this September", child(aged(2019, 9, 1), d=date(2025, 10, 15)), aged(2019, 9, 1)
    ),
    cv03.not_evaluated("settlement day from policy", child(d=AUTUMN, policy={"school.settled_on": "11-01"})),
    cv03.broken_by("born in December", child(aged(2010, 12, 31)), aged(2010, 12, 31)),
    cv03.not_evaluated("waiting on the day before settlement", child(d=date(2025, 10, 14))),
    cv03.not_evaluated("waiting on the day on which school ends", child(d=date(2026, 7, 1))),
    cv03.broken_by("the day before school ends", child(d=date(2026, 6, 30)), CHILD),
    cv03.broken_by(
        "school ends a day later by policy", child(d=date(2026, 7, 1), policy={"school.ends_on": "07-02"}), CHILD
    ),
    cv03.not_evaluated("school ends a day earlier by policy", child(policy={"school.ends_on": "06-30"})),
    cv03.broken_by(
        "the school year of the delivery, whatever D is",
        child(aged(2010, 9, 2), d=date(2025, 12, 31), as_of={"students": date(2025, 10, 15)}),
        aged(2010, 9, 2),
    ),
    cv03_of_2024.broken_by(
        "the school year of a delivery before school ended, D behind the settlement of the next",
        child(
            aged(2018, 9, 1),
            d=date(2025, 10, 20),
            as_of={"students": date(2025, 6, 30)},
            policy={"freshness_days": 120},
        ),
        aged(2018, 9, 1),
    ),
    cv03.not_evaluated(
        "students delivered the day before settlement", child(d=AUTUMN, as_of={"students": date(2025, 10, 14)})
    ),
    cv03.broken_by(
        "students delivered on the day of settlement", child(d=AUTUMN, as_of={"students": date(2025, 10, 15)}), CHILD
    ),
    cv03.perhaps_broken_by(
        "a pupil of the name without a valid number",
        child(CHILD, student(None, name="李明"), register_members=[member(person_id=CHILD, name="李明")]),
        CHILD,
    ),
    cv03.perhaps_broken_by(
        "a quarantined pupil of the name, with blanks",
        child(
            register_members=[member(person_id=CHILD, name="李明")], quarantined={"students": [{"name": "李\u3000明"}]}
        ),
        CHILD,
    ),
    cv03.perhaps_broken_by(
        "a hidden pupil of the name who left school",
        child(
            CHILD,
            student(None, name="李明", student_status="辍学"),
            register_members=[member(person_id=CHILD, name="李明")],
        ),
        CHILD,
    ),
    cv03.broken_by(
        "a hidden pupil of another name",
        child(CHILD, student(None, name="李民"), register_members=[member(person_id=CHILD, name="李明")]),
        CHILD,
    ),
    cv03.broken_by(
        "a pupil of the name with another valid number",
        child(CHILD, student(B, name="李明"), register_members=[member(person_id=CHILD, name="李明")]),
        CHILD,
    ),
)

CASES: tuple[Case, ...] = CV03
