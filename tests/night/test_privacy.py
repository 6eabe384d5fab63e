"""Must show 9: no identity number, full name, phone or 学籍号 in anything but what is meant to show it."""

import csv
import re
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from command_line import call
from night.counties import COUNTY, Home, copy_home
from night.readable import outputs

from expectations.feed import Personal
from expectations.feeds import CORE_FEEDS
from pipelines.simulator.simulation import make_county

DIRTY_COUNTY = (200, 7)
"""Households and seed of ``dirty_night``."""


@cache
def personal_values(home: Path, *, dirty: bool) -> frozenset[str]:
    """Every number, name, phone and 学籍号 that stands in the county's books, and numbers of 15 digits.

    Not the birth dates: a day alone is somebody's anywhere.
    """
    found: set[str] = set()
    passed_over = {None, Personal.BIRTH_DATE}
    marked = {feed.name: [c for c in feed.columns if c.personal not in passed_over] for feed in CORE_FEEDS}
    asked = {c.personal for columns in marked.values() for c in columns}
    assert asked == set(Personal) - {Personal.OTHER, Personal.BIRTH_DATE, Personal.PLATE}
    if dirty:
        (d,) = Home(home).dates()
        made = make_county(COUNTY, d, *DIRTY_COUNTY, 1)
        kept, _ = made.month(made.clocks[-1])
        for feed, columns in marked.items():
            table = kept[feed].table()
            for column in columns:
                found |= set(table[column.name].unique().to_pylist())
    else:
        for feed, columns in marked.items():
            for path in (home / "archive" / COUNTY).glob(f"{feed}_*.csv"):
                with path.open(encoding="utf-8", newline="") as stream:
                    for row in csv.DictReader(stream):
                        found |= {row[column.title] for column in columns}
    return frozenset(value for value in found if value and len(value) > 1)


@pytest.fixture(scope="module", params=["three_nights", "dirty_night"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return copy_home(request.getfixturevalue(request.param), tmp_path_factory.mktemp("privacy") / "home")


@pytest.fixture(scope="module")
def values(home: Home) -> frozenset[str]:
    """What must not be seen."""
    return personal_values(home.path, dirty=len(home.dates()) == 1)


def seen(values: frozenset[str], text: str) -> set[str]:
    """The values that stand in a text: numbers and 学籍号 as words, with or without their letter, names anywhere."""
    words = set(re.findall(r"[0-9A-Za-z]{11,}", text))
    words |= {word[1:] for word in words if word.startswith("G")}
    return {*(values & words), *(value for value in values if not value.isascii() and value in text)}


def test_the_search_itself_finds_what_is_there(home: Home, values: frozenset[str]) -> None:
    assert len(values) > 500
    rows = home.dataset("findings", home.runs()[-1].id)
    text = "\n".join(f"{row['person_id']} {row['name']}" for row in rows)
    assert len(seen(values, text)) > 20


def test_nothing_that_is_given_to_read_holds_a_personal_value(home: Home, values: frozenset[str]) -> None:
    """Names stand in what departments act on, and in the findings that a purpose reads: numbers in these alone."""
    kinds, shown = set(), {}
    for place, text in outputs(home.path):
        found = seen(values, text)
        if place.startswith("reports/") and place.endswith(".xlsx"):
            found = {value for value in found if value.isascii()}
        if found and not place.startswith(("lake/findings/", "lake/ledger/")):
            shown[place] = len(found)
        kinds.add(Path(place).suffix)
    assert shown == {}
    assert kinds == {".txt", ".json", ".html", ".parquet", ".xlsx", ".duckdb", ".sqlite"}
    assert "DEBUG" in (home.said / "stderr.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command",
    [
        ("findings",),
        ("findings", "--state", "all", "--format", "csv"),
        ("findings", "--state", "all", "--format", "json"),
        ("deliveries",),
        ("deliveries", "--json"),
        ("quarantine",),
        ("quarantine", "--json"),
    ],
    ids=" ".join,
)
def test_commands_print_no_personal_value(
    command: tuple[str, ...],
    home: Home,
    values: frozenset[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = call(*command, home=home, capsys=capsys, monkeypatch=monkeypatch)
    assert done.status == 0, done.stderr
    assert seen(values, done.stdout + done.stderr) == set()


def test_a_masked_parquet_export_and_every_masked_explanation_hold_no_personal_value(
    home: Home,
    values: frozenset[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "findings.parquet"
    call("findings", "--state", "all", "--out", str(target), home=home, capsys=capsys, monkeypatch=monkeypatch)
    rows = pq.read_table(target).to_pylist()
    assert rows
    assert seen(values, str(rows)) == set()
    one_each = {row["rule"]: row["finding_id"] for row in rows}
    for rule, finding in one_each.items():
        for more in ((), ("--json",)):
            done = call("explain", finding, *more, home=home, capsys=capsys, monkeypatch=monkeypatch)
            assert done.status == 0, done.stderr
            assert seen(values, done.stdout + done.stderr) == set(), rule
