"""Deadlines that a finding's own row gives: a lead that was handed down is to be verified by its day."""

from datetime import date
from pathlib import Path

from recording.county import COUNTY, FIRST, SmallCounty

from pipelines.recording.by_hand import send_waiting
from pipelines.recording.verify import verify_ledger

TL02, TL05 = ("TL02", "H1"), ("TL05", "C1")
GIVEN = date(2026, 7, 17)
LATER = date(2026, 9, 1)


def test_a_finding_is_due_on_the_day_that_its_row_gives_and_others_by_their_rule(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    county.night(FIRST, {TL02: "a", TL05: "a"}, given={"H1": GIVEN.isoformat()})
    assert county.row(*TL02)["due_on"] == GIVEN
    assert county.row(*TL05)["due_on"] not in (None, GIVEN)
    # another day in the row does not move a deadline that stands, as no policy does
    county.night(date(2026, 7, 2), {TL02: "a", TL05: "a"}, given={"H1": LATER.isoformat()})
    assert county.row(*TL02)["due_on"] == GIVEN
    assert verify_ledger(county.settings.home.books, COUNTY).is_whole


def test_what_waits_is_sent_with_the_day_that_its_newest_row_gives(tmp_path: Path) -> None:
    """By hand too; where the feed is away that night, with the day that was known."""
    county = SmallCounty(tmp_path)
    home = county.settings.home
    county.night(FIRST, {TL02: "a"}, given={"H1": LATER.isoformat()}, dispatch=False)
    county.night(date(2026, 7, 1), {TL02: "a"}, given={"H1": GIVEN.isoformat()}, dispatch=False)
    run = county.night(date(2026, 7, 2), {}, evaluated=(), dispatch=False)
    on = date(2026, 7, 2)
    policy, actor = county.policy(on), county.settings.actor
    send_waiting(home.books, home.lake, run, policy, rules=(), actor=actor, on=on, at=county.clock)
    assert county.row(*TL02)["due_on"] == GIVEN
    assert verify_ledger(home.books, COUNTY).is_whole


def test_a_row_that_no_longer_gives_a_day_is_due_by_its_rule(tmp_path: Path) -> None:
    told, never = SmallCounty(tmp_path / "told"), SmallCounty(tmp_path / "never")
    for county in (told, never):
        county.night(FIRST, {TL02: "a"}, given={"H1": GIVEN.isoformat()} if county is told else None, dispatch=False)
        county.night(date(2026, 7, 2), {TL02: "a"})
    assert told.row(*TL02)["due_on"] == never.row(*TL02)["due_on"]
