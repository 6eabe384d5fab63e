"""Who sits at the terminal: the one place where the operating system is asked for a name."""

import os
import pwd

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
