"""Verifying a county's ledger: its chain, that states follow from events, that answers are those that were given."""

from dataclasses import dataclass

from sqlalchemy import Engine, select

from expectations.finding import UNDONE
from pipelines.recording.answers import answer_digest
from pipelines.recording.chain import FIRST, digest_of
from pipelines.recording.events import read_events
from warehouse.books.schema import answers, finding_events, findings


@dataclass(frozen=True)
class LedgerCheck:
    """What a look at one county's ledger found. A chain cannot show that events were cut off its end; whoever noted
    an earlier ``head`` and count can.

    ``broken``: ``seq`` of events that do not follow from the one before. ``astray``: findings whose state, or whose
    order of states, does not follow from their events. ``altered``: digests of answers whose text is another one.
    """

    county: str
    events: int
    broken: tuple[int, ...]
    astray: tuple[str, ...]
    altered: tuple[str, ...]
    head: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing was altered."""
        return not (self.broken or self.astray or self.altered)


def verify_ledger(books: Engine, county: str) -> LedgerCheck:
    """Follow the county's chain from its first event."""
    broken: list[int] = []
    astray: set[str] = set()
    states: dict[str, str | None] = {}
    count, previous = 0, FIRST
    with books.connect() as connection:
        for count, event in enumerate(read_events(connection, county), start=1):
            follows = event["seq"] == count and event["previous"] == previous
            if not follows or event["digest"] != digest_of(event, previous):
                broken.append(int(event["seq"]))
            if states.get(event["finding_id"]) != event["from_state"]:
                astray.add(event["finding_id"])
            states[event["finding_id"]] = event["to_state"] if event["to_state"] != UNDONE else None
            previous = event["digest"]
        known = select(findings.c.finding_id, findings.c.state).where(findings.c.county == county)
        kept = {row.finding_id: row.state for row in connection.execute(known)}
        query = select(answers).where(
            answers.c.finding_id.in_(select(findings.c.finding_id).where(findings.c.county == county))
        )
        altered = [
            row.digest
            for row in connection.execute(query.order_by(answers.c.digest))
            if row.said is not None and row.digest != answer_digest(row.finding_id, row.batch, row.said)
        ]
    astray |= {i for i in kept.keys() | states.keys() if kept.get(i) != states.get(i)}
    return LedgerCheck(county, count, tuple(broken), tuple(sorted(astray)), tuple(altered), previous)


def counties_with_events(books: Engine) -> list[str]:
    """Counties that have a ledger, sorted."""
    with books.connect() as connection:
        query = select(finding_events.c.county).distinct().order_by(finding_events.c.county)
        return [str(row.county) for row in connection.execute(query)]
