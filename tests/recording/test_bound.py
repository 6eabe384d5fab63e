"""Feedback is bound: a row answers where we wrote it, for whom we wrote it, and nobody else makes one."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from recording.county import COUNTY, FIRST, SmallCounty, fill, finding_id
from sqlalchemy import insert

from expectations.workbook import CHECKSUM, COLUMNS, KEY_HEADINGS, office_of, plain_row_checksum, row_checksum
from pipelines.recording.standings import key_cells
from warehouse.books.schema import journal

MONDAY = date(2026, 7, 6)
TRUE: Mapping[str, Any] = {"核实结果": "属实", "责任人": "王一"}
REFUTED: Mapping[str, Any] = {"核实结果": "不属实", "核实说明": "有误", "佐证材料": "会议纪要", "责任人": "王一"}


@pytest.fixture
def county(tmp_path: Path) -> SmallCounty:
    made = SmallCounty(tmp_path)
    made.night(FIRST, {("TL02", "H1"): "a", ("TL02", "H2"): "a", ("CV01", "H3"): "a"})
    return made


def row_in(path: Path, household: str) -> tuple[Any, Any, int]:
    book = openpyxl.load_workbook(path)
    sheet = book["问题清单"]
    return book, sheet, next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, 9).value == household)


def column_of(heading: str) -> int:
    return next(at for at, column in enumerate(COLUMNS, 1) if column.heading == heading)


def test_a_checksum_names_the_office_and_is_of_its_key(county: SmallCounty) -> None:
    _, sheet, row = row_in(county.workbook(), "H1")
    office, _, digits = sheet.cell(row, column_of(CHECKSUM)).value.rpartition(" ")
    assert office == office_of("civil_affairs", f"{COUNTY}101")
    assert len(digits) == 16


@pytest.mark.parametrize("kind", ["plain", "another key", "no key", "office alone"])
def test_nobody_forges_an_answer_from_what_is_given_out(county: SmallCounty, kind: str) -> None:
    """All that a masked export and a look over a shoulder give: ids, places, batch, and how a checksum was made."""
    source = fill(county.workbook(), county.home / "forged.xlsx", {"H1": REFUTED})
    book, sheet, row = row_in(source, "H1")
    keys = [str(sheet.cell(row, column_of(heading)).value or "") for heading in KEY_HEADINGS]
    ledger = county.settings.home.lake.ledger(county.runs[-1].id)
    assert set(keys[:3]) <= {value for column in pq.read_table(ledger).columns for value in column.to_pylist()}
    office = office_of("civil_affairs", f"{COUNTY}101")
    forged = {
        "plain": plain_row_checksum(keys),
        "another key": row_checksum(b"guess", office, keys),
        "no key": row_checksum(b"", office, keys),
        "office alone": f"{office} ",
    }[kind]
    sheet.cell(row, column_of(CHECKSUM)).value = forged
    book.save(source)
    (problem,) = county.take(source, MONDAY).receipt.refused
    assert problem["column_name"] == CHECKSUM
    assert county.state("TL02", "H1") == "已派发"


def test_a_row_of_another_office_is_not_answered_in_this_ones_workbook(county: SmallCounty) -> None:
    source = fill(county.workbook(), county.home / "mixed.xlsx", {"H1": TRUE})
    other = fill(county.workbook("health_insurance"), county.home / "other.xlsx", {"H3": TRUE})
    book, sheet, row = row_in(source, "H2")
    _, theirs, at = row_in(other, "H3")
    for column in range(1, sheet.max_column + 1):
        sheet.cell(row, column).value = theirs.cell(at, column).value
    book.save(source)
    taken = county.take(source, MONDAY)
    assert [problem["column_name"] for problem in taken.receipt.refused] == [CHECKSUM]
    assert (county.state("TL02", "H1"), county.state("CV01", "H3", "2026")) == ("属实", "已派发")
    county.take(other, MONDAY)
    assert county.state("CV01", "H3", "2026") == "属实"


def of_the_older_layout(county: SmallCounty, answers: Mapping[str, Mapping[str, Any]]) -> Path:
    source = fill(county.workbook(), county.home / "older.xlsx", answers)
    book, sheet, row = row_in(source, "H1")
    keys = [str(sheet.cell(row, column_of(heading)).value or "") for heading in KEY_HEADINGS]
    sheet.cell(row, column_of(CHECKSUM)).value = plain_row_checksum(keys)
    book.save(source)
    return source


def sealed(county: SmallCounty) -> None:
    """As if all that was sent had been sent by the release before."""
    entry = dict.fromkeys(("content", "previous", "digest"), "x")
    with county.settings.home.books.begin() as connection:
        row = entry | {"county": COUNTY, "seq": 100, "kind": "sealed", "subject": str(len(county.events()))}
        connection.execute(insert(journal), row)


def test_a_workbook_of_the_older_layout_answers_what_went_out_in_it(county: SmallCounty) -> None:
    older = of_the_older_layout(county, {"H1": TRUE})
    sealed(county)
    assert not county.take(older, MONDAY).receipt.refused
    assert county.state("TL02", "H1") == "属实"


def test_with_the_older_checksum_all_that_the_ledger_knows_must_be_as_it_was(county: SmallCounty) -> None:
    older = of_the_older_layout(county, {"H1": TRUE | {"村": "别的村"}})
    sealed(county)
    assert [problem["column_name"] for problem in county.take(older, MONDAY).receipt.refused] == ["村"]
    told = key_cells(
        county.settings.home.books, county.settings.home.lake, county.runs[-1].id, [finding_id("TL02", "H1")]
    )
    assert {"规则编号", "户编号", "村", "乡镇", "对象姓名"} <= set(told[finding_id("TL02", "H1")])
