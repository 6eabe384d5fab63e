"""A department's database, pulled by Airflow through a connection that Airflow keeps."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from actors import TESTER
from airflows import listening, run_airflow
from sharing import folder_of_all, made_once
from source_tables import COLUMNS, new_source
from sqlalchemy import make_url

from pipelines.house.settings import open_settings
from warehouse.books.deliveries import Delivery, list_deliveries

COUNTY = "522601"
BROKEN = "522622"
"""County of the configuration one of whose feeds cannot be pulled, and one is held, since it has no rows."""

PAYMENT = (
    "'2026-06' AS 发放年月, '1' AS 批次号, 400 AS 发放金额, name AS 收款人姓名, person AS 收款人证件号码,"
    " '成功' AS 发放状态"
)


@dataclass(frozen=True)
class Pulled:
    """What Airflow told of two pulls, one by each configuration; the alerts that were sent; the deliveries."""

    told: dict[str, Any]
    alerts: Sequence[str]
    deliveries: Sequence[Delivery]


@pytest.fixture(scope="session")
def pulled(tmp_path_factory: pytest.TempPathFactory, worker_id: str, server: Callable[[str], str]) -> Pulled:
    """Both pulls, once for all workers."""
    folder = made_once(folder_of_all(tmp_path_factory, worker_id) / "pulled", partial(pull, server))
    told, alerts = (json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in ("told", "alerts"))
    home = folder / "home"
    settings = open_settings(home, inbox=None, policy=None, actor=TESTER, now=lambda: pytest.fail("no clock"))
    return Pulled(told, alerts, list_deliveries(settings.home.books))


def pull(server: Callable[[str], str], folder: Path) -> None:
    """Pull by a configuration, then by another in its place: to start an Airflow takes longer than both."""
    then, there = folder / "then.yaml", folder / "home" / "pulls" / "civil_affairs.yaml"
    there.parent.mkdir(parents=True)
    with new_source(server("postgres")) as source, listening() as (alerts, hook):
        source.insert(1, 2)
        sound = {"low_income_members": {"table": source.name, "columns": COLUMNS}}
        broken = {"students": {"query": f"SELECT name AS 姓名, name AS 姓名 FROM {source.name}"}}
        empty = {
            "low_income_payments": {"query": f"SELECT cert AS 低保证号, {PAYMENT} FROM {source.name} WHERE id < 0"}
        }
        for path, county, feeds in ((there, COUNTY, sound), (then, BROKEN, broken | sound | empty)):
            config = {"county": county, "url_env": "CIVIL_AFFAIRS_URL", "feeds": feeds}
            path.write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8")
        kept = make_url(source.url).set(drivername="postgres").render_as_string(hide_password=False)
        run_airflow(
            folder,
            folder / "home",
            [
                {"run": "sound", "dag": "pull", "conf": {"as_of": "2026-06-30"}},
                {"move": str(there), "to": str(folder / "before.yaml")},
                {"move": str(then), "to": str(there)},
                {"run": "broken", "dag": "pull", "conf": {"as_of": "2026-06-30"}},
            ],
            AIRFLOW_CONN_CIVIL_AFFAIRS_URL=kept,
            LIANGXIAN_ALERT_WEBHOOK="alert_hook",
            AIRFLOW_CONN_ALERT_HOOK=hook,
        )
    (folder / "alerts.json").write_text(json.dumps(alerts, ensure_ascii=False), encoding="utf-8")


def test_every_configuration_is_pulled_with_the_url_that_airflow_keeps(pulled: Pulled) -> None:
    assert pulled.told["runs"]["sound"]["state"] == "success"
    assert pulled.told["events"][:1] == ["staged_low_income_members"]
    (delivery,) = [d for d in pulled.deliveries if d.county == COUNTY]
    assert (delivery.source, delivery.feed, str(delivery.as_of), delivery.status) == (
        "pull",
        "low_income_members",
        "2026-06-30",
        "accepted",
    )
    assert delivery.accounting is not None
    assert delivery.accounting.staged == 2


def test_a_feed_that_cannot_be_pulled_is_named_in_the_alert_and_the_others_land_and_are_told_of(pulled: Pulled) -> None:
    run = pulled.told["runs"]["broken"]
    assert run["state"] == "failed"
    assert ["pull_database", 0, "success"] in run["tasks"]
    assert ["name_failed", -1, "failed"] in run["tasks"]
    assert ["ask_for_release", 0, "success"] in run["tasks"]  # of the one that is held
    assert pulled.told["events"] == ["staged_low_income_members"] * 2
    (alert,) = pulled.alerts
    assert "学籍（students，查询语句（query））没有取成：" in alert
    assert "姓名" in alert
    assert "low_income_members" not in alert
    landed = {(d.feed, d.status) for d in pulled.deliveries if d.county == BROKEN}
    assert landed == {("low_income_members", "accepted"), ("low_income_payments", "held")}
