"""Must show J 2: what each rule that needs another office's book says, whatever became of that book."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pytest
import yaml
from allowances import basis
from feed_tables import COUNTY, Row, rows_of
from inboxes import NOW, Inbox, open_inbox

from expectations.feed import Feed
from expectations.feeds import CORE_FEEDS, FEEDS, FEEDS_BY_NAME
from expectations.policy import Policy
from expectations.rule import Rule
from expectations.rules import RULES
from expectations.status import RuleStatus
from pipelines.conforming import conform
from pipelines.landing import Why
from pipelines.night.barred import newest_barred
from pipelines.night.reports import still_stopped
from pipelines.night.results import is_refused
from pipelines.reconciling.county import Asked
from pipelines.reconciling.evaluability import why_not
from warehouse.books.deliveries import in_force, list_deliveries

OFFICES: Final = tuple(f for f in FEEDS if f not in CORE_FEEDS and f.name not in ("village_rosters", "survey_results"))
ASKED: Final = tuple(rule for rule in RULES if not {f.name for f in OFFICES}.isdisjoint(rule.needs))
"""Rules that need a book of another office."""

MAY, D = date(2026, 5, 31), NOW.date()
NINE: Final = tuple(feed.name for feed in CORE_FEEDS)
EVERY: Final = (*NINE, *(feed.name for feed in OFFICES))


@dataclass(frozen=True)
class Became:
    """What became of the other offices' files, all at once: whether rows count, and whether a document lets them."""

    there: bool
    allowed: bool = True
    rejected: bool = False

    def counts(self, feed: Feed) -> bool:
        """Whether rows of the feed are there."""
        return self.there and (self.allowed or not feed.asks_for_basis)


TABLE: Final = {
    "absent": Became(there=False),
    "rejected": Became(there=False, rejected=True),
    "refused without a document": Became(there=True, allowed=False),
    "there": Became(there=True),
    "revoked": Became(there=True, allowed=False),
    "stale": Became(there=False),
    "empty": Became(there=True),
}


def status_of(rule: Rule, became: Became, *, expected: bool) -> RuleStatus:
    """What the contract says of a rule, by what it declares that it needs."""
    lacks = [feed for name in rule.needs if (feed := FEEDS_BY_NAME[name]) in OFFICES and not became.counts(feed)]
    if any(feed.asks_for_basis for feed in lacks) and not became.allowed:
        return RuleStatus.NOT_APPLICABLE
    if not lacks:
        return RuleStatus.EVALUATED
    return RuleStatus.NOT_EVALUATED if expected else RuleStatus.NOT_APPLICABLE


def broken(feed: Feed) -> list[Row]:
    """Rows that are all refused: each lacks what must be there."""
    rows = rows_of(feed, 3)
    for row in rows:
        row[next(c.name for c in feed.columns if c.must_be_there and not c.is_identity_number)] = ""
    return rows


class County:
    """A home whose policy is written anew for each condition."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.policies = folder / "home", folder / "policy"
        self.policies.mkdir()

    def under(self, *, allowed: bool = True, expected: bool = False, fresh_days: int | None = None) -> Inbox:
        """The home, opened by such a policy."""
        said: dict[str, object] = {"feeds.expected": list(EVERY if expected else NINE)}
        if allowed:
            said["leads.basis"] = basis()[0]["value"]
        if fresh_days is not None:
            said |= {f"freshness_days.{feed.name}": fresh_days for feed in OFFICES}
        entries = {key: [{"from": "2000-01-01", "value": value, "source": "a test"}] for key, value in said.items()}
        text = yaml.safe_dump({"county": COUNTY, "parameters": entries}, allow_unicode=True)
        (self.policies / f"{COUNTY}.yaml").write_text(text, encoding="utf-8")
        return open_inbox(self.folder, self.policies)

    def statuses(
        self, *, allowed: bool = True, expected: bool = False, fresh_days: int | None = None
    ) -> dict[str, tuple[RuleStatus, str]]:
        """What becomes of each rule of other offices' books, and why."""
        home = self.under(allowed=allowed, expected=expected, fresh_days=fresh_days)
        at = home.settings.policies.at(COUNTY, D)
        conformed = conform(home.settings.home.lake, in_force(home.settings.home.books, COUNTY), COUNTY, D, at)
        silences = {rule.code: why_not(rule, Asked(conformed, at)) for rule in ASKED}
        return {
            code: (RuleStatus.EVALUATED, "") if silence is None else (silence.status, silence.reason)
            for code, silence in silences.items()
        }


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, bool], dict[str, tuple[RuleStatus, str]]]:
    """By condition, and whether the county is to receive the feeds, what becomes of each rule."""
    county = County(tmp_path_factory.mktemp("offices"))
    return dict(_walk(county))


