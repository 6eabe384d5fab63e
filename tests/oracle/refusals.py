"""Our own refusals accuse and clear nobody: whether a quarantined row of a needed feed could concern a finding."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from builders import Row
from oracle.deliveries import IDENTITY
from oracle.entry import ED, HO, IN, LM, LOW_INCOME_BOOK, LP, REGISTER_BOOK, RM, ST, Absence, Entry, Subject
from oracle.names import normalised
from oracle.terms import Terms, names_in, persons_in
from oracle.verdicts import Found

OWN_KEY = {
    Subject.HOUSEHOLD: ("household_no",),
    Subject.CERTIFICATE: ("certificate_no",),
    Subject.CERTIFICATE_MONTH: ("certificate_no",),
    Subject.HOUSEHOLD_AND_CERTIFICATE: ("household_no", "certificate_no"),
    Subject.CASE: ("case_no",),
    Subject.RELOCATION: ("relocation_no",),
}
"""By subject whose key is a number of the departments': the columns that bear it."""


@dataclass(frozen=True)
class Concerned:
    """Whom and what a finding is about, as a quarantined row could name it."""

    own: dict[str, str]
    """The subject's own key by column; of a person none."""
    person: str | None
    people: frozenset[str]
    """Valid numbers of the subject's people, and of those whose absence is asserted."""
    names: frozenset[str]
    household_nos: frozenset[str]
    certificate_nos: frozenset[str]
    """Where the people stand."""
    student_nos: frozenset[str]
    months: frozenset[str]
    """Months that the subject or the rule asks about; none where it asks about no month."""
    term: tuple[str, str, str] | None
    """School year, term and item."""


def concerned(t: Terms, entry: Entry, subject_key: str, found: Found) -> Concerned:
    """Whom and what a finding is about."""
    own = dict(zip(OWN_KEY.get(entry.subject, ()), subject_key.split("|"), strict=False))
    is_person = entry.subject in (Subject.PERSON, Subject.PERSON_AND_ITEM)
    person, *item = subject_key.split("|") if is_person else (None,)
    rows = [row for no in _value(own, "household_no") for row in t.registered_members.get(no, ())]
    rows += [row for no in _value(own, "certificate_no") for row in t.members_of(no)]
    people = persons_in(rows) | set(found.sought) | ({person} if person else set())
    return Concerned(
        own,
        person,
        frozenset(people),
        frozenset(names_in(rows) | _names_of(t, entry, {*found.sought, *([person] if person else [])})),
        frozenset(_standing(t.rows("register_members"), "household_no", people) | set(_value(own, "household_no"))),
        frozenset(
            _standing(t.rows("low_income_members"), "certificate_no", people) | set(_value(own, "certificate_no"))
        ),
        found.student_nos,
        found.months,
        (item[0], item[1], item[2]) if entry.subject is Subject.PERSON_AND_ITEM else None,
    )


def _value(own: dict[str, str], column: str) -> tuple[str, ...]:
    return (own[column],) if column in own else ()


def _names_of(t: Terms, entry: Entry, persons: Iterable[str]) -> set[str]:
    """The names that current rows of the needed feeds have beside these numbers."""
    wanted = set(persons)
    return {
        normalised(row[name])
        for feed in entry.needs
        for number, name in [IDENTITY[feed]]
        for row in t.rows(feed)
        if row[number] in wanted and row[name]
    }


def _standing(rows: Iterable[Row], column: str, people: set[str]) -> set[str]:
    return {row[column] for row in rows if row["person_id"] in people}


def could_concern(t: Terms, entry: Entry, subject_key: str, found: Found) -> bool:
    """Whether a current delivery of a feed that the rule needs has a quarantined row that could concern the finding."""
    if entry.rests_on_rows or entry.subject in (Subject.AREA, Subject.ROW, Subject.TOTAL):
        return False
    of = concerned(t, entry, subject_key, found)
    return any(
        _is_of_the_time(of, feed, row)
        and (
            any(_concerns(entry, of, feed, row | standing) for standing in _standing_of(read, feed, row))
            or _may_be_missed(read, entry, of, feed, row)
            or (_leads_to_nobody(feed, row) and _could_be_anybodys(entry, of, feed, row))
        )
        for read in _read(t, entry)
        for feed in entry.needs
        for row in read.refused.get(feed, ())
    )


@dataclass(frozen=True)
class Read:
    """Deliveries that a rule reads: by feed the rows that were refused, and those beside them."""

    refused: Mapping[str, Sequence[Row]]
    rows: Mapping[str, Sequence[Row]]


READS_THE_BOOK_OF_THE_MONTH = ("PY03", "PY05")


def _read(t: Terms, entry: Entry) -> Iterator[Read]:
    """The current deliveries, and the halves of the assistance book as of the end of M*."""
    yield Read(t.deliveries.quarantined, t.deliveries.rows)
    if entry.code in READS_THE_BOOK_OF_THE_MONTH and (halves := t.book_of_the_month):
        yield Read({half.feed: half.quarantined for half in halves}, {half.feed: half.rows for half in halves})


LOST = "_lost"
"""Of a row that lost its number, the household or certificate that can only be meant."""


def _standing_of(read: Read, feed: str, row: Row) -> list[Row]:
    """What a row stands under: as it says, and where a book's own row lost it, whichever members have no such row."""
    found: list[Row] = [{}]
    for book, members, column in (
        ("register_households", "register_members", "household_no"),
        ("low_income_households", "low_income_members", "certificate_no"),
    ):
        if feed == book and row.get(column) is None:
            there = {known[column] for known in read.rows[book]}
            orphans = {member[column] for member in read.rows[members]} - there
            found += [{column: number, LOST: column} for number in sorted(orphans)]
    return found


