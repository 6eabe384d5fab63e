"""Telling people: each county's workbooks and summary, tonight's and, from the books, those of a night that is over."""

import json
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from expectations.errors import NotYetError
from expectations.feeds import FEEDS_BY_NAME
from expectations.rules import RULES
from expectations.status import RuleStatus, Silence
from pipelines.conforming import conformed_of
from pipelines.house.counties import county_name
from pipelines.house.records.night import Published, Summary
from pipelines.house.settings import Settings
from pipelines.house.side_by_side import for_each
from pipelines.landing import PassedOver, Waiting
from pipelines.night.barred import newest_barred
from pipelines.night.braked import braked_rows
from pipelines.night.halves import lone_halves
from pipelines.night.index import list_nights
from pipelines.night.publishing import erased_ids, recorded_runs, uses
from pipelines.night.results import CountyNight, Left, Night, is_refused
from pipelines.night.scanning import scan_of
from pipelines.night.summary import night_summary
from pipelines.reconciling.reconcile import RuleRun
from pipelines.recording.allowed import still_allowed
from pipelines.recording.precision import count_verdicts, precision_rows
from pipelines.recording.record import newest_recorded_run
from pipelines.reporting.delivery_page import out_of_date, write_delivery_pages
from pipelines.reporting.reports import Piece, remove_reports, write_piece, write_reports
from pipelines.reporting.summary import show_latest, write_summary
from warehouse.books.datasets import ledger_of
from warehouse.books.deliveries import (
    STOPPED,
    Delivery,
    Event,
    claim,
    deliveries_by_id,
    is_moot,
    list_deliveries,
    quality_of,
)
from warehouse.books.runs import Run, list_runs, rule_runs_of
from warehouse.books.schema import deliveries as deliveries_table
from warehouse.books.schema import delivery_events as delivery_events_table
from warehouse.keys import Use
from warehouse.loading.versions import published_version, snapshot_of

_WORTH_PROCESSES: Final = 10_000
"""Rows of a county's reports from which on writing them takes longer than starting processes for it."""


def report(
    settings: Settings,
    as_of: date,
    nights: Sequence[CountyNight],
    left: Left,
    published: Published,
    strays: Sequence[Delivery],
) -> Night:
    """Each county's workbooks and summary; ``strays``, rejected deliveries of counties without data, stand in each."""
    ran = {night.run.county for night in nights}
    known = deliveries_by_id(settings.home.books, (i for night in nights for i in night.took_in))
    told = {night.run.id: _told_before(settings, night) for night in nights}
    to_tell = [
        _ToTell(
            night,
            took_in=(*_in_order(known, night.took_in), *strays),
            waiting=tuple(w for w in left.waiting if w.county == night.run.county or w.county not in ran),
            passed_over=tuple(p for p in left.passed_over if p.county == night.run.county or p.county not in ran),
            warehouse=published if not night.replay else {"published": False, "snapshot": None},
        )
        for night in nights
        if told[night.run.id] is None
    ]
    told |= zip(
        (one.night.run.id for one in to_tell),
        for_each(settings, _tell, to_tell, f"report: {len(to_tell)} counties"),
        strict=True,
    )
    list_nights(settings)
    summaries = tuple(summary for summary in told.values() if summary is not None)
    return Night(summaries, tuple(strays), any(is_refused(settings.policies, stray, as_of) for stray in strays))


def _in_order(known: Mapping[str, Delivery], ids: Iterable[str]) -> list[Delivery]:
    """Deliveries in order of receipt."""
    return sorted((known[i] for i in set(ids) if i in known), key=lambda d: (d.received_at, d.id))


@dataclass(frozen=True)
class _ToTell:
    """A county's night and what its report says beside it."""

    night: CountyNight
    took_in: Sequence[Delivery]
    waiting: Sequence[Waiting]
    passed_over: Sequence[PassedOver]
    warehouse: Published


def _tell(settings: Settings, one: _ToTell) -> Summary:
    settings.tell(f"report {one.night.run.county}")
    return report_county(
        settings,
        one.night,
        took_in=one.took_in,
        waiting=one.waiting,
        passed_over=one.passed_over,
        warehouse=one.warehouse,
    )


