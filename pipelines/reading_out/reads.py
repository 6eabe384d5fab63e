"""Reads of personal values: each stands in the audit log before anything is shown."""

import hashlib
import os
import pwd
from collections.abc import Mapping
from typing import Any

from expectations.errors import RequestError
from pipelines.house.settings import Settings
from warehouse.books.audit import append_audit


class PurposeMissingError(RequestError):
    """Personal values were asked for, and not what they are needed for."""

    def __init__(self) -> None:
        super().__init__("personal values are shown for a purpose only", advice="--purpose")


def check_purpose(unmask: bool, purpose: str | None) -> str:
    """The purpose of a read in clear, ``""`` of a masked one. Raises PurposeMissingError."""
    if not unmask:
        return ""
    if not (purpose and purpose.strip()):
        raise PurposeMissingError()
    return purpose.strip()


def record_read(
    settings: Settings, *, what: str, purpose: str, asked: Mapping[str, Any], rows: int, content: bytes
) -> None:
    """Append one read to the audit log: who (the system's user), why, what was asked for, and what was given out."""
    append_audit(
        settings.home.books,
        at=settings.now(),
        who=system_user(),
        what=what,
        purpose=purpose,
        asked=asked,
        rows=rows,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def system_user() -> str:
    """Who runs the process, from the system and not from an environment that the reader could set."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"
