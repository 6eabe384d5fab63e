"""Writes the departments' workbooks and the summary of every recorded run that has none."""

from datetime import date, timedelta

from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowSkipException
from liangxian_alerts import TASK_ARGUMENTS
from liangxian_assets import WAREHOUSE
from liangxian_house import START, open_house, say
from liangxian_plugin import RunOperator
from liangxian_tasks import fails_at_once, task

DOC = """
### 报告 report
为每个尚无摘要的运行生成各部门、各乡镇的问题清单和运行摘要页。

Writes workbooks and the summary page of every recorded run that has no summary yet: the summary is the last
file of a run.
"""

with DAG(
    "report",
    description="生成问题清单和运行摘要 · workbooks and summaries",
    doc_md=DOC,
    schedule=[WAREHOUSE],
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=TASK_ARGUMENTS,
    tags=["liangxian", "报告 report"],
):

    @task(execution_timeout=timedelta(minutes=10))
    def list_unreported() -> list[dict]:
        """County and D of each recorded run without a summary."""
        from pipelines.night.pending import unreported

        found = unreported(open_house())
        if not found:
            raise AirflowSkipException("Every recorded run has its summary.")
        return [{"county": county, "as_of": as_of.isoformat()} for county, as_of in found]

    def write_report(county: str, as_of: str) -> str:
        """Workbooks and summary of one county at D; returns the run's id."""
        from pipelines.night.reports import report_again

        (summary,) = report_again(open_house(counties=(county,)), date.fromisoformat(as_of)).summaries
        say(f"{summary['run']}: {len(summary['reports'])} workbooks and the summary are written.")
        return str(summary["run"])

    RunOperator.partial(
        task_id="write_report",
        python_callable=fails_at_once(write_report),
        pool="counties",
        map_index_template="{{ task.op_kwargs['county'] }}",
    ).expand(op_kwargs=list_unreported())
