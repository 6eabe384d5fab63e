"""CV01, CV02: cases."""

from datetime import date
from typing import Any

from builders import (
    D,
    Row,
    World,
    certificate,
    certificate_member,
    deliver,
    enrolment,
    household,
    member,
    open_household,
    pid,
    world,
)
from cases.case import Case, Of

A, B = pid(1), pid(2)

# CV01 registered, no 正常参保 for I (2026)

cv01 = Of("CV01", "2026")
cv01_of_2025 = Of("CV01", "2025")


def insured(*rows: Row, **more: Any) -> World:
    """H1 with member A, and these enrolments."""
    return world(
        **(
            {
                "register_households": [household()],
                "register_members": [member()],
                "insurance_enrolments": rows,
            }
            | more
        )
    )


IN = "insurance_enrolments"
BORN_IN_JUNE = pid(9, date(2026, 6, 2))


def of_the_year(rows: int, before: int, **policy: Any) -> World:
    """So many strangers enrolled for I, and so many for the year before."""
    strangers = [
        enrolment(pid(n), year=year) for year, count in ((2026, rows), (2025, before)) for n in range(10, 10 + count)
    ]
    return insured(*strangers, fillers=False, policy=policy)


CV01 = (
    cv01.holds_for("enrolled 城乡居民", insured(enrolment())),
    cv01.holds_for("enrolled 职工", insured(enrolment(scheme="职工"))),
    cv01.holds_for("enrolled in another county", insured(enrolment(county_code="440106"))),
    cv01.broken_by("no enrolment", insured(), A),
    cv01.broken_by("暂停参保", insured(enrolment(enrolment_status="暂停参保")), A),
    cv01.broken_by("终止参保", insured(enrolment(enrolment_status="终止参保")), A),
    cv01.holds_for("终止 here and 正常 there", insured(enrolment(), enrolment(enrolment_status="终止参保"))),
    cv01.broken_by("enrolled last year only", insured(enrolment(year=2025)), A),
    cv01.broken_by("enrolled for next year only", insured(enrolment(year=2027)), A),
    cv01_of_2025.holds_for(
        "the day before settlement asks for last year", insured(enrolment(year=2025), d=date(2026, 2, 28))
    ),
    cv01_of_2025.broken_by(
        "the day before settlement, enrolled for this year only",
        insured(enrolment(), d=date(2026, 2, 28)),
        A,
    ),
    cv01.broken_by(
        "the day of settlement asks for this year",
        insured(enrolment(year=2025), d=date(2026, 3, 1)),
        A,
    ),
    cv01_of_2025.broken_by(
        "the year of the delivery, whatever D is", insured(d=date(2026, 3, 10), as_of={IN: date(2026, 2, 28)}), A
    ),
    cv01.holds_for(
        "born after the enrolments' day",
        insured(
            register_members=[member(), member("M2", person_id=BORN_IN_JUNE)],
            insurance_enrolments=[enrolment()],
            as_of={IN: date(2026, 6, 1)},
        ),
    ),
    cv01.broken_by(
        "born on the enrolments' day",
        insured(
            register_members=[member(), member("M2", person_id=BORN_IN_JUNE)],
            insurance_enrolments=[enrolment()],
            as_of={IN: date(2026, 6, 2)},
        ),
        BORN_IN_JUNE,
    ),
    cv01.broken_by("seven of ten rows of the year before", of_the_year(7, 10), A),
    cv01.not_evaluated("six of ten rows of the year before", of_the_year(6, 10)),
    cv01.broken_by("six of ten, where policy lets it shrink by 40 %", of_the_year(6, 10, shrink_percent=40), A),
    cv01.not_evaluated(
        "six where a delivery that was superseded had ten",
        insured(
            *[enrolment(pid(n)) for n in range(10, 16)],
            fillers=False,
            before=[deliver(IN, D, [enrolment(pid(n)) for n in range(10, 20)])],
        ),
    ),
    cv01.perhaps_broken_by(
        "books more than 45 days apart", insured(d=date(2026, 6, 30), as_of={IN: date(2026, 5, 15)}), A
    ),
    cv01.broken_by("books 45 days apart", insured(d=date(2026, 6, 30), as_of={IN: date(2026, 5, 16)}), A),
    cv01.perhaps_broken_by(
        "books apart by policy",
        insured(d=date(2026, 6, 30), as_of={IN: date(2026, 5, 16)}, policy={"books_apart_days": 44}),
        A,
    ),
    cv01_of_2025.broken_by("settlement day from policy", insured(policy={"insurance.settled_on": "07-01"}), A),
    cv01.not_evaluated("no row for the year", insured(enrolment(year=2025), fillers=False)),
    cv01.not_evaluated("an empty delivery", insured(fillers=False)),
    cv01.broken_by(
        "one row for the year, be it a 终止参保 of somebody else",
        insured(enrolment(B, enrolment_status="终止参保"), fillers=False),
        A,
    ),
    cv01.holds_for("exited and open alike", insured(enrolment(), register_households=[open_household()])),
    cv01.broken_by("open household", insured(register_households=[open_household()]), A),
    cv01.holds_for("moved away", insured(register_members=[member(person_status="迁出")])),
    cv01.holds_for("no household row", insured(register_households=[])),
    cv01.holds_for("no valid number", insured(register_members=[member(person_id=None)])),
    cv01.broken_by(
        "registered in two households, one finding",
        insured(
            register_households=[household("H1"), household("H2")],
            register_members=[member("M1", "H1"), member("M2", "H2")],
        ),
        A,
    ),
    cv01.broken_by(
        "another member without a valid number leaves no doubt",
        insured(register_members=[member(), member("M2", person_id=None)]),
        A,
    ),
    cv01.perhaps_broken_by(
        "a namesake enrolled without a valid number",
        insured(enrolment(None, name="李明"), register_members=[member(name="李明")]),
        A,
    ),
    cv01.perhaps_broken_by(
        "a namesake without a valid number in a row of another year and status",
        insured(
            enrolment(None, name="李明", year=2025, enrolment_status="终止参保"),
            register_members=[member(name="李明")],
        ),
        A,
    ),
    cv01.perhaps_broken_by(
        "a quarantined namesake, with a dot",
        insured(
            register_members=[member(name="买买提·阿吉")],
            quarantined={"insurance_enrolments": [{"name": "买买提.阿吉"}]},
        ),
        A,
    ),
    cv01.broken_by(
        "hidden rows of other names",
        insured(
            enrolment(None, name="李明"),
            register_members=[member(name="李敏")],
            quarantined={"insurance_enrolments": [{"name": "李民"}]},
        ),
        A,
    ),
    cv01.broken_by(
        "a namesake enrolled under another number",
        insured(enrolment(B, name="李明"), register_members=[member(name="李明")]),
        A,
    ),
    cv01.broken_by(
        "a namesake hidden in an older delivery",
        insured(
            register_members=[member(name="李明")],
            before=[deliver("insurance_enrolments", date(2026, 5, 31), [enrolment(None, name="李明")])],
        ),
        A,
    ),
    cv01.perhaps_broken_by(
        "a namesake under one of the two names that the register gives the person",
        insured(
            enrolment(None, name="李明"),
            register_households=[household("H1"), household("H2")],
            register_members=[member("M1", "H1", name="李敏"), member("M2", "H2", name="李明")],
        ),
        A,
    ),
)

