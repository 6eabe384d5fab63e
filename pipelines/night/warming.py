"""Everything that a task of a night imports, imported once: a process that is forked for a task finds it there."""

import logging

from pipelines.house.home import code_version
from pipelines.night import flow, pending
from pipelines.staging.lean_import import import_great_expectations

__all__ = ["flow", "import_for_forks", "pending"]


def import_for_forks() -> None:
    """Import what is imported late, and read the code's version, should the files be replaced before a task asks."""
    code_version()
    logging.getLogger("great_expectations").setLevel(logging.ERROR)  # it tells of its own insides, line upon line
    import_great_expectations()
