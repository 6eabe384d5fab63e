"""One finding explained: its sentence, the rows of both sides, what was searched, the policy, its life so far."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.markup import escape
from sqlalchemy import select

from expectations.departments import TITLES, Department
from expectations.errors import UnknownError
from expectations.feed import problem_column
from expectations.feeds import FEEDS_BY_NAME
from expectations.identity import IdentityProblem
from expectations.policies import DEPARTMENTS
from expectations.rules import RULES_BY_CODE
from pipelines.house.language import say
from pipelines.house.records.findings import (
    EvidenceRow,
    EvidenceValue,
    Explanation,
    FindingColumns,
    HistoryEvent,
    LedgerColumns,
    PolicyUsed,
    Searched,
)
from pipelines.house.settings import Settings
from pipelines.house.words import feed_title, finding_title, in_words, policy_title, policy_unit, said_source
from pipelines.reading_out.ledgers import find_finding
from pipelines.reading_out.reads import record_read
from pipelines.reading_out.tables import make_table, print_table
from pipelines.recording.answerers import told_who
from pipelines.recording.events import read_events
from pipelines.reporting.wording import CERTAINTIES, SEVERITIES
from warehouse.books.datasets import ledger_of
from warehouse.books.deliveries import Delivery, list_deliveries
from warehouse.books.runs import Run, newest_recorded
from warehouse.books.schema import answers
from warehouse.evaluation.exports import select_findings

_PROBLEMS = {problem.value: problem.label for problem in IdentityProblem}


_LATER: Final = {
    "unchecked": pa.array([False]),
    "cleared_because": pa.nulls(1, pa.string()),
    "days_left": pa.nulls(1, pa.int32()),
    "rule_yuan": pa.nulls(1, pa.decimal128(18, 2)),
    "rule_months": pa.nulls(1, pa.string()),
}
"""Columns that a ledger of an older release has not, and what is true of its findings."""


def explain_finding(settings: Settings, finding_id: str, *, unmask: bool = False) -> Explanation:
    """Everything that is known of a finding; ``finding_id`` may be its first digits.

    Beside the export's columns: ``sentence``, ``rows``, ``searched``, ``policy``, ``history``. In clear only
    where the actor has a purpose, and then the audit log says so first. Raises UnknownError where no finding, or
    several, of those that the actor sees begin with these digits.
    """
    if unmask:
        settings.actor.need_clear()
    whole_id, county = find_finding(settings, finding_id)
    with settings.home.books.connect() as connection:
        run = newest_recorded(connection, county)
    if run is None:
        raise UnknownError("finding", finding_id)
    ledger = pq.read_table(
        ledger_of(settings.home.books, settings.home.lake, run.id), filters=[("finding_id", "=", whole_id)]
    )
    if not ledger.num_rows:
        raise UnknownError("finding", finding_id)
    for name, nothing in _LATER.items():
        if name not in ledger.column_names:  # a ledger of an older release
            ledger = ledger.append_column(name, nothing)
    finding = select_findings(ledger, states=(), unmask=unmask).to_pylist()[0]
    evidence = json.loads(finding.pop("evidence") or "[]")
    known = {d.id: d for d in list_deliveries(settings.home.books)}
    told: Explanation = {
        **cast(FindingColumns, {name: _plain(value) for name, value in finding.items()}),
        **cast(LedgerColumns, {name: _plain(ledger[name][0].as_py()) for name in LedgerColumns.__annotations__}),
        "run": run.id,
        "owner_title": _called(run, Department(finding["owner"])),
        "sentence": rule.sentence if (rule := RULES_BY_CODE.get(finding["rule"])) is not None else "",
        "rows": [_row(settings, item, known) for item in evidence if item.get("row") is not None],
        "searched": [_searched(item, known) for item in evidence if item.get("searched")],
        "policy": [_policy(item) for item in evidence if "policy" in item],
        "history": _history(settings, county, whole_id, finding["rule"], unmask=unmask),
    }
    if unmask:
        content = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
        record_read(settings, what="explain", asked={"finding_id": whole_id}, rows=1, content=content)
    return told


def _called(run: Run, office: Department) -> str:
    """What the county called an office by the policy of the run, whose last row of a key is that of its D."""
    own = [row["value"] for row in run.policy if row["key"] == f"{DEPARTMENTS}.{office.value}"]
    return str(own[-1][0]) if own else TITLES[office]


def print_explanation(told: Explanation, console: Console) -> None:
    """The explanation for a person, in the language that is spoken; what is quoted, and sentences, as they are."""
    place = (told["township"] or "") + (told["village"] or "")
    console.print(f"[bold]{told['rule']} {escape(told['rule_name'])}[/]  {escape(place)}  {told['finding_id']}")
    _print_standing(told, console)
    parts = (
        (say(finding_title("explanation"), "explanation"), told["explanation"]),
        (say(finding_title("expected"), "expected"), told["expected"]),
        (say(finding_title("actual"), "actual"), told["actual"]),
        (say(finding_title("clears_when"), "how it clears"), told["clears_when"]),
        *_amount(told),
        (say("判定条件", "condition"), told["sentence"]),
    )
    for title, text in parts:
        console.print(f"[bold]{title}[/]  {escape(text or '')}")
    _print_rows(told["rows"], console)
    _print_list(
        say("查找过的数据", "data that were searched"), [_searched_line(item) for item in told["searched"]], console
    )
    _print_list(say("政策标准", "policy values"), [_policy_line(item) for item in told["policy"]], console)
    console.print(say("\n[bold]经过[/]", "\n[bold]history[/]"))
    history = ([e["on"], e["from"], e["to"], e["why"], e["delivery"], e["who"]] for e in told["history"])
    print_table(
        make_table(["date", "was", "became", "reason", "delivery", "by"], history, whole=("date", "was", "became")),
        console,
    )


def _amount(told: Explanation) -> Iterator[tuple[str, str]]:
    """What the rule believes owed or wrongly paid, and of which months."""
    rule, yuan = RULES_BY_CODE.get(told["rule"]), told["rule_yuan"]
    if yuan is not None and rule is not None and rule.amount is not None:
        side, months = rule.amount.side, f"（{told['rule_months']}）" if told["rule_months"] else ""
        title = say(f"规则金额（{side.label}）", f"the rule's amount ({side.label_en})")
        yield title, say(f"{yuan}元{months}", f"{yuan} yuan{months}")


def _print_standing(told: Explanation, console: Console) -> None:
    """How severe and how sure it is, whose it is, and where it stands."""
    severity, certainty, owner = told["severity"], told["certainty"], escape(told["owner_title"])
    due, cleared, left = told["due_on"], told["cleared_because"], told["days_left"]
    line = say(
        f"{SEVERITIES[severity]}，{CERTAINTIES[certainty]}；{owner}；{told['state']}",
        f"{severity}, {certainty}; {owner}; {told['state']}",
    )
    if due:
        line += say(f"，{finding_title('due_on')} {due}", f", due {due}")
    if told["past_period"]:
        line += say("；往期", "; of an earlier period")
    if told["unchecked"]:
        line += say("；本次未能核对：有关的记录被本方退回", "; not checked this time: rows that it needs were refused")
    if cleared:
        line += say(f"；{cleared}，不算整改", f"; {cleared}, which is no rectification")
    if left is not None:
        line += say(f"；时限暂停，还剩{left}个工作日", f"; deadline paused, {left} working days left")
    console.print(line)


def _row(settings: Settings, item: Mapping[str, Any], known: Mapping[str, Delivery]) -> EvidenceRow:
    """One row of evidence; ``kept`` says where in the home the file lies as it came (None: inside a zip)."""
    lake = settings.home.lake
    files = known[item["delivery"]].files if item["delivery"] in known else ()
    kept = next((lake.original(file.sha256) for file in files if file.name == item["file"]), None)
    values = [_value(item["feed"], name, value) for name, value in item["values"].items()]
    return {
        "feed": item["feed"],
        "feed_title": feed_title(item["feed"]),
        "delivery": item["delivery"],
        "as_of": _as_of(item, known),
        "file": item["file"],
        "sheet": item["sheet"],
        "row": item["row"],
        "kept": kept.relative_to(lake.home).as_posix() if kept is not None else None,
        "values": values,
    }


def _value(feed: str, name: str, value: Any) -> EvidenceValue:
    """A quoted value with the department's heading and its unit."""
    column = FEEDS_BY_NAME[feed].by_name.get(name)
    if column is not None:
        return {"column": name, "heading": column.title, "value": value, "unit": column.unit}
    numbers = FEEDS_BY_NAME[feed].identity_columns
    of = next((number for number in numbers if problem_column(number) == name), None)
    heading = f"{FEEDS_BY_NAME[feed][of].title}问题" if of else name
    return {"column": name, "heading": heading, "value": _PROBLEMS.get(value, value) if of else value}


