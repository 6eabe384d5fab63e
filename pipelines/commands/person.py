"""Who sits at the terminal: the one place where the operating system is asked for a name, and people for what no
argument may say."""

import os
import pwd
import sys

import typer

from pipelines.house.actor import Actor, Role


def at_the_terminal(who: str | None = None, purpose: str | None = None) -> Actor:
    """One of the data team: by the name that was given, else by the system's; ``purpose`` is what for."""
    return Actor(who if who is not None else system_user(), Role.DATA_TEAM, purpose=purpose or "")


def system_user() -> str:
    """Who runs the process, from the system and not from an environment that the reader could set."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"


def ask_in_secret(what: str, *, hidden: bool = True) -> str:
    """A line from the prompt, not shown where it is ``hidden``, or from standard input where that is no terminal."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=hidden, err=True))
    return sys.stdin.readline()
