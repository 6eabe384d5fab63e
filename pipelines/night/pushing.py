"""A push: content that somebody hands over under a delivery's file name, taken in as a file would be."""

import os
import shutil
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from expectations.errors import ValueRefusedError
from pipelines.house.settings import Settings
from pipelines.night.intake import ingest
from pipelines.night.results import Intake
from warehouse.lake import NotPlainError, umask

SOURCE = "push"
_FOLDER = "pushed"
_LONGEST = 255


def push(settings: Settings, on: date, name: str, content: BinaryIO) -> Intake:
    """Take in ``content`` under the file name ``name``; a part waits in the inbox until the others are there.

    Raises ValueRefusedError for what is no plain file name, or one that an inbox passes over, NotPlainError.
    """
    if not _is_file_name(name):
        raise ValueRefusedError(f"{name[:80]!r} is no file name")
    folder = settings.inbox / _FOLDER
    if folder.is_symlink():  # whoever may write to the inbox would choose where, and what is taken from there
        raise NotPlainError(f"{_FOLDER!r} is a link, or no file")
    _write(folder, name, content)
    intake = ingest(settings, on, [folder], source=SOURCE, archive=True)
    waits = any(name in waiting.names for waiting in intake.waiting)
    if (folder / name).exists() and not waits and _is_wanted(settings, name):
        (folder / name).unlink()
        raise ValueRefusedError(f"{name!r} is the name of a temporary file", why="nothing was taken in")
    return intake


def _is_file_name(name: str) -> bool:
    """Whether a folder can have such a file, and the name leads out of none."""
    try:
        octets = os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return 0 < len(octets) <= _LONGEST and b"\0" not in octets and name != ".." and Path(name).name == name


def _write(folder: Path, name: str, content: BinaryIO) -> None:
    """Write beside and rename: no scan sees half a file, and no other intake's sweep takes it away."""
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(prefix=".pushing-", dir=folder, delete=False) as target:
        temporary = Path(target.name)
        try:
            shutil.copyfileobj(content, target)
            target.flush()
            temporary.chmod(0o666 & ~umask())
            temporary.replace(folder / name)
        finally:
            temporary.unlink(missing_ok=True)


def _is_wanted(settings: Settings, name: str) -> bool:
    """Whether the file would have been taken in, had its name not been that of a temporary one."""
    return not settings.counties or any(county in name for county in settings.counties)
