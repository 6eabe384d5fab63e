"""Reports of a recorded night can be written again, and say the same."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from homes import AS_OF, copy_home, settings_of

from expectations.errors import NotYetError
from pipelines.night.reports import report_again


def test_a_recorded_night_reports_the_same_again(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    reports = sorted(p.relative_to(home) for p in (home / "reports").rglob("*.xlsx"))
    before = {path: (home / path).read_bytes() for path in reports}
    (summary,) = [json.loads(p.read_text()) for p in (home / "runs").glob("*/summary.json")]
    for path in reports:
        (home / path).unlink()
    (again,) = report_again(settings_of(home), AS_OF).summaries
    assert {path: (home / path).read_bytes() for path in reports} == before
    without = ("seconds",)
    assert {k: v for k, v in json.loads(json.dumps(again)).items() if k not in without} == {
        k: v for k, v in summary.items() if k not in without
    }


def test_a_day_without_a_recorded_run_is_an_error(night_home: Path) -> None:
    with pytest.raises(NotYetError, match="2026-06-29"):
        report_again(settings_of(night_home), date(2026, 6, 29))


def test_a_page_calls_offices_what_the_county_calls_them(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    (path,) = (home / "policy").iterdir()
    policy = yaml.safe_load(path.read_text(encoding="utf-8"))
    named = {"from": "2026-01-01", "value": ["农业农村局", "农业局"], "source": "县里约定"}
    policy["parameters"]["departments.register"] = [named]
    path.write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")
    for page in (home / "deliveries").rglob("*.html"):
        page.write_text("of an earlier release", encoding="utf-8")  # out of date: it is written again

    (again,) = report_again(settings_of(home), AS_OF).summaries
    assert again["offices"] == {"register": "农业农村局"}
    pages = [*(home / "runs").glob("*/summary.html"), *home.rglob("register_households*.html")]
    assert len(pages) >= 2
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert ("农业农村局" in text, "乡村振兴局" in text) == (True, False), page
