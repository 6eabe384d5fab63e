"""Nights of a literal county, laid down as a run leaves them: staged rows, ledger, and what the books say."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from builders import (
    COUNTY,
    POLICY,
    D,
    Row,
    certificate,
    certificate_member,
    education_subsidy,
    enrolment,
    household,
    housing_case,
    member,
    open_household,
    payment,
    pid,
    student,
)

from expectations.feeds import FEEDS_BY_NAME
from expectations.finding import FINDING_COLUMNS, MASKED_COLUMNS
from expectations.policies import parameter_of
from expectations.policies.kinds import as_json
from expectations.rules import RULES
from pipelines.staging.schema import staged_schema
from warehouse.books.deliveries import Accounting, Delivery, DeliveryEvent, SourceFile
from warehouse.current import Conformed, CurrentFeed, Part
from warehouse.lake import Lake
from warehouse.loading import RunToLoad

CHILD = pid(7, born=date(2016, 3, 1))
TRUANT = pid(8, born=date(2015, 3, 1))
RECEIVED = datetime(2026, 7, 1, 12, tzinfo=UTC)

FEED_ROWS: dict[str, list[Row]] = {
    "register_households": [
        open_household("H1", persons=3, income_current=3000, phone="13800001111", helper_name="李帮扶"),
        household("H2", head_id=pid(2), village="平寨村", village_code=f"{COUNTY}101202"),
    ],
    "register_members": [
        member("M1", "H1", pid(1)),
        member("M2", "H1", CHILD, relation="子"),
        member("M3", "H1", TRUANT, relation="子"),
        member("M4", "H1", None, name="佚名", relation="父母"),
        member("M5", "H2", pid(2)),
    ],
    "low_income_households": [
        certificate("C1", monthly_benefit=450),
        certificate("C2", head_id=pid(9), village_code=f"{COUNTY}102201", status="停保", end_date=date(2026, 1, 31)),
    ],
    "low_income_members": [certificate_member("C1", pid(1)), certificate_member("C2", pid(9))],
    "low_income_payments": [
        payment("C1", "2026-04"),
        payment("C1", "2026-05"),
        payment("C1", "2026-05", batch_no="B2", amount=150, payment_status="退回"),
    ],
    "insurance_enrolments": [
        enrolment(pid(1)),
        enrolment(CHILD),
        enrolment(pid(2), enrolment_status="终止参保"),
        enrolment(None, name="佚名"),
        enrolment(None, name="佚名"),
    ],
    "students": [student(CHILD), student(pid(40, born=date(2014, 1, 1)), school="平寨小学")],
    "education_subsidies": [education_subsidy(CHILD), education_subsidy(CHILD, batch_no="B2", payment_status="退回")],
    "housing_renovations": [
        housing_case("X1", pid(1), assessed_on=date(2020, 1, 1)),
        housing_case(
            "X2", pid(1), grade="D", method="新建", started_on=date(2026, 1, 1), assessed_on=date(2025, 5, 1),
            subsidy=35000, paid=10000,
        ),
    ],
}  # fmt: skip
"""Two households; H1 has one person on the roll, one child at school, one child in no school, one without a number."""


def finding(number: int, **over: Any) -> Row:
    """One row of the ledger dataset: TL02 of H1, open."""
    row: Row = dict.fromkeys(FINDING_COLUMNS, "") | {
        "finding_id": hashlib.sha256(str(number).encode()).hexdigest()[:24],
        "rule": "TL02",
        "rule_name": "应保未保",
        "severity": "high",
        "certainty": "certain",
        "owner": "civil_affairs",
        "county": COUNTY,
        "subject_kind": "household",
        "subject_key": "H1",
        "household_no": "H1",
        "evidence": "[]",
        "first_seen": D,
        "last_seen": D,
        "state": "待核实",
        "due_on": None,
    }
    row |= over
    masked = {f"{name}_masked": over.get(f"{name}_masked", row[name]) for name in MASKED_COLUMNS}
    beside = {
        "village_code": f"{COUNTY}101201",
        "township_code": f"{COUNTY}101",
        "batch": None,
        "dispatched_on": None,
        "cleared_by": None,
        "cleared_because": None,
        "days_left": None,
        "past_period": False,
        "unchecked": False,
        "evidence_digest": "0" * 64,
        "case_no": None,
        "student_no": None,
        "school": None,
        "head_name": "张一",
        "rule_yuan": None,
        "rule_months": None,
    }
    return row | masked | {k: over.get(k, v) for k, v in beside.items()}


FINDINGS = (
    finding(1),
    finding(
        2,
        rule="CV03",
        subject_kind="person",
        subject_key=TRUANT,
        subject_key_masked="5226**************",
        person_id=TRUANT,
        person_id_masked="5226**************",
        name="张小二",
        name_masked="张*",
    ),
    finding(3, rule="CV07", state="数据已消除"),
    finding(4, rule="TL05", subject_kind="certificate", subject_key="C1", household_no=None, certificate_no="C1"),
)

_LEDGER_TYPES = dict.fromkeys(("first_seen", "last_seen", "due_on", "dispatched_on"), pa.date32())
_LEDGER_TYPES["days_left"] = pa.int32()
_LEDGER_TYPES["rule_yuan"] = pa.decimal128(18, 2)
_LEDGER_TYPES["past_period"] = _LEDGER_TYPES["unchecked"] = pa.bool_()


def write_ledger(path: Path, findings: Sequence[Row]) -> pa.Table:
    """Write the ledger dataset; return it."""
    names = list(finding(0))
    schema = pa.schema([(name, _LEDGER_TYPES.get(name, pa.string())) for name in names])
    table = pa.Table.from_pylist(list(findings), schema)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return table


def policy_rows(over: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The tests' policy as the books keep it."""
    rows = []
    for key, value in sorted((POLICY | dict(over or {})).items()):
        parameter = parameter_of(key)
        assert parameter is not None
        typed = as_json(parameter.kind.read(value))
        rows.append({"key": key, "value": typed, "from": "2025-01-01", "to": None, "source": "县政办〔2025〕1号"})
    return rows


