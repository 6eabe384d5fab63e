"""What has arrived, staged: each delivery in a process of its own, several at once where the settings say so."""

import logging
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from expectations.labels import labels_of
from expectations.policy import Policy
from expectations.suites import REFERENCES
from pipelines.house.home import hold
from pipelines.house.settings import Settings
from pipelines.house.side_by_side import jobs_for
from pipelines.landing import PassedOver, Why, archive_files
from pipelines.night.holding import why_held
from pipelines.night.results import Intake, is_refused
from pipelines.night.scanning import scan_of, scan_paths
from pipelines.reading.arrival import Arrival
from pipelines.staging import Apart, NoBasisError, Outcome, Prepared, prepare_delivery, record_prepared
from warehouse.books.deliveries import deliveries_by_id
from warehouse.lake import NotPlainError

_AHEAD: Final = 8
"""Deliveries for each that is read at once that may be begun before their turn to be recorded."""

logger = logging.getLogger(__name__)


def ingest(
    settings: Settings,
    on: date,
    paths: Sequence[Path] = (),
    *,
    source: str = "file",
    archive: bool | None = None,
    oldest_first: bool = False,
) -> Intake:
    """Take in what lies in the inbox (or ``paths``), in order of arrival, or of as-of dates with ``oldest_first``.

    Files that were taken move to the archive: those of the inbox, unless ``archive`` says otherwise. Several are
    staged at once (``settings.jobs``), each in a process of its own, and recorded in the same order.
    """
    home = settings.home
    with hold(home.lake, "intake"):
        home.lake.sweep()
        scan = scan_of(settings) if not paths else scan_paths(settings, paths)
        taken: list[str] = []
        again: list[str] = []
        passed = [*scan.passed_over]
        ready = sorted(scan.ready, key=lambda a: a.as_of or date.min) if oldest_first else scan.ready
        arrivals = [*ready, *scan.unknown]
        # closed with the block: its processes end before the lock goes, also where something cannot be recorded
        with closing(_prepared(settings, arrivals, on, source)) as in_turn:
            for arrival, prepared in zip(arrivals, in_turn, strict=True):
                if isinstance(prepared, PassedOver):
                    passed.append(prepared)
                    continue
                judged = prepared.outcome is Outcome.ACCEPTED
                held = why_held(settings, prepared.delivery, on) if judged else ()
                staged = record_prepared(home.lake, home.books, prepared, held)
                logger.info("delivery %s: %s", staged.delivery.id, staged.outcome)
                (again if staged.outcome is Outcome.KNOWN else taken).append(staged.delivery.id)
                if not paths if archive is None else archive:
                    archive_files(lake=home.lake, inbox=settings.inbox, paths=arrival.paths, county=arrival.county)
    found = deliveries_by_id(home.books, [*taken, *again])
    deliveries = tuple(found[i] for i in taken)
    refused = any(is_refused(settings.policies, d, on) for d in deliveries)
    for one in passed:
        logger.info("passed over in the inbox: %s (%s)", one.name, one.why)
    return Intake(deliveries, scan.waiting, refused, tuple(found[i] for i in dict.fromkeys(again)), tuple(passed))


@dataclass(frozen=True)
class _Turn:
    """One arrival to be prepared."""

    arrival: Arrival
    received_at: datetime
    on: date
    source: str


def _prepared(
    settings: Settings, arrivals: Sequence[Arrival], on: date, source: str
) -> Generator[Prepared | PassedOver, None, None]:
    """Each arrival prepared, in their order; the one before is recorded when the next is asked for.

    What is no plain file any more is passed over.
    """
    jobs = jobs_for(settings, len(arrivals)) if len(arrivals) > 1 else 1
    before = _waits_for(arrivals)
    turns: list[_Turn] = []
    begun: dict[int, Future[Prepared | PassedOver]] = {}
    with ThreadPoolExecutor(jobs) as pool, Apart(settings.reading) as apart:
        try:
            for place, arrival in enumerate(arrivals):
                settings.tell(f"stage {arrival.feed} {arrival.county} {arrival.as_of} ({place + 1} of {len(arrivals)})")
                ahead = min(place + (jobs * _AHEAD if jobs > 1 else 1), len(arrivals))
                # received in this order, whichever is prepared first
                turns += [_Turn(arrivals[n], settings.now(), on, source) for n in range(len(turns), ahead)]
                for n in range(place, ahead):
                    if n not in begun and all(earlier < place for earlier in before[n]):
                        begun[n] = pool.submit(_prepare, settings, turns[n], apart)
                yield begun.pop(place).result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _waits_for(arrivals: Sequence[Arrival]) -> list[list[int]]:
    """By arrival, those before it that it is compared with: of its county, the same feed or one that it refers to."""
    compared: dict[str, set[str]] = {}
    for reference in REFERENCES:
        compared.setdefault(reference.feed, {reference.feed}).add(reference.other)
    places: dict[tuple[str, str], list[int]] = {}
    waits = []
    for place, one in enumerate(arrivals):
        feeds = compared.get(one.feed, {one.feed})
        waits.append([earlier for feed in feeds for earlier in places.get((one.county, feed), ())])
        places.setdefault((one.county, one.feed), []).append(place)
    return waits


def _prepare(settings: Settings, turn: _Turn, apart: Apart) -> Prepared | PassedOver:
    arrival, home = turn.arrival, settings.home
    policy = settings.policies.at(arrival.county, turn.on)
    try:
        return prepare_delivery(
            lake=home.lake,
            books=home.books,
            arrival=arrival,
            received_at=turn.received_at,
            policy_value=partial(feed_value, policy),
            source=turn.source,
            read=apart.read,
            labels=partial(labels_of, policy),
            allows=policy.allows,
        )
    except NoBasisError:
        return PassedOver(arrival.names[0], Why.NO_BASIS, arrival.county)
    except NotPlainError:
        return PassedOver(arrival.names[0], Why.CHANGED, arrival.county)


def feed_value(policy: Policy, key: str) -> Any:
    """``bad_rows_percent.<feed>``, falling back to the general parameter."""
    name, _, feed = key.rpartition(".")
    return policy.for_feed(name, feed) if name else policy[key]
