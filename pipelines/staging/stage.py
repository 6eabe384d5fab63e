"""One delivery from files to staged Parquet, or to a rejection that says why."""

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Engine

from expectations.feed import Feed
from expectations.feeds import FEEDS_BY_NAME
from expectations.labels import NO_LABELS, Labels
from pipelines.house.records.profile import ExpectationRow, Profile
from pipelines.reading import UnreadableFileError, scratch_path
from pipelines.reading.arrival import Arrival
from pipelines.reading.names import explain_name, is_misnamed
from pipelines.reading.notices import Cause, Notice, notice_of, texts
from pipelines.staging.admission import explain_refusal
from pipelines.staging.basis import Allows, need_basis, needs_none
from pipelines.staging.before import find_before
from pipelines.staging.conflicts import describe_conflicts, write_without
from pipelines.staging.contents import Contents, hash_files, open_contents
from pipelines.staging.explaining import explain_bad_rows
from pipelines.staging.profile import Before, measures, profile_delivery
from pipelines.staging.pulled import tell_origin
from pipelines.staging.repeats import find_duplicates
from pipelines.staging.schema import PROBLEMS, quarantined_schema
from pipelines.staging.spool import COMPRESSION, Spool
from pipelines.staging.validate import Result, validate_profile
from warehouse.books.deliveries import (
    Accounting,
    Delivery,
    Event,
    deliveries_by_id,
    delivery_id,
    same_content,
)
from warehouse.books.standing import record_delivery
from warehouse.lake import Lake, atomic_path, write_text

LabelsAt = Callable[[Feed, date], Labels]
"""A county's own words for the labels of a feed on a day."""


def _no_labels(_feed: Feed, _on: date) -> Labels:
    return NO_LABELS


class Outcome(StrEnum):
    """What became of an arrival."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    HELD = "held"
    KNOWN = "known"


@dataclass(frozen=True)
class Staged:
    """A delivery as the books now hold it; KNOWN: this content had been taken in (or rejected) before.

    ``refusals``: why it is rejected, as the books say too, in parts.
    """

    delivery: Delivery
    outcome: Outcome
    extra_columns: tuple[str, ...] = ()
    warnings: tuple[Notice, ...] = ()
    refusals: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """A delivery that was read and judged, its files written; what :func:`record_prepared` puts into the books.

    ``refusals``: why it is rejected. KNOWN: there is nothing to record.
    """

    delivery: Delivery
    outcome: Outcome
    refusals: tuple[Notice, ...] = ()
    expectations: tuple[ExpectationRow, ...] = ()
    extra_columns: tuple[str, ...] = ()
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class _Judged:
    """Everything that reading a delivery's rows gave; ``rows`` is the finished Parquet file."""

    accounting: Accounting
    rows: Path
    quarantined: pa.Table
    problems: pa.Table
    notices: tuple[Notice, ...]


def stage_delivery(
    *,
    lake: Lake,
    books: Engine,
    arrival: Arrival,
    received_at: datetime,
    policy_value: Callable[[str], Decimal | float | int],
    source: str = "file",
    read: "Read | None" = None,
    labels: LabelsAt = _no_labels,
    allows: Allows = needs_none,
) -> Staged:
    """Take one delivery in and record it, accepted or rejected; a content that is known changes nothing.

    What is wrong with the delivery never raises, save NoBasisError where it may not be opened; the books are written
    last, so a kill leaves nothing that the next run does not redo.
    """
    prepared = prepare_delivery(
        lake=lake,
        books=books,
        arrival=arrival,
        received_at=received_at,
        policy_value=policy_value,
        source=source,
        read=read,
        labels=labels,
        allows=allows,
    )
    return record_prepared(lake, books, prepared)


def record_prepared(
    lake: Lake, books: Engine, prepared: Prepared, held: Sequence[str] = (), why: Sequence[str] = ()
) -> Staged:
    """Put a prepared delivery into the books; ``held``: why one that could be accepted must first be confirmed.

    ``why``: who brought it, where it did not come by itself.
    """
    delivery, about = prepared.delivery, (prepared.extra_columns, prepared.warnings, prepared.refusals)
    match prepared.outcome:
        case Outcome.KNOWN:
            return Staged(delivery, Outcome.KNOWN)
        case Outcome.REJECTED:
            lake.staged(delivery.feed, delivery.county, delivery.id).unlink(missing_ok=True)
            record_delivery(books, delivery, rejected=texts(prepared.refusals), expectations=prepared.expectations)
        case Outcome.ACCEPTED:
            record_delivery(books, delivery, held=held, expectations=prepared.expectations, why=why)
    found = _recorded(books, delivery)
    return Staged(found, Outcome.HELD if found.status == Event.HELD else prepared.outcome, *about)


