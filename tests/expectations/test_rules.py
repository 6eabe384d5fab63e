"""The registry of rules: what must hold of every rule, so that a new one is tested by existing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import ibis
import pytest
from cases.registry import OF_RULES
from ibis.expr.types import Table
from oracle.evaluate import RULES as CONTRACT

from expectations.days import Days
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from expectations.policy import Policy
from expectations.rule import Family, Rule
from expectations.rules import FAMILIES, RULES, in_order
from expectations.terms import County
from expectations.values import Values
from pipelines.house.policies import load_policies
from pipelines.staging.schema import staged_schema
from warehouse.evaluation.questions import QUESTIONS, Question
from warehouse.planning.plans import WatchedValues

D = date(2026, 6, 30)
DOCS = Path(__file__).resolve().parents[2] / "docs"
POLICY: Policy = load_policies(None).at("522601", D)

READ_AS_DAYS: dict[str, set[str]] = {
    "insurance.settled_on": {"CV01", "CV02", "CV09", "EX04", "DU03", "LD09"},
    "school.settled_on": {"CV03", "CV09", "EX03"},
    "school.ends_on": {"CV03", "CV09", "EX03"},
    "education.settle_days": {"CV04"},
    "payments.settle_days": {"PY02", "PY03", "PY04", "PY05"},
}
"""Values that make a county's years, terms and months, which rules find as data (expectations/days.py)."""

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


class Rows(Mapping[str, Table]):
    """Tables of all feeds without a row, which note for whom they were opened."""

    def __init__(self) -> None:
        self.opened: set[str] = set()

    def __getitem__(self, feed: str) -> Table:
        self.opened.add(feed)
        return ibis.table(ibis.Schema.from_pyarrow(staged_schema(FEEDS_BY_NAME[feed])), name=feed)

    def __iter__(self) -> Iterator[str]:
        return (feed.name for feed in FEEDS)

    def __len__(self) -> int:
        return len(FEEDS)

    def __contains__(self, feed: object) -> bool:
        return feed in FEEDS_BY_NAME


def a_county() -> tuple[County, Rows, WatchedValues]:
    """A county that notes which feeds and which policy values are read."""
    rows, watching = Rows(), WatchedValues(Days(POLICY, {feed.name: D for feed in FEEDS}))
    return County(Values(watching), rows, rows_before=rows), rows, watching


def book_of(feed: str) -> str:
    """Whose account a feed is: the two halves of a book are one."""
    return FEEDS_BY_NAME[feed].book or feed


@each_rule
def test_a_rule_has_literal_cases_that_keep_it_and_that_break_it(rule: Rule) -> None:
    found = [case.findings for case in OF_RULES if case.rule == rule.code]
    assert {} in found, f"tests/cases: {rule.code} holds for nothing"
    assert any(found), f"tests/cases: {rule.code} is broken by nothing"


@each_rule
def test_a_rule_has_an_entry_in_the_oracle_that_needs_what_it_needs(rule: Rule) -> None:
    assert rule.code in CONTRACT, f"tests/oracle: no entry answers {rule.code}"
    entry = CONTRACT[rule.code]
    assert entry.over_what_is_there == rule.over_what_is_there
    assert set(entry.needs) == (set() if rule.over_what_is_there else set(rule.needs))


def test_the_oracle_and_the_cases_know_no_other_rule() -> None:
    codes = {rule.code for rule in RULES}
    assert set(CONTRACT) == codes
    assert {case.rule for case in OF_RULES} <= codes


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.slug)
def test_a_question_of_evaluators_names_only_rules_of_the_book(question: Question) -> None:
    named = re.findall(r"rule (?:=|IN) \(?'([A-Z]{2}\d\d)'", question.sql)
    assert set(named) <= {rule.code for rule in RULES}


@each_rule
def test_a_rule_says_what_a_visit_asks_and_which_papers_it_wants(rule: Rule) -> None:
    assert (rule.visit is not None) == rule.subject.visited
    if rule.visit is not None:
        assert rule.visit.ask.endswith("。")
        assert rule.visit.papers