# CV02 城乡居民, 正常参保, for I, subsidised below the class:
# 特困 400, 低保 280, 返贫致贫 200, 监测对象 150, 低保边缘 100

cv02 = Of("CV02", "2026")
cv02_of_2025 = Of("CV02", "2025")


def subsidised(amount: Any, *programmes: str, household_row: Row | None = None, **more: Any) -> World:
    """A enrolled with a subsidy, covered under a certificate of each programme; in ``household_row``'s household.

    Nothing is tolerated.
    """
    rows: dict[str, Any] = {
        "insurance_enrolments": [enrolment(subsidy_amount=amount)],
        "low_income_households": [
            certificate(f"C{i}", programme=programme, tier=None) for i, programme in enumerate(programmes, 1)
        ],
        "low_income_members": [certificate_member(f"C{i}") for i, _ in enumerate(programmes, 1)],
    }
    if household_row is not None:
        rows |= {"register_households": [household_row], "register_members": [member()]}
    return world(**(rows | more | {"policy": {"benefit_tolerance": 0} | more.get("policy", {})}))


RAISED_AT_NEW_YEAR = {"insurance.subsidy.低保": [(date(2024, 1, 1), 250), (date(2026, 1, 1), 280)]}
RAISED_TODAY = {"insurance.subsidy.低保": [(date(2024, 1, 1), 280), (date(2026, 6, 30), 281)]}

