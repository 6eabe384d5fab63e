"""What changed rules take away, by what they find over the deliveries of the run that showed it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Engine, select

from expectations.finding import CLOSED_STATES, Because
from expectations.rules import RULES_BY_CODE
from pipelines.recording.transitions import BOOK_SCHEMA, GONE, REPLAYED_SCHEMA, RuleNight, plan_night
from pipelines.recording.unchecked import hidden
from warehouse.books.datasets import ledger_of
from warehouse.books.runs import Run
from warehouse.books.schema import findings
from warehouse.lake import Lake
from warehouse.refused import Refusals


@dataclass(frozen=True)
class Replay:
    """What ``rules`` found over the last run's deliveries, and what became of each of them.

    ``found`` is None where those deliveries are no longer there, so that nothing could be replayed.
    """

    because: Because
    rules: Collection[str]
    found: pa.Table | None = None
    nights: Sequence[RuleNight] = ()
    refusals: Refusals | None = None


_OPEN: Final = findings.c.state.not_in([state.value for state in CLOSED_STATES])


def rules_left(books: Engine, county: str) -> list[str]:
    """Rules of open findings that are in the rule book no more: nothing finds what they found, whatever the data."""
    with books.connect() as connection:
        query = select(findings.c.rule).where(findings.c.county == county, _OPEN).distinct()
        return sorted(set(connection.execute(query).scalars()) - RULES_BY_CODE.keys())


def taken_by_replays(
    books: Engine, lake: Lake, last: Run, replays: Sequence[Replay], left: Collection[str] = ()
) -> pa.Table:
    """REPLAYED_SCHEMA: the open findings that the last run showed and the replays do not, each for the first reason.

    Where a rule could not be replayed, its findings are only marked (not ``alone``): should tonight not find them,
    nobody can say whether the data took them away, and so nobody is credited with it. Of rules that are ``left`` of an
    earlier rule book everything goes, whenever it was shown last.
    """
    taken: dict[str, dict[str, object]] = {}
    with books.connect() as connection:
        mine = select(findings).where(findings.c.county == last.county, _OPEN)
        for rule in left:
            for row in connection.execute(mine.where(findings.c.rule == rule)):
                gone = {"finding_id": row.finding_id, "because": Because.RULE_BOOK.value, "alone": True}
                taken[row.finding_id] = gone
        shown = connection.execute(mine.where(findings.c.last_run == last.id)) if replays else ()
        book = pa.Table.from_pylist([dict(row._mapping) for row in shown], schema=BOOK_SCHEMA)
    older = pq.read_table(ledger_of(books, lake, last.id)) if replays else None
    for replay in replays:
        mine = book.filter(pc.is_in(book["rule"], pa.array(sorted(replay.rules), pa.string())))
        for finding, alone in _taken(mine, older, replay):
            taken.setdefault(finding, {"finding_id": finding, "because": replay.because.value, "alone": alone})
    return pa.Table.from_pylist([taken[finding] for finding in sorted(taken)], schema=REPLAYED_SCHEMA)


def _taken(book: pa.Table, older: pa.Table | None, replay: Replay) -> list[tuple[str, bool]]:
    silent = set(replay.rules)
    gone: list[tuple[str, bool]] = []
    if replay.found is not None:
        silent -= {night.rule for night in replay.nights if night.evaluated}
        shown = replay.found.select(["finding_id", "rule", "period", "certainty", "evidence_digest"])
        refused = hidden(replay.found, book, older, replay.refusals)
        plan = plan_night(shown, book, replay.nights, older, refused)
        gone = [(finding, True) for finding in plan.filter(pc.equal(plan["seen"], GONE))["finding_id"].to_pylist()]
    untold = book.filter(pc.is_in(book["rule"], pa.array(sorted(silent), pa.string())))
    return [*gone, *((finding, False) for finding in untold["finding_id"].to_pylist())]
