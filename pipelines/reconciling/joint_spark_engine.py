"""The cluster's engine over several counties at once: a province's queries are planned once, not once a county."""

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path

import ibis
import pyarrow as pa
import pyspark.sql.functions as f
from pyspark.sql import DataFrame, SparkSession

from pipelines.reconciling.apart import COUNTY, kept_apart
from pipelines.reconciling.county import Asked
from pipelines.reconciling.joint import Joint
from pipelines.reconciling.spark_engine import SparkEngine
from warehouse.planning.plans import WatchedPolicy
from warehouse.shared_lake import SharedLake


class JointSparkEngine(Joint, SparkEngine):
    """Several counties on a shared session."""

    def __init__(self, asked: Sequence[Asked], session: SparkSession, shared: SharedLake | None = None) -> None:
        """As of one county; ``asked`` are the counties."""
        super().__init__(session, shared)
        self.join(asked)

    def begin(self, files: Mapping[str, Path], shape: Hashable, policy: WatchedPolicy) -> None:
        """Take up the counties; ``files`` are those of the first."""
        super().begin(files, shape, policy)
        self._policy = policy

    def _rows(self, name: str, schema: ibis.Schema) -> DataFrame:
        """The counties' files of one name: a row's delivery says whose it is."""
        paths = {one.county: one.files[name] for one in self._asked}
        whose = [(path.stem.removesuffix(".rows"), int(county)) for county, path in paths.items()]
        counties = self._session.createDataFrame(whose, f"_delivery string, {COUNTY} int")
        rows = self._session.read.parquet(*(self._address(path) for path in paths.values()))
        return rows.join(f.broadcast(counties), "_delivery").select(*schema.names, COUNTY)

    def _compiled(self, sql: str) -> str:
        """The cluster's query with each county's rows apart."""
        return kept_apart(sql, self._ibis.compiler.dialect)

    def _fetched(self, schema: pa.Schema) -> pa.Schema:
        """The county comes with the rows."""
        return schema.append(pa.field(COUNTY, pa.int32()))

    def _sent(self, rows: pa.Table) -> pa.Table:
        """Rows of this process as they are given to each county."""
        self.give("sent", rows)
        return self.local.execute("SELECT * FROM sent").to_arrow_table().cast(self._fetched(rows.schema))
