"""Sending out by command: a county's person lets go what a night or the brake kept, and its reports say so."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Final

from expectations.errors import RequestError, UnknownError
from expectations.rules import RULES_BY_CODE
from pipelines.house.audit import log
from pipelines.house.home import hold
from pipelines.house.language import say
from pipelines.house.records.desk import SentRow
from pipelines.house.settings import Settings
from pipelines.house.words import rule_title
from pipelines.night.braked import braked_row
from pipelines.night.pending import unreported
from pipelines.night.publishing import publish_again
from pipelines.night.reports import report_again
from pipelines.reading_out.ledgers import newest_runs
from pipelines.recording.by_hand import Sending, send_waiting
from warehouse.books.runs import Run, newest_recorded

_PURPOSE: Final = "下发"


def send(settings: Settings, rules: Collection[str], on: date) -> list[SentRow]:
    """Send out what waits in each county (of those asked for), or all that ``rules`` found, braked or not; audited.

    Then warehouse, workbooks and summary of these counties are made again. Raises UnknownError for a rule that there
    is none of, NotYetError where nothing was recorded, NotYoursError, RequestError for a day before the newest run's.
    """
    settings.need_past(on)
    for rule in rules:
        if rule not in RULES_BY_CODE:
            raise UnknownError("rule", rule)
    runs = newest_runs(settings)
    for run in runs:
        settings.actor.need_county(run.county)
        if on < run.as_of:
            raise RequestError(f"{on} lies before {run.as_of}, the day of the newest run of {run.county}")
    sent = [_send(settings, run, rules, on) for run in runs]
    report_moved(settings, [run.county for run in runs])
    return sent


def _send(settings: Settings, run: Run, rules: Collection[str], on: date) -> SentRow:
    home, county = settings.home, run.county
    settings.tell(f"send {county}")
    with hold(home.lake, county):
        with home.books.connect() as connection:
            newest = newest_recorded(connection, county) or run  # a night may have come in between
        policy = settings.policies.at(county, on)
        sending = send_waiting(
            home.books, home.lake, newest, policy, rules=rules, actor=settings.actor, on=on, at=settings.now()
        )
    if sending.batch is not None:
        _audit(settings, county, rules, sending)
    return {
        "county": county,
        "on": on.isoformat(),
        "batch": sending.batch,
        "sent": sending.sent,
        "braked": [braked_row(settings, newest, one) for one in sending.braked],
    }


def _audit(settings: Settings, county: str, rules: Collection[str], sending: Sending) -> None:
    content = json.dumps([sending.batch, sending.sent], ensure_ascii=False, sort_keys=True).encode()
    log(
        settings.home,
        at=settings.now(),
        who=settings.actor.who,
        what="send",
        purpose=settings.actor.purpose or _PURPOSE,
        asked={"county": county, "rules": sorted(rules), "batch": sending.batch, "role": settings.actor.role.value},
        rows=sum(sending.sent.values()),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def report_moved(settings: Settings, counties: Collection[str]) -> None:
    """Publish and report again what these counties' ledgers hold beyond the last report.

    Also what a killed command had sent, or had taken over from a run that was undone.
    """
    due = [(county, day) for county, day in unreported(settings) if county in counties]
    newest = {run.county: run for run in newest_runs(settings)}
    again = [newest[county] for county, day in due if county in newest and newest[county].as_of == day]
    if again:
        publish_again(settings, again)
    for run in again:
        report_again(replace(settings, counties=(run.county,)), run.as_of)


def describe_sent(row: SentRow) -> list[str]:
    """Lines for a person."""
    names = {rule_title(rule): count for rule, count in row["sent"].items()}
    zh = "、".join(f"{name}{count:,}条" for name, count in names.items())
    en = ", ".join(f"{name} {count:,}" for name, count in names.items())
    told = say("没有待下发的问题", "nothing waits to be sent")
    if row["batch"]:
        told = say(f"下发批次{row['batch']}：{zh}", f"sent, batch {row['batch']}: {en}")
    lines = [f"{row['county']} {told}"]
    lines += [f"  {one['rule']} {say(one['zh'], one['en'])}" for one in row["braked"]]
    return lines
