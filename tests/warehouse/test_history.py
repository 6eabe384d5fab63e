"""Type-2 history with two clocks: what changes a row, what a late arrival rewrites, and what was known when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from builders import COUNTY, Row, certificate, household, member, open_household, pid
from nights import night
from sqlalchemy import Select, Table, or_, select

from warehouse.books.deliveries import Delivery, DeliveryEvent
from warehouse.lake import Lake
from warehouse.loading import AuditFailed, load_and_publish, open_published
from warehouse.tables import bridge_membership, dim_certificate, dim_household, dim_person

APRIL, MAY, JUNE, JULY = (date(2026, month, day) for month, day in ((4, 30), (5, 31), (6, 30), (7, 31)))
HISTORIES = (dim_household, dim_person, bridge_membership, dim_certificate)


def as_it_was(table: Table, valid_on: date, known_at: datetime) -> Select[tuple[object, ...]]:
    """The rows that hold for a day, as they were known at a moment, whatever was corrected later."""
    return select(table).where(
        table.c.known_from <= known_at,
        or_(table.c.known_to.is_(None), table.c.known_to > known_at),
        table.c.valid_from <= valid_on,
        or_(table.c.valid_to.is_(None), table.c.valid_to > valid_on),
    )


def at(month: int, day: int = 1, hour: int = 2) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@dataclass
class Office:
    """A county whose nights build on one list of events, as the books keep it."""

    lake: Lake
    events: list[DeliveryEvent] = field(default_factory=list)
    deliveries: dict[str, Delivery] = field(default_factory=dict)

    def takes(self, d: date, when: datetime, *, tag: str = "a", **rows: Sequence[Row]) -> None:
        """A night at ``d`` whose deliveries are accepted at ``when``, superseding those of the same as-of."""
        run = night(self.lake, d, tag=tag, **rows)
        for delivery in run.deliveries:
            self.deliveries[delivery.id] = delivery
            held = {e.delivery for e in self.events if (e.feed, e.as_of) == (delivery.feed, delivery.as_of)}
            for old in sorted(held - {e.delivery for e in self.events if e.kind == "superseded"}):
                self._note(old, delivery.feed, delivery.as_of, "superseded", when)
            self._note(delivery.id, delivery.feed, delivery.as_of, "accepted", when)
        self.publish(d, tag, **rows)

    def withdraws(self, feed: str, when: datetime) -> None:
        """All deliveries of a feed are taken out of force."""
        for delivery, as_of in {e.delivery: e.as_of for e in self.events if e.feed == feed}.items():
            self._note(delivery, feed, as_of, "withdrawn", when)

    def publish(self, d: date, tag: str = "a", **rows: Sequence[Row]) -> None:
        from dataclasses import replace

        run = night(self.lake, d, tag=tag, **rows)
        known = {delivery.id: delivery for delivery in run.deliveries} | self.deliveries
        run = replace(run, events=list(self.events), deliveries=list(known.values()))
        load_and_publish(lake=self.lake, run=run)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with open_published(self.lake) as connection:
            return connection.execute(query).fetchall()

    def _note(self, delivery: str, feed: str, as_of: date | None, kind: str, when: datetime) -> None:
        self.events.append(DeliveryEvent(len(self.events) + 1, delivery, feed, as_of, kind, when))


def incomes(office: Office, household_no: str = "H1") -> list[tuple[Any, ...]]:
    """(income, valid from, valid to, known from, known to) of a household, in order."""
    return office.rows(
        "SELECT income_current::INTEGER, valid_from, valid_to, known_from, known_to FROM warehouse.dim_household "
        f"WHERE household_no = '{household_no}' ORDER BY known_from, valid_from"
    )


def everything(office: Office) -> dict[str, list[tuple[Any, ...]]]:
    return {t.name: office.rows(f"FROM {t.fullname} ORDER BY ALL") for t in HISTORIES}


def test_what_does_not_change_stays_one_row(tmp_path: Path) -> None:
    office = Office(Lake(tmp_path))
    for month, d in ((5, APRIL), (6, MAY), (7, JUNE)):
        office.takes(d, at(month), register_households=[open_household("H1", income_current=3000)])
    assert incomes(office) == [(3000, APRIL, None, at(5), None)]


def test_a_change_ends_the_old_row_and_begins_a_new_one(tmp_path: Path) -> None:
    office = Office(Lake(tmp_path))
    for month, d, income in ((5, APRIL, 3000), (6, MAY, 3500)):
        office.takes(d, at(month), register_households=[open_household("H1", income_current=income)])
    assert incomes(office) == [
        (3000, APRIL, None, at(5), at(6)),
        (3000, APRIL, MAY, at(6), None),
        (3500, MAY, None, at(6), None),
    ]


def test_a_household_that_leaves_the_register_and_returns_has_a_gap(tmp_path: Path) -> None:
    office = Office(Lake(tmp_path))
    for month, d, number in ((5, APRIL, "H1"), (6, MAY, "H9"), (7, JUNE, "H1")):
        office.takes(d, at(month), register_households=[open_household(number, income_current=3000)])
    now = [row[:3] for row in incomes(office) if row[4] is None]
    assert now == [(3000, APRIL, MAY), (3000, JUNE, None)]


def test_a_late_arrival_rewrites_the_middle_and_what_was_known_before_stays(tmp_path: Path) -> None:
    office = Office(Lake(tmp_path))
    office.takes(APRIL, at(5), register_households=[open_household("H1", income_current=3000)])
    office.takes(JUNE, at(7), register_households=[open_household("H1", income_current=3000)])
    office.takes(MAY, at(7, 9), register_households=[open_household("H1", income_current=9000)])
    office.publish(JUNE, register_households=[open_household("H1", income_current=3000)])
    assert [row[:3] for row in incomes(office) if row[4] is None] == [
        (3000, APRIL, MAY),
        (9000, MAY, JUNE),
        (3000, JUNE, None),
    ]
    table = dim_household
    for known, said in ((at(7, 2), 3000), (at(7, 10), 9000)):
        query = as_it_was(table, date(2026, 6, 15), known)
        sql = str(query.compile(compile_kwargs={"literal_binds": True}))
        (row,) = office.rows(f"SELECT income_current FROM ({sql})")
        assert row == (said,)


def test_a_correction_of_the_same_date_replaces_what_was_known(tmp_path: Path) -> None:
    office = Office(Lake(tmp_path))
    office.takes(MAY, at(6), register_households=[open_household("H1", income_current=3000)])
    office.takes(MAY, at(6, 5), tag="b", register_households=[open_household("H1", income_current=3100)])
    assert incomes(office) == [(3000, MAY, None, at(6), at(6, 5)), (3100, MAY, None, at(6, 5), None)]


def test_what_is_withdrawn_altogether_is_valid_no_more(tmp_path: Path) -> None:
    office = Office(Lake(tmp_path))
    office.takes(MAY, at(6, 1), register_households=[open_household("H1", income_current=3000)])
    office.withdraws("register_households", at(6, 2))
    office.publish(MAY)
    assert incomes(office) == [(3000, MAY, None, at(6, 1), at(6, 2))]
    office.takes(JUNE, at(7, 1), register_households=[open_household("H1", income_current=3000)])
    assert incomes(office) == [(3000, MAY, None, at(6, 1), at(6, 2)), (3000, JUNE, None, at(7, 1), None)]


def test_a_person_who_moves_keeps_the_person_and_changes_the_household(tmp_path: Path) -> None:
    office = Office(Lake(tmp_path))
    homes = [open_household("H1"), household("H2", head_id=pid(2))]
    for month, d, home in ((5, APRIL, "H1"), (6, MAY, "H2")):
        office.takes(d, at(month), register_households=homes, register_members=[member("M1", home, pid(1))])
    assert office.rows("SELECT count(*), count(DISTINCT person_key) FROM warehouse.dim_person") == [(1, 1)]
    now = "SELECT household_no, valid_from, valid_to FROM warehouse.bridge_membership WHERE known_to IS NULL ORDER BY 2"
    assert office.rows(now) == [("H1", APRIL, MAY), ("H2", MAY, None)]
    joined = """SELECT count(*) FROM warehouse.bridge_membership
      JOIN warehouse.dim_person p USING (person_key) JOIN warehouse.dim_household h USING (household_key)
      WHERE bridge_membership.known_to IS NULL AND p.known_to IS NULL AND h.known_to IS NULL"""
    assert office.rows(joined) == [(2,)]


def test_a_certificate_keeps_what_it_was(tmp_path: Path) -> None:
    office = Office(Lake(tmp_path))
    for month, d, benefit in ((5, APRIL, 450), (6, MAY, 500)):
        office.takes(d, at(month), low_income_households=[certificate("C1", monthly_benefit=benefit)])
    now = "SELECT monthly_benefit::INTEGER, valid_to FROM warehouse.dim_certificate WHERE known_to IS NULL ORDER BY 1"
    assert office.rows(now) == [(450, MAY), (500, None)]


def test_grown_night_by_night_equals_made_at_once(tmp_path: Path) -> None:
    grown, whole = Office(Lake(tmp_path / "grown")), Office(Lake(tmp_path / "whole"))
    nights = [
        (APRIL, at(5), "a", 3000, "H2"),
        (JUNE, at(7), "a", 3000, "H3"),
        (MAY, at(7, 9), "a", 9000, "H2"),
        (JUNE, at(7, 12), "b", 3000, "H2"),
        (JULY, at(8), "a", 4000, "H2"),
    ]
    for d, when, tag, income, other in nights:
        rows = [open_household("H1", income_current=income), household(other, head_id=pid(2))]
        grown.takes(d, when, tag=tag, register_households=rows)
        night(whole.lake, d, tag=tag, register_households=rows)
    whole.events, whole.deliveries = list(grown.events), dict(grown.deliveries)
    last = [open_household("H1", income_current=4000), household("H2", head_id=pid(2))]
    whole.publish(JULY, register_households=last)
    assert everything(whole) == everything(grown)
    assert len(everything(grown)["dim_household"]) > 8


def test_no_two_rows_of_one_moment_say_something_of_the_same_day(tmp_path: Path) -> None:
    office = Office(Lake(tmp_path))
    for number, (d, when) in enumerate(((APRIL, at(5)), (JUNE, at(7)), (MAY, at(7, 9)), (JULY, at(8)))):
        office.takes(d, when, register_households=[open_household("H1", income_current=3000 + number)])
    overlapping = """SELECT count(*) FROM warehouse.dim_household a JOIN warehouse.dim_household b USING (household_no)
      WHERE a.version_key < b.version_key
        AND a.valid_from < coalesce(b.valid_to, DATE '9999-01-01') AND b.valid_from < coalesce(a.valid_to, '9999-01-01')
        AND a.known_from < coalesce(b.known_to, 'infinity') AND b.known_from < coalesce(a.known_to, 'infinity')"""
    assert office.rows(overlapping) == [(0,)]
    assert office.rows("SELECT count(*) - count(DISTINCT version_key) FROM warehouse.dim_household") == [(0,)]


def test_an_area_that_is_renamed_keeps_its_old_name_with_dates(tmp_path: Path) -> None:
    office = Office(Lake(tmp_path))
    for month, d, name in ((5, APRIL, "老寨村"), (6, MAY, "老寨村"), (7, JUNE, "新寨村")):
        office.takes(d, at(month), register_households=[open_household("H1", village=name)])
    (code,) = office.rows("SELECT DISTINCT village_code FROM warehouse.dim_household")
    village = f"SELECT name, valid_from, valid_to FROM warehouse.dim_area WHERE area_code = '{code[0]}' ORDER BY 2"
    assert office.rows(village) == [("老寨村", APRIL, JUNE), ("新寨村", JUNE, None)]


def test_a_history_that_lost_a_row_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from warehouse.loading import history

    office = Office(Lake(tmp_path))
    office.takes(APRIL, at(5))
    whole = history._appended
    monkeypatch.setattr(
        history, "_appended", lambda *given: f"SELECT * FROM ({whole(*given)}) WHERE {given[1].key[0]} <> 'H2'"
    )
    with pytest.raises(AuditFailed, match=f"dim_household: 1 rows at {MAY}, register_households_{COUNTY}"):
        office.takes(MAY, at(6))
    assert office.rows("SELECT max(as_of) FROM warehouse.fact_load") == [(APRIL,)]


def test_days_know_the_calendar_of_make_up_days(tmp_path: Path) -> None:
    office = Office(Lake(tmp_path))
    office.takes(APRIL, at(5))
    days = dict(office.rows("SELECT day, working_day FROM warehouse.dim_date WHERE year = 2025"))
    assert len(days) == 365
    assert days[date(2025, 10, 1)] is False
    assert days[date(2025, 9, 28)] is True  # a Sunday that was worked
    assert office.rows("SELECT working_day FROM warehouse.dim_date WHERE day = DATE '2035-06-01'") == [(None,)]
