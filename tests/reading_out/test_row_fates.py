"""What became of a row, whatever it was: each kind in a CSV file, a workbook of two sheets, a zip, a Parquet file."""

import csv
import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from actors import TESTER
from allowances import allow_every_feed
from command_line import call
from feed_tables import AS_OF, COUNTY, file_name, rows_of, text_table, write_csv, write_xlsx
from night.counties import Home

from expectations.errors import UnknownError
from expectations.feed import Feed
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from pipelines.house.settings import Settings, open_settings
from pipelines.night.intake import ingest
from pipelines.reading_out.refused import WantedRefused, list_refused
from pipelines.reading_out.row_fates import row_fates
from pipelines.staging.fates import Fate

NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)
FEED = FEEDS_BY_NAME["students"]


def opened(home: Path, now: datetime = NOW) -> Settings:
    policy = allow_every_feed(home / "policy")
    return open_settings(home, inbox=None, policy=policy, actor=TESTER, now=lambda: now)


def every_kind(feed: Feed) -> tuple[list[list[str]], dict[int, Fate]]:
    """A table with a row of each kind, and what should become of each row of the file."""
    head, *good = text_table(feed, rows_of(feed, 80))
    width = len(head)
    required = next(i for i, c in enumerate(feed.columns) if c.must_be_there and not c.key and not c.is_identity_number)
    refused, conflict = list(good[0]), list(good[1])
    refused[required] = ""
    loose = next(i for i, c in enumerate(feed.columns) if not c.key and good[1][i] != good[2][i])
    conflict[loose] = good[2][loose]
    total, blank, note = ["合计", *[""] * (width - 1)], [""] * width, ["填报人：某某", *[""] * (width - 1)]
    table = [["标题", *[""] * (width - 1)], head, *good[1:], good[5], refused, conflict, total, blank, good[6], note]
    first = 3
    fates = {1: Fate.HEADER, 2: Fate.HEADER, first: Fate.REFUSED, first + 1: Fate.STAGED}
    after = first + len(good) - 1
    kinds = (Fate.REPEATED, Fate.REFUSED, Fate.REFUSED, Fate.TOTAL, Fate.BLANK, Fate.REPEATED, Fate.NOTE, Fate.ABSENT)
    return table, fates | {after + n: kind for n, kind in enumerate(kinds)}


def as_csv(folder: Path, feed: Feed, table: list[list[str]]) -> Path:
    return write_csv(folder / file_name(feed), table)


def as_xlsx(folder: Path, feed: Feed, table: list[list[str]]) -> Path:
    rows = [[cell or None for cell in row] for row in table]
    return write_xlsx(folder / file_name(feed, "xlsx"), {"名单": rows, "说明": [["这是说明"]]})


def as_zip(folder: Path, feed: Feed, table: list[list[str]]) -> Path:
    inner = as_csv(folder, feed, table)
    target = folder / file_name(feed, "zip")
    with zipfile.ZipFile(target, "w") as packed:
        packed.write(inner, inner.name)
    inner.unlink()
    return target


@pytest.mark.parametrize(
    ("write", "feed"),
    [*((as_csv, feed) for feed in FEEDS), (as_xlsx, FEED), (as_zip, FEED)],
    ids=lambda one: getattr(one, "name", None) or one.__name__,
)
def test_every_kind_of_row_is_told(feed: Feed, write: Callable[..., Path], tmp_path: Path) -> None:
    settings = opened(tmp_path / "home")
    settings.inbox.mkdir(parents=True)
    table, expected = every_kind(feed)
    path = write(settings.inbox, feed, table)
    (delivery,) = ingest(settings, NOW.date()).deliveries
    assert delivery.status == "accepted", delivery.reason
    for row, fate in expected.items():
        (told,) = row_fates(settings, WantedRefused(file=path.name, row=row))
        assert (row, told["fate"]) == (row, fate.value)
        others = [other["row"] for other in told["others"]]
        repeat, last = 3 + 4, 3 + 79
        wanted = {3: [last + 2], last + 2: [3], last: [repeat], last + 5: [repeat + 1]}
        assert others == wanted.get(row, []), row
        assert bool(told["problems"]) == (fate is Fate.REFUSED)


def test_of_two_sheets_each_is_told_of_or_the_one_that_is_meant(tmp_path: Path) -> None:
    settings = opened(tmp_path / "home")
    settings.inbox.mkdir(parents=True)
    head, *rows = text_table(FEED, rows_of(FEED, 10))
    write_xlsx(settings.inbox / file_name(FEED, "xlsx"), {"一": [head, *rows[:6]], "二": [head, *rows[6:], rows[0]]})
    ingest(settings, NOW.date())
    both = row_fates(settings, WantedRefused(delivery="1", row=6))
    assert [(told["sheet"], told["fate"]) for told in both] == [("一", "staged"), ("二", "repeated")]
    assert "工作表“一”第2行" in both[1]["told"]
    (one,) = row_fates(settings, WantedRefused(delivery="1", sheet="二", row=7))
    assert one["fate"] == "absent"
    assert "最后一行是第6行" in one["told"]
    assert row_fates(settings, WantedRefused(delivery="1", sheet="三", row=7))[0]["fate"] == "unread"


