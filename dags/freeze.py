"""A person freezes the published warehouse under a name, for an evaluation."""

from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, Param
from liangxian_alerts import TASK_ARGUMENTS
from liangxian_house import START, open_house, say
from liangxian_tasks import task

DOC = """
### 冻结审批 freeze
第三方评估开始前，把已发布的数据仓库以一个名字冻结：只读、不可覆盖，此后的夜间运行不影响它。
审批人先看到将冻结的是什么。

Freezes the published warehouse under a name: read-only, written once, untouched by later nights. The approver
first sees what would be frozen.
"""

with DAG(
    "freeze",
    description="评估快照的冻结审批 · approval of a frozen evaluation snapshot",
    doc_md=DOC,
    schedule=None,
    start_date=START,
    catchup=False,
    max_active_runs=5,
    default_args=TASK_ARGUMENTS,
    params={
        "name": Param("", type="string", minLength=1, title="快照名称 name"),
        "purpose": Param("", type="string", minLength=1, title="用途 purpose"),
    },
    tags=["liangxian", "审批 approval"],
):

    @task(execution_timeout=timedelta(minutes=10))
    def gather_facts() -> str:
        """What would be frozen."""
        from pipelines.night.pending import snapshot_facts

        return snapshot_facts(open_house())

    facts = gather_facts()
    decision = ApprovalOperator(
        task_id="approve",
        subject="冻结为 Freeze as {{ params.name }}?",
        body="用途 purpose：{{ params.purpose }}\n\n{{ ti.xcom_pull(task_ids='gather_facts') }}",
        defaults=ApprovalOperator.REJECT,
        response_timeout=timedelta(days=14),
        execution_timeout=None,
    )

    @task
    def freeze_snapshot(answer, *, params=None) -> str:
        """Freeze it, with who approved it and what for."""
        from pipelines.desk.freezing import freeze

        who = (answer.get("responded_by_user") or {}).get("name") or "Airflow"
        frozen = freeze(open_house(who=who, purpose=params["purpose"]), params["name"])
        say(f"{params['name']} is frozen.")
        return str(frozen)

    facts >> decision
    freeze_snapshot(decision.output)
