"""The engine that was chosen, opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from expectations.errors import PackageMissingError
from pipelines.house.engine_choice import EngineChoice, EngineName
from warehouse.lake import Lake
from warehouse.shared_lake import SharedLake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from pipelines.reconciling.engine import Engine


@contextmanager
def open_engine(choice: EngineChoice, lake: Lake) -> Iterator["Engine"]:
    """The engine over the lake, closed when the block ends; Spark's session lives on.

    Raises EngineError, PackageMissingError.
    """
    match choice.name:
        case EngineName.DUCKDB:
            from pipelines.reconciling.duckdb_engine import DuckdbEngine

            with DuckdbEngine(lake.spill, choice.memory_limit, choice.threads, lake.plans) as embedded:
                yield embedded
        case EngineName.SPARK:
            session, shared = _cluster(choice, lake)
            from pipelines.reconciling.spark_engine import SparkEngine

            with SparkEngine(session, shared) as cluster:
                yield cluster


def _cluster(choice: EngineChoice, lake: Lake) -> tuple["SparkSession", SharedLake | None]:
    """Spark's session, and where its executors find what lies in the lake. Raises EngineError, PackageMissingError."""
    try:
        from pipelines.reconciling.spark_engine import open_session
    except ModuleNotFoundError as error:
        raise PackageMissingError(error.name or "pyspark", "spark") from error
    master = choice.spark_master or f"local[{choice.threads or '*'}]"
    shared = SharedLake(choice.shared_lake, lake) if choice.shared_lake else None
    return open_session(master, lake.spill, choice.memory_limit), shared
