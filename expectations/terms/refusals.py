"""Whom our own refusals are about: households, certificates, people and cases that a refused row or value may concern.

Our refusals accuse and clear nobody (rules.md, Terms; decision 0030). A refused row carries a subject's own key, or it
is *near* one: it has the number or the name of one of the subject's people, or the household or certificate that they
stand in. It is *far* from every subject of a kind where it lost what it stands under, so that it could be anybody's.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import ibis
from ibis import Schema, _
from ibis.expr.types import BooleanValue, StringValue, Table

from expectations.feed import Feed
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from expectations.terms.expressions import name_key
from expectations.terms.rows import CurrentRows

REFUSED_ROWS: Final = "refused_rows"
"""What an engine calls the relation of what was refused (warehouse/refused.py)."""

KINDS: Final = ("household_no", "certificate_no", "person_id", "case_no", "relocation_no")
"""Columns of the keys of subjects that a refused row can be about."""

_OF_ONE_ROW: Final = ("case_no", "relocation_no")
"""Those that are a row's own."""

_ASKED: Final = ("month", "school_year", "term", "item")
TOUCHED: Final = Schema(
    {
        "rule": "string",
        "feed": "string",
        "refused": "string",
        "keyless": "boolean",
        "near": "boolean",
        "far": "boolean",
        "guessed": "boolean",
        "before": "boolean",
        "named_in": "string",
        "kind": "string",
        "key": "string",
        **dict.fromkeys(_ASKED, "string"),
    }
)
"""One row a subject that something refused may concern; ``kind`` is one of KINDS, ``rule`` null for what holds of all.

``keyless``: the row does not say what it is about as subjects of the kind are known: a person by the number, others by
the number that rows of its feed stand under. ``guessed``: it lost its household or certificate, and this one lacks a
row (a ``key``), or it could be any (none). ``before``: it was refused in the book of M* (CurrentRows.rows_before).
``named_in``: the feed that gives the person the row's name. ``refused`` and what follows ``key`` are the refused
row's: month and term are null where it has none, or none that can be read. Where ``key`` is null the row may concern
every subject of the kind: where ``far`` those of rules that one more row of its feed may refute, else all.
"""

STUDENT_NO: Final = "student_no"
"""``named_in`` of a row that bears a pupil's student number."""


@dataclass(frozen=True)
class RestsOn:
    """Rows that findings of a rule rest on, (subject key, ``by``), for a column whose value may be refused there."""

    rule: str
    feed: str
    column: str
    by: str
    rows: Table


PEOPLE: Final = {"household_no": "register_members", "certificate_no": "low_income_members"}
"""Groups that people stand in, by the feed that says so."""
_BOOKS: Final = {"household_no": "register_households", "certificate_no": "low_income_households"}
"""The feed that has a row of each group."""
_KNOWN_TO: Final = {"household_no": ("low_income_members", "housing_renovations"), "certificate_no": ()}
"""Books without whose word on a person nobody misses him in a group; none: he is missed whoever he is."""
_UNDER: Final = {"household_no": ("register_members",), "certificate_no": ("low_income_members", "low_income_payments")}
"""Feeds whose rows, where they lost the group that they stand under, could be of any."""


def touched(
    c: CurrentRows,
    refused: Table,
    needed: Collection[str],
    people: Mapping[str, Table],
    rests_on: Iterable[RestsOn],
    counting: Mapping[str, str],
) -> Table:
    """TOUCHED of the county: ``refused`` are the rows of REFUSED_ROWS, ``needed`` the feeds that rules read.

    ``people``: by rule those of its subjects (subject key, person_id) beside the registered members of a household and
    the members of a certificate. ``counting``: by rule the feed of people whose rows it counts.
    """
    groups = [by for by, feed in PEOPLE.items() if c.has(feed)]
    rows = _told(refused, guessed=False)
    guesses = [*_guesses(c.rows, rows.filter(~rows.before), groups)]
    if all(feed["certificate_no"] in c.rows_before for feed in (PEOPLE, _BOOKS)):
        guesses += _guesses(c.rows_before, rows.filter(rows.before), ["certificate_no"])
    rows = ibis.union(rows, *guesses)
    persons = ibis.union(_own(rows, "person_id"), *_near_persons(c, rows, groups, needed), distinct=True)
    parts = [persons, *(_own(rows, kind) for kind in KINDS if kind != "person_id")]
    for by in groups:
        parts += _near_groups(c, rows, groups, by)
    parts += [_of_people(persons, rule, of_subject) for rule, of_subject in people.items()]
    parts += [_of_row(rows, one) for one in rests_on]
    parts += [*_of_any_group(c, refused, groups), *_of_anybody(refused)]
    parts += [_counted(refused, rule, feed) for rule, feed in counting.items()]
    return ibis.union(*parts).select(list(TOUCHED.names)).distinct()


