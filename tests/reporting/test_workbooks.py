"""The department workbook, opened by another program."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from reporting.factory import (
    AS_OF,
    COUNTY,
    COUNTY_NAME,
    DELIVERIES,
    RULES,
    RUN,
    TOWNSHIPS,
    finding,
    identity_number,
    ledger,
)
from workbooks import write_workbooks

from expectations import workbook as columns
from expectations.finding import State
from expectations.status import SILENT, RuleStatus, Silence
from expectations.workbook import COLUMNS, KEY_HEADINGS, row_checksum
from pipelines.reporting.wording import SILENCES
from warehouse.keys import FROM_ENVIRONMENT, Keys, Use
from warehouse.lake import Lake

HEADINGS = re.split(
    ",",
    "问题编号,批次,规则编号,问题类型,严重程度,把握程度,乡镇,村,户编号,户主姓名,对象姓名,证件号码(脱敏),"
    "低保证号/学籍号(脱敏)/档案编号,学校,问题描述,数据来源及日期,证据,如何消除,责任单位,下发日期,核实时限,帮扶责任人,"
    "核实结果,核实说明,整改措施,整改时限,完成日期,佐证材料,责任人",
)
ANSWERS = HEADINGS[HEADINGS.index("核实结果") :]


def write(home: Path, *findings: dict[str, Any], **changed: Any) -> dict[str, Path]:
    """Write the workbooks of these findings; paths by ``owner/file name``."""
    lake = Lake(home)
    arguments: dict[str, Any] = {
        "lake": lake,
        "run": RUN,
        "as_of": AS_OF,
        "county": COUNTY,
        "county_name": COUNTY_NAME,
        "ledger": ledger(*findings),
        "deliveries_in_force": DELIVERIES,
        "rules": RULES,
    }
    paths = write_workbooks(**(arguments | changed))
    return {path.relative_to(lake.reports(RUN)).as_posix(): path for path in paths}


def the_list(home: Path, *findings: dict[str, Any]) -> Any:
    return openpyxl.load_workbook(write(home, *findings)["civil_affairs/522601101_下司镇.xlsx"])["问题清单"]


def cells(sheet: Any, row: int = 2) -> dict[str, Any]:
    return {head.value: cell for head, cell in zip(sheet[1], sheet[row], strict=True)}


def text_of(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return "\n".join(
        str(v) for sheet in book for row in sheet.iter_rows(values_only=True) for v in row if v is not None
    )


def test_each_owner_and_township_has_a_workbook_and_each_owner_a_summary(tmp_path: Path) -> None:
    written = write(
        tmp_path,
        finding(1),
        finding(2, place=TOWNSHIPS[2]),
        finding(3, rule="TL01", place=("", ""), village=""),
        finding(4, rule="CV03"),
    )
    assert sorted(written) == [
        "civil_affairs/522601101_下司镇.xlsx",
        "civil_affairs/522601203_龙场乡.xlsx",
        "civil_affairs/全县.xlsx",
        "civil_affairs/汇总.xlsx",
        "education/522601101_下司镇.xlsx",
        "education/汇总.xlsx",
        "health_insurance/汇总.xlsx",
        "housing/汇总.xlsx",
        "register/汇总.xlsx",
    ]


def test_the_sheets_and_headings_are_the_contracts(tmp_path: Path) -> None:
    path = write(tmp_path, finding())["civil_affairs/522601101_下司镇.xlsx"]
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["说明", "问题清单", "汇总"]
    assert [cell.value for cell in book["问题清单"][1]] == [*HEADINGS, "校验码"]


def test_a_row_shows_what_is_wrong_and_when_it_is_due(tmp_path: Path) -> None:
    row = {heading: cell.value for heading, cell in cells(the_list(tmp_path, finding(1))).items()}
    assert row["规则编号"] == "TL02"
    assert row["问题类型"] == "应保未保"
    assert row["严重程度"] == "高"
    assert row["把握程度"] == "确定"
    assert row["对象姓名"] == "杨测1"
    assert row["批次"] == "522601-20260630-01"
    assert row["核实时限"].date() == date(2026, 7, 14)
    assert row["责任单位"] == "民政局"


def test_keys_are_locked_without_a_password_and_answers_are_open(tmp_path: Path) -> None:
    sheet = the_list(tmp_path, finding())
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    unlocked = [heading for heading, cell in cells(sheet).items() if not cell.protection.locked]
    assert unlocked == ANSWERS


def test_answers_are_checked_while_they_are_typed(tmp_path: Path) -> None:
    sheet = the_list(tmp_path, *(finding(n) for n in range(3)))
    checks = {str(v.sqref): v for v in sheet.data_validations.dataValidation}
    letters = {heading: cell.column_letter for heading, cell in cells(sheet).items()}
    span = {heading: f"{letter}2:{letter}4" for heading, letter in letters.items()}
    assert checks[span["核实结果"]].type == "list"
    assert checks[span["核实结果"]].formula1 == '"属实,不属实"'
    assert {checks[span[h]].type for h in ("整改时限", "完成日期")} == {"date"}
    assert set(checks) == {span[heading] for heading in ANSWERS}


def test_the_list_prints_on_a4_landscape_with_its_header_and_page_numbers(tmp_path: Path) -> None:
    sheet = the_list(tmp_path, finding())
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (2, 0)
    assert sheet.print_title_rows == "$1:$1"
    assert "第 &P 页，共 &N 页" in sheet.oddFooter.center.text.replace("&[Page]", "&P").replace("&[Pages]", "&N")
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:AD2"


def test_both_printed_halves_are_about_equally_wide(tmp_path: Path) -> None:
    """Else fitting to two pages breaks in another place than before 证据."""
    widths = [c.width for c in COLUMNS]
    middle = HEADINGS.index("证据")
    left, right = sum(widths[:middle]), widths[0] + sum(widths[middle:])
    assert abs(left - right) < 4


@pytest.mark.parametrize("dangerous", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_a_value_that_looks_like_a_formula_is_text(tmp_path: Path, dangerous: str) -> None:
    sheet = the_list(tmp_path, finding(name=dangerous, explanation=dangerous, village=dangerous))
    for heading in ("对象姓名", "问题描述", "村"):
        assert cells(sheet)[heading].data_type in ("s", "inlineStr")
        assert cells(sheet)[heading].value == dangerous


def test_no_identity_number_is_in_any_workbook(tmp_path: Path) -> None:
    rules = ("TL02", "CV03", "CV04", "CV05", "TL09")
    findings = [finding(n, rule=rule, student_no=f"G{identity_number(n)}") for n, rule in enumerate(rules)]
    for path in write(tmp_path, *findings).values():
        told = text_of(path)
        assert not [n for n in range(len(rules)) if identity_number(n) in told]


def test_the_checksum_is_over_the_keys_as_the_cells_show_them(tmp_path: Path) -> None:
    row = {heading: cell.value for heading, cell in cells(the_list(tmp_path, finding(1))).items()}
    keys = [row[heading] or "" for heading in KEY_HEADINGS]
    key, office = Keys(Lake(tmp_path)).of(Use.FEEDBACK), row["校验码"].rpartition(" ")[0]
    assert row["校验码"] == row_checksum(key, office, keys)
    assert row["校验码"] != row_checksum(key, office, [*keys[:-2], "", keys[-1]])
    assert row["校验码"] != row_checksum(key, f"{office}1", keys)
    assert row["校验码"] != row_checksum(key[1:], office, keys)


def test_the_checksum_refuses_a_row_with_too_few_keys() -> None:
    with pytest.raises(ValueError, match="key values"):
        row_checksum(b"key", "civil_affairs/", ["x"])


def test_the_same_ledger_gives_the_same_bytes_in_any_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FROM_ENVIRONMENT, "ab" * 32)
    findings = [finding(n, place=TOWNSHIPS[n % 3], rule=RULES[1 + n % 8].code) for n in range(60)]
    one = write(tmp_path / "one", *findings)
    two = write(tmp_path / "two", *reversed(findings))
    assert {name: path.read_bytes() for name, path in one.items()} == {n: p.read_bytes() for n, p in two.items()}


def test_a_township_without_open_findings_loses_its_workbook(tmp_path: Path) -> None:
    before = write(tmp_path, finding(1), finding(2, place=TOWNSHIPS[1]))
    after = write(tmp_path, finding(1), finding(2, place=TOWNSHIPS[1], state="销号"))
    assert set(before) - set(after) == {"civil_affairs/522601102_旁海镇.xlsx"}
    assert not before["civil_affairs/522601102_旁海镇.xlsx"].exists()
    assert after["civil_affairs/522601101_下司镇.xlsx"].exists()


def test_the_township_sheet_counts_by_rule_and_village(tmp_path: Path) -> None:
    path = write(tmp_path, finding(0), finding(4), finding(1), finding(8, rule="TL05"))[
        "civil_affairs/522601101_下司镇.xlsx"
    ]
    sheet = openpyxl.load_workbook(path)["汇总"]
    assert [c.value for c in sheet[3]] == [
        "规则编号",
        "问题类型",
        "严重程度",
        "评估情况",
        "合计",
        "其中待核",
        "清江村",
        "石桥村",
    ]
    counts = {row[0]: row[4:] for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]}
    assert counts["TL02"] == (3, "0", 2, 1)
    assert counts["TL05"] == (1, "0", 1, "0")
    assert counts["合计"] == (4, 0, 3, 1)


def test_the_owners_summary_counts_by_township_and_names_what_was_not_evaluated(tmp_path: Path) -> None:
    reason = "低保、特困对象（人）没有可用的报送"
    path = write(
        tmp_path, finding(1), finding(2, place=TOWNSHIPS[1]), silent={"TL05": Silence(RuleStatus.NOT_EVALUATED, reason)}
    )["civil_affairs/汇总.xlsx"]
    sheet = openpyxl.load_workbook(path)["汇总"]
    assert [c.value for c in sheet[3]][6:] == ["下司镇", "旁海镇"]
    rows = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]]
    skipped = next(row for row in rows if row[0] == "TL05")
    assert skipped[3:] == ("未评估", "—", "—", "—", "—")
    assert ("TL05", "超标准仍在保", reason) in [row[:3] for row in rows]
    assert next(row for row in rows if row[0] == "TL08")[3:5] == ("已评估", "0")


def test_a_summary_counts_leads_in_a_line_of_their_own_behind_the_findings(tmp_path: Path) -> None:
    lead = {"rule": "LD05", "severity": "medium", "certainty": "possible"}
    path = write(tmp_path, finding(1), finding(2, **lead), finding(3, **lead))["civil_affairs/汇总.xlsx"]
    rows = [r for r in openpyxl.load_workbook(path)["汇总"].iter_rows(min_row=4, values_only=True) if r[0]]
    assert [row[0] for row in rows][-3:] == ["LD05", "合计", "线索合计"]
    assert [(row[2], row[4], row[5]) for row in rows[-3:]] == [("线索", 2, 2), ("", 1, 0), ("", 2, 2)]


def test_a_township_is_told_which_checks_were_not_made(tmp_path: Path) -> None:
    reason = "低保金发放已超过有效期"
    silent = {code: Silence(RuleStatus.NOT_EVALUATED, why) for code, why in (("TL05", reason), ("CV05", "别的部门的"))}
    written = write(tmp_path, finding(1), silent=silent)
    told = text_of(written["civil_affairs/522601101_下司镇.xlsx"])
    assert reason in told
    assert "别的部门的" not in told


@pytest.mark.parametrize("status", SILENT)
def test_a_rule_that_says_nothing_is_told_in_both_workbooks_with_its_status(tmp_path: Path, status: RuleStatus) -> None:
    written = write(tmp_path, finding(1), silent={"TL05": Silence(status, "原因甲")})
    township = text_of(written["civil_affairs/522601101_下司镇.xlsx"])
    assert SILENCES[status].in_workbook in township
    assert [other for other in SILENT if SILENCES[other].in_workbook in township] == [status]
    sheet = openpyxl.load_workbook(written["civil_affairs/汇总.xlsx"])["汇总"]
    rows = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]]
    assert next(row for row in rows if row[0] == "TL05")[3:6] == (status.label, "—", "—")
    assert (SILENCES[status].reasons, "TL05") == tuple(row[0] for row in rows[-2:])
    assert rows[-1][2] == "原因甲"


def test_the_first_sheet_says_who_what_when_and_which_data(tmp_path: Path) -> None:
    path = write(tmp_path, finding(1), finding(2, due_on=date(2026, 7, 28)))["civil_affairs/522601101_下司镇.xlsx"]
    sheet = openpyxl.load_workbook(path)["说明"]
    told = "\n".join(str(v) for row in sheet.iter_rows(values_only=True) for v in row if v is not None)
    for wanted in ("民政局", "2026年6月30日", "2026-07-14", "2026-07-28", "把握程度：待核", "不得转发"):
        assert wanted in told
    for delivery in DELIVERIES:
        assert delivery.id in told
        assert delivery.files[0].name in told


def test_the_drop_downs_offer_exactly_what_the_ledger_takes() -> None:
    assert list(columns.ANSWERS) == [State.CONFIRMED.value, State.REFUTED.value]


def test_an_office_whose_rules_do_not_apply_gets_no_empty_workbook(tmp_path: Path) -> None:
    reason = Silence(RuleStatus.NOT_APPLICABLE, "本县没有这类数据")
    assert "housing/汇总.xlsx" in write(tmp_path / "all", finding(1))
    silent = dict.fromkeys(("CV05", "CV07"), reason)
    # it sends a feed, and answers for its numbers (ID01)
    assert "housing/汇总.xlsx" in write(tmp_path / "some", finding(1), silent=silent)
    owners = {path.split("/")[0] for path in write(tmp_path / "none", finding(1), silent=silent | {"ID01": reason})}
    assert ("housing" in owners, "civil_affairs" in owners) == (False, True)
