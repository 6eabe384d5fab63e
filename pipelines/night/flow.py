"""The night as an ordered list of steps. The only module that calls stages, with its neighbours, named beside them.

land → stage        what has arrived, in order of arrival (taking_in.py)
conform → reconcile → record      each county at D, several at once (side_by_side.py)
load → publish      all of them at once (publishing.py)
report              each county's workbooks and summary (telling.py)

The command line and the DAGs call it.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

import pyarrow as pa

from expectations.errors import Problem
from expectations.feeds import FEEDS_BY_NAME
from expectations.policy import PolicyError
from expectations.rules import RULES, RULES_BY_CODE
from expectations.status import RuleStatus
from pipelines.conforming import conform
from pipelines.house.counties import county_name
from pipelines.house.home import code_version, hold
from pipelines.house.settings import Settings, Tell, open_settings
from pipelines.house.side_by_side import for_each
from pipelines.night.batches import batches_of
from pipelines.night.intake import ingest
from pipelines.night.publishing import erased_ids, publish, publish_recorded
from pipelines.night.replaying import ToReplay, judgements, replay_changes
from pipelines.night.reports import claim_told, report, report_again, report_county, strays_of
from pipelines.night.results import CountyNight, Intake, Left, Night, is_refused
from pipelines.night.rule_book import JudgedBy
from pipelines.night.scanning import scan_of
from pipelines.reconciling.county import Asked
from pipelines.reconciling.reconcile import Reconciled, RuleRun, write_findings
from pipelines.reconciling.together import evaluate
from pipelines.recording.record import newest_recorded_run, record_night, write_replay
from pipelines.recording.sending import has_undispatched
from pipelines.recording.transitions import RuleNight
from warehouse.books.deliveries import (
    Delivery,
    Event,
    InForce,
    counties_heard_of,
    in_force_by_county,
    is_moot,
    list_deliveries,
    once_accepted,
    position_of,
)
from warehouse.books.runs import Run, begin_run, newest_recorded_by_county, note_heard, run_id
from warehouse.books.schema import deliveries as deliveries_table

__all__ = [
    "CountyNight",
    "Intake",
    "Night",
    "Settings",
    "Tell",
    "arrived_counties",
    "check_policies",
    "counties_with_data",
    "county_name",
    "ingest",
    "open_settings",
    "publish",
    "publish_recorded",
    "reconcile_counties",
    "reconcile_county",
    "report",
    "report_again",
    "report_county",
    "run_arrivals",
    "run_night",
]


def run_night(settings: Settings, as_of: date) -> Night:
    """Everything that has arrived, every county that has data, at D. Raises PolicyError before anything is touched.

    A county that is asked for is run even where all that it ever sent was rejected: its summary says so. With
    ``settings.known_at`` nothing is taken in: the counties as they were known then.
    """
    check_policies(settings, as_of)
    intake = ingest(settings, as_of) if settings.known_at is None else Intake((), (), False)
    counties = set(counties_with_data(settings))
    counties |= set(settings.counties) & counties_heard_of(settings.home.books)
    return _run(settings, as_of, sorted(counties), intake).telling(intake)


def run_arrivals(settings: Settings, as_of: date) -> Night:
    """What has arrived, and at D the counties that it changes; sending out (下发) is left to the night."""
    settings = replace(settings, dispatch=False)
    check_policies(settings, as_of)
    intake = ingest(settings, as_of)
    night = _run(settings, as_of, arrived_counties(settings, as_of), intake)
    ran = {summary["county"] for summary in night.summaries}
    told = {delivery.id for delivery in night.strays}
    refused = [d for d in intake.deliveries if d.status == Event.REJECTED and d.county not in ran and d.id not in told]
    waited_for = any(is_refused(settings.policies, d, as_of) for d in refused)
    strays = (*night.strays, *refused)
    return replace(night, strays=strays, refused=night.refused or waited_for).telling(intake)


def _run(settings: Settings, as_of: date, counties: Sequence[str], left: Left) -> Night:
    nights = reconcile_counties(settings, counties, as_of)
    published = publish(settings, nights)
    strays = strays_of(settings, {None}) if settings.known_at is None else ()
    night = report(settings, as_of, nights, left, published, strays)
    claim_told(settings, nights, night.strays)
    return night


def check_policies(settings: Settings, as_of: date) -> None:
    """Raise PolicyError where a county of the books or the inbox lacks a value at D, DayToComeError for a D to come."""
    settings.need_past(as_of)
    arriving: set[str] = set()
    if settings.known_at is None:
        scan = scan_of(settings)
        arriving = {a.county for a in scan.ready} | {w.county for w in scan.waiting}
    problems: list[Problem] = []
    for county in sorted(arriving | set(counties_with_data(settings))):
        try:
            settings.policies.check(county, as_of)
        except PolicyError as error:
            problems += error.problems
    if problems:
        raise PolicyError(problems)


def counties_with_data(settings: Settings, until: date | None = None) -> list[str]:
    """Counties of the books with an accepted delivery (as of ``until`` or before), or those of them asked for.

    Those too of which all is held or withdrawn: their nights say so.
    """
    return _wanted(settings, _in_force(settings, until))


def arrived_counties(settings: Settings, as_of: date | None = None) -> list[str]:
    """Counties that have something new for a run at D.

    Something happened to a delivery (as of D or before), be it that it was held or withdrawn, and their last recorded
    run has not looked at it, or that run was not finished. Events come and go; this is read from the books, so that
    nothing is lost.
    """
    last = newest_recorded_by_county(settings.home.books)
    in_force = _in_force(settings, as_of)
    return _wanted(settings, {c for c, newest in in_force.items() if _has_news(settings, newest, last.get(c))})


def _has_news(settings: Settings, newest: InForce, last: Run | None) -> bool:
    if last is None or newest.last_event > (last.heard or 0) or (newest.as_of or date.min) > last.as_of:
        return True
    return not _is_finished(settings, last)


def _in_force(settings: Settings, until: date | None) -> dict[str, InForce]:
    """What is in force of the feeds, by county."""
    return in_force_by_county(settings.home.books, FEEDS_BY_NAME, until, settings.known_at)


def _wanted(settings: Settings, counties: Collection[str]) -> list[str]:
    return sorted(set(counties) & set(settings.counties) if settings.counties else counties)


def reconcile_counties(
    settings: Settings, counties: Sequence[str], as_of: date, *, told_until: date | None = None
) -> list[CountyNight]:
    """Each county at D, small ones together, as many at once as ``settings.jobs`` says; in their given order."""
    batches = batches_of(settings, counties)
    work = partial(_reconcile_batch, as_of=as_of, told_until=told_until)
    done = for_each(settings, work, batches, f"reconcile at {as_of}: {len(counties)} counties in {len(batches)} parts")
    nights = {night.run.county: night for batch in done for night in batch}
    return [nights[county] for county in counties]


def reconcile_county(settings: Settings, county: str, as_of: date, *, told_until: date | None = None) -> CountyNight:
    """Conform, reconcile and record one county at D.

    The ledger never goes back: a D before the newest recorded one, or less knowledge of deliveries than it was recorded
    with (``settings.known_at``), is a replay. ``told_until``: deliveries as of a later day are left for later runs to
    tell of.
    """
    (night,) = _reconcile_batch(settings, (county,), as_of, told_until)
    return night


def _reconcile_batch(
    settings: Settings, counties: Sequence[str], as_of: date, told_until: date | None
) -> list[CountyNight]:
    """As :func:`reconcile_county`, several counties; those that are alike are evaluated together."""
    settings.need_past(as_of)
    with ExitStack() as held:
        # in one order everywhere, so that two runs do not wait for each other
        for county in sorted(counties):
            held.enter_context(hold(settings.home.lake, county))
        started = time.perf_counter()
        begun = [_begin(settings, county, as_of) for county in counties]
        found = evaluate(settings.engine, settings.home.lake, [one.asked for one in begun], settings.home.finding_key)
        replayed = replay_changes(
            settings,
            [
                ToReplay(one.asked, one.judged, one.newest)
                for one in begun
                if one.newest is not None and one.is_told(settings)
            ],
        )
        share = (time.perf_counter() - started) / len(begun)
        return [
            _finish(settings, one, found[one.run.county], told_until, share, replayed.get(one.run.county))
            for one in begun
        ]


_NOT_YET: Final = (RuleStatus.WAITING, RuleStatus.NOT_APPLICABLE)


@dataclass(frozen=True)
class _Begun:
    """One county's run, which has begun and is still to be evaluated."""

    run: Run
    asked: Asked
    judged: Mapping[str, JudgedBy]
    known: Sequence[Delivery]
    newest: Run | None
    heard: int
    behind: bool

    @property
    def withdrawn(self) -> list[Delivery]:
        """Deliveries as of D or before that somebody took back."""
        taken_back = (d for d in self.known if d.status == Event.WITHDRAWN)
        return [d for d in taken_back if d.as_of is not None and d.as_of <= self.run.as_of]

    @property
    def barred(self) -> list[str]:
        """Deliveries whose use no document allows any more, whatever became of them."""
        return [d.id for d in self.known if not self.asked.policy.may_use(d.feed, d.as_of)]

    def is_told(self, settings: Settings) -> bool:
        """Whether the ledger is to hear of the run now: it is no replay, and has not been recorded to its end."""
        if self.run.recorded_at is None:
            return not self.behind
        return not self.behind and _is_due_again(settings, self.run, self.newest)