def prepare_delivery(
    *,
    lake: Lake,
    books: Engine,
    arrival: Arrival,
    received_at: datetime,
    policy_value: Callable[[str], Decimal | float | int],
    source: str = "file",
    read: "Read | None" = None,
    labels: LabelsAt = _no_labels,
    allows: Allows = needs_none,
    again: bool = False,
) -> Prepared:
    """Read and judge one delivery and write its files; the books are only read.

    They must hold what arrived before of the same county and feed. ``policy_value("bad_rows_percent.<feed>")`` gives
    the percentage of rows that may be refused, ``labels`` the county's own words for a feed's labels at an as-of date.
    ``again``: content that was accepted is staged once more where these words are others. ``read`` does what
    :func:`read_received` does: where the file may be anybody's, in a process of its own. Raises NoBasisError, before
    anything is opened, for a feed that ``allows`` does not allow at the as-of date: whichever way it comes.
    """
    need_basis(allows, arrival.feed, arrival.as_of)
    words = _labels_for(arrival, labels)
    files, sha256 = hash_files(arrival)
    before = same_content(books, arrival.feed, arrival.county, arrival.as_of, sha256)
    known = _known(before, words, again=again)
    if known is not None:
        return Prepared(known, Outcome.KNOWN)
    # what is read from here on is what was kept: nobody changes that
    kept = [lake.take_original(path, file.sha256) for path, file in zip(arrival.paths, files, strict=True)]
    arrival = replace(arrival, paths=tuple(kept))
    delivery = Delivery(
        id=delivery_id(arrival.feed, arrival.county, arrival.as_of, sha256, words),
        feed=arrival.feed,
        county=arrival.county,
        as_of=arrival.as_of,
        source=source,
        files=files,
        sha256=sha256,
        bytes=sum(f.bytes for f in files),
        accounting=None,
        received_at=received_at,
        labels=words,
    )
    received = _receive(lake, books, arrival, delivery, policy_value, allows)
    if isinstance(received, Prepared):
        return received
    return (read or read_received)(lake, received)


def _labels_for(arrival: Arrival, labels: LabelsAt) -> Labels:
    if arrival.as_of is None or arrival.feed not in FEEDS_BY_NAME:
        return NO_LABELS
    return labels(FEEDS_BY_NAME[arrival.feed], arrival.as_of)


def _known(before: Sequence[Delivery], words: Labels, *, again: bool) -> Delivery | None:
    """Of the deliveries of one content that which this arrival is; None where it is staged.

    What was accepted at any time is known whatever the words. What was rejected with other words may be tried with
    these.
    """
    same = next((one for one in before if one.labels == words), None)
    if again:
        return same
    counted = [one for one in before if one.status != Event.REJECTED]
    in_force = [one for one in counted if one.status == Event.ACCEPTED]
    return next(iter(in_force or reversed(counted)), same)


@dataclass(frozen=True)
class Received:
    """A delivery that was taken in and not yet opened, with all that its rows are judged by.

    ``refusals``: what is wrong with it whatever it holds.
    """

    arrival: Arrival
    delivery: Delivery
    refusals: tuple[Notice, ...]
    allowed: Decimal
    before: Before


Read = Callable[[Lake, Received], Prepared]


def _receive(
    lake: Lake,
    books: Engine,
    arrival: Arrival,
    delivery: Delivery,
    policy_value: Callable[[str], Decimal | float | int],
    allows: Allows,
) -> Received | Prepared:
    """Look into the books for what it is compared with; one that bears no feed's name is not opened."""
    named = "、".join(arrival.names)
    refusals = [
        Notice(Cause.NOT_ADMITTED, problem, named)
        for problem in explain_refusal(arrival.feed, arrival.county, arrival.as_of, delivery.received_at)
    ]
    misnamed = [Notice(Cause.BAD_NAME, explain_name(n), n) for n in arrival.names if is_misnamed(n)]
    if misnamed:  # what the name says is then a guess, and not what is wrong
        return rejected(delivery, misnamed)
    if arrival.feed not in FEEDS_BY_NAME:
        return rejected(delivery, refusals)
    allowed = Decimal(str(policy_value(f"bad_rows_percent.{arrival.feed}")))
    return Received(arrival, delivery, tuple(refusals), allowed, find_before(lake, books, delivery, allows))


def read_received(lake: Lake, received: Received) -> Prepared:
    """Open, read and judge a delivery, and write its files. What is wrong with it never raises."""
    feed, arrival = FEEDS_BY_NAME[received.arrival.feed], received.arrival
    prepared = _read(lake, feed, received)
    refusals, warnings = (tell_origin(n, feed, arrival.paths) for n in (prepared.refusals, prepared.warnings))
    return replace(prepared, refusals=refusals, warnings=warnings)


