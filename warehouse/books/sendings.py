"""What was sent out in the books: nights that sent before, and rules whose findings a night did not send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, select, update

from expectations.status import RuleStatus
from warehouse.books.runs import Run, run_of_row
from warehouse.books.schema import brakes, rule_runs, runs


class Why(StrEnum):
    """Why a rule's findings were not sent out (异常增多)."""

    MORE_THAN_USUAL = "more_than_usual"
    FIRST_NIGHT = "first_night"

    @property
    def label(self) -> str:
        """In Chinese."""
        return _LABELS[self][0]

    @property
    def label_en(self) -> str:
        """In English."""
        return _LABELS[self][1]


_LABELS: Final = {
    Why.MORE_THAN_USUAL: ("异常增多", "far more than usual"),
    Why.FIRST_NIGHT: ("异常增多：规则首次比对", "the rule's first night"),
}


@dataclass(frozen=True)
class Braked:
    """A rule whose findings stay unsent: how many, and how many of its open ones had been sent out before."""

    rule: str
    why: Why
    unsent: int
    sent: int


@dataclass(frozen=True)
class NightsBefore:
    """What the brake has to know of a county's nights before: whether there was any, and which rules they evaluated.

    ``sent_any``: another run that evaluated rules was sent out. ``evaluated``: rules that a night of an earlier D
    evaluated; None where there was none, so that this is the county's first.
    """

    sent_any: bool
    evaluated: frozenset[str] | None


def nights_before(connection: Connection, run: Run) -> NightsBefore:
    """Nights other than the run itself, which may have been recorded before and must judge the same again."""
    query = (
        select(rule_runs.c.rule, func.min(runs.c.as_of).label("first"))
        .join(runs, runs.c.id == rule_runs.c.run)
        .where(
            runs.c.county == run.county,
            runs.c.id != run.id,
            _was_sent(),
            rule_runs.c.status == RuleStatus.EVALUATED.value,
        )
        .group_by(rule_runs.c.rule)
    )
    first: dict[str, date] = {row.rule: row.first for row in connection.execute(query)}
    earlier = frozenset(rule for rule, day in first.items() if day < run.as_of)
    return NightsBefore(bool(first), earlier or None)


def _was_sent() -> ColumnElement[bool]:
    """Recorded, and sent out; a run of the first release counts as a night."""
    return runs.c.seq.is_not(None) & func.coalesce(runs.c.sent, True)


def note_brakes(connection: Connection, run: str, braked: Sequence[Braked]) -> None:
    """Say whose findings the run did not send out, whatever was said before."""
    connection.execute(delete(brakes).where(brakes.c.run == run))
    rows = [{"run": run, "rule": b.rule, "why": b.why.value, "unsent": b.unsent, "sent": b.sent} for b in braked]
    if rows:
        connection.execute(insert(brakes), rows)


def lift_brakes(connection: Connection, run: str, rules: Sequence[str]) -> None:
    """Somebody sent the findings of these rules."""
    connection.execute(delete(brakes).where(brakes.c.run == run, brakes.c.rule.in_(rules)))


def mark_sent(connection: Connection, run: str) -> None:
    """What the run found was sent out."""
    connection.execute(update(runs).where(runs.c.id == run).values(sent=True))


def brakes_of(books: Engine, run: str) -> list[Braked]:
    """Rules whose findings the run did not send out, by code."""
    with books.connect() as connection:
        rows = connection.execute(select(brakes).where(brakes.c.run == run).order_by(brakes.c.rule))
        return [Braked(row.rule, Why(row.why), row.unsent, row.sent) for row in rows]


def last_night(books: Engine, county: str) -> Run | None:
    """The run of a county that was sent out last, or None."""
    return _newest(books, runs.c.county == county)


def last_night_without(books: Engine, run: Run, rule: str) -> Run | None:
    """The last night before a recorded run on which a rule was not braked, or None."""
    braked = select(brakes.c.run).where(brakes.c.rule == rule)
    # its place is asked of the books: a night that has just recorded the run still holds it as it was before
    own = runs.alias()
    place = select(own.c.seq).where(own.c.id == run.id).scalar_subquery()
    return _newest(books, (runs.c.county == run.county) & (runs.c.seq < place) & runs.c.id.not_in(braked))


def _newest(books: Engine, condition: ColumnElement[bool]) -> Run | None:
    query = select(runs).where(_was_sent(), condition).order_by(runs.c.seq.desc()).limit(1)
    with books.connect() as connection:
        row = connection.execute(query).one_or_none()
    return run_of_row(row._mapping) if row is not None else None
