"""The demo: a synthetic county sends three months of files, and three nights are run as a data team would run them.

It calls the ``liangxian`` commands that it prints, so that each can be repeated by hand.
"""

import argparse
import json
import os
import shlex
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from expectations.status import RuleStatus
from pipelines.cli import app
from pipelines.house.language import language_of, say, spoken_in
from pipelines.simulator.inbox_months import months_of
from warehouse.lake import Lake

COUNTY = "522601"
AS_OF = date(2026, 6, 30)
HOUSEHOLDS = 3000
MONTHS = 3

_DONE = (0, 3)  # 3: done, but a delivery was rejected or a rule could not be evaluated; the summary names them


def main(arguments: Sequence[str] | None = None) -> None:
    """``python -m pipelines.workshop.demo --home var/demo``; what stood in that folder is gone afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path("var/demo"))
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    given = parser.parse_args(arguments)
    console = Console(highlight=False)
    with spoken_in(language_of(os.environ)):
        demo(given.home, given.households, console)


def demo(home: Path, households: int, console: Console) -> None:
    """Simulate, run one night a month, and say what to open."""
    inbox, policy, sent = home / "inbox", home / "policy", home / "sent"
    if home.exists() and any(home.iterdir()) and not sent.is_dir():
        zh = f"{home} 里有不是演示的内容，没有改动"
        raise SystemExit(say(zh, f"{home} holds something that is no demo; nothing was touched"))
    shutil.rmtree(home, ignore_errors=True)
    sent.mkdir(parents=True)
    inbox.mkdir()
    county = ["--county", COUNTY, "--as-of", AS_OF.isoformat(), "--households", str(households), "--seed", "1"]
    files = ["--months", str(MONTHS), "--dirt", "real", "--out", str(sent), "--policy", str(policy)]
    _liangxian(console, "simulate", *county, *files, "--truth", str(home / "truth.parquet"))
    nights = months_of(sent)
    for as_of, month in nights.items():
        for path in month:
            shutil.move(path, inbox / path.name)
        console.rule(
            say(f"{as_of}：收件箱里有{len(month)}个文件", f"night of {as_of}: {len(month)} files in the inbox")
        )
        _liangxian(console, "run", "--as-of", as_of.isoformat(), "--home", str(home))
    summaries = summaries_of(home)
    console.rule(say(f"{len(nights)}次比对", f"{len(nights)} nights"))
    console.print(_table(summaries))
    console.print(_what_to_open(home, summaries[-1]), soft_wrap=True)  # paths and commands are copied


def summaries_of(home: Path) -> list[dict[str, Any]]:
    """``summary.json`` of every run under a home, by as-of date."""
    found = (json.loads(path.read_text(encoding="utf-8")) for path in home.glob("runs/*/summary.json"))
    return sorted(found, key=lambda summary: str(summary["as_of"]))


def _liangxian(console: Console, *arguments: str) -> None:
    """Run one command of the command line, shown as one would type it; in this process, which has its imports."""
    console.print(f"$ {shlex.join(['liangxian', *arguments])}", style="bold", soft_wrap=True)
    console.file.flush()
    status = app(list(arguments), standalone_mode=False) or 0
    if status not in _DONE:
        zh = f"liangxian {arguments[0]} 结束时的状态是 {status}"
        raise SystemExit(say(zh, f"liangxian {arguments[0]} ended with status {status}"))


def _table(summaries: Sequence[dict[str, Any]]) -> Table:
    """One column a night, so that it fits a narrow terminal."""
    table = Table(say("截止日", "night"), *(str(summary["as_of"]) for summary in summaries))
    for column in table.columns[1:]:
        column.justify = "right"
    rows: dict[str, list[str]] = {}
    for summary in summaries:
        deliveries, findings = summary["deliveries"], summary["findings"]
        rejected = sum(delivery["status"] == "rejected" for delivery in deliveries)
        figures: dict[str, int] = {
            say("采用的批次", "deliveries accepted"): len(deliveries) - rejected,
            say("退回的批次", "deliveries rejected"): rejected,
            say("读取的行", "rows read"): sum(d["read"] or 0 for d in deliveries),
            say("隔离的行", "rows quarantined"): sum(d["quarantined"] or 0 for d in deliveries),
            say("拒收的值", "values refused"): sum(d["values_refused"] or 0 for d in deliveries),
            say("新增问题", "findings new"): findings["new"],
            say("仍存在的问题", "findings still"): findings["still"],
            say("已消除的问题", "findings cleared"): findings["cleared"],
            say("重新出现的问题", "findings reopened"): findings["reopened"],
            say("未评估的规则", "rules not evaluated"): sum(
                rule["status"] == RuleStatus.NOT_EVALUATED for rule in summary["rules"]
            ),
        }
        for what, figure in figures.items():
            rows.setdefault(what, []).append(f"{figure:,}")
        rows.setdefault(say("用时（秒）", "seconds"), []).append(f"{summary['seconds']:.1f}")
    for what, cells in rows.items():
        table.add_row(what, *cells)
    return table


def _what_to_open(home: Path, last: dict[str, Any]) -> str:
    """Where to look first."""
    workbooks = sorted(path for path in last["reports"] if path.endswith(".xlsx"))
    lake = Lake(home)
    opened = [
        (
            lake.index,
            say("每次比对，最近的在前，连同其摘要页和问题清单", "every night, newest first, with its workbooks"),
        ),
        (lake.latest(COUNTY) / "summary.html", say("最近一次比对，一页", "the last night on one page")),
    ]
    if workbooks:
        said = say("一个部门的问题清单，其余的在旁边", "one department's workbook; the others lie beside it")
        opened.append((home / workbooks[0], said))
    opened.append((home / "warehouse.duckdb", say("数据仓库，可用 SQL 查询", "the published warehouse, for SQL")))
    lines = [
        say("先打开：", "Open first:"),
        *(line for path, said in opened for line in (f"  {path}", f"      {said}")),
    ]
    lines += [
        say("再试试：", "Then try:"),
        f"  .venv/bin/liangxian findings --rule TL02 --home {home}",
        f"  .venv/bin/liangxian explain {say('问题编号', 'FINDING_ID')} --home {home}",
        f"  .venv/bin/liangxian quarantine --home {home}",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
