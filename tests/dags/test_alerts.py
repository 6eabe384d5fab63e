"""What is sent to people: to every channel that is named, whatever becomes of the others."""

import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string, policy
from pathlib import Path

from airflows import DAGS, airflow_environment, free_port, listening

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


@contextmanager
def mailbox() -> Iterator[tuple[list[str], str]]:
    """A mail server that takes everything: what it took, and its address as an Airflow connection."""
    mails: list[str] = []

    class Taker(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 ready")
            while line := self.rfile.readline().decode().strip():
                match line.split()[0].upper():
                    case "DATA":
                        self.say("354 go on")
                        lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
                        mails.append("".join(lines))
                        self.say("250 taken")
                    case "QUIT":
                        self.say("221 bye")
                        return
                    case _:
                        self.say("250 fine")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Taker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        yield mails, f"smtp://127.0.0.1:{port}/?disable_ssl=true&disable_tls=true&from_email=liangxian%40example.test"
        server.shutdown()
