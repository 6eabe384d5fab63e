"""D chooses the deliveries, and nothing else: nights without a new file find what the night before them found."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from long import every
from night.counties import COUNTY, KEY, Home, make_home, share, verdicts_of

from pipelines.night.flow import run_night

JUNE, DECEMBER = date(2025, 6, 30), date(2025, 12, 31)


@pytest.fixture(scope="session")
def first_nights(together: Path) -> dict[date, Home]:
    """60 households with books of the end of June, and of December, each with its first night."""

    def made(d: date) -> Home:
        def make(path: Path) -> Home:
            home = make_home(path, households=60, seed=8, as_of=d)
            home.arrive(d)
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("LIANGXIAN_FINDING_KEY", KEY)
                run_night(home.settings(d), d)
            return home

        return share(together, f"first_night_{d}", make)

    return {d: made(d) for d in (JUNE, DECEMBER)}


def copied(home: Home, tmp_path: Path) -> Home:
    shutil.copytree(home.path, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def night(home: Home, d: date) -> tuple[dict[str, Any], dict[str, dict[tuple[str, str], str]]]:
    """A night's summary, and what it found by rule."""
    (summary,) = run_night(home.settings(d), d).summaries
    found = verdicts_of(home.dataset("findings", summary["run"]))
    return summary, {rule: keys for rule, keys in found.items() if rule != "TL01"}


def reason_of(summary: dict[str, Any], rule: str) -> str:
    (told,) = [row for row in summary["rules"] if row["rule"] == rule]
    assert told["status"] == "evaluated"
    return str(told["reason"])


@pytest.mark.parametrize(
    ("of", "days"), every(3, [(JUNE, 80), (JUNE, 31), (JUNE, 10), (DECEMBER, 15), (DECEMBER, 1), (DECEMBER, 80)])
)
def test_a_later_night_without_a_file_finds_nothing_new_and_clears_nothing(
    first_nights: dict[date, Home], of: date, days: int, tmp_path: Path
) -> None:
    home = copied(first_nights[of], tmp_path)
    (first,) = home.runs()
    before = verdicts_of(home.dataset("findings", first.id))
    summary, found = night(home, of + timedelta(days=days))
    assert found == {rule: keys for rule, keys in before.items() if rule != "TL01"}
    assert sum(map(len, found.values())) > 30
    counts = summary["findings"]
    assert (counts["new"], counts["cleared"], counts["reopened"]) == (0, 0, 0)


def payments(home: Home, d: date) -> Path:
    return home.sent / f"low_income_payments_{COUNTY}_{d:%Y%m%d}.csv"


def without_month(text: str, month: str) -> str:
    """The file without the rows of a month."""
    return "".join(line for line in text.splitlines(keepends=True) if month not in line)


def with_month(text: str, month: str, like: str) -> str:
    """The file with the rows of one month once more as those of another."""
    lines = text.splitlines(keepends=True)
    return "".join([*lines, *(line.replace(like, month) for line in lines if like in line)])


def test_payments_of_the_months_end_accuse_nobody_of_that_month_and_a_late_file_does(tmp_path: Path) -> None:
    """As many payments of June as by the 30th, and nothing of what is paid in July."""
    home = make_home(tmp_path / "home", households=60, seed=8, as_of=JUNE)
    path = payments(home, JUNE)
    whole = without_month(path.read_text(encoding="utf-8"), "2025-06")
    may = [line for line in whole.splitlines(keepends=True) if "2025-05" in line]
    paid_by_june = "".join(line.replace("2025-05", "2025-06") for line in may[: len(may) // 2])
    path.write_text(whole + paid_by_june, encoding="utf-8")
    home.arrive(JUNE)
    _, found = night(home, JUNE)
    summary, later = night(home, date(2025, 7, 10))
    assert later == found
    assert reason_of(summary, "PY02") == "月份尚未结清：2025-06，最近一批只到2025-06-30"
    page = (home.path / "runs" / summary["run"] / "summary.html").read_text(encoding="utf-8")
    assert "月份尚未结清：2025-06，最近一批只到2025-06-30" in page

    late = date(2025, 7, 10)
    home.inbox.mkdir(exist_ok=True)
    (home.inbox / payments(home, late).name).write_text(whole + paid_by_june, encoding="utf-8")
    _, with_late_file = night(home, late)
    assert len(with_late_file["PY02"]) > len(found["PY02"]) + len(may) // 4
    assert {key for key, _ in found["PY02"]} <= {key for key, _ in with_late_file["PY02"]}


def test_enrolments_of_january_are_asked_for_the_year_that_they_speak_of(tmp_path: Path) -> None:
    """Rows of the new year alone begin to come in January; in March nobody is uninsured by them."""
    home = make_home(tmp_path / "home", households=60, seed=8, as_of=date(2026, 1, 31))
    home.arrive(date(2026, 1, 31))
    _, found = night(home, date(2026, 1, 31))
    _, later = night(home, date(2026, 3, 31))
    assert later["CV01"] == found["CV01"]
    assert {period for _, period in later["CV01"]} == {"2025"}


def test_half_a_terms_subsidies_accuse_nobody_of_that_term(tmp_path: Path) -> None:
    """The spring term is half paid at the end of June; by September nothing has come."""
    home = make_home(tmp_path / "home", households=60, seed=8, as_of=JUNE)
    path = home.sent / f"education_subsidies_{COUNTY}_{JUNE:%Y%m%d}.csv"
    assert "春季" in path.read_text(encoding="utf-8")
    home.arrive(JUNE)
    _, found = night(home, JUNE)
    summary, later = night(home, date(2025, 9, 15))
    assert later == found
    assert reason_of(summary, "CV04") == "学期尚未结清：2024-2025学年春季，最近一批只到2025-06-30"