def _told(rows: Table, guessed: bool) -> Table:
    """Refused rows with their name as it is compared, whether they bear a number, and whether they are guessed at."""
    return rows.mutate(name_key=name_key(rows.name), numbered=rows.person_id.notnull(), guessed=ibis.literal(guessed))


def _standing(c: CurrentRows, by: str) -> Table:
    """(by, person_id): where people with a number stand, whatever became of them there."""
    rows = c.rows[PEOPLE[by]]
    return rows.filter(rows.person_id.notnull()).select(by, "person_id").distinct()


def _members(of: Mapping[str, Table], by: str) -> Table:
    """(by, person_id, name_key): members of a certificate, those of a household who are 正常, numbered or not."""
    rows = of[PEOPLE[by]]
    if by == "household_no":
        rows = rows.filter(rows.person_status == "正常")
    return rows.select(by, "person_id", name_key=name_key(rows.name))


def _guesses(of: Mapping[str, Table], rows: Table, groups: list[str]) -> Iterator[Table]:
    """Rows that lost their household or certificate, each with those that lack a row in ``of``: none of it is settled.

    A household that has members and no row of its own lacks the one that lost its number: that is no guess.
    """
    for by in groups:
        if _BOOKS[by] not in of:
            continue
        book, members = of[_BOOKS[by]], _members(of, by)
        counted = members.group_by(by).agg(_rows=_.count())
        beside = book.select(by, "persons").left_join(counted, by).drop(f"{by}_right")
        short = beside.filter(beside.persons > beside._rows.fill_null(0))
        # what else such a row says is said of it once, without guessing: alike ones are one here
        lost = rows.filter(rows[by].isnull()).select("feed", "refused", "keyless", "before", "numbered").distinct()
        for feed, lacking in ((PEOPLE[by], short), (_BOOKS[by], members.anti_join(book, by))):
            met = lost.filter(lost.feed == feed).cross_join(lacking.select(by).distinct())
            unsaid = {name: ibis.null(kind) for name, kind in rows.schema().items() if name not in met.columns}
            yield met.mutate(**unsaid | {"guessed": ibis.literal(feed == PEOPLE[by])}).select(rows.columns)


def _own(rows: Table, kind: str) -> Table:
    there = rows.filter(rows[kind].notnull())
    return _said(there, there[kind], kind, near=there.guessed)


def _near_persons(c: CurrentRows, rows: Table, groups: list[str], needed: Collection[str]) -> Iterator[Table]:
    """People who bear the row's name or student number, and those who stand in its household or certificate."""
    for feed in (feed for feed in needed if c.has(feed)):
        declared = FEEDS_BY_NAME[feed]
        for number in declared.identity_columns:
            there = c.rows[feed].filter(c.rows[feed][number].notnull())
            named = there.select(_person=there[number], name_key=name_key(there[declared.name_beside(number)]))
            met = rows.inner_join(named.distinct(), "name_key")
            yield _said(met, met._person, "person_id", named_in=feed)
            if feed == "students":
                met = rows.inner_join(there.select(STUDENT_NO, _person=there[number]).distinct(), STUDENT_NO)
                yield _said(met, met._person, "person_id", named_in=STUDENT_NO)
    for by in groups:
        there = _standing(c, by)
        met = rows.inner_join(there.select(by, _person=there.person_id), by)
        yield _said(met, met._person, "person_id")


def _near_groups(c: CurrentRows, rows: Table, groups: list[str], by: str) -> Iterator[Table]:
    """Households (or certificates) of the row's number or name, and those that share a person with the row's own."""
    members = _members(c.rows, by)
    for own in ("person_id", "name_key"):
        met = rows.inner_join(members.select(own, _here=members[by]).distinct(), own)
        yield _said(met, met._here, by)
    for other in groups:
        there = _standing(c, other)
        beside = there.select("person_id", _there=there[other])
        shared = members.select("person_id", _here=members[by]).inner_join(beside, "person_id")
        met = rows.inner_join(shared.select("_here", "_there").distinct(), [(other, "_there")])
        yield _said(met, met._here, by)


def _of_people(persons: Table, rule: str, people: Table) -> Table:
    """Subjects of a rule through the people that it names itself, for rows that were refused whole."""
    (by,) = (name for name in people.columns if name != "person_id")
    beside = people.select(_person=people.person_id, _subject=people[by]).distinct()
    met = persons.filter(persons.refused.isnull()).inner_join(beside, [("key", "_person")])
    return met.mutate(
        rule=ibis.literal(rule),
        keyless=met.row_keyless,
        near=ibis.literal(True),
        far=ibis.literal(False),
        kind=ibis.literal(by),
        key=met._subject,
    ).select(persons.columns)


