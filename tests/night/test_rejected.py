"""Must show 8: a rejected delivery says what is wrong and what to do; what was in force stays; the night goes on."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from command_line import call
from night.counties import COUNTY, Home, copy_home
from oracle.evaluate import UNASKED

from expectations.rules import RULES
from pipelines.workshop.demo import summaries_of


def summary_of(home: Home, run: str) -> dict[str, Any]:
    (found,) = [s for s in summaries_of(home.path) if s["run"] == run]
    return found


def test_rejected_deliveries_cost_the_night_nothing_but_themselves(
    three_nights: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_home(three_nights, tmp_path / "home")
    d = max(home.dates())
    before = summary_of(home, home.runs()[-1].id)
    no_column = f"students_{COUNTY}_{d:%Y%m%d}.xlsx"
    no_bytes = f"housing_renovations_{COUNTY}_{d:%Y%m%d}.xlsx"
    no_county = f"insurance_enrolments_999999_{d:%Y%m%d}.csv"
    no_feed = f"carriages_{COUNTY}_{d:%Y%m%d}.csv"
    archive = home.path / "archive" / COUNTY
    with (archive / f"students_{COUNTY}_{d:%Y%m%d}.csv").open(encoding="utf-8", newline="") as stream:
        headings, *rows = csv.reader(stream)
    with xlsxwriter.Workbook(home.inbox / no_column) as book:
        page = book.add_worksheet("学籍表")
        page.write_row(0, 0, ["学校代码" if text == "学校" else text for text in headings])
        for number, row in enumerate(rows[:20], start=1):
            page.write_row(number, 0, row)
    (home.inbox / no_bytes).write_bytes(b"PK\x03\x04" + bytes(range(256)) * 8)
    for name in (no_county, no_feed):
        (home.inbox / name).write_bytes((archive / f"insurance_enrolments_{COUNTY}_{d:%Y%m%d}.csv").read_bytes())

    done = call("run", "--as-of", d.isoformat(), home=home, capsys=capsys, monkeypatch=monkeypatch)

    assert done.status == 3, done.stderr
    summary = summary_of(home, home.runs()[-1].id)
    told = {name: delivery for delivery in summary["deliveries"] for name in delivery["files"]}
    assert set(told) == {no_column, no_bytes, no_county, no_feed}
    assert {delivery["status"] for delivery in told.values()} == {"rejected"}
    must_say = {
        no_column: ("学籍表", "第1行", "“学校”", "“学校代码”", "请"),
        no_bytes: ("请",),
        no_county: ("999999", "请"),
        no_feed: ("carriages", "请"),
    }
    page = (home.path / "runs" / summary["run"] / "summary.html").read_text(encoding="utf-8")
    for name, parts in must_say.items():
        for part in (*parts, *([name] if name in (no_column, no_bytes) else [])):
            assert part in told[name]["reason"], name
        assert name in page
        assert name in done.stdout

    # nothing else changed: the same deliveries in force, the same answers, everything written
    assert summary["in_force"] == before["in_force"]
    assert {r["rule"]: (r["status"], r["findings"]) for r in summary["rules"]} == {
        r["rule"]: (r["status"], r["findings"]) for r in before["rules"]
    }
    assert len(summary["rules"]) == len(RULES)
    assert summary["warehouse"]["published"]
    assert summary["reports"] == before["reports"]
    assert all((home.path / path).exists() for path in summary["reports"])
    assert not list(home.inbox.iterdir())

    # and the next night has nothing of it to tell again
    again = call("run", "--as-of", d.isoformat(), home=home, capsys=capsys, monkeypatch=monkeypatch)
    assert summary_of(home, home.runs()[-1].id)["deliveries"] == []
    assert again.status == 0, again.stdout


def test_a_county_all_of_whose_files_were_rejected_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    home.inbox.mkdir(parents=True)
    (home.inbox / f"students_{COUNTY}_20260630.csv").write_text("学校\n一小\n", encoding="utf-8")
    nobody = call("run", "--as-of", "2026-06-30", "--json", home=home, capsys=capsys, monkeypatch=monkeypatch)
    assert (nobody.status, json.loads(nobody.stdout)) == (3, [])
    assert "学籍" in nobody.stderr
    asked = call(
        "run", "--as-of", "2026-06-30", "--county", COUNTY, "--json", home=home, capsys=capsys, monkeypatch=monkeypatch
    )
    (summary,) = json.loads(asked.stdout)
    silent = {rule["rule"]: rule["status"] for rule in summary["rules"] if rule["rule"] != "TL01"}
    expected = {rule.code: "not_applicable" if rule.code in UNASKED else "not_evaluated" for rule in RULES}
    assert (asked.status, silent) == (3, {rule: told for rule, told in expected.items() if rule != "TL01"})
