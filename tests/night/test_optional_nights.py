"""Must show J 2: what summary, page, alerts, exit status and clocks say, whatever became of other offices' books."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

import pytest
from feed_tables import AS_OF, COUNTY, rows_of
from inboxes import Inbox, of_periods
from long import LONG
from night.test_optional_feeds import ASKED, MAY, OFFICES, TABLE, County, D, broken, status_of
from sqlalchemy import delete, insert, select

from expectations.feeds import CORE_FEEDS
from expectations.finding import State
from expectations.rule import Rule
from expectations.status import RuleStatus
from pipelines.commands.nights import is_incomplete
from pipelines.desk.alerts import Kind, digest
from pipelines.house.records.night import Summary
from pipelines.night.flow import run_night
from warehouse.books.schema import findings

_SECTION: Final = r'<section[^>]*id="(\w+)">(.*?)</section>'
DUE: Final = D + timedelta(days=20)
OF_OFFICES: Final = {feed.name for feed in OFFICES}


@dataclass(frozen=True)
class Told:
    """What a night said: its summary, its page without marks, alerts by kind, and rules whose clocks stand still."""

    summary: Summary
    page: Mapping[str, str]
    alerts: Mapping[Kind, str]
    stopped: frozenset[str]

    def statuses(self) -> dict[str, RuleStatus]:
        """By rule of ASKED that has no time of its own to wait for."""
        said = {row["rule"]: RuleStatus(row["status"]) for row in self.summary["rules"]}
        return {rule.code: said[rule.code] for rule in ASKED if not rule.waits_for}


def codes(text: str) -> set[str]:
    """Rules that a text names, of those that ask another office's book and have no time of their own to wait for."""
    return {rule.code for rule in ASKED if not rule.waits_for and rule.code in text}


def titles(text: str) -> set[str]:
    """Feeds of other offices that a text names."""
    return {feed.name for feed in OFFICES if feed.title in text}


def finding_of(rule: Rule) -> str:
    """Id of the finding that waits for an answer while the nights go by."""
    return f"waits-for-{rule.code}"


def send_out(home: Inbox) -> None:
    """The ledger anew: of each rule that asks another office's book one finding, sent out yesterday."""
    rows = [
        {
            "finding_id": finding_of(rule),
            "county": COUNTY,
            "rule": rule.code,
            "period": "",
            "state": State.DISPATCHED.value,
            "certainty": "possible",
            "first_seen": D,
            "last_seen": D,
            "last_run": "",
            "evidence_digest": "",
            "due_on": DUE,
        }
        for rule in ASKED
    ]
    with home.settings.home.books.begin() as connection:
        connection.execute(delete(findings).where(findings.c.county == COUNTY))
        connection.execute(insert(findings), rows)


def told(home: Inbox) -> Told:
    """One night at D, and what everybody hears of it."""
    send_out(home)
    (summary,) = run_night(home.settings, D).summaries
    html = (home.settings.home.lake.run_folder(summary["run"]) / "summary.html").read_text(encoding="utf-8")
    page = {id: re.sub(r"<[^>]*>", " ", text) for id, text in re.findall(_SECTION, html, re.DOTALL)}
    found = digest(home.settings, D)
    alerts = {kind: " ".join(alert.zh for alert in found.alerts if alert.kind is kind) for kind in Kind}
    query = select(findings.c.rule).where(findings.c.county == COUNTY, findings.c.days_left.is_not(None))
    with home.settings.home.books.connect() as connection:
        stopped = frozenset(connection.execute(query).scalars())
    return Told(summary, page, alerts, stopped)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, bool], Told]:
    """By condition, and whether the county is to receive the feeds, what a night said."""
    return dict(_nights(County(tmp_path_factory.mktemp("offices"))))


ORDER: Final = ("absent", "rejected", "refused without a document", "there", "revoked", "stale", "empty")
"""Of the conditions in the life of a home: each lays what it needs beside what is there."""

WALK: Final = (
    [(condition, expected) for condition in ORDER for expected in (True, False)]
    if LONG
    else [(condition, number % 2 == 0) for number, condition in enumerate(ORDER)]
)
"""With and without the expectation; by turns where nobody asks for both."""


def _nights(county: County) -> Iterator[tuple[tuple[str, bool], Told]]:
    home = county.under()
    for feed in CORE_FEEDS:
        home.lay(feed.name, of_periods(feed.name, [(str(D.year), 6)]) if feed.name == "insurance_enrolments" else 6)
    laid = {"rejected": broken, "refused without a document": partial(rows_of, count=3), "empty": lambda feed: []}
    before = ""
    for condition, expected in WALK:
        if condition in laid and condition != before:
            for feed in OFFICES:
                home.lay(feed.name, laid[condition](feed), AS_OF if condition == "empty" else MAY)
        before = condition
        fresh_days = 20 if condition == "stale" else None
        allowed = TABLE[condition].allowed
        yield (condition, expected), told(county.under(allowed=allowed, expected=expected, fresh_days=fresh_days))


@pytest.mark.parametrize(("condition", "expected"), WALK)
def test_a_night_tells_everybody_the_same_of_a_book_that_another_office_keeps(
    nights: Mapping[tuple[str, bool], Told], condition: str, expected: bool
) -> None:
    night, became = nights[condition, expected], TABLE[condition]
    wanted = {rule.code: status_of(rule, became, expected=expected) for rule in ASKED if not rule.waits_for}
    assert night.statuses() == wanted
    gaps = {code for code, status in wanted.items() if status is RuleStatus.NOT_EVALUATED}
    silent = {code for code, status in wanted.items() if status is RuleStatus.NOT_APPLICABLE}

    # exit status 3 for a gap, or for what was rejected of a feed that the county is to receive; for nothing else
    assert is_incomplete(night.summary) is bool(gaps)

    # the page: every silent rule in the section of its kind, and in no other; and what came and does not count
    assert codes(night.page.get("skipped", "")) == gaps
    assert codes(night.page.get("not_applicable", "")) == silent
    # what was rejected is named until something newer counts, and what a document must let in never does here
    asking = {feed.name for feed in OFFICES if feed.needs_basis}
    rejected = {"rejected": OF_OFFICES, "refused without a document": asking}.get(condition, set())
    assert titles(night.page.get("rejected", "")) == rejected
    # what came by itself and what came before a document was revoked is there, and not used
    barred = {
        feed.name
        for feed in OFFICES
        if not became.allowed and feed.asks_for_basis and (condition == "revoked" or not feed.needs_basis)
    }
    assert titles(night.page.get("unusable", "")) == barred

    # alerts: only of what the county is to receive
    assert codes(night.alerts[Kind.NOT_EVALUATED]) == gaps
    late = OF_OFFICES if condition == "absent" else rejected
    for kind, feeds in ((Kind.REJECTED, rejected), (Kind.BARRED, barred), (Kind.LATE, late)):
        assert titles(night.alerts[kind]) == (feeds if expected else set()), kind

    # clocks pause with what does not apply and with what waits; with a gap they go on
    said = {row["rule"]: RuleStatus(row["status"]) for row in night.summary["rules"]}
    asked = {rule.code for rule in ASKED}
    assert night.stopped == {code for code in asked if said[code] in (RuleStatus.NOT_APPLICABLE, RuleStatus.WAITING)}
