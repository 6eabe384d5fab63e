"""TL01–TL10: cases."""

from datetime import date
from decimal import Decimal
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

A, B, E = pid(1), pid(2), pid(3)

# TL01 standard × 12 < line (line 6000)

tl01 = Of("TL01")


def standards(rural: Any = 520, urban: Any = 700, line: Any = 6000, d: date = date(2026, 6, 30)) -> World:
    """A world of policy only."""
    values = {"low_income_standard.rural": rural, "low_income_standard.urban": urban, "poverty_line": line}
    return world(d, policy=values)


RISING = [(date(2024, 1, 1), 450), (date(2026, 7, 1), 500)]

TL01 = (
    tl01.holds_for("both standards × 12 above the line", standards()),
    tl01.holds_for("rural standard × 12 equal to the line", standards(rural=500)),
    tl01.broken_by("rural standard × 12 below the line by fen", standards(rural=Decimal("499.99")), "522601|rural"),
    tl01.broken_by("urban standard × 12 below the line", standards(urban=499), "522601|urban"),
    tl01.broken_by("both below", standards(rural=400, urban=499), "522601|rural", "522601|urban"),
    tl01.broken_by("standard read the day before it rises", standards(rural=RISING), "522601|rural"),
    tl01.holds_for("standard read on the day it rises", standards(rural=RISING, d=date(2026, 7, 1))),
    tl01.broken_by(
        "line read on the day it rises",
        standards(line=[(date(2020, 1, 1), 6000), (date(2026, 6, 30), 6241)]),
        "522601|rural",
    ),
    tl01.holds_for("line that rises tomorrow", standards(line=[(date(2020, 1, 1), 6000), (date(2026, 7, 1), 9000)])),
)

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
        poor(quarantined={"low_income_members": [{"name": None}]}),
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
    tl04.broken_by(
        "hidden rows say nothing against a presence",
        typed("一般户", roll=certificate(), quarantined={"low_income_members": [{"name": member()["name"]}]}),
        "H1",
    ),
)

# TL05 in force, 低保, monthly_income > standard (520 rural, 700 urban) + 50, not in grace (6 months)

tl05 = Of("TL05")


def held(*, members: list[Row] | None = None, d: date = date(2026, 6, 30), policy: Any = None, **over: Any) -> World:
    """Certificate C1 with member A."""
    rows = [certificate_member()] if members is None else members
    return world(d, policy=policy, low_income_households=[certificate(**over)], low_income_members=rows)


def in_grace(start: date | None, d: date) -> World:
    """C1, above the standard, in grace since a day."""
    return held(d=d, monthly_income=900, status="渐退", grace_start=start)


TL05 = (
    tl05.holds_for("income at standard + tolerance", held(monthly_income=570)),
    tl05.broken_by("income one fen above standard + tolerance", held(monthly_income="570.01"), "C1"),
    tl05.holds_for("urban income at standard + tolerance", held(programme="城市低保", monthly_income=750)),
    tl05.broken_by("urban income one fen above", held(programme="城市低保", monthly_income="750.01"), "C1"),
    tl05.holds_for("特困 with a high income", held(programme="农村特困", tier=None, monthly_income=900)),
    tl05.holds_for("低保边缘 with a high income", held(programme="低保边缘", tier=None, monthly_income=900)),
    tl05.holds_for("stopped", held(status="停保", end_date=date(2026, 1, 1), monthly_income=900)),
    tl05.holds_for("not yet started", held(start_date=date(2026, 7, 1), monthly_income=900)),
    tl05.holds_for("ended at D", held(end_date=date(2026, 6, 30), monthly_income=900)),
    tl05.holds_for("last day of grace", in_grace(date(2025, 12, 30), date(2026, 6, 30))),
    tl05.broken_by("the day after grace", in_grace(date(2025, 12, 29), date(2026, 6, 30)), "C1"),
    tl05.holds_for("grace from 31 August ends on 28 February", in_grace(date(2025, 8, 31), date(2026, 2, 28))),
    tl05.broken_by("grace from 31 August is over on 1 March", in_grace(date(2025, 8, 31), date(2026, 3, 1)), "C1"),
    tl05.holds_for("grace from 31 August ends on 29 February", in_grace(date(2023, 8, 31), date(2024, 2, 29))),
    tl05.broken_by("grace from 28 August ends on 28 February", in_grace(date(2025, 8, 28), date(2026, 3, 1)), "C1"),
    tl05.holds_for("grace with no start given", in_grace(None, date(2026, 6, 30))),
    tl05.holds_for("grace that starts after D", in_grace(date(2026, 7, 1), date(2026, 6, 30))),
    tl05.broken_by(
        "在保 with a start of grace is not in grace",
        held(monthly_income=900, grace_start=date(2026, 6, 1)),
        "C1",
    ),
    tl05.broken_by(
        "standard lowered at D",
        held(
            monthly_income=570,
            policy={"low_income_standard.rural": [(date(2025, 1, 1), 520), (date(2026, 6, 30), 519)]},
        ),
        "C1",
    ),
    tl05.perhaps_broken_by("no member row at all", held(monthly_income=900, members=[]), "C1"),
    tl05.perhaps_broken_by(
        "a member row without a valid number",
        held(monthly_income=900, members=[certificate_member(), certificate_member("C1", None)]),
        "C1",
    ),
    tl05.perhaps_broken_by(
        "a member row without a valid number who is not covered",
        held(monthly_income=900, members=[certificate_member(), certificate_member("C1", None, covered=False)]),
        "C1",
    ),
    tl05.broken_by(
        "a member row without a valid number under another certificate",
        held(monthly_income=900, members=[certificate_member(), certificate_member("C2", None)]),
        "C1",
    ),
)