def _of_row(rows: Table, one: RestsOn) -> Table:
    """Subjects of a rule that rest on a row in which a value was refused."""
    (kind,) = (name for name in one.rows.columns if name != one.by)
    holes = rows.filter(rows.feed == one.feed, rows.refused == one.column, ~rows.guessed)
    beside = one.rows.select(_by=one.rows[one.by], _subject=one.rows[kind]).distinct()
    met = holes.inner_join(beside, [(one.by, "_by")])
    return _said(met, met._subject, kind, rule=one.rule)


def _of_any_group(c: CurrentRows, refused: Table, groups: list[str]) -> Iterator[Table]:
    """Rows that lost the household or certificate that they stand under: it could be any, which is a guess.

    A member is missed in a household only where another book knows the person: by the number, else by the name. A
    payment to somebody who is a member of no certificate leads to none: that it could be of any is no guess.
    """
    rows = _told(refused.filter(refused.refused.isnull()), guessed=True)
    for by in groups:
        lost = rows.filter(rows.feed.isin(_UNDER[by]), rows[by].isnull())
        if not _KNOWN_TO[by]:
            yield _said(lost, ibis.null("string"), by, far=True)
            paid, members = lost.filter(lost.feed == "low_income_payments"), _members(c.rows, by)
            for strangers in (
                paid.filter(paid.person_id.notnull()).anti_join(members, "person_id"),
                paid.filter(paid.person_id.isnull()).anti_join(members, "name_key"),
            ):
                yield _said(strangers.mutate(guessed=ibis.literal(False)), ibis.null("string"), by, far=True)
        for feed in (feed for feed in _KNOWN_TO[by] if c.has(feed)):
            (number,) = FEEDS_BY_NAME[feed].identity_columns
            there = c.rows[feed]
            people = there.select(_person=number, name_key=name_key(there[FEEDS_BY_NAME[feed].name_beside(number)]))
            numbered = lost.semi_join(people, lost.person_id == people._person)
            named = lost.filter(lost.person_id.isnull()).semi_join(people, "name_key")
            for met in (numbered, named):
                yield _said(met, ibis.null("string"), by, named_in=feed, far=True)


def _counted(refused: Table, rule: str, feed: str) -> Table:
    """Rows of people that lost their household or certificate, for a rule that counts them: it could be any."""
    (by,) = (group for group, members in PEOPLE.items() if members == feed)
    lost = refused.filter(refused.refused.isnull(), refused.feed == feed, refused[by].isnull())
    return _said(lost.mutate(guessed=ibis.literal(False)), ibis.null("string"), by, rule=rule, far=True)


def _of_anybody(refused: Table) -> Iterator[Table]:
    """Rows of which nothing can be read that leads to anybody: neither what they stand under, nor number, nor name."""
    rows = refused.filter(refused.refused.isnull(), refused.person_id.isnull(), refused.name.isnull())
    rows = rows.filter(rows.household_no.isnull(), rows.certificate_no.isnull(), rows.student_no.isnull())
    rows = _told(rows, guessed=False)
    for kind in KINDS:
        borne = [feed.name for feed in FEEDS if _stands_under(feed) == kind]
        own = rows.filter(rows[kind].isnull()) if kind in _OF_ONE_ROW else rows
        is_borne = own.feed.isin(borne)
        yield _said(own.filter(is_borne), ibis.null("string"), kind, keyless=ibis.literal(True))
        yield _said(own.filter(~is_borne), ibis.null("string"), kind, far=True)


def _stands_under(feed: Feed) -> str:
    """The kind of subject that rows of a feed are first about."""
    kinds = (*_OF_ONE_ROW, "household_no", "certificate_no")
    return next((kind for kind in kinds if kind in feed.by_name), "person_id")


def _said(
    rows: Table,
    key: StringValue,
    kind: str,
    near: BooleanValue | bool = True,
    named_in: str | None = None,
    rule: str | None = None,
    far: bool = False,
    keyless: BooleanValue | None = None,
) -> Table:
    return rows.select(
        "feed",
        "refused",
        "guessed",
        "before",
        *_ASKED,
        rule=ibis.literal(rule, type="string"),
        keyless=(~rows.numbered if kind == "person_id" else rows.keyless) if keyless is None else keyless,
        row_keyless=rows.keyless,
        near=near,
        far=ibis.literal(far),
        named_in=ibis.literal(named_in, type="string"),
        kind=ibis.literal(kind),
        key=key,
    )
