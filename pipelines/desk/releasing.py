"""What people decide of deliveries: an earlier content in force again, a stopped one let through."""

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from expectations.calendar import local_day
from expectations.errors import RefusedError, RequestError
from pipelines.desk.restaging import arrival_of
from pipelines.house.deliveries import find_named
from pipelines.house.home import hold
from pipelines.house.settings import Settings
from pipelines.reading.notices import texts
from pipelines.staging import Allows, Apart, Outcome, need_basis, stage_delivery
from warehouse.books.connection import open_books
from warehouse.books.deliveries import STOPPED, Delivery, Event, in_force, is_moot, is_same_day
from warehouse.books.standing import append_event
from warehouse.lake import Lake, atomic_path

_NO_LIMIT = Decimal(100)
_FOLDER = "release-"


def restore(settings: Settings, delivery: str) -> Delivery:
    """Put a superseded delivery in force again, superseding what is; one that is in force stays as it is.

    So does one that was withdrawn. The actor's name is recorded. Raises UnknownError for an unknown delivery,
    RequestError for one that was stopped or erased, NoBasisError.
    """

    def put_back(found: Delivery) -> None:
        if found.status in STOPPED:
            raise RequestError(f"{found.id} was {found.status}", advice="see liangxian release")
        if found.status == Event.ERASED:
            raise RequestError(f"{found.id} was erased on schedule", why="its rows are gone")
        if found.status in (Event.SUPERSEDED, Event.WITHDRAWN):
            need_basis(_allows(settings, found), found.feed, found.as_of)
            _append(settings, found, Event.RESTORED, settings.actor.who)

    return _decide(settings, delivery, put_back)


def release(settings: Settings, delivery: str, reason: str, instead: str = "") -> Delivery:
    """Let a delivery through that was stopped for its share of bad rows, or held for having far fewer rows than before.

    Bad rows stay in quarantine; what was rejected is staged again from the files that were kept. What has come into
    force since for the same feed, county and as-of is superseded only where ``instead`` names it. Raises UnknownError
    for an unknown delivery, RequestError for one that was not stopped, cannot be read at all, or is not the newest,
    NoBasisError for one that no document allows any more.
    """
    if not reason.strip():
        raise RequestError("a delivery is released for a reason only")

    def let_through(found: Delivery) -> None:
        if found.status not in STOPPED:
            raise RequestError(f"{found.id} was not rejected or held", why=f"it is {found.status}")
        if found.accounting is None:
            raise RequestError(f"{found.id} has no rows that could be let through", why=" ".join(found.reason))
        # what is held has been read already: it is asked here too, so that nothing of it comes to count
        need_basis(_allows(settings, found), found.feed, found.as_of)
        _check_instead(settings, found, instead)
        staged = _stage_again(settings, found) if found.status == Event.REJECTED else None
        _append(settings, found, Event.RELEASED, f"{settings.actor.who}：{reason.strip()}", staged)

    return _decide(settings, delivery, let_through)


def _check_instead(settings: Settings, stopped: Delivery, instead: str) -> None:
    """Whether what is in force of the same as-of may go for a stopped delivery: newer than it, it must be named."""
    same = [d for d in in_force(settings.home.books, stopped.county) if is_same_day(d, stopped)]
    if instead:
        named = find_named(settings, instead)
        if named.id not in {d.id for d in same}:
            raise RequestError(
                f"{named.id} is not what {stopped.id} would come instead of",
                why="it is not in force of the same feed, county and as-of date",
            )
    newer = next((d for d in same if is_moot(stopped, [d])), None)
    if newer is not None and not instead:
        raise RequestError(
            f"{newer.id} is newer than {stopped.id}, and in force",
            why="of the same feed, county and as-of date only one counts",
            advice=f"keep it; or if it is the wrong one, say so: --instead {newer.id}",
        )


def _decide(settings: Settings, delivery: str, act: Callable[[Delivery], None]) -> Delivery:
    """Look the delivery up, act on it, and give it back as it then is; nothing is taken in meanwhile."""
    with hold(settings.home.lake, "intake"):
        act(find_named(settings, delivery))
        return find_named(settings, delivery)


def _allows(settings: Settings, delivery: Delivery) -> Allows:
    """What the policy of the delivery's county allows as it stands today."""
    return settings.policies.at(delivery.county, local_day(settings.now())).allows


def _append(settings: Settings, delivery: Delivery, kind: Event, why: str, staged: str | None = None) -> None:
    append_event(settings.home.books, delivery, kind, settings.now(), [why], staged)


def _stage_again(settings: Settings, delivery: Delivery) -> str:
    """Stage the kept files in a home of their own, without a limit on bad rows, and take over the staged rows.

    The hash of what is staged now.
    """
    lake = settings.home.lake
    kept = arrival_of(lake, delivery)
    lake.spill.mkdir(parents=True, exist_ok=True)
    for left in lake.spill.glob(f"{_FOLDER}*"):  # of a release that was killed: rows of people lie in it
        shutil.rmtree(left)
    with TemporaryDirectory(prefix=_FOLDER, dir=lake.spill) as folder, Apart(settings.reading) as apart:
        aside = Lake(Path(folder))
        books = open_books(aside)
        try:
            staged = stage_delivery(
                lake=aside,
                books=books,
                arrival=kept,
                received_at=delivery.received_at,
                policy_value=lambda _key: _NO_LIMIT,
                source=delivery.source,
                read=apart.read,
                labels=lambda _feed, _on: delivery.labels,
                allows=_allows(settings, delivery),
            )
        finally:
            books.dispose()
        if staged.outcome is not Outcome.ACCEPTED or staged.delivery.accounting != delivery.accounting:
            # its rows in quarantine and its figures in the books would be those of another reading
            raise RefusedError(
                f"{delivery.id} is read differently by this version of the software",
                why=" ".join(texts(staged.refusals)),
                advice="have it sent again",
            )
        where = (delivery.feed, delivery.county, delivery.id)
        with atomic_path(lake.staged(*where)) as target:
            aside.staged(*where).replace(target)
    return lake.dataset_sha256(*where)
