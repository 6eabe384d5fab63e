"""Type-2 history with two clocks, from the events that put deliveries in force or out of it.

At each moment of knowledge the deliveries in force make one timeline: what each says is valid from its as-of date until
the next one's. A table holds every row of every timeline with the moments between which it was known. So it is a pure
function of the events and of what was staged, whether it grew night by night or is made at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import pyarrow as pa
from sqlalchemy import Table

from warehouse.books.deliveries import IN_FORCE, DeliveryEvent
from warehouse.loading.errors import AuditFailed
from warehouse.sql import literal, parquet
from warehouse.staged import StagedRows
from warehouse.tables import history as tables

Timeline = tuple[tuple[date, str], ...]
"""(as-of, delivery) in force, in order of as-of."""

_CLOCKS = ("valid_from", "valid_to", "known_from", "known_to")
_SOURCE = {
    "source_delivery": "_delivery",
    "source_file": "_file",
    "source_sheet": "coalesce(_sheet, '')",
    "source_row": "_row",
}


@dataclass(frozen=True)
class History:
    """How a history is kept: the feed that it follows, its key, and the hashed keys with what they are made of."""

    table: Table
    feed: str
    key: tuple[str, ...]
    hashed: Mapping[str, tuple[str, ...]]

    @property
    def attributes(self) -> tuple[str, ...]:
        """Columns whose change makes a new row."""
        others = {"county", "version_key", *self.key, *self.hashed, *_CLOCKS, *_SOURCE}
        return tuple(column.name for column in self.table.c if column.name not in others)

    @property
    def content(self) -> str:
        """What tells two contents of one key apart: a hash that is compared within one load and never kept."""
        casts = [f"CAST({name} AS {self.table.c[name].type})" for name in self.attributes]
        return f"hash({', '.join(casts)})"


HISTORIES: tuple[History, ...] = (
    History(
        tables.dim_household, "register_households", ("household_no",), {"household_key": ("county", "household_no")}
    ),
    History(tables.dim_person, "register_members", ("member_no",), {"person_key": ("county", "member_no")}),
    History(
        tables.bridge_membership,
        "register_members",
        ("household_no", "member_no"),
        {"household_key": ("county", "household_no"), "person_key": ("county", "member_no")},
    ),
    History(
        tables.dim_certificate,
        "low_income_households",
        ("certificate_no",),
        {"certificate_key": ("county", "certificate_no")},
    ),
)


def load_history(
    connection: duckdb.DuckDBPyConnection, staged: StagedRows, county: str, events: Sequence[DeliveryEvent]
) -> None:
    """Bring a county's histories and fact_delivery_event up to ``events``, all of them in their order; audit them.

    Only what happened since the last load is worked in, unless the events are not a continuation of those loaded:
    then the county's history is made anew. Raises AuditFailed.
    """
    moments = _known_at(events)
    loaded = connection.execute(
        "SELECT seq, delivery, kind, happened_at, known_at FROM warehouse.fact_delivery_event "
        "WHERE county = $1 ORDER BY seq",
        [county],
    ).fetchall()
    given = [(e.seq, e.delivery, e.kind, e.at, known) for e, known in zip(events, moments, strict=True)]
    done = len(loaded)
    if given[:done] != loaded or (0 < done < len(given) and given[done][-1] <= loaded[-1][-1]):
        done = 0
        for table in (*(history.table for history in HISTORIES), tables.fact_delivery_event):
            connection.execute(f"DELETE FROM {table.fullname} WHERE county = $1", [county])
    for history in HISTORIES:
        before: Timeline = ()
        for known, timeline in _timelines(history.feed, events, moments):
            if not done or known > loaded[-1][-1]:
                _rewrite(connection, staged, county, history, before, timeline, known)
            before = timeline
        _audit(connection, staged, county, history, before)
    _append_events(connection, county, events[done:], moments[done:])


def timeline_of(feed: str, events: Sequence[DeliveryEvent]) -> Timeline:
    """The deliveries of a feed that are in force after all events."""
    *_, (_, last) = [(None, ()), *_timelines(feed, events, _known_at(events))]
    return last


def _known_at(events: Sequence[DeliveryEvent]) -> list[datetime]:
    """When each event was known: its time, never before that of an event that came earlier."""
    moments: list[datetime] = []
    for event in events:
        moments.append(max(event.at, moments[-1]) if moments else event.at)
    return moments


def _timelines(
    feed: str, events: Sequence[DeliveryEvent], moments: Sequence[datetime]
) -> Iterator[tuple[datetime, Timeline]]:
    """What was in force after each moment at which it changed."""
    in_force: dict[str, date] = {}
    told: Timeline = ()
    for index, (event, known) in enumerate(zip(events, moments, strict=True)):
        if event.feed == feed and event.as_of is not None:
            if event.kind in IN_FORCE:
                in_force[event.delivery] = event.as_of
            else:
                in_force.pop(event.delivery, None)
        if index + 1 < len(moments) and moments[index + 1] == known:
            continue  # what happened at one moment is known at once
        timeline = tuple(sorted((as_of, delivery) for delivery, as_of in in_force.items()))
        if timeline != told:
            told = timeline
            yield known, timeline


def _rewrite(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedRows,
    county: str,
    history: History,
    before: Timeline,
    after: Timeline,
    known: datetime,
) -> None:
    """Close the rows that ``after`` no longer says, and add those that it says and ``before`` did not."""
    keys = ", ".join(history.key)
    rows = f"SELECT *, {history.content} AS content FROM {history.table.fullname} WHERE county = $county"
    appended = after[:-1] == before
    if appended:
        # only what is valid until further notice can change
        rows += " AND known_to IS NULL AND valid_to IS NULL"
        upcoming = _appended(staged, history, after[-1])
    else:
        rows += " AND known_to IS NULL"
        upcoming = _whole(staged, history, after)
    same = f"USING ({keys}, valid_from, content)"
    same_end = "WHERE upcoming.valid_to IS NOT DISTINCT FROM held.valid_to"
    given = {"county": county}
    connection.execute(f"CREATE OR REPLACE TEMP TABLE held AS {rows}", given)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE upcoming AS {upcoming}")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE kept AS SELECT {keys}, valid_from FROM upcoming JOIN held {same} {same_end}"
    )
    connection.execute(
        f"UPDATE {history.table.fullname} AS t SET known_to = $known "
        f"FROM (FROM held ANTI JOIN kept USING ({keys}, valid_from)) h "
        "WHERE t.county = $county AND t.known_to IS NULL AND t.valid_from = h.valid_from "
        + "".join(f"AND t.{key} = h.{key} " for key in history.key),
        given | {"known": known},
    )
    connection.execute(
        f"""INSERT INTO {history.table.fullname} BY NAME
        SELECT * EXCLUDE (content), $county AS county, $known AS known_from, NULL AS known_to,
          {", ".join(f"{_hash(parts)} AS {name}" for name, parts in history.hashed.items())},
          {_hash(("county", *history.key, "valid_from::VARCHAR", "epoch_us($known)::VARCHAR"))} AS version_key
        FROM upcoming ANTI JOIN kept USING ({keys}, valid_from) ORDER BY {keys}, valid_from""",
        given | {"known": known},
    )
    connection.execute("DROP TABLE held; DROP TABLE upcoming; DROP TABLE kept")


def _hash(parts: Sequence[str]) -> str:
    """A key that says nothing of what it is made of. No identity number goes in: those could be tried out."""
    texts = ["$county" if part == "county" else part for part in parts]
    return f"sha256(concat_ws(chr(31), {', '.join(texts)}))[:32]"


def _appended(staged: StagedRows, history: History, newest: tuple[date, str]) -> str:
    """The rows valid until further notice, after a delivery newer than all others: ended, gone on, begun."""
    as_of, delivery = newest
    columns = ", ".join((*history.key, *history.attributes, *_SOURCE, "content"))
    same = f"USING ({', '.join(history.key)}, content)"
    return f"""WITH newest AS ({_observed(staged, history, as_of, delivery)})
      SELECT {columns}, valid_from, NULL::DATE AS valid_to FROM held SEMI JOIN newest {same}
      UNION ALL
      SELECT {columns}, valid_from, {literal(as_of)} AS valid_to FROM held ANTI JOIN newest {same}
      UNION ALL
      SELECT {columns}, as_of AS valid_from, NULL::DATE AS valid_to FROM newest ANTI JOIN held {same}"""


def _whole(staged: StagedRows, history: History, timeline: Timeline) -> str:
    """The whole timeline: for each key the longest stretches of deliveries, one after the other, that say the same."""
    keys = ", ".join(history.key)
    columns = ", ".join((*history.key, *history.attributes, *_SOURCE, "content"))
    if not timeline:
        return f"SELECT {columns}, valid_from, valid_to FROM held WHERE false"
    ends: list[date | None] = [as_of for as_of, _ in timeline[1:]]
    parts = []
    for number, ((as_of, delivery), end) in enumerate(zip(timeline, [*ends, None], strict=True)):
        until = literal(end) if end else "NULL::DATE"
        parts.append(
            f"SELECT *, {number} AS number, {until} AS until FROM ({_observed(staged, history, as_of, delivery)})"
        )
    return f"""WITH observed AS ({" UNION ALL ".join(parts)}),
      marked AS (
        SELECT *, number - row_number() OVER (PARTITION BY {keys}, content ORDER BY number) AS stretch FROM observed
      ),
      ended AS (
        SELECT *, last_value(until) OVER (
            PARTITION BY {keys}, content, stretch ORDER BY number
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS valid_to
        FROM marked
        QUALIFY row_number() OVER (PARTITION BY {keys}, content, stretch ORDER BY number) = 1
      )
      SELECT {columns}, as_of AS valid_from, valid_to FROM ended"""


def _observed(staged: StagedRows, history: History, as_of: date, delivery: str) -> str:
    """What one delivery says: key, attributes, where each row stands, and the content's hash."""
    names = ", ".join((*history.key, *history.attributes))
    source = ", ".join(f"{sql} AS {name}" for name, sql in _SOURCE.items())
    rows = f"SELECT {names}, {source}, {literal(as_of)} AS as_of FROM {parquet(staged.path(delivery))}"
    return f"SELECT *, {history.content} AS content FROM ({rows})"


def _audit(
    connection: duckdb.DuckDBPyConnection, staged: StagedRows, county: str, history: History, timeline: Timeline
) -> None:
    """Each delivery in force is found again at its as-of date, row for row by count, the newest one by key too."""
    problems = []
    keys = ", ".join(history.key)
    rows = f"FROM {history.table.fullname} WHERE county = {literal(county)} AND known_to IS NULL"
    for as_of, delivery in timeline:
        # all but the newest are counted only: they were known again when their rows were taken
        newest = (as_of, delivery) == timeline[-1]
        given = f"FROM {parquet(staged.path(delivery) if newest else staged.counted(delivery))}"
        day = literal(as_of)
        valid = f"{rows} AND valid_from <= {day} AND (valid_to IS NULL OR valid_to > {day})"
        figures = "count(*)"
        if newest:
            figures += f", coalesce(sum(hash({keys})::HUGEINT), 0)"
        wanted = connection.execute(f"SELECT {figures} {given}").fetchone() or ()
        there = connection.execute(f"SELECT {figures} {valid}").fetchone() or ()
        if wanted[0] != there[0]:
            problems.append(f"{history.table.name}: {there[0]} rows at {as_of}, {delivery} has {wanted[0]}")
        elif wanted != there:
            problems.append(f"{history.table.name}: keys ({keys}) at {as_of} are not those of {delivery}")
    if problems:
        raise AuditFailed(problems)


def _append_events(
    connection: duckdb.DuckDBPyConnection,
    county: str,
    events: Sequence[DeliveryEvent],
    moments: Sequence[datetime],
) -> None:
    if not events:
        return
    rows = [
        {
            "county": county,
            "seq": event.seq,
            "delivery": event.delivery,
            "feed": event.feed,
            "as_of": event.as_of,
            "kind": str(event.kind),
            "happened_at": event.at,
            "known_at": known,
        }
        for event, known in zip(events, moments, strict=True)
    ]
    connection.register("new_events", pa.Table.from_pylist(rows))
    connection.execute(f"INSERT INTO {tables.fact_delivery_event.fullname} BY NAME FROM new_events")
    connection.unregister("new_events")
