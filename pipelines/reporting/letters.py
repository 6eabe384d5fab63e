"""整改通知书: a letter to each owner of what a night sent out, and of what is overdue. Counts only, no personal data.

A page of HTML: it needs no program but a browser, prints on A4 as it stands, and is the same on every machine; a
spreadsheet makes a poor letter, and a word processor's file would bring another dependency.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from expectations.departments import TITLES, Department
from pipelines.house.words import WHOLE_COUNTY, day_in_chinese, day_in_digits
from pipelines.reporting.counts import is_overdue
from pipelines.reporting.rendering import render
from pipelines.reporting.wording import LEAD, SEVERITIES, RuleInfo, leads_last
from warehouse.lake import Lake, write_text

FILE: Final = "整改通知书.html"


def write_letters(
    *,
    lake: Lake,
    run: str,
    as_of: date,
    county_name: str,
    rows: pa.Table,
    rules: Sequence[RuleInfo],
    workbooks: Sequence[Path],
    titles: Mapping[Department, str] = TITLES,
) -> tuple[Path, ...]:
    """Write ``<owner>/整改通知书.html`` for each owner with findings sent out on ``as_of`` or overdue; sorted paths.

    ``titles``: what offices are called.
    """
    narrow = rows.select(
        [
            "owner",
            "rule",
            "severity",
            "certainty",
            "state",
            "township_code",
            "township",
            "batch",
            "dispatched_on",
            "due_on",
        ]
    )
    written = []
    for owner in Department:
        own = narrow.filter(pc.equal(narrow["owner"], owner.value))
        sent = own.filter(pc.fill_null(pc.equal(own["dispatched_on"], pa.scalar(as_of, pa.date32())), False))
        late = own.filter(is_overdue(own, as_of))
        if not sent.num_rows and not late.num_rows:
            continue
        path = lake.reports(run) / owner.value / FILE
        view = _sent(sent, rules) | _late(late) | {
            "owner": titles[owner],
            "county_name": county_name,
            "as_of": as_of.isoformat(),
            "until": day_in_chinese(as_of),
            "today": day_in_chinese(as_of),
            "attachments": [book.name for book in workbooks if book.parent.name == owner.value],
        }  # fmt: skip
        write_text(path, render("letter", **view) + "\n")
        written.append(path)
    return tuple(sorted(written))


def _sent(rows: pa.Table, rules: Sequence[RuleInfo]) -> dict[str, Any]:
    found = rows.to_pylist()
    leads = {rule.code for rule in rules if rule.is_lead}
    told = [row for row in found if row["rule"] not in leads]
    return {
        "batch": max((row["batch"] for row in found), default=""),
        "total": len(told),
        "leads": len(found) - len(told),
        "high": sum(row["severity"] == "high" for row in told),
        "possible": sum(row["certainty"] == "possible" for row in told),
        "rules": list(_by_rule(found, rules)),
    }


def _by_rule(rows: Sequence[Mapping[str, Any]], rules: Sequence[RuleInfo]) -> Iterator[dict[str, Any]]:
    for rule in leads_last(sorted(rules, key=lambda r: list(SEVERITIES).index(r.severity))):
        own = [row for row in rows if row["rule"] == rule.code]
        if own:
            due = min((row["due_on"] for row in own if row["due_on"]), default=None)
            yield {
                "code": rule.code,
                "name": rule.name,
                "severity": LEAD if rule.is_lead else SEVERITIES[rule.severity],
                "count": len(own),
                "townships": len({row["township_code"] for row in own}),
                "due": day_in_digits(due) or "",
            }


def _late(rows: pa.Table) -> dict[str, Any]:
    counts = Counter(name or WHOLE_COUNTY for name in rows["township"].to_pylist())
    oldest = pc.min(rows["due_on"]).as_py()
    return {
        "overdue": rows.num_rows,
        "oldest": day_in_chinese(oldest) if oldest else "",
        "late": [f"{name}{count:,}条" for name, count in sorted(counts.items())],
    }
