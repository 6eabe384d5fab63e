"""Whatever a night leaves in a home is its owner's alone, in every process and by every engine."""

import stat
from pathlib import Path

import pytest
from night.counties import Home
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.keys import FROM_ENVIRONMENT
from warehouse.lake import UMASK, atomic_path, closed_to_others

OF_OTHERS = ("sent", "inbox", "policy", "said", "truth.csv", "truth_dirt.parquet")
"""What tests put beside a home: what departments send and administrators write."""


def open_to_others(home: Path) -> list[str]:
    """Files and folders below a home that its group or others may do anything with, and what their mode is."""
    return [
        f"{path.relative_to(home)} {stat.S_IMODE(path.stat().st_mode):o}"
        for path in sorted(home.rglob("*"))
        if path.relative_to(home).parts[0] not in OF_OTHERS
        and not path.is_symlink()
        and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]


def test_after_a_night_by_command_nothing_is_open_to_others(dirty_night: Home) -> None:
    folders = {path.name for path in dirty_night.path.iterdir()}
    assert {"lake", "warehouse", "books.sqlite", "locks", "runs", "reports", "archive"} <= folders
    assert open_to_others(dirty_night.path) == []


def test_a_new_home_is_closed_and_its_umask_may_be_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FROM_ENVIRONMENT)
    for name, given, wanted in (("alone", None, 0o700), ("group", "027", 0o750)):
        home = tmp_path / name
        done = CliRunner().invoke(app, ["deliveries", "--home", str(home)], env={UMASK: given})
        assert done.exit_code == 0, done.output
        assert stat.S_IMODE(home.stat().st_mode) == wanted
        assert stat.S_IMODE((home / "books.sqlite").stat().st_mode) == wanted & 0o660
        assert stat.S_IMODE((home / "keys" / "finding.key").stat().st_mode) == 0o600


def test_a_home_that_was_left_open_is_closed_by_what_writes_to_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for given, wanted in (("022", 0o755), ("027", 0o750), (None, 0o700)):
        home.mkdir(exist_ok=True)
        home.chmod(0o755)
        done = CliRunner().invoke(app, ["ingest", "--home", str(home)], env={UMASK: given})
        assert done.exit_code == 0, done.output
        assert stat.S_IMODE(home.stat().st_mode) == wanted


def test_what_is_no_umask_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["deliveries", "--home", str(tmp_path / "home")], env={UMASK: "private"})
    assert done.exit_code == 2
    assert "LIANGXIAN_UMASK is no umask; it is such as 077 or 027" in done.stderr


def test_files_written_whole_are_closed_whoever_has_set_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def mode(given: int = 0o666) -> int:
        with atomic_path(tmp_path / "file", given) as temporary:
            temporary.write_text("x")
        return stat.S_IMODE((tmp_path / "file").stat().st_mode)

    assert (mode(), mode(0o444)) == (0o600, 0o400)
    monkeypatch.setenv(UMASK, "022")
    with closed_to_others():
        assert mode() == 0o644
