"""The doctor finds what is wrong with a home, says what to do, and changes nothing."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from homes import NIGHT, copy_home

from expectations.feeds import CORE_FEEDS
from pipelines.reading_out.doctor import DATABASE_URL, Check, Level, examine
from warehouse.keys import FROM_ENVIRONMENT
from warehouse.lake import UMASK
from warehouse.loading import publish


def look(home: Path, environ: dict[str, str] | None = None, now: datetime = NIGHT) -> dict[str, Check]:
    """Checks by what was looked at; home paths aside."""
    return {check.what.split(" /")[0]: check for check in examine(home, None, environ or {}, now)}


def wrong(home: Path, environ: dict[str, str] | None = None, now: datetime = NIGHT) -> list[str]:
    return [what for what, check in look(home, environ, now).items() if not check.well]


def content_of(home: Path) -> dict[Path, bytes]:
    """Every file, but for those that SQLite keeps while a database is open."""
    files = (path for path in sorted(home.rglob("*")) if path.is_file())
    return {path: path.read_bytes() for path in files if not path.name.endswith(("-wal", "-shm"))}


def test_a_home_after_a_night_is_well(night_home: Path) -> None:
    checks = look(night_home)
    assert wrong(night_home) == []
    assert {f"{feed.name} of 522601" for feed in CORE_FEEDS} <= set(checks)
    assert all(check.found for check in checks.values())


def test_values_that_a_county_must_set_itself_are_named(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    (path,) = (home / "policy").iterdir()
    policy = yaml.safe_load(path.read_text(encoding="utf-8"))
    policy["parameters"].pop("bad_rows_percent", None)
    path.write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")
    check = look(home)["522601, policy"]
    assert "bad_rows_percent" in check.found
    assert "low_income_standard.rural" not in check.found
    assert (check.well, check.level) == (True, Level.WARNING)


def test_every_check_that_can_fail_says_what_to_do(night_home: Path) -> None:
    later = datetime(2031, 1, 1, tzinfo=UTC)
    failed = [check for check in look(night_home, now=later).values() if not check.well]
    assert len(failed) == 1 + len(CORE_FEEDS)
    assert all(check.advice for check in failed)


def test_a_feed_is_missed_where_the_county_is_to_receive_it(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    (path,) = (home / "policy").iterdir()
    policy = yaml.safe_load(path.read_text(encoding="utf-8"))
    expected = {"from": "2026-01-01", "value": ["students", "village_rosters"], "source": "县里约定"}
    policy["parameters"]["feeds.expected"] = [expected]
    path.write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")
    asked = {name: check.found for name, check in look(home).items() if name.endswith("of 522601")}
    assert set(asked) == {"policy of 522601", "students of 522601", "village_rosters of 522601"}
    assert wrong(home) == ["village_rosters of 522601"]


def test_looking_changes_nothing(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    before = content_of(home)
    look(home)
    assert content_of(home) == before
    look(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_fresh_home_is_well_but_for_nothing(tmp_path: Path) -> None:
    assert wrong(tmp_path / "fresh") == []


def test_a_key_that_others_can_read_is_found(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    key = home / "keys" / "finding.key"
    key.chmod(0o644)
    assert wrong(home) == ["key of finding ids"]
    kept = key.read_text(encoding="ascii")
    key.unlink()
    assert "missing" in look(home)["key of finding ids"].found
    assert wrong(home, {FROM_ENVIRONMENT: kept}) == []
    assert wrong(home, {FROM_ENVIRONMENT: "ab" * 32}) == ["key of the books"]
    assert wrong(home, {FROM_ENVIRONMENT: "not hexadecimal"}) == ["key of finding ids"]


def test_an_audit_log_without_an_entry_that_was_noted_is_found(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    (home / "warehouse" / "audit-head.json").write_text(json.dumps({"audit": "ab" * 32}), encoding="utf-8")
    assert wrong(home) == ["audit log"]


def test_damaged_books_are_found(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    for path in home.glob("books.sqlite*"):
        path.write_bytes(b"no database" * 100)
    assert wrong(home) == ["books"]


def test_books_of_an_older_version_are_found(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    with sqlite3.connect(home / "books.sqlite") as connection:
        connection.execute("DROP TABLE audit")
    assert look(home)["books"].found == "without audit"


def test_a_server_that_does_not_answer_is_found_and_its_password_is_not_shown(tmp_path: Path) -> None:
    checks = look(tmp_path / "home", {DATABASE_URL: "postgresql://u:hidden@localhost:1/x"})
    ill = [what for what, check in checks.items() if not check.well]
    assert ill == ["books at postgresql+psycopg://u:***@localhost:1/x"]
    assert "hidden" not in str(checks)


def test_policy_files_that_cannot_be_used_are_named_with_every_problem(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    (home / "policy" / "more.yaml").write_text('county: "522601"\nparameters:\n  grace_month: []\n')
    (found,) = [check.found for check in look(home).values() if not check.well]
    assert "grace_months" in found


def test_a_warehouse_that_is_not_there_or_behind_is_found(
    night_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_home(night_home, tmp_path / "home")
    with sqlite3.connect(home / "books.sqlite") as connection:
        connection.execute(
            "INSERT INTO runs (id, county, as_of, deliveries, policy, code, replay, started_at, recorded_at, seq) "
            "SELECT 'newer', county, '2026-07-01', deliveries, policy, code, replay, started_at, recorded_at, 99 "
            "FROM runs"
        )
    assert "behind" in look(home)["published warehouse"].found
    monkeypatch.setattr(publish, "definitions_digest", lambda: "of this release")
    assert look(home)["published warehouse"].found == "made by another release"
    (home / "warehouse.duckdb").unlink()
    assert look(home)["published warehouse"].found == "nothing is published"
    assert wrong(home) == ["published warehouse"]


@pytest.mark.parametrize(("now", "well"), [(NIGHT, True), (datetime(2030, 6, 1, tzinfo=UTC), False)])
def test_the_calendar_of_working_days_is_known_or_not(tmp_path: Path, now: datetime, well: bool) -> None:
    assert look(tmp_path / "home", now=now)["working days"].well is well


def test_a_home_that_everybody_can_read_is_found(tmp_path: Path) -> None:
    way = (tmp_path, *tmp_path.parents)
    closed = any(not folder.stat().st_mode & 0o001 for folder in way)
    home = tmp_path / "home"
    home.mkdir()
    assert look(home)["privacy of the home"].well is closed
    home.chmod(0o700)
    assert look(home)["privacy of the home"].well


@pytest.mark.parametrize(
    ("mode", "given", "well"),
    [
        (0o750, {}, False),
        (0o710, {}, False),
        (0o700, {}, True),
        (0o750, {UMASK: "027"}, True),
        (0o770, {UMASK: "027"}, False),
    ],
)
def test_a_home_that_its_group_can_enter_is_found_unless_the_umask_lets_it(
    mode: int, given: dict[str, str], well: bool
) -> None:
    with TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(mode)
        is_on_the_way = all(above.stat().st_mode & 0o011 for above in home.parents)
        assert look(home, given)["privacy of the home"].well is (well or not is_on_the_way)
