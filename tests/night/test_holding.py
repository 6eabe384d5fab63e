"""What is held at the door: empty deliveries, and those that have lost more than ``shrink_percent`` of their rows."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from actors import TESTER
from feed_tables import AS_OF, COUNTY
from hypothesis import given, settings
from hypothesis import strategies as st
from inboxes import NOW, Inbox, of_periods, open_inbox

from expectations.feed import Feed
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from pipelines.desk.releasing import release
from pipelines.desk.withdrawing import withdraw
from pipelines.house.policies import load_policies
from pipelines.house.settings import Settings, open_settings
from pipelines.night.holding import why_held
from pipelines.night.reports import still_stopped
from warehouse.books.deliveries import Accounting, Delivery, delivery_id
from warehouse.books.standing import record_delivery

IN, LP, ED, ST = "insurance_enrolments", "low_income_payments", "education_subsidies", "students"
MAY = date(2026, 5, 31)
KEPT: Final = 70
"""Percent of its rows that a delivery must still have by default."""

Parts = Mapping[str, int]
"""Rows by period of an accumulating feed, by year of enrolments; of others under one name."""

counties = count(100_000)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home without policy files, where each example has a county of its own."""
    home = tmp_path_factory.mktemp("house")
    return open_settings(home, inbox=None, policy=None, actor=TESTER, now=lambda: NOW)


def staged(house: Settings, feed: Feed, county: str, as_of: date, parts: Parts, content: str = "a") -> Delivery:
    """A delivery as staging leaves it, not yet in the books."""
    rows = sum(parts.values())
    sha256 = content * 64
    one = Delivery(
        id=delivery_id(feed.name, county, as_of, sha256),
        feed=feed.name,
        county=county,
        as_of=as_of,
        source="file",
        files=(),
        sha256=sha256,
        bytes=1,
        accounting=Accounting(rows, rows, 0, 0, 0, 0),
        received_at=NOW,
    )
    lake, where = house.home.lake, (feed.name, county, one.id)
    lake.profile(*where).parent.mkdir(parents=True, exist_ok=True)
    periods = {part: n for part, n in parts.items() if n} if feed.accumulates_by else {}
    lake.profile(*where).write_text(json.dumps({"periods": periods}), encoding="utf-8")
    if feed.name == IN:
        years = pa.array([int(year) for year, n in parts.items() for _ in range(n)], pa.int32())
        lake.staged(*where).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({"year": years}), lake.staged(*where))
    return one


def parts_of(feed: Feed) -> tuple[str, ...]:
    if feed.name == IN:
        return ("2025", "2026")
    if feed.accumulates_by == ("month",):
        return ("2026-05", "2026-06")
    return ("2025-2026|秋季", "2025-2026|春季") if feed.accumulates_by else ("",)


def must_be_held(feed: Feed, before: Parts, now: Parts) -> bool:
    """What the contract says, for a delivery in the year that is insured."""
    if not sum(now.values()):
        return True
    asked = [part for part in before if now[part]] if feed.accumulates_by else list(before)
    asked = [part for part in asked if feed.name != IN or now[part] or part == str(AS_OF.year)]
    return any(100 * now[part] < KEPT * before[part] for part in asked)


DEFAULTS = load_policies(None).at(COUNTY, AS_OF)
NEVER_HELD = [feed for feed in FEEDS if DEFAULTS.for_feed("shrink_percent", feed.name) == 100]


