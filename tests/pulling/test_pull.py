"""A pull from a real PostgreSQL or MariaDB is a delivery like a file: one moment's rows, whole or not at all."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from feed_tables import COUNTY
from long import asked_for
from source_tables import COLUMNS
from sqlalchemy import make_url, text
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.house.settings import Settings
from pipelines.night.intake import ingest
from pipelines.night.pulling import PullError, pull
from pipelines.pulling.config import FeedSource
from pipelines.pulling.source import open_source, snapshot
from warehouse.books.deliveries import list_deliveries

D = date(2026, 6, 30)
NEXT = date(2026, 7, 1)
MANY = 50_000
"""Rows that with a long name are several megabytes: a server has not sent them all when its connection is killed."""

pytestmark = [
    pytest.mark.services,
    # PyMySQL complains when a cursor of a killed connection is thrown away
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def leftovers(settings: Settings) -> list[Path]:
    return list(settings.home.lake.spill.iterdir())


def names(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(row["name"] for row in rows)


def test_a_pull_is_a_delivery_like_a_file(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 5)
    (delivery,) = pull(settings, configure(), D, environment).deliveries
    assert (delivery.status, delivery.source, delivery.as_of) == ("accepted", "pull", D)
    assert [f.name for f in delivery.files] == ["low_income_members_522601_20260630.parquet"]
    rows = staged(delivery)
    assert names(rows) == ["张1", "张2", "张3", "张4", "张5"]
    assert {row["covered"] for row in rows} == {True}
    assert {row["person_id_problem"] for row in rows} == {"blank"}
    assert leftovers(settings) == []


def test_pulling_the_same_rows_again_changes_nothing(
    source: Any, settings: Settings, configure: Any, environment: Any
) -> None:
    source.insert(1, 50)
    pull(settings, configure(), D, environment)
    source.run("DELETE FROM {t} WHERE id <= 25")
    source.insert(1, 25)  # the server may now give them in another order
    assert pull(settings, configure(), D, environment).deliveries == ()


def test_a_query_is_pulled_with_its_own_columns_and_colons(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 3)
    headings = "cert AS 低保证号, name AS 姓名, person AS 证件号码, relation AS 与户主关系, covered AS 是否保障对象"
    query = f"SELECT {headings} FROM {source.name} WHERE name <> 'a:b' AND name NOT LIKE '%3';"
    config = replace(configure(), feeds=(FeedSource("low_income_members", query=query),))
    (delivery,) = pull(settings, config, D, environment).deliveries
    assert names(staged(delivery)) == ["张1", "张2"]


def test_an_empty_table_is_a_delivery_without_rows(settings: Settings, configure: Any, environment: Any) -> None:
    (delivery,) = pull(settings, configure(), D, environment).deliveries
    assert delivery.accounting is not None
    assert (delivery.status, delivery.accounting.read) == ("held", 0)


def test_a_column_that_is_missing_rejects_the_delivery(
    source: Any, settings: Settings, configure: Any, environment: Any
) -> None:
    source.insert(1, 3)
    (feed,) = configure().feeds
    config = replace(configure(), feeds=(replace(feed, columns=feed.columns[:-1]),))
    (delivery,) = pull(settings, config, D, environment).deliveries
    assert delivery.status == "rejected"
    assert "是否保障对象" in delivery.reason[0]


# one moment's rows


def test_rows_changed_during_the_pull_do_not_tear_the_snapshot(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 3_000)
    changed = False

    def change(_feed: str, count: int) -> None:
        nonlocal changed
        if count and not changed:
            source.run("UPDATE {t} SET relation = '子'")
            source.run("DELETE FROM {t} WHERE id > 2990")
            changed = True

    (delivery,) = pull(settings, configure(chunk_rows=500), D, environment, on_chunk=change).deliveries
    rows = staged(delivery)
    assert changed
    assert len(rows) == 3_000
    assert {row["relation"] for row in rows} == {"配偶"}


def test_all_feeds_of_a_source_are_of_one_moment(
    source: Any, settings: Settings, configure: Any, environment: Any
) -> None:
    source.insert(1, 10)
    second = FeedSource(
        "low_income_payments",
        query=f"SELECT cert AS 低保证号, '2026-06' AS 发放年月, '1' AS 批次号, 400 AS 发放金额, name AS 收款人姓名,"
        f" person AS 收款人证件号码, '成功' AS 发放状态 FROM {source.name}",
    )
    config = replace(configure(), feeds=(*configure().feeds, second))

    def add_rows(feed: str, count: int) -> None:
        if feed == "low_income_members" and count:
            source.insert(11, 5)

    members, payments = pull(settings, config, D, environment, on_chunk=add_rows).deliveries
    assert members.accounting is not None
    assert payments.accounting is not None
    assert (members.accounting.staged, payments.accounting.staged) == (10, 10)


def test_the_transaction_cannot_write(source: Any, configure: Any, environment: Any) -> None:
    engine = open_source(configure(), environment)
    with pytest.raises(PullError, match="refused"), snapshot(engine, 60) as connection:
        connection.execute(text(f"DELETE FROM {source.name}"))


# what breaks


def test_a_pull_whose_connection_is_killed_half_way_begins_anew_in_a_new_snapshot(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.fill(MANY, name="张" * 40)
    killed = 0

    def kill(_feed: str, count: int) -> None:
        nonlocal killed
        if count and not killed:
            killed = source.kill_pulls()
            assert killed == 1
            source.run("UPDATE {t} SET relation = '子'")

    (delivery,) = pull(settings, configure(chunk_rows=1_000), D, environment, on_chunk=kill).deliveries
    rows = staged(delivery)
    assert len(rows) == MANY
    assert {row["relation"] for row in rows} == {"子"}
    assert leftovers(settings) == []


def test_a_connection_that_always_breaks_leaves_nothing(
    source: Any, settings: Settings, configure: Any, environment: Any
) -> None:
    source.fill(MANY, name="张" * 40)
    attempts = []

    def kill(_feed: str, count: int) -> None:
        if count == 0:
            attempts.append(count)
        elif count <= 2_000:
            source.kill_pulls()

    with pytest.raises(PullError, match="broke 2 times"):
        pull(settings, configure(chunk_rows=1_000, attempts=2), D, environment, on_chunk=kill)
    assert len(attempts) == 2
    assert list_deliveries(settings.home.books) == []
    assert leftovers(settings) == []


def test_a_statement_that_takes_too_long_is_given_up(
    source: Any, settings: Settings, configure: Any, environment: Any
) -> None:
    source.insert(1, 1)
    wait = "pg_sleep(20)" if source.is_postgres else "sleep(20)"
    slow = FeedSource("low_income_members", query=f"SELECT {wait} AS 低保证号 FROM {source.name}")
    with pytest.raises(PullError):
        pull(settings, replace(configure(statement_timeout=1, attempts=1), feeds=(slow,)), D, environment)


def test_an_unknown_table_is_told_and_not_tried_again(settings: Settings, configure: Any, environment: Any) -> None:
    config = replace(configure(), feeds=(FeedSource("low_income_members", table="no_such_table"),))
    with pytest.raises(PullError, match="no_such_table"):
        pull(settings, config, D, environment)


# size


MEASURE = """
import resource, sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from pipelines.pulling.config import FeedSource, PullConfig
from pipelines.night.pulling import _read_all
from pipelines.pulling.source import open_source, snapshot
from pipelines.house.actor import Actor, Role
from pipelines.house.settings import open_settings
import pyarrow.parquet as pq
url, table, columns, home = sys.argv[1], sys.argv[2], eval(sys.argv[3]), Path(sys.argv[4])
source = FeedSource("low_income_members", table=table, columns=tuple(columns.items()))
config = PullConfig("522601", "URL", (source,))
settings = open_settings(home, inbox=None, policy=None, now=lambda: None, actor=Actor('tester', Role.DATA_TEAM))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
home.mkdir()
with snapshot(open_source(config, {"URL": url}), 600) as connection:
    _read_all(connection, settings, config, [source], {"low_income_members": None}, date(2026, 6, 30), home, None)
