"""What is sent to people: to every channel that is named, whatever becomes of the others."""

import subprocess
import sys
from email import message_from_string, policy
from pathlib import Path

from airflows import DAGS, airflow_environment, free_port, listening, mailbox

SEND = "from liangxian_alerts import send; print('channels', send('逾期 overdue', '2条 <findings>'))"


def send(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Send one alert from a process of its own, as a task does."""
    given = airflow_environment(folder / "airflow", folder / "home", **environment)
    given["PYTHONPATH"] = str(DAGS / "plugins")
    return subprocess.run([sys.executable, "-c", SEND], env=given, capture_output=True, text=True, check=False)


def test_an_alert_goes_by_mail_and_to_the_webhook(tmp_path: Path) -> None:
    with mailbox() as (mails, smtp), listening() as (told, hook):
        done = send(
            tmp_path,
            LIANGXIAN_ALERT_MAIL="team@example.test, county@example.test",
            AIRFLOW_CONN_SMTP_DEFAULT=smtp,
            LIANGXIAN_ALERT_WEBHOOK="alert_hook",
            AIRFLOW_CONN_ALERT_HOOK=hook,
        )
    assert "channels 2" in done.stdout, done.stdout + done.stderr
    assert told == ["逾期 overdue\n2条 <findings>"]
    (mail,) = [message_from_string(text, policy=policy.default) for text in mails]
    assert mail["Subject"] == "逾期 overdue"
    assert mail["To"] == "team@example.test, county@example.test"
    (body,) = [part.get_content() for part in mail.walk() if part.get_content_type() == "text/html"]
    assert "2条 &lt;findings&gt;" in body


def test_a_webhook_that_fails_keeps_nobody_from_their_mail_and_is_not_forgotten(tmp_path: Path) -> None:
    with mailbox() as (mails, smtp):
        done = send(
            tmp_path,
            LIANGXIAN_ALERT_MAIL="team@example.test",
            AIRFLOW_CONN_SMTP_DEFAULT=smtp,
            LIANGXIAN_ALERT_WEBHOOK="alert_hook",
            AIRFLOW_CONN_ALERT_HOOK=f"http://127.0.0.1:{free_port()}/",
        )
    assert done.returncode != 0
    assert len(mails) == 1


def test_without_a_channel_it_stands_in_the_log(tmp_path: Path) -> None:
    done = send(tmp_path)
    assert "channels 0" in done.stdout
    assert "逾期 overdue" in done.stdout + done.stderr