def _read(lake: Lake, feed: Feed, received: Received) -> Prepared:
    arrival, delivery, refusals = received.arrival, received.delivery, [*received.refusals]
    folder = lake.staged(feed.name, arrival.county, delivery.id).parent
    with ExitStack() as stack:
        contents = stack.enter_context(open_contents(arrival, feed, folder))
        named = (replace(file, members=contents.members.get(file.name, ())) for file in delivery.files)
        delivery = replace(delivery, files=tuple(named))
        refusals += contents.problems
        if refusals:
            return rejected(delivery, refusals, contents)
        try:
            judged = _judge(stack, feed, delivery, contents, folder)
        except UnreadableFileError as error:
            return rejected(delivery, [notice_of(error)], contents)
        delivery = replace(delivery, accounting=judged.accounting)
        contents = replace(contents, warnings=(*contents.warnings, *judged.notices))
        allowed = received.allowed
        figures = profile_delivery(feed, judged.rows, judged.problems, judged.accounting, allowed, received.before)
        results = validate_profile(feed, measures(figures))
        profile: Profile = {
            **figures,
            "extra_columns": list(contents.extra_columns),
            "warnings": list(texts(contents.warnings)),
        }
        _write_quarantine(lake, delivery, judged)
        _write_figures(lake, delivery, profile, results)
        if any(r.rejects for r in results):
            reasons = explain_bad_rows(feed, judged.accounting, allowed, judged.problems)
            return rejected(delivery, reasons, contents, results)
        with atomic_path(lake.staged(feed.name, delivery.county, delivery.id)) as target:
            judged.rows.replace(target)
    delivery = replace(delivery, dataset_sha256=lake.dataset_sha256(feed.name, delivery.county, delivery.id))
    rows = tuple(r.row() for r in results)
    about = (contents.extra_columns, contents.warnings)
    return Prepared(delivery, Outcome.ACCEPTED, (), rows, *about)


def _judge(stack: ExitStack, feed: Feed, delivery: Delivery, contents: Contents, folder: Path) -> _Judged:
    """Read all rows; raises UnreadableFileError, with the place, where a file breaks off."""
    if delivery.as_of is None:
        raise ValueError("a delivery without an as-of date has no rows to judge")
    candidates = stack.enter_context(scratch_path(folder, ".parquet"))
    with Spool(feed, delivery.id, candidates, delivery.labels) as spool:
        for table in contents.tables:
            try:
                spool.take_in(table, delivery.as_of, delivery.county)
            except UnreadableFileError as error:
                raise error.at(table.file, table.sheet) from error
    quarantined, problems = spool.quarantined(), spool.problems()
    duplicates = find_duplicates(candidates, feed)
    rows = candidates
    gone = np.concatenate([duplicates.repeated, duplicates.conflicting])
    if len(gone):
        rows = stack.enter_context(scratch_path(folder, ".parquet"))
        typed = write_without(candidates, rows, duplicates, feed)
        conflicts = describe_conflicts(typed, spool.orders(duplicates.conflicting), feed, spool.tables)
        quarantined = pa.concat_tables([quarantined, conflicts.quarantined]).sort_by("order")
        problems = pa.concat_tables([problems, conflicts.problems])
    not_staged = np.concatenate([quarantined["order"].to_numpy(), spool.orders(duplicates.repeated)])
    refused_values = problems.filter(pc.equal(problems["scope"], "value"))["order"].to_numpy()
    accounting = Accounting(
        read=spool.read,
        staged=spool.candidate_rows - len(gone),
        quarantined=len(quarantined),
        totals_or_blank=spool.totals_or_blank,
        repeated=len(duplicates.repeated),
        values_refused=int(np.count_nonzero(~np.isin(refused_values, not_staged))),
    )
    problems = problems.sort_by([("order", "ascending"), ("place", "ascending")])
    problems = problems.drop_columns(["order", "place"])
    problems = problems.add_column(0, "delivery", pa.repeat(pa.scalar(delivery.id), len(problems))).cast(PROBLEMS)
    rows_refused = quarantined.drop_columns(["order"]).cast(quarantined_schema(feed))
    return _Judged(accounting, rows, rows_refused, problems, tuple(spool.notices))


def _write_quarantine(lake: Lake, delivery: Delivery, judged: _Judged) -> None:
    where_to = (delivery.feed, delivery.county, delivery.id)
    for target, table in (
        (lake.problems(*where_to), judged.problems),
        (lake.quarantined_rows(*where_to), judged.quarantined),
    ):
        with atomic_path(target) as temporary:
            pq.write_table(table, temporary, compression=COMPRESSION, write_page_checksum=True)


def _write_figures(lake: Lake, delivery: Delivery, profile: Profile, results: Sequence[Result]) -> None:
    where_to = (delivery.feed, delivery.county, delivery.id)
    write_text(lake.profile(*where_to), _json(profile))
    write_text(lake.validation(*where_to), _json([r.row() for r in results]))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def rejected(
    delivery: Delivery, reasons: Sequence[Notice], contents: Contents | None = None, results: Sequence[Result] = ()
) -> Prepared:
    """A delivery of which nothing reaches staging."""
    about = ((), ()) if contents is None else (contents.extra_columns, contents.warnings)
    once = tuple(dict.fromkeys(reasons))
    return Prepared(delivery, Outcome.REJECTED, once, tuple(r.row() for r in results), *about)


def _recorded(books: Engine, delivery: Delivery) -> Delivery:
    return deliveries_by_id(books, [delivery.id])[delivery.id]
