"""The run's summary on a terminal: a dozen lines, in Chinese or English."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.house.records.night import Summary
from pipelines.house.words import english
from pipelines.reporting.page import page_view
from pipelines.reporting.summary import PARTS
from pipelines.reporting.wording import RuleInfo
from warehouse.lake import Lake

Language = Literal["zh", "en"]

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "as_of": ("数据截止", "data as of"),
    "open": ("未办结的问题", "open findings"),
    "high": ("严重程度高", "high"),
    "possible": ("待核", "only possible"),
    "leads": ("另有线索（只是疑点）", "and leads, which only ask"),
    "new": ("新发现", "new"),
    "still": ("仍存在", "still"),
    "cleared": ("已消除", "cleared"),
    "reopened": ("重新出现", "reopened"),
    "arrived": ("本次收到", "arrived"),
    "held": ("待确认", "to be confirmed"),
    "rejected": ("退回", "rejected"),
    "unusable": ("已入库，暂不采用", "taken in, not used"),
    "strays": ("不属于本县的文件，已退回", "not of this county, rejected"),
    "waiting": ("等待其余部分", "waiting for parts"),
    "unsent": ("暂未下发", "not sent out"),
    "quarantined": ("行拒收", "rows quarantined"),
    "rule": ("规则", "rule"),
    "name": ("名称", "name"),
    "published": ("数据仓库已发布", "warehouse published"),
    "unpublished": ("数据仓库未发布", "warehouse not published"),
    "books": ("份工作簿", "workbooks"),
    "page": ("摘要页", "summary page"),
    "folder": ("工作簿", "workbooks"),
    "warehouse": ("数据仓库", "warehouse"),
    "reasons": ("（原因见摘要页末）", "(why: at the end of the summary page)"),
    "index": ("历次结果", "all nights"),
}


def print_summary(summary: Summary, console: Console, *, rules: Sequence[RuleInfo], language: Language = "zh") -> None:
    """Print what a person needs to know of a run; everything else is in summary.html."""
    view = page_view(summary, rules)
    place = 0 if language == "zh" else 1

    def say(word: str) -> str:
        return _WORDS[word][place]

    console.print(f"[bold]{escape(view['county_name'])}[/]  {say('as_of')} {view['as_of']}")
    stopped = partial(_print_stopped, console=console, place=place)
    stopped("held", view["held"])
    moves = view["moves"]
    told = "  ".join(f"{say(key)} {moves[key]:,}" for key in ("new", "still", "cleared", "reopened") if key in moves)
    parts = f"{say('high')} {view['open_high']:,}, {say('possible')} {view['open_possible']:,}"
    for because, count in view["dropped"].items():
        told += f"  {because if language == 'zh' else view['dropped_en'][because]} {count:,}"
    asked = f"  {say('leads')} {view['leads']:,}" if view["leads"] else ""
    console.print(f"[bold]{say('open')} {view['open']:,}[/] ({parts}){asked}")
    console.print(told)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for word, justify in (("rule", "left"), ("name", "left"), ("open", "right"), ("possible", "right")):
        table.add_column(say(word), justify=justify)  # type: ignore[arg-type]
    for rule in view["rules"]:
        if rule["open"]:
            name = rule["name"] if language == "zh" else rule["name_en"]
            table.add_row(rule["code"], escape(name), f"{rule['open']:,}", f"{rule['possible'] or ''}")
    if table.row_count:
        console.print(table)
    accepted = [a for feed in view["feeds"] for a in feed["arrived"]]
    quarantined = sum(a.get("quarantined") or 0 for a in accepted)
    console.print(f"{say('arrived')} {len(accepted)}  {say('quarantined')} {quarantined:,}")
    for word in ("rejected", "unusable", "strays"):
        stopped(word, view[word])
    for part in view["waiting"]:
        title = part["title"] if language == "zh" else english(str(part["feed"]))
        console.print(f"[yellow]{say('waiting')}[/] {escape(title)} {part['as_of']}  {escape(part['lacks'][place])}")
    for row in view["braked"]:
        told = row["zh"] if language == "zh" else row["en"]
        console.print(f"[bold yellow]{say('unsent')}[/] {row['rule']}: {escape(told)}")
    for silent in view["silent"]:
        label = silent["label"] if language == "zh" else silent["label_en"]
        style = "bold yellow" if silent["is_gap"] else "dim"
        for group in silent["groups"]:
            codes = " ".join(rule["code"] for rule in group["rules"])
            console.print(f"[{style}]{label}[/] {codes}: {escape(group['reason'])}")
    for silent in view["not_asked"]:
        codes = " ".join(rule["code"] for group in silent["groups"] for rule in group["rules"])
        console.print(f"[dim]{silent['label'] if language == 'zh' else silent['label_en']} {codes} {say('reasons')}[/]")
    for group in view["held_back"]:
        codes = " ".join(rule["code"] for rule in group["rules"])
        console.print(f"[dim]{codes}: {escape(group['reason'])}[/]")
    books = sum(len(d["books"]) for d in view["departments"])
    console.print(
        f"{say('published' if view['warehouse'].get('published') else 'unpublished')}  {books} {say('books')}"
    )


def print_places(summaries: Sequence[Summary], lake: Lake, console: Console, *, language: Language = "zh") -> None:
    """Print where each night's page and workbooks lie, and what all nights have: a place a line, to be copied."""
    place = 0 if language == "zh" else 1
    places = [
        ("index", lake.index),
        *(("page", lake.run_folder(summary["run"]) / PARTS[1]) for summary in summaries),
        *(("folder", lake.reports(summary["run"])) for summary in summaries),
        ("warehouse", lake.warehouse_link),
    ]
    there = [(_WORDS[word][place], path) for word, path in places if path.exists()]
    width = max((cell_len(word) for word, _ in there), default=0)
    for word, path in there:
        console.print(f"{set_cell_size(word, width)}  {escape(str(path))}", soft_wrap=True)


def _print_stopped(word: str, deliveries: Sequence[Mapping[str, Any]], *, console: Console, place: int) -> None:
    """Deliveries that do not count, each with why."""
    for delivery in deliveries:
        title = delivery["title"] if place == 0 else english(str(delivery["feed"]))
        whose = f" {delivery['elsewhere'][place]}" if delivery["elsewhere"] else ""
        told = f"{title} {delivery.get('as_of') or ''}{whose}"
        console.print(f"[bold red]{_WORDS[word][place]}[/] {escape(told)}")
        for line in delivery["reasons"]:
            console.print(f"  {escape(line)}")
