"""Whatever comes from outside comes through one door: no command opens a link, a second name, or what is no file."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import call
from commands.test_targets import callbacks, paths_of
from feed_tables import file_name

from expectations.feeds import FEEDS_BY_NAME
from pipelines.cli import app
from pipelines.commands.targets import WRITES

SECRET = "a3f1-secret-of-the-home"  # noqa: S105
NAME = file_name(FEEDS_BY_NAME["students"])

FROM_OUTSIDE = {
    ("run", "inbox"),
    ("backfill", "inbox"),
    ("ingest", "inbox"),
    ("ingest", "paths"),
    ("check", "file"),
    ("feedback", "files"),
}
"""Parameters by which others' files come in: departments send them, and nobody here has seen what they are.

Returned workbooks, plans, rosters and survey results are among them: each of these is a feed, or comes by ``feedback``.
"""

WHY = ("is a link", "has another name", "is no plain file")

OF_THE_HOUSE = {"home", "policy", "config", "directory", "listed"}
"""Folders and files that the administrator writes. They may be links (a Kubernetes ConfigMap is made of them)."""

BACKUP = ("restore-backup", "file")


def test_every_file_that_a_command_reads_comes_from_outside_or_is_the_houses_own() -> None:
    read = {
        (" ".join(words), parameter.name)
        for words, called in callbacks(app)
        for parameter in paths_of(called)
        if WRITES not in getattr(parameter.annotation, "__metadata__", ())
    }
    assert {one for one in read if one[1] not in OF_THE_HOUSE} == {*FROM_OUTSIDE, BACKUP}


def a_link(path: Path, secret: Path) -> None:
    path.symlink_to(secret)


def a_second_name(path: Path, secret: Path) -> None:
    path.hardlink_to(secret)


def a_pipe(path: Path, _secret: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path, _secret: Path) -> None:
    bound = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's path is short
    try:
        bound.bind(path.name)
    finally:
        os.chdir(here)
        bound.close()


def a_device(path: Path, _secret: Path) -> None:
    path.symlink_to("/dev/zero")


KINDS = (a_link, a_second_name, a_pipe, a_socket, a_device)
ROADS = {
    "ingest FILE": lambda path: ["ingest", str(path)],
    "ingest FOLDER": lambda path: ["ingest", str(path.parent)],
    "ingest --inbox": lambda path: ["ingest", "--inbox", str(path.parent)],
    "run --inbox": lambda path: ["run", "--as-of", "2026-06-30", "--inbox", str(path.parent)],
    "check": lambda path: ["check", str(path)],
    "check --annotated": lambda path: ["check", str(path), "--annotated", str(path.parent / "copy.xlsx")],
    "feedback": lambda path: ["feedback", str(path)],
}


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("road", ROADS)
def test_what_is_no_plain_file_is_opened_by_no_road(
    road: str,
    make: Callable[[Path, Path], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret, sent = tmp_path / "finding.key", tmp_path / "sent"
    secret.write_text(SECRET, encoding="ascii")
    sent.mkdir()
    path = sent / (NAME if road != "feedback" else "问题清单.xlsx")
    make(path, secret)
    before = sorted(sent.iterdir())
    said = call(*ROADS[road](path), "--home", str(tmp_path / "home"), home=None, capsys=capsys, monkeypatch=monkeypatch)
    assert path.name in said.stderr
    assert any(why in said.stderr for why in WHY)
    assert "Traceback" not in said.stderr
    assert (said.status != 0) is not road.startswith(("ingest", "run"))
    assert sorted(sent.iterdir()) == before
    copies = [one for one in (tmp_path / "home").rglob("*") if one.is_file() and SECRET.encode() in one.read_bytes()]
    assert copies == []
    assert SECRET not in said.stdout + said.stderr
