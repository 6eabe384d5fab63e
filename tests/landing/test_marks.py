"""Marks tell a watcher that something is new: a whole file's size and time count, and its name cannot be read."""

import os
from datetime import UTC, datetime
from pathlib import Path

from pipelines.landing import mark_files, scan_inbox

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def marks(inbox: Path) -> set[str]:
    return set(mark_files(scan_inbox(inbox=inbox, now=NOW, settle_seconds=10)))


def write(path: Path, content: str, age: float = 60) -> None:
    path.write_text(content, encoding="utf-8")
    os.utime(path, (NOW.timestamp() - age, NOW.timestamp() - age))


def test_a_file_has_another_mark_when_its_size_or_its_time_is_another(tmp_path: Path) -> None:
    file = tmp_path / "students_522601_20260630.csv"
    write(file, "one")
    first = marks(tmp_path)
    assert marks(tmp_path) == first
    write(file, "more")
    grown = marks(tmp_path)
    write(file, "more", age=59)
    assert len({*first, *grown, *marks(tmp_path)}) == 3


def test_parts_are_marked_once_all_of_them_are_there_and_written(tmp_path: Path) -> None:
    write(tmp_path / "students_522601_20260630_1of2.csv", "one")
    assert marks(tmp_path) == set()
    write(tmp_path / "students_522601_20260630_2of2.csv", "two", age=5)
    assert marks(tmp_path) == set()
    write(tmp_path / "students_522601_20260630_2of2.csv", "two")
    assert len(marks(tmp_path)) == 2


def test_a_file_whose_name_says_too_little_is_marked_too_and_no_mark_tells_a_name(tmp_path: Path) -> None:
    write(tmp_path / "张三名单.csv", "x")
    (mark,) = marks(tmp_path)
    assert len(mark) == 16
    assert set(mark) <= set("0123456789abcdef")
