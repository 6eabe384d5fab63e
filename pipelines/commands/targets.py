"""Where commands may write what they are asked for: never onto what is a home's own; checked at the door, for all."""

import inspect
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import typer

from warehouse.lake import Lake


class Writes:
    """Marks an option or argument that names what a command writes (in its ``Annotated``)."""


WRITES: Final = Writes()

DEFAULT_HOME: Final = Path("var")


def home_of_commands() -> Path:
    """The home of a command that names none."""
    return Path(os.environ.get("LIANGXIAN_HOME") or DEFAULT_HOME)


def check_targets(parameters: Iterable[inspect.Parameter], values: Mapping[str, Any], home: Path) -> None:
    """Refuse every target that lies in a home, or that another name of one of its files may be.

    ``home`` is the command's; any other that a target lies in is known by its books or keys.
    """
    for parameter in parameters:
        target = values.get(parameter.name)
        if target is not None and WRITES in getattr(parameter.annotation, "__metadata__", ()):
            _check(target, home, _said(parameter))


def _said(parameter: inspect.Parameter) -> str:
    # Typer keeps the first name that an option is given as its default, where it stands in an Annotated
    named = (getattr(one, "default", None) for one in parameter.annotation.__metadata__)
    return next((name for name in named if isinstance(name, str)), parameter.name.upper())


def _check(target: Path, home: Path, option: str) -> None:
    for place in {target.parent.resolve() / target.name, target.resolve()}:
        for lake in _homes(place, home):
            if lake.is_own(place):
                raise typer.BadParameter(f"{target} lies in the home, where only liangxian writes", param_hint=option)
            if lake.home == place or (lake.home.is_relative_to(place) and lake.is_home):
                raise typer.BadParameter(f"{target} holds the home itself", param_hint=option)
    if target.is_file() and target.stat().st_nlink > 1:
        # the other name may be in a home, and not every writer replaces the file
        raise typer.BadParameter(f"{target} is a file with several names (hard links)", param_hint=option)


def _homes(place: Path, named: Path) -> Iterator[Lake]:
    """The command's home, and every home that the place is or lies in."""
    yield Lake(named.resolve())
    yield from (lake for lake in map(Lake, (place, *place.parents)) if lake.is_home)