# TL06 农村低保 or 农村特困, income × 12 + 12 × benefit / persons < 6000, no member 正常 in the register

tl06 = Of("TL06")


def unregistered(
    *, members: list[Row] | None = None, register: list[Row] | None = None, quarantined: Any = None, **over: Any
) -> World:
    """C1 with member A: three persons living on 100 a month, and 1199.99 for all."""
    row = certificate(**({"persons": 3, "monthly_income": 100, "monthly_benefit": "1199.99"} | over))
    rows = [certificate_member()] if members is None else members
    return world(
        low_income_households=[row],
        low_income_members=rows,
        register_members=register or [],
        quarantined=quarantined,
    )


TL06 = (
    tl06.broken_by("income and benefit one fen below the line", unregistered(), "C1"),
    tl06.holds_for("income and benefit equal to the line", unregistered(monthly_benefit=1200)),
    tl06.holds_for(
        "benefit that cannot be divided evenly counts exactly",
        unregistered(persons=7, monthly_income="499.99", monthly_benefit="0.07"),
    ),
    tl06.broken_by(
        "a third of a fen below the line",
        unregistered(persons=3, monthly_income="499.99", monthly_benefit="0.02"),
        "C1",
    ),
    tl06.broken_by("农村特困", unregistered(programme="农村特困", tier=None), "C1"),
    tl06.holds_for("城市低保", unregistered(programme="城市低保")),
    tl06.holds_for("城市特困", unregistered(programme="城市特困", tier=None)),
    tl06.holds_for("低保边缘", unregistered(programme="低保边缘", tier=None)),
    tl06.holds_for("stopped", unregistered(status="停保", end_date=date(2026, 5, 1))),
    tl06.broken_by("in grace", unregistered(status="渐退"), "C1"),
    tl06.holds_for("a member in the register", unregistered(register=[member()])),
    tl06.holds_for(
        "a member in the register whose household row is missing counts",
        unregistered(register=[member(household_no="H9")]),
    ),
    tl06.holds_for(
        "an uncovered member in the register",
        unregistered(
            members=[certificate_member(), certificate_member("C1", B, covered=False)], register=[member("M1", "H1", B)]
        ),
    ),
    tl06.broken_by(
        "a member who moved out of the register",
        unregistered(register=[member(person_status="迁出", status_date=date(2025, 1, 1))]),
        "C1",
    ),
    tl06.broken_by("somebody else in the register", unregistered(register=[member(person_id=B)]), "C1"),
    tl06.perhaps_broken_by("no member row", unregistered(members=[]), "C1"),
    tl06.perhaps_broken_by(
        "a member without a valid number", unregistered(members=[certificate_member("C1", None)]), "C1"
    ),
    tl06.perhaps_broken_by(
        "a namesake without a valid number in the register",
        unregistered(members=[certificate_member(name="李明")], register=[member(person_id=None, name="李明")]),
        "C1",
    ),
    tl06.perhaps_broken_by(
        "a quarantined namesake in the register",
        unregistered(
            members=[certificate_member(name="李·明")], quarantined={"register_members": [{"name": "李．明"}]}
        ),
        "C1",
    ),
    tl06.perhaps_broken_by(
        "a hidden namesake of an uncovered member",
        unregistered(
            members=[certificate_member(), certificate_member("C1", B, name="李明", covered=False)],
            quarantined={"register_members": [{"name": "李明"}]},
        ),
        "C1",
    ),
    tl06.broken_by(
        "a hidden row of another name in the register",
        unregistered(members=[certificate_member(name="李明")], register=[member(person_id=None, name="王明")]),
        "C1",
    ),
    tl06.broken_by(
        "a hidden namesake among the certificates' own members",
        unregistered(members=[certificate_member(name="李明")], quarantined={"low_income_members": [{"name": "李明"}]}),
        "C1",
    ),
)

