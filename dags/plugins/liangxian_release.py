"""Asks a person about each delivery that was stopped: one run of ``release`` a delivery, however often it is named."""

from datetime import timedelta

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk.exceptions import AirflowSkipException
from liangxian_house import say
from liangxian_tasks import task


def ask_for_release(taken) -> None:
    """Add the tasks to a DAG; ``taken``: of each mapped task the deliveries that a person may release (``stopped``)."""

    @task(trigger_rule="all_done_min_one_success", execution_timeout=timedelta(minutes=10))
    def list_stopped(taken) -> list[dict]:
        """One run of ``release`` for each delivery that was stopped."""
        found = [delivery for some in taken[:] if some for delivery in some["stopped"]]
        if not found:
            raise AirflowSkipException("No delivery was stopped.")
        say(f"{len(found)} deliveries were stopped; a person decides on each.")
        return [{"trigger_run_id": f"release__{delivery}", "conf": {"delivery": delivery}} for delivery in found]

    TriggerDagRunOperator.partial(
        task_id="ask_for_release", trigger_dag_id="release", logical_date=None, skip_when_already_exists=True
    ).expand_kwargs(list_stopped(taken))
