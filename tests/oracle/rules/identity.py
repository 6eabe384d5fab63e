"""ID01–ID03, ID05, ID06: numbers, names, the dead, and who left."""

from collections import defaultdict

from builders import FEED_NAMES
from oracle.deliveries import IDENTITY
from oracle.entry import LOW_INCOME_BOOK, REGISTER_BOOK, Absence, Subject, answers
from oracle.names import normalised
from oracle.policy import Values
from oracle.terms import Terms, born, persons_in
from oracle.verdicts import Found, Founds

LABEL = {
    "register_households": ("household_no",),
    "register_members": ("member_no",),
    "low_income_households": ("certificate_no",),
    "low_income_members": ("certificate_no", "name"),
    "low_income_payments": ("certificate_no", "month", "batch_no"),
    "insurance_enrolments": ("name", "year", "scheme"),
    "students": ("student_no", "school"),
    "education_subsidies": ("student_no", "school_year", "term", "item", "batch_no"),
    "housing_renovations": ("case_no",),
}
"""The key of a row as ID01 writes it: K columns, or what stands for them where a number is among them."""


def feeds_there(t: Terms) -> list[str]:
    """Feeds that are delivered, whole books and fresh."""
    return [feed for feed in FEED_NAMES if t.deliveries.missing(feed) is None]


@answers("ID01", Subject.ROW, needs=(), over_what_is_there=True, rests_on_rows=True)
def id01(t: Terms, p: Values) -> Founds:
    """A current row without a valid number."""
    found = {}
    for feed in feeds_there(t):
        column, _ = IDENTITY[feed]
        for row in t.rows(feed):
            if row[column] is None or row[f"{column}_problem"] is not None:
                key = "|".join(str(row[c]) for c in LABEL[feed])
                found[f"{feed}|{column}|{key}", ""] = Found()
    return found


@answers("ID02", Subject.PERSON, needs=(), over_what_is_there=True, rests_on_rows=True)
def id02(t: Terms, p: Values) -> Founds:
    """A person of the register or of a certificate with two or more names over all feeds."""
    names: dict[str, set[str]] = defaultdict(set)
    concerned: set[str] = set()
    for feed in feeds_there(t):
        column, name = IDENTITY[feed]
        for row in t.rows(feed):
            if row[column] is not None and row[name]:
                names[row[column]].add(normalised(row[name]))
        if feed in ("register_members", "low_income_members"):
            concerned |= persons_in(t.rows(feed))
    return {(person, ""): Found() for person in concerned if len(names[person]) >= 2}


def sex(person: str) -> str:
    """男 or 女, by the last digit but one."""
    return "男" if int(person[16]) % 2 else "女"


@answers("ID03", Subject.ROW, needs=REGISTER_BOOK, rests_on_rows=True)
def id03(t: Terms, p: Values) -> Founds:
    """birth_date or sex is given and differs from the identity number."""
    return {
        (row["member_no"], ""): Found()
        for row in t.rows("register_members")
        if (person := row["person_id"]) is not None
        and (
            (row["birth_date"] is not None and row["birth_date"] != born(person))
            or (row["sex"] is not None and row["sex"] != sex(person))
        )
    }


@answers("ID05", Subject.PERSON, needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK), absence=Absence.REGISTERED_NOWHERE)
def id05(t: Terms, p: Values) -> Founds:
    """Died by R and by B, registered nowhere, and on the roll."""
    by = min(t.register_day, t.low_income_day)
    return {
        (person, ""): Found(
            t.end_is_refused(t.roll_of(person)) or any(t.was_refused(row, "status_date") for row in rows)
        )
        for person, rows in t.dead.items()
        if person in t.on_the_roll and any(row["status_date"] is not None and row["status_date"] <= by for row in rows)
    }


@answers("ID06", Subject.PERSON, needs=(*REGISTER_BOOK, *LOW_INCOME_BOOK), absence=Absence.REGISTERED_NOWHERE)
def id06(t: Terms, p: Values) -> Founds:
    """Moved or married away by R and by B, registered nowhere, nowhere dead, covered beside who stayed."""
    by = min(t.register_day, t.low_income_day)
    rows = t.rows("register_members")
    dead = persons_in(row for row in rows if row["person_status"] == "死亡")
    found: Founds = {}
    for row in rows:
        person, left_on = row["person_id"], row["status_date"]
        if person is None or row["person_status"] not in ("迁出", "婚嫁") or person in t.registered or person in dead:
            continue
        stayed = t.registered_in(row["household_no"]) - {person}
        shared = {no for other in stayed for no in t.roll_of(other)} & t.roll_of(person)
        if left_on is not None and left_on <= by and shared:
            refused = any(t.was_refused(other, "status_date") for other in rows if other["person_id"] == person)
            found[person, ""] = Found(refused or t.end_is_refused(t.roll_of(person)))
    return found
