"""A home whose other offices send too, made once for all workers."""

from pathlib import Path

import pytest
from reading_out.office_home import make_office_home
from sharing import folder_of_all, made_once


@pytest.fixture(scope="session")
def shared_office_home(night_home: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """To be read; whoever reads in clear takes a copy, for the audit log has that."""
    folder = folder_of_all(tmp_path_factory, worker_id)
    return made_once(folder / "office_home", lambda path: make_office_home(night_home, path))
