"""What comes in at the door: plain files only."""

import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Why(StrEnum):
    """Why something that lies in the inbox is no delivery."""

    LINK = "link"
    SEVERAL_NAMES = "several_names"
    NO_FILE = "no_file"
    TEMPORARY = "temporary"
    CHANGED = "changed"
    NO_BASIS = "no_basis"
    NO_RIGHTS = "no_rights"


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


def may_take(path: Path) -> bool:
    """Whether we may read a file and move it out of its folder, or look into a folder.

    Asked before anything is taken in: what cannot be opened, or would stay after it was taken in, stops what comes
    after it.
    """
    if path.is_dir():
        return os.access(path, os.R_OK | os.X_OK, effective_ids=True)
    return os.access(path, os.R_OK, effective_ids=True) and os.access(
        path.parent, os.W_OK | os.X_OK, effective_ids=True
    )
