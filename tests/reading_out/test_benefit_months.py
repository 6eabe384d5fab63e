"""The strip of a card: months that were paid, that came back, that are owed as PY02 asks, and that say nothing."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from builders import COUNTY, D, Row, World, certificate, certificate_member, deliver, payment
from worlds_on_disk import policy_of, stage

from expectations.calendar import months_between
from pipelines.reading_out.cards.benefits import Strip, strips_of
from pipelines.reading_out.cards.blocks import BLOCKS
from pipelines.reading_out.cards.gathering import Kind, Subject, gather, open_rows
from pipelines.reading_out.cards.known import Known
from warehouse.books.runs import Run
from warehouse.lake import Lake

RUN = Run("r", COUNTY, D, {}, (), "", False, datetime(2026, 7, 1, tzinfo=UTC))


def strips(folder: Path, own: Row, *paid: Row, without: str = "") -> list[Strip]:
    """Those of C1, beside a certificate that is paid from July 2025 to June 2026 but for one month."""
    sent = [month for month in months_between("2025-07", "2026-06") if month != without]
    world = World(
        deliveries=(
            deliver("low_income_households", D, [own, certificate("C9")]),
            deliver("low_income_members", D, [certificate_member("C1"), certificate_member("C9", None)]),
            deliver("low_income_payments", D, [*paid, *(payment("C9", month) for month in sent)]),
        )
    )
    conformed = stage(world, Lake(folder))
    with open_rows(conformed) as connection:
        (family,) = gather(connection, [Subject(Kind.CERTIFICATE, "C1")], BLOCKS)
    return strips_of(family, Known(RUN, conformed, policy_of(world), ()))


def told(found: list[Strip]) -> dict[str, tuple[str, str]]:
    (strip,) = found
    return {month.month: (month.text, month.tone) for month in strip.months}


def test_what_came_and_what_came_back_and_what_is_owed(tmp_path: Path) -> None:
    own = certificate("C1", start_date=date(2025, 9, 15))
    paid = payment("C1", "2026-03", amount=300), payment("C1", "2026-03", amount=20, batch_no="P2")
    back = payment("C1", "2026-04", amount=300, payment_status="退回")
    months = told(strips(tmp_path, own, *paid, back))
    assert months["2026-03"] == ("320.00", "amount")
    assert months["2026-04"] == ("退回", "amiss")
    assert months["2025-09"] == ("—", "silent")  # begun in the midst of it
    assert months["2025-10"] == ("无记录", "amiss")
    assert months["2026-06"] == ("未结清", "silent")
    assert len(months) == 12


def test_a_certificate_that_has_ended_is_owed_nothing_from_then_on(tmp_path: Path) -> None:
    ended = certificate("C1", status="停保", start_date=date(2020, 1, 1), end_date=date(2026, 2, 10))
    months = told(strips(tmp_path, ended))
    assert (months["2026-02"], months["2026-03"]) == (("无记录", "amiss"), ("—", "silent"))


@pytest.mark.parametrize(
    "nothing",
    [
        {"programme": "低保边缘", "tier": None},
        {"monthly_benefit": 0},
        {"start_date": date(2026, 6, 2)},
        {"status": "停保", "end_date": None},  # when it ended was refused
    ],
)
def test_of_what_owes_nothing_there_is_no_strip(tmp_path: Path, nothing: Row) -> None:
    assert strips(tmp_path, certificate("C1", **nothing)) == []


def test_a_month_that_nobody_sent_is_no_month_without_money(tmp_path: Path) -> None:
    months = told(strips(tmp_path, certificate("C1"), without="2026-03"))
    assert months["2026-03"] == ("缺数据", "silent")
    assert months["2026-05"] == ("无记录", "amiss")
