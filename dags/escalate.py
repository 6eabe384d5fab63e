"""One digest a day of what needs a person."""

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, Param
from liangxian_alerts import TASK_ARGUMENTS, send
from liangxian_house import START, ZONE, day_of, find_place, open_house, say
from liangxian_tasks import task

DOC = """
### 提醒 escalate
每日 02:30（北京时间）生成逾期问题督办单，并汇总一份提醒：迟报的数据、被退回的数据、未评估的规则、逾期的问题。
通过邮件和（或）webhook发出，不含个人信息。

Writes what is overdue for each county (督办单), and sends one digest a day: runs that are not done, feeds later
than their calendar, rejected deliveries, rules that were not evaluated, overdue findings. By mail or webhook
(LIANGXIAN_ALERT_MAIL, LIANGXIAN_ALERT_WEBHOOK), without personal data.
"""

with DAG(
    "escalate",
    description="每日提醒：迟报、退回、未评估、逾期 · the daily digest",
    doc_md=DOC,
    schedule=CronTriggerTimetable("30 2 * * *", timezone=ZONE.key),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=TASK_ARGUMENTS,
    params={"as_of": Param(None, type=["null", "string"], format="date", title="日期 day")},
    tags=["liangxian", "提醒 alerts"],
):

    @task
    def write_escalations(*, dag_run=None, params=None) -> int:
        """Each county's 督办单 of what is overdue; says how many findings are."""
        from pipelines.desk.escalating import escalate

        found = escalate(open_house(), day_of(dag_run, params))
        for one in found:
            say(f"{one.county}: {one.findings} findings are overdue{f'; see {one.page}' if one.page else ''}.")
        return sum(one.findings for one in found)

    @task
    def send_digest(*, dag_run=None, params=None) -> int:
        """Write the digest and send it; says how many channels were told."""
        from pipelines.desk.alerts import digest, render_html, render_text, subject

        told = digest(open_house(), day_of(dag_run, params), patience=timedelta(hours=find_place().night_hours))
        if not told.alerts:
            say("Nothing needs a person today.")
            return 0
        return send(f"[liangxian] {subject(told)}", render_text(told), render_html(told))

    write_escalations() >> send_digest()
