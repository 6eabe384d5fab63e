"""What comes in at the door: plain files only."""

import os
import stat
from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why something that lies in the inbox is no delivery."""

    LINK = "link"
    SEVERAL_NAMES = "several_names"
    NO_FILE = "no_file"
    TEMPORARY = "temporary"
    CHANGED = "changed"
    NO_BASIS = "no_basis"


@dataclass(frozen=True)
class PassedOver:
    """What was left where it lies: its name, cleaned, why, and of which county it seems to be."""

    name: str
    why: Why
    county: str


def why_passed_over(status: os.stat_result) -> Why | None:
    """Why what has this status (of ``lstat``) is not taken; None for a plain file with one name.

    A link could show what lies elsewhere, such as a key; a file that has another name may be changed under it.
    """
    if stat.S_ISLNK(status.st_mode):
        return Why.LINK
    if not stat.S_ISREG(status.st_mode):
        return Why.NO_FILE
    return Why.SEVERAL_NAMES if status.st_nlink > 1 else None
