"""Evaluates the rules: touched counties when something was staged, every county in the night at 02:00."""

from datetime import date, datetime, timedelta

from airflow.sdk import DAG, AssetOrTimeSchedule, CronTriggerTimetable, Param
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from liangxian_alerts import TASK_ARGUMENTS, run_deadline
from liangxian_assets import ANY_STAGED, FINDINGS
from liangxian_house import (
    START,
    ZONE,
    day_of,
    find_place,
    is_timed,
    is_woken,
    looks_back,
    moment_of,
    open_house,
    say,
)
from liangxian_plugin import RunOperator
from liangxian_tasks import fails_at_once, task

DOC = """
### 比对 reconcile
有数据入库即比对所涉县区（只登记，不下发）；每日 02:00（北京时间）比对全部县区并下发。缺数据的规则记为“未评估”，
不等待、不猜测。手工运行可指定 `as_of`（数据截止日）和 `dispatch`（是否下发）。
回填（Backfill）按当时已收到的数据重算当晚；往空库装载历史数据时，`known_at` 填 `now`，并且一次只跑一天。

Evaluates the counties that an arrival touches (recorded and published, nothing sent out), and at 02:00
Asia/Shanghai every county, with whatever is there: rules whose feeds are missing are "not evaluated". Which
counties, is read from the books. By hand: `as_of` and `dispatch` may be given.

A backfilled night looks at the deliveries received by its own 02:00; `known_at` names another moment, or `now`
for history that is loaded into empty books (one run at a time, in order). What lies before the ledger is a
replay.
"""

with DAG(
    "reconcile",
    description="比对：到达即比对所涉县区，每日 02:00 比对全部并下发 · evaluate the rules",
    doc_md=DOC,
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("0 2 * * *", timezone=ZONE.key), assets=ANY_STAGED),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=TASK_ARGUMENTS,
    deadline=run_deadline("reconcile", timedelta(hours=find_place().night_hours)),
    params={
        "as_of": Param(None, type=["null", "string"], format="date", title="数据截止日 as of"),
        "known_at": Param(None, type=["null", "string"], title="已知截至 known at（now 或时刻）"),
        "dispatch": Param(False, type="boolean", title="下发 dispatch"),
    },
    tags=["liangxian", "比对 reconcile"],
):

    @task(execution_timeout=timedelta(minutes=10))
    def choose_counties(*, dag_run=None, params=None) -> list[dict]:
        """All counties, or after an arrival those that it touches."""
        from pipelines.night import flow, pending

        as_of, known_at = day_of(dag_run, params), moment_of(dag_run, params)
        settings = open_house(known_at=known_at)
        if is_woken(dag_run):
            counties = pending.touched_counties(settings, as_of)
        else:
            counties = flow.counties_with_data(settings, until=as_of)
        if not counties:
            raise AirflowSkipException("No county has data that no run has seen.")
        dispatch = is_timed(dag_run) or bool(params["dispatch"])
        say(f"{len(counties)} counties are evaluated at {as_of}; {'to be' if dispatch else 'nothing is'} sent out.")
        about = {
            "as_of": as_of.isoformat(),
            "known_at": known_at.isoformat() if known_at else None,
            "dispatch": dispatch,
            "looks_back": looks_back(dag_run, params),
        }
        return [about | {"county": county} for county in counties]

    def evaluate(county: str, as_of: str, known_at: str | None, dispatch: bool, looks_back: bool) -> str:
        """Conform, reconcile and record one county, or all that a night of the past did; returns the run's id."""
        from pipelines.night import flow, pending
        from pipelines.night.backfilling import Step, backfill

        moment = datetime.fromisoformat(known_at) if known_at else None
        settings, day = open_house(counties=(county,), dispatch=dispatch, known_at=moment), date.fromisoformat(as_of)
        if looks_back:
            (night,) = backfill(settings, day, day, Step.DAY)
            (summary,) = night.summaries
            say(f"The night of {day} was run again: {summary['findings']}.")
            return str(summary["run"])
        one = flow.reconcile_county(settings, county, day)
        for sentence in pending.sentences_of(one):
            say(sentence)
        return one.run.id

    @task(outlets=[FINDINGS], trigger_rule="all_done_min_one_success", execution_timeout=timedelta(minutes=10))
    def announce(runs) -> None:
        """One event for all counties that were evaluated, so that the warehouse is published once."""
        say(f"{len(runs[:])} counties were evaluated.")

    @task(trigger_rule="one_failed", retries=0)
    def tell_failure() -> None:
        """Fail the run where a county failed: what else succeeded was published all the same."""
        raise AirflowFailException("A county could not be evaluated; its task's log says why.")

    runs = RunOperator.partial(
        task_id="reconcile_county",
        python_callable=fails_at_once(evaluate),
        pool="counties",
        map_index_template="{{ task.op_kwargs['county'] }}",
    ).expand(op_kwargs=choose_counties())
    announce(runs.output)
    runs >> tell_failure()
