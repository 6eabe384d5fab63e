"""Secrets that the environment gives, as a value or as a file, since containers and pods get theirs as files."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from expectations.errors import ValueRefusedError

DATABASE_URL: Final = "LIANGXIAN_DATABASE_URL"
"""Where books and warehouse lie on PostgreSQL, password and all."""

IN_A_FILE: Final = "_FILE"
"""How the variable is called that names the file, after the secret's own name."""


def secret_value(name: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """The variable ``name``, else what stands in the file that ``<name>_FILE`` names; None where neither is set.

    Read by the program and not by whatever starts it, so that a command which is run inside a container has it too.
    Raises ValueRefusedError for a file that cannot be read or is empty: without it a command would open other books.
    """
    if value := environ.get(name):
        return value
    file = environ.get(name + IN_A_FILE)
    if not file:
        return None
    try:
        value = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        value = ""
    if not value:
        raise ValueRefusedError(f"the file that {name}{IN_A_FILE} names cannot be read, or is empty")
    return value
