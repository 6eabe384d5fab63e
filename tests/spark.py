"""One Spark session for tests, set up for tables of a few rows: nothing compiled, nothing spread out."""

from pathlib import Path
from tempfile import mkdtemp

from pyspark.sql import SparkSession

from pipelines.reconciling.spark_engine import open_session

FOR_FEW_ROWS = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    # planning takes longer than running: a seventh of it is what these two add (the cluster's tests have them)
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.lightweightPlanChangeValidation": "false",
}


def small_session() -> SparkSession:
    """The process's session on ``local[2]``."""
    session = open_session("local[2]", Path(mkdtemp(prefix="liangxian_spark_")))
    for name, value in FOR_FEW_ROWS.items():
        session.conf.set(name, value)
    return session
