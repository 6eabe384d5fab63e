"""Which engine the rules run on and what it may use; ``reconciling/opening.py`` opens it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from expectations.errors import UnavailableError, ValueRefusedError

_UNITS: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY_UNITS: Final = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


class EngineError(UnavailableError):
    """The engine that was asked for cannot be had."""


class EngineName(StrEnum):
    """Where the rules run."""

    DUCKDB = "duckdb"
    SPARK = "spark"


@dataclass(frozen=True)
class EngineChoice:
    """An engine and what it may use: memory as ``2GB``, threads; for Spark its master or Connect address, and the URL
    that copies of staged rows are put under for executors that do not see the home.
    """

    name: EngineName = EngineName.DUCKDB
    memory_limit: str | None = None
    threads: int | None = None
    spark_master: str | None = None
    shared_lake: str | None = None


DUCKDB: Final = EngineChoice()
"""The embedded engine with what the machine has."""


def bytes_of(size: str) -> int:
    """``2GB`` or ``1.5 GiB`` in bytes, as DuckDB reads them. Raises ValueRefusedError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(I?)B?", size.strip().upper())
    if found is None or (found[3] and not found[2]):
        raise ValueRefusedError(f"{size!r} is no size such as 2GB")
    return round(float(found[1]) * (_BINARY_UNITS if found[3] else _UNITS)[found[2]])