@each_rule
def test_a_rule_has_its_page_in_the_rule_book(rule: Rule) -> None:
    page = DOCS / "rules" / f"{rule.code}.md"
    assert page.is_file(), "make docs"
    assert rule.visit is None or rule.visit.ask in page.read_text(encoding="utf-8")


@each_rule
def test_a_rule_reads_only_feeds_that_it_needs_or_heeds(rule: Rule) -> None:
    county, rows, _ = a_county()
    rule.finds(county, county.values.of(*rule.needs))
    assert set(rule.heeds) <= rows.opened <= set(rule.hears)


@each_rule
def test_a_rule_does_without_the_feeds_that_it_heeds(rule: Rule) -> None:
    county = a_county()[0]
    without = {feed: table for feed, table in county.rows.items() if feed not in rule.heeds}
    rule.finds(replace(county, rows=without), county.values.of(*rule.needs))


@each_rule
def test_a_rule_says_whether_it_reads_the_book_of_the_newest_settled_month(rule: Rule) -> None:
    county, earlier = a_county()[0], Rows()
    rule.finds(replace(county, rows_before=earlier), county.values.of(*rule.needs))
    assert bool(earlier.opened) == rule.reads_before


@each_rule
def test_a_rule_shows_rows_or_a_search_of_every_book_that_it_reads(rule: Rule) -> None:
    county, rows, _ = a_county()
    rule.finds(county, county.values.of(*rule.needs))
    counted = rule.compares.feeds if rule.compares is not None else ()
    shown = {*(book_of(part.feed) for part in (*rule.evidence, *rule.absences)), *map(book_of, counted)}
    assert {book_of(feed) for feed in rows.opened} <= shown


@each_rule
def test_a_rule_names_exactly_the_policy_values_that_it_reads(rule: Rule) -> None:
    county, _, watching = a_county()
    rule.finds(county, county.values.of(*rule.needs))
    for side in rule.evidence:
        if side.rows is not None:
            side.rows(county)
    for absence in rule.absences:
        if absence.people is not None:
            absence.people(county)
    for doubt in rule.doubts:
        doubt.rows(county)
    as_days = {key for key, rules in READ_AS_DAYS.items() if rule.code in rules}
    assert {key for key, _ in watching.read} | as_days == set(rule.policy_keys)
    assert len(set(rule.policy_keys)) == len(rule.policy_keys)
    assert {key for key, when in watching.read if when.year_before} == set(rule.policy_keys_before)


# membership


def module(**holds: object) -> ModuleType:
    """A module with these names, as it would lie in the folder."""
    made = ModuleType("some_rules")
    vars(made).update(holds)
    return made


def test_the_book_is_in_the_order_of_its_families_and_codes() -> None:
    assert [family.code for family, _ in FAMILIES] == ["TL", "CV", "EX", "DU", "PY", "ID", "CO", "HP", "RL", "LD", "AG"]
    for family, rules in FAMILIES:
        assert [rule.code for rule in rules] == sorted(rule.code for rule in rules)
        assert {rule.family for rule in rules} == {family.code}


def test_a_rule_that_its_module_does_not_list_stops_the_import() -> None:
    def nothing(county: County, policy: Policy) -> Table:
        return county.households

    nothing.__module__ = "some_rules"
    stray = replace(RULES[0], code="TL99", finds=nothing)
    with pytest.raises(ValueError, match="some_rules declares TL99 and does not list it in RULES"):
        in_order([module(stray=stray, FAMILY=Family("TL", 1, "", ""), RULES=())])


def test_codes_of_no_family_codes_that_stand_twice_and_places_taken_twice_stop_the_import() -> None:
    first = module(FAMILY=Family("TL", 1, "", ""), RULES=(RULES[0], RULES[0]))
    second = module(FAMILY=Family("CV", 1, "", ""), RULES=(replace(RULES[0], code="XX01"),))
    told = f"CV and TL both stand at place 1; {RULES[0].code} is declared twice; XX01 is of no family"
    with pytest.raises(ValueError, match=f"^{told}$"):
        in_order([first, second])
