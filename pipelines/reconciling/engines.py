"""Which engine the rules run on: opened by name, for one county and D."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from warehouse.lake import Lake
from warehouse.shared_lake import SharedLake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from pipelines.reconciling.county import Asked
    from pipelines.reconciling.engine import Engine
    from pipelines.reconciling.joint import JointEngine


_UNITS: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY_UNITS: Final = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


class EngineError(ConnectionError):
    """The engine that was asked for cannot be had; the message says what to do, for people."""


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

    @contextmanager
    def open(self, lake: Lake) -> Iterator["Engine"]:
        """The engine for a county of the lake's, closed when the block ends; Spark's session lives on.

        Raises EngineError.
        """
        match self.name:
            case EngineName.DUCKDB:
                from pipelines.reconciling.duckdb_engine import DuckdbEngine

                with DuckdbEngine(lake.spill, self.memory_limit, self.threads, lake.plans) as embedded:
                    yield embedded
            case EngineName.SPARK:
                session, shared = self._cluster(lake)
                from pipelines.reconciling.spark_engine import SparkEngine

                with SparkEngine(session, shared) as cluster:
                    yield cluster

    @contextmanager
    def open_joint(self, lake: Lake, asked: Sequence["Asked"]) -> Iterator["JointEngine"]:
        """As ``open``, for several counties at once."""
        match self.name:
            case EngineName.DUCKDB:
                from pipelines.reconciling.joint_duckdb_engine import JointDuckdbEngine

                with JointDuckdbEngine(asked, lake.spill, self.memory_limit, self.threads, lake.plans) as embedded:
                    yield embedded
            case EngineName.SPARK:
                session, shared = self._cluster(lake)
                from pipelines.reconciling.joint_spark_engine import JointSparkEngine

                with JointSparkEngine(asked, session, shared) as cluster:
                    yield cluster

    def _cluster(self, lake: Lake) -> tuple["SparkSession", SharedLake | None]:
        """Spark's session, and where its executors find what lies in the lake. Raises EngineError."""
        try:
            from pipelines.reconciling.spark_engine import open_session
        except ModuleNotFoundError as error:
            raise EngineError(f"{error.name} is not installed: pip install 'liangxian[spark]'") from error
        master = self.spark_master or f"local[{self.threads or '*'}]"
        shared = SharedLake(self.shared_lake, lake) if self.shared_lake else None
        return open_session(master, lake.spill, self.memory_limit), shared


DUCKDB: Final = EngineChoice()
"""The embedded engine with what the machine has."""


def bytes_of(size: str) -> int:
    """``2GB`` or ``1.5 GiB`` in bytes, as DuckDB reads them. Raises ValueError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(I?)B?", size.strip().upper())
    if found is None or (found[3] and not found[2]):
        raise ValueError(f"{size!r} is no size such as 2GB")
    return round(float(found[1]) * (_BINARY_UNITS if found[3] else _UNITS)[found[2]])
