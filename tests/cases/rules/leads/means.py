"""LD01–LD03: cases."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from builders import D, Row, World, certificate, certificate_member, household, member, open_household, pid, world
from cases.case import Case, Of
from office_rows import business, post, vehicle

A, B = pid(1), pid(2)
DAY = timedelta(days=1)
ld01, ld02, ld03 = Of("LD01"), Of("LD02"), Of("LD03")
LEADS: dict[Of, tuple[str, Callable[..., Row]]] = {
    ld01: ("public_payroll", post),
    ld02: ("vehicles", vehicle),
    ld03: ("business_licences", business),
}
"""By rule: the other office's feed, and its row of A."""
COVERED = {"low_income_households": [certificate()], "low_income_members": [certificate_member()]}


def living(of: Of, *rows: Row, books: dict[str, Sequence[Row]] | None = None, **over: Any) -> World:
    """A on a certificate, or what ``books`` say, beside these rows of the other office."""
    return world(fillers=False, **{LEADS[of][0]: rows}, **(COVERED if books is None else books), **over)


def registered(**over: Any) -> dict[str, Sequence[Row]]:
    """A registered in a household, and on no certificate."""
    return {"register_households": [open_household(**over)], "register_members": [member()]}


def under(covered: bool = True, person: str | None = A, **over: Any) -> dict[str, Sequence[Row]]:
    """C1 and its only member."""
    return {
        "low_income_households": [certificate(**over)],
        "low_income_members": [certificate_member(person_id=person, covered=covered)],
    }


def who_benefits(of: Of) -> Iterator[Case]:
    """What holds of each of these rules alike."""
    feed, held = LEADS[of]
    yield of.perhaps_broken_by("a member of a certificate in force", living(of, held()), A)
    yield of.perhaps_broken_by("a member who is not covered", living(of, held(), books=under(covered=False)), A)
    yield of.perhaps_broken_by("destitute", living(of, held(), books=under(programme="城市特困")), A)
    yield of.perhaps_broken_by(
        "in grace", living(of, held(), books=under(status="渐退", grace_start=date(2026, 1, 1))), A
    )
    yield of.holds_for("of a marginal household", living(of, held(), books=under(programme="低保边缘")))
    yield of.holds_for(
        "of a certificate that has ended", living(of, held(), books=under(status="停保", end_date=date(2026, 1, 1)))
    )
    yield of.holds_for("of a certificate that ends today", living(of, held(), books=under(end_date=D)))
    yield of.perhaps_broken_by("of one that ends tomorrow", living(of, held(), books=under(end_date=D + DAY)), A)
    yield of.holds_for("of one that begins tomorrow", living(of, held(), books=under(start_date=D + DAY)))
    yield of.perhaps_broken_by("registered in an open household", living(of, held(), books=registered()), A)
    yield of.perhaps_broken_by("in one that fell back", living(of, held(), books=registered(poverty_status="返贫")), A)
    yield of.holds_for(
        "in one that has exited", living(of, held(), books={**registered(), "register_households": [household()]})
    )
    yield of.holds_for(
        "no longer there",
        living(of, held(), books={**registered(), "register_members": [member(person_status="迁出")]}),
    )
    yield of.holds_for("somebody else", living(of, held(B)))
    yield of.holds_for("nobody's number", living(of, held(None), books=under(person=None)))
    yield of.perhaps_broken_by("under another name", living(of, held(**{_name(feed): "王五"})), A)
    yield of.not_evaluated("no document allows it", living(of, held(), policy={"leads.basis": {}}))
    since = [(date(2000, 1, 1), {feed: "一号文件"}), (D, {})]
    yield of.not_evaluated("the document was revoked today", living(of, held(), policy={"leads.basis": since}))
    later = [(date(2000, 1, 1), {feed: "一号文件"}), (D + DAY, {})]
    yield of.perhaps_broken_by("revoked tomorrow", living(of, held(), policy={"leads.basis": later}), A)


def _name(feed: str) -> str:
    return "owner_name" if feed == "vehicles" else "name"


def posts(*rows: Row, **over: Any) -> World:
    """A covered, and these rows of the payroll."""
    return living(ld01, *rows, **over)


CASES: tuple[Case, ...] = (
    *(case for of in LEADS for case in who_benefits(of)),
    ld01.perhaps_broken_by("begins today", posts(post(starts_on=D)), A),
    ld01.holds_for("begins tomorrow", posts(post(starts_on=D + DAY))),
    ld01.holds_for("begins after the payroll's own day", posts(post(starts_on=D), as_of={"public_payroll": D - DAY})),
    ld01.holds_for("ends today", posts(post(ends_on=D))),
    ld01.perhaps_broken_by("ends tomorrow", posts(post(ends_on=D + DAY)), A),
    ld01.perhaps_broken_by(
        "ends today, by a payroll of yesterday", posts(post(ends_on=D), as_of={"public_payroll": D - DAY}), A
    ),
    ld01.holds_for("helps to keep the village clean", posts(post(post="公益性岗位"))),
    ld01.holds_for("a cadre of the village", posts(post(post="村干部"))),
    ld01.perhaps_broken_by("retired", posts(post(post="离退休")), A),
    ld01.perhaps_broken_by("an official", posts(post(post="公务员")), A),
    ld01.perhaps_broken_by(
        "two posts, one of them passed over", posts(post(post="村干部"), post(employer="县医院")), A
    ),
    ld01.perhaps_broken_by(
        "no post is passed over", posts(post(post="村干部"), policy={"leads.payroll_posts_ignored": []}), A
    ),
    ld02.perhaps_broken_by("worth what is asked about", living(ld02, vehicle(appraised_value=30000)), A),
    ld02.holds_for("worth a fen less", living(ld02, vehicle(appraised_value=Decimal("29999.99")))),
    ld02.perhaps_broken_by("worth nobody knows what", living(ld02, vehicle(appraised_value=None)), A),
    ld02.perhaps_broken_by("a bus", living(ld02, vehicle(vehicle_type="客车", usage="营运")), A),
    ld02.perhaps_broken_by("a lorry", living(ld02, vehicle(vehicle_type="货车")), A),
    ld02.holds_for("a motorcycle", living(ld02, vehicle(vehicle_type="摩托车"))),
    ld02.holds_for("a tricycle for goods", living(ld02, vehicle(vehicle_type="三轮汽车"))),
    ld02.holds_for("no kind is asked about", living(ld02, vehicle(), policy={"leads.vehicle_types": []})),
    *(
        ld02.holds_for(f"a vehicle {status}", living(ld02, vehicle(vehicle_status=status)))
        for status in ("注销", "报废", "转出")
    ),
    ld02.perhaps_broken_by(
        "two cars, one finding", living(ld02, vehicle(), vehicle(plate_no="贵H54321", appraised_value=None)), A
    ),
    ld03.perhaps_broken_by(
        "who answers for a company", living(ld03, business(business_type="企业", business_role="法定代表人")), A
    ),
    ld03.holds_for("a cooperative", living(ld03, business(business_type="农民专业合作社", business_role="法定代表人"))),
    ld03.holds_for("a shareholder", living(ld03, business(business_type="企业", business_role="股东"))),
    ld03.holds_for("a member", living(ld03, business(business_role="成员"))),
    ld03.holds_for("no role is asked about", living(ld03, business(), policy={"leads.business_roles": []})),
    *(
        ld03.holds_for(f"a business {status}", living(ld03, business(business_status=status)))
        for status in ("吊销", "注销")
    ),
)
