"""One workbook for each owner and township, and a county summary for each owner, from one run's ledger."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from expectations.departments import Department
from expectations.status import RuleStatus, Silence
from pipelines.house.words import WHOLE_COUNTY, day_in_chinese
from pipelines.reporting.counts import cross_table
from pipelines.reporting.explanation_sheet import write_explanation, write_summary_explanation
from pipelines.reporting.list_sheet import write_list
from pipelines.reporting.styles import new_workbook
from pipelines.reporting.summary_sheet import write_counts
from pipelines.reporting.wording import RuleInfo
from warehouse.books.deliveries import Delivery
from warehouse.lake import Lake, atomic_path, safe_name

SUMMARY_FILE = "汇总.xlsx"


def write_owner_workbooks(
    *,
    owner: Department,
    lake: Lake,
    run: str,
    as_of: date,
    county: str,
    county_name: str,
    rows: pa.Table,
    deliveries_in_force: Sequence[Delivery],
    rules: Sequence[RuleInfo],
    key: bytes,
    silent: Mapping[str, Silence] | None = None,
    called: str | None = None,
) -> tuple[Path, ...]:
    """The workbooks of one owner, of its own ``rows`` (``owned_by``); none where there is nothing to tell it.

    ``called``: the office's title in the county.
    """
    silences, office = silent or {}, called or owner.label
    own_rules = [r for r in rules if answers_for(owner, r, silences)]
    if not own_rules and not rows.num_rows:
        return ()
    place = f"{county_name}（{county}）"
    until = day_in_chinese(as_of)
    written: list[Path] = []
    folder = lake.reports(run) / owner.value
    parts: list[tuple[str, int]] = []
    for code, township, part in _townships(rows):
        name = f"{code}_{safe_name(township)}.xlsx" if code else f"{WHOLE_COUNTY}.xlsx"
        title = f"{place}{township} {office}问题清单"
        with atomic_path(folder / name) as path, new_workbook(path, as_of, title, part.num_rows) as book:
            write_explanation(book, title, until, office, township, part, deliveries_in_force, own_rules, silences)
            write_list(book, part, as_of, title, key)
            write_counts(book, title, until, cross_table(part, "village"), own_rules, silences)
        written.append(folder / name)
        parts.append((name, part.num_rows))
    title = f"{place} {office}问题汇总"
    with atomic_path(folder / SUMMARY_FILE) as path, new_workbook(path, as_of, title) as book:
        write_summary_explanation(book, title, until, office, rows, deliveries_in_force, parts)
        write_counts(book, title, until, cross_table(rows, "township"), own_rules, silences)
    written.append(folder / SUMMARY_FILE)
    return tuple(written)


def answers_for(office: Department, rule: RuleInfo, silences: Mapping[str, Silence]) -> bool:
    """Whether an office can have to answer for a rule's findings; where rows say so, only while the rule applies."""
    return office in rule.owners and not (_does_not_apply(rule, silences) and office in rule.may_own)


def answering(rules: Sequence[RuleInfo], silences: Mapping[str, Silence], rows: pa.Table) -> tuple[Department, ...]:
    """The offices that have to answer for findings, in their order; each gets its summary, be it empty.

    Who would answer only where rows say so hears of nothing where none does, and so does whose rules do not apply.
    """
    owners = set(pc.unique(rows["owner"]).to_pylist())
    asked = [rule for rule in rules if not _does_not_apply(rule, silences)]
    return tuple(
        office
        for office in Department
        if office.value in owners or any(_answers_by_itself(office, rule) for rule in asked)
    )


def _answers_by_itself(office: Department, rule: RuleInfo) -> bool:
    return office in rule.owners and (office not in rule.may_own or office is rule.owner)


def _does_not_apply(rule: RuleInfo, silences: Mapping[str, Silence]) -> bool:
    silence = silences.get(rule.code)
    return silence is not None and silence.status is RuleStatus.NOT_APPLICABLE


def owned_by(owner: Department, rows: pa.Table) -> pa.Table:
    """An owner's own of ``readable_rows``."""
    return rows.filter(pc.equal(rows["owner"], owner.value))


def _townships(rows: pa.Table) -> Iterator[tuple[str, str, pa.Table]]:
    """Slices of one owner's rows (sorted by township) as (township code, name, rows)."""
    codes = pc.fill_null(rows["township_code"], "")
    runs = pc.run_end_encode(codes.combine_chunks()) if rows.num_rows else None
    start = 0
    for end, code in zip(runs.run_ends.to_pylist(), runs.values.to_pylist(), strict=True) if runs else ():
        part = rows.slice(start, end - start)
        start = end
        yield code, (part["township"][0].as_py() if code else WHOLE_COUNTY), part


def remove_what_is_no_longer_due(folder: Path, written: Sequence[Path]) -> None:
    """Remove reports of an earlier call for the same run that this one did not write."""
    for path in sorted({*folder.glob("*/*.xlsx"), *folder.glob("*/*.html")} - set(written)):
        path.unlink()
