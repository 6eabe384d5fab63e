"""Other offices' books: the nine stay as they are, and near misses lie exactly on their boundaries."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from oracle.months import add_months

from expectations.feeds import CORE_FEEDS
from pipelines.simulator.simulation import OTHER_OFFICES, SIMULATED

D = date(2026, 6, 30)


@pytest.fixture(scope="module")
def county(simulated):
    """By feed its rows, and by rule the keys of what is planted."""
    found = simulated(1000, 9, D, 1, other_offices=True)
    rows = {d.feed: d.rows for d in found.world(D).deliveries}
    return rows, {rule: {key for key, _ in keys} for rule, keys in found.truth()[D].items()}


def test_the_nine_feeds_are_the_same_with_and_without_the_other_offices(simulated):
    with_others, alone = (simulated(300, 7, date(2026, 10, 31), 3, other) for other in (True, False))
    sent = {path.name: path.read_bytes() for path in alone.inbox.iterdir()}
    more = {path.name: path.read_bytes() for path in with_others.inbox.iterdir()}
    assert len(sent) == 3 * len(CORE_FEEDS)
    assert {name: more[name] for name in sent} == sent
    assert len(more) == 3 * len((*SIMULATED, *OTHER_OFFICES))


def test_what_is_wrong_in_the_nine_feeds_is_the_same_but_for_houses_that_were_moved_out_of(simulated):
    with_others, alone = (simulated(1000, 9, D, 1, other).truth()[D] for other in (True, False))
    differ = {rule for rule in alone if with_others[rule] != alone[rule]}
    assert differ == {"CV05", "CV06", "CV07", "CV09", "CO04", "EX02"}
    for rule in differ:
        assert with_others[rule].items() < alone[rule].items(), rule
    assert {rule[:2] for rule in set(with_others) - set(alone)} == {"LD", "RL", "AG"}


def test_every_other_office_sends_rows_of_people_and_of_figures(county):
    rows, _ = county
    assert {feed.name for feed in OTHER_OFFICES} <= {feed for feed, sent in rows.items() if len(sent) > 10}


def test_cars_are_worth_exactly_what_makes_a_lead_and_a_fen_less(county):
    rows, found = county
    worth = defaultdict(set)
    for row in rows["vehicles"]:
        worth[row["appraised_value"]].add(row["owner_id"])
    assert worth[Decimal(30000)] & found["LD02"]
    assert worth[Decimal("29999.99")]
    assert not worth[Decimal("29999.99")] & found["LD02"]
    tricycles = {row["owner_id"] for row in rows["vehicles"] if row["vehicle_type"] == "三轮汽车"}
    assert tricycles
    assert not tricycles & found["LD02"]


def test_posts_end_today_and_titles_of_disability_yesterday(county):
    rows, found = county
    ending = {row["person_id"] for row in rows["public_payroll"] if row["ends_on"] == D}
    assert ending
    assert not ending & found["LD01"]
    last_day, over = ({row["person_id"] for row in rows["disabilities"] if row["valid_until"] == day}
                      for day in (D, D - timedelta(days=1)))  # fmt: skip
    assert last_day & found["LD05"]
    assert over
    assert not over & found["LD05"]


def test_the_dead_are_as_many_days_dead_as_count_and_a_day_less(county):
    rows, found = county
    days = defaultdict(set)
    for row in rows["deaths"]:
        days[(D - row["died_on"]).days].add(row["person_id"])
    assert days[30] & found["LD04"]
    assert days[29]
    assert not days[29] & found["LD04"]
    known = {row["person_id"] for row in rows["register_members"] if row["person_status"] == "死亡"}
    told = {row["person_id"] for row in rows["deaths"]}
    assert known & told
    assert known - told
    assert not known & found["LD04"]


def test_pensions_and_costs_lie_exactly_at_the_policy_value(county):
    rows, found = county
    drawn, own = Counter(), Counter()
    for row in rows["pensions"]:
        if row["pension_scheme"] != "城乡居民" and row["pension_status"] == "领取待遇" and row["year"] == D.year:
            drawn[row["person_id"]] += row["monthly_pension"]
    for row in rows["medical_costs"]:
        if row["month"] > "2025-06":
            own[row["person_id"]] += row["own_cost"]
    assert {person for person, total in drawn.items() if total == 500} & found["LD07"]
    assert {person for person, total in drawn.items() if total == Decimal("499.99")}
    assert {person for person, total in own.items() if total == Decimal("10000.01")} & found["LD09"]
    at = {person for person, total in own.items() if total == 10000}
    assert at
    assert not at & found["LD09"]


def test_the_moved_have_until_today_and_moved_a_day_before_the_assessment(county):
    rows, found = county
    moves = rows["relocations"]
    ready = {row["relocation_no"] for row in moves if row["completed_on"] and add_months(row["completed_on"], 6) == D}
    stands = [row for row in moves if row["moved_in_on"] and row["old_house_demolished"] is False]
    kept = {row["relocation_no"] for row in stands if add_months(row["moved_in_on"], 12) == D}
    assert ready
    assert kept
    assert not ready & found["RL01"]
    assert not kept & found["RL03"]
    assessed = {row["head_id"]: row["assessed_on"] for row in rows["housing_renovations"]}
    early = {
        row["household_no"]
        for row in moves
        if row["moved_in_on"] and row["moved_in_on"] + timedelta(days=1) == assessed.get(row["head_id"])
    }
    assert early & found["CV05"] & found["EX02"]


def test_a_slip_in_a_total_shows_in_every_way_of_dividing_it(county):
    rows, found = county
    kinds = Counter(key.split("|")[4] for key in found["AG02"])
    assert set(kinds) == {"下级区划", "脱贫属性", "户类型", "致贫原因", "流量"}
    assert {key.split("|")[4] for key in found["AG01"]} == {"合计", "下级区划"}
    assert {row["reporter"] for row in rows["reported_totals"]} >= {"乡村振兴局", "民政局", "住房和城乡建设局"}
