"""Files for as long as a step runs, in the lake's own folder: large ones do not fit a machine's temporary folder."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_path(folder: Path, suffix: str) -> Iterator[Path]:
    """An empty file that is gone when the block ends; after a kill ``Lake.sweep`` removes it by its name."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".writing-", suffix=suffix, dir=folder)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
