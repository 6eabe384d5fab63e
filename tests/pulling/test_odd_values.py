"""What a database can hold and a reader cannot is a problem of its cell: the rest of the pull comes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest
from source_tables import COLUMNS

from pipelines.house.settings import Settings
from pipelines.night.pulling import pull
from pipelines.pulling.config import FeedSource
from warehouse.books.deliveries import Delivery

D = date(2026, 6, 30)

pytestmark = pytest.mark.services


def paid(source: Any, config: Any, day: str, name: str = "name") -> Any:
    """A configuration that pulls payments with this expression for their day."""
    query = (
        f"SELECT cert AS 低保证号, '2026-06' AS 发放年月, '1' AS 批次号, 400 AS 发放金额, {name} AS 收款人姓名,"
        f" person AS 收款人证件号码, '成功' AS 发放状态, {day} AS 发放日期 FROM {source.name} ORDER BY id"
    )
    return replace(config, feeds=(FeedSource("low_income_payments", query=query),))


def recorded(settings: Settings, delivery: Delivery) -> list[dict[str, Any]]:
    """What was refused in a delivery."""
    return pq.read_table(settings.home.lake.problems(delivery.feed, delivery.county, delivery.id)).to_pylist()


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


def members(source: Any, config: Any, **columns: str) -> Any:
    """A configuration that pulls members with these expressions instead of the table's columns."""
    given = {"cert": "cert", "name": "name", "person": "person", "relation": "relation", "covered": "covered"} | columns
    wanted = ", ".join(f"{e} AS {heading}" for e, heading in zip(given.values(), COLUMNS, strict=True))
    return replace(config, feeds=(FeedSource("low_income_members", query=f"SELECT {wanted} FROM {source.name}"),))


def test_bits_are_numbers_whichever_way_a_database_keeps_them(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 2)
    source.run("ALTER TABLE {t} ADD flag bit(1)")
    source.run("UPDATE {t} SET flag = " + ("B'1'" if source.is_postgres else "b'1'") + " WHERE id = 1")
    source.run("UPDATE {t} SET flag = " + ("B'0'" if source.is_postgres else "b'0'") + " WHERE id = 2")
    (delivery,) = pull(settings, members(source, configure(), covered="flag"), D, environment).deliveries
    assert {row["certificate_no"]: row["covered"] for row in staged(delivery)} == {"C000001": True, "C000002": False}


def test_several_bits_are_the_number_that_they_are(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 1)
    source.run("ALTER TABLE {t} ADD flag bit(12)")
    source.run("UPDATE {t} SET flag = " + ("B'000001100101'" if source.is_postgres else "b'000001100101'"))
    (delivery,) = pull(settings, members(source, configure(), cert="flag"), D, environment).deliveries
    assert [row["certificate_no"] for row in staged(delivery)] == ["101"]


ODD = {
    "postgres": [
        "'infinity'::date", "'-infinity'::timestamp", "'infinity'::timestamptz", "'0044-03-15 BC'::date",
        "'0044-03-15 12:00 BC'::timestamptz", "'24:00'::time", "'24:00:00+08'::timetz", "'100000000 years'::interval",
        "'NaN'::numeric", "'NaN'::float8", "'infinity'::float8", "'9999-12-31 23:30+00'::timestamptz",
        "'0001-01-01 00:00+00'::timestamptz", "'\\xff81'::bytea", "'{1,2}'::int[]", "'{\"a\": 1}'::json",
        "'(1,2)'::point", "'5874897-12-31'::date",
    ],
    "mariadb": [
        "CAST('0000-00-00' AS date)", "CAST('0000-00-00 00:00:00' AS datetime)", "CAST('2026-00-15' AS date)",
        "CAST('838:59:59' AS time)", "0xff81", "CAST('9999-12-31 23:59:59' AS datetime)", "1e308", "b'101'",
        "ST_GeomFromText('POINT(1 2)')",
    ],
}  # fmt: skip
"""What a database can hold and Python cannot, and what else is no plain text or number."""


def test_a_value_that_python_has_not_costs_the_pull_nothing(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 2)
    odd = ODD["postgres" if source.is_postgres else "mariadb"]
    columns = ", ".join(f"{expression} AS odd_{n}" for n, expression in enumerate(odd))
    config = paid(source, configure(), "'2026-06-15'", f"name AS other, {columns}, name")
    (delivery,) = pull(settings, config, D, environment).deliveries
    assert days(staged(delivery)) == [date(2026, 6, 15)] * 2


@pytest.mark.parametrize("number", [1, 11])
def test_a_value_that_is_no_day_is_a_recorded_problem_of_its_cell(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any, number: int
) -> None:
    odd = ODD["postgres"][number] if source.is_postgres else ODD["mariadb"][number % 3]
    source.insert(1, 1)
    (delivery,) = pull(settings, paid(source, configure(), odd), D, environment).deliveries
    assert days(staged(delivery)) == [None]
    assert [(p["column"], p["scope"]) for p in recorded(settings, delivery)] == [("paid_on", "value")]