# TL07 补差: monthly_benefit − category_topup < (standard − monthly_income) × covered_persons − 10

tl07 = Of("TL07")


def topped_up(**over: Any) -> World:
    """C1 by 补差: two covered persons with 300 a month each; the gap is (520 − 300) × 2 = 440."""
    return held(**({"benefit_method": "补差", "persons": 3, "covered_persons": 2} | over))


TL07 = (
    tl07.holds_for("benefit equal to the gap", topped_up(monthly_benefit=440)),
    tl07.holds_for("benefit below the gap by the tolerance", topped_up(monthly_benefit=430)),
    tl07.broken_by("benefit below the gap by a fen more", topped_up(monthly_benefit="429.99"), "C1"),
    tl07.broken_by("the top-up does not fill the gap", topped_up(monthly_benefit=440, category_topup="10.01"), "C1"),
    tl07.holds_for("top-up leaves the gap within tolerance", topped_up(monthly_benefit=440, category_topup=10)),
    tl07.holds_for("分档", topped_up(monthly_benefit=0, benefit_method="分档")),
    tl07.holds_for("全额", topped_up(monthly_benefit=0, benefit_method="全额")),
    tl07.broken_by("urban standard", topped_up(programme="城市低保", monthly_benefit="789.99"), "C1"),
    tl07.holds_for("urban standard, within tolerance", topped_up(programme="城市低保", monthly_benefit=790)),
    tl07.holds_for("特困 by 补差", topped_up(programme="农村特困", tier=None, monthly_benefit=0)),
    tl07.holds_for("低保边缘 by 补差", topped_up(programme="低保边缘", tier=None, monthly_benefit=0)),
    tl07.holds_for("nobody covered", topped_up(covered_persons=0, monthly_benefit=0)),
    tl07.holds_for("income above the standard", topped_up(monthly_income=900, monthly_benefit=0)),
    tl07.holds_for("stopped", topped_up(status="停保", end_date=date(2026, 5, 1), monthly_benefit=0)),
    tl07.broken_by("in grace", topped_up(status="渐退", monthly_benefit=0), "C1"),
    tl07.perhaps_broken_by("no member row", topped_up(monthly_benefit=0, members=[]), "C1"),
    tl07.perhaps_broken_by(
        "a member without a valid number",
        topped_up(monthly_benefit=0, members=[certificate_member(), certificate_member("C1", None)]),
        "C1",
    ),
)

# TL08 linked, and the persons differ

tl08 = Of("TL08")


def linked(register: list[Row], members: list[Row], certificates: list[Row] | None = None, **more: Any) -> World:
    """H1 with register rows, C1 with member rows."""
    return world(
        **(
            {
                "register_households": [household()],
                "register_members": register,
                "low_income_households": [certificate()] if certificates is None else certificates,
                "low_income_members": members,
            }
            | more
        )
    )


BOTH = [member("M1", "H1", A), member("M2", "H1", B)]

