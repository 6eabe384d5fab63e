"""What a night amounts to: the summary that interface.md describes, from what the steps gave."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from expectations.departments import TITLES, Department
from expectations.feeds import FEEDS
from expectations.finding import Because
from pipelines.house.records.night import BrakedRow, DeliveryRow, InForceRow, PrecisionRow, Published, Summary
from pipelines.house.words import day_in_digits
from pipelines.landing import PassedOver, Waiting
from pipelines.reconciling.reconcile import RuleRun
from pipelines.recording.transitions import MOVES
from pipelines.recording.working_days import unknown_years
from pipelines.reporting.counts import count_open, count_overdue, count_refused, count_unchecked
from warehouse.books.deliveries import Delivery
from warehouse.books.runs import Run
from warehouse.current import Conformed
from warehouse.lake import Lake


def night_summary(
    *,
    lake: Lake,
    run: Run,
    county_name: str,
    conformed: Conformed,
    titles: Mapping[Department, str],
    rule_runs: Sequence[RuleRun],
    counts: Mapping[str, int],
    stopped: Sequence[Delivery],
    unusable: Sequence[tuple[Delivery, str]],
    took_in: Sequence[Delivery],
    current: Sequence[Delivery],
    waiting: Sequence[Waiting],
    passed_over: Sequence[PassedOver],
    quality: Sequence[Mapping[str, Any]],
    ledger: pa.Table,
    precision: Sequence[PrecisionRow],
    braked: Sequence[BrakedRow],
    warehouse: Published,
    reports: Sequence[Path],
    seconds: float,
) -> Summary:
    """The summary of a county's night, without personal data."""
    taken = {delivery.id for delivery in took_in}
    batches = sorted({str(b) for b in ledger["batch"].drop_null().to_pylist()} if ledger.num_rows else ())
    return {
        "run": run.id,
        "county": run.county,
        "county_name": county_name,
        "as_of": run.as_of.isoformat(),
        "stopped": [delivery_row(delivery) for delivery in stopped],
        "unusable": [{**delivery_row(delivery), "unusable": why} for delivery, why in unusable],
        "deliveries": [delivery_row(delivery) for delivery in took_in],
        "waiting": [
            {"feed": w.feed, "county": w.county, "as_of": day_in_digits(w.as_of), "parts": w.parts} for w in waiting
        ],
        "passed_over": [{"name": p.name, "why": p.why.value} for p in passed_over],
        "expected": list(conformed.expected),
        "offices": {office.value: title for office, title in titles.items() if title != TITLES[office]},
        "in_force": [
            _in_force(feed.name, conformed, current)
            for feed in FEEDS
            if feed.name in conformed.expected or feed.name in conformed.feeds
        ],
        "refused": count_refused(lake, [d for d in took_in if d.accounting is not None and d.county == run.county]),
        "quality": [
            {
                "feed": q["feed"],
                "column": q["column_name"],
                "expectation": q["expectation"],
                "severity": q["severity"],
                "observed": q["observed"],
                "description": q["description"],
            }
            for q in quality
            if not q["success"] and q["delivery"] in taken
        ],
        "rules": [
            {
                "rule": r.rule,
                "status": r.status.value,
                "reason": r.reason,
                "findings": r.findings,
                "seconds": round(r.seconds, 3),
            }
            for r in rule_runs
        ],
        "findings": {name: counts[name] for name in MOVES if name in counts},
        "dropped": {because.value: counts[because] for because in Because if because in counts},
        "braked": list(braked),
        "unchecked": count_unchecked(ledger),
        "overdue": count_overdue(ledger, run.as_of),
        "precision": list(precision),
        "calendar_unknown": unknown_years(pc.unique(ledger["due_on"]).drop_null().to_pylist()),
        "open": count_open(ledger),
        "warehouse": warehouse,
        "reports": [path.relative_to(lake.home).as_posix() for path in reports],
        "batch": batches[-1] if batches else None,
        "seconds": round(seconds, 3),
    }


def delivery_row(delivery: Delivery) -> DeliveryRow:
    """One delivery as the summary shows it."""
    a = delivery.accounting
    return {
        "id": delivery.id,
        "feed": delivery.feed,
        "county": delivery.county,
        "as_of": day_in_digits(delivery.as_of),
        "files": [file.name for file in delivery.files],
        "status": delivery.status,
        "read": a.read if a else None,
        "staged": a.staged if a else None,
        "quarantined": a.quarantined if a else None,
        "totals_or_blank": a.totals_or_blank if a else None,
        "repeated": a.repeated if a else None,
        "values_refused": a.values_refused if a else None,
        "reason": "\n".join(delivery.reason) or None,
    }


def numbered_row(delivery: Delivery, unusable: Mapping[str, str] | None = None) -> DeliveryRow:
    """One delivery as lists show it, with its number; ``unusable``: why one in force is not used, by id."""
    row: DeliveryRow = {**delivery_row(delivery), "number": delivery.number}
    if unusable and delivery.id in unusable:
        row["unusable"] = unusable[delivery.id]
    return row


def _in_force(feed: str, conformed: Conformed, current: Sequence[Delivery]) -> InForceRow:
    there = conformed.feeds.get(feed)
    if there is None:
        return {"feed": feed, "delivery": None, "as_of": None, "files": [], "fresh": False}
    newest = next((d for d in current if d.id == there.newest.delivery), None)
    return {
        "feed": feed,
        "delivery": there.newest.delivery,
        "as_of": there.as_of.isoformat(),
        "files": [file.name for file in newest.files] if newest else [],
        "fresh": True,
    }
