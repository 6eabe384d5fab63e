"""Counts for the workbooks and the summary page: open findings by rule and place, refused rows by reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.finding import CLOSED_STATES, Certainty, State
from pipelines.house.records.night import OpenCount, OverdueCount, RefusedCount, UncheckedCount
from pipelines.house.words import WHOLE_COUNTY
from warehouse.books.deliveries import Delivery
from warehouse.lake import Lake

AWAITED: Final = {State.DISPATCHED: "verify", State.CONFIRMED: "rectify", State.RECTIFYING: "rectify"}
"""States in which a department is waited for, and which deadline runs there."""


@dataclass(frozen=True)
class CrossTable:
    """Findings by rule × place: places in order, and counts by (rule, place); ``possible`` counts 待核 by rule."""

    places: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]
    totals: Mapping[str, int]
    possible: Mapping[str, int]


def cross_table(rows: pa.Table, place: str) -> CrossTable:
    """Count readable rows by rule and ``place`` (township or village), places by area code, 全县 last."""
    named = pc.if_else(pc.equal(rows[place], ""), WHOLE_COUNTY, rows[place])
    code = pc.fill_null(rows[f"{place}_code"], "")
    small = pa.table({"rule": rows["rule"], "place": named, "code": code, "certainty": rows["certainty"]})
    order = small.group_by(["place"]).aggregate([("code", "max")]).to_pylist()
    places = sorted(order, key=lambda r: (r["place"] == WHOLE_COUNTY, r["code_max"], r["place"]))
    cells = small.group_by(["rule", "place"]).aggregate([([], "count_all")]).to_pylist()
    totals = small.group_by(["rule"]).aggregate([([], "count_all")]).to_pylist()
    doubtful = small.filter(pc.equal(small["certainty"], Certainty.POSSIBLE.value))
    possible = doubtful.group_by(["rule"]).aggregate([([], "count_all")]).to_pylist()
    return CrossTable(
        places=tuple(p["place"] for p in places),
        counts={(c["rule"], c["place"]): c["count_all"] for c in cells},
        totals={t["rule"]: t["count_all"] for t in totals},
        possible={p["rule"]: p["count_all"] for p in possible},
    )


def count_open(ledger: pa.Table) -> list[OpenCount]:
    """Open findings of the ledger by rule, township and certainty, for ``summary["open"]``; no personal data.

    Rows: rule, owner, township_code, township (both "" for the whole county), certainty, findings; sorted.
    """
    is_open = pc.invert(pc.is_in(ledger["state"], pa.array([s.value for s in CLOSED_STATES])))
    kept = ledger.filter(is_open)
    small = pa.table(
        {
            "rule": kept["rule"],
            "owner": kept["owner"],
            "township_code": pc.fill_null(kept["township_code"], ""),
            "township": pc.fill_null(kept["township"], ""),
            "certainty": kept["certainty"],
        }
    )
    by = ["rule", "owner", "township_code", "township", "certainty"]
    counted = small.group_by(by).aggregate([([], "count_all")]).rename_columns([*by, "findings"])
    rows: list[OpenCount] = counted.sort_by([(name, "ascending") for name in by]).to_pylist()
    return rows


def count_unchecked(ledger: pa.Table) -> list[UncheckedCount]:
    """Open findings by rule that this night could not check, for ``summary["unchecked"]``; none in an older ledger."""
    if "unchecked" not in ledger.column_names:
        return []
    is_closed = pc.is_in(ledger["state"], pa.array([s.value for s in CLOSED_STATES]))
    kept = ledger.filter(pc.and_(pc.fill_null(ledger["unchecked"], False), pc.invert(is_closed)))
    counted = kept.group_by(["rule"]).aggregate([([], "count_all")]).rename_columns(["rule", "findings"])
    rows: list[UncheckedCount] = counted.sort_by("rule").to_pylist()
    return rows


def is_overdue(rows: pa.Table, as_of: date) -> pa.Array:
    """For each row (state, due_on) whether its department is waited for past the deadline: D > due_on."""
    awaited = pc.is_in(rows["state"], pa.array([state.value for state in AWAITED]))
    return pc.and_(awaited, pc.fill_null(pc.less(rows["due_on"], pa.scalar(as_of, pa.date32())), False))


def count_overdue(ledger: pa.Table, as_of: date) -> list[OverdueCount]:
    """What the townships owe the county: overdue findings by owner, township and deadline, for ``summary["overdue"]``.

    Rows: owner, township_code, township (both "" for the whole county), deadline (verify, rectify), findings, oldest
    (the earliest due day, ISO); sorted.
    """
    late = ledger.filter(is_overdue(ledger, as_of))
    small = pa.table(
        {
            "owner": late["owner"],
            "township_code": pc.fill_null(late["township_code"], ""),
            "township": pc.fill_null(late["township"], ""),
            "deadline": pa.array([AWAITED[State(state)] for state in late["state"].to_pylist()], pa.string()),
            "due_on": late["due_on"],
        }
    )
    by = ["owner", "township_code", "township", "deadline"]
    counted = small.group_by(by).aggregate([([], "count_all"), ("due_on", "min")])
    counted = counted.rename_columns([*by, "findings", "oldest"]).sort_by([(name, "ascending") for name in by])
    oldest = counted["oldest"].cast(pa.string())
    rows: list[OverdueCount] = counted.drop_columns("oldest").append_column("oldest", oldest).to_pylist()
    return rows


def count_refused(lake: Lake, deliveries: Sequence[Delivery]) -> list[RefusedCount]:
    """Rows and values that were refused in these deliveries, for ``summary["refused"]``.

    Rows: feed, scope (row, value), reason, count; sorted. A row counts once, for its first problem.
    """
    parts = []
    for delivery in deliveries:
        path = lake.problems(delivery.feed, delivery.county, delivery.id)
        if path.exists():
            found = pq.read_table(path, columns=["scope", "reason", "first"])
            found = found.filter(pc.or_(pc.equal(found["scope"], "value"), found["first"]))
            parts.append(found.append_column("feed", pa.repeat(delivery.feed, found.num_rows)))
    if not parts:
        return []
    by = ["feed", "scope", "reason"]
    counted = pa.concat_tables(parts).group_by(by).aggregate([([], "count_all")]).rename_columns([*by, "count"])
    rows: list[RefusedCount] = counted.sort_by([(name, "ascending") for name in by]).to_pylist()
    return rows
