"""A finding's life in the ledger: where it stands, every transition, and what departments said of it."""

import json
from collections.abc import Mapping
from typing import Any, cast

from rich.console import Console
from rich.markup import escape
from sqlalchemy import select

from expectations.workbook import COMPLETED, PLANNED, VERDICT
from pipelines.house.language import say
from pipelines.house.records.findings import BookRow, LedgerEvent, Life
from pipelines.house.settings import Settings
from pipelines.house.words import rule_title
from pipelines.reading_out.ledgers import find_finding, newest_runs, read_ledgers
from pipelines.reading_out.reads import record_read
from pipelines.reading_out.searching import Sought, search
from pipelines.reading_out.tables import make_table, print_table
from pipelines.recording.answerers import told_who
from pipelines.recording.events import read_events
from pipelines.recording.standings import finding_rows
from warehouse.books.schema import answers, deliveries

_SHOWN = (VERDICT, PLANNED, COMPLETED)
"""Answers that hold no free text; the others are people's own words and are shown for a purpose only."""


def show_life(settings: Settings, digits: str, *, unmask: bool = False) -> Life:
    """The books' row of a finding, ``events`` and ``answers``; free texts only where the actor has a purpose; audited.

    Raises UnknownError where no finding, or several, of those that the actor sees begin with these digits.
    """
    if unmask:
        settings.actor.need_clear()
    books = settings.home.books
    finding_id, county = find_finding(settings, digits)
    with books.connect() as connection:
        row = finding_rows(connection, [finding_id])[finding_id]
        events = list(read_events(connection, county, finding_id))
        query = (
            select(answers)
            .join(deliveries, deliveries.c.id == answers.c.delivery)
            .where(answers.c.finding_id == finding_id)
            .order_by(deliveries.c.received_at, answers.c.number)
        )
        said = [dict(found._mapping) for found in connection.execute(query)]
    texts = {answer["digest"]: answer["said"] for answer in said}
    told: Life = {
        **cast(BookRow, {name: _plain(value) for name, value in row.items()}),
        "rule_name": rule_title(row["rule"]),
        "events": [
            cast(
                LedgerEvent,
                {name: _plain(value) for name, value in event.items()}
                | {"who": told_who(event, row["rule"], texts.get(event["answer"]), clear=unmask)},
            )
            for event in events
        ],
        "answers": [
            {"on": _plain(a["on"]), "batch": a["batch"], "delivery": a["delivery"], "said": _said(a["said"], unmask)}
            for a in said
        ],
    }
    if unmask:
        content = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
        record_read(settings, what="ledger", asked={"finding_id": finding_id}, rows=1, content=content)
    return told


def show_lives(settings: Settings, sought: Sought, *, unmask: bool = False) -> list[Life]:
    """The lives of all findings of a household, certificate, person, village or helper, closed ones too.

    Raises NotYetError where nothing has been recorded.
    """
    runs = newest_runs(settings)
    found = search(settings, runs, read_ledgers(settings, runs), sought)
    ids = found.sort_by([("rule", "ascending"), ("finding_id", "ascending")])["finding_id"].to_pylist()
    return [show_life(settings, finding_id, unmask=unmask) for finding_id in ids]


def print_life(told: Life, console: Console) -> None:
    """A finding's life for a person."""
    console.print(
        f"[bold]{told['rule']} {escape(told['rule_name'])}[/]  {told['finding_id']}  [bold]{told['state']}[/]"
    )
    left = None if told["days_left"] is None else str(told["days_left"])
    facts = {
        say("所属期", "period"): told["period"],
        say("首次发现", "first seen"): told["first_seen"],
        say("最近出现", "last seen"): told["last_seen"],
        say("批次", "batch"): told["batch"],
        say("时限", "due"): told["due_on"],
        say("证明已消除的数据", "cleared by"): told["cleared_by"],
        say("消除的原因（不算整改）", "gone, not rectified, because"): told["cleared_because"],
        say("时限暂停，还剩工作日", "deadline paused, working days left"): left,
    }
    console.print(say("；", "; ").join(f"{name} {escape(str(value))}" for name, value in facts.items() if value))
    rows = (
        [e["seq"], e["on"], e["from_state"], e["to_state"], e["why"], e["who"], e["delivery"]] for e in told["events"]
    )
    headings = ["no.", "date", "was", "became", "reason", "by", "relies on"]
    print_table(make_table(headings, rows, whole=("no.", "date", "was", "became")), console)
    for answer in told["answers"]:
        said = "；".join(f"{name}：{text}" for name, text in answer["said"].items())
        erased = say("内容已按期删除", "erased on schedule")
        console.print(f"[bold]{say('反馈', 'answer')}[/] {answer['on']}  {escape(said or erased)}")


def _said(said: Mapping[str, str] | None, unmask: bool) -> dict[str, str]:
    if said is None:
        return {}
    return {name: text if unmask or name in _SHOWN else f"（{len(text)}个字）" for name, text in said.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
