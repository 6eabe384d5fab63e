"""What commands print besides their results: content that came again, and what the doctor found, in order."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from homes import AS_OF, copy_home, settings_of
from reporting.factory import DELIVERIES
from rich.console import Console

from pipelines.commands import printing
from pipelines.house.language import Language, spoken_in
from pipelines.night.flow import run_arrivals
from pipelines.reading_out.checks import print_checks
from pipelines.reading_out.doctor import Check


def checked(*checks: Check) -> list[str]:
    out = io.StringIO()
    print_checks(checks, Console(file=out, width=200))
    return out.getvalue().splitlines()


def test_the_doctor_says_first_what_matters_and_everything_once() -> None:
    lines = checked(
        Check("Python", "3.11", True),
        Check("students of 522601", "as of 2026-01-31", False, "ask 教育局", warns=True),
        Check("key", "missing", False, "restore it"),
        Check("education_subsidies of 522601", "as of 2026-01-31", False, "ask 教育局", warns=True),
    )
    assert lines == [
        "要处理  key：missing",
        "        restore it",
        "请留意  students of 522601、education_subsidies of 522601：as of 2026-01-31",
        "        ask 教育局",
        "正常    Python：3.11",
    ]


def test_a_run_tells_of_content_that_was_there_already(
    night_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_home(night_home, tmp_path / "home")
    again = next((home / "archive").rglob("education_subsidies_*.csv"))
    (home / "inbox" / again.name).write_bytes(again.read_bytes())
    night = run_arrivals(settings_of(home), AS_OF)
    assert [one.feed for one in night.known] == ["education_subsidies"]
    assert night.summaries == ()

    said = io.StringIO()
    monkeypatch.setattr(printing, "err", Console(file=said, width=200))
    printing.tell_known(night.known)
    with spoken_in(Language.EN):
        printing.tell_known([replace(DELIVERIES[0], number=7)])
    zh, en = said.getvalue().splitlines()
    assert f"{again.name}：已有相同内容（批次" in zh
    assert "the same content is there already (delivery 7" in en