def night(
    lake: Lake,
    d: date = D,
    *,
    county: str = COUNTY,
    tag: str = "a",
    absent: Iterable[str] = (),
    findings: Sequence[Row] = FINDINGS,
    as_of: Mapping[str, date] | None = None,
    tables: Mapping[str, pa.Table] | None = None,
    **rows: Sequence[Row],
) -> RunToLoad:
    """A recorded run at ``d`` over FEED_ROWS, feeds replaced by ``rows`` (or whole ``tables``) and without ``absent``.

    ``tag`` tells apart runs of one D, as the hash in a run's id does.
    """
    run = f"{d:%Y%m%d}_{county}_{tag}"
    feeds: dict[str, CurrentFeed] = {}
    deliveries = []
    for feed, given in (FEED_ROWS | rows).items():
        if feed in set(absent):
            continue
        day = (as_of or {}).get(feed, d)
        name = f"{feed}_{county}_{day:%Y%m%d}_{tag}"
        table = (tables or {}).get(feed)
        path, count = _stage(lake, feed, county, name, given, table)
        by = FEEDS_BY_NAME[feed].accumulates_by
        counted = given if table is None else table.to_pylist()
        periods = tuple(sorted({tuple(row[c] for c in by) for row in counted})) if by else None
        feeds[feed] = CurrentFeed(FEEDS_BY_NAME[feed], day, (Part(name, day, path, path, periods),))
        deliveries.append(_delivery(name, feed, county, day, count))
    enrolled = (FEED_ROWS | rows)["insurance_enrolments"] if "insurance_enrolments" in feeds else []
    years = Counter(row["year"] for row in enrolled)
    ledger = [replace_county(row, county) for row in findings]
    write_ledger(lake.ledger(run), ledger)
    return RunToLoad(
        run=run,
        code="test",
        conformed=Conformed(county, d, feeds, {}, tuple(FEED_ROWS), {}, years, max(years.values(), default=0)),
        ledger=lake.ledger(run),
        rule_runs=[_rule_run(rule.code, ledger) for rule in RULES],
        deliveries=deliveries,
        quality=[_quality(delivery.id) for delivery in deliveries],
        policy=policy_rows(),
        county_name="凯里市",
        events=[
            DeliveryEvent(seq, d.id, d.feed, d.as_of, d.status, d.received_at)
            for seq, d in enumerate(deliveries, start=1)
        ],
    )


def replace_county(row: Row, county: str) -> Row:
    """A finding as another county's."""
    return row if county == row["county"] else row | {"county": county, "finding_id": f"{county}{row['finding_id']}"}


def rejected(run: RunToLoad, reason: str) -> RunToLoad:
    """The run after one more delivery came and was rejected."""
    first = run.deliveries[0]
    more = replace(first, id=f"{first.id}_bad", sha256="f" * 64, status="rejected", reason=(reason,), accounting=None)
    return replace(run, deliveries=[*run.deliveries, more])


def _stage(
    lake: Lake, feed: str, county: str, name: str, rows: Sequence[Row], table: pa.Table | None
) -> tuple[Path, int]:
    path = lake.staged(feed, county, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    if table is None:
        filled = [
            {**row, "_delivery": name, "_file": f"{name}.csv", "_sheet": None, "_row": number + 2}
            for number, row in enumerate(rows)
        ]
        table = pa.Table.from_pylist(filled, schema=staged_schema(FEEDS_BY_NAME[feed]))
    pq.write_table(table, path)
    return path, table.num_rows


def _delivery(name: str, feed: str, county: str, as_of: date, count: int) -> Delivery:
    return Delivery(
        id=name,
        feed=feed,
        county=county,
        as_of=as_of,
        source="file",
        files=(SourceFile(f"{name}.csv", "0" * 64, 10),),
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        bytes=10,
        accounting=Accounting(count + 1, count, 1, 0, 0, 0),
        received_at=RECEIVED,
        status="accepted",
    )


def _rule_run(code: str, ledger: Sequence[Row]) -> dict[str, Any]:
    if code == "CV08":
        reason = "农村危房改造（housing_renovations）没有已接收的数据"
        return {"rule": code, "status": "not_evaluated", "reason": reason, "findings": None, "seconds": 0.0}
    found = sum(row["rule"] == code for row in ledger)
    return {"rule": code, "status": "evaluated", "reason": None, "findings": found, "seconds": 0.1}


def _quality(delivery: str) -> dict[str, Any]:
    return {
        "delivery": delivery,
        "expectation": "rows_not_fewer",
        "column_name": "",
        "severity": "warn",
        "success": True,
        "observed": "2",
        "description": "行数不比上次少20%",
    }
