"""The help of a command, as wide as the terminal, in cells: where a Chinese character takes two."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text
from typer import rich_utils

from pipelines.commands.chinese import in_chinese
from pipelines.commands.chinese.usage import FIXED, PIECES
from pipelines.house.language import say

_NARROWEST: Final = 24
_WIDEST_NAME: Final = 26
"""Cells of what stands at the left; what is longer has a line of its own."""

_UNITS: Final = re.compile(r"\s+|[（“《【\[]*(?:[\x21-\x7e]+|[^\s\x21-\x7e])[，。、；：？！）”》】\]]*")


def wrap(text: str, width: int) -> list[str]:
    """Lines of ``text`` of at most ``width`` cells: broken at spaces, and between Chinese characters."""
    lines, line = [], ""
    for unit in (found.group() for found in _UNITS.finditer(text)):
        if unit.isspace():
            line += " " if line else ""
        elif cell_len(line) + cell_len(unit) <= width:
            line += unit
        else:
            *full, unit = chop_cells(unit, width)
            lines += [line.rstrip(), *full] if line.strip() else full
            line = unit
    return [*lines, line.rstrip()] if line.strip() else lines


def show_help(command: Any, ctx: Any) -> None:
    """Print how a command is written, what it does, and what it takes."""
    console = Console(highlight=False, width=_width())
    lead, usage = say("用法：", "Usage: "), f"{ctx.command_path} {' '.join(usage_pieces(command, ctx))}"
    console.print(Text(lead, "yellow") + Text(usage, "bold"), soft_wrap=True)
    for line in ["", *wrap(_said(command.help), console.width - 2)]:
        console.print(Text(f"  {line}".rstrip()))
    parameters = [one for one in command.get_params(ctx) if not getattr(one, "hidden", False)]
    arguments = [one for one in parameters if one.param_type_name == "argument"]
    options = [one for one in parameters if one.param_type_name != "argument"]
    commands = [command.get_command(ctx, name) for name in getattr(command, "commands", ())]
    _print_list("ARGUMENTS_PANEL_TITLE", [(_argument(one), _told(one, ctx)) for one in arguments], console)
    _print_list("OPTIONS_PANEL_TITLE", [(_option(one, ctx), _told(one, ctx)) for one in options], console)
    _print_list("COMMANDS_PANEL_TITLE", [(one.name, _said(one.help)) for one in commands], console)


def _width() -> int:
    return min(Console().width, 110)


def _fixed(name: str) -> str:
    """A word that Typer has for it, or its Chinese."""
    return say(FIXED[name], str(getattr(rich_utils, name)))


def _said(text: str | None) -> str:
    plain = " ".join((text or "").split())
    return say(in_chinese(plain), plain)


def usage_pieces(command: Any, ctx: Any) -> Iterator[str]:
    """What stands behind a command's name where it is shown how it is written."""
    for piece in command.collect_usage_pieces(ctx):
        yield say(PIECES.get(piece, piece), piece)


def _print_list(title: str, rows: Sequence[tuple[str, str]], console: Console) -> None:
    if not rows:
        return
    console.print(Text(f"\n{_fixed(title)}", "yellow"))
    left = min(max(cell_len(name) for name, _ in rows), _WIDEST_NAME)
    room = max(console.width - left - 5, _NARROWEST)
    for name, told in rows:
        first, *more = wrap(told, room) or [""]
        if cell_len(name) > left:
            console.print(Text(f"  {name}", "bold cyan"), soft_wrap=True)
            first, more = "", [first, *more]
        else:
            console.print(Text(f"  {name}{' ' * (left - cell_len(name))}", "bold cyan") + Text(f"  {first}"))
        for line in more:
            console.print(Text(" " * (left + 4) + line))


def _argument(parameter: Any) -> str:
    return str(parameter.display_name_raw)


def _option(parameter: Any, ctx: Any) -> str:
    names = "/".join((*parameter.opts, *parameter.secondary_opts))
    return names if parameter.is_flag else f"{names} {parameter.display_type_rich(ctx=ctx) or ''}".rstrip()


def _told(parameter: Any, ctx: Any) -> str:
    """What a parameter is for, with its default, the variable that sets it, and whether it must be given."""
    told = [_said(parameter.help)]
    given = isinstance(parameter.show_default, str)
    default = parameter._extract_default_help_str(ctx=ctx)
    if given or (default is not None and parameter.show_default):
        shown = parameter._get_default_string(ctx=ctx, show_default_is_str=given, default_value=default)
        shown = _said(shown.strip("()")) if given else shown
        told += [_fixed("DEFAULT_STRING").format(shown)] if shown else []
    if parameter.envvar and parameter.show_envvar:
        told.append(_fixed("ENVVAR_STRING").format(parameter.envvar))
    if parameter.required:
        told.append(_fixed("REQUIRED_LONG_STRING"))
    return " ".join(told)
