"""A pull: all feeds of a database in one snapshot, begun anew after a broken connection, taken in like files."""

import logging
import shutil
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
from sqlalchemy import Connection

from pipelines.house.home import hold
from pipelines.house.settings import Settings
from pipelines.night.intake import ingest
from pipelines.night.results import Intake
from pipelines.pulling.config import FeedSource, PullConfig, PullConfigError, load_pull_config
from pipelines.pulling.errors import BrokenConnectionError, PullError, all_of, no_basis, of_feed
from pipelines.pulling.marks import Mark, read_mark, step_back
from pipelines.pulling.merging import write_pulled
from pipelines.pulling.source import Rows, key_column, open_source, part_of, snapshot
from pipelines.reading.origins import Origin
from warehouse.books.deliveries import Delivery, Event, events_of, in_force

__all__ = [
    "SOURCE",
    "OnChunk",
    "PullConfig",
    "PullConfigError",
    "PullError",
    "Pulled",
    "find_base",
    "load_pull_config",
    "pull",
]

logger = logging.getLogger(__name__)

SOURCE = "pull"

OnChunk = Callable[[str, int], None]
"""Called with the feed and the rows read so far."""


@dataclass(frozen=True)
class Pulled(Intake):
    """What was pulled and taken in, and why other feeds could not be read."""

    failures: tuple[PullError, ...] = ()

    def failed(self) -> PullError | None:
        """One error of all feeds that could not be read; None where none was."""
        return all_of(self.failures) if self.failures else None


Base = tuple[Path, Mark]
"""The pulled file that a watermark pull is merged onto."""


def pull(
    settings: Settings,
    config: PullConfig,
    as_of: date,
    environment: Mapping[str, str],
    *,
    feeds: Collection[str] = (),
    full: bool = False,
    on_chunk: OnChunk | None = None,
) -> Pulled:
    """Pull the feeds (default: all of the configuration) as of D and take them in; ``full`` ignores watermarks.

    A feed that cannot be read costs no other: the others are taken in. Raises PullError or PackageMissingError where
    the database, or none of the feeds, can be read; nothing is left then.
    """
    asked = [s for s in config.feeds if not feeds or s.feed in feeds]
    policy = settings.policies.at(config.county, settings.now().date())
    wanted = [s for s in asked if policy.allows(s.feed, as_of)]
    barred = tuple(of_feed(no_basis(), s) for s in asked if s not in wanted)
    if barred and not wanted:
        raise barred[0] if len(barred) == 1 else all_of(barred)
    engine = open_source(config, environment)
    lake = settings.home.lake
    lake.spill.mkdir(parents=True, exist_ok=True)
    name = f"pull-{config.county}-{config.url_env}-"
    try:
        with hold(lake, name):
            for left in lake.spill.glob(f"{name}*"):  # of a pull that was killed: rows of people lie in it
                shutil.rmtree(left)
            bases = {s.feed: None if full else find_base(settings, config.county, s, as_of) for s in wanted}
            for attempt in range(1, config.attempts + 1):
                # a new folder each time: nothing of a broken attempt remains
                with TemporaryDirectory(prefix=name, dir=lake.spill) as folder:
                    try:
                        with snapshot(engine, config.statement_timeout) as connection:
                            failures = _read_all(
                                connection, settings, config, wanted, bases, as_of, Path(folder), on_chunk
                            )
                    except BrokenConnectionError:
                        logger.warning("pull of %s: attempt %d of %d broke", config.url_env, attempt, config.attempts)
                        if attempt < config.attempts:
                            time.sleep(config.wait_seconds)
                        continue
                    failures = (*barred, *failures)
                    if failures and len(failures) == len(asked):
                        raise failures[0] if len(failures) == 1 else all_of(failures)
                    intake = ingest(settings, settings.now().date(), [Path(folder)], source=SOURCE, archive=False)
                    return Pulled(intake.deliveries, intake.waiting, intake.refused, intake.known, failures=failures)
    finally:
        engine.dispose()
    raise BrokenConnectionError(f"the connection to the database broke {config.attempts} times")


