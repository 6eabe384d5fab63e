"""The cluster's engine: Spark through Ibis, classic (``local[2]``, ``spark://…``, ``yarn``) or Connect (``sc://…``).

Rules and evidence are evaluated by Spark over the lake's Parquet, which executors read under the same path or, where
they do not see the home, as copies in a shared lake; what they find comes to the local DuckDB, where sentences and
evidence are written as on the embedded engine.
"""

from collections.abc import Callable, Hashable, Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import duckdb
import ibis
import pyarrow as pa
import pyspark.sql.functions as f
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.backends.sql.datatypes import PySparkType
from ibis.expr.operations import InMemoryTable
from ibis.expr.types import Table
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from pipelines.house.engine_choice import EngineError, bytes_of
from pipelines.reconciling.apart import COUNTY, kept_apart
from pipelines.reconciling.counties import Counties
from warehouse.planning.plans import WatchedValues
from warehouse.shared_lake import SharedLake, SharedLakeError

if TYPE_CHECKING:
    from pipelines.reconciling.county import Asked

_engines = count()
T = TypeVar("T")


def open_session(master: str, spill: Path, memory_limit: str | None = None) -> SparkSession:
    """The process's session on ``master``: started when first asked for, and shared until the process ends.

    What a cluster needs beyond its address (executors, memory, cores, a Hadoop file system) is Spark's own business:
    ``spark-defaults.conf`` in SPARK_CONF_DIR, or PYSPARK_SUBMIT_ARGS.
    """
    if master.startswith("sc://"):
        builder = SparkSession.builder.remote(master)
    else:
        builder = SparkSession.builder.master(master).appName("liangxian")
        for name, value in _own_settings(master, spill, memory_limit).items():
            builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
        # of a feed that is a union of several parts Spark 4.3 may plan a join whose sides have unequal partitions
        session.conf.set("spark.sql.unionOutputPartitioning", "false")
        return session
    except (PySparkException, OSError, RuntimeError) as error:
        raise EngineError(
            f"no Spark session on {master}", why=type(error).__name__, advice="is there a Java 17, a server?"
        ) from error


def _own_settings(master: str, spill: Path, memory_limit: str | None) -> dict[str, str]:
    settings = {"spark.log.level": "ERROR", "spark.ui.showConsoleProgress": "false"}
    if master.startswith("local"):
        # one machine: nothing listens on the net, what does not fit into memory spills under the home
        settings |= {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.local.dir": str(spill.resolve()),
        }
        if memory_limit is not None:
            settings["spark.driver.memory"] = f"{bytes_of(memory_limit) // 2**20}m"
    return settings


class _OrderedLists(PySparkCompiler):  # type: ignore[misc]  # Ibis has no types
    """Ibis's own compiler, with the ordered lists that Spark has since 4.0 and Ibis 12 does not use yet."""

    def visit_GroupConcat(self, op: Any, *, arg: Any, sep: Any, where: Any, order_by: Any) -> Any:  # noqa: N802
        if not order_by or where is not None:
            return super().visit_GroupConcat(op, arg=arg, sep=sep, where=where, order_by=order_by)
        joined = sge.GroupConcat(this=arg, separator=sep)
        return sge.WithinGroup(this=joined, expression=sge.Order(expressions=order_by))