def test_bytes_in_no_encoding_are_a_problem_of_their_cell(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    source.insert(1, 30)
    octets = "'\\xd5c5ff81'::bytea" if source.is_postgres else "0xd5c5ff81"
    whole = "convert_to(name, 'UTF8')" if source.is_postgres else "CAST(name AS binary)"
    config = members(source, configure(), name=f"CASE id WHEN 7 THEN {octets} ELSE {whole} END")
    (delivery,) = pull(settings, config, D, environment).deliveries
    assert len(staged(delivery)) == 29
    (problem,) = recorded(settings, delivery)
    assert (problem["column"], problem["reason"], problem["detail"]) == ("name", "bad_text", "lost_characters")


def test_a_column_of_another_character_set_than_its_bytes_is_told_and_not_staged(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any
) -> None:
    """GB18030 bytes in a column that a database takes for Latin come as ÕÅÈý."""
    if source.is_postgres:
        pytest.skip("a database of PostgreSQL has one encoding")
    source.insert(1, 2)
    source.run("ALTER TABLE {t} ADD old varchar(40) CHARACTER SET latin1")
    for number, name in ((1, "张三丰"), (2, "丙仜喆")):  # the second has bytes that Latin has no character for
        octets = f"CAST(0x{name.encode('gb18030').hex()} AS char CHARACTER SET latin1)"
        source.run(f"UPDATE {{t}} SET old = {octets} WHERE id = {number}")
    (delivery,) = pull(settings, members(source, configure(), name="old"), D, environment).deliveries
    assert delivery.status == "rejected"
    assert "文字编码不对，是乱码" in "".join(delivery.reason)


@pytest.fixture
def ascii_source(source: Any, environment: Any) -> Iterator[Any]:
    """A database of encoding SQL_ASCII with the source's table; a function that runs a statement in it."""
    if not source.is_postgres:
        pytest.skip("only PostgreSQL has such databases")
    name = f"{source.name}_ascii"
    with source.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
        admin.exec_driver_sql(
            f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        url = source.engine.url.set(database=name)
        environment[next(iter(environment))] = url.render_as_string(hide_password=False)

        def run(statement: str) -> None:
            with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False)) as there:
                there.execute(statement.encode())

        run(f"CREATE TABLE {source.name} (cert text, name text, person text, relation text, covered text)")
        yield run
        admin.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def octets_of(text: str | bytes, encoding: str = "utf-8") -> str:
    """A text as PostgreSQL takes any bytes."""
    return "E'" + "".join(f"\\x{b:02x}" for b in (text.encode(encoding) if isinstance(text, str) else text)) + "'"


def test_a_server_that_keeps_bytes_of_any_encoding_gives_what_they_say_and_the_rest_costs_its_cell(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any, ascii_source: Any
) -> None:
    names = {f"C{n:02}": octets_of("王伟") for n in range(40)} | {"C40": octets_of("李娜", "gb18030")}
    names |= {"C41": octets_of(b"\xff\x81")}
    for cert, name in names.items():
        relation = octets_of("配偶", "gb18030" if cert == "C02" else "utf-8")
        ascii_source(f"INSERT INTO {source.name} VALUES ('{cert}', {name}, NULL, {relation}, '1')")
    (delivery,) = pull(settings, configure(), D, environment).deliveries
    assert delivery.status == "accepted"
    assert {r["certificate_no"]: r["name"] for r in staged(delivery)} == {
        **dict.fromkeys((f"C{n:02}" for n in range(40)), "王伟"),
        "C40": "李娜",
    }
    (problem,) = recorded(settings, delivery)
    assert (problem["column"], problem["scope"], problem["reason"]) == ("name", "row", "bad_text")
    ascii_source(f"UPDATE {source.name} SET name = {octets_of(bytes([255, 129]))}")
    (delivery,) = pull(settings, configure(), D, environment, full=True).deliveries
    assert delivery.status == "rejected"
    told = "".join(delivery.reason)
    assert f"表{source.name}" in told
    assert "字段name" in told
    assert "主键C00" in told


def test_a_query_in_chinese_is_asked_of_such_a_server_and_costs_no_other_feed(
    source: Any, settings: Settings, configure: Any, environment: Any, staged: Any, ascii_source: Any
) -> None:
    ascii_source(f"INSERT INTO {source.name} VALUES ('C1', {octets_of('王伟')}, NULL, {octets_of('配偶')}, '1')")
    config = members(source, configure(), name="CASE name WHEN '王伟' THEN '王小伟' END")
    broken = FeedSource("students", query=f"SELECT name AS 姓名, 1/0 AS 学籍号 FROM {source.name}")
    pulled = pull(settings, replace(config, feeds=(broken, *config.feeds)), D, environment)
    (delivery,) = pulled.deliveries
    assert [row["name"] for row in staged(delivery)] == ["王小伟"]
    (failure,) = pulled.failures
    assert "students" in str(failure)