def find_base(settings: Settings, county: str, source: FeedSource, as_of: date) -> Base | None:
    """What a watermark pull goes on from: the newest delivery in force, where it is a pull of the same source.

    None where a full pull is due: no watermark, another source since, a file in between, one that was held or withdrawn
    since, or the last full one too long ago.
    """
    if source.watermark is None:
        return None
    mine = [
        d
        for d in in_force(settings.home.books, county)
        if d.feed == source.feed and d.as_of is not None and d.as_of <= as_of
    ]
    newest = max(mine, key=lambda d: (d.as_of or date.min, d.last_event), default=None)
    if newest is None or newest.source != SOURCE or _is_doubted(settings, newest):
        return None
    path = settings.home.lake.original(newest.files[0].sha256)
    mark = read_mark(path) if path.exists() else None
    if mark is None or mark.source != source.digest() or mark.watermark is None:
        return None
    if (as_of - mark.full_as_of).days >= source.watermark.full_every_days:
        return None
    return path, mark


def _is_doubted(settings: Settings, newest: Delivery) -> bool:
    """Whether one of its feed and county was held or withdrawn since it came: what its watermark says is not trusted.

    Whatever became of that one later: the next pull is full, and what it brings is trusted again.
    """
    return any(
        event.feed == newest.feed and event.kind in (Event.HELD, Event.WITHDRAWN) and event.seq >= newest.number
        for event in events_of(settings.home.books, newest.county)
    )


def _read_all(
    connection: Connection,
    settings: Settings,
    config: PullConfig,
    sources: list[FeedSource],
    bases: Mapping[str, Base | None],
    as_of: date,
    folder: Path,
    on_chunk: OnChunk | None,
) -> tuple[PullError, ...]:
    """Read every feed that can be read; what could not is told."""
    failures = []
    for source in sources:
        settings.tell(f"pull {source.feed} {config.county}")
        target = folder / f"{source.feed}_{config.county}_{as_of:%Y%m%d}.parquet"
        try:
            with part_of(connection, source):
                _read_one(connection, config, source, bases[source.feed], as_of, target, on_chunk)
        except BrokenConnectionError:
            raise
        except PullError as error:
            logger.info("pull of %s: %s could not be read", config.url_env, source.feed)
            target.unlink(missing_ok=True)
            failures.append(error)
    return tuple(failures)


def _read_one(
    connection: Connection,
    config: PullConfig,
    source: FeedSource,
    base: Base | None,
    as_of: date,
    target: Path,
    on_chunk: OnChunk | None,
) -> None:
    raw = target.with_name(f".{source.feed}.raw")
    mark = _read(connection, config, source, base, as_of, raw, on_chunk)
    key = tuple(key_column(c) for c in source.watermark.key) if source.watermark else ()
    write_pulled(
        raw,
        target,
        key or _there(raw, source),
        before=base[0] if base else None,
        mark=mark.text(),
        origin=Origin(source.said, dict(source.columns)),
    )
    raw.unlink()


def _there(raw: Path, source: FeedSource) -> tuple[str, ...]:
    """The feed's key by its headings; those that the source does not give are told by staging."""
    names = set(pq.read_schema(raw).names)
    found = tuple(h for h in source.key_headings() if h in names)
    if source.watermark is not None and len(found) < len(source.key_headings()):
        raise PullError(f"a pull by watermark needs the columns of the key: {', '.join(source.key_headings())}")
    return found


def _read(
    connection: Connection,
    config: PullConfig,
    source: FeedSource,
    base: Base | None,
    as_of: date,
    target: Path,
    on_chunk: OnChunk | None,
) -> Mark:
    """Stream one feed into a file of text columns, and say how far it got."""
    before = base[1] if base else None
    since = step_back(before.watermark, source.watermark.overlap) if before and source.watermark else None
    rows = Rows(connection, source, since, config.chunk_rows)
    writer: pq.ParquetWriter | None = None
    count = 0
    try:
        for batch in rows.batches():
            if writer is None:
                writer = pq.ParquetWriter(target, batch.schema, compression="zstd")
            writer.write_batch(batch)
            count += batch.num_rows
            if on_chunk is not None:
                on_chunk(source.feed, count)
    finally:
        if writer is not None:
            writer.close()
    greatest = rows.greatest
    if before is not None and (greatest is None or greatest < before.watermark):
        greatest = before.watermark
    return Mark(source.digest(), before.full_as_of if before else as_of, greatest)
