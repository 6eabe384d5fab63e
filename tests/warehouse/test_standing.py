"""What happens to deliveries, and what then counts: held, released, withdrawn, restored, halves that wait together."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from expectations.feeds import FEEDS_BY_NAME
from warehouse.books.connection import open_books
from warehouse.books.deliveries import (
    Delivery,
    Event,
    claim,
    delivery_id,
    in_force,
    is_moot,
    list_deliveries,
    position_of,
)
from warehouse.books.standing import append_event, record_delivery, withdraw
from warehouse.lake import Lake

COUNTY, OTHER = "522601", "520102"
MAY, JUNE = date(2026, 5, 31), date(2026, 6, 30)
NIGHT = datetime(2026, 7, 1, 2, tzinfo=UTC)
RH, RM, ST = "register_households", "register_members", "students"
FEWER = ["比以往少"]


@pytest.fixture(params=["sqlite", "postgres"])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Empty books of either kind."""
    url = request.getfixturevalue("database") if request.param == "postgres" else None
    engine = open_books(Lake(tmp_path / "home"), url)
    yield engine
    engine.dispose()


@pytest.fixture
def arrive(books: Engine) -> Callable[..., Delivery]:
    """A function by which a delivery arrives, a minute after the one before."""
    minutes = iter(range(10_000))

    def come(feed: str, content: str, *, as_of: date = JUNE, county: str = COUNTY, **how: list[str]) -> Delivery:
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
            received_at=NIGHT + timedelta(minutes=next(minutes)),
        )
        record_delivery(books, one, **how)
        return now(books, one)

    return come


def now(books: Engine, delivery: Delivery) -> Delivery:
    """The delivery as it stands."""
    return next(d for d in list_deliveries(books) if d.id == delivery.id)


def counting(books: Engine) -> set[str]:
    """Content that counts, as ``feed/content``."""
    return {f"{d.feed}/{d.sha256[0]}" for d in in_force(books, COUNTY)}


def read_by_a_run(books: Engine, *deliveries: Delivery) -> None:
    """A run has looked at them."""
    with books.begin() as connection:
        claim(connection, [d.id for d in deliveries], "a run")


def position(books: Engine, until: date = JUNE, known_at: datetime | None = None) -> int:
    return position_of(books, COUNTY, FEEDS_BY_NAME, until, known_at)


def test_what_is_held_counts_nowhere_until_it_is_released(books: Engine, arrive: Callable[..., Delivery]) -> None:
    good, held = arrive(ST, "a", as_of=MAY), arrive(ST, "b", held=FEWER)
    assert (held.status, held.reason, held.waits) == (Event.HELD, tuple(FEWER), False)
    assert counting(books) == {"students/a"}
    append_event(books, held, Event.RELEASED, NIGHT + timedelta(hours=1), ["tester：已核实"])
    assert now(books, held).status == Event.ACCEPTED
    assert {d.id for d in in_force(books, COUNTY)} == {good.id, held.id}


def test_what_is_withdrawn_makes_room_for_what_was_superseded_or_for_nothing(
    books: Engine, arrive: Callable[..., Delivery]
) -> None:
    first, second = arrive(ST, "a"), arrive(ST, "b")
    withdraw(books, second, NIGHT + timedelta(hours=1), ["tester：发错了"], instead=now(books, first))
    assert (counting(books), now(books, second).status) == ({"students/a"}, Event.WITHDRAWN)
    withdraw(books, first, NIGHT + timedelta(hours=2), ["tester：也发错了"])
    assert counting(books) == set()
    append_event(books, second, Event.RESTORED, NIGHT + timedelta(hours=3), ["tester"])
    assert counting(books) == {"students/b"}


def test_no_two_moments_between_which_something_changed_have_one_position(
    books: Engine, arrive: Callable[..., Delivery]
) -> None:
    first = arrive(ST, "a")
    seen = [position(books)]
    withdraw(books, first, NIGHT + timedelta(hours=1), ["tester：发错了"])
    seen.append(position(books))
    append_event(books, first, Event.RESTORED, NIGHT + timedelta(hours=2), ["tester"])
    seen.append(position(books))
    assert sorted(set(seen)) == seen
    assert position(books, known_at=NIGHT + timedelta(minutes=90)) == seen[1]

    # what changes nothing of what counts moves nothing: a rejected file, another county, a later as-of
    arrive(ST, "b", rejected=["坏"])
    arrive(ST, "a", county=OTHER)
    arrive(ST, "c", as_of=JUNE + timedelta(days=30))
    assert position(books) == seen[-1]


def test_a_clock_that_was_put_back_leaves_no_hole_in_what_was_known(
    books: Engine, arrive: Callable[..., Delivery]
) -> None:
    first = arrive(ST, "a")
    append_event(books, first, Event.WITHDRAWN, NIGHT + timedelta(hours=5), ["tester：发错了"])
    append_event(books, first, Event.RESTORED, NIGHT + timedelta(hours=1), ["tester"])
    second = arrive(ST, "b", as_of=MAY)  # a few minutes after the first
    then = NIGHT + timedelta(minutes=30)
    assert [d.last_event for d in list_deliveries(books, known_at=then)] == [3, second.last_event]
    assert position(books, known_at=then) == position(books) == 2
    assert position(books, known_at=NIGHT) == 0


