"""The books of a house with many counties: what is asked of all at once is what each county's own rows say."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from warehouse.books import deliveries as module
from warehouse.books.connection import open_books
from warehouse.books.deliveries import (
    Delivery,
    Event,
    InForce,
    deliveries_by_id,
    delivery_id,
    erased_deliveries,
    in_force_by_county,
    list_deliveries,
)
from warehouse.books.runs import (
    Run,
    begin_run,
    last_recorded_runs,
    list_runs,
    mark_recorded,
    newest_recorded,
    newest_recorded_by_county,
)
from warehouse.books.standing import append_event, erase_deliveries, record_delivery
from warehouse.lake import Lake

COUNTIES = ("520102", "522601", "522622")
FEEDS = ("students", "register_members")
OTHER_FEED = "returned_workbooks"
DAYS = (None, date(2026, 5, 31), date(2026, 6, 30))
NIGHT = datetime(2026, 7, 1, 2, tzinfo=UTC)

what_happens = st.lists(
    st.tuples(
        st.sampled_from(COUNTIES),
        st.sampled_from((*FEEDS, OTHER_FEED)),
        st.sampled_from(DAYS),
        st.sampled_from("ab"),
        st.sampled_from(list(Event)),
    ),
    max_size=20,
)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Engine]:
    """Empty books."""
    engine = open_books(Lake(tmp_path))
    yield engine
    engine.dispose()


def arrive(books: Engine, county: str, feed: str, as_of: date | None, content: str, kind: Event, at: datetime) -> str:
    """A delivery arrives, or, where it is there, something happens to it; its id."""
    one = Delivery(
        id=delivery_id(feed, county, as_of, content * 64),
        feed=feed,
        county=county,
        as_of=as_of,
        source="file",
        files=(),
        sha256=content * 64,
        bytes=1,
        accounting=None,
        received_at=at,
    )
    if one.id not in deliveries_by_id(books, [one.id]):
        record_delivery(books, one, rejected=["坏"] if kind is Event.REJECTED else ())
    elif kind is Event.ERASED:
        with books.begin() as connection:
            erase_deliveries(connection, {one.id: "过期"}, at)
    else:
        append_event(books, one, kind, at)
    return one.id


def by_reading_them_all(books: Engine, until: date | None, known_at: datetime | None) -> dict[str, InForce]:
    """What is in force or was taken away, from every delivery that the books hold."""
    found: dict[str, InForce] = {}
    for delivery in list_deliveries(books, known_at=known_at):
        late = until is not None and delivery.as_of is not None and delivery.as_of > until
        if delivery.feed not in FEEDS or late:
            continue
        if delivery.status not in (Event.ACCEPTED, Event.HELD, Event.WITHDRAWN):
            continue
        before = found.get(delivery.county, InForce(0, None))
        day = delivery.as_of if delivery.status == Event.ACCEPTED else None
        days = [day for day in (before.as_of, day) if day is not None]
        found[delivery.county] = InForce(max(before.last_event, delivery.last_event), max(days, default=None))
    return found


@settings(max_examples=40)
@given(what_happens)
def test_what_is_in_force_by_county_is_what_its_deliveries_say(
    tmp_path_factory: pytest.TempPathFactory, happened: list[tuple[str, str, date | None, str, Event]]
) -> None:
    books = open_books(Lake(tmp_path_factory.mktemp("books")))
    for number, what in enumerate(happened):
        arrive(books, *what, NIGHT + timedelta(minutes=number))
    for known_at in (None, NIGHT + timedelta(minutes=8)):
        for until in (None, *DAYS[1:], date(2026, 1, 1)):
            found = in_force_by_county(books, FEEDS, until, known_at)
            assert found == by_reading_them_all(books, until, known_at)
    assert erased_deliveries(books) == {d.id for d in list_deliveries(books) if d.status == Event.ERASED}
    books.dispose()


@pytest.mark.parametrize("few", [0, 500])
def test_deliveries_are_found_by_id_however_many_are_asked_for(
    books: Engine, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FEW", few)
    ids = [
        arrive(books, county, FEEDS[0], DAYS[1], "a", Event.ACCEPTED, NIGHT - timedelta(days=number))
        for number, county in enumerate(COUNTIES)
    ]
    found = deliveries_by_id(books, [ids[0], ids[2], ids[0], "unheard of"])
    assert list(found) == [ids[2], ids[0]]
    assert found == {d.id: d for d in list_deliveries(books) if d.id != ids[1]}
    assert deliveries_by_id(books, []) == {}


def test_the_last_recorded_runs_of_all_counties_are_those_of_each(books: Engine) -> None:
    assert newest_recorded_by_county(books) == {}
    recorded = [(COUNTIES[0], 0), (COUNTIES[1], 1), (COUNTIES[0], 1), (COUNTIES[0], 0), (COUNTIES[1], 0)]
    for number, (county, day) in enumerate(recorded):
        run = _run(county, date(2026, 6, 29 + day), f"{number}")
        begin_run(books, run)
        with books.begin() as connection:
            mark_recorded(connection, run.id, NIGHT, {"new": number}, [])
    begin_run(books, _run(COUNTIES[0], date(2026, 6, 30), "never recorded"))
    begin_run(books, _run(COUNTIES[2], date(2026, 6, 30), "never recorded"))

    with books.connect() as connection:
        each = {county: newest_recorded(connection, county) for county in COUNTIES[:2]}
    assert newest_recorded_by_county(books) == each

    in_order = sorted((r for r in list_runs(books) if r.seq is not None), key=lambda run: run.seq or 0)
    last = {(run.county, run.as_of): run for run in in_order}
    assert last_recorded_runs(books) == sorted(last.values(), key=lambda run: run.seq or 0)
    assert len(last) == 4


def _run(county: str, as_of: date, name: str) -> Run:
    return Run(f"{county} {as_of} {name}", county, as_of, {}, [], "code", replay=False, started_at=NIGHT)
