"""What commands print and files keep as JSON has the keys and types that its record says, each of them and no other."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from command_line import call
from homes import AS_OF, COUNTY, REJECTED, copy_home
from night.counties import Home

from expectations.feeds import CORE_FEEDS
from expectations.finding import FINDING_COLUMNS
from expectations.policy import PolicyRow
from expectations.rules import RULES
from pipelines.checking.report import CheckRow
from pipelines.house.records.desk import DigestRow, EscalationRow
from pipelines.house.records.findings import BookRow, Explanation, FindingRow, LedgerEvent, Life, ProblemRow, RefusedRow
from pipelines.house.records.night import DeliveryRow, Summary
from pipelines.house.records.profile import ExpectationRow, Profile
from pipelines.house.records.rules import RuleBookRow
from pipelines.reading_out.rule_book import rule_row
from pipelines.staging.schema import PROBLEMS
from warehouse.books.schema import finding_events, findings
from warehouse.evaluation.records import IndicatorRow

_AS_TEXT = (date, Decimal)
"""JSON has no such kinds."""


def misfits(value: Any, kind: Any, place: str = "") -> Iterator[str]:
    """Where a value read from JSON is not what a type says."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in (Any, object):
        return
    if is_typeddict(kind):
        keys = value.keys() if isinstance(value, dict) else set()
        yield from (f"{place}.{key} is missing" for key in sorted(kind.__required_keys__ - keys))
        yield from (f"{place}.{key} is unknown" for key in sorted(keys - kind.__annotations__.keys()))
        hints = get_type_hints(kind)
        for key in keys & hints.keys():
            yield from misfits(value[key], hints[key], f"{place}.{key}")
    elif origin in (Union, UnionType):
        if all(list(misfits(value, one, place)) for one in arguments):
            yield f"{place} is {value!r}, not {kind}"
    elif origin in (list, Sequence) and isinstance(value, list):
        for number, one in enumerate(value):
            yield from misfits(one, arguments[0], f"{place}[{number}]")
    elif origin in (dict, Mapping) and isinstance(value, dict):
        for key, one in value.items():
            yield from misfits(one, arguments[1], f"{place}.{key}")
    else:
        plain = {bool: (bool,), int: (int,), float: (int, float), str: (str,), NoneType: (NoneType,)}
        wanted = (str,) if kind in _AS_TEXT else plain.get(kind, ())
        if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
            yield f"{place} is {value!r}, not {kind}"


@pytest.fixture
def say(night_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    home = Home(copy_home(night_home, tmp_path / "home"))  # 督办单 are written

    def said(*words: str) -> Any:
        done = call(*words, home=home, capsys=capsys, monkeypatch=monkeypatch)
        assert done.status in (0, 3), done.stderr
        return json.loads(done.stdout)

    return said


def test_the_summary_of_a_night_is_what_its_record_says(night_home: Path) -> None:
    (path,) = night_home.glob("runs/*/summary.json")
    summary = json.loads(path.read_text(encoding="utf-8"))
    assert list(misfits(summary, Summary)) == []
    assert list(summary) == list(Summary.__annotations__)
    assert all(summary[name] for name in ("deliveries", "in_force", "refused", "rules", "open", "reports"))


def test_what_staging_keeps_of_each_delivery_is_what_its_record_says(night_home: Path) -> None:
    paths = sorted((night_home / "lake" / "profiles").rglob("*.json"))
    said = [path for path in paths if path.name.endswith(".validation.json")]
    assert len(said) >= len(CORE_FEEDS)
    assert len(paths) == 2 * len(said)
    for path in paths:
        kind: Any = list[ExpectationRow] if path in said else Profile
        assert list(misfits(json.loads(path.read_text(encoding="utf-8")), kind, path.name)) == []


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("deliveries",), list[DeliveryRow]),
        (("quarantine",), list[RefusedRow]),
        (("alerts", "--as-of", f"{AS_OF}"), DigestRow),
        (("escalate", "--as-of", "2026-12-31"), list[EscalationRow]),
        (("indicators",), list[IndicatorRow]),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_a_list_on_the_command_line_is_what_its_record_says(say: Any, words: tuple[str, ...], kind: Any) -> None:
    told = say(*words, "--json")
    assert told
    assert list(misfits(told, kind)) == []


def test_findings_one_explained_and_its_life_are_what_their_records_say(say: Any) -> None:
    rows = say("findings", "--format", "json", "--state", "all")
    assert list(misfits(rows, list[FindingRow])) == []
    assert rows
    told = say("explain", rows[0]["finding_id"], "--json")
    assert list(misfits(told, Explanation)) == []
    assert told["rows"] or told["searched"]
    life = say("ledger", "show", rows[0]["finding_id"], "--json")
    assert list(misfits(life, Life)) == []
    assert life["events"]


def test_a_check_is_what_its_record_says(
    night_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = next(night_home.rglob(REJECTED))
    done = call("check", str(path), "--format", "json", home=None, capsys=capsys, monkeypatch=monkeypatch)
    told = json.loads(done.stdout)
    assert list(misfits(told, CheckRow)) == []
    assert told["problems"]
    assert told["refusals"]


def test_a_rule_of_the_book_is_what_its_record_says() -> None:
    told = json.loads(json.dumps([rule_row(rule) for rule in RULES]))
    assert list(misfits(told, list[RuleBookRow])) == []


def test_a_policy_is_what_its_record_says(
    night_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("policy", "check", str(night_home / "policy"), "--json")
    told = json.loads(call(*words, home=None, capsys=capsys, monkeypatch=monkeypatch).stdout)
    assert list(misfits(told, dict[str, list[PolicyRow]])) == []
    assert told[COUNTY]


def test_records_of_rows_have_the_columns_of_their_tables() -> None:
    assert set(FindingRow.__annotations__) == set(FINDING_COLUMNS)
    assert set(BookRow.__annotations__) == set(findings.c.keys())
    assert set(LedgerEvent.__annotations__) == set(finding_events.c.keys())
    assert set(ProblemRow.__annotations__) == set(PROBLEMS.names)


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        ({"feed": "students", "scope": "row", "reason": "missing"}, "RefusedCount", [".count is missing"]),
        (
            {"feed": "s", "scope": "r", "reason": "m", "count": "1"},
            "RefusedCount",
            [".count is '1', not <class 'int'>"],
        ),
        ({"feed": "s", "scope": "r", "reason": "m", "count": 1, "x": 1}, "RefusedCount", [".x is unknown"]),
        ({"published": 1, "snapshot": None}, "Published", [".published is 1, not <class 'bool'>"]),
    ],
)
def test_what_a_record_does_not_say_is_found(value: Any, kind: str, said: list[str]) -> None:
    from pipelines.house.records import night

    assert list(misfits(value, getattr(night, kind))) == said
