"""TL08–TL10: cases."""

from datetime import date
from typing import Any

from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    household,
    member,
    pid,
    world,
)
from cases.case import Case, Of

A, B, E = pid(1), pid(2), pid(3)

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

CASES: tuple[Case, ...] = (*TL08, *TL09, *TL10)
