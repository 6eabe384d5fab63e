"""What else a night hands out: a letter to each department, and a page for each household to visit."""

import subprocess
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from reporting.factory import AS_OF, COUNTY_NAME, DELIVERIES, RULES, RUN, TOWNSHIPS, finding, identity_number, ledger

from expectations.departments import TITLES, Department
from expectations.finding import State
from expectations.rules import RULES_BY_CODE
from pipelines.reporting.households import write_household_sheets
from pipelines.reporting.letters import write_letters
from pipelines.reporting.links import Homes
from pipelines.reporting.rows import readable_rows
from warehouse.lake import Lake

LATE = AS_OF - timedelta(days=10)

TL02 = RULES_BY_CODE["TL02"]


def texts(names: tuple[str, str], values: Mapping[str, str | None]) -> pa.Table:
    """Two columns of text."""
    return pa.table([pa.array(values, pa.string()), pa.array(values.values(), pa.string())], names=names)


def homes(linked: Mapping[str, str] | None = None, helped: Mapping[str, str | None] | None = None) -> Homes:
    """Certificates and the households that they are linked to; households and who helps them."""
    links = texts(("certificate_no", "household_no"), linked or {})
    return Homes(links, texts(("household_no", "helper_name"), helped or {}))


def visits(home: Path, *findings: dict[str, Any], known: Homes | None = None) -> dict[str, Path]:
    """Sheets for visits by file name."""
    rows = readable_rows(ledger(*findings), deliveries=DELIVERIES, homes=known or homes())
    paths = write_household_sheets(lake=Lake(home), run=RUN, as_of=AS_OF, county_name=COUNTY_NAME, rows=rows)
    return {path.name: path for path in paths}


def pages(path: Path) -> list[list[str]]:
    """Texts of each household's page."""
    found: list[list[str]] = []
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows(values_only=True):
            if row[0] == "入户核实单":
                found.append([])
            found[-1] += [str(cell) for cell in row if cell is not None]
    return found


def letter(home: Path, *findings: dict[str, Any], titles: Mapping[Department, str] = TITLES) -> dict[str, str]:
    """Letters by owner."""
    rows = readable_rows(ledger(*findings), deliveries=DELIVERIES, titles=titles)
    assert set(rows["owner_label"].to_pylist()) <= set(titles.values())
    paths = write_letters(
        lake=Lake(home), run=RUN, as_of=AS_OF, county_name=COUNTY_NAME, rows=rows, rules=RULES,
        workbooks=[Path("civil_affairs/522601101_下司镇.xlsx"), Path("housing/汇总.xlsx")], titles=titles,
    )  # fmt: skip
    return {path.parent.name: path.read_text(encoding="utf-8") for path in paths}


def test_all_findings_of_a_household_stand_on_one_page_the_certificates_too(tmp_path: Path) -> None:
    one = {"household_no": "H1", "village": "清江村", "village_code": f"{TOWNSHIPS[0][0]}201"}
    by_certificate = {"household_no": "", "rule": "TL05", "subject_kind": "certificate"}
    book = visits(
        tmp_path,
        finding(1, **one),
        finding(2, **one, rule="CV03", name="吴小二"),
        finding(3, **by_certificate, certificate_no="C1", place=TOWNSHIPS[1]),
        finding(4, **by_certificate, certificate_no="C2", head_name="潘独"),
        known=homes({"C1": "H1"}),
    )
    first, second = sorted(pages(book["522601101_下司镇.xlsx"]), key=len, reverse=True)
    assert "户编号：H1" in first[1]
    assert "C1" in first[1]
    assert {"应保未保\n杨测1", "疑似失学辍学\n吴小二", "超标准仍在保\n杨测3"} <= set(first)
    assert "C2" in second[1]
    assert "户编号" not in second[1]
    assert list(book) == ["522601101_下司镇.xlsx"]


def test_a_page_says_what_to_ask_and_what_to_have_at_hand_and_shows_no_number_of_a_person(tmp_path: Path) -> None:
    (page,) = pages(visits(tmp_path, finding(1, certainty="possible"))["522601101_下司镇.xlsx"])
    told = "\n".join(page)
    assert TL02.visit is not None
    assert TL02.visit.ask in told
    assert all(paper in told for paper in TL02.visit.papers)
    assert "先核对是不是同一个人" in told
    assert identity_number(1) not in told


def test_what_is_no_households_is_on_no_visit(tmp_path: Path) -> None:
    area = finding(1, rule="TL01", household_no="", subject_kind="area", place=("", ""))
    closed = finding(2, state=State.REFUTED.value)
    assert visits(tmp_path, area, closed) == {}


