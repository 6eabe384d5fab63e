"""The run's summary on disk: summary.json for machines, summary.html for people."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pipelines.reporting.page import render_page
from pipelines.reporting.wording import RuleInfo
from warehouse.lake import Lake, write_text

KEYS: Final = (
    "run",
    "county",
    "county_name",
    "as_of",
    "deliveries",
    "waiting",
    "expected",
    "in_force",
    "refused",
    "quality",
    "rules",
    "findings",
    "open",
    "overdue",
    "calendar_unknown",
    "precision",
    "warehouse",
    "reports",
    "seconds",
)
"""Order of the summary's keys, as a person reads the night; others follow in alphabetical order.

The contract (interface.md) names as_of, county, deliveries, waiting, rules, findings, warehouse, reports and seconds.
The page also reads, each of them optional:
``run``, ``county_name``; ``expected``: feeds that the county is to receive (its status speaks of no others);
``in_force``: one row a feed that is expected or there [{feed, delivery, as_of, files, fresh}] (delivery null: none;
fresh: within freshness_days);
``refused``: [{feed, scope: row|value, reason, count}]; ``quality``: expectations that warn
[{feed, column, expectation, severity, observed, description}]; ``open``: ``counts.count_open(ledger)``;
``overdue``: ``counts.count_overdue(ledger, D)``; ``calendar_unknown``: years of deadlines whose
holidays are not published yet; ``precision``: [{rule, owner, confirmed, verified, low, high}] of what departments
verified (``recording.precision``); ``batch``: what was dispatched.
"""


def write_summary(*, lake: Lake, run: str, summary: Mapping[str, Any], rules: Sequence[RuleInfo]) -> tuple[Path, Path]:
    """Write ``summary.json`` and ``summary.html`` into the run's folder; return both paths. No personal data."""
    folder = lake.run_folder(run)
    data, page = folder / "summary.json", folder / "summary.html"
    known = {key: summary[key] for key in KEYS if key in summary}
    ordered = known | {key: summary[key] for key in sorted(summary.keys() - set(KEYS))}
    write_text(page, render_page(ordered, rules))
    # the JSON comes last: where it stands, the night was finished
    write_text(data, json.dumps(ordered, ensure_ascii=False, indent=2, default=str) + "\n")
    return data, page
