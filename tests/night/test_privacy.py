"""Must show 9: no identity number, full name, phone or 学籍号 in anything but what is meant to show it."""

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from unicodedata import normalize

import pyarrow.parquet as pq
import pytest
from command_line import call
from night.counties import COUNTY, Home, copy_home
from night.readable import outputs

from expectations.departments import Department
from expectations.feed import Personal
from expectations.feeds import CORE_FEEDS, FEEDS_BY_NAME
from pipelines.simulator.simulation import OTHER_OFFICES, SIMULATED, make_county

DIRTY_COUNTY = (200, 7)
"""Households and seed of ``dirty_night``."""


Column = tuple[str, str]
"""Feed and column."""


@cache
def values_of(home: Path, *, dirty: bool) -> Mapping[Column, frozenset[str]]:
    """By personal column: every number, name, phone and 学籍号 that stands in the county's books, and numbers of 15
    digits; where other offices send theirs, plates, businesses, employers, places and what leads say.

    Not the birth dates: a day alone is somebody's anywhere.
    """
    feeds = (*SIMULATED, *OTHER_OFFICES) if dirty else CORE_FEEDS
    marked = [(f, c) for f in feeds for c in f.columns if c.personal not in (None, Personal.BIRTH_DATE)]
    of_other_offices = set() if dirty else {Personal.OTHER, Personal.PLATE}
    assert {c.personal for _, c in marked} == set(Personal) - {Personal.BIRTH_DATE} - of_other_offices
    found: dict[Column, set[str]] = {(f.name, c.name): set() for f, c in marked}
    if dirty:
        (d,) = Home(home).dates()
        made = make_county(COUNTY, d, *DIRTY_COUNTY, 1, other_offices=True)
        kept, _ = made.month(made.clocks[-1])
        for f, c in marked:
            sent = kept[f.name].table()[c.name].unique().to_pylist()
            found[f.name, c.name] = {normalize("NFKC", value or "") for value in sent}
    else:
        for path in (home / "archive" / COUNTY).glob("*.csv"):
            with path.open(encoding="utf-8", newline="") as stream:
                rows = list(csv.DictReader(stream))
            for f, c in marked:
                if path.name.startswith(f"{f.name}_{COUNTY}"):
                    found[f.name, c.name] |= {row[c.title] for row in rows}
    return {column: frozenset(value for value in values if len(value) > 1) for column, values in found.items()}


def shown_in(place: str, values: Mapping[Column, frozenset[str]]) -> frozenset[str]:
    """What a workbook shows those who act: names, and the office that answers for a lead what the lead says."""
    if not place.startswith("reports/") or not place.endswith(".xlsx"):
        return frozenset()
    names = [v for (feed, c), v in values.items() if FEEDS_BY_NAME[feed][c].personal is Personal.NAME]
    if f"/{Department.COUNTY_OFFICE}/" in place:
        names.append(values.get(("outside_leads", "lead_text"), frozenset()))
    return frozenset().union(*names)


@pytest.fixture(scope="module", params=["three_nights", "dirty_night"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return copy_home(request.getfixturevalue(request.param), tmp_path_factory.mktemp("privacy") / "home")


@pytest.fixture(scope="module")
def values(home: Home) -> frozenset[str]:
    """What must not be seen."""
    return frozenset().union(*values_of(home.path, dirty=len(home.dates()) == 1).values())


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
    by_column = values_of(home.path, dirty=len(home.dates()) == 1)
    for place, text in outputs(home.path):
        found = seen(values, text) - shown_in(place, by_column)
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
