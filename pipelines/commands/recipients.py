"""Who is given data for the evaluation: one name, everywhere the same."""

import re

import typer


def known_recipient(name: str) -> str:
    """A recipient's name as it stands in file names and logs. Raises BadParameter where it is none."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", name):
        raise typer.BadParameter("a short name of letters, digits, - and _", param_hint="--recipient")
    return name
