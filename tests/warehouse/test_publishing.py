"""Write, audit, publish: what is replaced, what stops a publish, and what the next run makes good."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from builders import D, enrolment, open_household, payment, pid
from nights import FEED_ROWS, FINDINGS, finding, night, rejected

from expectations.errors import NotYetError
from warehouse.lake import Lake
from warehouse.loading import (
    AuditFailed,
    HistoryMissing,
    Recorded,
    RunToLoad,
    build,
    load_and_publish,
    load_and_publish_all,
    loads,
    open_published,
    reading_published,
)
from warehouse.tables import TABLES

MAY, JULY = date(2026, 5, 31), date(2026, 7, 31)


def _contents(lake: Lake) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with open_published(lake) as connection:
        return {table.name: connection.execute(f"FROM {table.fullname} ORDER BY ALL").fetchall() for table in TABLES}


def _recorded(run: RunToLoad) -> Recorded:
    return Recorded(run.run, run.county, run.as_of, lambda: run)


def _versions(lake: Lake) -> list[str]:
    return sorted(path.name for path in lake.warehouse_versions.iterdir())


def test_the_link_is_relative_so_that_the_home_can_be_moved(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "home")
    load_and_publish(lake=lake, run=night(lake))
    lake.home.rename(tmp_path / "moved")
    assert _contents(Lake(tmp_path / "moved"))["fact_finding"]


def test_loading_the_same_run_twice_changes_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    first = load_and_publish(lake=lake, run=night(lake))
    written = first.path.stat()
    again = night(lake)
    again = replace(again, rule_runs=[{**row, "seconds": 9.9} for row in again.rule_runs])
    second = load_and_publish(lake=lake, run=again)
    assert second == first
    assert (second.path.stat().st_ino, second.path.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)
    assert _versions(lake) == [first.path.name]


def test_a_delivery_that_was_rejected_since_is_loaded_with_the_same_run(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    run = night(lake)
    first = load_and_publish(lake=lake, run=run)
    second = load_and_publish(lake=lake, run=rejected(run, "缺少必填列：户编号"))
    assert second.snapshot != first.snapshot
    assert len(_contents(lake)["fact_delivery"]) == len(run.deliveries) + 1


def test_a_corrected_night_replaces_its_own_rows_only(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_and_publish(lake=lake, run=night(lake, MAY))
    load_and_publish(lake=lake, run=night(lake, D))
    before = _contents(lake)
    corrected = night(lake, D, tag="b", register_households=[open_household("H1", income_current=4000)])
    load_and_publish(lake=lake, run=corrected)
    after = _contents(lake)
    for table in ("fact_household_snapshot", "fact_rule_run", "dim_policy", "fact_student"):
        assert [row for row in after[table] if row[1] == MAY] == [row for row in before[table] if row[1] == MAY]
    assert [row[2] for row in after["fact_household_snapshot"] if row[1] == D] == ["H1"]


def test_two_counties_do_not_touch_each_other(tmp_path: Path) -> None:
    lake, alone = Lake(tmp_path / "both"), Lake(tmp_path / "alone")
    load_and_publish_all(lake=lake, runs=[night(lake), night(lake, county="522602")])
    load_and_publish(lake=lake, run=night(lake, D, tag="b", county="522602", students=[]))
    load_and_publish(lake=alone, run=night(alone))
    assert [row for row in _contents(lake)["fact_finding"] if row[6] == "522601"] == _contents(alone)["fact_finding"]
    assert [r for r in _contents(lake)["fact_student"] if r[0] == "522601"] == _contents(alone)["fact_student"]


def test_grown_night_by_night_equals_loaded_at_once_in_any_order(tmp_path: Path) -> None:
    grown, rebuilt = Lake(tmp_path / "grown"), Lake(tmp_path / "rebuilt")
    for d in (MAY, D, JULY):
        load_and_publish(lake=grown, run=night(grown, d))
    runs = [night(rebuilt, d) for d in (JULY, MAY, D)]
    published = load_and_publish_all(lake=rebuilt, runs=runs)
    assert _contents(rebuilt) == _contents(grown)
    assert published.path.resolve() == rebuilt.warehouse_link.resolve()


def test_a_memory_limit_is_kept_and_what_does_not_fit_leaves_the_published_version(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_and_publish_all(lake=lake, runs=[night(lake, MAY)], memory_limit="200MB")
    before = _contents(lake)
    with pytest.raises(duckdb.OutOfMemoryException):
        load_and_publish_all(lake=lake, runs=[night(lake, D)], memory_limit="1MB")
    assert _contents(lake) == before
    assert len(_versions(lake)) == 1


def test_an_older_night_leaves_the_current_state_alone(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_and_publish(lake=lake, run=night(lake, D, low_income_payments=[payment("C1", "2026-06")]))
    before = _contents(lake)
    load_and_publish(lake=lake, run=night(lake, MAY, findings=[finding(9)]))
    after = _contents(lake)
    for table in ("fact_finding", "fact_benefit_month", "fact_delivery", "dim_area"):
        assert after[table] == before[table]
    assert {row[1] for row in after["fact_household_snapshot"]} == {MAY, D}


def test_a_feed_that_is_missing_tonight_leaves_the_last_known_payments(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_and_publish(lake=lake, run=night(lake, MAY))
    before = _contents(lake)["fact_benefit_month"]
    load_and_publish(lake=lake, run=night(lake, D, absent=("low_income_payments",)))
    assert _contents(lake)["fact_benefit_month"] == before


def test_the_published_version_and_the_two_before_it_stay(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    published = [load_and_publish(lake=lake, run=night(lake, tag=tag)).path.name for tag in "abcd"]
    assert _versions(lake) == sorted(published[-3:])
    assert lake.warehouse_link.readlink().name == published[-1]


def test_rows_with_one_key_stop_the_publish_and_yesterdays_stays(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    yesterday = load_and_publish(lake=lake, run=night(lake, MAY))
    before = _contents(lake)
    repeated = {feed: FEED_ROWS[feed][:1] * 2 for feed in ("register_households", "housing_renovations", "students")}
    with pytest.raises(AuditFailed) as failure:
        load_and_publish(lake=lake, run=night(lake, D, **repeated))
    for table in ("fact_household_snapshot", "fact_housing_case", "fact_student"):
        assert f"{table}: 1 keys" in str(failure.value)
    assert pid(1) not in str(failure.value)
    assert _contents(lake) == before
    assert _versions(lake) == [yesterday.path.name]


def test_a_load_that_loses_rows_is_found_by_the_audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loses = {
        "fact_enrolment": "person_id IS NOT NULL",
        "fact_benefit_month": "month < '2026-05'",
        "fact_finding": "rule <> 'TL05'",
        "fact_household_snapshot": "household_no <> 'H2'",
    }
    broken = tuple(
        replace(load, select=f"SELECT * FROM ({load.select}) WHERE {loses.get(load.table.name, 'true')}")
        for load in loads.LOADS
    )
    monkeypatch.setattr(build, "LOADS", broken)
    lake = Lake(tmp_path)
    with pytest.raises(AuditFailed) as failure:
        load_and_publish(lake=lake, run=night(lake))
    assert {str(problem) for problem in failure.value.problems} >= {
        "fact_enrolment: rows is 3, current_insurance_enrolments has 5",
        "fact_benefit_month: rows is 1, current_low_income_payments has 3",
        "fact_benefit_month: amount is 300.00, current_low_income_payments has 750.00",
        "fact_benefit_month: 1 keys (certificate_no, month) of current_low_income_payments are missing, "
        "0 are in none of its rows",
        "fact_finding: 1 keys (finding_id, state) of input_ledger are missing, 0 are in none of its rows",
        "fact_household_snapshot: registered members is 4, current_register_members has 5",
    }
    assert {problem.what.split(":")[0] for problem in failure.value.problems} == loses.keys()
    assert not lake.warehouse_link.is_symlink()
    assert _versions(lake) == []


def test_a_load_that_touches_another_nights_rows_is_found_by_the_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(tmp_path)
    load_and_publish(lake=lake, run=night(lake, MAY))
    greedy = tuple(
        replace(load, select=load.select.replace("getvariable('as_of') AS as_of", f"DATE '{MAY}' AS as_of"))
        if load.table.name == "fact_student"
        else load
        for load in loads.LOADS
    )
    unchanged = build.definitions_digest()
    monkeypatch.setattr(build, "LOADS", greedy)
    monkeypatch.setattr(build, "definitions_digest", lambda: unchanged)
    with pytest.raises(AuditFailed, match="fact_student: 2 rows of other runs before the load, 4 after it"):
        load_and_publish(lake=lake, run=night(lake, D))


def test_the_next_run_loads_what_a_failed_one_did_not(tmp_path: Path) -> None:
    lake, undisturbed = Lake(tmp_path / "home"), Lake(tmp_path / "undisturbed")
    recorded = [night(lake, MAY), night(lake, D)]
    published = load_and_publish(lake=lake, run=recorded[0], history=[_recorded(recorded[0])])
    assert published.path.exists()
    # the night of D was recorded, but killed before it published
    july = night(lake, JULY)
    load_and_publish(lake=lake, run=july, history=[_recorded(run) for run in (*recorded, july)])
    load_and_publish_all(lake=undisturbed, runs=[night(undisturbed, d) for d in (MAY, D, JULY)])
    assert _contents(lake) == _contents(undisturbed)


def test_history_that_is_there_is_not_read_again(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    may = night(lake, MAY)
    load_and_publish(lake=lake, run=may)

    def read() -> RunToLoad:
        raise AssertionError("the published version holds this run")

    load_and_publish(lake=lake, run=night(lake, D), history=[Recorded(may.run, may.county, may.as_of, read)])
    assert {row[1] for row in _contents(lake)["fact_load"]} == {MAY, D}


def test_changed_tables_are_rebuilt_from_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake(tmp_path)
    may = night(lake, MAY)
    old = load_and_publish(lake=lake, run=may)
    monkeypatch.setattr(build, "definitions_digest", lambda: "1" * 64)
    new = load_and_publish(lake=lake, run=night(lake, D), history=[_recorded(may)])
    assert new.snapshot != old.snapshot
    assert {(row[1], row[-1]) for row in _contents(lake)["fact_load"]} == {(MAY, "1" * 64), (D, "1" * 64)}


def test_a_rebuild_refuses_to_forget_a_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake(tmp_path)
    old = load_and_publish(lake=lake, run=night(lake, MAY))
    monkeypatch.setattr(build, "definitions_digest", lambda: "1" * 64)
    with pytest.raises(HistoryMissing, match="522601 at 2026-05-31"):
        load_and_publish(lake=lake, run=night(lake, D))
    assert lake.warehouse_link.readlink().name == old.path.name


def test_what_a_kill_left_half_built_is_removed(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.warehouse_versions.mkdir(parents=True)
    (lake.warehouse_versions / "building.duckdb").write_bytes(b"half a file")
    (lake.warehouse_versions / "building.duckdb.tmp").mkdir()
    published = load_and_publish(lake=lake, run=night(lake))
    assert _versions(lake) == [published.path.name]


def test_nothing_is_published_before_the_first_night(tmp_path: Path) -> None:
    with pytest.raises(NotYetError, match="no warehouse has been published"):
        open_published(Lake(tmp_path))


def test_a_version_of_another_release_that_lacks_what_is_asked_is_told(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    published = load_and_publish(lake=lake, run=night(lake, findings=FINDINGS[:1]))
    with pytest.raises(duckdb.CatalogException), reading_published(lake) as connection:
        connection.execute("FROM warehouse.a_table_that_was_never_there")  # a mistake in a statement stays one
    with duckdb.connect(str(published.path)) as connection:
        connection.execute("UPDATE warehouse.fact_load SET definitions = 'of another release'")
    with reading_published(lake) as connection:
        assert connection.execute("SELECT count(*) FROM warehouse.fact_load").fetchall() == [(1,)]
    with pytest.raises(NotYetError, match="another release") as told, reading_published(lake) as connection:
        connection.execute("FROM warehouse.a_table_of_this_release")
    assert told.value.advice == "liangxian publish"


def test_a_connection_keeps_its_version_and_a_new_one_in_the_same_process_sees_the_new(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    load_and_publish(lake=lake, run=night(lake, findings=FINDINGS[:1]))
    count = "SELECT count(*) FROM warehouse.fact_finding"
    with open_published(lake) as early:
        load_and_publish(lake=lake, run=night(lake, tag="b", insurance_enrolments=[enrolment(pid(1))]))
        with open_published(lake) as late:
            assert early.execute(count).fetchall() == [(1,)]
            assert late.execute(count).fetchall() == [(len(FINDINGS),)]


def test_two_publishers_wait_for_each_other_and_lose_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    runs = [night(lake, county=county) for county in ("522601", "522602")]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda run: load_and_publish(lake=lake, run=run), runs))
    assert {row[0] for row in _contents(lake)["fact_load"]} == {"522601", "522602"}