CV02 = (
    cv02.holds_for("特困, the full amount", subsidised(400, "农村特困")),
    cv02.broken_by("特困, a fen less", subsidised("399.99", "农村特困"), A),
    cv02.holds_for("short by as much as is tolerated", subsidised(390, "农村特困", policy={"benefit_tolerance": 10})),
    cv02.broken_by("a fen beyond", subsidised("389.99", "农村特困", policy={"benefit_tolerance": 10}), A),
    cv02.broken_by("城市特困, a fen less", subsidised("399.99", "城市特困"), A),
    cv02.holds_for("低保, the full amount", subsidised(280, "农村低保")),
    cv02.broken_by("低保, a fen less", subsidised("279.99", "农村低保"), A),
    cv02.broken_by("城市低保, a fen less", subsidised("279.99", "城市低保"), A),
    cv02.holds_for("open household, the full amount", subsidised(200, household_row=open_household())),
    cv02.broken_by("open household, a fen less", subsidised("199.99", household_row=open_household()), A),
    cv02.broken_by(
        "returned household, a fen less",
        subsidised("199.99", household_row=household(poverty_status="返贫", exit_year=None)),
        A,
    ),
    cv02.holds_for("监测对象, the full amount", subsidised(150, household_row=household(monitoring="边缘易致贫户"))),
    cv02.broken_by("监测对象, a fen less", subsidised("149.99", household_row=household(monitoring="边缘易致贫户")), A),
    cv02.holds_for("monitoring 无 is no class", subsidised(0, household_row=household(monitoring="无"))),
    cv02.holds_for("exited household is no class", subsidised(0, household_row=household())),
    cv02.holds_for("低保边缘, the full amount", subsidised(100, "低保边缘")),
    cv02.broken_by("低保边缘, a fen less", subsidised("99.99", "低保边缘"), A),
    cv02.broken_by("特困 comes before 低保", subsidised(280, "农村低保", "农村特困"), A),
    cv02.broken_by("低保 comes before 返贫致贫", subsidised(200, "农村低保", household_row=open_household()), A),
    cv02.broken_by("返贫致贫 comes before 低保边缘", subsidised(100, "低保边缘", household_row=open_household()), A),
    cv02.holds_for(
        "the class that comes first is owed less, another's person in the other class",
        world(
            register_households=[open_household()],
            register_members=[member("M1", "H1", A), member("M2", "H1", B)],
            low_income_households=[certificate()],
            low_income_members=[certificate_member("C1", A)],
            insurance_enrolments=[enrolment(A, subsidy_amount=200), enrolment(B, subsidy_amount=280)],
            policy={"insurance.subsidy.低保": 200, "insurance.subsidy.返贫致贫": 280},
        ),
    ),
    cv02.broken_by("低保边缘 in an exited household", subsidised(99, "低保边缘", household_row=household()), A),
    cv02.holds_for(
        "低保边缘, not covered",
        subsidised(0, "低保边缘", low_income_members=[certificate_member(covered=False)]),
    ),
    cv02.holds_for(
        "低保边缘, stopped",
        subsidised(
            0,
            "低保边缘",
            low_income_households=[
                certificate(programme="低保边缘", tier=None, status="停保", end_date=date(2026, 1, 1))
            ],
        ),
    ),
    cv02.holds_for(
        "低保 stopped, and no other class",
        subsidised(0, "农村低保", low_income_households=[certificate(status="停保", end_date=date(2026, 1, 1))]),
    ),
    cv02.holds_for("no class", subsidised(0)),
    cv02.holds_for(
        "职工", subsidised(0, "农村低保", insurance_enrolments=[enrolment(scheme="职工", subsidy_amount=0)])
    ),
    cv02.holds_for(
        "暂停参保",
        subsidised(0, "农村低保", insurance_enrolments=[enrolment(enrolment_status="暂停参保", subsidy_amount=0)]),
    ),
    cv02.holds_for(
        "last year's row",
        subsidised(0, "农村低保", insurance_enrolments=[enrolment(year=2025, subsidy_amount=0)]),
    ),
    cv02.broken_by(
        "one of two rows below",
        subsidised(
            280,
            "农村低保",
            insurance_enrolments=[
                enrolment(subsidy_amount=280),
                enrolment(subsidy_amount=0, county_code="440106"),
            ],
        ),
        A,
    ),
    cv02.holds_for(
        "the department's own class does not matter",
        subsidised(280, "农村低保", insurance_enrolments=[enrolment(subsidy_class="无", subsidy_amount=280)]),
    ),
    cv02.broken_by("amount read at D", subsidised(280, "农村低保", policy=RAISED_TODAY), A),
    cv02.holds_for("amount that rises tomorrow", subsidised(280, "农村低保", policy=RAISED_TODAY, d=date(2026, 6, 29))),
    cv02_of_2025.holds_for(
        "for last year, the amount of last 31 December",
        subsidised(
            250,
            "农村低保",
            insurance_enrolments=[enrolment(year=2025, subsidy_amount=250)],
            policy=RAISED_AT_NEW_YEAR,
            d=date(2026, 2, 28),
        ),
    ),
    cv02_of_2025.broken_by(
        "for last year, a fen below the amount of last 31 December",
        subsidised(
            250,
            "农村低保",
            insurance_enrolments=[enrolment(year=2025, subsidy_amount="249.99")],
            policy=RAISED_AT_NEW_YEAR,
            d=date(2026, 2, 28),
        ),
        A,
    ),
    cv02.broken_by(
        "for this year, the amount since 1 January",
        subsidised(250, "农村低保", policy=RAISED_AT_NEW_YEAR, d=date(2026, 3, 1)),
        A,
    ),
    cv02.not_evaluated(
        "no row for the year",
        subsidised(0, "农村低保", insurance_enrolments=[enrolment(year=2025)], fillers=False),
    ),
    cv02.broken_by(
        "registered in an open and an exited household",
        subsidised(
            0,
            register_households=[household("H1"), open_household("H2")],
            register_members=[member("M1", "H1"), member("M2", "H2")],
        ),
        A,
    ),
    cv02.holds_for(
        "moved away from an open household",
        subsidised(0, household_row=open_household(), register_members=[member(person_status="迁出")]),
    ),
    cv02.holds_for(
        "no valid number",
        subsidised(
            0,
            "农村低保",
            insurance_enrolments=[enrolment(None, subsidy_amount=0)],
            low_income_members=[certificate_member("C1", None)],
        ),
    ),
    cv02.perhaps_broken_by(
        "a refused row that says no more than the name",
        subsidised(
            0,
            "农村低保",
            low_income_members=[certificate_member(), certificate_member("C1", None)],
            quarantined={"insurance_enrolments": [{"name": enrolment()["name"]}]},
        ),
        A,
    ),
)

CASES: tuple[Case, ...] = (*CV01, *CV02)
