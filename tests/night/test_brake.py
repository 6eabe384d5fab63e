"""A wrong file on an ordinary night: nothing of what it makes is sent out, everybody hears of it, a person sends it."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import call
from night.counties import COUNTY, Home, copy_home
from sqlalchemy import select

from expectations.rules.needs import HO
from pipelines.desk.alerts import Kind, digest, render_text
from pipelines.night.flow import run_night
from warehouse.books.schema import audit, finding_events, findings

RULE = "CV08"
NEXT_DAY = date(2025, 10, 21)


@pytest.fixture
def home(two_nights: Home, tmp_path: Path) -> Home:
    """Before the third night; a county that thinks four findings many."""
    home = copy_home(two_nights, tmp_path / "home")
    (path,) = (home.path / "policy").iterdir()
    policy = yaml.safe_load(path.read_text(encoding="utf-8"))
    policy["parameters"]["brake.least"] = [{"from": "2020-01-01", "value": 3, "source": "县里约定"}]
    path.write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")
    return home


def nothing_paid(home: Home, last: date) -> str:
    """Let what was sent as of ``last`` arrive, with no subsidy paid out in the housing file; the file's delivery."""
    home.arrive(last)
    path = home.inbox / f"{HO}_{COUNTY}_{last:%Y%m%d}.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"拨付金额": "0"} for row in rows)
    return path.name


def standing(home: Home, last: date) -> dict[str, str]:
    """Where each finding of the rule stands in the books."""
    query = select(findings.c.finding_id, findings.c.state).where(findings.c.rule == RULE)
    with home.settings(last).home.books.connect() as connection:
        return {row.finding_id: row.state for row in connection.execute(query)}


def of_rule(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Braked rows of the rule; those that waited between two school years have their first night as well."""
    return [row for row in rows if row["rule"] == RULE]


def alerts_of_rule(home: Home, last: date) -> list[str]:
    """What alerts say of the rule as braked."""
    return [a.zh for a in digest(home.settings(last), last).alerts if a.kind is Kind.BRAKED and RULE in a.zh]


def events(home: Home, last: date) -> int:
    with home.settings(last).home.books.connect() as connection:
        return len(connection.execute(select(finding_events.c.seq)).all())


def test_what_a_wrong_file_makes_stays_until_a_person_sends_it(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    last = max(home.dates())
    before = standing(home, last)
    name = nothing_paid(home, last)

    (summary,) = run_night(home.settings(last), last).summaries

    new = {finding: state for finding, state in standing(home, last).items() if finding not in before}
    assert len(new) > 3
    assert set(new.values()) == {"待核实"}
    (row,) = of_rule(summary["braked"])
    assert (row["rule"], row["why"], row["unsent"]) == (RULE, "more_than_usual", len(new))
    assert [d["feed"] for d in row["deliveries"]] == [HO]
    changed = row["deliveries"][0]["delivery"]
    assert [d["id"] for d in summary["deliveries"] if d["files"] == [name]] == [changed]
    page = (home.path / "runs" / summary["run"] / "summary.html").read_text(encoding="utf-8")
    assert "异常增多" in page
    assert changed in page
    (alert,) = alerts_of_rule(home, last)
    assert f"{RULE} 异常增多，{len(new)}条未下发" in alert
    assert "异常增多、暂未下发的问题" in render_text(digest(home.settings(last), last))
    asked = ("report", "--as-of", last.isoformat(), "--lang", "zh")
    told = call(*asked, home=home, capsys=capsys, monkeypatch=monkeypatch)
    assert f"暂未下发 {RULE}: 异常增多，{len(new)}条未下发" in told.stdout.replace("\n", "")

    appended = events(home, last)
    (again,) = run_night(home.settings(last), last).summaries
    assert again["braked"] == summary["braked"]
    assert events(home, last) == appended

    done = call(
        "ledger", "send", "--rule", RULE, "--on", NEXT_DAY.isoformat(), "--reason", "已与住建局核实", "--json",
        home=home, capsys=capsys, monkeypatch=monkeypatch,
    )  # fmt: skip
    assert done.status == 0, done.stderr
    (sent,) = json.loads(done.stdout)
    assert (sent["sent"], of_rule(sent["braked"])) == ({RULE: len(new)}, [])
    assert {standing(home, last)[finding] for finding in new} == {"已派发"}
    with home.settings(last).home.books.connect() as connection:
        (entry,) = connection.execute(select(audit).where(audit.c.what == "send")).all()
    assert (entry.rows, entry.purpose, entry.filter["rules"]) == (len(new), "已与住建局核实", [RULE])
    reported = _summary(home, summary["run"])
    assert (of_rule(reported["braked"]), reported["batch"]) == ([], sent["batch"])
    batches = {r["finding_id"]: r["batch"] for r in home.dataset("ledger", summary["run"])}
    assert {batches[finding] for finding in new} == {sent["batch"]}
    assert alerts_of_rule(home, last) == []

    once_more = call(
        "ledger", "send", "--rule", RULE, "--on", NEXT_DAY.isoformat(),
        home=home, capsys=capsys, monkeypatch=monkeypatch,
    )  # fmt: skip
    assert once_more.status == 0
    assert "nothing waits to be sent" in once_more.stdout


def test_a_file_put_right_takes_the_braked_findings_away(home: Home) -> None:
    last = max(home.dates())
    before = standing(home, last)
    sent = home.sent
    right = next(path for path in sent.rglob(f"{HO}_{COUNTY}_{last:%Y%m%d}.csv")).read_bytes()
    name = nothing_paid(home, last)
    run_night(home.settings(last), last)
    (home.inbox / name).write_bytes(right)
    (summary,) = run_night(home.settings(last), last).summaries
    assert of_rule(summary["braked"]) == []
    new = {state for finding, state in standing(home, last).items() if finding not in before}
    assert new <= {"数据已消除", "已派发"}


def _summary(home: Home, run: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((home.path / "runs" / run / "summary.json").read_text(encoding="utf-8"))
    return told
