"""Every file that leaves the house without a purpose for a person: what gives no number back, and what the log says."""

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from command_line import call
from homes import copy_home, read_of
from night.counties import Home
from night.readable import READERS, text_of
from sqlalchemy import select

from warehouse.books.connection import open_books
from warehouse.books.schema import audit
from warehouse.lake import Lake

TO = ("stata", "spss", "csv", "parquet")
FINDINGS = tuple(f"findings.{ending}" for ending in ("csv", "json", "parquet"))


def test_no_file_gives_a_number_back_and_each_stands_in_the_audit_log(
    night_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, out = Home(copy_home(night_home, tmp_path / "home")), tmp_path / "out"
    them = ("--recipient", "university", "--purpose", "年度评估")
    asked = [("findings", "--state", "all", "--out", str(out / name)) for name in FINDINGS]
    asked += [("export", "--to", to, *them, "--out", str(out / to)) for to in TO]
    asked += [("export", "--to", "duckdb", *them, "--out", str(out / "given.duckdb"))]
    asked += [("indicators", "--page", str(out / "page.html"))]
    out.mkdir()
    for command in asked:
        assert call(*command, home=home, capsys=capsys, monkeypatch=monkeypatch).status == 0, command
    # survey forms without a purpose are masked, and therefore stand in no log
    drawn = ("sample", "draw", "--seed", "s", "--villages", "1")
    assert call(*drawn, home=home, capsys=capsys, monkeypatch=monkeypatch).status == 0

    numbers: set[str] = set()
    for path in (home.path / "lake" / "staged" / "register_members").rglob("*.parquet"):
        numbers |= set(pq.read_table(path, columns=["person_id"])["person_id"].drop_null().to_pylist())
    told = {p.relative_to(out).as_posix(): text_of(p) for p in out.rglob("*") if p.suffix in READERS}
    assert len(told) > 4 * 10
    forms = {f"forms/{path.name}": text_of(path) for path in (home.path / "samples").rglob("*.xlsx")}
    assert forms
    told |= forms
    prefectures = {number[:4] for number in numbers}
    for place, text in told.items():
        assert set(re.findall(r"(\d+)\*{4,}", text)) <= prefectures, place
        assert not re.search(r"\*{4,}[0-9X]", text), place
        words = set(re.findall(r"[0-9]+[X]?", text))
        assert not words & numbers, place
        assert not words & {number[6:14] for number in numbers}, place

    with open_books(Lake(home.path)).connect() as connection:
        log = connection.execute(select(audit.c.what, audit.c.filter, audit.c.sha256)).all()
    whats = [entry.what for entry in log]
    assert (whats.count("findings"), whats.count("export"), whats.count("indicators page")) == (3, 5, 1)
    assert len({entry.sha256 for entry in log if entry.what in {"findings", "indicators page"}}) == 4
    assert len(read_of(home.path)) == len(asked)  # by which the home that all tests share is watched
