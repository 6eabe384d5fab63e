"""What an answer says, to the day: dates as people and spreadsheets write them, and where they stop being taken."""

from datetime import date, timedelta

import pytest

from expectations.finding import Because, State
from expectations.workbook import COMPLETED, LONGEST_PLAN_DAYS, PLANNED, VERDICT
from pipelines.recording.answers import Problem, Said, Standing, answer_digest, plan_answer, read_date

SENT = date(2026, 5, 4)
CONFIRMED = "属实"


def problems(said: Said, on: date) -> set[str]:
    """Headings of what is wrong with an answer to a finding that was dispatched on 4 May."""
    standing = Standing("f" * 24, "522601", "TL02", State.DISPATCHED, "B1", SENT, "digest")
    return {part.column for part in plan_answer(standing, {VERDICT: CONFIRMED} | said, on) if isinstance(part, Problem)}


@pytest.mark.parametrize(
    "written",
    ["2026-09-30", "2026/9/30", "2026.09.30", "2026年9月30日", "20260930", "46295", "2026-09-30 00:00:00"],
)
def test_a_date_is_the_same_however_it_is_written(written: str) -> None:
    assert read_date(written) == date(2026, 9, 30)


@pytest.mark.parametrize("written", ["2026-02-30", "2026", "9月30日", "4629", "462950", "明天"])
def test_what_is_no_date_is_none(written: str) -> None:
    assert read_date(written) is None


def test_an_answer_is_registered_on_the_day_of_dispatch_at_the_earliest() -> None:
    assert problems({}, SENT) == set()
    assert problems({}, SENT - timedelta(days=1)) == {"下发日期"}


def test_a_plan_reaches_five_years_and_no_day_further() -> None:
    on = SENT + timedelta(days=10)
    longest = on + timedelta(days=LONGEST_PLAN_DAYS)
    assert PLANNED not in problems({PLANNED: longest.isoformat()}, on)
    assert PLANNED in problems({PLANNED: (longest + timedelta(days=1)).isoformat()}, on)
    assert PLANNED not in problems({PLANNED: SENT.isoformat()}, on)
    assert PLANNED in problems({PLANNED: (SENT - timedelta(days=1)).isoformat()}, on)


def test_what_is_done_was_done_between_dispatch_and_today() -> None:
    on = SENT + timedelta(days=10)
    wrong = {day for day in (-1, 0, 10, 11) if COMPLETED in problems({COMPLETED: f"{SENT + timedelta(days=day)}"}, on)}
    assert wrong == {-1, 11}


def test_an_answer_is_another_where_the_finding_the_batch_or_a_cell_is_another() -> None:
    said = {VERDICT: CONFIRMED, PLANNED: "2026-06-30"}
    first = answer_digest(b"key", "f1", "B1", said)
    assert answer_digest(b"key", "f1", "B1", dict(reversed(said.items()))) == first
    others = [
        answer_digest(b"key", "f2", "B1", said),
        answer_digest(b"key", "f1", "B2", said),
        answer_digest(b"key", "f1", "B1", said | {PLANNED: "2026-07-01"}),
    ]
    assert len({first, *others}) == 4


@pytest.mark.parametrize(
    ("because", "told"),
    [
        (None, "最新数据中这条问题已经不存在，不用再填"),
        *((one.value, f"因{one.value}，这条问题现在已不算问题（不算整改），不用再填") for one in Because),
    ],
)
def test_an_answer_to_what_is_gone_is_told_why_it_went(because: str | None, told: str) -> None:
    standing = Standing("f" * 24, "522601", "TL02", State.CLEARED, "B1", SENT, "digest", cleared_because=because)
    assert plan_answer(standing, {VERDICT: CONFIRMED}, SENT) == (Problem("问题编号", told),)
