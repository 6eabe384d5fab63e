"""One rule on one county: its findings with certainty, place and sentences, one row each."""

from collections.abc import Sequence
from functools import partial
from itertools import permutations
from typing import Final

import ibis
from ibis.expr.types import Table

from expectations.amount import YUAN
from expectations.feeds import FEEDS_BY_NAME
from expectations.rule import HOUSEHOLD, Absence, Doubt, Evidence, Rule
from expectations.rules.needs import HO, IN, LH, LOW_INCOME, REGISTER, RH
from expectations.terms import County
from expectations.terms.here import is_later
from expectations.terms.leads import GREATER
from pipelines.reconciling.sentences import fields_of

PLACE_COLUMNS = (
    "household_no",
    "certificate_no",
    "person_id",
    "name",
    "case_no",
    "relocation_no",
    "student_no",
    "school",
    "head_name",
)
"""Columns of a finding that say whom it is about; null where a rule's subject has none."""

_OF_THE_FINDING: Final = ("village_code", "owner", "verify_by")
"""What else a rule may say of a finding: where it lies, who answers for it, and by when (a day as text) if its own row
says so; null where the rule says nothing."""


def facts_of(rule: Rule, c: County) -> Table:
    """What a rule finds, one row a finding: key, places, ``possible``, and the columns that the declaration names."""
    return _with_doubts(_narrow(_with_places(rule.finds(c, c.values.of(*rule.needs)), rule, c), rule), rule, c)


def _narrow(facts: Table, rule: Rule) -> Table:
    """Only the columns that sentences, keys, doubts and evidence use."""
    wanted = dict.fromkeys(
        (*rule.subject.key, *PLACE_COLUMNS, *_OF_THE_FINDING, YUAN, "row_key_masked", *rule.digests, GREATER)
    )
    for template in (rule.expected, rule.actual, rule.explanation):
        wanted.update(dict.fromkeys(fields_of(template)))
    parts: tuple[Evidence | Absence | Doubt, ...] = (*rule.evidence, *rule.absences, *rule.doubts)
    for part in parts:
        wanted.update(dict.fromkeys(part.on))
    for column in list(wanted):
        wanted[f"{column}_masked"] = None
    return facts.select([column for column in wanted if column in facts.columns])


def _with_places(facts: Table, rule: Rule, c: County) -> Table:
    """Add household, certificate, name and village where the rule's facts lead to them."""
    if "row_key" not in facts.columns and "person_id" in facts.columns:
        if "household_no" not in facts.columns and all(c.has(feed) for feed in REGISTER):
            homes = c.homes if rule.is_lead else c.registered_persons
            facts = _look_up(facts, homes, "person_id", ("household_no",))
        if "stated_household_no" in facts.columns:
            found = facts.household_no if "household_no" in facts.columns else ibis.null("string")
            facts = facts.mutate(household_no=facts.stated_household_no.fill_null(found))
        if "certificate_no" not in facts.columns and all(c.has(feed) for feed in LOW_INCOME):
            facts = _look_up(facts, c.person_certificates, "person_id", ("certificate_no",))
    for feed, key in ((RH, "household_no"), (LH, "certificate_no"), (HO, "case_no")):
        if key in facts.columns and c.has(feed):
            facts = _fill(_look_up(facts, _places_of(feed, key, c), key, ("_village", "_head")))
    missing = {name: ibis.null("string") for name in (*PLACE_COLUMNS, *_OF_THE_FINDING) if name not in facts.columns}
    facts = facts.mutate(**missing)
    return facts.mutate(name=facts.name.fill_null(facts.head_name))


def _places_of(feed: str, key: str, c: County) -> Table:
    """Village and head by ``key``, as a feed has them; kept, for every rule asks."""
    rows = c.rows[feed]
    return c.keep(
        f"places_{feed}", rows.group_by(key).agg(_village=rows.village_code.min(), _head=rows.head_name.min())
    )


def _fill(facts: Table) -> Table:
    """Take village and head from the look-up where nothing nearer gave them."""
    given = {"village_code": "_village", "head_name": "_head"}
    filled = {
        name: facts[name].fill_null(facts[found]) if name in facts.columns else facts[found]
        for name, found in given.items()
    }
    return facts.mutate(**filled).drop(*given.values())


