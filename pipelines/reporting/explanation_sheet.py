"""说明: what the workbook is, who fills in what by when, and how to read it, in plain Chinese."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from expectations.feeds import FEEDS_BY_NAME
from expectations.status import Silence
from expectations.workbook import COLUMNS
from pipelines.house.words import day_in_digits, feed_title
from pipelines.reporting.rows import PRIORITY_SENTENCE
from pipelines.reporting.styles import AMBER, ANSWER_HEAD, BAND, GREY, LOCKED_HEAD, RULE, Book
from pipelines.reporting.wording import CERTAINTIES, SEVERITIES, SILENCES, RuleInfo
from warehouse.books.deliveries import Delivery

SHEET: Final = "说明"
_WIDTHS: Final = (18, 46, 13, 44)

_SEVERITY_MEANINGS: Final = {
    "high": "直接影响困难群众的保障或资金安全，请最先核实。",
    "medium": "保障不到位、发放不准或两边数据不一致，请按时限核实。",
    "low": "信息登记类问题，请结合日常工作更正。",
}
_CERTAINTY_MEANINGS: Final = {
    "certain": "两边数据都齐全，按证件号码能够对上，数据本身显示不一致。",
    "possible": "证件号码缺失、有误，或有同名人员可能就是本人，需先核对是不是同一个人。数据的缺口不能说明任何人有错。",
}


def write_explanation(
    book: Book,
    title: str,
    until: str,
    owner: str,
    township: str,
    rows: pa.Table,
    deliveries: Sequence[Delivery],
    rules: Sequence[RuleInfo],
    silent: Mapping[str, Silence],
) -> None:
    """Write the first sheet of a township's workbook; ``owner``: what the office is called."""
    page = _Page(book, title)
    page.heading("这是什么")
    page.line(
        "内容",
        f"县里把各部门截至{until}的数据与建档立卡数据逐项比对，发现{township}有 {rows.num_rows:,} 条不一致，"
        f"由{owner}负责核实。不一致不等于有人违规：请先核实，再下结论。",
    )
    page.line("其中", _split(rows))
    page.line("批次", _batch(rows))
    page.heading("谁来填、填什么、什么时候填")
    page.line("谁来填", f"{owner}，会同{township}经办人，逐条核实。")
    answers = "、".join(c.heading for c in COLUMNS if c.entry.is_answer)
    page.line("填什么", f"只填《问题清单》中黄色的列：{answers}。其余各列已锁定，请不要改动、删行或另加行列。")
    page.line(
        "怎么填",
        "先选“核实结果”。属实的，填整改措施、整改时限，整改完填完成日期、佐证材料和责任人（销号由另一人复核）；不属实的，必须写明核实说明和佐证材料。",
    )
    page.line("什么时候", _deadline(rows))
    page.line("填好以后", "原样保存（文件名不用改），交回数据组。可以分几次交，已填的不会重复登记。")
    page.heading("怎样看")
    for code, label in CERTAINTIES.items():
        page.line(f"把握程度：{label}", _CERTAINTY_MEANINGS[code])
    for code, label in SEVERITIES.items():
        page.line(f"严重程度：{label}", _SEVERITY_MEANINGS[code])
    page.line("先后次序", PRIORITY_SENTENCE)
    page.line(
        "怎样查证据",
        "“证据”列每行是一条原始记录，写着数据名称、文件名、「工作表」、第几行和当时的数值。打开本单位报送的"
        "那个文件，翻到该行，就能看到同样的数值。写“未找到”的，说明查的是哪一次报送、怎样查的。",
    )
    page.line("往期", "描述后注明“往期”的，属于以前年度或学年，新数据不会自动消除，需核实后办结。")
    page.heading("个人信息")
    page.line("保密", "本表含姓名和家庭情况，证件号码已脱敏。只用于核实整改，不得转发、公示或挪作他用，用后妥善保管。")
    for status, said in SILENCES.items():
        own = [r for r in rules if r.code in silent and silent[r.code].status is status]
        if own:
            page.heading(said.in_workbook, AMBER)
            for rule in own:
                page.line(f"{rule.code} {rule.name}", silent[rule.code].reason)
    page.deliveries(deliveries)


def write_summary_explanation(
    book: Book,
    title: str,
    until: str,
    owner: str,
    rows: pa.Table,
    deliveries: Sequence[Delivery],
    parts: Sequence[tuple[str, int]],
) -> None:
    """Write the first sheet of an owner's county summary; ``owner``: what the office is called."""
    page = _Page(book, title)
    page.heading("这是什么")
    page.line(
        "内容",
        f"截至{until}，由{owner}负责核实的未办结问题共 {rows.num_rows:,} 条。《汇总》按规则和乡镇列出数目；"
        "逐条清单在各乡镇的工作簿里，请在那里填写。",
    )
    page.line("其中", _split(rows))
    page.heading("各乡镇工作簿")
    for name, count in parts:
        page.line(f"{count:,} 条", name)
    if not parts:
        page.line("无", "没有未办结的问题。未评估的规则见《汇总》。")
    page.heading("怎样看")
    for code, label in CERTAINTIES.items():
        page.line(f"把握程度：{label}", _CERTAINTY_MEANINGS[code])
    for code, label in SEVERITIES.items():
        page.line(f"严重程度：{label}", _SEVERITY_MEANINGS[code])
    page.deliveries(deliveries)


