"""帮扶责任人: on the departments' list, on the visit sheet, and a list for each of them."""

from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
from builders import household, world
from reporting.factory import AS_OF, COUNTY_NAME, DELIVERIES, RUN, TOWNSHIPS, finding, identity_number, ledger
from reporting.test_letters_and_visits import homes, pages, visits
from worlds_on_disk import stage

from pipelines.reporting.helper_lists import CONTENTS, write_helper_lists
from pipelines.reporting.links import NO_HELPER, homes_of
from pipelines.reporting.rows import readable_rows
from warehouse.lake import Lake

VILLAGE = {"village": "清江村", "village_code": f"{TOWNSHIPS[0][0]}201"}
KNOWN = homes({"C1": "H1"}, {"H1": "龙帮甲", "H2": None, "H3": "龙帮甲"})


def of(serial: int, household: str, **more: Any) -> dict[str, Any]:
    return finding(serial, household_no=household, **VILLAGE, **more)


def rows(*findings: dict[str, Any]) -> pa.Table:
    return readable_rows(ledger(*findings), deliveries=DELIVERIES, homes=KNOWN)


def lists(home: Path, *findings: dict[str, Any]) -> dict[str, Path]:
    paths = write_helper_lists(lake=Lake(home), run=RUN, as_of=AS_OF, county_name=COUNTY_NAME, rows=rows(*findings))
    return {path.name: path for path in paths}


def cells(sheet: Any) -> list[list[str]]:
    return [[str(cell) for cell in line if cell is not None] for line in sheet.iter_rows(values_only=True)]


def test_a_finding_names_the_helper_of_the_household_that_it_leads_to() -> None:
    by_certificate = {"subject_kind": "certificate", "rule": "TL05"}
    table = rows(
        of(1, "H1"),
        of(2, "H2"),
        of(3, "", certificate_no="C1", **by_certificate),
        of(4, "", certificate_no="C2", **by_certificate),
        of(5, "H9"),
    )
    told = {
        row["household_no"] or row["certificate_no"]: (row["visit_household"], row["helper"])
        for row in table.to_pylist()
    }
    assert told == {
        "H1": ("H1", "龙帮甲"),
        "H2": ("H2", NO_HELPER),
        "C1": ("H1", "龙帮甲"),
        "C2": ("", ""),
        "H9": ("H9", ""),  # what the register does not hold has neither a helper nor none
    }


def test_the_visit_sheet_names_the_helper_or_says_that_nobody_is(tmp_path: Path) -> None:
    book = visits(tmp_path, of(1, "H1"), of(2, "H2"), known=KNOWN)["522601101_下司镇.xlsx"]
    first, second = ("\n".join(page) for page in pages(book))
    assert "帮扶责任人：龙帮甲" in first
    assert f"帮扶责任人：{NO_HELPER}" in second


def test_helpers_are_those_of_the_register_of_the_run(tmp_path: Path) -> None:
    told = world(register_households=[household("H1", helper_name="龙帮甲"), household("H2", helper_name=None)])
    assert homes_of(stage(told, Lake(tmp_path))).helped.to_pylist() == [
        {"household_no": "H1", "helper_name": "龙帮甲"},
        {"household_no": "H2", "helper_name": None},
    ]


def test_each_helper_has_a_sheet_and_households_without_one_come_last(tmp_path: Path) -> None:
    found = (
        of(1, "H2", head_name="杨户二"),
        of(2, "H1", head_name="杨户一"),
        of(3, "H3", head_name="杨户三", certainty="possible"),
        of(4, "H1", head_name="杨户一", rule="CV01", name="吴小二"),
        of(5, "", certificate_no="C2", subject_kind="certificate", rule="TL05"),
    )
    book = openpyxl.load_workbook(lists(tmp_path, *found)["522601101_下司镇.xlsx"])
    assert book.sheetnames == [CONTENTS, "龙帮甲", NO_HELPER]
    contents = cells(book[CONTENTS])
    assert ["龙帮甲", "2", "3", "1"] in contents
    assert [f"（{NO_HELPER}）", "1", "1", "0"] in contents
    assert "另有1个低保（特困）证不在建档立卡" in "".join(contents[-1])
    own = cells(book["龙帮甲"])
    assert own[0] == ["帮扶责任人：龙帮甲"]
    assert [line[:4] for line in own if line[0] in ("1", "2")] == [
        ["1", "杨户一", "清江村", "H1"],
        ["2", "杨户三", "清江村", "H3"],
    ]
    assert any("吴小二" in cell for line in own for cell in line)
    assert "杨户二" not in str(own)
    assert "请先为这些户落实帮扶责任人" in str(cells(book[NO_HELPER]))


def test_a_list_shows_neither_number_nor_what_the_books_say_and_no_path_a_name(tmp_path: Path) -> None:
    number = identity_number(1)
    path = lists(tmp_path, of(1, "H1", explanation=f"杨测1（{number}）本年度人均纯收入9876元"))["522601101_下司镇.xlsx"]
    told = str([cells(sheet) for sheet in openpyxl.load_workbook(path)])
    assert "杨测1" in told
    for hidden in (number, number[-4:], "9876", "人均纯收入"):
        assert hidden not in told
    assert "龙帮甲" not in path.as_posix()


def test_names_that_a_sheet_cannot_have_and_names_alike_get_sheets_of_their_own(tmp_path: Path) -> None:
    named = {"H1": "Aa", "H2": "aa", "H3": "=1+1", "H4": CONTENTS, "H5": "帮" * 40}
    table = readable_rows(
        ledger(*(of(serial, household) for serial, household in enumerate(named, start=1))),
        deliveries=DELIVERIES,
        homes=homes(helped=named),
    )
    (path,) = write_helper_lists(lake=Lake(tmp_path), run=RUN, as_of=AS_OF, county_name=COUNTY_NAME, rows=table)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [CONTENTS, "1_1", "Aa", "aa_2", "帮" * 24, f"{CONTENTS}_2"]
    assert {sheet["A1"].value.partition("：")[2] for sheet in book.worksheets[1:]} == set(named.values())
    assert not any(cell.data_type == "f" for sheet in book for line in sheet.iter_rows() for cell in line)


def test_the_same_findings_give_the_same_lists(tmp_path: Path) -> None:
    found = [of(serial, f"H{serial % 3 + 1}") for serial in range(1, 7)]
    first = lists(tmp_path / "a", *found)["522601101_下司镇.xlsx"].read_bytes()
    assert lists(tmp_path / "b", *reversed(found))["522601101_下司镇.xlsx"].read_bytes() == first


def test_without_the_register_nothing_is_said_of_helpers(tmp_path: Path) -> None:
    table = readable_rows(ledger(of(1, "H1")), deliveries=DELIVERIES)
    assert write_helper_lists(lake=Lake(tmp_path), run=RUN, as_of=AS_OF, county_name=COUNTY_NAME, rows=table) == ()
    (page,) = pages(visits(tmp_path, of(1, "H1"))["522601101_下司镇.xlsx"])
    assert "帮扶责任人" not in str(page)