def _look_up(facts: Table, rows: Table, key: str, columns: tuple[str, ...]) -> Table:
    return facts.left_join(rows.select(key, *columns), key).drop(f"{key}_right")


def _with_doubts(facts: Table, rule: Rule, c: County) -> Table:
    """``possible``: whether the data could hide what would take the finding away (rules.md, certainty)."""
    possible = ibis.literal(rule.is_lead)
    for number, doubt in enumerate(doubts_of(rule)):
        # without columns: one row, or none, about all findings of the county
        rows = doubt.rows(c).select(*doubt.on).distinct() if doubt.on else doubt.rows(c)
        marks = rows.mutate(**{f"_doubt{number}": ibis.literal(True)}).select(*doubt.on, f"_doubt{number}")
        joined = facts.left_join(marks, list(doubt.on) or [ibis.literal(True)])
        facts = joined.drop(*(f"{column}_right" for column in doubt.on))
        possible = possible | ibis._[f"_doubt{number}"].notnull()
    if "certificate_no" in rule.subject.key and rule.counts is None:
        members = c.certificates_with_members.mutate(_has_members=ibis.literal(True))
        facts = _look_up(facts, members, "certificate_no", ("_has_members",))
        possible = possible | ibis._["_has_members"].isnull()
    helpers = [name for name in facts.columns if name.startswith("_doubt") or name == "_has_members"]
    return facts.mutate(possible=possible).drop(*helpers)


UNNUMBERED: Final = "户内有在册人员没有有效证件号码"
"""Why nothing of a household is certain that rests on who somebody is."""


def doubts_of(rule: Rule) -> list[Doubt]:
    """What makes a finding of the rule only possible (rules.md): what many rules share, then its own."""
    doubts = []
    # who has no number is counted all the same; of a pair (TL09) the contract names the certificate alone
    if rule.subject.key == HOUSEHOLD.key and rule.counts is None:
        doubts.append(Doubt(("household_no",), lambda c: c.households_with_unnumbered_members, UNNUMBERED))
    if "certificate_no" in rule.subject.key and rule.counts is None:
        why = "证下有成员没有有效证件号码，或没有成员记录"
        doubts.append(Doubt(("certificate_no",), lambda c: c.doubtful_certificates, why))
    for absence in rule.absences:
        if absence.people is not None:
            title = FEEDS_BY_NAME[absence.feed].title
            why = f"查找过的{title}中，有同名而证件号码无效（或整行被隔离）的记录"
            doubts.append(Doubt(absence.on, partial(_hidden, absence), why))
    books = [column for column, feeds in _BOOKS.items() if set(feeds) & set(rule.needs)]
    if len(books) > 1 and rule.family != "ID":
        why = "所用各部门数据（建档立卡、低保、医保）的截止日相差超过books_apart_days"
        doubts.append(Doubt((), partial(_apart, books, rule.needs), why))
    return [*doubts, *rule.doubts]


_BOOKS: Final = {"register_day": REGISTER, "low_income_day": LOW_INCOME, "insurance_day": (IN,)}
"""R, B and IN: what is said of people by two of them holds only as of about one day."""


def _apart(books: Sequence[str], feeds: Sequence[str], c: County) -> Table:
    """A row where the days of these books lie more than ``books_apart_days`` apart: every finding is in doubt."""
    allowed = int(c.values.of(*feeds)["books_apart_days"])
    far = [is_later(c.here[one], allowed, c.here[other]) for one, other in permutations(books, 2)]
    return c.here.filter(ibis.or_(*far))


def _hidden(absence: Absence, c: County) -> Table:
    """People whose absence is asserted and whose name a row without a valid number, or a quarantined one, has."""
    if absence.people is None:
        raise ValueError(f"nobody is searched for in {absence.feed}")
    return absence.people(c).semi_join(c.hidden_names(absence.feed, *_identity_and_name(absence.feed)), "name_key")


def _identity_and_name(feed: str) -> tuple[str, str]:
    """The identity and name columns that a feed is searched by."""
    declared = FEEDS_BY_NAME[feed]
    identity = declared.identity_columns[0]
    return identity, declared.name_beside(identity)
