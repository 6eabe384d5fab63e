"""LD01–LD10: what other offices know of people who benefit; a lead is always possible."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from builders import Row
from oracle import months
from oracle.entry import BL, DE, DI, IN, LOW_INCOME_BOOK, LP, MC, OL, PE, PP, REGISTER_BOOK, RS, VE, Subject, answers
from oracle.leads import benefiting
from oracle.policy import Values
from oracle.terms import LOW_INCOME, Terms, persons_in
from oracle.verdicts import Found, Founds

BOOKS = (*REGISTER_BOOK, *LOW_INCOME_BOOK)


def leads(keys: Iterable[str]) -> Founds:
    """A lead about each, and none of them certain."""
    return {(key, ""): Found(possible=True) for key in keys}


def of_people(t: Terms, rows: Iterable[Row], number: str = "person_id") -> Founds:
    """A lead about each person of the rows who benefits."""
    return leads({row[number] for row in rows} & benefiting(t))


@answers("LD01", Subject.PERSON, needs=(*BOOKS, PP))
def ld01(t: Terms, p: Values) -> Founds:
    """On the public payroll by its day, in a post that is asked about."""
    day, ignored = t.deliveries.day(PP), p["leads.payroll_posts_ignored"]
    return of_people(
        t,
        (
            row
            for row in t.rows(PP)
            if row["starts_on"] <= day
            and (row["ends_on"] is None or row["ends_on"] > day)
            and row["post"] not in ignored
        ),
    )


@answers("LD02", Subject.PERSON, needs=(*BOOKS, VE))
def ld02(t: Terms, p: Values) -> Founds:
    """A vehicle in force, of a kind that is asked about, not known to be worth less."""
    kinds, worth = p["leads.vehicle_types"], p["leads.vehicle_value"]
    return of_people(
        t,
        (
            row
            for row in t.rows(VE)
            if row["vehicle_status"] == "正常"
            and row["vehicle_type"] in kinds
            and (row["appraised_value"] is None or row["appraised_value"] >= worth)
        ),
        "owner_id",
    )


@answers("LD03", Subject.PERSON, needs=(*BOOKS, BL))
def ld03(t: Terms, p: Values) -> Founds:
    """A business in force, no cooperative, run by the person."""
    roles = p["leads.business_roles"]
    return of_people(
        t,
        (
            row
            for row in t.rows(BL)
            if row["business_status"] == "存续"
            and row["business_type"] != "农民专业合作社"
            and row["business_role"] in roles
        ),
    )


@answers("LD05", Subject.PERSON, needs=(*LOW_INCOME_BOOK, DI))
def ld05(t: Terms, p: Values) -> Founds:
    """Covered under 低保 certificates none of which has a supplement, and severely disabled by the feed's day."""
    day, levels = t.deliveries.day(DI), p["leads.disability_levels"]
    found = set()
    for row in t.rows(DI):
        runs = row["valid_until"] is None or row["valid_until"] >= day
        if row["card_status"] != "有效" or not runs or row["disability_level"] not in levels:
            continue
        under = t.covered_under(row["person_id"], LOW_INCOME)
        if under and not any(t.in_force[no]["category_topup"] for no in under):
            found.add(row["person_id"])
    return leads(found)


@answers("LD06", Subject.CERTIFICATE, needs=(*LOW_INCOME_BOOK, RS))
def ld06(t: Terms, p: Values) -> Founds:
    """Titles in force of a certificate's members: so many different homes, or any premises."""
    found = []
    for no in t.paying:
        members = persons_in(t.members_of(no))
        held = [row for row in t.rows(RS) if row["owner_id"] in members and row["title_status"] == "现势"]
        homes = {row["title_no"] for row in held if row["land_use"] == "住宅"}
        if len(homes) >= p["leads.homes"] or any(row["land_use"] == "商业" for row in held):
            found.append(no)
    return leads(found)


