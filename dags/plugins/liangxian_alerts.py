"""Who is told when something needs a person: one text for mail and webhook, by Airflow's own notifiers.

LIANGXIAN_ALERT_MAIL holds addresses, separated by commas (the server is the connection ``smtp_default``);
LIANGXIAN_ALERT_WEBHOOK the id of an HTTP connection, to whose address ``{"subject", "text"}`` is posted.
Nothing that is sent holds a name, a number or a row: figures, feeds, counties, rules, and where to look.
"""

import html
import logging
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from airflow.sdk import BaseNotifier, DeadlineAlert, DeadlineReference, SyncCallback
from airflow.sdk.exceptions import AirflowFailException

from expectations.errors import LiangxianError

logger = logging.getLogger("liangxian")


def find_notifiers(
    subject: str, text: str, html_text: str | None = None, environment: Mapping[str, str] = os.environ
) -> list[BaseNotifier]:
    """One notifier for each channel that the environment names."""
    found: list[BaseNotifier] = []
    addresses = [a.strip() for a in environment.get("LIANGXIAN_ALERT_MAIL", "").split(",") if a.strip()]
    if addresses:
        from airflow.providers.smtp.notifications.smtp import SmtpNotifier

        body = html_text or f"<pre>{html.escape(text)}</pre>"
        found.append(SmtpNotifier(to=addresses, subject=subject, html_content=body))
    webhook = environment.get("LIANGXIAN_ALERT_WEBHOOK", "").strip()
    if webhook:
        from airflow.providers.http.notifications.http import HttpNotifier

        found.append(HttpNotifier(http_conn_id=webhook, json={"subject": subject, "text": text}))
    return found


def send(subject: str, text: str, html_text: str | None = None) -> int:
    """Send to every channel, the log included; returns how many there are. Raises what the last failing one raised.

    A channel that fails does not keep the others from being told.
    """
    logger.warning("%s\n%s", subject, text)
    notifiers, failed = find_notifiers(subject, text, html_text), None
    for notifier in notifiers:
        try:
            notifier.notify({})
        except Exception as error:  # noqa: BLE001 - whatever a mail server or a webhook can raise
            failed = error
            logger.error("%s could not tell anyone: %s", type(notifier).__name__, type(error).__name__)
    if failed is not None:
        raise failed
    if not notifiers:
        logger.info("Nobody was told: neither LIANGXIAN_ALERT_MAIL nor LIANGXIAN_ALERT_WEBHOOK is set.")
    return len(notifiers)


def tell_failed(context: Mapping[str, Any]) -> None:
    """A task failed after its last attempt; what we say of it ourselves names no person, and is passed on."""
    ti, error = context["ti"], context.get("exception")
    told = error.for_people() if isinstance(error, LiangxianError) else error
    said = f"\n\n{told}" if isinstance(error, AirflowFailException | LiangxianError) else ""
    send(
        f"[liangxian] 任务失败 task failed: {ti.dag_id}.{ti.task_id}",
        f"{ti.dag_id}.{ti.task_id} 在第{ti.try_number}次尝试后失败（运行 {ti.run_id}）。"
        "原因见该任务日志；处理办法见 docs/runbooks/。\n"
        f"It failed at attempt {ti.try_number}. Its log in Airflow says why; docs/runbooks/ says what to do."
        f"{said}",
    )


def tell_deadline(dag_id: str, hours: float, **_more: Any) -> None:
    """A run has not ended in time."""
    send(
        f"[liangxian] 运行超时 past its deadline: {dag_id}",
        f"{dag_id} 的一次运行在排队后{hours:g}小时仍未结束。"
        "此前发布的结果照常可读。请查看 Airflow 中该运行及 docs/runbooks/。\n"
        f"A run of {dag_id} has not ended {hours:g} hours after it was queued. Readers keep what was published before.",
    )


def run_deadline(dag_id: str, within: timedelta) -> DeadlineAlert:
    """Tell people where a run has not ended ``within`` that time after it was queued, which every kind of run is."""
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=within,
        callback=SyncCallback(tell_deadline, kwargs={"dag_id": dag_id, "hours": within / timedelta(hours=1)}),
    )


TASK_ARGUMENTS: dict[str, Any] = {
    "owner": "liangxian",
    "retries": 3,
    "retry_delay": timedelta(seconds=20),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=10),
    "execution_timeout": timedelta(hours=2),
    "on_failure_callback": tell_failed,
}
"""Of every task: three more attempts, each after a longer wait, an end for what hangs, and somebody told."""
