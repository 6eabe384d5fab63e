"""The report as text, for the person at the department."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console

from pipelines.checking.report import IDENTITY, CheckReport, Problem

_SECTIONS = (
    ("row", "整行不能入库，更正后才算数"),
    ("value", "整行可以入库，但这一格按空白处理"),
    (IDENTITY, "证件号码有误：这一行照常入库，号码按空白处理，会列入“证件号码无效”请您补正"),
)


def print_report(report: CheckReport, console: Console) -> None:
    """Print all of it."""
    for line in report_lines(report):
        console.print(line, markup=False)


def report_lines(report: CheckReport) -> Iterator[str]:
    """The verdict first, then the account, then every problem with its row numbers."""
    kind = f"{report.feed.title}（{report.feed.name}）" if report.feed else "无法识别"
    yield f"文件：{report.file}　数据：{kind}　县代码：{report.county or '—'}　数据截止日：{report.as_of or '—'}"
    yield f"结论：{verdict(report)}"
    if report.accounting is not None:
        a = report.accounting
        yield (
            f"行数：读取{a.read}＝入库{a.staged}＋不能入库{a.quarantined}＋合计或空行{a.totals_or_blank}"
            f"＋完全重复{a.repeated}；入库的行中另有{a.values_refused}格按空白处理"
        )
    if report.refusals:
        yield "\n整批会被退回，因为："
        yield from (f"  - {reason.text}" for reason in report.refusals)
    for scope, title in _SECTIONS:
        problems = report.of(scope)
        if problems:
            yield f"\n{title}（{len(problems)}处）："
            yield from (f"  - {line}" for line in _grouped(problems, report.file))
    if report.warnings or report.extra_columns:
        yield "\n提示（不影响报送）："
        yield from (f"  - {warning.text}" for warning in report.warnings)
        if report.extra_columns:
            yield f"  - 未使用的列：{'、'.join(report.extra_columns)}"


def verdict(report: CheckReport) -> str:
    """The one sentence that counts."""
    if report.refusals:
        return "不能报送，整批会被退回"
    if report.problems:
        return f"可以报送，但有{len(report.problems)}处需要更正"
    return "可以报送，没有发现问题"


def row_ranges(rows: Iterable[int]) -> str:
    """Row numbers as ``3、5–9``."""
    ranges: list[list[int]] = []
    for row in sorted(set(rows)):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    return "、".join(str(a) if a == b else f"{a}–{b}" for a, b in ranges)


def _grouped(problems: Sequence[Problem], file: str) -> Iterator[str]:
    """One line a sheet, column and reason, in order of their first row."""
    groups: dict[tuple[str, str | None, str, str], list[int]] = {}
    for p in problems:
        groups.setdefault((p.file, p.sheet, p.heading, p.reason_text), []).append(p.row)
    for (name, sheet, heading, reason), rows in groups.items():
        place = "" if name == file else f"文件 {name}，"
        place += f"工作表“{sheet}”，" if sheet is not None else ""
        yield f"{place}“{heading}”列：{reason}，{len(rows)}行：第{row_ranges(rows)}行"