REFUTED_BY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("TL02", "TL03", "TL08", "TL11", "CV05", "CV06", "CV07", "EX02", "CO04"), (RM,)),
    **dict.fromkeys(("TL06", "CV09", "PY06"), (LM,)),
    **dict.fromkeys(("PY02", "PY03", "PY04"), (LP,)),
    "PY05": (LM, LP),
}
"""Findings of households and certificates that one more row under their number could take away (decision 0030)."""

SEARCHED_IN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("TL02", "TL03", "TL11"), (LM,)),
    "TL06": (RM,),
    "TL08": (*REGISTER_BOOK, *LOW_INCOME_BOOK),
    **dict.fromkeys(("CV01", "EX04"), (IN,)),
    **dict.fromkeys(("CV03", "EX03"), (ST,)),
    "CV04": (ED,),
    "CV07": (HO,),
    "CV09": (RM, IN, ST),
    **dict.fromkeys(("PY02", "PY04"), (LP,)),
    "PY05": (*LOW_INCOME_BOOK, LP),
    **dict.fromkeys(("ID05", "ID06", "PY06"), REGISTER_BOOK),
}
"""Feeds that findings say of that somebody or something is not there."""


def _may_be_missed(read: Read, entry: Entry, of: Concerned, feed: str, row: Row) -> bool:
    """A row that lost its household or certificate, where the subject lacks one and one more could take the finding
    away; a payment where its payee is a member of no certificate."""
    (column,) = COLUMNS[feed]
    if feed not in REFUTED_BY.get(entry.code, ()) or row.get(column) is not None:
        return False
    if feed == LP:
        number, name = row.get("payee_id"), row.get("payee_name")
        members = read.rows[LM]
        return not any(
            known["person_id"] == number if number else bool(name) and normalised(known["name"]) == normalised(name)
            for known in members
        )
    book = "register_households" if feed == RM else "low_income_households"
    there = sum(
        member[column] == of.own.get(column) and (feed == LM or member["person_status"] == "正常")
        for member in read.rows[feed]
    )
    return any(said[column] == of.own.get(column) and said["persons"] > there for said in read.rows[book])


def _leads_to_nobody(feed: str, row: Row) -> bool:
    leads = (*IDENTITY[feed], "household_no", "certificate_no", "student_no")
    return all(row.get(column) is None for column in leads)


def _could_be_anybodys(entry: Entry, of: Concerned, feed: str, row: Row) -> bool:
    """Unknown is closed: whatever has a key of the row's kind, and whatever asserts an absence over its feed."""
    kind = COLUMNS[feed][0]
    if kind in of.own and row.get(kind) is None:
        return True
    if kind in ("person_id", "student_no") and of.person is not None:
        return True
    return feed in SEARCHED_IN.get(entry.code, ()) or (entry.over_housing_cases and feed == HO)


def _concerns(entry: Entry, of: Concerned, feed: str, row: Row) -> bool:
    number, name = row.get(IDENTITY[feed][0]), row.get(IDENTITY[feed][1])
    if any(row.get(column) == value for column, value in of.own.items()):
        return True
    if of.person is not None and number == of.person:
        return True
    by_person = number in of.people or (bool(name) and normalised(name) in of.names)
    if entry.over_housing_cases and feed == HO and by_person:
        return True
    if not _may_be_named_otherwise(entry, of, feed, row):
        return False
    return (
        by_person
        or row.get("household_no") in of.household_nos
        or row.get("certificate_no") in of.certificate_nos
        or row.get("student_no") in of.student_nos
    )


def _may_be_named_otherwise(entry: Entry, of: Concerned, feed: str, row: Row) -> bool:
    """Whether people, and where they stand, count: for absences, and for a row whose key is not readable."""
    if entry.absence is Absence.SEARCHED:
        return True
    if entry.absence is Absence.REGISTERED_NOWHERE and feed in REGISTER_BOOK:
        return True
    return not _key_is_readable(of, feed, row)


def _key_is_readable(of: Concerned, feed: str, row: Row) -> bool:
    """The subject's own key, where rows of the feed bear it; else the feed's own."""
    if of.person is not None:
        return row.get(IDENTITY[feed][0]) is not None
    borne = COLUMNS[feed]
    if row.get(LOST) is not None:
        return False
    asked = [column for column in of.own if column in borne] or borne
    return all(row.get(column) is not None for column in asked)


COLUMNS = {
    "register_households": ("household_no",),
    "register_members": ("household_no",),
    "low_income_households": ("certificate_no",),
    "low_income_members": ("certificate_no",),
    "low_income_payments": ("certificate_no",),
    "insurance_enrolments": ("person_id",),
    "students": ("student_no",),
    "education_subsidies": ("student_no",),
    "housing_renovations": ("case_no",),
    "relocations": ("relocation_no",),
}
"""By feed: the numbers under which its rows stand."""


def _is_of_the_time(of: Concerned, feed: str, row: Row) -> bool:
    """The row's month, term and item are those that are asked about, or could be."""
    if feed == LP and of.months:
        return row.get("month") is None or row["month"] in of.months
    if feed == ED and of.term is not None:
        told = (row.get("school_year"), row.get("term"), row.get("item"))
        return all(value is None or value == asked for value, asked in zip(told, of.term, strict=True))
    return True
