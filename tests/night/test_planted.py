"""Must show 3: a column of any kind, declared personal or unknown to the masks, is found in clear in no output."""

import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import pyarrow.parquet as pq
import pytest
import typer
from allowances import allow_every_feed
from night.counties import KEY, Home, make_home, share
from night.planted import (
    BY_NAME,
    HOUSEHOLDS,
    KINDS,
    LABELS,
    OWN,
    OWN_KINDS,
    PLANTED,
    QUOTING,
    REFUSED,
    TYPES,
    D,
    commands,
)
from night.readable import READERS, outputs, text_of

from expectations.feed import ColumnType, Personal
from expectations.feeds import FEEDS
from pipelines.cli import app

PROGRAM = Path(__file__).with_name("planted.py")
HIDDEN = "***"

SAYS_NOTHING_OF_DATA = MappingProxyType(
    {
        "simulate": "makes data",
        "backfill": "runs the night over again",
        "reconcile": "a step of run",
        "publish": "a step of run",
        "ingest": "a step of run",
        "pull": "a step of run",
        "template": "a workbook without rows",
        "restage": "the line that deliveries prints",
        "restore": "the line that deliveries prints",
        "release": "the line that deliveries prints",
        "run-withdraw": "counts",
        "withdraw": "the line that deliveries prints",
        "feedback": "reads what departments wrote in their workbooks",
        "ledger review": "the line that ledger show prints",
        "ledger send": "counts by rule",
        "backup": "the books, which are searched",
        "restore-backup": "the books, which are searched",
        "policy": "policy values",
        "resolve": "the numbers that evaluators' views have, and their rows' places",
        "rules": "declarations",
        "sample estimate": "rates of what surveyors wrote",
        "sample size": "a sum",
        "bench": "figures of our own",
        "database": "the same views, on PostgreSQL",
    }
)
"""Commands that are not called, and why."""


@pytest.fixture(scope="module")
def home(together: Path) -> Path:
    """A home after its nights and all commands; what they printed lies in ``said``. Made once, for all workers."""
    return share(together, "planted", _live).path