TL08 = (
    tl08.holds_for("the same persons", linked(BOTH, [certificate_member("C1", A), certificate_member("C1", B)])),
    tl08.broken_by("a registered person missing on the certificate", linked(BOTH, [certificate_member("C1", A)]), "H1"),
    tl08.broken_by(
        "a person of the certificate missing in the register",
        linked([member()], [certificate_member("C1", A), certificate_member("C1", B)]),
        "H1",
    ),
    tl08.holds_for(
        "an uncovered member counts as a person of the certificate",
        linked(BOTH, [certificate_member("C1", A), certificate_member("C1", B, covered=False)]),
    ),
    tl08.broken_by(
        "linked by a member who is not covered",
        linked(BOTH, [certificate_member("C1", A, covered=False)]),
        "H1",
    ),
    tl08.holds_for(
        "two certificates that together have the persons",
        linked(
            BOTH,
            [certificate_member("C1", A), certificate_member("C2", B)],
            [certificate("C1"), certificate("C2")],
        ),
    ),
    tl08.broken_by(
        "a second certificate that is not linked does not count",
        linked(
            BOTH,
            [certificate_member("C1", A), certificate_member("C2", E)],
            [certificate("C1"), certificate("C2")],
        ),
        "H1",
    ),
    tl08.broken_by(
        "a stopped certificate does not count",
        linked(
            BOTH,
            [certificate_member("C1", A), certificate_member("C2", B)],
            [certificate("C1"), certificate("C2", status="停保", end_date=date(2026, 1, 1))],
        ),
        "H1",
    ),
    tl08.holds_for(
        "linked by 低保边缘 only",
        linked(BOTH, [certificate_member("C1", A)], [certificate(programme="低保边缘", tier=None)]),
    ),
    tl08.broken_by(
        "linked by 城市特困",
        linked(BOTH, [certificate_member("C1", A)], [certificate(programme="城市特困", tier=None)]),
        "H1",
    ),
    tl08.holds_for("not linked", linked(BOTH, [certificate_member("C1", E)])),
    tl08.holds_for(
        "linked only by a member who moved away",
        linked([member(person_id=B), member("M2", "H1", A, person_status="迁出")], [certificate_member("C1", A)]),
    ),
    tl08.broken_by(
        "a member who moved away and still stands on the certificate",
        linked(
            [member(), member("M2", "H1", B, person_status="迁出")],
            [certificate_member("C1", A), certificate_member("C1", B)],
        ),
        "H1",
    ),
    tl08.holds_for("certificate without a current household row", linked(BOTH, [certificate_member("C7", A)])),
    tl08.broken_by(
        "two households share a certificate",
        linked(
            [member("M1", "H1", A), member("M2", "H2", B)],
            [certificate_member("C1", A), certificate_member("C1", B)],
            register_households=[household("H1"), household("H2")],
        ),
        "H1",
        "H2",
    ),
    tl08.perhaps_broken_by(
        "a registered member without a valid number",
        linked([*BOTH, member("M3", "H1", None)], [certificate_member("C1", A)]),
        "H1",
    ),
    tl08.holds_for(
        "a registered member without a valid number, and the known persons agree",
        linked([member(), member("M3", "H1", None)], [certificate_member("C1", A)]),
    ),
    tl08.perhaps_broken_by(
        "a member of the linked certificate without a valid number",
        linked(BOTH, [certificate_member("C1", A), certificate_member("C1", None)]),
        "H1",
    ),
    tl08.perhaps_broken_by(
        "a member of one of two linked certificates without a valid number",
        linked(
            [*BOTH, member("M3", "H1", E)],
            [certificate_member("C1", A), certificate_member("C2", B), certificate_member("C2", None)],
            [certificate("C1"), certificate("C2")],
        ),
        "H1",
    ),
    tl08.broken_by(
        "a member of another certificate without a valid number",
        linked(
            BOTH,
            [certificate_member("C1", A), certificate_member("C2", None)],
            [certificate("C1"), certificate("C2")],
        ),
        "H1",
    ),
)

# TL09 linked, abs(income_current − monthly_income × 12) > 50 × 12 = 600

tl09 = Of("TL09")


def incomes(yearly: Any, monthly: Any = 300, *, extra_member: Row | None = None, **more: Any) -> World:
    """H1 with an income a year, C1 with an income a month (300 × 12 = 3600), sharing A."""
    members = [certificate_member()] + ([extra_member] if extra_member else [])
    return linked(
        [member()],
        members,
        [certificate(monthly_income=monthly)],
        **({"register_households": [household(income_current=yearly)]} | more),
    )


