"""A document that let another office's book in is revoked: what it had led to leaves every output the next night."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import yaml
from allowances import basis
from feed_tables import file_name, text_table, write_csv
from feed_tables import rows_of as valid_rows
from homes import AS_OF, COUNTY, NIGHT, copy_home, settings_of

from expectations.feeds import FEEDS_BY_NAME
from pipelines.commands.nights import is_incomplete
from pipelines.house.settings import Settings
from pipelines.night.flow import run_night
from pipelines.reading_out.differences import compare_runs
from pipelines.reading_out.ledgers import newest_runs, read_ledgers
from pipelines.recording.events import read_events

VEHICLES = FEEDS_BY_NAME["vehicles"]
NEXT = AS_OF + timedelta(days=1)


def settings_with(home: Path, documents: Sequence[dict[str, object]]) -> Settings:
    """The home an hour later, under a policy that names these documents."""
    path = home / "policy" / f"{COUNTY}.yaml"
    policy = yaml.safe_load(path.read_text(encoding="utf-8"))
    policy["parameters"].pop("leads.basis", None)
    if documents:
        policy["parameters"]["leads.basis"] = list(documents)
    path.write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")
    return replace(settings_of(home), now=lambda: NIGHT + timedelta(hours=1))


def open_heads(home: Path) -> list[str]:
    """Numbers of the heads of open households."""
    (sent,) = home.rglob(f"archive/**/register_households_{COUNTY}_{AS_OF:%Y%m%d}.csv")
    with sent.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [row["户主证件号码"] for row in rows if row["脱贫属性"] == "未脱贫" and len(row["户主证件号码"]) == 18]


def test_what_a_revoked_document_had_led_to_leaves_every_output(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    settings = settings_with(home, basis())
    heads = open_heads(home)[:3]
    rows = [
        row | {"owner_id": head, "vehicle_type": "轿车", "appraised_value": 80000, "vehicle_status": "正常"}
        for row, head in zip(valid_rows(VEHICLES, len(heads)), heads, strict=True)
    ]
    settings.inbox.mkdir(exist_ok=True)
    write_csv(settings.inbox / file_name(VEHICLES, as_of=AS_OF, county=COUNTY), text_table(VEHICLES, rows))
    (before,) = run_night(settings, NEXT).summaries
    found = {row["rule"]: row for row in before["rules"]}["LD02"]
    assert (found["status"], found["findings"], before["unusable"]) == ("evaluated", len(heads), [])
    ledger = read_ledgers(settings, newest_runs(settings))
    leads = [row["finding_id"] for row in ledger.to_pylist() if row["rule"] == "LD02"]

    assert sum(1 for _ in (home / "reports" / before["run"]).rglob("*.xlsx")) > 3

    settings = settings_with(home, [])
    (after,) = run_night(settings, NEXT).summaries
    told = {row["rule"]: row for row in after["rules"]}["LD02"]
    assert (told["status"], told["findings"]) == ("not_applicable", 0)
    assert (after["findings"]["cleared"], after["dropped"]) == (0, {"政策调整": len(heads)})
    assert is_incomplete(after) is is_incomplete(before)  # no reason for status 3
    (row,) = after["unusable"]
    assert (row["feed"], "leads.basis" in row["unusable"]) == ("vehicles", True)
    page = (home / "runs" / after["run"] / "summary.html").read_text(encoding="utf-8")
    assert "没有共享依据，不再采用" in page[page.index('id="unusable"') :]
    assert "LD02" not in set(read_ledgers(settings, newest_runs(settings))["rule"].to_pylist())
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        query = "SELECT count(*) FILTER (rule = 'LD02'), count(*) > 0 FROM warehouse.fact_finding"
        assert warehouse.execute(query).fetchone() == (0, True)
    assert after["open"]
    assert not [row for row in after["open"] if row["rule"] == "LD02"]
    # neither in what the night before had written, nor in what changed since
    assert not list((home / "reports" / before["run"]).rglob("*.xlsx"))
    changed = compare_runs(settings, before["run"], after["run"])
    assert "LD02" not in {row["rule"] for row in (*changed.findings, *changed.rules)}
    with settings.home.books.connect() as connection:
        for finding in leads:
            last = list(read_events(connection, COUNTY, finding))[-1]
            assert (last["to_state"], "共享依据已撤销" in last["why"]) == ("数据已消除", True)