@pytest.mark.parametrize("feed", [feed for feed in FEEDS if feed not in NEVER_HELD], ids=lambda feed: feed.name)
@settings(max_examples=25)
@given(data=st.data())
def test_a_delivery_cut_beyond_the_share_is_held_and_at_or_below_it_is_not(
    house: Settings, feed: Feed, data: st.DataObject
) -> None:
    before = {part: data.draw(st.integers(1, 40), f"before {part}") for part in parts_of(feed)}
    kept = {part: -(-rows * KEPT // 100) for part, rows in before.items()}  # the fewest that are not too few
    now = {
        part: data.draw(st.one_of(st.sampled_from((kept[part], kept[part] - 1)), st.integers(0, rows)), f"now {part}")
        for part, rows in before.items()
    }
    county = str(next(counties))
    earlier = staged(house, feed, county, MAY, before)
    record_delivery(house.home.books, earlier)
    later = staged(house, feed, county, AS_OF, now)
    why = why_held(house, later, NOW.date())
    assert bool(why) == must_be_held(feed, before, now), why
    if why:
        assert earlier.id in why[0]
        assert f"liangxian release {later.id}" in why[-1]


@pytest.mark.parametrize("feed", NEVER_HELD, ids=lambda feed: feed.name)
def test_other_offices_books_may_shrink_to_nothing(house: Settings, feed: Feed) -> None:
    county = str(next(counties))
    record_delivery(house.home.books, staged(house, feed, county, MAY, dict.fromkeys(parts_of(feed), 40)))
    assert why_held(house, staged(house, feed, county, AS_OF, dict.fromkeys(parts_of(feed), 0)), NOW.date()) == ()


def others(house: Settings, *told: tuple[date, int]) -> tuple[str, list[Delivery]]:
    """A county's earlier deliveries of pupils."""
    county = str(next(counties))
    found = [staged(house, FEEDS_BY_NAME[ST], county, day, {"": rows}, f"{n}") for n, (day, rows) in enumerate(told)]
    for one in found:
        record_delivery(house.home.books, one)
    return county, found


def held(house: Settings, county: str, rows: int, as_of: date = AS_OF) -> bool:
    return bool(why_held(house, staged(house, FEEDS_BY_NAME[ST], county, as_of, {"": rows}, "f"), NOW.date()))


def test_the_most_within_the_time_of_freshness_is_the_measure(house: Settings) -> None:
    county, _ = others(house, (AS_OF - timedelta(days=93), 100), (AS_OF - timedelta(days=92), 40), (MAY, 20))
    assert (held(house, county, 27), held(house, county, 28)) == (True, False)
    assert not held(house, county, 5, AS_OF - timedelta(days=200)), "nothing came before it"


def test_of_a_first_delivery_only_an_empty_one_is_held(house: Settings) -> None:
    assert (held(house, str(next(counties)), 1), held(house, str(next(counties)), 0)) == (False, True)


def test_a_delivery_of_another_county_or_later_day_is_no_measure(house: Settings) -> None:
    others(house, (MAY, 100))
    county, _ = others(house, (AS_OF + timedelta(days=1), 100), (MAY, 10))
    assert not held(house, county, 7)


# at the door


@pytest.fixture(params=["sqlite", "postgres"])
def inbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Inbox]:
    """A home with books of either kind."""
    url = request.getfixturevalue("database") if request.param == "postgres" else None
    home = open_settings(tmp_path / "home", inbox=None, policy=None, actor=TESTER, now=lambda: NOW, database_url=url)
    yield Inbox(home)
    home.home.books.dispose()


def test_what_is_held_is_released_withdrawn_and_moot_in_books_of_either_kind(inbox: Inbox) -> None:
    first = inbox.send(ST, 10, MAY)
    cut = inbox.send(ST, 6)
    assert (cut.status, inbox.counting()) == ("held", {first.id})
    inbox.lay(ST, 6)
    again = inbox.take_in()
    assert ([d.status for d in again.known], again.deliveries, again.refused) == (["held"], (), False)
    assert still_stopped(inbox.settings, COUNTY, AS_OF) == [cut]
    release(inbox.settings, cut.id, "已核实")
    assert inbox.send(ST, 5).status == "accepted", "the measure is the released one"
    (fewest,) = inbox.counting() - {first.id}
    withdraw(inbox.settings, fewest, "发错了", cut.id)
    assert inbox.counting() == {first.id, cut.id}
    empty = inbox.send(ST, 0)
    assert still_stopped(inbox.settings, COUNTY, AS_OF) == [empty]
    inbox.send(ST, 8)
    assert still_stopped(inbox.settings, COUNTY, AS_OF) == []


def test_each_period_is_compared_with_the_delivery_that_supplies_it(tmp_path: Path) -> None:
    inbox = open_inbox(tmp_path / "home")
    april = inbox.send(LP, of_periods(LP, [("2026-03", 10), ("2026-04", 10)]), date(2026, 4, 30))
    may = inbox.send(LP, of_periods(LP, [("2026-04", 8), ("2026-05", 10)]), MAY)
    # March is left out, which is no loss: April's delivery still supplies it; April has 6 of 8, not of 10
    fine = inbox.send(LP, of_periods(LP, [("2026-04", 6), ("2026-05", 9), ("2026-06", 1)]))
    assert fine.status == "accepted"
    lost = inbox.send(LP, of_periods(LP, [("2026-03", 6), ("2026-04", 4), ("2026-06", 9)]), date(2026, 7, 1))
    assert lost.status == "held"
    assert [line.partition("，减少")[0] for line in lost.reason[:-1]] == [
        f"2026-03：现有6行，批次{april.id}（数据截止2026-04-30）有10行",
        f"2026-04：现有4行，批次{fine.id}（数据截止{AS_OF}）有6行",
    ]
    assert inbox.counting() == {april.id, may.id, fine.id}
    withdraw(inbox.settings, fine.id, "发错了")
    terms = inbox.send(ED, of_periods(ED, [("2025-2026|秋季", 10), ("2025-2026|春季", 10)]), MAY)
    cut = inbox.send(ED, of_periods(ED, [("2025-2026|秋季", 6), ("2025-2026|春季", 10)]))
    assert (cut.status, terms.id in cut.reason[0], len(cut.reason)) == ("held", True, 2)


def test_each_year_of_enrolments_is_compared_with_the_most_that_one_had(tmp_path: Path) -> None:
    inbox = open_inbox(tmp_path / "home")
    inbox.send(IN, of_periods(IN, [("2025", 10), ("2026", 10)]), date(2026, 4, 30))
    most = inbox.send(IN, of_periods(IN, [("2026", 12)]), MAY)
    assert most.status == "accepted", "a year that is over need not be sent again"
    cut = inbox.send(IN, of_periods(IN, [("2025", 10), ("2026", 8)]))
    assert (cut.status, cut.reason[0]) == (
        "held",
        f"2026年度：现有8行，批次{most.id}（数据截止{MAY}）有12行，减少超过30%",
    )
    without = inbox.send(IN, of_periods(IN, [("2025", 10)]))
    assert (without.status, without.reason[0].partition("，")[0]) == ("held", "2026年度：现有0行")
    inbox.send(IN, of_periods(IN, [("2025", 9), ("2026", 9)]))
    assert still_stopped(inbox.settings, COUNTY, AS_OF) == []


def test_a_share_of_a_hundred_holds_nothing(tmp_path: Path) -> None:
    policy = tmp_path / "policy"
    policy.mkdir()
    entry = '{from: 2020-01-01, value: 100, source: "test"}'
    text = f'county: "{COUNTY}"\nparameters:\n  shrink_percent.students:\n    - {entry}\n'
    (policy / "county.yaml").write_text(text, encoding="utf-8")
    inbox = open_inbox(tmp_path / "home", policy)
    inbox.send(ST, 10, MAY)
    assert inbox.send(ST, 0).status == "accepted"
    assert inbox.send("register_members", 0).status == "held"
