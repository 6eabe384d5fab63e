"""TL01, TL05–TL07: cases."""

from datetime import date
from decimal import Decimal
from typing import Any

from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    member,
    pid,
    world,
)
from cases.case import Case, Of

A, B = pid(1), pid(2)

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
    tl01.holds_for("urban standard × 12 equal to the line", standards(urban=500)),
    tl01.broken_by("urban standard × 12 below the line by fen", standards(urban=Decimal("499.99")), "522601|urban"),
    tl01.broken_by(
        "a line of a fen above rural standard × 12", standards(rural=500, line=Decimal("6000.01")), "522601|rural"
    ),
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
    *,
    members: list[Row] | None = None,
    register: list[Row] | None = None,
    quarantined: Any = None,
    policy: Any = None,
    **over: Any,
) -> World:
    """C1 with member A: three persons living on 100 a month, and 1199.99 for all."""
    row = certificate(**({"persons": 3, "monthly_income": 100, "monthly_benefit": "1199.99"} | over))
    rows = [certificate_member()] if members is None else members
    return world(
        low_income_households=[row],
        low_income_members=rows,
        register_members=register or [],
        quarantined=quarantined,
        policy=policy,
    )


TL06 = (
    tl06.broken_by("income and benefit one fen below the line", unregistered(), "C1"),
    tl06.holds_for("income and benefit equal to the line", unregistered(monthly_benefit=1200)),
    tl06.broken_by(
        "a line of a fen above income and benefit",
        unregistered(monthly_benefit=1200, policy={"poverty_line": Decimal("6000.01")}),
        "C1",
    ),
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
    tl06.perhaps_broken_by(
        "a refused namesake among the certificates' own members",
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

CASES: tuple[Case, ...] = (*TL01, *TL05, *TL06, *TL07)
