"""TL02–TL04, TL11: cases."""

from datetime import date
from typing import Any

from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    household,
    member,
    open_household,
    pid,
    world,
)
from cases.case import Case, Of

A, B = pid(1), pid(2)

# TL02 open household, income_current < 520 × 12 = 6240, nobody on the roll

tl02 = Of("TL02")
POOR = "6239.99"


def poor(*, roll: Row | None = None, **more: Any) -> World:
    """H1, open and below the standard, with member A; ``roll`` is A's certificate C1, covering A."""
    rows: dict[str, Any] = {
        "register_households": [open_household(income_current=POOR)],
        "register_members": [member(person_id=A)],
    }
    if roll is not None:
        rows |= {"low_income_households": [roll], "low_income_members": [certificate_member(person_id=A)]}
    return world(**(rows | more))


TL02 = (
    tl02.broken_by("open household one fen below the standard", poor(), "H1"),
    tl02.holds_for(
        "income equal to the standard × 12", poor(register_households=[open_household(income_current=6240)])
    ),
    tl02.broken_by("negative income", poor(register_households=[open_household(income_current=-100)]), "H1"),
    tl02.broken_by(
        "household back in poverty",
        poor(register_households=[household(poverty_status="返贫", exit_year=None, income_current=POOR)]),
        "H1",
    ),
    tl02.holds_for("household that has exited", poor(register_households=[household(income_current=POOR)])),
    tl02.broken_by(
        "standard in force at D, which has just risen",
        poor(
            register_households=[open_household(income_current=6240)],
            policy={"low_income_standard.rural": [(date(2020, 1, 1), 520), (date(2026, 6, 30), 521)]},
        ),
        "H1",
    ),
    tl02.holds_for("covered under 农村低保", poor(roll=certificate())),
    tl02.holds_for("covered under 城市低保", poor(roll=certificate(programme="城市低保"))),
    tl02.holds_for("covered under 农村特困", poor(roll=certificate(programme="农村特困", tier=None))),
    tl02.holds_for("covered under 城市特困", poor(roll=certificate(programme="城市特困", tier=None))),
    tl02.broken_by("低保边缘 is not the roll", poor(roll=certificate(programme="低保边缘", tier=None)), "H1"),
    tl02.broken_by(
        "member of a certificate who is not covered",
        poor(roll=certificate(), low_income_members=[certificate_member(person_id=A, covered=False)]),
        "H1",
    ),
    tl02.holds_for(
        "one of two registered persons on the roll",
        poor(roll=certificate(), register_members=[member(person_id=B), member("M2", person_id=A)]),
    ),
    tl02.broken_by(
        "only a member who moved away is on the roll",
        poor(
            roll=certificate(),
            register_members=[
                member(person_id=B),
                member("M2", person_id=A, person_status="迁出", status_date=date(2025, 1, 1)),
            ],
        ),
        "H1",
    ),
    tl02.holds_for("certificate in grace", poor(roll=certificate(status="渐退", grace_start=date(2026, 5, 1)))),
    tl02.broken_by("certificate stopped", poor(roll=certificate(status="停保", end_date=date(2026, 12, 31))), "H1"),
    tl02.holds_for("certificate that starts at D", poor(roll=certificate(start_date=date(2026, 6, 30)))),
    tl02.broken_by("certificate that starts tomorrow", poor(roll=certificate(start_date=date(2026, 7, 1))), "H1"),
    tl02.holds_for("certificate 在保 that ends tomorrow", poor(roll=certificate(end_date=date(2026, 7, 1)))),
    tl02.broken_by("certificate 在保 that ended at D", poor(roll=certificate(end_date=date(2026, 6, 30))), "H1"),
    tl02.holds_for("household with no member row", poor(register_members=[])),
    tl02.holds_for(
        "household whose only member has died",
        poor(register_members=[member(person_status="死亡", status_date=date(2025, 1, 1))]),
    ),
    tl02.holds_for("members without a household row", poor(register_members=[member(household_no="H9")])),
    tl02.broken_by(
        "person of two open households, in both",
        poor(
            register_households=[open_household(n, income_current=POOR) for n in ("H1", "H2")],
            register_members=[member("M1", "H1", A), member("M2", "H2", A)],
        ),
        "H1",
        "H2",
    ),
    tl02.holds_for(
        "person of two open households, on the roll",
        poor(
            roll=certificate(),
            register_households=[open_household(n, income_current=POOR) for n in ("H1", "H2")],
            register_members=[member("M1", "H1", A), member("M2", "H2", A)],
        ),
    ),
    tl02.perhaps_broken_by(
        "no registered member has a valid number", poor(register_members=[member(person_id=None)]), "H1"
    ),
    tl02.perhaps_broken_by(
        "one registered member without a valid number",
        poor(register_members=[member(person_id=A), member("M2", person_id=None)]),
        "H1",
    ),
    tl02.broken_by(
        "a member without a valid number who moved away is no registered member",
        poor(register_members=[member(person_id=A), member("M2", person_id=None, person_status="迁出")]),
        "H1",
    ),
    tl02.holds_for(
        "one on the roll, another without a valid number",
        poor(roll=certificate(), register_members=[member(person_id=A), member("M2", person_id=None)]),
    ),
    tl02.perhaps_broken_by(
        "a namesake without a valid number among the certificates' members",
        poor(low_income_members=[certificate_member("C7", None, name="李明")], register_members=[member(name="李明")]),
        "H1",
    ),
    tl02.broken_by(
        "a hidden row of another name",
        poor(low_income_members=[certificate_member("C7", None, name="李明")], register_members=[member(name="李红")]),
        "H1",
    ),
    tl02.broken_by(
        "a namesake with a valid number",
        poor(low_income_members=[certificate_member("C7", B, name="李明")], register_members=[member(name="李明")]),
        "H1",
    ),
    tl02.perhaps_broken_by(
        "a quarantined namesake",
        poor(quarantined={"low_income_members": [{"name": "李明"}]}, register_members=[member(name="李明")]),
        "H1",
    ),
    tl02.perhaps_broken_by(
        "a quarantined namesake whose name has other dots and blanks",
        poor(quarantined={"low_income_members": [{"name": "阿依•古 丽"}]}, register_members=[member(name="阿依·古丽")]),
        "H1",
    ),
    tl02.broken_by(
        "a quarantined row whose name was not given",
        poor(quarantined={"low_income_members": [{"certificate_no": "C9", "name": None}]}),
        "H1",
    ),
    tl02.broken_by(
        "a quarantined namesake in another feed",
        poor(quarantined={"low_income_payments": [{"payee_name": "李明"}]}, register_members=[member(name="李明")]),
        "H1",
    ),
    tl02.broken_by(
        "a hidden namesake of a member who moved away",
        poor(
            quarantined={"low_income_members": [{"name": "李明"}]},
            register_members=[member(), member("M2", person_id=B, name="李明", person_status="迁出")],
        ),
        "H1",
    ),
    tl02.perhaps_broken_by(
        "covered under a certificate that has no household row",
        poor(low_income_members=[certificate_member("C7", A)]),
        "H1",
    ),
    tl02.broken_by(
        "not covered under a certificate that has no household row",
        poor(low_income_members=[certificate_member("C7", A, covered=False)]),
        "H1",
    ),
    tl02.broken_by(
        "somebody else covered under a certificate that has no household row",
        poor(low_income_members=[certificate_member("C7", B)]),
        "H1",
    ),
)

