"""The language of a command: ``--lang`` on each of them, what Typer says by itself, and what ends in a sentence."""

import inspect
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final

import typer
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

from pipelines.commands.chinese import in_chinese
from pipelines.commands.chinese.usage import FIXED
from pipelines.commands.helping import show_help, usage_pieces
from pipelines.commands.options import Lang, taking
from pipelines.commands.targets import check_targets, home_of_commands
from pipelines.house.language import Language, language_of, say, spoken, spoken_in

_OPTION: Final = "--lang"
_ENGLISH: Final = {name: getattr(rich_utils, name) for name in FIXED}


def asked_for(arguments: Sequence[str]) -> Language:
    """The language of a command line, known before it is read: help and wrong usage are told in it, too."""
    for place, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == _OPTION:
            value = value or next(iter(arguments[place + 1 :]), "")
            if value in tuple(Language):
                return Language(value)
    return language_of(os.environ)


@contextmanager
def speaking(arguments: Sequence[str]) -> Iterator[None]:
    """Tell in the language of a command line, also in what Typer says by itself."""
    language = asked_for(arguments)
    with spoken_in(language):
        _fix(FIXED if language is Language.ZH else _ENGLISH)
        try:
            yield
        finally:
            _fix(_ENGLISH)


def _fix(words: Any) -> None:
    for name, word in words.items():
        setattr(rich_utils, name, word)


def speak(app: typer.Typer) -> None:
    """Give ``--lang`` to an app, and to every command and group of it, and let them speak it."""
    _add_to_group(app)
    _add_below(app)


def _add_below(app: typer.Typer) -> None:
    for command in app.registered_commands:
        command.callback = _with_language(command.callback)
        command.cls = Command
    for group in app.registered_groups:
        inner = group.typer_instance
        if inner is None:
            continue
        _add_below(inner)
        if group.name:
            _add_to_group(inner)


def _add_to_group(app: typer.Typer) -> None:
    if not issubclass(app.info.cls if isinstance(app.info.cls, type) else TyperGroup, Group):
        app.info.cls = Group
    own = app.registered_callback
    if own is None:
        app.callback()(_with_language(None))
    else:
        own.callback = _with_language(own.callback)


def _with_language(called: Callable[..., Any] | None) -> Callable[..., Any]:
    """A command that takes ``--lang`` besides; what it says is settled before it is called."""
    own = inspect.signature(called, eval_str=True).parameters.values() if called is not None else ()
    lang = inspect.Parameter("lang", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Lang)
    taken = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
    at = next((place for place, one in enumerate(taken) if one.name == "home"), len(taken))

    def speaks(lang: Any = None, **values: Any) -> Any:
        check_targets(taken, values, values.get("home") or home_of_commands())
        return called(**values) if called is not None else None

    if called is not None:
        speaks = wraps(called)(speaks)
    return taking(speaks, [*taken[:at], lang, *taken[at:]])


class _Speaks:
    """Help in the language that is spoken."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help; where Typer's own writer is asked, it has the usage alone."""
        show_help(self, ctx)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The line that shows how the command is written."""
        formatter.write_usage(ctx.command_path, " ".join(usage_pieces(self, ctx)), say("用法：", "Usage: "))


class Command(_Speaks, TyperCommand):
    """A command that speaks."""


class Group(_Speaks, TyperGroup):
    """A group of commands that speaks."""


def in_language(error: Any) -> Any:
    """An error of usage, told in the language that is spoken."""
    told = error.format_message() if spoken() is Language.ZH else ""
    if told:
        error.format_message = lambda: in_chinese(told)
    return error
