"""Housekeeping: what is beyond its retention is erased and leaves a tombstone, leftovers are swept, chains verified.

The books say first that a delivery is erased, then its files go: after a kill the next housekeeping goes on.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from expectations.calendar import local_day
from expectations.feeds import FEEDS_BY_NAME
from expectations.policy import Entry, Policy
from pipelines.desk.freezing import frozen_runs
from pipelines.house.home import hold
from pipelines.house.language import say
from pipelines.house.settings import Settings
from pipelines.night.index import list_nights
from pipelines.night.publishing import erased_ids, forgotten_parts, publish_recorded, uses
from pipelines.reading_out.chains import verify_ledgers, verify_log
from pipelines.recording.verify import LedgerCheck
from pipelines.reporting.reports import remove_reports
from warehouse.books.audit import AuditCheck
from warehouse.books.deliveries import Delivery, Event, list_deliveries
from warehouse.books.runs import list_runs
from warehouse.books.schema import deliveries as deliveries_table
from warehouse.books.standing import erase_deliveries
from warehouse.lake import Lake, sha256_file
from warehouse.loading.versions import remove_old_versions
from warehouse.shared_lake import remove_copies

_NEWS = (Event.ACCEPTED, Event.SUPERSEDED, Event.HELD, Event.WITHDRAWN)
"""What the next run has still to look at."""


@dataclass(frozen=True)
class Kept:
    """What a housekeeping did and found.

    ``erased``: deliveries erased now. ``files``: files removed for them (or for those of a housekeeping that was
    killed). ``copies``: copies of theirs removed from shared lakes; ``unreached``: shared lakes where that failed, with
    the reason; each housekeeping asks them again. ``swept``: leftovers of killed processes. ``missing``: deliveries in
    force whose staged rows are not there; nothing is published then.
    """

    erased: tuple[str, ...]
    files: int
    copies: int
    unreached: tuple[str, ...]
    swept: int
    missing: tuple[str, ...]
    ledgers: tuple[LedgerCheck, ...]
    audit: AuditCheck

    @property
    def sound(self) -> bool:
        """Whether nothing was altered, nothing is missing, and what is erased is gone everywhere."""
        return (
            not self.missing
            and not self.unreached
            and self.audit.is_whole
            and all(ledger.is_whole for ledger in self.ledgers)
        )

    @property
    def sentences(self) -> list[str]:
        """What was done and found, a line each, in English as logs are."""
        return [english for _, english in self._lines()]

    @property
    def told(self) -> list[str]:
        """The same for a person, in the language that is spoken."""
        return [say(*both) for both in self._lines()]

    def _lines(self) -> Iterator[tuple[str, str]]:
        """Each line in Chinese and in English."""
        count, files, copies, swept = len(self.erased), self.files, self.copies, self.swept
        yield (
            f"删除了{count}批数据，{files}个文件、{copies}个副本；清理了{swept}个残留文件",
            f"erased {count} deliveries, removed {files} files and {copies} copies, swept {swept} leftovers",
        )
        yield from ((f"  {delivery}", f"  {delivery}") for delivery in self.erased)
        for one in self.ledgers:
            zh, en = _state(
                () if one.is_whole else list(one.broken) or one.astray or one.altered or one.unvouched or one.lost
            )
            yield (
                f"{one.county}的台账：{one.events}条记录，{zh}，最后的校验值 {one.head}",
                f"ledger {one.county}: {one.events} events, {en}, last digest {one.head}",
            )
        zh, en = _state(list(self.audit.broken) or self.audit.lost)
        yield (
            f"审计日志：{self.audit.entries}条记录，{zh}，最后的校验值 {self.audit.head}",
            f"audit log: {self.audit.entries} entries, {en}, last digest {self.audit.head}",
        )
        yield from ((f"缺失：{one}入库的数据行", f"MISSING: staged rows of {one}") for one in self.missing)
        for place in self.unreached:
            yield f"没有删掉：{place} 里已删除数据的副本", f"NOT REMOVED: copies of erased deliveries in {place}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "erased": list(self.erased),
            "files": self.files,
            "copies": self.copies,
            "unreached": list(self.unreached),
            "swept": self.swept,
            "missing": list(self.missing),
            "ledgers": [vars(ledger) for ledger in self.ledgers],
            "audit": vars(self.audit),
            "sound": self.sound,
        }


def _state(broken: Sequence[object]) -> tuple[str, str]:
    """Whether a chain is whole, and where it is not."""
    return (f"断开：{broken}", f"BROKEN at {broken}") if broken else ("完好", "whole")


def keep_house(settings: Settings, as_of: date) -> Kept:
    """Erase, sweep, verify; the warehouse is published without what was erased. Done twice, it changes nothing.

    D decides what is beyond its retention (policy ``retention_days``, of the feed's own where it has one).
    """
    settings.need_past(as_of)
    lake = settings.home.lake
    erased = [delivery for county in _counties(settings) for delivery in _erase(settings, county, as_of)]
    with hold(lake, "intake"):
        files = _remove_files(settings)
        copies, unreached = _remove_copies(settings)
    list_nights(settings)
    missing = [d.id for d in _in_force(settings) if not lake.staged(d.feed, d.county, d.id).exists()]
    # not only where something was erased now: a kill may have come before
    if forgotten_parts(settings) and not missing:
        publish_recorded(settings)
    files += _remove_versions(settings)
    return Kept(
        tuple(erased),
        files,
        copies,
        unreached,
        lake.sweep(),
        tuple(missing),
        tuple(verify_ledgers(settings)[0]),
        verify_log(settings),
    )


def would_erase(settings: Settings, as_of: date) -> dict[str, str]:
    """``{delivery: why}`` of what a housekeeping at D would erase."""
    found: dict[str, str] = {}
    for county in _counties(settings):
        found |= beyond_retention(settings, county, as_of)
    return found


def beyond_retention(settings: Settings, county: str, as_of: date) -> dict[str, str]:
    """``{delivery: why}`` of what may go at D.

    A delivery stays, however old, while the county's newest run reads it, while no run has looked at it yet, or while
    a frozen snapshot was made from it.
    """
    books = settings.home.books
    policy = settings.policies.at(county, as_of)
    runs = list_runs(books, county)
    newest = max((run for run in runs if run.seq is not None), key=lambda run: run.seq or 0, default=None)
    frozen = frozen_runs(books)
    needed = [run for run in runs if run.id in frozen]
    needed += [newest] if newest is not None else []
    heard = newest.heard or 0 if newest is not None else 0
    found = {}
    for delivery in list_deliveries(books, (deliveries_table.c.county == county,)):
        entry = _retention(policy, delivery.feed)
        day = delivery.as_of or local_day(delivery.received_at)
        is_needed = any(uses(run, {delivery.id}) for run in needed)
        is_news = delivery.last_event > heard and delivery.feed in FEEDS_BY_NAME and delivery.status in _NEWS
        if delivery.status == Event.ERASED or is_needed or is_news or day + timedelta(days=int(entry.value)) >= as_of:
            continue
        found[delivery.id] = f"数据截止{day}，超过保存期限{entry.value}天，于{as_of}删除；依据：{entry.source}"
    return found


def _retention(policy: Policy, feed: str) -> Entry:
    own = policy.entry_or_none(f"retention_days.{feed}", policy.d) if feed in FEEDS_BY_NAME else None
    return own or policy.entry("retention_days")


def _counties(settings: Settings) -> list[str]:
    known = {d.county for d in list_deliveries(settings.home.books) if d.county}
    return sorted(known & set(settings.counties) if settings.counties else known)


def _in_force(settings: Settings) -> list[Delivery]:
    found = list_deliveries(settings.home.books, (deliveries_table.c.feed.in_(FEEDS_BY_NAME),))
    return [d for d in found if d.status == Event.ACCEPTED]


def _erase(settings: Settings, county: str, as_of: date) -> list[str]:
    """Say in the books what is erased; under the county's lock, so that no run is reading it."""
    home = settings.home
    with hold(home.lake, county):
        reasons = beyond_retention(settings, county, as_of)
        if reasons:
            settings.tell(f"erase {len(reasons)} deliveries of {county}")
            with home.books.begin() as connection:
                erase_deliveries(connection, reasons, settings.now())
    return sorted(reasons)


def _remove_files(settings: Settings) -> int:
    """Remove whatever is left of erased deliveries, and of runs over them; how many files went."""
    home = settings.home
    known = list_deliveries(home.books)
    gone = [d for d in known if d.status == Event.ERASED]
    if not gone:
        return 0
    kept = {f.sha256 for d in known if d.status != Event.ERASED for f in d.files}
    contents = {f.sha256: f.bytes for d in gone for f in d.files if f.sha256 not in kept}
    ids = erased_ids(settings)
    runs = [run for run in list_runs(home.books) if uses(run, ids)]
    paths = {path for path in _of_deliveries(home.lake, gone, contents) if path.is_file()}
    paths |= {path for county in sorted({d.county for d in gone}) for path in _archived(home.lake, county, contents)}
    paths |= {path for run in runs for path in _of_run(home.lake, run.id) if path.is_file()}
    for path in sorted(paths):
        path.unlink(missing_ok=True)
    return len(paths) + sum(remove_reports(home.lake, run.id) for run in runs)


def _remove_versions(settings: Settings) -> int:
    """Remove every version of the warehouse but the published one, where anything was ever erased: it may hold it."""
    home = settings.home
    if not erased_ids(settings):
        return 0
    with hold(home.lake, "publishing"):
        return remove_old_versions(home.lake, kept=1)


def _remove_copies(settings: Settings) -> tuple[int, tuple[str, ...]]:
    """Remove what shared lakes hold of erased deliveries: of all that ever were, for a place may have been away."""
    home = settings.home
    gone = [d for d in list_deliveries(home.books) if d.status == Event.ERASED]
    paths = {path for d in gone for path in _rows_of(home.lake, d)}
    return remove_copies(home.lake, paths) if paths else (0, ())


def _rows_of(lake: Lake, d: Delivery) -> tuple[Path, ...]:
    return (
        lake.staged(d.feed, d.county, d.id),
        lake.problems(d.feed, d.county, d.id),
        lake.quarantined_rows(d.feed, d.county, d.id),
    )


def _of_deliveries(lake: Lake, gone: Sequence[Delivery], contents: Collection[str]) -> Iterator[Path]:
    """Rows and files of erased deliveries; figures (profile, page) stay."""
    for d in gone:
        yield from _rows_of(lake, d)
    for sha256 in contents:
        yield lake.original(sha256)


def _of_run(lake: Lake, run: str) -> tuple[Path, ...]:
    return lake.findings(run), lake.ledger(run), lake.ledger_aside(run), lake.before(run)


def _archived(lake: Lake, county: str, contents: dict[str, int]) -> Iterator[Path]:
    """Files of these contents in the county's archive, whatever they are called there."""
    sizes = set(contents.values())
    folder = lake.archive / county
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and path.stat().st_size in sizes and sha256_file(path) in contents:
            yield path
