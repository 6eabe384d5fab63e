"""Publishes the warehouse when there are new findings."""

from airflow.sdk import DAG
from liangxian_alerts import TASK_ARGUMENTS
from liangxian_assets import FINDINGS, WAREHOUSE
from liangxian_house import START, open_house, say
from liangxian_tasks import task

DOC = """
### 发布 publish
把已登记的比对结果装入新的数据仓库，核对无误后一次切换；核对不过，昨天的仓库照常可读。

Loads what the books recorded into a new warehouse beside the old one, audits it, and swaps. Where the audit
fails, readers keep the one they have.
"""

with DAG(
    "publish",
    description="发布数据仓库 · load, audit and publish the warehouse",
    doc_md=DOC,
    schedule=[FINDINGS],
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=TASK_ARGUMENTS,
    tags=["liangxian", "发布 publish"],
):

    @task(outlets=[WAREHOUSE])
    def publish_warehouse() -> str | None:
        """Publish what the books hold; the same books give the same snapshot."""
        from pipelines.night.publishing import publish_recorded

        published = publish_recorded(open_house())
        say(f"Published {published['snapshot']}." if published["published"] else "Nothing has been recorded yet.")
        return published["snapshot"]

    publish_warehouse()
