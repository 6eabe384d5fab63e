"""Rows that go to quarantine make no certain finding that the clean delivery does not have, and clear none.

Any value that a row must have is spoilt, what it stands under and the month or term that it speaks of among them.
"""

import os
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from builders import Delivery, Row, World
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle.worlds import worlds
from worlds_on_disk import run

from expectations.feeds import CORE_FEEDS, FEEDS_BY_NAME
from expectations.rules import RULES
from pipelines.reconciling.reconcile import Reconciled
from pipelines.recording.unchecked import unchecked

EXAMPLES = int(os.environ.get("LIANGXIAN_WORLDS", "4"))
SPOILT = {
    feed.name: [c.name for c in feed.columns if c.must_be_there and not c.is_identity_number] for feed in CORE_FEEDS
}
"""Columns that cost a row its place."""

BOOKS = ("register_households", "low_income_households")


def clean(world: World) -> World:
    """The world with nothing refused, where books count the rows of their people, and their people alone are paid.

    What a row that lost its household or certificate is missed by is the number of persons beside it, and the payee.
    """
    deliveries = [replace(d, quarantined=(), refused=()) for d in world.deliveries]
    count: Counter[tuple[date, str]] = Counter()
    members: dict[str, list[Row]] = {}
    for d in deliveries:
        if d.feed == "register_members":
            count.update((d.as_of, row["household_no"]) for row in d.rows if row["person_status"] == "正常")
        if d.feed == "low_income_members":
            count.update((d.as_of, row["certificate_no"]) for row in d.rows)
            for row in d.rows:
                members.setdefault(row["certificate_no"], []).append(row)

    def consistent(d: Delivery, row: Row) -> Row:
        if d.feed in BOOKS:
            return row | {"persons": count[d.as_of, row.get("household_no") or row["certificate_no"]]}
        if d.feed == "low_income_payments" and (known := members.get(row["certificate_no"])):
            payee = {"payee_name": "name", "payee_id": "person_id", "payee_id_problem": "person_id_problem"}
            return row | {column: known[0].get(of_member) for column, of_member in payee.items()}
        return row

    return replace(
        world, deliveries=tuple(replace(d, rows=tuple(consistent(d, row) for row in d.rows)) for d in deliveries)
    )


@st.composite
def spoilt(draw: st.DrawFn, delivery: Delivery) -> Delivery:
    """A delivery some of whose rows, but not the last of a period, lost one required value and went to quarantine."""
    columns = SPOILT.get(delivery.feed)
    if not columns:
        return delivery
    periods = FEEDS_BY_NAME[delivery.feed].accumulates_by or (("year",) if "year" in columns else ())
    kept = {tuple(row[c] for c in periods): n for n, row in enumerate(delivery.rows)} if periods else {}
    places = [n for n in range(len(delivery.rows)) if n not in kept.values()]
    gone = draw(st.sets(st.sampled_from(places), max_size=4)) if places else set()
    refused = []
    for n in sorted(gone):
        column = draw(st.sampled_from(columns))
        row = {c: v for c, v in delivery.rows[n].items() if c != column and not c.endswith("_problem")}
        refused.append(row)
    rows = tuple(row for n, row in enumerate(delivery.rows) if n not in gone)
    return replace(delivery, rows=rows, quarantined=tuple(refused))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[World, World]:
    """A clean world, and what is left of it."""
    whole = clean(draw(worlds()))
    return whole, replace(whole, deliveries=tuple(draw(spoilt(d)) for d in whole.deliveries))


def _keys(of: Reconciled) -> set[tuple[str, str, str]]:
    return {(r["rule"], r["subject_key"], r["period"]) for r in of.findings.to_pylist()}


@pytest.mark.first(50)
@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(pair=pairs())
def test_what_is_refused_accuses_and_clears_nobody(plans: Path, pair: tuple[World, World]) -> None:
    with TemporaryDirectory() as folder:
        before, after = (run(world, Path(folder) / str(n), plans=plans) for n, world in enumerate(pair))
        lost = _lost(before, after)
        kept = (
            set() if after.refusals is None else set(unchecked(lost, after.refusals, RULES)["finding_id"].to_pylist())
        )
    certain = after.findings.filter(pc.equal(after.findings["certainty"], "certain"))
    accused = {(r["rule"], r["subject_key"], r["period"]) for r in certain.to_pylist()} - _keys(before)
    evaluated = {run.rule for run in before.rule_runs if run.status == "evaluated"}
    assert {key for key in accused if key[0] in evaluated} == set()
    cleared = [(r["rule"], r["subject_key"]) for r in lost.to_pylist() if r["finding_id"] not in kept]
    assert cleared == []


def _lost(before: Reconciled, after: Reconciled) -> pa.Table:
    """What is no longer found, by rules that were asked for the same period."""
    periods = {run.rule: run.period for run in after.rule_runs if run.status == "evaluated"}
    found = _keys(after)
    gone = [
        n
        for n, r in enumerate(before.findings.to_pylist())
        if (r["rule"], r["subject_key"], r["period"]) not in found and periods.get(r["rule"]) == r["period"]
    ]
    return before.findings.take(pa.array(gone, pa.int64()))
