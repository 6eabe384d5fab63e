"""Options that commands share are said once, and a group of them is put together as it was declared."""

import ast
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from pipelines import commands
from pipelines.commands.options import Evaluating, InClear, WholeNight, grouped
from pipelines.house.engine_choice import EngineName

ONCE = (
    "--engine",
    "--home",
    "--inbox",
    "--jobs",
    "--json",
    "--known-at",
    "--lang",
    "--memory-limit",
    "--no-dispatch",
    "--on",
    "--unmask",
)
OF_THEIR_OWN = {
    "--as-of": {"options.py": 2, "intake.py": 1, "rule_book.py": 1},  # of a file's name; today's policy
    "--county": {"options.py": 2, "nights.py": 1, "intake.py": 1, "database.py": 1},  # simulated; a name's; or *
    "--policy": {"options.py": 1, "nights.py": 1},  # where a simulated county's is written
}


def declared() -> Counter[tuple[str, str]]:
    """How often each module declares an option."""
    found: Counter[tuple[str, str]] = Counter()
    for path in sorted(Path(commands.__path__[0]).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "typer.Option":
                names = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                found.update((name, path.name) for name in names)
    return found


@pytest.mark.parametrize("option", ONCE)
def test_an_option_of_many_commands_is_declared_once(option: str) -> None:
    assert {key: count for key, count in declared().items() if key[0] == option} == {(option, "options.py"): 1}


@pytest.mark.parametrize("option", OF_THEIR_OWN)
def test_an_option_is_declared_again_only_where_it_means_something_else(option: str) -> None:
    assert {where: count for (name, where), count in declared().items() if name == option} == OF_THEIR_OWN[option]


@dataclass(frozen=True)
class Wide:
    """A group, of which another is made."""

    width: Annotated[int, typer.Option("--width")] = 1


@dataclass(frozen=True)
class High(Wide):
    """A group that adds an option."""

    height: Annotated[int, typer.Option("--height")] = 2


def test_a_group_shows_its_options_behind_the_commands_own_and_comes_back_whole() -> None:
    app, seen = typer.Typer(), []

    @app.command()
    @grouped
    def draw(size: High, name: Annotated[str, typer.Argument()], ink: Annotated[str, typer.Option()] = "red") -> None:
        seen.append((size, name, ink))

    runner = CliRunner()
    assert runner.invoke(app, ["a house", "--width", "3"]).exit_code == 0
    assert runner.invoke(app, ["a tree", "--height", "5", "--ink", "green"]).exit_code == 0
    assert seen == [(High(3, 2), "a house", "red"), (High(1, 5), "a tree", "green")]
    told = runner.invoke(app, ["--help"]).stdout
    assert told.index("--ink") < told.index("--height") < told.index("--width")


def test_what_the_options_say_is_what_settings_are_made_of(tmp_path: Path) -> None:
    plain = Evaluating(tmp_path).given()
    assert (plain["with_policies"], plain["dispatch"], plain["counties"]) == (True, True, ())
    night = WholeNight(
        tmp_path, county=["522601"], policy=tmp_path, engine=EngineName.SPARK, memory_limit="2GB", no_dispatch=True
    ).given()
    assert (night["counties"], night["policy"], night["dispatch"]) == (("522601",), tmp_path, False)
    assert (night["engine"].name, night["engine"].memory_limit) == (EngineName.SPARK, "2GB")


@pytest.mark.parametrize("purpose", [None, "", "  "])
def test_values_in_clear_need_a_purpose_before_anything_is_opened(purpose: str | None) -> None:
    with pytest.raises(typer.BadParameter):
        InClear(unmask=True, purpose=purpose)
    assert InClear(unmask=False, purpose=purpose).unmask is False