TL09 = (
    tl09.holds_for("the same income", incomes(3600)),
    tl09.holds_for("higher in the register by the tolerance", incomes(4200)),
    tl09.broken_by("higher in the register by a fen more", incomes("4200.01"), "H1|C1"),
    tl09.holds_for("lower in the register by the tolerance", incomes(3000)),
    tl09.broken_by("lower in the register by a fen more", incomes("2999.99"), "H1|C1"),
    tl09.broken_by("negative income in the register", incomes(-1), "H1|C1"),
    tl09.holds_for("not linked", incomes(9999, register_members=[member(person_id=B)])),
    tl09.holds_for(
        "linked by 低保边缘 only",
        incomes(9999, low_income_households=[certificate(programme="低保边缘", tier=None)]),
    ),
    tl09.holds_for(
        "stopped certificate",
        incomes(9999, low_income_households=[certificate(status="停保", end_date=date(2026, 1, 1))]),
    ),
    tl09.broken_by(
        "linked by an uncovered member",
        incomes(9999, low_income_members=[certificate_member(covered=False)]),
        "H1|C1",
    ),
    tl09.broken_by(
        "only the certificate that differs",
        incomes(
            3600,
            low_income_households=[certificate("C1"), certificate("C2", monthly_income=500)],
            low_income_members=[certificate_member("C1"), certificate_member("C2")],
        ),
        "H1|C2",
    ),
    tl09.broken_by(
        "tolerance in force at D",
        incomes(4200, policy={"income_tolerance": [(date(2020, 1, 1), 50), (date(2026, 6, 30), 49)]}),
        "H1|C1",
    ),
    tl09.perhaps_broken_by(
        "a member of the certificate without a valid number",
        incomes(9999, extra_member=certificate_member("C1", None)),
        "H1|C1",
    ),
    tl09.broken_by(
        "a registered member of the household without a valid number says nothing about the certificate",
        incomes(9999, register_members=[member(), member("M2", "H1", None)]),
        "H1|C1",
    ),
    tl09.broken_by(
        "a member of another linked certificate without a valid number",
        incomes(
            3600,
            low_income_households=[certificate("C1", monthly_income=500), certificate("C2")],
            low_income_members=[certificate_member("C1"), certificate_member("C2"), certificate_member("C2", None)],
        ),
        "H1|C1",
    ),
)

# TL10 on the roll under 特困 and under 低保

tl10 = Of("TL10")


def under(first: str, second: str, covered: bool = True, **over: Any) -> World:
    """A covered under C1 of one programme and (covered or not) under C2 of another."""
    return world(
        low_income_households=[
            certificate("C1", programme=first, tier=None),
            certificate("C2", **({"programme": second, "tier": None} | over)),
        ],
        low_income_members=[certificate_member("C1", A), certificate_member("C2", A, covered=covered)],
    )


TL10 = (
    tl10.broken_by("农村特困 and 农村低保", under("农村特困", "农村低保"), A),
    tl10.broken_by("城市特困 and 农村低保", under("城市特困", "农村低保"), A),
    tl10.broken_by("农村特困 and 城市低保", under("农村特困", "城市低保"), A),
    tl10.holds_for("two 低保 certificates", under("农村低保", "城市低保")),
    tl10.holds_for("two 特困 certificates", under("农村特困", "城市特困")),
    tl10.holds_for("特困 and 低保边缘", under("农村特困", "低保边缘")),
    tl10.holds_for("not covered under the second", under("农村特困", "农村低保", covered=False)),
    tl10.holds_for("the second stopped", under("农村特困", "农村低保", status="停保", end_date=date(2026, 6, 1))),
    tl10.broken_by("the second in grace", under("农村特困", "农村低保", status="渐退"), A),
    tl10.holds_for("the second starts tomorrow", under("农村特困", "农村低保", start_date=date(2026, 7, 1))),
    tl10.holds_for(
        "two rows without a valid number are nobody",
        world(
            low_income_households=[certificate("C1", programme="农村特困", tier=None), certificate("C2")],
            low_income_members=[certificate_member("C1", None), certificate_member("C2", None)],
        ),
    ),
)

CASES: tuple[Case, ...] = (*TL01, *TL02, *TL03, *TL04, *TL05, *TL06, *TL07, *TL08, *TL09, *TL10)