# TL03 typed 低保户 or 特困供养户, nobody on the roll

tl03 = Of("TL03")


def typed(type_: str, *, roll: Row | None = None, **more: Any) -> World:
    """H1 of a household type, with member A; ``roll`` is A's certificate C1."""
    return poor(roll=roll, **({"register_households": [household(household_type=type_)]} | more))


TL03 = (
    tl03.broken_by("低保户 with nobody on the roll", typed("低保户"), "H1"),
    tl03.broken_by("特困供养户 with nobody on the roll", typed("特困供养户"), "H1"),
    tl03.holds_for("一般户 with nobody on the roll", typed("一般户")),
    tl03.holds_for("低保户 on the roll", typed("低保户", roll=certificate())),
    tl03.holds_for("低保户 covered under 特困", typed("低保户", roll=certificate(programme="农村特困", tier=None))),
    tl03.broken_by(
        "低保户 covered under 低保边缘", typed("低保户", roll=certificate(programme="低保边缘", tier=None)), "H1"
    ),
    tl03.broken_by(
        "低保户 with a stopped certificate",
        typed("低保户", roll=certificate(status="停保", end_date=date(2026, 5, 31))),
        "H1",
    ),
    tl03.broken_by(
        "open 低保户 as well",
        typed("低保户", register_households=[open_household(household_type="低保户")]),
        "H1",
    ),
    tl03.holds_for("低保户 without a registered member", typed("低保户", register_members=[])),
    tl03.perhaps_broken_by(
        "a registered member without a valid number",
        typed("低保户", register_members=[member(), member("M2", person_id=None)]),
        "H1",
    ),
    tl03.perhaps_broken_by(
        "a namesake without a valid number among the certificates' members",
        typed(
            "低保户",
            register_members=[member(name="李明")],
            low_income_members=[certificate_member("C7", None, name="李明")],
        ),
        "H1",
    ),
    tl03.perhaps_broken_by(
        "a quarantined namesake",
        typed("低保户", register_members=[member(name="李明")], quarantined={"low_income_members": [{"name": "李明"}]}),
        "H1",
    ),
    tl03.broken_by(
        "a quarantined row of another name",
        typed("低保户", register_members=[member(name="李明")], quarantined={"low_income_members": [{"name": "李鸣"}]}),
        "H1",
    ),
    tl03.perhaps_broken_by(
        "covered under a certificate that has no household row",
        typed("特困供养户", low_income_members=[certificate_member("C7", A)]),
        "H1",
    ),
)