def test_each_village_has_its_sheet_and_each_household_its_page(tmp_path: Path) -> None:
    path = visits(tmp_path, *(finding(serial) for serial in range(1, 9)))["522601101_下司镇.xlsx"]
    book = openpyxl.load_workbook(path)
    assert len(book.sheetnames) == 4
    assert len(pages(path)) == 8
    for sheet in book:
        assert len(sheet.row_breaks) == 1  # two households
        assert sheet.page_setup.paperSize == 9
        assert not sheet.sheet_properties.pageSetUpPr or not sheet.sheet_properties.pageSetUpPr.fitToPage


def test_the_same_findings_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [finding(serial) for serial in range(1, 6)]
    first = visits(tmp_path / "a", *rows)["522601101_下司镇.xlsx"].read_bytes()
    assert visits(tmp_path / "b", *reversed(rows))["522601101_下司镇.xlsx"].read_bytes() == first


@pytest.mark.services
def test_every_household_prints_on_a_page_of_its_own(tmp_path: Path, tool: Callable[[str], Path]) -> None:
    path = visits(tmp_path, *(finding(serial) for serial in range(1, 9)))["522601101_下司镇.xlsx"]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [tool("soffice"), profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, path]
    subprocess.run(command, check=True, capture_output=True)
    pdf = tmp_path / f"{path.stem}.pdf"
    subprocess.run([tool("pdftoppm"), "-r", "10", "-png", pdf, tmp_path / "page"], check=True)
    assert len(list(tmp_path.glob("page*.png"))) == 8


def test_a_letter_counts_what_was_sent_out_by_rule_with_its_deadline(tmp_path: Path) -> None:
    told = letter(
        tmp_path,
        finding(1),
        finding(2, place=TOWNSHIPS[1], certainty="possible"),
        finding(3, rule="TL08", severity="low"),
        finding(4, dispatched_on=LATE, due_on=AS_OF),
        finding(5, rule="CV05"),
    )
    assert set(told) == {"civil_affairs", "housing"}
    assert "由你单位负责核实的问题3条" in told["civil_affairs"]
    assert "严重程度高2条；把握程度为“待核”的1条" in told["civil_affairs"]
    assert "<td>TL02 应保未保</td>" in told["civil_affairs"]
    assert "2026-07-14" in told["civil_affairs"]
    assert "522601-20260630-01" in told["civil_affairs"]
    assert "下司镇.xlsx" in told["civil_affairs"]
    assert "超过时限" not in told["civil_affairs"]
    assert "CV05" in told["housing"]


def test_a_letter_counts_leads_apart_and_behind(tmp_path: Path) -> None:
    lead = {"rule": "LD05", "severity": "medium", "certainty": "possible"}
    told = letter(tmp_path, finding(1, **lead), finding(2, **lead), finding(3, rule="TL08", severity="low"))
    text = told["civil_affairs"]
    assert "负责核实的问题1条、线索2条，现予下发。问题中严重程度高0条；把握程度为“待核”的0条" in text
    assert text.index("TL08 ") < text.index(
        'LD05 重度残疾未享受分类施保</td><td class="c">线索</td><td class="n">2</td>'
    )


def test_a_letter_reminds_of_what_is_overdue_even_where_nothing_new_was_sent(tmp_path: Path) -> None:
    late = {"dispatched_on": LATE, "due_on": AS_OF - timedelta(days=1)}
    told = letter(tmp_path, finding(1, **late), finding(2, **late, place=TOWNSHIPS[2]))["civil_affairs"]
    assert "2条超过时限未办结，最早的应于2026年6月29日办结" in told
    assert f"{TOWNSHIPS[0][1]}1条" in told
    assert "现予下发" not in told


def test_who_has_nothing_to_do_gets_no_letter_and_none_names_a_person(tmp_path: Path) -> None:
    assert letter(tmp_path / "a", finding(1, dispatched_on=LATE)) == {}
    told = letter(tmp_path / "b", finding(1))["civil_affairs"]
    assert all(personal not in told for personal in ("杨测1", "吴试1", identity_number(1), "H000000001"))
    assert "http" not in told


def test_an_office_is_called_as_its_county_calls_it(tmp_path: Path) -> None:
    sent = finding(1, owner="register", dispatched_on=AS_OF, batch="B1")
    own = {**TITLES, Department.REGISTER: "农业农村局"}
    ours, theirs = (letter(tmp_path, sent, titles=titles)["register"] for titles in (TITLES, own))
    assert ("乡村振兴局" in ours, "农业农村局" in ours) == (True, False)
    assert ("乡村振兴局" in theirs, "农业农村局" in theirs) == (False, True)
