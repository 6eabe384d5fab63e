"""Staging a file in a home of its own, which is gone afterwards, and gathering what was found."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from expectations.feed import Code, Feed, problem_column
from expectations.feeds import FEEDS_BY_NAME
from expectations.identity import IdentityProblem
from expectations.labels import NO_LABELS, Labels
from expectations.policies import LABELS
from expectations.reasons import Reason
from pipelines.checking.naming import Meant, find_meaning, recognise
from pipelines.checking.report import IDENTITY, CheckReport, Problem, UnknownLabel
from pipelines.house.limits import Limits
from pipelines.house.words import day_in_digits, measured
from pipelines.reading import UnreadableFileError, open_file, parse_file_name
from pipelines.reading.arrival import Arrival
from pipelines.reading.clean_names import clean_name
from pipelines.reading.notices import Cause, Notice, notice_of
from pipelines.staging import Apart, Outcome, Staged, stage_delivery
from pipelines.staging.explaining import explain_bad_rows, nearest_label, say_fault
from warehouse.books.connection import open_books
from warehouse.books.deliveries import quality_of
from warehouse.lake import Lake, hash_plain

_SOURCE = "（文件名称和文号）"
_EVERY_ROW_MAY_BE_BAD = Decimal(100)


def _no_labels(_county: str, _feed: Feed, _on: date) -> Labels:
    return NO_LABELS


def _an_office_reads_its_own(_feed: str, _on: date | None) -> bool:
    """Nothing is kept or compared, so that no document is asked for (decision 0043)."""
    return True


_USUAL = Limits()


def check_file(
    path: Path,
    *,
    feed: str | None = None,
    county: str | None = None,
    as_of: date | None = None,
    received_at: datetime,
    bad_rows_percent: Callable[[str, str], Decimal | float | int],
    labels: Callable[[str, Feed, date], Labels] = _no_labels,
    limits: Limits = _USUAL,
) -> CheckReport:
    """The report on a file as if it were sent now. ``bad_rows_percent(feed, county)`` is the share that may be refused.

    ``labels`` gives the county's own words.

    The file comes through the door, and through staging itself, in processes of their own as at night; every row is
    allowed to be bad, so that all problems are found at once. Raises NotPlainError.
    """
    name = clean_name(path.name)
    with (
        TemporaryDirectory(prefix="liangxian-check-", ignore_cleanup_errors=True) as folder,
        Apart(limits) as apart,
    ):
        lake = Lake(Path(folder))
        kept = lake.take_original(path, hash_plain(path)[0])
        looking = partial(_look, apart, kept, name)
        try:
            meant = find_meaning(name, feed, county, as_of, partial(looking, recognise))
            if meant.staged_as is None or meant.county is None:
                return _unstaged(name, meant, looking)
        except UnreadableFileError as error:
            return CheckReport(name, None, county, as_of, (notice_of(error.at(name)),), None, (), ())
        says = parse_file_name(meant.staged_as)
        if says is None:
            raise ValueError(f"{meant.staged_as} is no name of a delivery")
        books = open_books(lake)
        try:
            staged = stage_delivery(
                lake=lake,
                books=books,
                arrival=Arrival(says.feed, meant.county, meant.as_of, (kept,), (meant.staged_as,)),
                received_at=received_at,
                policy_value=lambda _key: _EVERY_ROW_MAY_BE_BAD,
                labels=partial(labels, meant.county),
                allows=_an_office_reads_its_own,
                read=apart.read,
            )
            quality = quality_of(books, meant.county)
        finally:
            books.dispose()
        said = f"只检查了{says.parts}个分包中的第{says.part}个；各分包之间的重复不在此列"
        part = () if says.parts == 1 else (Notice(Cause.NOT_CHECKED, said),)
        report = CheckReport(
            file=name,
            feed=meant.feed,
            county=meant.county,
            as_of=meant.as_of,
            refusals=(),
            accounting=staged.delivery.accounting,
            problems=(),
            warnings=(*meant.hints, *part, *staged.warnings, *_complaints(quality)),
            extra_columns=staged.extra_columns,
        )
        if staged.outcome is not Outcome.ACCEPTED or meant.feed is None:
            report = replace(report, refusals=staged.refusals)
        else:
            allowed = Decimal(str(bad_rows_percent(meant.feed.name, meant.county)))
            report = _with_rows(report, meant.feed, lake, staged, allowed)
    return _renamed(report, meant.staged_as, name)


def _look(apart: Apart, kept: Path, name: str, work: Callable[..., Any], *more: Any) -> Any:
    """What ``work`` gives of the file and the ending of its name, in a process of its own."""
    return apart.ask(work, kept, PurePath(name).suffix.lower().removeprefix("."), *more)


def _unstaged(name: str, meant: Meant, looking: Callable[..., Any]) -> CheckReport:
    """Without feed, county and date rows cannot be judged; the headings can."""
    refusals = meant.refusals
    if meant.feed is not None:
        refusals += looking(_problems_of, name, meant.feed.name)
    missing = Notice(Cause.NOT_CHECKED, "各行内容尚未检查：请改好文件名，或用 --feed、--county、--as-of 指明后再检查")
    return CheckReport(name, meant.feed, meant.county, meant.as_of, refusals, None, (), (missing,))


def _problems_of(kept: Path, suffix: str, name: str, feed: str) -> tuple[Notice, ...]:
    """What is wrong with a file's headings; what lies in a zip has names of its own."""
    return () if suffix == "zip" else open_file(kept, name, suffix, FEEDS_BY_NAME[feed]).problems


