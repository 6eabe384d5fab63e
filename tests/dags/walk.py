"""Run in a process of its own, as Airflow wants it: load the DAGs, run some of them by ``.test()``, tell as JSON.

``python walk.py OUT STEPS``; STEPS is JSON, a list of ``{"run": name, "dag": dag_id, "conf": {…}}`` and
``{"move": path, "to": path}``.
The environment names the home with its inbox, AIRFLOW_HOME and the rest (tests/airflows.py).
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def main(out: Path, steps: list[dict[str, Any]]) -> None:
    """Load, describe, run."""
    from airflow.utils.db import initdb

    initdb()
    from airflow.dag_processing.dagbag import DagBag

    folder = Path(__file__).parents[2] / "dags"
    bag = DagBag(folder)
    told: dict[str, Any] = {
        "errors": bag.import_errors,
        "warnings": {file: list(found) for file, found in bag.captured_warnings.items()},
        "dags": {name: describe(dag) for name, dag in bag.dags.items()},
    }
    if not bag.import_errors:
        told["runs"] = dict(take(bag, steps))
    told["events"] = asset_events()
    out.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def take(bag: Any, steps: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """One step after the other; what became of each run, by the step's name."""
    for step in steps:
        if "move" in step:
            Path(step["move"]).rename(step["to"])
        else:
            yield step["run"], run(bag, step["dag"], step.get("conf", {}))


def describe(dag: Any) -> dict[str, Any]:
    """What a reader sees of a DAG, and its arrows."""
    return {
        "arrows": {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks},
        "tags": sorted(dag.tags),
        "doc": dag.doc_md or "",
        "description": dag.description or "",
        "max_active_runs": dag.max_active_runs,
        "catchup": dag.catchup,
        "timetable": type(dag.timetable).__name__,
        "cron": getattr(getattr(dag.timetable, "timetable", dag.timetable), "expression", None),
        "wakes_on": sorted(leaves(getattr(dag.timetable, "asset_condition", None))),
        "deadline": bool(dag.deadline),
        "tasks": {
            task.task_id: {
                "retries": task.retries,
                "backoff": float(task.retry_exponential_backoff),
                "timeout": task.execution_timeout.total_seconds() if task.execution_timeout else None,
                "pool": task.pool,
                "outlets": sorted(outlet.name for outlet in task.outlets),
                "operator": task.task_type,
            }
            for task in dag.tasks
        },
    }


def leaves(condition: Any) -> set[str]:
    """Names of the assets in a condition."""
    if condition is None:
        return set()
    if hasattr(condition, "objects"):
        return set().union(*(leaves(one) for one in condition.objects))
    return {condition.name}


def run(bag: Any, name: str, conf: dict[str, Any]) -> dict[str, Any]:
    """One run of a DAG in this process, and the state of each of its tasks."""
    dag = bag.dags[name]
    dag.deadline = None  # Airflow 3.3.2: DAG.test() cannot serialise a deadline (a run by the scheduler can)
    done = dag.test(run_conf=conf)
    tasks = [(ti.task_id, ti.map_index, str(ti.state)) for ti in done.get_task_instances()]
    return {"state": str(done.state), "tasks": sorted(tasks)}


def asset_events() -> list[str]:
    """Names of the assets that were updated, in order."""
    from airflow.models.asset import AssetEvent
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        return [event.asset.name for event in session.scalars(select(AssetEvent).order_by(AssetEvent.id))]


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
