"""Exit statuses, help, and what importing costs; nights that end with 0 and 3 stand beside (truth, absent feeds)."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from command_line import call
from night.counties import Home, make_home

from pipelines.cli import app

D = date(2025, 6, 30)


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and group, by its words."""
    yield path
    for name, one in sorted(getattr(command, "commands", {}).items()):
        yield from commands(one, (*path, name))


@pytest.mark.parametrize("words", list(commands(typer.main.get_command(app))), ids=lambda words: " ".join(words))
def test_every_command_has_help(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = call(*words, "--help", home=None, capsys=capsys, monkeypatch=monkeypatch)
    assert done.status == 0
    assert "Usage" in done.stdout
    assert not done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("run", "--as-of", "2025-02-30"),
        ("run", "--as-of", "2025-06-30", "--county", "52260"),
        ("run", "--as-of", "2025-06-30", "--engine", "abacus"),
        ("findings", "--rule", "TL99"),
        ("findings", "--state", "未知"),
        ("findings", "--unmask"),
        ("explain", "abc", "--unmask", "--purpose", " "),
        ("conjure",),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_makes_nothing(
    arguments: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    done = call(*arguments, home=home, capsys=capsys, monkeypatch=monkeypatch)
    assert done.status == 2
    assert not done.stdout
    assert done.stderr
    assert not home.path.exists()


def test_a_wrong_policy_ends_with_1_before_anything_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path / "home", households=10, seed=1, as_of=D)
    home.arrive(D)
    (policy,) = (home.path / "policy").iterdir()
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace("  grace_months:", "  grace_moons:"), encoding="utf-8")
    before = sorted(home.path.rglob("*"))
    done = call("run", "--as-of", D.isoformat(), home=home, capsys=capsys, monkeypatch=monkeypatch)
    assert done.status == 1
    assert "grace_moons" in done.stderr
    assert policy.name in done.stderr
    assert not done.stdout
    assert sorted(home.path.rglob("*")) == before


def test_a_parameter_without_a_value_at_the_day_ends_with_1_before_anything_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path / "home", households=10, seed=1, as_of=D)
    home.arrive(D)
    early = date(1999, 1, 1)
    done = call("run", "--as-of", early.isoformat(), home=home, capsys=capsys, monkeypatch=monkeypatch)
    assert done.status == 1
    assert "poverty_line" in done.stderr
    assert early.isoformat() in done.stderr
    assert len(list(home.inbox.iterdir())) == 9
    assert not (home.path / "lake").exists()


PACKAGES = "expectations, warehouse, pipelines, pipelines.cli"
HEAVY = ("airflow", "great_expectations", "pyspark", "matplotlib", "sklearn")


def test_importing_the_packages_and_the_command_line_brings_nothing_heavy() -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"import json, sys, {PACKAGES}; print(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = json.loads(told.stdout)
    assert "pipelines.cli" in loaded
    assert [name for name in loaded if name.split(".")[0] in HEAVY] == []
