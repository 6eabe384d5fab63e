"""Takes in what has arrived. An arrival wakes it; every five minutes it sweeps up what no event announced."""

from datetime import timedelta

from airflow.sdk import DAG, AssetOrTimeSchedule, CronTriggerTimetable
from airflow.sdk.exceptions import AirflowSkipException
from liangxian_alerts import TASK_ARGUMENTS
from liangxian_assets import INBOX, STAGED_ALIAS, announce_staged
from liangxian_house import START, ZONE, day_of, open_house, say
from liangxian_inbox import look_into_inbox
from liangxian_release import ask_for_release
from liangxian_tasks import task

DOC = """
### 接收 ingest
文件到达收件目录（或部门系统通过接口通知）后数秒内运行；每五分钟另行巡检一次，补上没有事件通知的文件。逐县接收：
识别、检查、隔离问题行、入库；整批退回或待确认的数据转人工审批（`release`）。

Runs seconds after a file arrives, or a department's system announces one, and every five minutes anyway. Events
only wake it: what is to be done is read from the inbox and the books. One mapped task a county, so that
corrections keep their order. A delivery that was rejected for its share of bad rows, or is held for having far
fewer than before, asks a person (`release`).
"""

with DAG(
    "ingest",
    description="接收到达的数据 · take in what has arrived",
    doc_md=DOC,
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/5 * * * *", timezone=ZONE.key), assets=INBOX),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=TASK_ARGUMENTS,
    tags=["liangxian", "接收 intake"],
):

    @task(execution_timeout=timedelta(minutes=10))
    def scan() -> list[str]:
        """Counties that have something whole in the inbox."""
        counties = sorted({arrival.county for arrival in look_into_inbox().whole})
        if not counties:
            raise AirflowSkipException("Nothing whole lies in the inbox.")
        say(f"Deliveries of {len(counties)} counties lie in the inbox: {', '.join(counties)}.")
        return counties

    @task(outlets=[STAGED_ALIAS], pool="intake", map_index_template="{{ county }}", multiple_outputs=False)
    def take_in(county: str, *, dag_run=None, outlet_events=None) -> dict:
        """Take in a county's deliveries in order of arrival; returns those that a person may release."""
        from pipelines.night import pending
        from pipelines.night.intake import ingest

        settings = open_house(counties=(county,))
        intake = ingest(settings, day_of(dag_run))
        for delivery in intake.deliveries:
            say(pending.sentence_of(delivery))
        for waiting in intake.waiting:
            say(f"{waiting.feed} {waiting.county} {waiting.as_of} waits: {waiting.parts} are there.")
        announce_staged(outlet_events, pending.untold_feeds(settings, county), county)
        taken = {delivery.id for delivery in intake.deliveries}
        return {"stopped": [one.id for one in pending.stopped(settings, county) if one.id in taken]}

    counties = scan()
    ask_for_release(take_in.expand(county=counties))