def test_of_a_rejected_file_every_row_was_refused_whole(tmp_path: Path) -> None:
    settings = opened(tmp_path / "home")
    settings.inbox.mkdir(parents=True)
    table = [row[1:] for row in text_table(FEED, rows_of(FEED, 3))]
    write_csv(settings.inbox / file_name(FEED), table)
    ingest(settings, NOW.date())
    (told,) = row_fates(settings, WantedRefused(file=file_name(FEED), row=2))
    assert told["fate"] == "rejected_whole"
    assert "缺少必需列" in told["told"]


def test_the_newest_file_of_a_name_is_meant_and_one_that_is_not_kept_says_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for hour, count in enumerate((3, 5)):
        settings = opened(home, NOW.replace(hour=hour))
        settings.inbox.mkdir(parents=True, exist_ok=True)
        write_csv(settings.inbox / file_name(FEED), text_table(FEED, rows_of(FEED, count)))
        ingest(settings, NOW.date())
    wanted = WantedRefused(file=file_name(FEED), row=6)
    (told,) = row_fates(settings, wanted)
    assert told["fate"] == "staged"
    (older,) = row_fates(settings, WantedRefused(delivery="1", row=6))
    assert older["fate"] == "absent"
    shutil.rmtree(settings.home.lake.home / "lake" / "files")
    assert row_fates(settings, wanted)[0]["fate"] == "gone"
    with pytest.raises(UnknownError):
        row_fates(settings, WantedRefused(file="students_522601_20200101.csv", row=1))


@pytest.fixture
def quarantined(tmp_path: Path) -> Home:
    """Two deliveries with refused rows, the later one of another feed; a cell that a spreadsheet would run."""
    home = Home(tmp_path / "home")
    for hour, name in enumerate(("students", "housing_renovations")):
        settings = opened(home.path, NOW.replace(hour=hour))
        settings.inbox.mkdir(parents=True, exist_ok=True)
        feed = FEEDS_BY_NAME[name]
        table = text_table(feed, rows_of(feed, 50))
        place = next(i for i, c in enumerate(feed.columns) if c.type.__class__.__name__ == "Code")
        table[7][place] = "=1+1"
        write_csv(settings.inbox / file_name(feed), table)
        ingest(settings, NOW.date())
    return home


def listed(home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    done = call("quarantine", *words, home=home, capsys=capsys, monkeypatch=monkeypatch)
    assert done.status == 0, done.stderr
    return done.stdout


def test_the_newest_stands_first_and_a_feed_or_file_is_picked(quarantined: Home) -> None:
    settings = opened(quarantined.path)
    assert [row["feed"] for row in list_refused(settings)] == ["housing_renovations", "students"]
    assert [r["feed"] for r in list_refused(settings, WantedRefused(feeds=("students",)))] == ["students"]
    assert [r["row"] for r in list_refused(settings, WantedRefused(file=file_name(FEED)))] == [8]
    assert list_refused(settings, WantedRefused(file=file_name(FEED), sheet="名单")) == []


def test_files_hold_the_list_and_no_formula(
    quarantined: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = (quarantined, capsys, monkeypatch)
    listed(*ask, "--out", str(tmp_path / "a.csv"))
    content = (tmp_path / "a.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["内容"] for row in rows] == ["'=1+1", "'=1+1"]
    assert all(row["怎么改"] and row["文件"] and row["行"] == "8" for row in rows)
    listed(*ask, "--out", str(tmp_path / "b.csv"), "--no-bom")
    assert (tmp_path / "b.csv").read_bytes() == content[3:]
    listed(*ask, "--out", str(tmp_path / "a.xlsx"))
    listed(*ask, "--out", str(tmp_path / "b.xlsx"))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    sheet: Any = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet.title == "退回清单"
    assert [line[1].value for line in sheet.iter_rows(min_row=2)] == ["农村危房改造", "学籍"]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
    assert "=1+1" in [cell.value for cell in sheet[2]]


def test_in_a_pipe_there_is_no_mark_unless_it_is_wanted(
    quarantined: Home, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    for more, beginning in (((), '"编号"'.encode()), (("--bom",), b"\xef\xbb\xbf")):
        done = call_raw("quarantine", "--format", "csv", *more, home=quarantined, monkeypatch=monkeypatch)
        assert done == 0
        assert capfdbinary.readouterr().out.startswith(beginning)


def call_raw(*words: str, home: Home, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["liangxian", *words, "--home", str(home.path)])
    from pipelines.cli import main

    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_row_on_the_command_line(
    quarantined: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = listed(quarantined, capsys, monkeypatch, "--feed", "students", "--row", "8")
    assert f"{file_name(FEED)} row 8 (number 1, accepted): 已隔离，没有采用" in told
    assert ", “=1+1”: 不在代码表内" in told
    told = listed(quarantined, capsys, monkeypatch, "--feed", "students", "--row", "8", "--lang", "zh")
    assert f"{file_name(FEED)} 第8行（编号1，采用）：已隔离，没有采用" in told
    assert "列“=1+1”：不在代码表内" in told
    assert "已入库" in listed(quarantined, capsys, monkeypatch, "--file", file_name(FEED), "--row", "9")
    assert f"{AS_OF:%Y%m%d}" in told
    assert COUNTY in told
