"""Learning from verdicts: shares by rule and department, with the interval that few verdicts leave wide."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from recording.county import COUNTY, FIRST, SmallCounty

from pipelines.recording.precision import count_verdicts, precision_rows, wilson

TRUE = {"核实结果": "属实"}
WRONG = {"核实结果": "不属实", "核实说明": "看过", "佐证材料": "表"}
MONDAY = date(2026, 7, 6)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (9, 10, 0.5958, 0.9821), (81, 263, 0.2553, 0.3662)],
)
def test_wilsons_interval_is_that_of_the_textbooks(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_nothing_verified_leaves_everything_open() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_verdicts_are_counted_by_rule_and_owner_the_last_one_of_each_finding(tmp_path: Path) -> None:
    county = SmallCounty(tmp_path)
    houses = {("TL02", house): "a" for house in ("H1", "H2", "H3", "H4")}
    county.night(FIRST, houses)
    county.send({"H1": TRUE, "H2": WRONG, "H3": WRONG}, MONDAY)
    county.night(date(2026, 7, 7), houses | {("TL02", "H3"): "b"})
    county.send({"H3": TRUE}, date(2026, 7, 8))
    ledger = pq.read_table(county.settings.home.lake.ledger(county.runs[-1].id))
    books = county.settings.home.books
    assert count_verdicts(books, ledger, COUNTY, date(2026, 7, 7)) == {("TL02", "civil_affairs"): (1, 3)}
    assert count_verdicts(books, ledger, COUNTY, date(2026, 7, 8)) == {("TL02", "civil_affairs"): (2, 3)}
    assert count_verdicts(books, ledger, COUNTY, FIRST) == {}
    (row,) = precision_rows({("TL02", "civil_affairs"): (2, 3)})
    assert (row["precision"], row["low"], row["high"]) == (0.6667, 0.2077, 0.9385)
