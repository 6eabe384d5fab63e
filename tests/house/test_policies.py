"""Policy files: what they overlay, what is in force when, and every way in which they can be wrong."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from expectations.feeds import BOOKS, CORE_FEEDS, FEEDS
from expectations.policy import Entry, PolicyError, entry_in_force
from pipelines.house.policies import _FastLoader, _Loader, _read, load_policies

D = date(2026, 6, 30)
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a policy file of (key, from, value) entries; returns the directory."""

    def _write(*entries: tuple[str, str, Any], county: str = "522601", name: str = "county.yaml") -> Path:
        parameters: dict[str, list[dict[str, Any]]] = {}
        for key, start, value in entries:
            parameters.setdefault(key, []).append({"from": start, "value": value, "source": "县政府文件1号"})
        text = yaml.safe_dump({"county": county, "parameters": parameters}, allow_unicode=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return _write


def problems(directory: Path) -> str:
    """Everything that is wrong with a directory."""
    with pytest.raises(PolicyError) as caught:
        load_policies(directory)
    return str(caught.value)


def test_a_countys_file_overlays_the_file_for_all_and_that_overlays_the_defaults(write: Write) -> None:
    write(("grace_months", "2020-01-01", 9), ("signals_needed", "2020-01-01", 3), county="*", name="all.yml")
    directory = write(("grace_months", "2020-01-01", 12))
    policy = load_policies(directory).at("522601", D)
    assert (policy["grace_months"], policy["signals_needed"], policy["housing.repeat_years"]) == (12, 3, 10)
    assert load_policies(directory).at("522602", D)["grace_months"] == 9


def test_a_key_of_the_county_replaces_the_whole_list_of_the_defaults(write: Write) -> None:
    policies = load_policies(write(("poverty_line", "2026-01-01", 4400)))
    assert policies.at("522601", D)["poverty_line"] == Decimal(4400)
    with pytest.raises(PolicyError, match=r"county\.yaml: poverty_line: 2025-12-31: no value .* begins 2026-01-01"):
        policies.check("522601", date(2025, 12, 31))
    policies.check("522602", date(2025, 12, 31))


def test_a_value_holds_from_its_first_day_until_the_day_before_the_next(write: Write) -> None:
    line = (("poverty_line", "2025-01-01", 4400), ("poverty_line", "2026-01-01", "4600.50"))
    policy = load_policies(write(*line)).at("522601", D)
    assert policy.value("poverty_line", date(2025, 12, 31)) == Decimal(4400)
    assert policy.value("poverty_line", date(2026, 1, 1)) == policy["poverty_line"] == Decimal("4600.50")
    entry = policy.entry("poverty_line")
    assert (entry.valid_from, entry.source, entry.file) == (date(2026, 1, 1), "县政府文件1号", "county.yaml")


def test_a_value_missing_at_another_date_than_d_is_none_or_an_error_as_the_caller_likes(write: Write) -> None:
    policy = load_policies(write(("poverty_line", "2026-01-01", 4400))).at("522601", D)
    assert policy.entry_or_none("poverty_line", date(2025, 12, 31)) is None
    with pytest.raises(PolicyError, match="2025-12-31"):
        policy.value("poverty_line", date(2025, 12, 31))


def test_an_entry_with_a_last_day_leaves_a_gap_behind_it(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(
        'county: "522601"\nparameters:\n  grace_months:\n'
        "    - {from: 2020-01-01, to: 2020-12-31, value: 3, source: 文件}\n"
        "    - {from: 2026-01-01, value: 6, source: 文件}\n",
        encoding="utf-8",
    )
    policies = load_policies(tmp_path)
    assert policies.at("522601", date(2020, 12, 31))["grace_months"] == 3
    with pytest.raises(PolicyError, match=r"c\.yaml: grace_months: 2021-01-01"):
        policies.check("522601", date(2021, 1, 1))


def test_a_feeds_own_value_goes_before_the_general_one_while_it_is_in_force(write: Write) -> None:
    directory = write(("freshness_days.students", "2026-01-01", 200), ("bad_rows_percent.students", "2027-01-01", 1))
    policy = load_policies(directory).at("522601", D)
    assert policy.for_feed("freshness_days", "students") == 200
    assert policy.for_feed("freshness_days", "register_members") == policy["freshness_days"] == 92
    assert policy.for_feed("bad_rows_percent", "students") == 5


def test_the_agricultural_population_may_be_missing_and_stays_unknown(write: Write) -> None:
    policy = load_policies(write(("agricultural_population.522601101201", "2025-01-01", 1830))).at("522601", D)
    assert policy["agricultural_population.522601101201"] == 1830
    assert policy.entry_or_none("agricultural_population.522601101202", D) is None


def test_a_key_that_nobody_declared_is_a_mistake_in_the_code() -> None:
    with pytest.raises(KeyError, match="poverty_lime"):
        load_policies(None).at("522601", D)["poverty_lime"]


def test_all_problems_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        """county: "522601"
parameters:
  poverty_lines:
    - {from: 2025-01-01, value: 4400, source: 文件}
  poverty_line:
    - {from: 2025-01-01, value: 四千, source: 文件}
    - {from: 2025-03-01, value: 4400}
    - {from: 2025-02-30, value: 4400, source: 文件}
  low_income_standard.rural:
    - {from: 2025-07-01, value: 420, source: 文件}
    - {from: 2025-07-01, value: 430, source: 文件}
  low_income_standard.urban:
    - {from: 2025-01-01, to: 2025-07-01, value: 600, source: 文件}
    - {from: 2025-07-01, value: 620, source: 文件}
  grace_months:
    - {from: 2025-01-01, value: 6, source: ""}
  signals_needed: 2
  compulsory_age:
    - {from: 2025-01-01, to: 2024-01-01, value: [6, 15], source: 文件}
  agricultural_population.522602101201:
    - {from: 2025-01-01, value: 100, source: 文件}
  housing.repeat_years:
    - {from: someday, value: 10, source: 文件}
""",
        encoding="utf-8",
    )
    (tmp_path / "b.yaml").write_text('county: "5226"\nparameters: {}\n', encoding="utf-8")
    (tmp_path / "c.yaml").write_text("parameters: {}\n", encoding="utf-8")
    (tmp_path / "d.yml").write_bytes("county: 县".encode("gb18030"))
    text = problems(tmp_path)
    for expected in (
        "a.yaml: poverty_lines: unknown key (did you mean poverty_line?)",
        "a.yaml: poverty_line: 2025-01-01: '四千' is no number",
        "a.yaml: poverty_line: from is no date YYYY-MM-DD: '2025-02-30'",
        "a.yaml: poverty_line: 2025-03-01: an entry has from, value and source",
        "a.yaml: low_income_standard.rural: 2025-07-01: overlaps the entry from 2025-07-01",
        "a.yaml: low_income_standard.urban: 2025-07-01: overlaps the entry from 2025-01-01",
        "a.yaml: grace_months: 2025-01-01: source is missing",
        "a.yaml: signals_needed: no list of entries",
        "a.yaml: compulsory_age: 2025-01-01: ends on 2024-01-01, before it begins",
        "a.yaml: agricultural_population.522602101201: the village does not lie in county 522601",
        "a.yaml: housing.repeat_years: from is no date YYYY-MM-DD: 'someday'",
        "b.yaml: county: '5226' is neither",
        "c.yaml: a policy file has exactly the two parts county and parameters",
        "d.yml: no readable YAML",
    ):
        assert expected in text


def test_a_key_written_twice_in_a_file_is_refused(tmp_path: Path) -> None:
    entry = "  grace_months:\n    - {from: 2020-01-01, value: 6, source: 文件}\n"
    (tmp_path / "c.yaml").write_text(f'county: "522601"\nparameters:\n{entry}{entry}', encoding="utf-8")
    assert "grace_months is written twice" in problems(tmp_path)


@pytest.mark.parametrize("broken", ["a: [1", "a: 'b", "a: *b", "a: 1\n b: 2", "a: 1\n---\nb: 2", "\tc: 1", "{a: b: c}"])
def test_what_is_wrong_with_the_yaml_is_said_in_the_words_of_the_reader_in_python(tmp_path: Path, broken: str) -> None:
    (tmp_path / "c.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(yaml.YAMLError) as python:
        yaml.safe_load(broken.encode())
    assert f"c.yaml: no readable YAML: {' '.join(str(python.value).split())}" in problems(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        (files("expectations.policies") / "defaults.yaml").read_text(encoding="utf-8"),
        "县: [4400, 4400.50, 1_000, 017, 0o17, 0x1f, 1e3, .5, 1:30, -0, .inf]",
        "{a: yes, b: 'yes', c: ~, d: '', e: 2025-02-30, f: 2025-02-28, g: 2025-02-28T10:00:00Z, h: !!str 5}",
        "a: |\n  两行\n  文字\nb: >-\n  折\n  行\nc: &x {d: 1}\ne: *x\nf:\n  <<: *x\n  g: 2 # 注\n",
        "",
    ],
)
def test_a_file_reads_in_c_as_it_reads_in_python(text: str) -> None:
    content = text.encode()
    fast, slow = (_read(content, loader) for loader in (_FastLoader, _Loader))
    assert repr(fast) == repr(slow)


def test_a_key_in_two_files_of_one_county_is_refused_and_different_keys_are_not(write: Write) -> None:
    write(("grace_months", "2020-01-01", 6), name="a.yaml")
    load_policies(write(("signals_needed", "2020-01-01", 2), name="b.yaml"))
    directory = write(("grace_months", "2024-01-01", 9), name="b.yaml")
    assert "b.yaml: grace_months: county 522601 has this key in a.yaml too" in problems(directory)


def test_a_directory_that_is_not_there_is_an_error_and_an_empty_one_is_not(tmp_path: Path) -> None:
    assert "no such directory" in problems(tmp_path / "nowhere")
    assert load_policies(tmp_path).at("522601", D)["grace_months"] == 6


@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_whatever_stands_in_a_file_the_error_is_a_policy_error(tmp_path_factory: Any, content: bytes) -> None:
    directory = tmp_path_factory.mktemp("policy")
    (directory / "c.yaml").write_bytes(content)
    problems(directory)


def test_the_digest_follows_the_content_and_not_the_files_name_or_order(write: Write, tmp_path: Path) -> None:
    lines = (("poverty_line", "2025-01-01", 4400), ("poverty_line", "2026-01-01", 4600))
    digest = load_policies(write(*lines, name="a.yaml")).at("522601", D).digest()
    (tmp_path / "a.yaml").unlink()
    assert load_policies(write(*reversed(lines), name="b.yaml")).at("522601", D).digest() == digest
    assert load_policies(write(lines[0], name="b.yaml")).at("522601", D).digest() != digest
    assert load_policies(None).at("522601", D).digest() != digest


def test_what_is_in_force_is_listed_by_key_with_its_source(write: Write) -> None:
    in_force = load_policies(write(("poverty_line", "2025-01-01", 4400))).at("522601", D).in_force()
    assert [entry["key"] for entry in in_force] == sorted(entry["key"] for entry in in_force)
    assert {
        "key": "poverty_line",
        "value": "4400.00",
        "from": "2025-01-01",
        "to": None,
        "source": "县政府文件1号",
        "file": "county.yaml",
    } in in_force


starts = st.lists(st.dates(date(2015, 1, 1), date(2030, 12, 31)), min_size=1, max_size=6, unique=True)


@given(starts, st.randoms(use_true_random=False), st.dates(date(2014, 1, 1), date(2031, 12, 31)))
def test_on_every_day_the_newest_value_that_has_begun_is_in_force(
    tmp_path_factory: Any, days: list[date], random: Any, on: date
) -> None:
    shuffled = list(enumerate(sorted(days)))
    random.shuffle(shuffled)
    listed = [{"from": day, "value": number, "source": "文件"} for number, day in shuffled]
    directory = tmp_path_factory.mktemp("policy")
    document = {"county": "*", "parameters": {"freshness_days.students": listed}}
    (directory / "c.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    entry = load_policies(directory).at("522601", D).entry_or_none("freshness_days.students", on)
    begun = [day for day in days if day <= on]
    assert (entry and entry.value) == (len(begun) - 1 if begun else None)


@given(starts, st.dates(date(2014, 1, 1), date(2031, 12, 31)))
def test_entries_that_end_the_day_before_the_next_begins_leave_no_gap(days: list[date], on: date) -> None:
    days = sorted(days)
    ends = [*(day - timedelta(days=1) for day in days[1:]), None]
    closed = tuple(Entry(day, day, end, "文件", "c.yaml") for day, end in zip(days, ends, strict=True))
    opened = tuple(Entry(day, day, None, "文件", "c.yaml") for day in days)
    found, expected = entry_in_force(closed, on), entry_in_force(opened, on)
    assert (found and found.value) == (expected and expected.value)


def expected_of(directory: Path) -> list[str]:
    return [feed.name for feed in load_policies(directory).at("522601", D).expected_feeds]


def test_a_county_that_says_nothing_is_to_receive_the_countys_own_books(tmp_path: Path) -> None:
    assert load_policies(tmp_path).at("522601", D).expected_feeds == CORE_FEEDS


def test_a_county_says_which_feeds_it_is_to_receive_in_any_order(write: Write) -> None:
    names = ["village_rosters", *reversed(BOOKS["register"])]
    assert expected_of(write(("feeds.expected", "2026-01-01", names))) == [*BOOKS["register"], "village_rosters"]


def test_somebody_waits_for_an_expected_feed_and_for_a_file_of_no_known_one(write: Write) -> None:
    policy = load_policies(write(("feeds.expected", "2026-01-01", ["students"]))).at("522601", D)
    assert [policy.expects(name) for name in ("students", "pupils", "village_rosters")] == [True, True, False]


@pytest.mark.parametrize("book", sorted(BOOKS))
def test_one_half_of_a_book_is_expected_with_the_other_or_not_at_all(book: str, write: Write) -> None:
    without = [feed.name for feed in FEEDS if feed.name not in BOOKS[book]]
    assert expected_of(write(("feeds.expected", "2026-01-01", without))) == without
    for half in BOOKS[book]:
        said = problems(write(("feeds.expected", "2026-01-01", [*without, half])))
        assert f"county.yaml: feeds.expected: 2026-01-01: {' and '.join(BOOKS[book])} are one book" in said


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ([], "[] names no feed"),
        ("students", "'students' names no feed"),
        (["students", "pupils", 3], "['pupils', 3] not among the feeds: register_households, "),
        (["students", "students"], "names one feed twice"),
    ],
)
def test_what_names_no_feeds_is_told(value: Any, what: str, write: Write) -> None:
    assert what in problems(write(("feeds.expected", "2026-01-01", value)))