def _searched(item: Mapping[str, Any], known: Mapping[str, Delivery]) -> Searched:
    return {
        "feed": item["feed"],
        "feed_title": feed_title(item["feed"]),
        "delivery": item["delivery"],
        "as_of": _as_of(item, known),
        "files": [file.name for file in known[item["delivery"]].files] if item["delivery"] in known else [],
        "how": item["searched"],
    }


def _as_of(item: Mapping[str, Any], known: Mapping[str, Delivery]) -> str | None:
    delivery = known.get(item["delivery"])
    return delivery.as_of.isoformat() if delivery is not None and delivery.as_of else None


def _policy(item: Mapping[str, Any]) -> PolicyUsed:
    key = item["policy"]
    return {
        "key": key,
        "title": policy_title(key),
        "value": item["value"],
        "unit": policy_unit(key),
        "from": item["from"],
        "source": item["source"],
        "on": item.get("on"),
    }


def _history(settings: Settings, county: str, finding_id: str, rule: str, *, unmask: bool) -> list[HistoryEvent]:
    query = select(answers.c.digest, answers.c.said).where(answers.c.finding_id == finding_id)
    with settings.home.books.connect() as connection:
        rows = list(read_events(connection, county, finding_id))
        texts = {row.digest: row.said for row in connection.execute(query)}
    return [
        {
            "on": row["on"].isoformat(),
            "from": row["from_state"],
            "to": row["to_state"],
            "why": row["why"],
            "who": told_who(row, rule, texts.get(row["answer"]), clear=unmask),
            "delivery": row["delivery"],
            "run": row["run"],
        }
        for row in rows
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _print_rows(rows: Sequence[EvidenceRow], console: Console) -> None:
    console.print(say("\n[bold]两边的记录[/]", "\n[bold]rows of both sides[/]") if rows else "")
    for row in rows:
        sheet = f"「{row['sheet']}」" if row["sheet"] else ""
        where = say(f"{row['file']}{sheet} 第{row['row']}行", f"{row['file']}{sheet} row {row['row']}")
        console.print(f"  {escape(row['feed_title'])}  {escape(where)}")
        values = (f"{v['heading']} {v['value']}{v.get('unit') or ''}" for v in row["values"] if v["value"] is not None)
        console.print(f"    {escape('；'.join(values))}")


def _print_list(title: str, lines: Sequence[str], console: Console) -> None:
    if lines:
        console.print(f"\n[bold]{title}[/]")
    for line in lines:
        console.print(f"  {escape(line)}")


def _searched_line(item: Searched) -> str:
    day = say(f"截至{item['as_of']}", f"as of {item['as_of']}") if item["as_of"] else ""
    title, files, how = item["feed_title"], item["files"], item["how"]
    return say(f"{title} {day}（{'、'.join(files)}）：{how}", f"{title} {day} ({', '.join(files)}): {how}")


def _policy_line(item: PolicyUsed) -> str:
    read = say(f"{item['on']}时，", f"on {item['on']}, ") if item["on"] else ""
    value, since = f"{item['title']} {in_words(item['value'])}{item['unit']}", item["from"]
    source = said_source(item["source"])
    return say(f"{value}（{read}{since}起，{source}）", f"{value} ({read}from {since}, {source})")