def _told_before(settings: Settings, night: CountyNight) -> Summary | None:
    """The summary of a recorded night that somebody looks back at; what it said then stays as it was said."""
    summary = settings.home.lake.run_folder(night.run.id) / "summary.json"
    if settings.known_at is None or night.run.recorded_at is None or not summary.exists():
        return None
    told: Summary = json.loads(summary.read_text(encoding="utf-8"))
    return told


def strays_of(settings: Settings, taken_by: Collection[str | None]) -> list[Delivery]:
    """Rejected deliveries of counties that have no data, such as one that does not exist."""
    rejected = list_deliveries(settings.home.books, (delivery_events_table.c.kind == Event.REJECTED,))
    untold = [d for d in rejected if d.taken_by in taken_by]
    there = _deliveries_of(settings, {d.county for d in untold})
    known = {d.county for d in there if d.status in (Event.ACCEPTED, Event.HELD, Event.WITHDRAWN)}
    return [d for d in untold if d.county not in known]


def _deliveries_of(settings: Settings, counties: Collection[str]) -> list[Delivery]:
    """Deliveries of these counties only: a house has as many times those of one county as it has counties."""
    return list_deliveries(settings.home.books, (deliveries_table.c.county.in_(counties),))


def still_stopped(settings: Settings, county: str, as_of: date) -> list[Delivery]:
    """A county's deliveries of a day by ``as_of`` that are held or rejected, whose place nothing has taken since.

    Held ones come first. Of what is of no feed that we know, nobody can say when it is over: its own night tells of it.
    """
    known = _known_by(settings, county, as_of)
    counting = [d for d in known if d.status == Event.ACCEPTED]
    found = [d for d in known if d.status in STOPPED and not is_moot(d, counting)]
    return sorted(found, key=lambda d: STOPPED.index(Event(d.status)))


def _unusable(settings: Settings, county: str, as_of: date) -> list[tuple[Delivery, str]]:
    """What is in force, of a day by ``as_of``, and not used, each with why: halves of a county's books that came alone,
    and of each feed that no document allows any more the newest."""
    known = _known_by(settings, county, as_of)
    why = lone_halves(known)
    lone = [(d, why[d.id]) for d in known if d.id in why]
    return [*lone, *newest_barred(known, settings.policies.at(county, as_of).may_use)]


def _known_by(settings: Settings, county: str, as_of: date) -> list[Delivery]:
    """A county's deliveries of known feeds, of a day by ``as_of`` or of one that cannot be."""
    mine = (deliveries_table.c.county == county, deliveries_table.c.feed.in_(tuple(FEEDS_BY_NAME)))
    known = list_deliveries(settings.home.books, mine, settings.known_at)
    return [d for d in known if (d.day or as_of) <= as_of]


def claim_told(settings: Settings, nights: Sequence[CountyNight], strays: Sequence[Delivery]) -> None:
    """Note which run has told of which deliveries, so that the next one need not; recording noted most of them."""
    with settings.home.books.begin() as connection:
        for night in nights:
            claim(connection, night.took_in, night.run.id)
        if nights:
            claim(connection, [d.id for d in strays], nights[0].run.id)


def report_again(settings: Settings, as_of: date | None = None) -> Night:
    """Workbooks and summaries of what the books recorded for D: the last run of each county (or of those asked for).

    Without D the newest that was recorded. Raises NotYetError where no run has been recorded for D, or its rows were
    erased on schedule.
    """
    home = settings.home
    recorded = [r for r in recorded_runs(settings) if not settings.counties or r.county in settings.counties]
    as_of = as_of or max((run.as_of for run in recorded), default=None)
    last = {run.county: run for run in recorded if run.as_of == as_of}
    everything = list_deliveries(home.books)
    gone = erased_ids(settings)
    nights = [
        CountyNight(
            run=run,
            conformed=conformed_of(settings, run),
            rule_runs=_rule_runs_again(settings, run),
            counts=run.counts or {},
            took_in=tuple(d.id for d in everything if d.taken_by == run.id),
        )
        for _, run in sorted(last.items())
        if not uses(run, gone)
    ]
    if as_of is None or not nights:
        raise NotYetError(f"no run has been recorded for {as_of or 'any day'}, or its rows were erased on schedule")
    version = published_version(home.lake)
    published: Published = {
        "published": version is not None,
        "snapshot": snapshot_of(version) if version is not None else None,
    }
    strays = strays_of(settings, {None} | {night.run.id for night in nights})
    told = report(settings, as_of, nights, scan_of(settings), published, strays)
    claim_told(settings, nights, strays)
    return told


