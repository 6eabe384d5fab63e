"""Figures that do not hold: months that have not settled, what reopened unseen, samples that can decide nothing."""

import json
import re
import shutil
from datetime import date
from math import comb
from pathlib import Path

import duckdb
import openpyxl
from attacks.sides import COUNTY, DAY, Result, Side, edit

THRESHOLD = 0.02
"""Of 错退率, as both releases' policy has it."""
CONFIDENCE = 0.05
FEWEST = 30
"""Households of a domain below which an interval says nothing."""
NOT_ENOUGH = "样本不足"
VISITED = {
    "访问结果": "完成", "访问日期": date.fromisoformat(DAY), "家庭人口数": 3, "核查结论": "符合",
    "对帮扶工作是否认可": "认可", "工资性收入": 30000, "经营净收入": 0, "财产净收入": 0, "转移净收入": 1200,
    "住房安全": "是", "义务教育有保障": "是", "全家参加基本医保": "是", "饮水安全": "是", "知道帮扶责任人": "是",
    "知晓帮扶政策": "是",
}  # fmt: skip
"""What an interviewer writes, by heading; a release's form has some of them."""


def owe_before_it_is_due(side: Side) -> Result:
    """17: the documented question for sums owed, for the month that goes on: it has not settled."""
    pages = (p.read_text(encoding="utf-8") for p in sorted((side.tree / "docs" / "evaluation").glob("*.md")))
    asked = r"Months underpaid and the sum owed\n\n```sql\n(.*?)```"
    (query,) = (found for page in pages for found in re.findall(asked, page, re.DOTALL))
    values = {"county": f"'{COUNTY}'", "as_of": f"DATE '{DAY}'"}
    written = re.sub(r"(?<!:):(\w+)", lambda name: values[name[1]], query)
    with duckdb.connect(str(side.home / "warehouse.duckdb"), read_only=True) as connection:
        certificates, yuan = connection.execute(
            f"SELECT coalesce(sum(q.certificates), 0), coalesce(sum(q.yuan_owed), 0) FROM ({written}) q "
            f"WHERE q.month >= '{DAY[:7]}'"
        ).fetchall()[0]
    return bool(certificates), f"{certificates} certificates and {yuan} yuan owed for months not settled"


def reopen_unseen(side: Side) -> Result:
    """17: what data took away and brought back, sent out the same night, in the ledger's figures."""
    home = side.copy()

    def rich(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["本年度人均纯收入"] = "30000.00"

    for day, is_changed in (("2026-07-01", True), ("2026-07-02", False)):
        for sent in (side.home.parent / "sent").glob(
            "register_*.csv"
        ):  # a book counts when both of its feeds are there
            arrived = home / "inbox" / sent.name.replace(DAY.replace("-", ""), day.replace("-", ""))
            shutil.copy(sent, arrived)
            if is_changed and "households" in sent.name:
                edit(arrived, rich)
        done = side.call("run", "--as-of", day, home=home)
        assert done.returncode == 0, done.stderr
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        came_back = "SELECT count(DISTINCT finding_id) FROM evaluation.finding_events WHERE to_state = '重开'"
        (true,), (told,) = (
            connection.execute(query).fetchall()[0]
            for query in (came_back, "SELECT coalesce(sum(reopened), 0) FROM evaluation.ledger")
        )
    return true != told or not true, f"{told} of {true} findings that reopened are counted"


def draw_too_few(side: Side) -> Result:
    """18: a sample as it is drawn by default, of exited households, could not decide though it met nobody wrong."""
    home = side.copy()
    done = side.call("sample", "draw", "--seed", "attack", home=home)
    assert done.returncode == 0, done.stderr
    sample = json.loads(next((home / "samples").glob("*/sample.json")).read_text(encoding="utf-8"))
    frame = sample["frame_households"]["exited"]
    drawn = sum(unit["group"] == "exited" and not unit["reserve"] for unit in sample["units"])
    most = max(k for k in range(frame - drawn + 1) if comb(frame - k, drawn) >= CONFIDENCE * comb(frame, drawn))
    told = f"{drawn} of {frame} exited households drawn: none wrong leaves up to {100 * most / frame:.0f} %"
    return most / frame > THRESHOLD, f"{told}, the threshold is {100 * THRESHOLD:.0f} %"


def show_thin_domains(side: Side) -> Result:
    """18: rates of fewer than 30 households shown with an interval instead of 样本不足."""
    home = side.copy()
    done = side.call("sample", "draw", "--seed", "attack", "--villages", "2", "--households", "3", home=home)
    assert done.returncode == 0, done.stderr
    forms = sorted((home / "samples").glob("*/forms/*.xlsx"))
    for number, form in enumerate(forms, 1):
        _fill_in(form, home / "inbox" / f"survey_results_{COUNTY}_{DAY.replace('-', '')}_{number}of{len(forms)}.xlsx")
    done = side.call("run", "--as-of", DAY, home=home)
    assert done.returncode == 0, done.stderr
    done = side.call("sample", "estimate", "--json", home=home)
    assert done.returncode == 0, done.stderr
    measured = [row for row in json.loads(done.stdout)["measures"] if row["estimate"]]
    thin = [row for row in measured if row["estimate"]["cases"] < FEWEST and row["estimate"]["interval"]]
    shown = sum(row["verdict"] != NOT_ENOUGH for row in thin)
    page = home.parent / "page.html"
    side.call("indicators", "--page", str(page), home=home)
    said = page.read_text(encoding="utf-8").count(NOT_ENOUGH)
    told = f"{shown} of {len(measured)} rates of fewer than {FEWEST} households shown"
    return bool(shown) or not said, f"{told}; the page says {NOT_ENOUGH} {said} times"


def _fill_in(form: Path, target: Path) -> None:
    book = openpyxl.load_workbook(form)
    sheet = book["入户调查表"]
    heads = {str(cell.value): cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, heads["主样本或备用"]).value == "主样本":
            for heading, value in VISITED.items():
                if heading in heads:
                    sheet.cell(row, heads[heading]).value = value
    book.save(target)
