"""汇总: findings by rule and place, with the rules that say nothing named beside, never as zero."""

from collections.abc import Mapping, Sequence
from typing import Final

from expectations.status import RuleStatus, Silence
from pipelines.reporting.counts import CrossTable
from pipelines.reporting.styles import AMBER, BAND, GREY, LOCKED_HEAD, RULE, Book
from pipelines.reporting.wording import LEAD, SEVERITIES, SILENCES, RuleInfo, leads_last

SHEET: Final = "汇总"
_FIXED: Final = (("规则编号", 9), ("问题类型", 24), ("严重程度", 9), ("评估情况", 10), ("合计", 8), ("其中待核", 9))


def write_counts(
    book: Book,
    title: str,
    until: str,
    table: CrossTable,
    rules: Sequence[RuleInfo],
    silent: Mapping[str, Silence],
) -> None:
    """Write the counts sheet: a row a rule that says nothing or has findings, and a line of totals."""
    sheet = book.sheet(SHEET, title)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    for at, (_, width) in enumerate(_FIXED):
        sheet.set_column(at, at, width)
    sheet.set_column(len(_FIXED), len(_FIXED) + max(len(table.places), 1) - 1, 8)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, title, book.style(font_size=14, bold=True, valign="vcenter"))
    note = (
        f"数据截止{until}。只计未办结的问题。“{RuleStatus.NOT_EVALUATED.label}”表示本次没有条件核对，不等于没有问题。"
    )
    sheet.write_string(1, 0, note, book.style(font_color=GREY))
    head = book.style(
        bold=True, font_color="white", bg_color=LOCKED_HEAD, align="center", valign="vcenter", text_wrap=True,
        border=1, border_color="white",
    )  # fmt: skip
    sheet.set_row(2, 36)
    for at, heading in enumerate([*(name for name, _ in _FIXED), *table.places]):
        sheet.write_string(2, at, heading, head)
    sheet.freeze_panes(3, 2)

    line = {"bottom": 1, "bottom_color": RULE, "valign": "vcenter"}
    text, middle = book.style(**line), book.style(**line, align="center")
    figure, faint = book.style(**line, num_format="#,##0"), book.style(**line, font_color=RULE, align="right")
    warned = book.style(**line, align="center", bold=True, font_color=AMBER)
    row = 3
    shown = [r for r in rules if r.code in silent or r.owner is not None or r.code in table.totals]
    for rule in leads_last(shown):
        status = silent[rule.code].status if rule.code in silent else RuleStatus.EVALUATED
        sheet.write_string(row, 0, rule.code, middle)
        sheet.write_string(row, 1, rule.name, text)
        sheet.write_string(row, 2, LEAD if rule.is_lead else SEVERITIES.get(rule.severity, rule.severity), middle)
        sheet.write_string(row, 3, status.label, warned if status.is_gap else middle)
        figures = [table.totals.get(rule.code, 0), table.possible.get(rule.code, 0)]
        figures += [table.counts.get((rule.code, place), 0) for place in table.places]
        for at, count in enumerate(figures, start=4):
            if count:
                sheet.write_number(row, at, count, figure)
            else:
                sheet.write_string(row, at, "0" if status is RuleStatus.EVALUATED else "—", faint)
        row += 1
    total = book.style(bold=True, bg_color=BAND, num_format="#,##0", top=1, valign="vcenter")
    leads = {rule.code for rule in shown if rule.is_lead}
    for heading, counted in (("合计", table.totals.keys() - leads), ("线索合计", table.totals.keys() & leads)):
        if counted or heading == "合计":
            for at, value in enumerate([heading, "", "", ""]):
                sheet.write_string(row, at, value, total)
            sheet.write_number(row, 4, sum(table.totals[code] for code in counted), total)
            sheet.write_number(row, 5, sum(table.possible.get(code, 0) for code in counted), total)
            for at, place in enumerate(table.places, start=6):
                at_place = sum(n for (code, p), n in table.counts.items() if p == place and code in counted)
                sheet.write_number(row, at, at_place, total)
            row += 1
    row += 1
    for status, said in SILENCES.items():
        own = [r for r in rules if r.code in silent and silent[r.code].status is status]
        if own:
            sheet.write_string(row, 0, said.reasons, book.style(bold=True, font_size=11, font_color=AMBER))
            for rule in own:
                row += 1
                sheet.write_string(row, 0, rule.code, book.style(align="center"))
                sheet.write_string(row, 1, rule.name, book.style())
                sheet.write_string(row, 2, silent[rule.code].reason, book.style())
            row += 2
