"""What every feed has, of its declaration alone: pages, contracts, tables, rows to test with, a synthetic county.

Templates, ``check``, reading and staging are asked of every feed where their own tests are, under the same list.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from allowances import allow_all
from builders import deliver, world
from feed_tables import AS_OF, COUNTY, file_name, rows_of, text_table, write_csv
from office_rows import row_of

from expectations.feed import Fact, Facts, Feed, Personal, problem_column
from expectations.feeds import CORE_FEEDS, FEEDS
from pipelines.landing import scan_inbox
from pipelines.reporting.delivery_page import write_delivery_pages
from pipelines.simulator.simulation import SIMULATED, make_county
from pipelines.staging import Outcome, stage_delivery
from pipelines.workshop.documenting import render_pages
from warehouse.books.connection import open_books
from warehouse.lake import Lake
from warehouse.loading.loads import LOADS
from warehouse.tables import TABLES

EVERY = pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
PAGES = render_pages()


@EVERY
def test_a_feed_has_its_page_its_contracts_and_a_line_at_its_office(feed: Feed) -> None:
    made = (f"{feed.name}.odcs.yaml", f"{feed.name}.datapackage.json", f"examples/{feed.name}.csv")
    assert {f"feeds/{feed.name}.md", *(f"contracts/{name}" for name in made)} <= set(PAGES)
    (line,) = (line for line in PAGES["departments.md"].splitlines() if f"(feeds/{feed.name}.md)" in line)
    assert line.startswith(f"| {feed.sender.label} |")


@EVERY
def test_a_feed_has_a_table_or_a_part_in_one_or_the_word_that_it_has_none(feed: Feed) -> None:
    of_it = [load for load in LOADS if feed.name in load.needs]
    holding = {table.name for table in TABLES if any(column.info["feed"] == feed.name for column in table.c)}
    match feed.facts:
        case Fact(table=name):
            (load,) = of_it
            assert (load.table.name, load.needs, holding) == (name, (feed.name,), {name})
            kept = [c for c in feed.columns if c.personal is not Personal.PHONE]
            assert {c.name for c in kept} <= set(load.table.c.keys())
            assert {problem_column(name) for name in feed.identity_columns} <= set(load.table.c.keys())
            assert all(load.table.c[c.name].info["personal"] == c.personal for c in kept)
            assert [check.source for check in load.checks] == [f"current_{feed.name}"]
        case Facts.COMPOSED:
            assert of_it
        case Facts.NONE:
            assert (of_it, holding) == ([], set())


def test_a_synthetic_county_sends_every_feed_that_does_not_say_that_it_has_none() -> None:
    county = make_county(COUNTY, date(2026, 6, 30), households=30, seed=1, months=1, other_offices=True)
    books, _truth = county.month(county.clocks[0])
    sent = {feed.name for feed in FEEDS if feed.simulated}
    assert set(books) == sent, "make its rows in pipelines/simulator, or simulated=False"
    assert SIMULATED == CORE_FEEDS
    assert {feed.name for feed in county.feeds} == sent


@EVERY
def test_a_delivery_of_a_feed_is_taken_in_and_has_a_page_of_its_quality(feed: Feed, tmp_path: Path) -> None:
    lake, now = Lake(tmp_path / "home"), datetime(2026, 7, 1, 4, tzinfo=UTC)
    (tmp_path / "inbox").mkdir()
    write_csv(tmp_path / "inbox" / file_name(feed), text_table(feed, rows_of(feed, 24)))
    (arrival,) = scan_inbox(inbox=tmp_path / "inbox", now=now).ready
    staged = stage_delivery(
        lake=lake,
        books=open_books(lake),
        arrival=arrival,
        received_at=now,
        policy_value=lambda key: Decimal(0),
        allows=allow_all,
    )
    assert (staged.outcome, staged.delivery.reason) == (Outcome.ACCEPTED, ())
    (path,) = write_delivery_pages(
        lake=lake, chosen=[staged.delivery], everything=[staged.delivery], county_name=lambda code: code
    )
    told = path.read_text(encoding="utf-8")
    assert all(words in told for words in (feed.title, feed.sender.label, *(c.title for c in feed.columns)))


@EVERY
def test_a_feed_has_rows_to_test_with(feed: Feed) -> None:
    one, other = row_of(feed.name), row_of(feed.name, 1)
    assert [c.name for c in feed.columns] == [name for name in one if not name.endswith("_problem")]
    of = world(before=[deliver(feed.name, AS_OF, [one])], **{feed.name: [other]})
    before, there = (d.rows for d in of.deliveries if d.feed == feed.name)
    assert before == (one,)
    assert other in there
