"""Pulls from the departments' databases: every configuration in the night, or the one that was announced."""

import os
from collections.abc import Mapping
from datetime import timedelta

from airflow.sdk import DAG, AssetOrTimeSchedule, CronTriggerTimetable, Param
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from liangxian_alerts import TASK_ARGUMENTS
from liangxian_assets import PULL_CALL, STAGED_ALIAS, announce_staged
from liangxian_connections import SecretUrls
from liangxian_house import START, ZONE, day_of, find_place, open_house, say
from liangxian_release import ask_for_release
from liangxian_tasks import task

DOC = """
### 提取 pull
每日 01:00（北京时间）按 `LIANGXIAN_PULLS` 目录下的每个配置，用只读账号从部门数据库提取；
部门系统也可以通过接口通知立即提取。整批退回或待确认的数据转人工审批（`release`）。

Every night at 01:00 Asia/Shanghai each YAML file in LIANGXIAN_PULLS (default HOME/pulls) is pulled; a
department's system can announce one: an event of the asset `pull_call` with `{"config": "<name of the file
without .yaml>"}`; without it all are pulled. The database's URL comes from the environment variable that the
file names, else from the Airflow connection of that name. What was rejected or is held asks a person (`release`).
A feed that cannot be read costs no other: `name_failed` fails with its name, when the others have been told of.
"""

with DAG(
    "pull",
    description="从部门数据库提取 · pull from the departments' databases",
    doc_md=DOC,
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("0 1 * * *", timezone=ZONE.key), assets=PULL_CALL),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=TASK_ARGUMENTS,
    params={
        "as_of": Param(None, type=["null", "string"], format="date", title="数据截止日 as of"),
        "full": Param(False, type="boolean", title="全量提取 full pull"),
    },
    tags=["liangxian", "接收 intake"],
):

    @task(execution_timeout=timedelta(minutes=10))
    def list_configurations(*, triggering_asset_events=None) -> list[str]:
        """Names of the configurations to pull: those that were announced, else all."""
        folder = find_place().pulls
        known = sorted(path.stem for path in folder.glob("*.yaml")) if folder.is_dir() else []
        wanted = known if triggering_asset_events is None else wanted_of(known, triggering_asset_events)
        if not wanted:
            raise AirflowSkipException(f"{folder.name} holds no configuration of a database to pull.")
        say(f"{len(wanted)} databases are pulled: {', '.join(wanted)}.")
        return wanted

    def wanted_of(known: list[str], events: Mapping) -> list[str]:
        """What the events name; all where one names nothing, or something that is not there."""
        named = [(event.extra or {}).get("config") for found in events.values() for event in found]
        return sorted(set(named)) if named and all(name in known for name in named) else known

    @task(
        outlets=[STAGED_ALIAS],
        map_index_template="{{ config }}",
        max_active_tis_per_dagrun=2,
        multiple_outputs=False,
    )
    def pull_database(config: str, *, dag_run=None, params=None, outlet_events=None, ti=None) -> dict:
        """Pull one database and take its rows in like files.

        Returns the deliveries that a person may release, and in words what could not be read: a task that fails tells
        nobody of what it took in. Where another attempt may help, it fails as long as there is one.
        """
        from pipelines.night import pending, pulling

        settings = open_house()
        source = pulling.load_pull_config(find_place().pulls / f"{config}.yaml")
        intake = pulling.pull(
            settings, source, day_of(dag_run, params), SecretUrls(os.environ), full=bool(params["full"])
        )
        for delivery in intake.deliveries:
            say(pending.sentence_of(delivery))
        failed = intake.failed()
        if failed is not None and failed.may_pass and ti.try_number <= ti.max_tries:
            raise failed
        announce_staged(outlet_events, pending.untold_feeds(settings, source.county), source.county)
        # an attempt before this one may have taken them in
        taken = {delivery.id for delivery in (*intake.deliveries, *intake.known)}
        asked = [delivery.id for delivery in pending.stopped(settings, source.county) if delivery.id in taken]
        return {"stopped": asked, "failed": failed.for_people() if failed is not None else ""}

    @task(trigger_rule="all_done_min_one_success", execution_timeout=timedelta(minutes=10))
    def name_failed(pulled) -> None:
        """Fail where a feed could not be read, by now that the others are told of."""
        failed = [outcome["failed"] for outcome in pulled[:] if outcome and outcome["failed"]]
        if failed:
            raise AirflowFailException("\n".join(failed))

    pulled = pull_database.expand(config=list_configurations())
    ask_for_release(pulled)
    name_failed(pulled)