def test_one_is_moot_when_something_newer_counts(books: Engine, arrive: Callable[..., Delivery]) -> None:
    arrive(ST, "a")
    held = arrive(ST, "b", held=FEWER)

    def moot() -> bool:
        return is_moot(now(books, held), in_force(books, COUNTY))

    assert not moot()  # what it would correct was there before
    arrive(RM, "c", as_of=JUNE + timedelta(days=1))
    arrive(ST, "d", as_of=MAY)
    assert not moot()
    correction = arrive(ST, "e")
    assert moot()
    withdraw(books, correction, NIGHT + timedelta(hours=3), ["tester：发错了"])
    assert not moot()
    arrive(ST, "f", as_of=JUNE + timedelta(days=1))
    assert moot()


# halves


def test_a_correction_waits_while_that_of_the_other_half_is_held(
    books: Engine, arrive: Callable[..., Delivery]
) -> None:
    arrive(RH, "a"), arrive(RM, "a")
    held = arrive(RH, "b", held=FEWER)
    waiting = arrive(RM, "b")
    assert waiting.waits
    assert waiting.by == held.id
    assert RH in waiting.reason[0]
    assert counting(books) == {f"{RH}/a", f"{RM}/a"}
    append_event(books, held, Event.RELEASED, NIGHT + timedelta(hours=1), ["tester：已核实"])
    assert counting(books) == {f"{RH}/b", f"{RM}/b"}


def test_a_correction_that_came_first_and_that_no_run_has_read_waits_too(
    books: Engine, arrive: Callable[..., Delivery]
) -> None:
    read_by_a_run(books, arrive(RH, "a"), arrive(RM, "a"))
    early = arrive(RM, "b")
    held = arrive(RH, "b", held=FEWER)
    assert counting(books) == {f"{RH}/a", f"{RM}/a"}
    assert now(books, early).by == held.id
    assert not is_moot(now(books, early), in_force(books, COUNTY))
    arrive(RH, "c")  # whole: what was held is over, and both halves come
    assert counting(books) == {f"{RH}/c", f"{RM}/b"}


def test_halves_that_a_run_has_read_together_stay_together(books: Engine, arrive: Callable[..., Delivery]) -> None:
    arrive(RH, "a"), arrive(RM, "a")
    read_by_a_run(books, arrive(RM, "b"))
    arrive(RH, "b", held=FEWER)
    assert counting(books) == {f"{RH}/a", f"{RM}/b"}


def test_where_both_corrections_are_held_the_first_released_waits_for_the_other(
    books: Engine, arrive: Callable[..., Delivery]
) -> None:
    arrive(RH, "a"), arrive(RM, "a")
    held, other = arrive(RH, "b", held=FEWER), arrive(RM, "b", held=FEWER)
    append_event(books, held, Event.RELEASED, NIGHT + timedelta(hours=1), ["tester：已核实"])
    assert (now(books, held).by, counting(books)) == (other.id, {f"{RH}/a", f"{RM}/a"})
    append_event(books, other, Event.RELEASED, NIGHT + timedelta(hours=2), ["tester：已核实"])
    assert counting(books) == {f"{RH}/b", f"{RM}/b"}


def test_a_half_that_waits_comes_alone_where_somebody_says_so(books: Engine, arrive: Callable[..., Delivery]) -> None:
    arrive(RH, "a"), arrive(RM, "a")
    held, waiting = arrive(RH, "b", held=FEWER), arrive(RM, "b")
    append_event(books, waiting, Event.RELEASED, NIGHT + timedelta(hours=1), ["tester：另一半无须更正"])
    assert counting(books) == {f"{RH}/a", f"{RM}/b"}
    assert now(books, held).status == Event.HELD


def test_what_was_decided_while_a_half_waited_stays(books: Engine, arrive: Callable[..., Delivery]) -> None:
    first = [arrive(RH, "a"), arrive(RM, "a")][1]
    arrive(RM, "b")
    held, waiting = arrive(RH, "b", held=FEWER), arrive(RM, "c")
    assert waiting.waits
    append_event(books, first, Event.RESTORED, NIGHT + timedelta(hours=1), ["tester"])
    append_event(books, held, Event.RELEASED, NIGHT + timedelta(hours=2), ["tester：已核实"])
    assert counting(books) == {f"{RH}/b", f"{RM}/a"}


def test_a_half_that_corrects_nothing_does_not_wait(books: Engine, arrive: Callable[..., Delivery]) -> None:
    arrive(RH, "a", held=FEWER)
    assert arrive(RM, "a").status == Event.ACCEPTED
    assert arrive(RM, "b").status == Event.ACCEPTED  # there is no book of that day yet that could change by half
    assert arrive(ST, "a").status == Event.ACCEPTED


def test_what_was_held_for_another_day_or_county_keeps_nothing_waiting(
    books: Engine, arrive: Callable[..., Delivery]
) -> None:
    for county, day in ((COUNTY, JUNE), (COUNTY, MAY), (OTHER, JUNE)):
        arrive(RH, "a", county=county, as_of=day), arrive(RM, "a", county=county, as_of=day)
    arrive(RH, "b", held=FEWER, as_of=MAY)
    arrive(RH, "b", held=FEWER, county=OTHER)
    assert arrive(RM, "b").status == Event.ACCEPTED


def test_a_delivery_is_compared_by_what_it_is_not_by_its_last_event(arrive: Callable[..., Delivery]) -> None:
    one = arrive(ST, "a")
    assert replace(one, last_event=99) == one
