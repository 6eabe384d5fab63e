"""Reports of a recorded night can be written again, and say the same."""

import json
from datetime import date
from pathlib import Path

import pytest
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
