"""What dirt changes: findings of a dirty county differ from the truth only where a refused row or value explains it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from night.conftest import DIRTY_NIGHT
from night.counties import COUNTY, Home, Verdicts, judge_home, make_home, take_in

from expectations.feeds import CORE_FEEDS
from expectations.rule import TOTAL, TOTALS
from expectations.rules import RULES, RULES_BY_CODE
from pipelines.simulator.simulation import OTHER_OFFICES, SIMULATED
from warehouse.books.deliveries import list_deliveries

Row = Mapping[str, Any]
SENT = (*SIMULATED, *OTHER_OFFICES)
AG01 = RULES_BY_CODE["AG01"]
IDENTIFIERS = (
    "household_no",
    "certificate_no",
    "person_id",
    "head_id",
    "payee_id",
    "member_no",
    "student_no",
    "case_no",
    "owner_id",
    "relocation_no",
    "lead_no",
)
"""Columns by which rows and findings are about the same household, certificate, person, pupil or house."""
NAMES = ("name", "head_name", "payee_name", "owner_name")


@dataclass(frozen=True)
class Refusal:
    """A row that was refused or staged with a gap: where the department sees it, and the clean row behind it."""

    feed: str
    file: str
    row: int
    column: str
    reason: str
    clean: Row


@dataclass(frozen=True)
class Pair:
    """One county twice: as the departments know it, and as they sent it."""

    clean: Home
    dirty: Home


@dataclass(frozen=True)
class Comparison:
    """What was planted, what the rules say of the dirty county, and what was refused in it."""

    truth: Mapping[str, Mapping[tuple[str, str], str]]
    said: Verdicts
    refused: Sequence[Refusal]
    county: "Neighbours"


@pytest.fixture(scope="module")
def pair(dirty_night: Home, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = tmp_path_factory.mktemp("clean") / "home"
    clean = make_home(folder, households=200, seed=7, as_of=DIRTY_NIGHT, other_offices=True)
    take_in(clean, DIRTY_NIGHT, [feed.name for feed in SENT])
    assert clean.truths() == dirty_night.truths()
    return Pair(clean, dirty_night)


@pytest.fixture(scope="module")
def comparison(pair: Pair) -> Comparison:
    said = judge_home(pair.dirty, DIRTY_NIGHT)
    return Comparison(pair.dirty.truths()[DIRTY_NIGHT], said, refusals(pair), Neighbours(pair.clean))


def staged(home: Home, feed: str, kind: str = "staged") -> list[dict[str, Any]]:
    lake = home.settings(DIRTY_NIGHT).home.lake
    (delivery,) = (d for d in list_deliveries(home.settings(DIRTY_NIGHT).home.books) if d.feed == feed)
    path: Path = getattr(lake, kind)(feed, COUNTY, delivery.id)
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist() if path.exists() else []
    return rows


def content(row: Row) -> tuple[tuple[str, Any], ...]:
    """What a row says; in which words an office sent a label is no part of it."""
    return tuple(
        (name, value) for name, value in row.items() if not name.startswith("_") and not name.endswith("_sent")
    )


def refusals(pair: Pair) -> list[Refusal]:
    """Every clean row that did not get in as it was, with what was planted in it; asserts that each has a reason."""
    planted = pq.read_table(pair.dirty.path / "truth_dirt.parquet").to_pylist()
    found = []
    for feed in SENT:
        there = Counter(content(row) for row in staged(pair.dirty, feed.name))
        lost = list((Counter(content(row) for row in staged(pair.clean, feed.name)) - there).elements())
        told = {(p["file"], p["row"], p["reason"]) for p in staged(pair.dirty, feed.name, "problems")}
        spoiled = [p for p in planted if p["feed"] == feed.name and p["reason"]]
        for row in map(dict, lost):
            values = {str(value) for value in row.values()}
            why = [p for p in spoiled if set(p["row_key"].split("|")) <= values]
            assert why, f"{feed.name}: a clean row is missing and nothing was planted in it"
            for p in why:
                assert p["scope"] == "identity" or (p["file"], p["row"], p["reason"]) in told, p
                found.append(Refusal(feed.name, p["file"], p["row"], p["column"], p["reason"], row))
    return found


class Neighbours:
    """Who belongs together in the clean county: households, certificates, persons, pupils, houses, and their names."""

    def __init__(self, home: Home) -> None:
        self.of: dict[str, set[str]] = defaultdict(set)
        self.names: dict[str, set[str]] = defaultdict(set)
        for feed in ("register_households", "register_members", "low_income_households", "low_income_members",
                     "students", "housing_renovations"):  # fmt: skip
            for row in staged(home, feed):
                together = set(identifiers(row))
                for one in together:
                    self.of[one] |= together
                    self.names[one] |= {row[n] for n in NAMES if row.get(n)}

    def around(self, keys: Sequence[str]) -> tuple[set[str], set[str]]:
        """Identifiers within two steps (household → member → certificate), and the names of the first step."""
        near = set(keys).union(*(self.of.get(key, set()) for key in keys))
        names = set().union(*(self.names.get(key, set()) for key in near))
        return near.union(*(self.of.get(key, set()) for key in near)), names | set(keys)


def identifiers(row: Row) -> Iterator[str]:
    return (str(row[name]) for name in IDENTIFIERS if row.get(name))


def explain(key: str, refused: Sequence[Refusal], county: Neighbours) -> list[Refusal]:
    near, names = county.around(key.split("|"))
    return [
        refusal
        for refusal in refused
        if near.intersection(identifiers(refusal.clean)) or names & {refusal.clean.get(n) for n in NAMES}
    ]


def explain_total(key: Sequence[str], refused: Sequence[Refusal]) -> list[Refusal]:
    """What the figure was counted from, and the row in which it, or another of its form, was reported."""
    assert AG01.compares is not None
    counted = {feed for one in AG01.compares.counted if one.value in key for feed in one.feeds}
    own = [str(part) for part in key]
    return [
        refusal
        for refusal in refused
        if refusal.feed in counted
        or (refusal.feed == "reported_totals" and [refusal.clean[c] for c in ("reporter", "form")] == own[:2])
    ]


def test_findings_differ_from_the_truth_only_where_a_refused_row_or_value_explains_it(comparison: Comparison) -> None:
    explained: dict[tuple[str, str], list[str]] = {}
    unexplained = []
    lost = [r for r in comparison.refused if r.column in ("household_no", "certificate_no")]
    for rule in RULES:
        planted, found = comparison.truth.get(rule.code, {}), comparison.said[rule.code]
        assert found is not None, rule.code
        for key, _ in {*planted.items()} ^ {*found.items()}:
            because = explain(key[0], comparison.refused, comparison.county)
            if rule.subject is TOTAL or rule.subject is TOTALS:
                because = explain_total(key[0].split("|"), comparison.refused)
            if (planted.get(key), found.get(key)) == ("certain", "possible"):
                because = because or lost  # it may be the row that the subject lacks
            if because:
                where = sorted({f"{r.file} row {r.row}: {r.column} {r.reason}" for r in because})
                explained[rule.code, key[0]] = where
            else:
                unexplained.append(rule.code)  # without the key: it may hold an identity number
    assert not unexplained
    assert explained  # a county where dirt changed nothing would prove nothing
    assert all(explained.values())


def test_the_explanation_tells_changed_findings_from_unchanged_ones(comparison: Comparison) -> None:
    truth = comparison.truth
    same = [key[0] for code, found in comparison.said.items() for key in set(found or ()) & set(truth.get(code, ()))]
    touched = sum(bool(explain(key, comparison.refused, comparison.county)) for key in same)
    assert touched < len(same) / 2


def test_every_feed_lost_something_and_each_loss_has_its_reason(comparison: Comparison) -> None:
    assert {r.feed for r in comparison.refused} >= {feed.name for feed in CORE_FEEDS}
    assert {r.feed for r in comparison.refused} & {feed.name for feed in OTHER_OFFICES}
    assert {"missing", "bad_date", "unknown_code", "conflicting_key"} <= {r.reason for r in comparison.refused}