@answers("LD07", Subject.PERSON, needs=(*LOW_INCOME_BOOK, PE))
def ld07(t: Terms, p: Values) -> Founds:
    """Pensions of workers and officials that a member of a 低保 certificate draws, in the year that the feed has."""
    year = t.deliveries.day(PE).year
    if all(row["year"] != year for row in t.rows(PE)):
        year -= 1
    drawn: dict[str, Decimal] = {}
    for row in t.rows(PE):
        asked = row["pension_status"] == "领取待遇" and row["pension_scheme"] in ("城镇职工", "机关事业")
        if asked and row["year"] == year and row["person_id"] is not None:
            drawn[row["person_id"]] = drawn.get(row["person_id"], Decimal(0)) + (row["monthly_pension"] or 0)
    members = {
        person for no, c in t.paying.items() if c["programme"] in LOW_INCOME for person in persons_in(t.members_of(no))
    }
    return leads(person for person, total in drawn.items() if person in members and total >= p["leads.pension"])


@answers("LD04", Subject.PERSON, needs=(*BOOKS, LP, DE))
def ld04(t: Terms, p: Values) -> Founds:
    """Died by another registry, not known as dead, and registered, on the roll or paid when it is too late."""
    died: dict[str, date] = {}
    for row in t.rows(DE):
        if row["person_id"] is not None and row["person_id"] not in t.dead:
            died[row["person_id"]] = min(row["died_on"], died.get(row["person_id"], row["died_on"]))
    grace = timedelta(days=p["leads.death_days"])
    paid = {
        row["payee_id"]
        for row in t.rows(LP)
        if row["payment_status"] == "成功"
        and row["payee_id"] in died
        and row["month"] > months.month_of(died[row["payee_id"]])
    }
    return leads(
        person
        for person, on in died.items()
        if (person in t.registered and on + grace <= t.register_day)
        or (person in t.on_the_roll and on + grace <= t.low_income_day)
        or person in paid
    )


@answers("LD10", Subject.LEAD, needs=(OL,))
def ld10(t: Terms, p: Values) -> Founds:
    """Handed down and not settled."""
    return leads(row["lead_no"] for row in t.rows(OL) if row["lead_status"] == "未办结")


def own_costs(t: Terms) -> dict[str, Decimal]:
    """By person: own_cost over the twelve months that end with the newest that has a row, not after its feed's day."""
    by_now = {row["month"] for row in t.rows(MC) if row["month"] <= months.month_of(t.deliveries.day(MC))}
    if not by_now:
        return {}
    first = months.month_of(months.add_months(months.first_day(max(by_now)), -11))
    found: dict[str, Decimal] = {}
    for row in t.rows(MC):
        if row["person_id"] is not None and first <= row["month"] <= max(by_now):
            found[row["person_id"]] = found.get(row["person_id"], Decimal(0)) + row["own_cost"]
    return found


@answers("LD08", Subject.HOUSEHOLD, needs=(*BOOKS, MC))
def ld08(t: Terms, p: Values) -> Founds:
    """Exited, not monitored, nobody on the roll, and its people's own costs are high."""
    costs = own_costs(t)
    return leads(
        no
        for no, household in t.exited_households.items()
        if household["monitoring"] in (None, "无")
        and t.on_the_roll.isdisjoint(t.registered_in(no))
        and sum(costs.get(person, 0) for person in t.registered_in(no)) > p["leads.own_medical_cost"]
    )


@answers("LD09", Subject.PERSON, needs=(*BOOKS, IN, MC), asks_insurance_year=True)
def ld09(t: Terms, p: Values) -> Founds:
    """On no list, insured as a resident, and own costs are high."""
    members = {person for no in t.in_force for person in persons_in(t.members_of(no))}
    return leads(
        person
        for person, cost in own_costs(t).items()
        if person not in t.registered
        and person not in members
        and any(row["scheme"] == "城乡居民" for row in t.enrolled.get(person, ()))
        and cost > p["leads.own_medical_cost"]
    )
