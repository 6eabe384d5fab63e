"""What an inbox holds: whole deliveries in order of intake, waiting parts, and names that say nothing."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipelines.landing import archive_files, scan_inbox
from pipelines.reading import parse_file_name
from warehouse.lake import Lake

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def drop(inbox: Path, name: str, age: float = 100, content: str = "x") -> Path:
    """Put a file into the inbox, as old as that many seconds."""
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    os.utime(path, (NOW.timestamp() - age, NOW.timestamp() - age))
    return path


def test_deliveries_come_by_modification_time_then_path(tmp_path):
    drop(tmp_path, "b/students_522601_20260630.csv", age=50)
    drop(tmp_path, "a/students_522601_20260531.csv", age=50)
    drop(tmp_path, "students_522601_20260430.xlsx", age=90)
    scan = scan_inbox(inbox=tmp_path, now=NOW)
    assert [a.as_of for a in scan.ready] == [date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)]
    assert scan.ready[0].names == ("students_522601_20260430.xlsx",)


def test_parts_wait_for_each_other_and_are_taken_in_their_order(tmp_path):
    drop(tmp_path, "students_522601_20260630_3of3.csv", age=90)
    drop(tmp_path, "students_522601_20260630_1of3.csv", age=80)
    scan = scan_inbox(inbox=tmp_path, now=NOW)
    (waiting,) = scan.waiting
    assert (waiting.feed, waiting.county, waiting.as_of, waiting.parts) == (
        "students",
        "522601",
        date(2026, 6, 30),
        "1,3 of 3",
    )
    assert scan.ready == ()
    drop(tmp_path, "later/students_522601_20260630_2of3.xlsx", age=10)
    drop(tmp_path, "register_members_522601_20260630.csv", age=40)
    scan = scan_inbox(inbox=tmp_path, now=NOW)
    assert scan.waiting == ()
    assert [a.feed for a in scan.ready] == ["register_members", "students"]
    assert [n.split("_")[-1] for n in scan.ready[1].names] == ["1of3.csv", "2of3.xlsx", "3of3.csv"]


def test_a_part_that_is_there_twice_begins_another_set(tmp_path):
    for age, name in ((90, "a/students_522601_20260630_1of2.csv"), (80, "b/students_522601_20260630_1of2.csv")):
        drop(tmp_path, name, age=age)
    drop(tmp_path, "a/students_522601_20260630_2of2.csv", age=70)
    scan = scan_inbox(inbox=tmp_path, now=NOW)
    assert [p.parent.name for p in scan.ready[0].paths] == ["a", "a"]
    assert [w.parts for w in scan.waiting] == ["1 of 2"]


def test_a_file_that_may_still_be_written_waits(tmp_path):
    drop(tmp_path, "students_522601_20260630.csv", age=5)
    scan = scan_inbox(inbox=tmp_path, now=NOW, settle_seconds=10)
    assert scan.ready == ()
    assert len(scan.waiting) == 1
    assert len(scan_inbox(inbox=tmp_path, now=NOW, settle_seconds=5).ready) == 1


@pytest.mark.parametrize("growing", [1, 2, 3])
def test_a_set_waits_for_the_part_that_is_still_being_written(tmp_path, growing):
    def write(part: int, age: float, content: str) -> None:
        drop(tmp_path, f"students_522601_20260630_{part}of3.csv", age=age, content=content)

    for part in (1, 2, 3):
        write(part, age=60, content="whole")
    assert len(scan_inbox(inbox=tmp_path, now=NOW, settle_seconds=10).ready) == 1
    for size, age in enumerate((8, 4, 0), start=1):  # it is written to again and again, and grows
        write(growing, age=age, content="x" * size)
        scan = scan_inbox(inbox=tmp_path, now=NOW, settle_seconds=10)
        assert scan.ready == ()
        (waiting,) = scan.waiting
        assert (waiting.feed, waiting.parts) == ("students", "3 of 3, still being written")
        assert len(waiting.names) == 3
    write(growing, age=10, content="xxx")
    scan = scan_inbox(inbox=tmp_path, now=NOW, settle_seconds=10)
    assert (len(scan.ready), scan.waiting) == (1, ())


@pytest.mark.parametrize(
    "name",
    [
        ".students_522601_20260630.csv",
        "~$students_522601_20260630.xlsx",
        "students_522601_20260630.csv.part",
        "students_522601_20260630.csv.tmp",
        ".sync/students_522601_20260630.csv",
    ],
)
def test_hidden_and_temporary_files_are_passed_over(tmp_path, name):
    drop(tmp_path, name)
    scan = scan_inbox(inbox=tmp_path, now=NOW)
    assert (scan.ready, scan.waiting, scan.unknown) == ((), (), ())


@pytest.mark.parametrize(
    ("name", "feed", "county"),
    [
        ("名单.xlsx", "unknown", "000000"),
        ("students.csv", "students", "000000"),
        ("students_522601.csv", "students", "522601"),
        ("students_522601_2026.csv", "students", "522601"),
        ("students_522601_20260630_3of2.csv", "students", "522601"),
        ("students_522601_20260630.docx", "students", "522601"),
    ],
)
def test_a_name_that_fits_nothing_still_says_what_it_can(tmp_path, name, feed, county):
    drop(tmp_path, name)
    (unknown,) = scan_inbox(inbox=tmp_path, now=NOW).unknown
    assert (unknown.feed, unknown.county, unknown.as_of) == (feed, county, None)


def test_only_the_counties_asked_for_are_taken(tmp_path):
    drop(tmp_path, "students_522601_20260630.csv")
    drop(tmp_path, "students_520102_20260630.csv")
    scan = scan_inbox(inbox=tmp_path, now=NOW, counties=["520102"])
    assert [a.county for a in scan.ready] == ["520102"]


def test_an_inbox_that_is_not_there_is_empty(tmp_path):
    assert scan_inbox(inbox=tmp_path / "none", now=NOW).ready == ()


def test_a_date_that_does_not_exist_is_no_as_of_date():
    says = parse_file_name("students_522601_20260231.CSV")
    assert says is not None
    assert (says.as_of, says.suffix) == (None, "csv")


def test_taken_files_keep_their_sub_folder_and_never_overwrite_another(tmp_path):
    lake, inbox = Lake(tmp_path / "home"), tmp_path / "inbox"
    for content in ("one", "two", "two"):
        path = drop(inbox, "edu/students_522601_20260630.csv", content=content)
        archive_files(lake=lake, inbox=inbox, paths=[path], county="522601")
        assert not path.exists()
    archive_files(lake=lake, inbox=inbox, paths=[path], county="522601")
    folder = lake.archive / "522601" / "edu"
    assert sorted((p.name, p.read_text(encoding="utf-8")) for p in folder.iterdir()) == [
        ("students_522601_20260630.csv", "one"),
        ("students_522601_20260630~2.csv", "two"),
    ]