def _begin(settings: Settings, county: str, as_of: date) -> _Begun:
    home = settings.home
    settings.tell(f"reconcile {county} at {as_of}")
    policy = settings.policies.at(county, as_of)
    known = list_deliveries(home.books, (deliveries_table.c.county == county,), settings.known_at)
    gone = erased_ids(settings) if settings.known_at is not None else set()
    there = [d for d in known if d.status == Event.ACCEPTED and d.id not in gone]
    conformed = conform(home.lake, there, county, as_of, policy, once_accepted(home.books, known))
    newest = newest_recorded_run(home.books, county)
    heard = max((delivery.last_event for delivery in known), default=0)
    behind = newest is not None and (as_of < newest.as_of or heard < (newest.heard or 0))
    position = position_of(home.books, county, FEEDS_BY_NAME, as_of, settings.known_at)
    run = begin_run(
        home.books,
        Run(
            id=run_id(county, as_of, conformed.deliveries, position, policy.digest(), code_version()),
            county=county,
            as_of=as_of,
            deliveries=conformed.deliveries,
            policy=policy.in_force(conformed.days(policy).dates),
            code=code_version(),
            replay=behind,
            started_at=settings.now(),
            heard=heard,
            position=position,
        ),
    )
    asked = Asked(conformed, policy)
    return _Begun(run, asked, judgements(settings, asked, newest), known, newest, heard, behind)


