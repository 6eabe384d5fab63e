"""Which engine the rules run on: opened by name, for one county and D."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pipelines.reconciling.engine import Engine


class EngineError(ConnectionError):
    """The engine that was asked for cannot be had; the message says what to do, for people."""


class EngineName(StrEnum):
    """Where the rules run."""

    DUCKDB = "duckdb"
    SPARK = "spark"


@dataclass(frozen=True)
class EngineChoice:
    """An engine and what it may use: memory as ``2GB``, threads, and for Spark its master or Connect address."""

    name: EngineName = EngineName.DUCKDB
    memory_limit: str | None = None
    threads: int | None = None
    spark_master: str | None = None

    @contextmanager
    def open(self, spill: Path) -> Iterator["Engine"]:
        """The engine, closed when the block ends; Spark's session outlives it. Raises EngineError."""
        match self.name:
            case EngineName.DUCKDB:
                from pipelines.reconciling.duckdb_engine import DuckdbEngine

                with DuckdbEngine(spill, self.memory_limit, self.threads) as embedded:
                    yield embedded
            case EngineName.SPARK:
                try:
                    from pipelines.reconciling.spark_engine import SparkEngine, open_session
                except ModuleNotFoundError as error:
                    raise EngineError(f"{error.name} is not installed: pip install 'liangxian[spark]'") from error
                master = self.spark_master or f"local[{self.threads or '*'}]"
                with SparkEngine(open_session(master, spill, self.memory_limit)) as cluster:
                    yield cluster


DUCKDB: Final = EngineChoice()
"""The embedded engine with what the machine has."""
