"""The simulator's files: the same seed gives the same bytes, and what it makes is a believable county."""

import hashlib
from datetime import date
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from expectations.errors import RequestError
from expectations.feed import Code
from expectations.feeds import CORE_FEEDS, FEEDS
from pipelines.cli import app
from pipelines.house.policies import load_policies
from pipelines.simulator import simulate

D = date(2026, 6, 30)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.mark.parametrize("dirt", ["none", "real"])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path, dirt):
    def make(name: str, seed: int) -> dict[str, str]:
        folder = tmp_path / name
        simulate(
            county="522601", as_of=D, households=80, seed=seed, months=2, dirt=dirt,
            out=folder / "inbox", truth=folder / "truth.parquet",
        )  # fmt: skip
        return digests(folder)

    first = make("a", 7)
    assert first == make("b", 7)
    other = make("c", 8)
    assert not [name for name, digest in first.items() if other.get(name) == digest]


def test_files_are_named_and_timed_in_the_order_of_their_as_of_dates(simulated):
    county = simulated(300, 7, date(2026, 10, 31), 3)
    names = [path.name for path in county.report.files]
    expected = [f"{f.name}_522601_{d}.csv" for d in ("20260831", "20260930", "20261031") for f in CORE_FEEDS]
    assert names == expected
    assert names == [p.name for p in sorted(county.inbox.iterdir(), key=lambda p: p.stat().st_mtime_ns)]


def test_headings_and_labels_are_those_of_the_declarations(simulated):
    county = simulated(300, 3, date(2025, 12, 31), 1)
    for feed in CORE_FEEDS:
        table = pyarrow.csv.read_csv(county.inbox / f"{feed.name}_522601_20251231.csv")
        assert table.column_names == [column.title for column in feed.columns]
        for column in feed.columns:
            if isinstance(column.type, Code):
                written = set(table[column.title].cast("string").to_pylist()) - {None, ""}
                assert written <= set(column.type.codes.labels), column.name


def test_the_report_counts_rows_and_findings(simulated):
    county = simulated(300, 3, date(2025, 12, 31), 1)
    planted = county.truth()[date(2025, 12, 31)]
    assert dict(county.report.truth) == {rule: len(found) for rule, found in planted.items()}
    world = county.world(date(2025, 12, 31))
    assert dict(county.report.rows) == {d.feed: len(d.rows) + len(d.quarantined) for d in world.deliveries}
    assert county.report.rows["register_households"] == 300


@pytest.mark.parametrize(("d", "months"), [(D, 3), (date(2019, 1, 31), 1), (date(2026, 2, 28), 3)])
def test_the_policy_file_is_complete_at_every_as_of_date(simulated, d, months):
    county = simulated(60, 1, d, months)
    policies = load_policies(county.report.policy.parent)
    for as_of in county.truth():
        policies.check("522601", as_of)


def test_subjects_of_the_truth_stand_in_the_files(simulated):
    county = simulated(300, 3, date(2025, 12, 31), 1)
    text = "".join(path.read_text(encoding="utf-8") for path in county.inbox.iterdir())
    for rule, found in county.truth()[date(2025, 12, 31)].items():
        for key, _ in found:
            if rule not in ("TL01", "ID01"):
                assert key.split("|")[0] in text, rule


def test_the_county_is_believable(simulated):
    world = simulated(3000, 9, D, 1).world(D)
    rows = {d.feed: d.rows for d in world.deliveries}
    households = rows["register_households"]
    exited = sum(h["poverty_status"] == "已脱贫" for h in households) / len(households)
    assert 0.65 < exited < 0.75
    force = {
        c["certificate_no"]
        for c in rows["low_income_households"]
        if c["status"] == "在保" and c["programme"] != "低保边缘"
    }
    roll = {m["person_id"] for m in rows["low_income_members"] if m["covered"] and m["certificate_no"] in force}
    registered = {m["person_id"] for m in rows["register_members"] if m["person_status"] == "正常"} - {None}
    assert 0.2 < len(registered & roll) / len(registered) < 0.3
    assert len(roll - registered) > 500
    assert 2.8 < len(registered) / len(households) < 4
    insured = {e["person_id"] for e in rows["insurance_enrolments"]}
    assert len(insured) > 2.5 * len(registered)
    assert {m["person_status"] for m in rows["register_members"]} == {"正常", "死亡", "迁出", "婚嫁"}
    assert len({h["township"] for h in households}) > 3
    assert len({h["village_code"] for h in households}) > 30


def test_people_are_born_die_and_leave_between_the_months(simulated):
    county = simulated(3000, 9, D, 3)
    months = sorted(county.truth())

    def status(d: date) -> dict[str, str]:
        table = pyarrow.csv.read_csv(county.inbox / f"register_members_522601_{d:%Y%m%d}.csv")
        return dict(zip(table["人编号"].to_pylist(), table["人员状态"].to_pylist(), strict=True))

    before, after = status(months[0]), status(months[-1])
    assert set(after) - set(before)
    assert ("正常", "死亡") in {(before[no], after[no]) for no in before.keys() & after.keys()}


@pytest.mark.parametrize("bad", [{"county": "52260"}, {"households": 0}, {"months": 0}, {"truth": Path("truth.xlsx")}])
def test_impossible_arguments_are_refused(tmp_path, bad):
    arguments = {"county": "522601", "as_of": D, "households": 10, "seed": 1, "out": tmp_path / "inbox"} | bad
    with pytest.raises(RequestError):
        simulate(**arguments)


def test_the_truth_is_also_written_as_parquet(tmp_path):
    simulate(county="522601", as_of=D, households=60, seed=1, out=tmp_path / "in", truth=tmp_path / "t.parquet")
    assert pq.read_schema(tmp_path / "t.parquet").names == ["rule", "subject_key", "certainty", "period", "as_of"]


def test_the_command_sends_other_offices_feeds_and_allows_their_use_where_asked_to(tmp_path):
    said = ["--county", "522601", "--as-of", "2026-06-30", "--households", "5", "--seed", "1", "--other-offices"]
    done = CliRunner().invoke(app, ["simulate", *said, "--out", str(tmp_path / "inbox"), "--json"])
    assert done.exit_code == 0, done.output
    sent = {path.name.split("_522601")[0] for path in (tmp_path / "inbox").iterdir()}
    assert sent == {feed.name for feed in FEEDS if feed.simulated}
    policies = load_policies(tmp_path / "policy")
    policies.check("522601", D)
    policy = policies.at("522601", D)
    assert {feed.name for feed in policy.expected_feeds} == sent
    assert all(policy.may_use(feed.name, D) for feed in FEEDS)


@pytest.mark.parametrize("bad", [("--county", "12"), ("--truth", "truth.txt")])
def test_a_command_with_impossible_arguments_is_wrong_usage_and_writes_nothing(tmp_path, bad):
    asked = {"--county": "522601", "--as-of": "2026-06-30", "--households": "5", "--seed": "1"} | dict([bad])
    said = [part for pair in asked.items() for part in pair]
    done = CliRunner().invoke(app, ["simulate", *said, "--out", str(tmp_path / "inbox")])
    assert done.exit_code == 2, done.output
    assert not (tmp_path / "inbox").exists()
