"""A department's database, pulled by Airflow through a connection that Airflow keeps."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from actors import TESTER
from airflows import listening, run_airflow
from source_tables import COLUMNS, new_source
from sqlalchemy import make_url

from pipelines.house.settings import open_settings
from warehouse.books.deliveries import list_deliveries

COUNTY = "522601"


def test_every_configuration_is_pulled_with_the_url_that_airflow_keeps(
    tmp_path: Path, server: Callable[[str], str]
) -> None:
    home = tmp_path / "home"
    (home / "pulls").mkdir(parents=True)
    with new_source(server("postgres")) as source:
        source.insert(1, 2)
        feed = {"table": source.name, "columns": COLUMNS}
        config = {"county": COUNTY, "url_env": "CIVIL_AFFAIRS_URL", "feeds": {"low_income_members": feed}}
        (home / "pulls" / "civil_affairs.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
        kept = make_url(source.url).set(drivername="postgres").render_as_string(hide_password=False)
        steps = [{"run": "pull", "dag": "pull", "conf": {"as_of": "2026-06-30"}}]
        run_airflow(tmp_path, home, steps, AIRFLOW_CONN_CIVIL_AFFAIRS_URL=kept)
    told = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert told["runs"]["pull"]["state"] == "success"
    assert told["events"] == ["staged_low_income_members"]
    books = open_settings(home, inbox=None, policy=None, actor=TESTER, now=lambda: pytest.fail("no clock")).home.books
    (delivery,) = list_deliveries(books)
    assert (delivery.source, delivery.county, str(delivery.as_of), delivery.status) == (
        "pull",
        COUNTY,
        "2026-06-30",
        "accepted",
    )
    assert delivery.accounting is not None
    assert delivery.accounting.staged == 2


def test_a_feed_that_cannot_be_pulled_is_named_in_the_alert_and_the_others_land(
    tmp_path: Path, server: Callable[[str], str]
) -> None:
    home = tmp_path / "home"
    (home / "pulls").mkdir(parents=True)
    with new_source(server("postgres")) as source, listening() as (told, hook):
        source.insert(1, 2)
        broken = {"query": f"SELECT name AS 姓名, name AS 姓名 FROM {source.name}"}
        feeds = {"students": broken, "low_income_members": {"table": source.name, "columns": COLUMNS}}
        config = {"county": COUNTY, "url_env": "CIVIL_AFFAIRS_URL", "feeds": feeds}
        (home / "pulls" / "civil_affairs.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
        kept = make_url(source.url).set(drivername="postgres").render_as_string(hide_password=False)
        run_airflow(
            tmp_path,
            home,
            [{"run": "pull", "dag": "pull", "conf": {"as_of": "2026-06-30"}}],
            AIRFLOW_CONN_CIVIL_AFFAIRS_URL=kept,
            LIANGXIAN_ALERT_WEBHOOK="alert_hook",
            AIRFLOW_CONN_ALERT_HOOK=hook,
        )
    run = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))["runs"]["pull"]
    assert run["state"] == "failed"
    assert ["pull_database", 0, "failed"] in run["tasks"]
    (alert,) = told
    assert "学籍（students，" in alert
    assert "姓名" in alert
    assert "low_income_members" not in alert
    settings = open_settings(home, inbox=None, policy=None, actor=TESTER, now=lambda: pytest.fail("no clock"))
    assert [(d.feed, d.status) for d in list_deliveries(settings.home.books)] == [("low_income_members", "accepted")]
