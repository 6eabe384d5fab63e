"""Keeps the house: retention, leftovers, and the chains of the ledger and the audit log."""

from airflow.sdk import DAG, CronTriggerTimetable, Param
from airflow.sdk.exceptions import AirflowFailException
from liangxian_alerts import TASK_ARGUMENTS
from liangxian_house import START, ZONE, day_of, open_house, say
from liangxian_tasks import task

DOC = """
### 日常维护 housekeeping
每日 04:00（北京时间）：按保存期限清除过期数据、清理临时文件、校验台账链和审计链。

Every night at 04:00 Asia/Shanghai: erases what is past its retention, sweeps leftovers, verifies the chains of
the ledger and of the audit log. A broken chain, missing rows, and copies of erased rows that could not be removed
fail the run.
"""

with DAG(
    "housekeeping",
    description="保存期限、清理、校验 · retention, leftovers, verification",
    doc_md=DOC,
    schedule=CronTriggerTimetable("0 4 * * *", timezone=ZONE.key),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=TASK_ARGUMENTS,
    params={"as_of": Param(None, type=["null", "string"], format="date", title="日期 day")},
    tags=["liangxian", "维护 housekeeping"],
):

    @task(pool="intake")
    def keep_house(*, dag_run=None, params=None) -> None:
        """Do it, and say what was done."""
        from pipelines.desk.housekeeping import keep_house as keep

        kept = keep(open_house(), day_of(dag_run, params))
        for sentence in kept.sentences:
            say(sentence)
        if not kept.sound:
            raise AirflowFailException("Not all is as it should be: see the lines above, and docs/runbooks/.")

    keep_house()
