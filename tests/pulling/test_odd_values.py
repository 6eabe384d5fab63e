"""What a database can hold and a reader cannot is a problem of its cell: the rest of the pull comes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipelines.house.settings import Settings
from pipelines.night.pulling import pull
from pipelines.pulling.config import FeedSource

D = date(2026, 6, 30)

pytestmark = pytest.mark.services


def paid(source: Any, config: Any, day: str, name: str = "name") -> Any:
    """A configuration that pulls payments with this expression for their day."""
    query = (
        f"SELECT cert AS 低保证号, '2026-06' AS 发放年月, '1' AS 批次号, 400 AS 发放金额, {name} AS 收款人姓名,"
        f" person AS 收款人证件号码, '成功' AS 发放状态, {day} AS 发放日期 FROM {source.name} ORDER BY id"
    )
    return replace(config, feeds=(FeedSource("low_income_payments", query=query),))


def days(rows: list[dict[str, Any]]) -> list[date | None]:
    return [row["paid_on"] for row in sorted(rows, key=lambda r: r["certificate_no"])]


def test_a_day_that_there_is_not_costs_only_its_cell(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    if source.is_postgres:
        source.insert(1, 3)
        odd = "CASE id WHEN 1 THEN 'infinity'::date WHEN 2 THEN '0044-03-15 BC'::date ELSE '2026-06-15'::date END"
    else:
        source.insert(1, 3)
        odd = "CASE id WHEN 1 THEN CAST('0000-00-00' AS date) WHEN 2 THEN '0000-00-00' ELSE '2026-06-15' END"
    (delivery,) = pull(settings, paid(source, configure(), odd), D, environment).deliveries
    assert delivery.status == "accepted"
    assert days(staged(delivery)) == [None, None, date(2026, 6, 15)]


def test_an_instant_is_its_day_in_shanghai_whatever_the_sessions_zone(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 1)
    text = "2026-06-14 16:00:00+00"
    moment = f"'{text}'::timestamptz" if source.is_postgres else "'2026-06-14T16:00:00Z'"
    (delivery,) = pull(settings, paid(source, configure(), moment), D, environment).deliveries
    assert days(staged(delivery)) == [date(2026, 6, 15)]


def test_a_name_in_bytes_is_read_in_the_encoding_that_it_was_written_in(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 1)
    for octets, name in (("王伟".encode("gb18030"), "王伟"), ("王伟".encode(), "王伟")):
        given = f"'\\x{octets.hex()}'::bytea" if source.is_postgres else f"0x{octets.hex()}"
        config = paid(source, configure(), "'2026-06-15'", given)
        deliveries = pull(settings, config, D, environment).deliveries
        for delivery in deliveries:
            assert [row["payee_name"] for row in staged(delivery)] == [name]
