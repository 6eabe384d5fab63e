"""Learning from verdicts: how often a rule was right, by rule and the department that verified it."""

from collections.abc import Mapping
from datetime import date

import duckdb
import pyarrow as pa
from sqlalchemy import Engine, select

from expectations.finding import State
from pipelines.house.records.night import PrecisionRow
from warehouse.books.schema import finding_events
from warehouse.sql import literal


def count_verdicts(books: Engine, ledger: pa.Table, county: str, until: date) -> dict[tuple[str, str], tuple[int, int]]:
    """(rule, owner): findings confirmed, findings verified; of a finding that was judged again the last verdict counts.

    ``ledger`` tells rule and owner; verdicts after ``until`` are left out.
    """
    events = finding_events
    query = (
        select(events.c.finding_id, events.c.to_state)
        .where(events.c.county == county, events.c.on <= until)
        .where(
            events.c.to_state.in_((State.CONFIRMED.value, State.REFUTED.value)),
            events.c.from_state != events.c.to_state,
        )
        .order_by(events.c.seq)
    )
    with books.connect() as connection:
        last = {row.finding_id: row.to_state for row in connection.execute(query)}
    verdicts = pa.table(
        {"finding_id": pa.array(last.keys(), pa.string()), "verdict": pa.array(last.values(), pa.string())}
    )
    with duckdb.connect() as connection:
        connection.register("verdicts", verdicts)
        connection.register("ledger", ledger.select(["finding_id", "rule", "owner"]))
        rows = connection.execute(
            f"""SELECT rule, owner, count(*) FILTER (verdict = {literal(State.CONFIRMED)}), count(*)
            FROM ledger JOIN verdicts USING (finding_id) GROUP BY rule, owner ORDER BY rule, owner"""
        ).fetchall()
    return {(rule, owner): (confirmed, verified) for rule, owner, confirmed, verified in rows}


def precision_rows(verdicts: Mapping[tuple[str, str], tuple[int, int]]) -> list[PrecisionRow]:
    """For ``summary["precision"]``, by rule and owner."""
    rows: list[PrecisionRow] = []
    for (rule, owner), (confirmed, verified) in sorted(verdicts.items()):
        low, high = wilson(confirmed, verified)
        rows.append(
            {
                "rule": rule,
                "owner": owner,
                "confirmed": confirmed,
                "verified": verified,
                "precision": round(confirmed / verified, 4),
                "low": round(low, 4),
                "high": round(high, 4),
            }
        )
    return rows


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's interval of 95 percent for a share; (0, 1) where nothing was tried."""
    if trials == 0:
        return 0.0, 1.0
    from scipy.stats import binomtest  # half a second to import, and only verdicts need it

    found = binomtest(successes, trials).proportion_ci(confidence_level=0.95, method="wilson")
    return float(found.low), float(found.high)
