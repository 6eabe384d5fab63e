"""Where taken files go: out of the inbox, kept in their sub-folder, never over one another."""

import filecmp
import shutil
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from pipelines.reading.clean_names import clean_path
from warehouse.lake import Lake, atomic_path, umask


def archive_files(*, lake: Lake, inbox: Path, paths: Iterable[Path], county: str) -> None:
    """Move files from the inbox to the archive of a county; one that is gone already is passed over."""
    for path in paths:
        if not path.exists() or path.is_symlink():  # a run that was killed after it had moved the file
            continue
        relative = path.relative_to(inbox) if path.is_relative_to(inbox) else Path(path.name)
        _move(path, lake.archive / county / clean_path(relative))


def _move(path: Path, wanted: Path) -> None:
    """Move to ``wanted``, or beside it under a numbered name where another content has that name."""
    for number in count(1):
        target = wanted if number == 1 else wanted.with_name(f"{wanted.stem}~{number}{wanted.suffix}")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                path.rename(target)
                target.chmod(0o666 & ~umask())  # it is the home's now
            except OSError:  # another file system: copied whole before the original goes
                with atomic_path(target) as temporary:
                    shutil.copy2(path, temporary)
                path.unlink()
            return
        if filecmp.cmp(path, target, shallow=False):
            path.unlink()
            return
