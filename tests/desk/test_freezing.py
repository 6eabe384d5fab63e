"""A frozen snapshot: whole, named once, never changed, and its hash where its reader cannot alter it."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from actors import TESTER, acting
from command_line import call
from homes import AS_OF, copy_home, settings_of
from night.counties import Home

from expectations.errors import NotYetError, ValueRefusedError
from pipelines.desk import freezing
from pipelines.desk.freezing import NameTakenError, freeze, list_snapshots
from pipelines.house.settings import Settings, open_settings
from pipelines.night.flow import run_night
from warehouse.books.audit import verify_audit
from warehouse.lake import sha256_file

NAME = "2026-annual-evaluation"


@pytest.fixture
def settings(night_home: Path, tmp_path: Path) -> Settings:
    """A home after its night, to write in."""
    return settings_of(copy_home(night_home, tmp_path / "home"))


def days_in(path: Path) -> list[Any]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("SELECT DISTINCT as_of FROM warehouse.fact_load ORDER BY ALL").fetchall()


def test_a_snapshot_stays_as_it_was_while_nights_go_on(settings: Settings) -> None:
    frozen = freeze(acting(settings, "评估组", purpose="年度第三方评估"), NAME)
    assert frozen.sha256 == sha256_file(frozen.path)
    assert not frozen.path.stat().st_mode & 0o222
    assert days_in(frozen.path) == [(AS_OF,)]

    run_night(settings, AS_OF + timedelta(days=1))
    assert len(days_in(settings.home.folder / "warehouse.duckdb")) == 2
    assert days_in(frozen.path) == [(AS_OF,)]
    (known,) = list_snapshots(settings, look=True)
    assert (known.sha256, known.found, known.who) == (frozen.sha256, "whole", "评估组")

    with pytest.raises(NameTakenError):
        freeze(acting(settings, "somebody", purpose="again"), NAME)
    assert sha256_file(frozen.path) == frozen.sha256
    second = freeze(acting(settings, "评估组", purpose="复核"), f"{NAME}.2")
    assert len(second.runs) == 2
    assert verify_audit(settings.home.books).entries == 2
    assert not verify_audit(settings.home.books).broken


def test_a_kill_before_the_books_know_leaves_a_copy_that_the_next_attempt_writes_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_: Path) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(freezing, "sha256_file", killed)
        with pytest.raises(KeyboardInterrupt):
            freeze(acting(settings, "评估组", purpose="评估"), NAME)
    assert list_snapshots(settings) == []
    assert freeze(acting(settings, "评估组", purpose="评估"), NAME).path.exists()


@pytest.mark.parametrize("name", ["../warehouse", "", "a/b", ".hidden", "x" * 65])
def test_what_is_no_name_is_refused(settings: Settings, name: str) -> None:
    with pytest.raises(ValueRefusedError, match="no name"):
        freeze(acting(settings, "评估组", purpose="评估"), name)


def test_nothing_published_is_nothing_to_freeze(tmp_path: Path, settings: Settings) -> None:
    empty = open_settings(tmp_path / "empty", inbox=None, policy=None, actor=TESTER, now=settings.now)
    with pytest.raises(NotYetError, match="no warehouse has been published"):
        freeze(acting(empty, "评估组", purpose="评估"), NAME)


def test_the_command_freezes_lists_and_notices_what_was_altered(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def say(*arguments: str) -> Any:
        return call("freeze", *arguments, home=Home(settings.home.folder), capsys=capsys, monkeypatch=monkeypatch)

    assert say().status == 2
    assert say(NAME, "--purpose", "年度评估", "--by", "审批人").status == 0
    assert f"{NAME}.2: {NAME}.2 (" in say(f"{NAME}.2").stdout  # a name says what it is for
    taken = say(NAME, "--purpose", "年度评估")
    assert taken.status == 2
    assert "frozen already" in taken.stderr
    (row, _) = json.loads(say("--list", "--json").stdout)
    assert (row["name"], row["found"], row["who"]) == (NAME, "whole", "审批人")

    path = settings.home.lake.frozen_snapshot(NAME)
    path.chmod(0o644)
    with path.open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        stream.write(b"?")
    altered = say("--list")
    assert altered.status == 1
    assert "altered" in altered.stdout