rows = pq.read_metadata(next(home.glob("*.parquet"))).num_rows
print(rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
@asked_for
def test_a_million_rows_are_pulled_in_bounded_memory(source: Any, tmp_path: Path) -> None:
    source.fill(1_000_000)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, source.url, source.name, repr(COLUMNS), str(tmp_path / "home")],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    rows, grown = map(int, done.stdout.split()[-2:])  # DuckDB draws a progress bar before it where it takes long
    assert rows == 1_000_000
    assert grown < 300  # MB; it was 116 and 101, and with a tenth of the rows 68 and 47


# the command


def test_the_command_pulls_what_a_file_says_and_never_shows_the_url(
    source: Any, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.insert(1, 4)
    config = tmp_path / "source.yaml"
    config.write_text(
        f"county: '{COUNTY}'\nurl_env: SOME_URL\nfeeds:\n  low_income_members:\n    table: {source.name}\n"
        f"    columns: {json.dumps(COLUMNS, ensure_ascii=False)}\n",
        encoding="utf-8",
    )
    arguments = ["pull", str(config), "--as-of", "2026-06-30", "--home", str(settings.home.folder), "--json"]
    unset = CliRunner().invoke(app, arguments)
    assert unset.exit_code == 1
    assert "the environment variable SOME_URL is not set" in unset.stderr
    monkeypatch.setenv("SOME_URL", source.url)
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert '"staged": 4' in done.stdout
    nobody_there = make_url(source.url).set(password="hunter2", host="127.0.0.1", port=1, query={})  # noqa: S106
    monkeypatch.setenv("SOME_URL", nobody_there.render_as_string(hide_password=False))
    refused = CliRunner().invoke(app, arguments)
    assert refused.exit_code == 1
    assert "hunter2" not in refused.output


PULL = """
import os, sys
from datetime import UTC, date, datetime
from pathlib import Path
from pipelines.house.actor import Actor, Role
from pipelines.house.settings import open_settings
from pipelines.night.pulling import load_pull_config, pull
settings = open_settings(
    Path(sys.argv[2]),
    inbox=None,
    policy=None,
    now=lambda: datetime(2026, 7, 1, 4, tzinfo=UTC),
    actor=Actor("tester", Role.DATA_TEAM),
)
die = lambda feed, count: count >= 2_000 and os._exit(9)
pull(settings, load_pull_config(Path(sys.argv[1])), date(2026, 6, 30), os.environ, on_chunk=die)
"""


def test_after_a_pull_that_was_killed_the_next_one_gives_the_whole(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any, tmp_path: Path
) -> None:
    source.insert(1, 3_000)
    config = tmp_path / "source.yaml"
    columns = ", ".join(f"{heading}: {column}" for heading, column in configure().feeds[0].columns)
    config.write_text(
        f"county: '{COUNTY}'\nurl_env: SOME_URL\nchunk_rows: 1000\nfeeds:\n  low_income_members:\n"
        f"    table: {source.name}\n    columns: {{{columns}}}\n",
        encoding="utf-8",
    )
    home = settings.home.folder
    variables = {**os.environ, "SOME_URL": source.url}
    environment["SOME_URL"] = source.url
    killed = subprocess.run([sys.executable, "-c", PULL, str(config), str(home)], env=variables)
    assert killed.returncode == 9
    assert leftovers(settings) != []
    assert ingest(settings, NEXT).deliveries == ()
    (delivery,) = pull(settings, configure(url_env="SOME_URL"), D, environment).deliveries
    assert len(staged(delivery)) == 3_000
    assert leftovers(settings) == []