# TL04 typed 一般户, somebody on the roll

tl04 = Of("TL04")

TL04 = (
    tl04.broken_by("一般户 on the roll", typed("一般户", roll=certificate()), "H1"),
    tl04.holds_for("低保户 on the roll", typed("低保户", roll=certificate())),
    tl04.holds_for("特困供养户 on the roll", typed("特困供养户", roll=certificate())),
    tl04.holds_for("一般户 not on the roll", typed("一般户")),
    tl04.holds_for("一般户 under 低保边缘", typed("一般户", roll=certificate(programme="低保边缘", tier=None))),
    tl04.holds_for(
        "一般户 with a member who is not covered",
        typed("一般户", roll=certificate(), low_income_members=[certificate_member(person_id=A, covered=False)]),
    ),
    tl04.holds_for("certificate that starts tomorrow", typed("一般户", roll=certificate(start_date=date(2026, 7, 1)))),
    tl04.broken_by(
        "one of two members on the roll",
        typed("一般户", roll=certificate(), register_members=[member(person_id=B), member("M2", person_id=A)]),
        "H1",
    ),
    tl04.holds_for(
        "only a dead member on the roll",
        typed(
            "一般户",
            roll=certificate(),
            register_members=[member(person_id=B), member("M2", person_id=A, person_status="死亡")],
        ),
    ),
    tl04.broken_by(
        "person of two households, in both",
        typed(
            "一般户",
            roll=certificate(),
            register_households=[household("H1"), household("H2")],
            register_members=[member("M1", "H1", A), member("M2", "H2", A)],
        ),
        "H1",
        "H2",
    ),
    tl04.perhaps_broken_by(
        "a registered member without a valid number",
        typed("一般户", roll=certificate(), register_members=[member(), member("M2", person_id=None)]),
        "H1",
    ),
    tl04.perhaps_broken_by(
        "a refused row that says no more than the name of one of them",
        typed("一般户", roll=certificate(), quarantined={"low_income_members": [{"name": member()["name"]}]}),
        "H1",
    ),
)

# TL11 exited household, income_current < 520 × 12 = 6240, nobody on the roll

tl11 = Of("TL11")


def left(*, roll: Row | None = None, **more: Any) -> World:
    """H1, exited and below the standard, with member A; ``roll`` is A's certificate C1, covering A."""
    return poor(roll=roll, **({"register_households": [household(income_current=POOR)]} | more))


TL11 = (
    tl11.broken_by("exited household one fen below the standard", left(), "H1"),
    tl11.holds_for("income equal to the standard × 12", left(register_households=[household(income_current=6240)])),
    tl11.holds_for("open household", poor()),
    tl11.holds_for(
        "household back in poverty",
        left(register_households=[household(poverty_status="返贫", exit_year=None, income_current=POOR)]),
    ),
    tl11.broken_by(
        "standard that has just risen",
        left(
            register_households=[household(income_current=6240)],
            policy={"low_income_standard.rural": [(date(2020, 1, 1), 520), (date(2026, 6, 30), 521)]},
        ),
        "H1",
    ),
    tl11.holds_for(
        "standard that rises tomorrow",
        left(
            register_households=[household(income_current=6240)],
            policy={"low_income_standard.rural": [(date(2020, 1, 1), 520), (date(2026, 7, 1), 521)]},
        ),
    ),
    tl11.holds_for("covered under 农村低保", left(roll=certificate())),
    tl11.broken_by("低保边缘 is not the roll", left(roll=certificate(programme="低保边缘", tier=None)), "H1"),
    tl11.broken_by("certificate that ended", left(roll=certificate(status="停保", end_date=date(2026, 5, 31))), "H1"),
    tl11.holds_for("household without a registered member", left(register_members=[])),
    tl11.perhaps_broken_by(
        "a registered member without a valid number",
        left(register_members=[member(person_id=A), member("M2", person_id=None)]),
        "H1",
    ),
    tl11.perhaps_broken_by(
        "a row of the roll without a valid number has the name",
        left(
            roll=certificate(head_id=B),
            low_income_members=[certificate_member(person_id=None, name=member(person_id=A)["name"])],
        ),
        "H1",
    ),
    tl11.perhaps_broken_by(
        "covered under a certificate without a household row",
        left(low_income_members=[certificate_member("C9", person_id=A)]),
        "H1",
    ),
)

CASES: tuple[Case, ...] = (*TL02, *TL03, *TL04, *TL11)
