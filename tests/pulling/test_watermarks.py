"""A watermark pulls only what changed, and comes to what a full pull comes to."""

from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow.parquet as pq
import pytest
from feed_tables import COUNTY, rows_of, text_table, write_csv

from expectations.feeds import FEEDS_BY_NAME
from pipelines.desk.releasing import release
from pipelines.desk.withdrawing import withdraw
from pipelines.house.settings import Settings
from pipelines.night.intake import ingest
from pipelines.night.pulling import pull
from pipelines.pulling.config import Watermark
from pipelines.pulling.marks import read_mark

D = date(2026, 6, 30)
NEXT = date(2026, 7, 1)
CHANGES = Watermark("changed", key=("id",), overlap=0)

pytestmark = [
    pytest.mark.services,
    # PyMySQL complains when a cursor of a killed connection is thrown away
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def names(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(row["name"] for row in rows)


def test_a_watermark_pull_is_merged_by_key_onto_the_pull_before(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 5)
    config = configure(CHANGES)
    pull(settings, config, D, environment)
    source.run("UPDATE {t} SET name = '李2', changed = '2026-06-20 00:00:00' WHERE id = 2")
    source.insert(6, 1, "2026-06-21 00:00:00")
    read = []
    (delivery,) = pull(settings, config, NEXT, environment, on_chunk=lambda _, n: read.append(n)).deliveries
    assert names(staged(delivery)) == ["张1", "张3", "张4", "张5", "张6", "李2"]
    # the five of the first pull had the greatest watermark of then, and are read again; after that only what is new
    assert read[-1] == 6
    source.insert(7, 1, "2026-06-22 00:00:00")
    (delivery,) = pull(settings, config, date(2026, 7, 1), environment, on_chunk=lambda _, n: read.append(n)).deliveries
    assert read[-1] == 2
    assert names(staged(delivery)) == ["张1", "张3", "张4", "张5", "张6", "张7", "李2"]


def test_a_watermark_pull_equals_a_full_one_byte_for_byte(
    source: Any, settings: Settings, configure: Any, environment: Any
) -> None:
    source.insert(1, 20)
    config = configure(CHANGES)
    pull(settings, config, D, environment)
    source.run("UPDATE {t} SET name = '李2', changed = '2026-06-20 00:00:00' WHERE id IN (2, 17)")
    (merged,) = pull(settings, config, NEXT, environment).deliveries
    (full,) = pull(settings, config, NEXT, environment, full=True).deliveries
    first, second = (pq.read_table(settings.home.lake.original(d.files[0].sha256)) for d in (merged, full))
    assert first.equals(second)


def test_what_was_deleted_is_found_by_the_periodic_full_pull(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 3)
    config = configure(replace(CHANGES, full_every_days=1))
    pull(settings, config, date(2026, 6, 29), environment)
    source.run("DELETE FROM {t} WHERE id = 1")
    source.insert(4, 1, "2026-06-21 00:00:00")
    (soon,) = pull(settings, config, date(2026, 6, 29), environment).deliveries
    assert names(staged(soon)) == ["张1", "张2", "张3", "张4"]
    (later,) = pull(settings, config, D, environment).deliveries
    assert names(staged(later)) == ["张2", "张3", "张4"]


def test_after_a_file_or_another_configuration_everything_is_pulled(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    feed = FEEDS_BY_NAME["low_income_members"]
    source.insert(1, 3)
    config = configure(CHANGES)
    pull(settings, config, D, environment)
    settings.inbox.mkdir(parents=True, exist_ok=True)
    write_csv(settings.inbox / f"{feed.name}_{COUNTY}_20260630.csv", text_table(feed, rows_of(feed, 2)))
    ingest(settings, NEXT)
    (after_file,) = pull(settings, config, NEXT, environment).deliveries
    assert names(staged(after_file)) == ["张1", "张2", "张3"]
    source.run("DELETE FROM {t} WHERE id = 1")
    (mapped,) = config.feeds
    other = replace(config, feeds=(replace(mapped, columns=(*mapped.columns[:-1], ("是否保障对象", "id"))),))
    pulled = pull(settings, other, NEXT, environment)
    assert pulled.deliveries[0].accounting is not None
    assert pulled.deliveries[0].accounting.read == 2


def test_after_a_hold_or_a_withdrawal_everything_is_pulled_once(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 9)
    config = configure(CHANGES)
    (first,) = pull(settings, config, D, environment).deliveries
    source.run("DELETE FROM {t} WHERE id > 2")
    (held,) = pull(settings, config, D, environment, full=True).deliveries
    release(settings, held.id, "已核实")
    source.run("DELETE FROM {t} WHERE id = 1")
    source.insert(10, 1, "2026-06-21 00:00:00")
    (after_hold,) = pull(settings, config, D, environment).deliveries
    assert (held.status, names(staged(after_hold))) == ("held", ["张10", "张2"])
    source.run("DELETE FROM {t} WHERE id = 2")
    source.insert(11, 1, "2026-06-22 00:00:00")
    (merged,) = pull(settings, config, D, environment).deliveries
    assert names(staged(merged)) == ["张10", "张11", "张2"], "a full one came since the hold"
    withdraw(settings, merged.id, "提错了", after_hold.id)
    source.insert(12, 1, "2026-06-23 00:00:00")
    (after_withdrawal,) = pull(settings, config, D, environment).deliveries
    assert names(staged(after_withdrawal)) == ["张10", "张11", "张12"]
    assert first.status == "accepted"


def test_the_watermark_steps_back_by_the_overlap_and_rows_without_one_are_always_read(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 1, "2026-06-20 12:00:00")
    config = configure(replace(CHANGES, overlap=600))
    pull(settings, config, D, environment)
    source.insert(2, 1, "2026-06-20 11:51:00")  # committed late
    source.insert(3, 1, "2026-06-20 11:49:00")  # later than the overlap allows: the next full pull finds it
    source.run("INSERT INTO {t} (id, cert, name, relation, covered) VALUES (4, 'C4', '张4', '子', 1)")
    (delivery,) = pull(settings, config, NEXT, environment).deliveries
    assert names(staged(delivery)) == ["张1", "张2", "张4"]


def test_a_number_can_be_the_watermark(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 3)
    config = configure(Watermark("id", key=("id",), overlap=0))
    (first,) = pull(settings, config, D, environment).deliveries
    mark = read_mark(settings.home.lake.original(first.files[0].sha256))
    assert mark is not None
    assert mark.watermark == 3
    source.insert(4, 2)
    (delivery,) = pull(settings, config, NEXT, environment).deliveries
    assert len(staged(delivery)) == 5