def _walk(county: County) -> Iterator[tuple[tuple[str, bool], dict[str, tuple[RuleStatus, str]]]]:
    def both(
        name: str, *, allowed: bool = True, fresh_days: int | None = None
    ) -> Iterator[tuple[tuple[str, bool], dict[str, tuple[RuleStatus, str]]]]:
        for expected in (False, True):
            yield (name, expected), county.statuses(allowed=allowed, expected=expected, fresh_days=fresh_days)

    home = county.under()
    for feed in CORE_FEEDS:
        home.lay(feed.name, 6)
    home.take_in()
    yield from both("absent")

    for feed in OFFICES:
        home.lay(feed.name, broken(feed), MAY)
    assert {d.status for d in home.take_in().deliveries} == {"rejected"}
    stopped = still_stopped(home.settings, COUNTY, D)
    assert {d.feed for d in stopped} == {feed.name for feed in OFFICES}  # each is named, and waited for where expected
    assert not any(is_refused(home.settings.policies, d, D) for d in stopped)
    assert all(is_refused(county.under(expected=True).settings.policies, d, D) for d in stopped)
    yield from both("rejected")

    home = county.under(allowed=False)
    for feed in OFFICES:
        home.lay(feed.name, 3, MAY)
    left = [one.name for one in home.take_in().passed_over if one.why is Why.NO_BASIS]
    assert len(left) == sum(feed.needs_basis for feed in OFFICES)
    known = list_deliveries(home.settings.home.books)
    assert {d.feed for d in known if d.status == "accepted"} & {f.name for f in OFFICES if f.needs_basis} == set()
    yield from both("refused without a document", allowed=False)

    home = county.under()
    home.take_in()
    assert {feed.name for feed in OFFICES} <= {d.feed for d in in_force(home.settings.home.books, COUNTY)}
    yield from both("there")
    yield from both("revoked", allowed=False)
    policy: Policy = county.under(allowed=False).settings.policies.at(COUNTY, D)
    told = newest_barred(list_deliveries(home.settings.home.books), policy.may_use)
    assert {d.feed for d, _ in told} == {feed.name for feed in OFFICES if feed.asks_for_basis}  # on summary and page
    yield from both("stale", fresh_days=20)

    home = county.under()
    for feed in OFFICES:
        home.lay(feed.name, 0)
    assert {d.status for d in home.take_in().deliveries} == {"accepted"}  # never held, also where they are empty
    yield from both("empty")


@pytest.mark.parametrize("expected", [False, True], ids=["unexpected", "expected"])
@pytest.mark.parametrize("condition", TABLE)
def test_each_rule_says_what_became_of_the_books_that_it_needs(
    said: dict[tuple[str, bool], dict[str, tuple[RuleStatus, str]]], condition: str, expected: bool
) -> None:
    found, became = said[condition, expected], TABLE[condition]
    wanted = {rule.code: status_of(rule, became, expected=expected) for rule in ASKED if not rule.waits_for}
    assert {code: found[code][0] for code in wanted} == wanted
    # what does not apply is no reason for status 3; each that says nothing names the book that is not there
    for rule in ASKED:
        status, why = found[rule.code]
        titles = [FEEDS_BY_NAME[name].title for name in rule.needs if FEEDS_BY_NAME[name] in OFFICES]
        assert status is RuleStatus.EVALUATED or rule.waits_for or any(title in why for title in titles), rule.code
