"""The brake: what a rule finds far beyond the usual is not sent out until a person of the county sends it."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pytest
from actors import acting
from hypothesis import given
from hypothesis import strategies as st
from recording.county import COUNTY, SmallCounty
from sqlalchemy import select, update

from expectations.departments import Department
from expectations.errors import RequestError, UnknownError
from expectations.finding import CLOSED_STATES, State
from expectations.policy import Entry, Policy
from pipelines.desk.sending import send
from pipelines.house.actor import NotYoursError, Role, Scope
from pipelines.recording.brake import UNSENT_STATES, brake
from pipelines.recording.by_hand import send_waiting
from pipelines.recording.sending import has_undispatched
from pipelines.recording.verify import verify_ledger
from warehouse.books.schema import audit, runs
from warehouse.books.sendings import Braked, NightsBefore, Why, brakes_of

APRIL, MAY, JUNE, JULY = date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)


def shown(count: int, rule: str = "TL02") -> dict[tuple[str, str], str]:
    return {(rule, f"H{number:03}"): "a" for number in range(count)}


def states(county: SmallCounty, count: int, rule: str = "TL02") -> set[str]:
    return {county.state(rule, f"H{number:03}") for number in range(count)}


def braked(county: SmallCounty) -> list[Braked]:
    return brakes_of(county.settings.home.books, county.runs[-1].id)


def test_a_countys_first_night_is_sent_whatever_it_finds(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, shown(200), evaluated=("TL02",))
    assert states(county, 200) == {"已派发"}
    assert braked(county) == []


def test_a_rules_first_night_stays_and_its_second_goes(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, shown(3), evaluated=("TL02",))
    county.night(MAY, shown(3) | shown(2, "TL05"), evaluated=("TL02", "TL05"))
    assert (states(county, 3), states(county, 2, "TL05")) == ({"已派发"}, {"待核实"})
    assert braked(county) == [Braked("TL05", Why.FIRST_NIGHT, 2, 0)]
    county.night(MAY, shown(3) | shown(3, "TL05"), evaluated=("TL02", "TL05"))  # a correction of the same day
    assert states(county, 3, "TL05") == {"待核实"}
    county.night(JUNE, shown(3) | shown(3, "TL05"), evaluated=("TL02", "TL05"))
    assert states(county, 3, "TL05") == {"已派发"}


@pytest.mark.parametrize(
    ("before", "after", "goes"), [(0, 50, True), (0, 51, False), (60, 120, True), (60, 121, False)]
)
def test_more_than_the_least_and_more_than_the_share_stays(tmp_path: Path, before: int, after: int, goes: bool) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, shown(before))
    county.night(MAY, shown(after))
    new = {county.state("TL02", f"H{number:03}") for number in range(before, after)}
    assert new == ({"已派发"} if goes else {"待核实"})
    assert braked(county) == ([] if goes else [Braked("TL02", Why.MORE_THAN_USUAL, after - before, before)])


def test_a_wrong_correction_of_the_first_day_is_braked_too(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, shown(3))
    county.night(APRIL, shown(200))
    assert braked(county) == [Braked("TL02", Why.MORE_THAN_USUAL, 197, 3)]


def test_what_an_arrival_found_is_braked_by_the_night(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, shown(3), dispatch=False)
    county.night(APRIL, shown(4), dispatch=False)
    county.night(APRIL, shown(5))  # the county's first night, though not its first run
    assert states(county, 5) == {"已派发"}
    county.night(MAY, shown(200), dispatch=False)
    assert braked(county) == []
    county.night(MAY, shown(201))
    assert [one.unsent for one in braked(county)] == [196]


def test_what_came_back_and_was_not_sent_since_counts_as_unsent(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, shown(60))
    county.night(MAY, {})
    county.night(JUNE, shown(60))
    assert states(county, 60) == {"重开"}
    assert braked(county) == [Braked("TL02", Why.MORE_THAN_USUAL, 60, 0)]
    county.night(JULY, {})
    assert states(county, 60) == {"数据已消除"}
    assert braked(county) == []


def test_runs_of_the_first_release_were_nights(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, shown(60))
    with county.settings.home.books.begin() as connection:
        connection.execute(update(runs).values(sent=None))
    county.night(MAY, shown(100))
    assert states(county, 100) == {"已派发"}


def test_a_person_of_the_county_sends_what_stays(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, shown(3) | shown(1, "TL05"))
    county.night(MAY, shown(200) | shown(2, "TL05"), dispatch=False)
    run = county.runs[-1]
    books, lake = county.settings.home.books, county.settings.home.lake

    def by_hand(*rules: str) -> tuple[str | None, dict[str, int], list[str]]:
        sending = send_waiting(
            books, lake, run, county.policy(JUNE), rules=rules, actor=county.settings.actor, on=JUNE,
            at=county.settings.now(),
        )  # fmt: skip
        return sending.batch, sending.sent, [one.rule for one in sending.braked]

    assert by_hand() == (f"{COUNTY}-20260630-01", {"TL05": 1}, ["TL02"])
    assert not has_undispatched(books, lake, run)
    assert by_hand("TL02") == (f"{COUNTY}-20260630-02", {"TL02": 197}, [])
    assert by_hand("TL02") == (None, {}, [])
    assert states(county, 200) == {"已派发"}
    assert braked(county) == []
    (last,) = [e for e in county.events("TL02", "H199") if e["to_state"] == "已派发"]
    assert (last["who"], last["on"], last["why"]) == ("tester", JUNE, f"下发批次 {COUNTY}-20260630-02")
    assert county.row("TL02", "H199")["due_on"] > JUNE
    assert verify_ledger(books, COUNTY).is_whole


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.TOWNSHIP, Scope((COUNTY,), township_code=f"{COUNTY}101")),
        (Role.DEPARTMENT, Scope((COUNTY,), department=Department.CIVIL_AFFAIRS)),
        (Role.EVALUATOR, Scope((COUNTY,))),
    ],
)
def test_nobody_else_sends(tmp_path: Path, role: Role, scope: Scope) -> None:
    county = SmallCounty(tmp_path)
    county.night(APRIL, shown(3), dispatch=False)
    with pytest.raises(NotYoursError):
        send(acting(county.settings, "甲", role=role, scope=scope), ("TL02",), MAY)
    with pytest.raises(UnknownError):
        send(county.settings, ("XX99",), MAY)
    with pytest.raises(RequestError):
        send(county.settings, ("TL02",), date(2026, 4, 29))
    assert states(county, 3) == {"待核实"}
    with county.settings.home.books.connect() as connection:
        assert connection.execute(select(audit.c.seq)).all() == []


def policy_of(least: int, percent: int) -> Policy:
    def entry(value: int) -> tuple[Entry, ...]:
        return (Entry(value, date(2000, 1, 1), None, "测试", "test.yaml"),)

    return Policy(COUNTY, JUNE, MappingProxyType({"brake.least": entry(least), "brake.percent": entry(percent)}))


def plan_of(rows: Iterable[tuple[str, State, bool]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pa.table(
        {
            "rule": pa.array(columns[0], pa.string()),
            "to_state": pa.array([State(s).value for s in columns[1]], pa.string()),
            "past": pa.array(columns[2], pa.bool_()),
        }
    )


@given(
    rows=st.lists(st.tuples(st.sampled_from(["TL02", "TL05"]), st.sampled_from(list(State)), st.booleans())),
    least=st.integers(0, 4),
    percent=st.sampled_from([0, 50, 100, 150]),
    evaluated=st.none() | st.frozensets(st.sampled_from(["TL02", "TL05"]), min_size=1),
    sent_any=st.booleans(),
)
def test_the_brake_says_what_the_contract_says(
    rows: list[tuple[str, State, bool]], least: int, percent: int, evaluated: frozenset[str] | None, sent_any: bool
) -> None:
    found = {
        one.rule: one for one in brake(plan_of(rows), NightsBefore(sent_any, evaluated), policy_of(least, percent))
    }
    for rule in ("TL02", "TL05"):
        unsent = sum(r == rule and s in UNSENT_STATES and not past for r, s, past in rows)
        sent = sum(r == rule and s not in (*UNSENT_STATES, *CLOSED_STATES) for r, s, _ in rows)
        too_many = unsent > least and unsent * 100 > percent * sent
        first = evaluated is not None and rule not in evaluated
        assert (rule in found) == (sent_any and unsent > 0 and (too_many or first))
        if rule in found:
            assert (found[rule].unsent, found[rule].sent) == (unsent, sent)
            assert found[rule].why is (Why.MORE_THAN_USUAL if too_many else Why.FIRST_NIGHT)
