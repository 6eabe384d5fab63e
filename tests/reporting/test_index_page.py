"""The page of all nights: newest first, every link leads somewhere, and the newest summary has a place of its own."""

import re
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from homes import AS_OF, COUNTY, copy_home, settings_of

from pipelines.night.index import list_nights
from pipelines.night.reports import report_again
from pipelines.reporting import index_page
from pipelines.reporting.index_page import ListedNight, render_index
from warehouse.lake import Lake

COUNTS = {"new": 12345, "still": 2, "cleared": 1, "reopened": 0}


def night(as_of: date, county: str, lake: Lake) -> ListedNight:
    run = f"{as_of:%Y%m%d}_{county}_0a1b2c3d4e5f"
    (lake.run_folder(run)).mkdir(parents=True)
    (lake.run_folder(run) / "summary.html").touch()
    return ListedNight(run, county, f"县{county}", as_of, COUNTS)


def links_of(page: Path) -> list[Path]:
    found = re.findall(r'href="([^"#]+)"', page.read_text(encoding="utf-8"))
    return [(page.parent / unquote(link)).resolve() for link in found]


def test_nights_stand_newest_first_and_only_what_is_there(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    old, new, other = (
        night(date(2026, 5, 31), "522601", lake),
        night(date(2026, 6, 30), "522601", lake),
        night(date(2026, 6, 30), "522602", lake),
    )
    lost = ListedNight("20260731_522601_ffffffffffff", "522601", "县", date(2026, 7, 31), COUNTS)
    page = render_index(lake, [other, old, lost, new])
    assert page == render_index(lake, [new, lost, old, other])
    rows = page[page.index('id="nights"') :]
    assert re.findall(r"runs/(\w+)/summary", rows) == [new.run, other.run, old.run]
    assert lost.run not in page
    assert "12,345" in page
    assert "已按期删除" in page  # no folder of workbooks is there
    # without a stable place the newest run itself is what a county's name leads to
    first = page[page.index('id="latest"') : page.index('id="nights"')]
    assert re.findall(r'href="([^"]+)"', first) == [f"runs/{new.run}/summary.html", f"runs/{other.run}/summary.html"]


def test_what_is_far_back_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_page, "SHOWN", 1)
    lake = Lake(tmp_path)
    page = render_index(lake, [night(date(2026, month, 1), "522601", lake) for month in (1, 2, 3)])
    assert "更早的 2 次" in page
    assert page.count("runs/2026") == 2  # the newest as such, and its row


def test_a_night_leaves_both_pages_and_their_links_lead_somewhere(night_home: Path) -> None:
    lake = Lake(night_home)
    latest = lake.latest(COUNTY) / "summary.html"
    (run,) = [path.name for path in (night_home / "runs").iterdir()]
    assert latest.read_bytes() == (lake.run_folder(run) / "summary.html").read_bytes()
    assert latest.resolve() in links_of(lake.index)
    assert lake.reports(run).resolve() in links_of(lake.index)
    for page in (lake.index, latest):
        assert [link for link in links_of(page) if not link.exists()] == []


def test_the_newest_night_keeps_its_place_and_a_kill_is_made_good(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    lake, settings = Lake(home), settings_of(home)
    page = lake.index.read_bytes()
    lake.index.unlink()
    (lake.latest(COUNTY) / "summary.html").write_text("of an earlier night", encoding="utf-8")
    list_nights(settings)
    assert lake.index.read_bytes() == page
    report_again(settings, AS_OF)
    (run,) = [path.name for path in (home / "runs").iterdir()]
    for part in ("summary.json", "summary.html"):
        assert (lake.latest(COUNTY) / part).read_bytes() == (lake.run_folder(run) / part).read_bytes()
    assert lake.index.read_bytes() == page