class _Page:
    """Lines from the top down; a workbook in constant memory is written in this order only."""

    def __init__(self, book: Book, title: str) -> None:
        self.book, self.row = book, 0
        self.sheet: Any = book.sheet(SHEET, title, landscape=False)
        self.sheet.fit_to_pages(1, 0)
        for at, width in enumerate(_WIDTHS):
            self.sheet.set_column(at, at, width)
        self.sheet.set_row(0, 34)
        self.sheet.write_string(0, 0, title, book.style(font_size=16, bold=True, valign="vcenter"))
        self.row = 1

    def heading(self, text: str, colour: str = LOCKED_HEAD) -> None:
        self.sheet.set_row(self.row, 26)
        style = self.book.style(
            bold=True, font_size=11, font_color=colour, valign="bottom", bottom=2, bottom_color=colour
        )
        for at in range(len(_WIDTHS)):
            self.sheet.write_string(self.row, at, text if at == 0 else "", style)
        self.row += 1

    def line(self, label: str, text: str) -> None:
        colour = ANSWER_HEAD if label in ("填什么", "什么时候") else GREY
        self.sheet.set_row(self.row, _height(text, sum(_WIDTHS[1:])))
        self.sheet.write_string(
            self.row, 0, label, self.book.style(bold=True, font_color=colour, text_wrap=True, valign="vcenter")
        )
        style = self.book.style(text_wrap=True, font_size=10, valign="vcenter")
        self.sheet.merge_range(self.row, 1, self.row, len(_WIDTHS) - 1, "", style)
        self.sheet.write_string(self.row, 1, text, style)
        self.row += 1

    def deliveries(self, deliveries: Sequence[Delivery]) -> None:
        self.heading("用到的数据")
        head = self.book.style(bold=True, bg_color=BAND, bottom=1, bottom_color=RULE)
        for at, text in enumerate(("数据", "文件", "数据截止日", "报送编号")):
            self.sheet.write_string(self.row, at, text, head)
        self.row += 1
        order = {name: place for place, name in enumerate(FEEDS_BY_NAME)}
        for d in sorted(deliveries, key=lambda d: (order.get(d.feed, len(order)), d.as_of or 0, d.id)):
            files = "、".join(f.name for f in d.files)
            cells = (feed_title(d.feed), files, day_in_digits(d.as_of) or "", d.id)
            style = self.book.style(text_wrap=True, bottom=4, bottom_color=RULE)
            self.sheet.set_row(
                self.row, max(_height(text, 1.15 * w) for text, w in zip(cells, _WIDTHS, strict=True)) - 4
            )
            for at, text in enumerate(cells):
                self.sheet.write_string(self.row, at, text, style)
            self.row += 1


def _height(text: str, width: float) -> float:
    # a merged cell does not grow by itself; a Chinese character is as wide as two digits
    units = len(text.encode()) / 2 + len(text) / 2
    lines = max(1, math.ceil(units / (1.1 * width)))
    return 6 + 15 * lines


def _split(rows: pa.Table) -> str:
    counts = {v["values"]: v["counts"] for v in pc.value_counts(rows["severity"]).to_pylist()}
    severities = "，".join(f"{label} {counts[code]:,} 条" for code, label in SEVERITIES.items() if counts.get(code))
    possible = pc.sum(pc.equal(rows["certainty"], "possible")).as_py() or 0
    return f"{severities or '无'}；把握程度为“待核”的 {possible:,} 条。"


def _batch(rows: pa.Table) -> str:
    batches = sorted(b for b in pc.unique(rows["batch"]).to_pylist() if b)
    waiting = pc.sum(pc.equal(rows["batch"], "")).as_py() or 0
    said = [f"下发批次：{'、'.join(batches)}。"] if batches else []
    if waiting:
        said.append(f"有 {waiting:,} 条尚未下发，供提前了解。")
    return "".join(said) or "无"


def _deadline(rows: pa.Table) -> str:
    due = pc.min_max(rows["due_on"]).as_py()
    if due["min"] is None:
        return "下发时确定核实时限。"
    if due["min"] == due["max"]:
        return f"{due['min'].isoformat()}前核实完（见“核实时限”列）。"
    return f"按“核实时限”列，最早的 {due['min'].isoformat()}，最晚的 {due['max'].isoformat()}。"