def _finish(
    settings: Settings,
    begun: _Begun,
    found: Reconciled,
    told_until: date | None,
    evaluated_in: float,
    replayed: pa.Table | None,
) -> CountyNight:
    """Write and record what was found."""
    home, run, started = settings.home, begun.run, time.perf_counter()
    write_findings(found.findings, home.lake.findings(run.id))
    late = begun.behind and settings.known_at is not None
    took_in = () if late else _took_in(settings, run, begun.known, told_until)
    counts = _record(settings, begun, found, took_in, replayed)
    if not begun.behind:
        note_heard(home.books, run.id, begun.heard)  # a run of the same input may have been begun before
    seconds = evaluated_in + time.perf_counter() - started
    replay = begun.behind and run.recorded_at is None
    return CountyNight(run, begun.asked.conformed, found.rule_runs, counts, took_in, seconds, replay)


def _took_in(settings: Settings, run: Run, known: Sequence[Delivery], until: date | None) -> tuple[str, ...]:
    """Deliveries that no run has told of yet, and those of this one where a kill came before its summary."""
    whose: set[str | None] = {None} if _is_finished(settings, run) else {None, run.id}
    return tuple(d.id for d in known if d.taken_by in whose and (until is None or d.as_of is None or d.as_of <= until))


def _is_finished(settings: Settings, run: Run) -> bool:
    """Whether the run was run before, to its end: its summary is the last thing that it writes."""
    return (settings.home.lake.run_folder(run.id) / "summary.json").exists()


