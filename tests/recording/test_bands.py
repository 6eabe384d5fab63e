"""A refuted lead of a band is silent until the band rises: one that falls, and comes back, asks nobody again."""

from datetime import date, timedelta
from pathlib import Path

from cases.registry import CASES
from recording.county import COUNTY, FIRST, SmallCounty
from worlds_on_disk import run

from expectations.finding import State
from pipelines.recording.verify import verify_ledger

TL02 = ("TL02", "H1")
BANDS = ("five times", "twice", "once")
REFUTED = {"核实结果": "不属实", "核实说明": "已入户核对", "佐证材料": "入户表3号"}


def test_what_was_refuted_is_silent_until_it_is_greater_than_what_was_refuted(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)

    def night(day: int, band: str) -> str:
        above = {"H1": BANDS[: BANDS.index(band)]}
        county.night(FIRST + timedelta(days=day), {TL02: band}, greater=above)
        return county.state(*TL02)

    assert night(0, "twice") == State.DISPATCHED
    county.send({"H1": REFUTED}, date(2026, 7, 1))
    assert [night(day, band) for day, band in ((2, "twice"), (3, "once"), (4, "twice"))] == [State.REFUTED] * 3
    assert night(5, "five times") == State.DISPATCHED  # it reopened, and was sent out the same night
    assert [life.split()[1] for life in county.life(*TL02)][-2:] == [State.REOPENED, State.DISPATCHED]
    assert verify_ledger(county.settings.home.books, COUNTY).is_whole


def test_what_would_be_greater_is_digested_as_it_is_once_it_is(tmp_path: Path) -> None:
    """LD07 of one person, by two literal cases: the greater pension stands among what the lesser calls greater."""
    cases = {case.title: case.world for case in CASES if case.rule == "LD07"}
    said = {}
    for title in ("as much as is asked about", "a worker's pension"):
        (row,) = run(cases[title], tmp_path / title.split()[0], ("LD07",)).findings.to_pylist()
        said[title] = (row["subject_key"], row["evidence_digest"], row["greater_digests"].split(","))
    (person, once, beyond_once), (same, twice, beyond_twice) = said.values()
    assert person == same
    assert (beyond_once[1:], beyond_once[:1]) == ([twice], beyond_twice)
    assert len({once, twice, *beyond_twice}) == 3