class SparkEngine(Counties):
    """Counties on a shared session; shared terms stay cached until the engine is closed."""

    name = "spark"

    def __init__(self, session: SparkSession, shared: SharedLake | None = None) -> None:
        self._session, self._shared = session, shared
        self._ibis = ibis.pyspark.connect(session)
        self._ibis.compiler = _OrderedLists()
        self._prefix = f"liangxian_{next(_engines)}_"
        self._views: dict[str, Table] = {}
        self._files: dict[str, Table] = {}
        self._cached: list[DataFrame] = []
        self.local: duckdb.DuckDBPyConnection = duckdb.connect()

    def __enter__(self) -> Self:
        """The engine itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop everything that was kept; the session goes on."""
        self.local.close()
        for frame in self._cached:
            frame.unpersist()
        for view in self._views:
            self._session.catalog.dropTempView(view)

    def begin(self, asked: Sequence["Asked"], values: WatchedValues) -> None:
        """Take up the counties; building expressions is the least part of what a cluster does: nothing is planned."""
        self.take_up(asked, values)

    def planned(self, what: Hashable, build: Callable[[], T]) -> T:
        """``build()``."""
        return build()

    def source(self, name: str) -> Table:
        """The counties' rows of one name, as a view."""
        if name not in self._files:
            schema = self._asked[0].columns[name]
            self._files[name] = self._view(f"{self._prefix}{name}", schema, self._rows(name, schema))
        return self._files[name]

    def _rows(self, name: str, schema: ibis.Schema) -> DataFrame:
        """What a source's view shows; a row's delivery says whose it is, and which of its periods count."""
        sources = [(int(one.county), one.sources[name]) for one in self._asked]
        paths = dict.fromkeys(part.path for _, source in sources for part in source.parts)
        # files of an older release have not all columns: what they lack is null
        kinds = ", ".join(f"`{column}` {PySparkType.to_string(kind)}" for column, kind in schema.items())
        rows = self._session.read.schema(kinds).parquet(*(self._address(path) for path in paths))
        by = sources[0][1].feed.accumulates_by
        if any(part.periods is None for part in sources[0][1].parts):
            by = ()
            if not self.several:
                return rows
        counted = [
            (part.delivery, county, *period)
            for county, source in sources
            for part in source.parts
            for period in ([()] if part.periods is None else part.periods)
        ]
        columns = ", ".join(["_delivery string", f"{COUNTY} int", *(f"{column} string" for column in by)])
        counting = self._session.createDataFrame(counted, columns)
        found = rows.join(f.broadcast(counting), ["_delivery", *by])
        return found.select(*schema.names, *([COUNTY] if self.several else []))

    def _address(self, path: Path) -> str:
        """Where executors read a file: a Hadoop path, no URI, so that blanks and Chinese folders stand as they are."""
        if self._shared is None:
            return f"file://{path.resolve()}"
        try:
            return self._shared.put(path)
        except SharedLakeError as error:
            raise EngineError(str(error)) from error

    def keep(self, name: str, table: Table) -> Table:
        """``table`` cached by the executors; asked for again, the cached one."""
        view = f"{self._prefix}kept_{name}"
        if view not in self._views:
            frame = self._frame(table).persist()
            self._cached.append(frame)
            self._view(view, table.schema(), frame)
        return self._views[view]

    def relation(self, name: str, table: Table) -> str:
        """``table`` collected into a temporary table of the local connection."""
        fetched = self._frame(table).toArrow().cast(self._fetched(table.schema().to_pyarrow()))
        self._store(name, "SELECT * FROM given", fetched)
        return name

    def once(self, name: str, table: Table) -> str:
        """As ``relation``: what comes from the cluster has to lie somewhere."""
        return self.relation(name, table)

    def lookup(self, name: str, schema: ibis.Schema) -> Table:
        """A relation of the local connection, sent to Spark."""
        rows = self.local.execute(f'SELECT * FROM "{name}"').to_arrow_table().cast(self._fetched(schema.to_pyarrow()))
        return self._view(f"{self._prefix}{name}", schema, self._as_frame(rows))

    def statement(self, name: str, sql: str) -> str:
        """What a query over local relations gives, as another."""
        self._store(name, self.written(sql))
        return name

    def give(self, name: str, rows: pa.Table) -> None:
        """Rows of this process as a local relation."""
        self._store(name, self._given("given", rows.schema), rows)

    def _store(self, name: str, sql: str, given: pa.Table | None = None) -> None:
        """What a query gives, of which ``given`` may be part, as a local relation."""
        if given is not None:
            self.local.register("given", given)
        self.local.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {sql}')
        if given is not None:
            self.local.unregister("given")

    def _compiled(self, sql: str) -> str:
        """What Ibis compiled, as Spark is to run it: with each county's rows apart."""
        return kept_apart(sql, self._ibis.compiler.dialect) if self.several else sql

    def _fetched(self, schema: pa.Schema) -> pa.Schema:
        """The columns that rows have between Spark and the local connection: the county comes with them."""
        return schema.append(pa.field(COUNTY, pa.int32())) if self.several else schema

    def _sent(self, rows: pa.Table) -> pa.Table:
        """Rows of this process as they are sent to Spark, for each county."""
        self.give("sent", rows)
        return self.local.execute("SELECT * FROM sent").to_arrow_table().cast(self._fetched(rows.schema))

    def _frame(self, table: Table) -> DataFrame:
        for small in table.op().find(InMemoryTable):
            # policy values: Ibis names them, and would send them itself only if it ran the query
            self._send(small)
        return self._session.sql(self._compiled(self._ibis.compile(table)))

    def _send(self, small: Any) -> None:
        if small.name not in self._views:
            rows: pa.Table = small.data.to_pyarrow(small.schema)
            self._view(small.name, small.schema, self._as_frame(self._sent(rows)))

    def _as_frame(self, rows: pa.Table) -> DataFrame:
        """Rows of this process on Spark; where there are none, a Connect session must be told the columns' types."""
        if len(rows):
            return self._session.createDataFrame(rows)
        return self._session.createDataFrame(rows, from_arrow_schema(rows.schema))

    def _view(self, name: str, schema: ibis.Schema, frame: DataFrame) -> Table:
        frame.createOrReplaceTempView(name)
        self._views[name] = ibis.table(schema, name=name)
        return self._views[name]
