"""The report as text, in the language that is spoken; reasons are Chinese in both, as in all that departments get."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console

from expectations.reasons import Reason
from pipelines.checking.report import IDENTITY, CheckReport, Problem
from pipelines.house.language import say
from pipelines.reading.notices import Notice
from pipelines.staging.explaining import LABELS_SHOWN

_SECTIONS = (
    ("row", "整行不能入库，更正后才算数", "The whole row is refused, and counts once it is mended"),
    ("value", "整行可以入库，但这一格按空白处理", "The row is staged, and this value is left out"),
    (
        IDENTITY,
        "证件号码有误：这一行照常入库，号码按空白处理，会列入“证件号码无效”请您补正",
        "A wrong identity number: the row is staged without it, and 证件号码无效 will ask for it",
    ),
)


def print_report(report: CheckReport, console: Console) -> None:
    """Print all of it."""
    for line in report_lines(report):
        console.print(line, markup=False)


def report_lines(report: CheckReport) -> Iterator[str]:
    """The verdict first, then the account, then every problem with its row numbers."""
    file, county, as_of = report.file, report.county or "—", report.as_of or "—"
    kind = say("无法识别", "not recognised")
    if report.feed is not None:
        kind = say(f"{report.feed.title}（{report.feed.name}）", report.feed.name)
    yield say(
        f"文件：{file}　数据：{kind}　县代码：{county}　数据截止日：{as_of}",
        f"File: {file}  Data: {kind}  County: {county}  As of: {as_of}",
    )
    yield say(f"结论：{verdict(report)}", f"Verdict: {verdict(report)}")
    if report.accounting is not None:
        a = report.accounting
        yield say(
            f"行数：读取{a.read}＝入库{a.staged}＋不能入库{a.quarantined}＋合计或空行{a.totals_or_blank}"
            f"＋完全重复{a.repeated}；入库的行中另有{a.values_refused}格按空白处理",
            f"Rows: {a.read} read = {a.staged} staged + {a.quarantined} refused + {a.totals_or_blank} totals or blank"
            f" + {a.repeated} repeated; in the staged ones {a.values_refused} values are left out",
        )
    if report.refusals:
        yield say("\n整批会被退回，因为：", "\nThe whole delivery will be rejected, because:")
        yield from (f"  - {_noticed(reason)}" for reason in report.refusals)
    for scope, zh, en in _SECTIONS:
        problems = report.of(scope)
        if problems:
            yield say(f"\n{zh}（{len(problems)}处）：", f"\n{en} ({len(problems)}):")
            yield from (f"  - {line}" for line in _grouped(problems, report.file))
    if report.warnings or report.extra_columns:
        yield say("\n提示（不影响报送）：", "\nTo be known (it can be sent all the same):")
        yield from (f"  - {_noticed(warning)}" for warning in report.warnings)
        if report.extra_columns:
            unused = report.extra_columns
            yield say(f"  - 未使用的列：{'、'.join(unused)}", f"  - columns that are not used: {', '.join(unused)}")


def verdict(report: CheckReport) -> str:
    """The one sentence that counts."""
    if report.refusals:
        return say("不能报送，整批会被退回", "not to be sent: the whole delivery would be rejected")
    if report.problems:
        count = len(report.problems)
        return say(f"可以报送，但有{count}处需要更正", f"it can be sent; to be mended: {count}")
    return say("可以报送，没有发现问题", "it can be sent; nothing wrong was found")


def _noticed(notice: Notice) -> str:
    """A notice with its place."""
    if notice.file is None:
        return notice.said
    more = notice.count is not None and notice.count > len(notice.rows)
    rows = ", ".join(map(str, notice.rows)) + (f" of {notice.count} rows" if more else "")
    place = ": ".join(part for part in (notice.file, notice.sheet) if part)
    return say(notice.text, f"{place}{f': row {rows}' if notice.rows else ''}: {notice.said}")


def row_ranges(rows: Iterable[int]) -> str:
    """Row numbers as ``3、5–9``, or ``3, 5–9``."""
    ranges: list[list[int]] = []
    for row in sorted(set(rows)):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    return say("、", ", ").join(str(a) if a == b else f"{a}–{b}" for a, b in ranges)


def _grouped(problems: Sequence[Problem], file: str) -> Iterator[str]:
    """One line a sheet, column and reason, in order of their first row; of a column's unknown labels the first ones."""
    groups: dict[tuple[str, str | None, str, str], list[int]] = {}
    labels: dict[str, dict[str, int]] = {}
    for p in problems:
        if p.reason == Reason.UNKNOWN_CODE:
            told = labels.setdefault(p.heading, {})
            if told.setdefault(p.reason_text, len(told)) >= LABELS_SHOWN:
                continue
        groups.setdefault((p.file, p.sheet, p.heading, p.reason_text), []).append(p.row)
    for (name, sheet, heading, reason), rows in groups.items():
        sent, count, places = "" if name == file else name, len(rows), row_ranges(rows)
        zh = (f"文件 {sent}，" if sent else "") + (f"工作表“{sheet}”，" if sheet is not None else "")
        en = ": ".join(part for part in (sent, sheet, heading) if part)
        said = f"{count} rows: {places}" if count > 1 else f"row {places}"
        yield say(f"{zh}“{heading}”列：{reason}，{count}行：第{places}行", f"{en}: {reason}; {said}")
    for heading, told in labels.items():
        more = len(told) - LABELS_SHOWN
        if more > 0:
            en = f"{heading}: {more} more texts that no code list knows"
            yield say(f"“{heading}”列另有{more}种写法不在代码表内", en)