def _rule_runs_again(settings: Settings, run: Run) -> tuple[RuleRun, ...]:
    """What became of each rule, as the books keep it, in the rule book's order."""
    rows = {row["rule"]: row for row in rule_runs_of(settings.home.books, run.id)}
    known = (rows[rule.code] for rule in RULES if rule.code in rows)
    return tuple(RuleRun(r["rule"], r["status"], r["reason"], r["findings"] or 0, r["seconds"] or 0.0) for r in known)


def _write_pieces(settings: Settings, county: str, pieces: Sequence[Piece]) -> Sequence[Sequence[Path]]:
    """A large county's side by side, where ``settings.jobs`` allows it: of counties side by side each has one job."""
    if sum(piece.rows.num_rows for piece in pieces) < _WORTH_PROCESSES:
        settings = replace(settings, jobs=1)
    return for_each(settings, _write_piece, pieces, f"report {county}: {len(pieces)} pieces")


def _write_piece(_settings: Settings, piece: Piece) -> Sequence[Path]:
    return write_piece(piece)


def report_county(
    settings: Settings,
    night: CountyNight,
    *,
    took_in: Sequence[Delivery],
    waiting: Sequence[Waiting],
    passed_over: Sequence[PassedOver],
    warehouse: Published,
) -> Summary:
    """Write the workbooks, then the summary: it says that the night is finished; the newest one as such, too."""
    home, run = settings.home, night.run
    started = time.perf_counter()
    counting = {delivery for ids in run.deliveries.values() for delivery in ids}
    everything = _deliveries_of(settings, {run.county, *(delivery.county for delivery in took_in)})
    allows = settings.policies.at(run.county, run.as_of).may_use
    barred = [d.id for d in everything if d.county == run.county and not allows(d.feed, d.as_of)]
    ledger = still_allowed(pq.read_table(ledger_of(home.books, home.lake, run.id)), barred)
    current = [d for d in everything if d.id in counting]
    own = [delivery for delivery in everything if delivery.county == run.county]
    pages = {delivery.id: delivery for delivery in (*took_in, *out_of_date(home.lake, own))}
    titles = settings.policies.at(run.county, run.as_of).titles()
    called = {run.county: titles}
    write_delivery_pages(
        lake=home.lake, chosen=pages.values(), everything=everything, county_name=county_name, called=called
    )
    verdicts = count_verdicts(home.books, ledger, run.county, run.as_of)
    reports = write_reports(
        partial(_write_pieces, settings, run.county),
        lake=home.lake,
        run=run.id,
        county_name=county_name(run.county),
        conformed=night.conformed,
        ledger=ledger,
        deliveries_in_force=current,
        silent={
            r.rule: Silence(r.status, r.reason or "") for r in night.rule_runs if r.status is not RuleStatus.EVALUATED
        },
        verdicts=verdicts,
        titles=titles,
        key=home.keys.of(Use.FEEDBACK),
    )
    if barred:
        # workbooks of earlier nights show what they led to; ``report --as-of`` writes them anew without it
        for earlier in list_runs(home.books, run.county):
            if earlier.id != run.id and uses(earlier, barred):
                remove_reports(home.lake, earlier.id)
    summary = night_summary(
        lake=home.lake,
        run=run,
        county_name=county_name(run.county),
        conformed=night.conformed,
        titles=titles,
        rule_runs=night.rule_runs,
        counts=night.counts,
        stopped=still_stopped(settings, run.county, run.as_of),
        unusable=_unusable(settings, run.county, run.as_of),
        took_in=took_in,
        current=current,
        waiting=waiting,
        passed_over=passed_over,
        quality=quality_of(home.books, run.county),
        ledger=ledger,
        precision=precision_rows(verdicts),
        braked=braked_rows(settings, run),
        warehouse=warehouse,
        reports=reports,
        seconds=night.seconds + time.perf_counter() - started,
    )
    write_summary(lake=home.lake, run=run.id, summary=summary, rules=RULES)
    newest = newest_recorded_run(home.books, run.county)
    if newest is not None and newest.id == run.id:
        show_latest(home.lake, run.id, run.county)
    return summary