def _with_rows(report: CheckReport, feed: Feed, lake: Lake, staged: Staged, allowed: Decimal) -> CheckReport:
    """The report with what was found in rows; too many bad ones are a refusal, as they would be on arrival."""
    delivery = staged.delivery
    accounting = delivery.accounting
    if accounting is None:
        raise ValueError(f"accepted without an account: {delivery.id}")
    where_to = (delivery.feed, delivery.county, delivery.id)
    refused = pq.read_table(lake.problems(*where_to))
    problems = [*_refused_cells(feed, refused), *_bad_identity_numbers(feed, lake.staged(*where_to))]
    problems.sort(key=lambda p: (p.file, p.sheet or "", p.row))
    rows = accounting.read - accounting.totals_or_blank
    too_many = rows > 0 and Decimal(100 * accounting.quarantined) > allowed * rows
    reasons = tuple(explain_bad_rows(feed, accounting, allowed, refused)) if too_many else ()
    labels = tuple(_unknown_labels(feed, refused, report.as_of))
    return replace(report, refusals=reasons, problems=tuple(problems), unknown_labels=labels)


def _unknown_labels(feed: Feed, refused: pa.Table, as_of: date | None) -> Iterator[UnknownLabel]:
    """Each text that no code list knows once, by column and in order of the file, with what would map it."""
    cells = refused.filter(pc.equal(refused["reason"], Reason.UNKNOWN_CODE.value))
    counts: dict[tuple[str, str], list[str]] = {}
    for cell in cells.select(["column", "value", "heading"]).to_pylist():
        if cell["value"]:
            counts.setdefault((cell["column"], cell["value"]), []).append(cell["heading"])
    order = [column.name for column in feed.columns]
    for (column, value), headings in sorted(counts.items(), key=lambda item: order.index(item[0][0])):
        kind = feed[column].type
        near = nearest_label(kind.codes, value) if isinstance(kind, Code) else None
        key = f"{LABELS}.{column}"
        line = _line(key, value, near, as_of) if near is not None else None
        yield UnknownLabel(column, headings[0], value, len(headings), near, key, line)


def _line(key: str, value: str, label: str, as_of: date | None) -> str:
    """An entry of a policy file that maps a text from the file's as-of date on."""
    entry = {"from": day_in_digits(as_of), "value": {value: label}, "source": _SOURCE}
    return yaml.safe_dump({key: [entry]}, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10_000)[
        1:-2
    ]


def _refused_cells(feed: Feed, refused: pa.Table) -> Iterator[Problem]:
    for p in refused.to_pylist():
        yield Problem(
            scope=p["scope"],
            file=p["file"],
            sheet=p["sheet"],
            row=p["row"],
            column=p["column"],
            heading=p["heading"],
            reason=p["reason"],
            reason_text=say_fault(feed, p["column"], p["reason"], p["detail"], p["value"]),
            value=p["value"] or "",
        )


def _bad_identity_numbers(feed: Feed, path: Path) -> Iterator[Problem]:
    """Staged rows whose number is null; the file's own heading is not kept for them, so the declared one stands."""
    for name in feed.identity_columns:
        column = problem_column(name)
        rows = pq.read_table(path, columns=[column, "_file", "_sheet", "_row"], filters=pc.field(column).is_valid())
        for row in rows.to_pylist():
            why = IdentityProblem(row[column])
            place = (row["_file"], row["_sheet"], row["_row"])
            yield Problem(IDENTITY, *place, name, feed[name].title, why.value, why.label, "")


def _complaints(quality: list[dict[str, Any]]) -> Iterator[Notice]:
    """Expectations of the whole delivery that failed."""
    for q in quality:
        if not q["success"]:
            of = f"（{q['column_name']}）" if q["column_name"] else ""
            yield Notice(
                Cause.EXPECTATION, f"未达到：{q['description']}{of}，实际为{measured(q['expectation'], q['observed'])}"
            )


def _renamed(report: CheckReport, staged_as: str, name: str) -> CheckReport:
    """The report with the file's own name wherever staging said the other."""
    if staged_as == name:
        return report
    return replace(
        report,
        refusals=tuple(r.renamed(staged_as, name) for r in report.refusals),
        warnings=tuple(w.renamed(staged_as, name) for w in report.warnings),
        problems=tuple(replace(p, file=p.file.replace(staged_as, name)) for p in report.problems),
    )
