"""A feed that cannot be read costs no other: the others arrive, and it is told by feed, table and cause."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from feed_tables import COUNTY
from source_tables import COLUMNS
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.house.settings import Settings
from pipelines.night.pulling import PullError, pull
from pipelines.pulling.config import FeedSource, Watermark
from warehouse.books.deliveries import list_deliveries

D = date(2026, 6, 30)

pytestmark = pytest.mark.services


def payments(source: Any) -> FeedSource:
    return FeedSource(
        "low_income_payments",
        query=f"SELECT cert AS 低保证号, '2026-06' AS 发放年月, '1' AS 批次号, 400 AS 发放金额, name AS 收款人姓名,"
        f" person AS 收款人证件号码, '成功' AS 发放状态 FROM {source.name}",
    )


def failing(source: Any) -> dict[str, tuple[FeedSource, str]]:
    """Ways in which a feed cannot be read, and what is said of it."""
    columns = tuple(COLUMNS.items())
    division = "CAST(name AS integer)" if source.is_postgres else f"(SELECT id FROM {source.name})"
    return {
        "no table": (FeedSource("low_income_members", table="no_such_table", columns=columns), "no_such_table"),
        "no column": (
            FeedSource("low_income_members", table=source.name, columns=(*columns[:-1], ("是否保障对象", "nowhere"))),
            "nowhere",
        ),
        "no statement": (FeedSource("low_income_members", query="SELEC 1"), "its query"),
        "an error while it runs": (
            FeedSource("low_income_members", query=f"SELECT {division} AS 低保证号 FROM {source.name}"),
            "its query",
        ),
    }


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("way", ["no table", "no column", "no statement", "an error while it runs"])
def test_a_feed_that_cannot_be_read_is_named_and_the_others_come(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any, way: str, first: bool
) -> None:
    source.insert(1, 6)
    wrong, said = failing(source)[way]
    feeds = (wrong, payments(source)) if first else (payments(source), wrong)
    pulled = pull(settings, replace(configure(), feeds=feeds), D, environment)
    assert [(d.feed, len(staged(d))) for d in pulled.deliveries] == [("low_income_payments", 6)]
    (failure,) = pulled.failures
    told = str(failure)
    assert told.startswith("低保、特困对象（人） low_income_members (")
    assert "could not be pulled: the database refused" in told
    assert said in told
    assert list(settings.home.lake.spill.iterdir()) == []
    failed = pulled.failed()
    assert failed is not None
    assert "low_income_members" in str(failed)
    assert "没有取成：数据库拒绝：" in failed.for_people()


def test_where_no_feed_can_be_read_all_are_told_and_nothing_is_taken_in(
    source: Any, settings: Settings, configure: Any, environment: Any
) -> None:
    feeds = (FeedSource("low_income_members", table="nowhere_1"), FeedSource("low_income_payments", table="nowhere_2"))
    with pytest.raises(PullError) as caught:
        pull(settings, replace(configure(), feeds=feeds), D, environment)
    assert [word in str(caught.value) for word in ("nowhere_1", "nowhere_2")] == [True, True]
    assert list_deliveries(settings.home.books) == []


def test_a_name_that_stands_twice_is_told_with_its_name(
    source: Any, settings: Settings, configure: Any, environment: Any
) -> None:
    source.insert(1, 1)
    twice = (("低保证号", "cert"), ("低保证号", "name"))
    feeds = (FeedSource("low_income_members", table=source.name, columns=twice), payments(source))
    pulled = pull(settings, replace(configure(), feeds=feeds), D, environment)
    assert "低保证号 is there twice" in str(pulled.failures[0])
    assert [d.feed for d in pulled.deliveries] == ["low_income_payments"]


def test_a_watermark_of_another_kind_is_told_by_its_column(
    source: Any, settings: Settings, configure: Any, environment: Any
) -> None:
    source.insert(1, 1)
    source.run("ALTER TABLE {t} ADD share double precision")
    source.run("UPDATE {t} SET share = 0.5")
    feed = replace(configure(Watermark("share", key=("id",))).feeds[0])
    pulled = pull(settings, replace(configure(), feeds=(feed, payments(source))), D, environment)
    assert "the watermark share is neither a time nor a date nor a whole number" in str(pulled.failures[0])
    assert [d.feed for d in pulled.deliveries] == ["low_income_payments"]


def test_the_command_names_the_feed_that_failed_and_ends_with_status_3(
    source: Any, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.insert(1, 2)
    config = tmp_path / "source.yaml"
    query = payments(source).query
    config.write_text(
        f"county: '{COUNTY}'\nurl_env: SOME_URL\nfeeds:\n  low_income_members:\n    table: no_such_table\n"
        f'  low_income_payments:\n    query: "{query}"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("SOME_URL", source.url)
    home = str(settings.home.folder)
    arguments = ["pull", str(config), "--as-of", "2026-06-30", "--home", home]
    done = CliRunner().invoke(app, [*arguments, "--json", "--lang", "en"])
    assert done.exit_code == 3, done.output
    assert '"staged": 2' in done.stdout
    assert "low_income_members (table no_such_table) could not be pulled: the database refused" in done.stderr
    again = CliRunner().invoke(app, [*arguments, "--lang", "zh"])
    assert "low_income_members，表no_such_table）没有取成：数据库拒绝：" in again.stderr


def test_what_is_wrong_with_rows_is_told_by_table_column_and_key(
    source: Any, settings: Settings, configure: Any, environment: Any
) -> None:
    source.insert(1, 5)
    source.run("UPDATE {t} SET relation = '邻居' WHERE id IN (2, 4)")
    (delivery,) = pull(settings, configure(), D, environment).deliveries
    assert delivery.status == "rejected"
    (told,) = [reason for reason in delivery.reason if "邻居" in reason]
    assert told.endswith(f"（表{source.name}，字段relation，主键C000002、C000004）")


def test_a_column_that_is_missing_is_told_by_table(
    source: Any, settings: Settings, configure: Any, environment: Any
) -> None:
    source.insert(1, 1)
    (feed,) = configure().feeds
    config = replace(configure(), feeds=(replace(feed, columns=feed.columns[:-1]),))
    (delivery,) = pull(settings, config, D, environment).deliveries
    assert [reason.endswith(f"（表{source.name}）") for reason in delivery.reason] == [True]


def test_the_same_rows_again_are_known_and_said_so(
    source: Any, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.insert(1, 2)
    config = tmp_path / "source.yaml"
    config.write_text(
        f"county: '{COUNTY}'\nurl_env: SOME_URL\nfeeds:\n  low_income_payments:\n"
        f'    query: "{payments(source).query}"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("SOME_URL", source.url)
    call = ["pull", str(config), "--as-of", "2026-06-30", "--home", str(settings.home.folder), "--json"]
    assert "the same content" not in CliRunner().invoke(app, call).stderr
    again = CliRunner().invoke(app, call)
    assert again.exit_code == 0
    known = "low_income_payments_522601_20260630.parquet: the same content is there already (delivery 1, accepted)"
    assert known in again.stderr