def _record(
    settings: Settings, begun: _Begun, found: Reconciled, took_in: Sequence[str], replayed: pa.Table | None
) -> Mapping[str, int]:
    home, run = settings.home, begun.run
    if begun.behind and run.recorded_at is None:
        write_replay(home.lake, run, found.findings)
        return {"new": found.findings.num_rows, "still": 0, "cleared": 0, "reopened": 0}
    if not begun.is_told(settings):
        # a killed night says what it had recorded; a night that was run before, to its end, has nothing new to say
        return _nothing_new(run.counts or {}) if _is_finished(settings, run) else run.counts or {}
    settings.tell(f"record {run.county}")
    return record_night(
        home.books,
        home.lake,
        run,
        found.findings,
        _rule_nights(begun, found.rule_runs),
        begun.asked.policy,
        rule_rows=[
            {
                "rule": r.rule,
                "status": r.status.value,
                "reason": r.reason,
                "findings": r.findings,
                "seconds": round(r.seconds, 3),
                **begun.judged[r.rule]._asdict(),
            }
            for r in found.rule_runs
        ],
        dispatch=settings.dispatch,
        at=settings.now(),
        took_in=took_in,
        refusals=found.refusals,
        replayed=replayed,
        withdrawn=[delivery.id for delivery in begun.withdrawn],
        barred=begun.barred,
    )


def _is_due_again(settings: Settings, run: Run, newest: Run | None) -> bool:
    """Whether the ledger has to hear of a recorded run again.

    Another was recorded at its D since (a correction came and was taken back), or its findings have still to be sent
    out (an arrival found them, and now it is night).
    """
    if newest is not None and newest.id != run.id:
        return True
    return settings.dispatch and has_undispatched(settings.home.books, settings.home.lake, run)


def _nothing_new(counts: Mapping[str, int]) -> Mapping[str, int]:
    still = sum(counts.get(name, 0) for name in ("new", "still", "reopened"))
    return {"new": 0, "still": still, "cleared": 0, "reopened": 0}


def _rule_nights(begun: _Begun, rule_runs: Sequence[RuleRun]) -> list[RuleNight]:
    """What the ledger must know of each rule: whether it can take a finding away, and the deliveries that prove it.

    Clocks stand still where a rule's time has not come, where it does not apply, and where it cannot be evaluated
    for want of a delivery that was withdrawn and that nothing has taken the place of.
    """
    deliveries = begun.run.deliveries
    proofs = {
        rule.code: "、".join(part for feed in rule.hears for part in deliveries.get(feed, ())[:1]) for rule in RULES
    }
    counting = [delivery for delivery in begun.known if delivery.status == Event.ACCEPTED]
    missed = {delivery.feed for delivery in begun.withdrawn if not is_moot(delivery, counting)}
    return [
        RuleNight(
            r.rule,
            r.status is RuleStatus.EVALUATED,
            r.period,
            proofs[r.rule],
            r.left_out,
            r.status in _NOT_YET
            or (r.status is RuleStatus.NOT_EVALUATED and not missed.isdisjoint(RULES_BY_CODE[r.rule].needs)),
            r.untouched,
        )
        for r in rule_runs
    ]
