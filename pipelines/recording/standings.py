"""Where findings stand: what the books hold of them, and what departments said of them so far."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Connection, Engine, select

from expectations.finding import State
from expectations.workbook import COLUMNS, FINDING_ID
from pipelines.recording.answers import Standing
from warehouse.books.datasets import ledger_of
from warehouse.books.lots import lots_of
from warehouse.books.schema import answers, deliveries, findings
from warehouse.lake import Lake


def read_standings(connection: Connection, ids: Collection[str], county: str) -> dict[str, Standing]:
    """Those of these findings that the county's ledger has, by id."""
    known = finding_rows(connection, ids)
    said = said_so_far(connection, {i: found["batch"] or "" for i, found in known.items()})
    return {
        finding_id: Standing(
            finding_id=finding_id,
            county=found["county"],
            rule=found["rule"],
            state=State(found["state"]),
            batch=found["batch"] or "",
            dispatched_on=found["dispatched_on"],
            evidence_digest=found["evidence_digest"],
            said=said.get(finding_id, {}),
            cleared_because=found["cleared_because"],
        )
        for finding_id, found in known.items()
        if found["county"] == county
    }


def finding_rows(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Rows of the books' ``findings``, by id."""
    rows: dict[str, dict[str, Any]] = {}
    for some in lots_of(ids):
        for row in connection.execute(select(findings).where(findings.c.finding_id.in_(some))):
            rows[row.finding_id] = dict(row._mapping)
    return rows


def known_answers(connection: Connection, ids: Collection[str]) -> set[str]:
    """Digests of every answer that was taken to these findings."""
    return {row["digest"] for row in _answer_rows(connection, ids)}


def _answer_rows(connection: Connection, ids: Collection[str]) -> Iterator[Mapping[str, Any]]:
    """Answers to findings, each finding's in the order in which they were taken in."""
    for some in lots_of(ids):
        query = (
            select(answers)
            .join(deliveries, deliveries.c.id == answers.c.delivery)
            .where(answers.c.finding_id.in_(some))
            .order_by(deliveries.c.received_at, deliveries.c.id, answers.c.number)
        )
        for row in connection.execute(query):
            yield dict(row._mapping)


def said_so_far(connection: Connection, standing_of: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What was filled in for findings in their batch (``{finding_id: batch}``), later answers over earlier ones."""
    merged: dict[str, dict[str, str]] = {}
    for row in _answer_rows(connection, list(standing_of)):
        if row["batch"] == standing_of[row["finding_id"]]:
            merged.setdefault(row["finding_id"], {}).update(row["said"] or {})
    return merged


def key_cells(books: Engine, lake: Lake, run: str, ids: Collection[str]) -> dict[str, dict[str, str]]:
    """Key cells of findings that can be told from the ledger as they stand there, by heading."""
    table = pq.read_table(ledger_of(books, lake, run))
    columns = {c.heading: c.source for c in COLUMNS if c.key and c.source in table.column_names}
    table = table.select(list(columns.values())).filter(
        pc.is_in(table["finding_id"], pa.array(sorted(ids), pa.string()))
    )
    shown = [{heading: row[source] or "" for heading, source in columns.items()} for row in table.to_pylist()]
    return {row[FINDING_ID]: row for row in shown}