def _live(path: Path) -> Home:
    home = make_home(path, households=HOUSEHOLDS, seed=9, as_of=D)
    allow_every_feed(home.path / "policy")
    tests = PROGRAM.parents[1]
    search_path = os.pathsep.join([str(tests), str(tests.parent)])
    done = subprocess.run(
        [sys.executable, PROGRAM, path],
        env=os.environ | {"PYTHONPATH": search_path, "LIANGXIAN_FINDING_KEY": KEY, "LIANGXIAN_LOG": "DEBUG"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    home.said.mkdir()
    (home.said / "stdout.txt").write_text(done.stdout, encoding="utf-8")
    (home.said / "stderr.txt").write_text(done.stderr, encoding="utf-8")
    return home


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """By column: how its value would look, as a word of its own; a yes is one only beside its column's name.

    Beside it: with one sign between them. After an empty cell it is another column's, as in the data dictionary.
    """
    patterns = {}
    for name, planted in BY_NAME.items():
        if planted.value == "是":
            pattern = rf"(?:{name}|{planted.column.title})['\" ]*['\"=：:, ]['\" ]*(?:是|true|True)"
        elif planted.value.isascii():
            pattern = rf"(?<![0-9A-Za-z.]){re.escape(planted.value)}(?![0-9A-Za-z])"
        else:
            pattern = re.escape(planted.value)
        patterns[name] = re.compile(pattern)
    return MappingProxyType(patterns)


def seen(text: str) -> set[str]:
    """The planted columns whose value stands in a text, ``refused`` where a refused one does, and ``own`` where one of
    another office's own columns does.

    A code list is told with all of its labels by forms and codebooks, whose words come from the declaration.
    """
    for between in ("、", ","):
        text = text.replace(between.join(LABELS), "")
    found = {name for name, pattern in _patterns().items() if pattern.search(text)}
    return found | {said for said, begins in (("refused", REFUSED), ("own", OWN)) if begins in text}


def test_a_value_is_planted_for_every_type_of_column_and_kind_of_personal_data() -> None:
    assert {type(kind) for _, kind, _, _ in TYPES} == set(get_args(ColumnType))
    assert set(KINDS) == set(Personal)
    values = [planted.value for planted in PLANTED if planted.value != "是"]
    assert len(set(values)) == len(values)


@pytest.mark.first(60)
def test_the_search_finds_every_value_where_it_is_kept(home: Path) -> None:
    everything = set(BY_NAME)
    for feed in FEEDS:
        staged = sorted((home / "lake" / "staged" / feed.name).rglob("*.parquet"))
        assert staged, feed.name
        own = {"own" for c in feed.columns if feed.optional and c.personal in OWN_KINDS}
        assert seen(text_of(staged[-1])) == everything | own, feed.name
    refused = sorted((home / "lake" / "files").rglob("*"))
    assert any("refused" in seen(path.read_text(encoding="utf-8")) for path in refused if path.is_file())


def allowed(place: str) -> Collection[str]:
    """Which planted values a place may show: names and birth dates where departments act, on cards and before an
    application, known kinds in what a purpose reads."""
    if place in ("out/card.html", "out/lookup.txt") or (place.startswith("reports/") and place.endswith(".xlsx")):
        return {f"kind_{Personal.NAME}", f"kind_{Personal.BIRTH_DATE}"}
    if place == "out/card_clear.html" or place.startswith(("lake/findings/", "lake/ledger/")):
        return {f"kind_{kind}" for kind in KINDS if kind is not Personal.OTHER}
    return ()


def test_no_output_shows_a_planted_value(home: Path) -> None:
    shown, kinds = {}, set()
    for place, text in outputs(home):
        kinds.add(Path(place).suffix)
        if leaked := seen(text) - set(allowed(place)):
            shown[place] = sorted(leaked)
    assert shown == {}
    assert kinds == set(READERS)


@pytest.mark.parametrize(
    "part",
    ["reports/*/*/*.xlsx", "reports/*/一户一单/*.xlsx", "out/findings.*", "out/csv/findings.csv", "said/stdout.txt"],
)
def test_outputs_quote_the_planted_columns_and_hide_them(part: str, home: Path) -> None:
    text = "\n".join(text_of(path) for path in sorted(home.glob(part)))
    for planted in PLANTED:
        assert planted.column.title in text or planted.column.name in text, planted.column.name
    for title in ("明示text", "未知money"):
        assert f"{title}={HIDDEN}" in text


def test_a_card_has_the_planted_columns_and_hides_them(home: Path) -> None:
    told = {"out/card.html": "{0.title}", "out/card_clear.html": "{0.name}"}
    for place, heading in told.items():
        page = text_of(home / place).replace(" ", "_")
        for column in (planted.column for planted in PLANTED if planted.column.personal_as in (None, Personal.OTHER)):
            assert f"<span>{heading.format(column)}</span>{HIDDEN}<" in page, column.name


def test_a_look_up_has_the_planted_columns_and_hides_them(home: Path) -> None:
    text = text_of(home / "out" / "lookup.txt")
    assert '"found": true' in text
    for column in (planted.column for planted in PLANTED if planted.column.personal_as in (None, Personal.OTHER)):
        assert f'"{column.title}": "{HIDDEN}"' in text, column.name


def test_evidence_of_nearly_every_rule_quotes_the_planted_columns(home: Path) -> None:
    (findings,) = home.glob("out/findings.parquet")
    rules: dict[str, str] = {}
    for row in pq.read_table(findings).to_pylist():
        rules[row["rule"]] = rules.get(row["rule"], "") + row["evidence"]
    quoting = {rule for rule, evidence in rules.items() if f'"unknown_text":"{HIDDEN}"' in evidence}
    assert len(quoting) > 30
    keys = {row["subject_key"] for row in pq.read_table(findings).to_pylist() if row["rule"] == QUOTING}
    assert keys
    assert all(key.split("|")[1:3] == [HIDDEN, HIDDEN] for key in keys)


def test_views_and_exports_have_the_planted_columns_and_hide_them(home: Path) -> None:
    tables = {path.stem: pq.read_table(path) for path in (home / "out" / "parquet").glob("*.parquet")}
    wide = {
        name for name, table in tables.items() if set(BY_NAME) - {f"kind_{Personal.PHONE}"} <= {*table.column_names}
    }
    assert {"household_card", "household_history", "person_history", "certificates", "housing_cases"} <= wide
    for name in wide:
        for column, planted in BY_NAME.items():
            if planted.column.personal_as in (None, Personal.OTHER):
                assert set(tables[name][column].to_pylist()) <= {None, HIDDEN}, (name, column)


def _leaves(command: Any, words: tuple[str, ...] = ()) -> Iterator[str]:
    within = getattr(command, "commands", None)
    if within is None or not within:
        yield " ".join(words)
        return
    for name, one in within.items():
        yield from _leaves(one, (*words, name))


def test_every_command_is_called_or_says_nothing_of_data() -> None:
    called = {" ".join(words) for words in commands(Path(), Path(), {QUOTING: ""}, ["", ""], "")} | {"run", "lookup"}
    for leaf in _leaves(typer.main.get_command(app)):
        is_called = any(words == leaf or words.startswith(f"{leaf} ") for words in called)
        assert is_called or {leaf, leaf.split()[0]} & set(SAYS_NOTHING_OF_DATA), leaf
