"""A department's database, pulled by Airflow through a connection that Airflow keeps."""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from airflows import run_airflow
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from pipelines.house.settings import open_settings
from warehouse.books.deliveries import list_deliveries

COUNTY = "522601"
COLUMNS = {
    "低保证号": "cert",
    "姓名": "name",
    "证件号码": "person",
    "与户主关系": "relation",
    "是否保障对象": "covered",
}


@pytest.fixture
def table(server: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """The server's URL and a table of low_income_members with two rows."""
    url, name = server("postgres"), f"members_{uuid.uuid4().hex[:12]}"
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as there:
        there.execute(text(f"CREATE TABLE {name} (cert text, name text, person text, relation text, covered integer)"))
        there.execute(text(f"INSERT INTO {name} VALUES ('C1', '张三', NULL, '配偶', 1), ('C2', '李四', NULL, '子', 1)"))
    yield url, name
    with engine.begin() as there:
        there.execute(text(f"DROP TABLE {name}"))
    engine.dispose()


def test_every_configuration_is_pulled_with_the_url_that_airflow_keeps(tmp_path: Path, table: tuple[str, str]) -> None:
    url, name = table
    home = tmp_path / "home"
    (home / "pulls").mkdir(parents=True)
    feed = {"table": name, "columns": COLUMNS}
    config = {"county": COUNTY, "url_env": "CIVIL_AFFAIRS_URL", "feeds": {"low_income_members": feed}}
    (home / "pulls" / "civil_affairs.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    kept = make_url(url).set(drivername="postgres").render_as_string(hide_password=False)
    steps = [{"run": "pull", "dag": "pull", "conf": {"as_of": "2026-06-30"}}]
    run_airflow(tmp_path, home, steps, AIRFLOW_CONN_CIVIL_AFFAIRS_URL=kept)
    told = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert told["runs"]["pull"]["state"] == "success"
    assert told["events"] == ["staged_low_income_members"]
    books = open_settings(home, inbox=None, policy=None, now=lambda: pytest.fail("no clock")).home.books
    (delivery,) = list_deliveries(books)
    assert (delivery.source, delivery.county, str(delivery.as_of), delivery.status) == (
        "pull",
        COUNTY,
        "2026-06-30",
        "accepted",
    )
    assert delivery.accounting is not None
    assert delivery.accounting.staged == 2
