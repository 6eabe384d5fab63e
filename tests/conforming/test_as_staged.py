"""What was staged is what is used: a flipped bit is refused in a sentence, and never a finding."""

import os
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from bench import Bench
from feed_tables import AS_OF, COUNTY, rows_of, text_table

from expectations.feeds import FEEDS_BY_NAME
from expectations.policy import Policy
from pipelines.conforming import conform
from pipelines.conforming.current import rows_by_year
from pipelines.house.policies import load_policies
from warehouse.books.connection import open_books
from warehouse.books.deliveries import list_deliveries
from warehouse.lake import Lake
from warehouse.staged import StagedChangedError, quarantined_rows

FEED = FEEDS_BY_NAME["students"]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    lake = Lake(tmp_path / "home")
    made = Bench(lake, open_books(lake))
    made.send("csv", FEED, text_table(FEED, rows_of(FEED, 5)))
    return made


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policies(None).at(COUNTY, AS_OF)


def flip(path: Path, place: int) -> None:
    """One bit, and the file's time as it was: as a disk does, or somebody who does not want to be seen."""
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_flipped_bit_is_refused_wherever_it_lies(bench: Bench, policy: Policy) -> None:
    (delivery,) = list_deliveries(bench.books)
    path = bench.lake.staged(FEED.name, COUNTY, delivery.id)
    flip(path, path.stat().st_size // 3)
    with pytest.raises(StagedChangedError, match=f"the staged rows of {delivery.id} are not those that were staged"):
        conform(bench.lake, [delivery], COUNTY, AS_OF, policy)


def test_what_was_refused_is_known_again_too(bench: Bench, policy: Policy) -> None:
    (delivery,) = list_deliveries(bench.books)
    bench.lake.problems(FEED.name, COUNTY, delivery.id).unlink()
    with pytest.raises(StagedChangedError):
        conform(bench.lake, [delivery], COUNTY, AS_OF, policy)


def test_what_nobody_touched_is_used_and_has_checksums_of_its_pages(bench: Bench, policy: Policy) -> None:
    (delivery,) = list_deliveries(bench.books)
    assert FEED.name in conform(bench.lake, [delivery], COUNTY, AS_OF, policy).feeds
    path = bench.lake.staged(FEED.name, COUNTY, delivery.id)
    place = pq.ParquetFile(path).metadata.row_group(0).column(2).data_page_offset
    flip(path, place + 40)
    with pytest.raises(OSError, match=r"checksum|CRC|crc|corrupt"):
        pq.read_table(path, page_checksum_verification=True)


def test_years_are_counted_of_what_was_staged_alone(bench: Bench) -> None:
    """What came before counts beside the current one: of what was spoilt, and withdrawn for that, its figures do."""
    feed = FEEDS_BY_NAME["insurance_enrolments"]
    delivery = bench.send("csv", feed, text_table(feed, rows_of(feed, 5))).delivery
    path = bench.lake.staged(feed.name, COUNTY, delivery.id)
    flip(path, path.stat().st_size // 3)
    with pytest.raises(StagedChangedError):
        rows_by_year(bench.lake, delivery)
    assert sum(rows_by_year(bench.lake, replace(delivery, status="withdrawn")).values()) == 5


def test_refused_rows_are_counted_of_what_was_staged_alone(bench: Bench) -> None:
    (delivery,) = list_deliveries(bench.books)
    path = bench.lake.quarantined_rows(FEED.name, COUNTY, delivery.id)
    assert quarantined_rows(bench.lake, delivery) == path
    assert quarantined_rows(bench.lake, replace(delivery, status="erased")) is None
    path.write_bytes(b"")
    with pytest.raises(StagedChangedError):
        quarantined_rows(bench.lake, delivery)
