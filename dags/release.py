"""A person decides on a delivery that was rejected for its share of bad rows, or is held for having far fewer."""

from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, Param
from liangxian_alerts import TASK_ARGUMENTS
from liangxian_assets import STAGED_ALIAS, announce_staged
from liangxian_house import START, open_house, say
from liangxian_tasks import task

DOC = """
### 放行审批 release
问题行比例超过限度的一批数据会被整批退回；空的或比以往少很多的一批入库但不采用（待确认）。审批人看到该批数据的事实后
决定：放行（须写明理由）或不放行。放行后好的行进入比对，问题行仍然隔离。同一截止日已有更新的一批采用的，须填写被它替代的批次。

A delivery that was rejected for its share of bad rows, or is held because it is empty or far smaller than before,
waits for a person, who sees what is known of it. Approved, with a reason, its good rows are compared; otherwise it
stays as it is, and the department sends it again. After 14 days without an answer it stays as it is. Where something
newer of its as-of date is in force, it is let through only instead of the delivery that is named.
"""

with DAG(
    "release",
    description="被拦下数据的放行审批 · approval of a delivery that was stopped",
    doc_md=DOC,
    schedule=None,
    start_date=START,
    catchup=False,
    max_active_runs=50,
    default_args=TASK_ARGUMENTS,
    params={"delivery": Param("", type="string", minLength=1, title="数据批次 delivery")},
    tags=["liangxian", "审批 approval"],
):

    @task(execution_timeout=timedelta(minutes=10))
    def gather_facts(*, params=None) -> str:
        """What the approver should know."""
        from pipelines.night.pending import facts_of

        return facts_of(open_house(), params["delivery"])

    facts = gather_facts()
    decision = ApprovalOperator(
        task_id="approve",
        subject="放行？ Release {{ params.delivery }}?",
        body="{{ ti.xcom_pull(task_ids='gather_facts') }}",
        params={
            "reason": Param("", type="string", title="理由 reason"),
            "instead": Param("", type="string", title="替代的批次（已有更新的一批采用时） instead of"),
        },
        defaults=ApprovalOperator.REJECT,
        response_timeout=timedelta(days=14),
        execution_timeout=None,
    )

    @task(outlets=[STAGED_ALIAS], pool="intake")
    def let_through(answer, *, params=None, outlet_events=None) -> None:
        """Put the delivery in force, with who approved it and why."""
        from pipelines.desk.releasing import release
        from pipelines.night import pending

        who = (answer.get("responded_by_user") or {}).get("name") or "Airflow"
        settings = open_house(who=who)
        said = answer["params_input"]
        released = release(settings, params["delivery"], said.get("reason", ""), said.get("instead", ""))
        say(pending.sentence_of(released) if released.waits else f"{released.id} was released.")
        announce_staged(outlet_events, [released.feed], released.county)

    facts >> decision
    let_through(decision.output)
