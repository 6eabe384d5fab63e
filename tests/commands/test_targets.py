"""No command writes what it is asked for onto a file of a home, by whatever name the file is called."""

import inspect
import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.commands.targets import WRITES
from warehouse.lake import Lake

READ = {"home", "inbox", "policy", "paths", "files", "file", "config", "directory", "listed"}
"""Parameters that name what is read, and folders in which a home's own work lies."""

DAY = ("--as-of", "2026-06-30")
COMMANDS: dict[str, tuple[str, ...]] = {
    "alerts --html": DAY,
    "backup FILE": (),
    "card --out": ("1", *DAY, "--purpose", "核实"),
    "check --annotated": ("SENT",),
    "export --out": ("--to", "csv", "--recipient", "university", "--purpose", "审计"),
    "exits --out": DAY,
    "findings --out": ("--format", "csv"),
    "indicators --page": (),
    "notice --out": ("low-income", *DAY, "--purpose", "公示"),
    "quarantine --out": ("--format", "csv"),
    "simulate --out": ("--county", "522601", *DAY, "--households", "1", "--seed", "1"),
    "simulate --policy": ("--county", "522601", *DAY, "--households", "1", "--seed", "1", "--out", "OUT"),
    "simulate --truth": ("--county", "522601", *DAY, "--households", "1", "--seed", "1", "--out", "OUT"),
    "template --out": ("students",),
}
"""Every target of a command, and what else the command needs."""


REFUSED = ("lies in the home", "holds the home", "hard links", "is a directory")


def callbacks(of: typer.Typer, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Callable[..., Any]]]:
    for command in of.registered_commands:
        assert command.callback is not None
        yield (*path, command.name or command.callback.__name__.replace("_", "-")), command.callback
    for group in of.registered_groups:
        if group.typer_instance is not None:
            yield from callbacks(group.typer_instance, (*path, *((group.name,) if group.name else ())))


def paths_of(called: Callable[..., Any]) -> Iterator[inspect.Parameter]:
    for parameter in inspect.signature(called).parameters.values():
        kinds = (parameter.annotation, *get_args(parameter.annotation))
        if any(kind is Path or Path in get_args(kind) for kind in (*kinds, *(a for k in kinds for a in get_args(k)))):
            yield parameter


def targets() -> Iterator[str]:
    for words, called in callbacks(app):
        for parameter in paths_of(called):
            metadata = getattr(parameter.annotation, "__metadata__", ())
            if WRITES in metadata:
                named = (getattr(one, "default", None) for one in metadata)
                option = next((name for name in named if isinstance(name, str)), parameter.name.upper())
                yield " ".join((*words, option))


def test_every_path_of_a_command_is_read_or_checked() -> None:
    assert {*targets()} == COMMANDS.keys()
    others = [
        (words, parameter.name)
        for words, called in callbacks(app)
        for parameter in paths_of(called)
        if WRITES not in getattr(parameter.annotation, "__metadata__", ())
    ]
    assert [one for one in others if one[1] not in READ] == []


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """What a home looks like from outside; no command comes so far as to read it."""
    home = tmp_path / "home"
    for name in ("books.sqlite", "keys/finding.key", "policy/522601.yaml", "lake/staged/a.parquet", "inbox/a.csv"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("of the home", encoding="utf-8")
    (home / "warehouse").mkdir()
    (home / "warehouse.duckdb").symlink_to("warehouse/1.duckdb")
    return home


def hidden_behind(home: Path, tmp_path: Path) -> dict[str, Path]:
    """Names that lead to a file of the home, or to where one will be."""
    link, folder, other = tmp_path / "link", tmp_path / "folder", tmp_path / "hard"
    link.symlink_to(home / "books.sqlite")
    folder.symlink_to(home / "keys", target_is_directory=True)
    os.link(home / "keys" / "finding.key", other)
    return {
        "the key": home / "keys" / "finding.key",
        "a key to come": home / "keys" / "recipients" / "university.json",
        "the books": home / "books.sqlite",
        "what SQLite keeps beside them": home / "books.sqlite-wal",
        "the published link": home / "warehouse.duckdb",
        "a version": home / "warehouse" / "2.duckdb",
        "staged rows": home / "lake" / "staged" / "a.parquet",
        "a policy file": home / "policy" / "522601.yaml",
        "what was dropped": home / "inbox" / "a.csv",
        "a way round": home / "published" / ".." / "keys" / "finding.key",
        "another case": home / "KEYS" / "Finding.Key",
        "a symbolic link": link,
        "a linked folder": folder / "finding.key",
        "a hard link": other,
        "the home": home,
        "what holds it": tmp_path,
    }


def state_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.mark.parametrize("named", [True, False], ids=["its home", "another home"])
@pytest.mark.parametrize("target", COMMANDS)
def test_no_command_writes_onto_what_is_a_homes_own(target: str, named: bool, home: Path, tmp_path: Path) -> None:
    sent = tmp_path / "students_522601_20260630.csv"
    sent.write_text("姓名\n", encoding="utf-8")
    ways = hidden_behind(home, tmp_path)
    before = state_of(tmp_path)
    *words, option = target.split()
    rest = [{"SENT": str(sent), "OUT": str(tmp_path / "out")}.get(one, one) for one in COMMANDS[target]]
    env = {"LIANGXIAN_HOME": str(home if named else tmp_path / "elsewhere"), "COLUMNS": "300"}
    if not named:  # which homes lie somewhere below a folder is not looked for
        del ways["what holds it"]
    for way, path in ways.items():
        given = [str(path)] if option.isupper() else [option, str(path)]
        done = CliRunner().invoke(app, [*words, *rest, *given], env=env)
        assert done.exit_code == 2, (way, done.output)
        assert any(said in done.stderr for said in REFUSED), (way, done.stderr)
        assert state_of(tmp_path) == before, way
        assert (home / "warehouse.duckdb").is_symlink()


def test_beside_what_is_the_homes_own_a_target_may_lie_in_it(home: Path) -> None:
    lake = Lake(home)
    free = ("published/university/csv", "published/university.duckdb", "findings.csv", "sent/a.csv", "policy/new.yaml")
    assert [name for name in free if lake.is_own(home / name)] == []
    assert not lake.is_own(home.parent / "a.csv")


def test_wherever_the_software_keeps_something_nobody_else_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIANGXIAN_PLANS", raising=False)
    lake = Lake(tmp_path)
    asked = {"as_of": date(2026, 6, 30)}
    others = ("published", "dataset_sha256", "is_own", "take_original", "sweep", "close")
    places = []
    for name, member in inspect.getmembers(Lake):
        if isinstance(member, property) and name not in ("is_home", "inbox", "policies"):
            places.append(getattr(lake, name))
        elif inspect.isfunction(member) and name[0] != "_" and name not in others:
            wanted = [one for one in inspect.signature(member).parameters if one != "self"]
            places.append(member(lake, *(asked.get(one, "x") for one in wanted)))
    assert len(places) > 20
    assert [place for place in places if not lake.is_own(place)] == []
