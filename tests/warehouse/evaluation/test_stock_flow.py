"""Stock and flow to the person: the county of the source documents closes, and a person without a record is named."""

from dataclasses import replace
from datetime import date
from itertools import count

import pytest

from pipelines.evaluation.telling import describe_flow
from warehouse.evaluation.stock_flow import NORMAL, Account, Book, Flow, Member, Refused, account, by_area

OPEN, GONE = "未脱贫", "已脱贫"


def spread(households: int, persons: int) -> list[int]:
    """So many persons over so many households, as evenly as can be."""
    return [persons // households + (n < persons % households) for n in range(households)]


def published_county() -> tuple[Book, Book]:
    """523 − 145 − 331 + 353 − 3 = 397 households; 1,784 − 538 − 1,101 + 597 − 4 = 738 persons."""
    numbers = count(1)
    before: tuple[dict[str, str], list[Member]] = ({}, [])
    after: tuple[dict[str, str], list[Member]] = ({}, [])

    def add(kind: str, households: int, persons: int, was: str | None, now: str | None, status: str = NORMAL) -> None:
        for n, size in enumerate(spread(households, persons)):
            household = f"{kind}{n:03d}"
            members = [f"P{next(numbers):05d}" for _ in range(size)]
            for book, state, at in ((before, was, NORMAL), (after, now, status)):
                if state is not None:
                    book[0][household] = state
                    book[1].extend(Member(m, household, at, state != GONE) for m in members)

    add("exited", 145, 538, OPEN, GONE)
    add("removed", 331, 1101, OPEN, None)
    add("dead", 3, 4, OPEN, OPEN, "死亡")
    add("stays", 44, 141, OPEN, OPEN)
    add("new", 353, 597, None, OPEN)
    return Book.of(*before), Book.of(*after)


REPORTED = {Flow.REMOVED: 1101, Flow.EXITED: 538, Flow.IDENTIFIED: 597, Flow.LEFT: 4, Flow.JOINED: 0, Flow.RETURNED: 0}


def test_the_published_county_reconciles() -> None:
    found = account(*published_county())
    homes, people = found.households, found.persons
    assert (len(homes.opening), len(homes.closing), homes.expected) == (523, 397, 397)
    assert homes.counts == {
        Flow.IDENTIFIED: 353, Flow.RETURNED: 0, Flow.EXITED: 145, Flow.REMOVED: 331, Flow.LEFT: 3,
    }  # fmt: skip
    assert (len(people.opening), len(people.closing), people.expected) == (1784, 738, 738)
    assert people.differences(REPORTED) == {}
    assert homes.reconciles
    assert people.reconciles


def test_with_one_person_gone_without_a_record_it_does_not_and_says_who() -> None:
    before, after = published_county()
    moved = next(no for no, m in sorted(after.members.items()) if m.household_no.startswith("stays"))
    people = account(before, replace(after, members={k: m for k, m in after.members.items() if k != moved})).persons
    assert (people.reconciles, people.expected, len(people.closing)) == (False, 738, 737)
    assert (people.disappeared, people.appeared) == ({moved}, frozenset())


def test_with_one_person_moved_between_two_flows_the_reported_figures_differ_there_and_it_is_named() -> None:
    before, after = published_county()
    moved = next(no for no, m in sorted(after.members.items()) if m.household_no.startswith("new"))
    elsewhere = replace(after.members[moved], household_no="stays000")
    people = account(before, replace(after, members={**after.members, moved: elsewhere})).persons
    assert people.differences(REPORTED) == {Flow.IDENTIFIED: (597, 596), Flow.JOINED: (0, 1)}
    assert people.flows[Flow.JOINED] == {moved}


def test_the_dead_do_not_come_back_unnoticed() -> None:
    before, after = published_county()
    dead = next(no for no, m in sorted(after.members.items()) if m.person_status == "死亡")
    people = account(after, replace(after, members={**after.members, dead: before.members[dead]})).persons
    assert (people.reconciles, people.appeared) == (False, {dead})


@pytest.mark.parametrize(("was", "flow"), [(GONE, Flow.RETURNED), (None, Flow.IDENTIFIED)])
def test_a_household_comes_in_as_new_or_back(was: str | None, flow: Flow) -> None:
    before = Book.of({} if was is None else {"H": was}, [] if was is None else [Member("P", "H", NORMAL, False)])
    found = account(before, Book.of({"H": OPEN}, [Member("P", "H", NORMAL, True)]))
    assert found.households.counts[flow] == found.persons.counts[flow] == 1
    assert found.persons.reconciles


def test_who_is_missing_for_a_refused_row_alone_stands_in_a_line_of_its_own_and_the_sum_closes() -> None:
    before, after = published_county()
    hidden = sorted(no for no, m in after.members.items() if m.household_no.startswith("stays"))[0]
    home = "stays001"
    kept = {no: m for no, m in after.members.items() if no != hidden and m.household_no != home}
    households = {h: status for h, status in after.households.items() if h != home}
    refused = Refused(households=frozenset({home}), members=frozenset({hidden}))
    found = account(before, Book(households, kept, refused))
    assert found.households.reconciles
    assert found.persons.reconciles
    assert found.households.refused_now == {home}
    assert hidden in found.persons.refused_now
    assert found.households.counts[Flow.REMOVED] == 331
    back = account(Book(households, kept, refused), before)
    assert back.households.refused_before == {home}
    assert hidden in back.persons.refused_before


def test_a_refused_row_explains_nobody_who_has_another_row() -> None:
    before, after = published_county()
    dead = next(no for no, m in after.members.items() if m.household_no.startswith("dead"))
    found = account(before, replace(after, refused=Refused(members=frozenset({dead}))))
    assert found.persons.refused_now == frozenset()
    assert found.persons.counts[Flow.LEFT] == 4


def test_a_refused_row_without_a_number_is_told_beside_what_nothing_explains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGXIAN_LANG", "zh")
    before, after = published_county()
    gone = sorted(no for no, m in after.members.items() if m.household_no.startswith("stays"))[:2]
    kept = {no: m for no, m in after.members.items() if no not in gone}
    dates = (date(2026, 5, 31), date(2026, 6, 30))
    found = account(before, Book(after.households, kept, Refused(unreadable=2)))
    told = "".join(describe_flow(found, dates))
    assert not found.persons.reconciles
    assert "未能核对：本方退回的登记记录中有2行读不出编号" in told
    assert "不平衡" not in told
    one = account(before, Book(after.households, kept, Refused(unreadable=1)))
    assert "不平衡" in "".join(describe_flow(one, dates)), "one row hides one person"


A, B, C = ("522601101201", "522601101202", "522601102201")
"""Two villages of one township, and one of another."""


def two_dates() -> tuple[Book, Book]:
    """H1 moves from A to B; H2 (A) exits; H3 is new in C; P5 marries from A into C; H5 (B) has nobody registered."""
    before = Book.of(
        {"H1": OPEN, "H2": OPEN, "H4": OPEN, "H5": OPEN},
        [Member(f"P{n}", home, NORMAL, True) for n, home in ((1, "H1"), (2, "H1"), (3, "H2"), (5, "H4"), (6, "H4"))],
        villages={"H1": A, "H2": A, "H4": A, "H5": B},
    )
    after = Book.of(
        {"H1": OPEN, "H2": GONE, "H3": OPEN, "H4": OPEN, "H5": OPEN},
        [
            *(
                Member(f"P{n}", home, NORMAL, True)
                for n, home in ((1, "H1"), (2, "H1"), (4, "H3"), (5, "H3"), (6, "H4"))
            ),
            Member("P3", "H2", NORMAL, False),
        ],
        villages={"H1": B, "H2": A, "H3": C, "H4": A, "H5": B},
    )
    return before, after


def told(one: Account) -> tuple[int, ...]:
    """Opening, identified, joined, exited, arrived, departed, closing."""
    flows = (one.counts.get(flow, 0) for flow in (Flow.IDENTIFIED, Flow.JOINED, Flow.EXITED))
    return (len(one.opening), *flows, len(one.arrived), len(one.departed), len(one.closing))


def test_every_village_closes_and_whoever_moved_within_the_county_left_one_and_arrived_in_another() -> None:
    before, after = two_dates()
    found = by_area(account(before, after), before, after, digits=12)
    assert {area: told(own.households) for area, own in found.items()} == {
        A: (3, 0, 0, 1, 0, 1, 1),
        B: (0, 0, 0, 0, 1, 0, 1),
        C: (0, 1, 0, 0, 0, 0, 1),
    }
    assert {area: told(own.persons) for area, own in found.items()} == {
        A: (5, 0, 0, 1, 0, 3, 1),
        B: (0, 0, 0, 0, 2, 0, 2),
        C: (0, 1, 0, 0, 1, 0, 2),
    }
    assert all(own.households.reconciles and own.persons.reconciles for own in found.values())
    assert found[B].without_members == ({"H5"}, {"H5"})
    assert found[A].without_members == (frozenset(), frozenset())


def test_within_a_township_nobody_moves_and_the_areas_add_up_to_the_county() -> None:
    before, after = two_dates()
    whole = account(before, after)
    found = by_area(whole, before, after, digits=9)
    assert [told(own.households) for own in found.values()] == [(3, 0, 0, 1, 0, 0, 2), (0, 1, 0, 0, 0, 0, 1)]
    for of in ("households", "persons"):
        parts = [told(getattr(own, of)) for own in found.values()]
        summed = tuple(sum(column) for column in zip(*parts, strict=True))
        assert summed[:4] + summed[6:] == told(getattr(whole, of))[:4] + told(getattr(whole, of))[6:]


def test_a_village_whose_row_was_refused_says_so_and_does_not_fail_to_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGXIAN_LANG", "zh")
    before, after = two_dates()
    gone = {no: m for no, m in after.members.items() if no != "P6"}
    lacking = replace(after, members=gone, refused=Refused(members=frozenset({"P6"})))
    found = by_area(account(before, lacking), before, lacking, digits=12)
    assert found[A].persons.refused_now == {"P6"}
    assert found[A].persons.reconciles
    assert found[C].persons.refused_now == frozenset()
    lines = describe_flow(found[A], (date(2026, 5, 31), date(2026, 6, 30)), A)
    assert lines[0] == f"{A} 2026-05-31至2026-06-30"
    assert lines[1].endswith("－去本县他处1 ＝ 0；期末0，平衡"), "nobody else is registered in H4"
    assert lines[2:5:2] == [f"    因本方退回未能核对（期末缺1）：{who}" for who in ("H4", "P6")]
    nameless = replace(lacking, refused=Refused())
    apart = by_area(account(before, nameless), before, nameless, digits=12)
    assert apart[A].persons.disappeared == {"P6"}
    assert not apart[A].persons.reconciles
