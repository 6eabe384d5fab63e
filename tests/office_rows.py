"""Staged rows of feeds of other offices, as the builders of builders.py make those of the nine."""

from datetime import date
from typing import Any

from builders import Row, name_of, pid, staged_row
from feed_tables import rows_of

from expectations.feed import Money
from expectations.feeds import FEEDS_BY_NAME


def row_of(feed: str, n: int = 0, /, **over: Any) -> Row:
    """The n-th valid row of any feed, by its declaration: for feeds that have no builder of their own above."""
    declared = FEEDS_BY_NAME[feed]
    (row,) = rows_of(declared, 1, start=n)
    money = [column.name for column in declared.columns if isinstance(column.type, Money)]
    return staged_row(row, over, money=money, identity=declared.identity_columns)


def relocation(relocation_no: str = "R1", head_id: str | None = pid(1), **over: Any) -> Row:
    """A household that moved in May 2025, planned for that year, its old house demolished."""
    given: Row = {
        "relocation_no": relocation_no,
        "household_no": None,
        "head_name": name_of(head_id),
        "head_id": head_id,
        "head_id_problem": "blank" if head_id is None else None,
        "persons": 1,
        "resettlement": "集中安置",
        "plan_year": 2025,
        "completed_on": date(2025, 4, 1),
        "moved_in_on": date(2025, 5, 1),
        "old_house_demolished": True,
    }
    return row_of("relocations", **given | over)


def _of_person(feed: str, person_id: str | None, given: Row, over: Row, number: str = "person_id") -> Row:
    name = "name" if number == "person_id" else f"{number.removesuffix('_id')}_name"
    known = {number: person_id, f"{number}_problem": "blank" if person_id is None else None, name: name_of(person_id)}
    return row_of(feed, **known | given | over)


def post(person_id: str | None = pid(1), **over: Any) -> Row:
    """Somebody whom a public institution has paid since 2020."""
    since: Row = {"employer": "县中学", "post": "事业人员", "starts_on": date(2020, 9, 1), "ends_on": None}
    return _of_person("public_payroll", person_id, since, over)


def vehicle(owner_id: str | None = pid(1), **over: Any) -> Row:
    """A car worth 80,000 yuan."""
    car: Row = {
        "plate_no": "贵H12345",
        "vehicle_type": "轿车",
        "usage": "非营运",
        "registered_on": date(2023, 3, 1),
        "appraised_value": 80000,
        "vehicle_status": "正常",
    }
    return _of_person("vehicles", owner_id, car, over, "owner_id")


def business(person_id: str | None = pid(1), **over: Any) -> Row:
    """A shop that is open, and who runs it."""
    shop: Row = {
        "licence_no": "L1",
        "business": "便民小店",
        "business_type": "个体工商户",
        "business_role": "经营者",
        "founded_on": date(2022, 5, 1),
        "business_status": "存续",
    }
    return _of_person("business_licences", person_id, shop, over)


def disability(person_id: str | None = pid(1), **over: Any) -> Row:
    """A certificate of severe disability that does not run out."""
    card: Row = {"disability_no": "Z1", "category": "肢体", "disability_level": "一级"}
    return _of_person("disabilities", person_id, {**card, "valid_until": None, "card_status": "有效"}, over)


def title(title_no: str = "T1", owner_id: str | None = pid(1), **over: Any) -> Row:
    """A flat in the county town."""
    flat: Row = {"title_no": title_no, "location": "县城", "land_use": "住宅", "title_status": "现势"}
    return _of_person("real_estate", owner_id, flat, over, "owner_id")


def pension(person_id: str | None = pid(1), **over: Any) -> Row:
    """A worker's pension of 2,000 yuan a month."""
    drawn: Row = {"year": 2026, "pension_scheme": "城镇职工", "pension_status": "领取待遇"}
    return _of_person("pensions", person_id, {**drawn, "monthly_pension": 2000, "paid_by_government": None}, over)


def death(person_id: str | None = pid(1), **over: Any) -> Row:
    """Somebody who died in January."""
    died: Row = {"month": "2026-01", "died_on": date(2026, 1, 15), "registry": "户籍注销"}
    return _of_person("deaths", person_id, died, over)


def cost(person_id: str | None = pid(1), **over: Any) -> Row:
    """What treatment cost somebody in May."""
    paid: Row = {"month": "2026-05", "total_cost": 1000000, "own_cost": 20000}
    return _of_person("medical_costs", person_id, paid, over)


def outside_lead(lead_no: str = "X-1", **over: Any) -> Row:
    """What an audit handed down to civil affairs about A's household."""
    lead: Row = {
        "lead_no": lead_no,
        "source": "审计",
        "document": "审函〔2026〕2号",
        "household_no": "H1",
        "certificate_no": None,
        "department": "民政局",
        "lead_text": "核实收入",
        "given_on": date(2026, 6, 1),
        "due_on": None,
        "lead_status": "未办结",
    }
    return _of_person("outside_leads", over.get("person_id", pid(1)), lead, over)
