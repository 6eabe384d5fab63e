"""A check says before sending what staging would say on arrival, and leaves nothing behind."""

import json
import zipfile
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import dying
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feed_tables import AS_OF, COUNTY, cell_table, file_name, rows_of, text_table, write_csv, write_parquet, write_xlsx
from typer.testing import CliRunner

from expectations.errors import RequestError
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from expectations.labels import labels_of
from pipelines.checking import CheckReport, check_file, write_annotated
from pipelines.checking.annotate import COLOURS, RESULT_SHEET
from pipelines.checking.report import IDENTITY
from pipelines.checking.words import report_lines, row_ranges
from pipelines.cli import app
from pipelines.house.policies import load_policies
from pipelines.landing import scan_inbox
from pipelines.staging import Apart, stage_delivery
from warehouse.books.connection import open_books
from warehouse.lake import Lake

MEMBERS = FEEDS_BY_NAME["register_members"]
HOUSEHOLDS = FEEDS_BY_NAME["register_households"]
RECEIVED = datetime(2026, 7, 1, 4, tzinfo=UTC)


def check(path: Path, allowed: int = 5, **options: Any) -> CheckReport:
    return check_file(path, received_at=RECEIVED, bad_rows_percent=lambda feed, county: allowed, **options)


def place(table: list[list[Any]], title: str) -> int:
    return table[0].index(title)


def dirty_members(count: int = 40) -> list[list[str]]:
    """A clean table but for: row 4 without a relation, row 6 with an unknown sex, row 9 with a bad number."""
    table = text_table(MEMBERS, rows_of(MEMBERS, count))
    table[3][place(table, "与户主关系")] = ""
    table[5][place(table, "性别")] = "不明"
    table[8][place(table, "证件号码")] = "123"
    return table


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)
def test_a_clean_file_of_any_feed_is_fine(feed: Any, tmp_path: Path) -> None:
    path = write_csv(tmp_path / file_name(feed), text_table(feed, rows_of(feed, 3)))
    report = check(path, allowed=0)
    assert report.is_fine, report
    assert report.accounting is not None
    assert report.accounting.staged == 3


def test_problems_refusals_and_warnings_have_their_parts_and_a_sentence_each(tmp_path: Path) -> None:
    report = check(write_csv(tmp_path / file_name(MEMBERS), dirty_members(20)), allowed=0)
    told = report.as_dict()
    assert told["problems"]
    assert told["refusals"]
    for row in (*told["problems"], *told["refusals"], *told["warnings"]):
        assert {"file", "sheet", "row", "heading", "reason", "text"} <= row.keys()
        assert row["text"]
    assert told["problems"][0]["text"] == f"文件 {file_name(MEMBERS)}，第4行：“与户主关系”列：必填项为空"


def test_each_problem_is_named_with_row_column_and_effect(tmp_path: Path) -> None:
    report = check(write_csv(tmp_path / file_name(MEMBERS), dirty_members()))
    assert [(p.scope, p.row, p.heading, p.reason) for p in report.problems] == [
        ("row", 4, "与户主关系", "missing"),
        ("value", 6, "性别", "unknown_code"),
        (IDENTITY, 9, "证件号码", "malformed"),
    ]
    assert not report.refusals
    assert not report.is_fine


def test_the_account_and_the_problems_are_those_of_staging(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    path = write_csv(inbox / file_name(MEMBERS), dirty_members())
    report = check(path)
    lake = Lake(tmp_path / "home")
    (arrival,) = scan_inbox(inbox=inbox, now=RECEIVED).ready
    staged = stage_delivery(
        lake=lake, books=open_books(lake), arrival=arrival, received_at=RECEIVED, policy_value=lambda key: Decimal(5)
    )
    assert report.accounting == staged.delivery.accounting


def test_too_many_bad_rows_are_a_refusal_and_every_row_is_listed_all_the_same(tmp_path: Path) -> None:
    table = text_table(MEMBERS, rows_of(MEMBERS, 20))
    for row in table[1:6]:
        row[place(table, "与户主关系")] = "邻居"
    report = check(write_csv(tmp_path / file_name(MEMBERS), table))
    assert "25.00%" in report.refusals[0].text
    assert [p.row for p in report.of("row")] == [2, 3, 4, 5, 6]
    assert "第2–6行" in "\n".join(report_lines(report))


def test_exactly_the_allowed_share_is_no_refusal(tmp_path: Path) -> None:
    table = text_table(MEMBERS, rows_of(MEMBERS, 20))
    table[1][place(table, "与户主关系")] = "邻居"
    assert check(write_csv(tmp_path / file_name(MEMBERS), table)).refusals == ()


def test_all_missing_columns_are_named_at_once(tmp_path: Path) -> None:
    table = text_table(MEMBERS, rows_of(MEMBERS, 3))
    table[0][place(table, "与户主关系")] = "户主关系"
    table[0][place(table, "人员状态")] = "状况"
    report = check(write_csv(tmp_path / file_name(MEMBERS), table))
    text = "\n".join(n.text for n in report.refusals)
    assert "“与户主关系”" in text
    assert "“户主关系”" in text
    assert "“人员状态”" in text


def test_a_file_of_any_name_is_recognised_by_its_headings(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "低保户名单.csv", dirty_members())
    report = check(path, county=COUNTY, as_of=AS_OF)
    assert report.feed is MEMBERS
    assert not report.refusals
    assert [n.text for n in report.warnings] == [f"报送时请把文件命名为 {file_name(MEMBERS)}"]
    assert {p.file for p in report.problems} == {"低保户名单.csv"}


def test_a_file_named_in_the_offices_own_words_is_recognised_by_its_headings_and_told_its_name(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "低保户_522601_20260630.csv", text_table(HOUSEHOLDS, rows_of(HOUSEHOLDS, 2)))
    report = check(path)
    assert (report.feed, report.county, report.as_of) == (HOUSEHOLDS, COUNTY, AS_OF)
    assert report.is_fine
    assert f"请把文件命名为 {file_name(HOUSEHOLDS)}" in report.warnings[0].text


def test_a_zip_of_another_name_is_told_the_name_to_give_it(tmp_path: Path) -> None:
    path = tmp_path / "学籍.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("x.csv", "")
    report = check(path, feed="students")
    assert "请命名为 students_县代码_年月日.zip" in report.refusals[0].text


def test_without_county_and_date_the_name_is_the_problem_and_headings_are_looked_at(tmp_path: Path) -> None:
    table = dirty_members()
    table[0][place(table, "人员状态")] = "状况"
    report = check(write_csv(tmp_path / "名单.csv", table), feed="register_members")
    assert any("register_members_县代码_年月日.csv" in r.text for r in report.refusals)
    assert any("“人员状态”" in r.text for r in report.refusals)
    assert report.accounting is None


def test_a_date_after_the_day_of_receipt_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / file_name(MEMBERS, as_of=date(2026, 8, 1)), dirty_members())
    assert any("晚于收到之日" in r.text for r in check(path).refusals)


def test_what_cannot_be_opened_is_a_refusal(tmp_path: Path) -> None:
    path = tmp_path / file_name(MEMBERS, "xlsx")
    path.write_bytes(b"PK\x03\x04 broken")
    assert any("已损坏" in r.text for r in check(path).refusals)


def test_nothing_of_a_person_is_in_the_report(tmp_path: Path) -> None:
    table = dirty_members()
    table[3][place(table, "姓名")] = "a\x07" + "某某某"
    number = table[3][place(table, "证件号码")]
    report = check(write_csv(tmp_path / file_name(MEMBERS), table))
    text = json.dumps(report.as_dict(), ensure_ascii=False) + "\n".join(report_lines(report))
    assert "某某某" not in text
    assert number not in text


def test_row_numbers_are_written_as_ranges() -> None:
    assert row_ranges([9, 3, 4, 5, 5, 1]) == "1、3–5、9"


# the command


def run_check(path: Path, home: Path, *options: str) -> Any:
    return CliRunner().invoke(app, ["check", str(path), "--home", str(home), *options])


def test_the_command_exits_0_where_all_is_fine_and_3_where_not_and_stores_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fine = write_csv(tmp_path / file_name(MEMBERS), text_table(MEMBERS, rows_of(MEMBERS, 3)))
    assert run_check(fine, home).exit_code == 0
    bad = write_csv(tmp_path / file_name(MEMBERS), dirty_members())
    result = run_check(bad, home, "--format", "json")
    assert result.exit_code == 3
    told = json.loads(result.stdout)
    first = check(bad).problems[0]
    assert told["problems"][0] == asdict(first) | {"text": first.text}
    assert not home.exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == [bad.name]


# the annotated copy


def annotated(path: Path, target: Path) -> Any:
    write_annotated(check(path, allowed=100), path, target)
    return openpyxl.load_workbook(target)


def test_bad_cells_of_a_workbook_are_coloured_and_commented_where_they_stand(tmp_path: Path) -> None:
    table: list[list[Any]] = [["建档立卡人口花名册", *[None] * 12], [None] * 13, *dirty_members()]
    path = write_xlsx(tmp_path / file_name(MEMBERS, "xlsx"), {"名册": table, "备注": [["随便写写"]]})
    book = annotated(path, tmp_path / "copy.xlsx")
    assert book.sheetnames == [RESULT_SHEET, "名册", "备注"]
    sheet = book["名册"]
    marked = {c.coordinate: c for row in sheet.iter_rows() for c in row if c.comment}
    headings = [c.value for c in sheet[3]]
    at = {t: openpyxl.utils.get_column_letter(headings.index(t) + 1) for t in ("与户主关系", "性别", "证件号码")}
    expected = {f"{at['与户主关系']}6": "row", f"{at['性别']}8": "value", f"{at['证件号码']}11": IDENTITY}
    assert set(marked) == set(expected)
    for cell, scope in expected.items():
        assert marked[cell].fill.fgColor.rgb == "FF" + COLOURS[scope].removeprefix("#")
    assert "必填项为空" in marked[f"{at['与户主关系']}6"].comment.text
    assert "男、女" in marked[f"{at['性别']}8"].comment.text
    links = [c.hyperlink.location for row in book[RESULT_SHEET].iter_rows() for c in row if c.hyperlink]
    assert links == [f"'名册'!{cell}" for cell in expected]


def test_the_copy_of_a_workbook_has_the_same_cells(tmp_path: Path) -> None:
    table = cell_table(HOUSEHOLDS, rows_of(HOUSEHOLDS, 5))
    path = write_xlsx(tmp_path / file_name(HOUSEHOLDS, "xlsx"), {"户": table})
    copied = annotated(path, tmp_path / "copy.xlsx")["户"]
    original = openpyxl.load_workbook(path)["户"]
    assert [[c.value for c in row] for row in copied.iter_rows()] == [
        [c.value for c in row] for row in original.iter_rows()
    ]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_files_without_cells_become_a_workbook_with_the_bad_values_marked(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / file_name(MEMBERS, suffix)
    table = dirty_members()
    write_csv(path, table, "gb18030", ";") if suffix == "csv" else write_parquet(path, table)
    sheet = annotated(path, tmp_path / "copy.xlsx").worksheets[1]
    assert [c.value for c in sheet[1]] == table[0]
    marked = sorted((c.row, sheet.cell(1, c.column).value) for row in sheet.iter_rows() for c in row if c.comment)
    assert marked == [(4, "与户主关系"), (6, "性别"), (9, "证件号码")]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "＝"])
def test_no_value_becomes_a_formula_in_the_copy(start: str, tmp_path: Path) -> None:
    evil = f'{start}HYPERLINK("http://x","y")'
    table = text_table(MEMBERS, rows_of(MEMBERS, 3))
    table[0].append(evil)
    for row in table[1:]:
        row.append(evil)
        row[place(table, "民族")] = evil
        row[place(table, "与户主关系")] = evil
    path = write_csv(tmp_path / file_name(MEMBERS), table)
    for sheet in annotated(path, tmp_path / "copy.xlsx"):
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
            assert all(cell.hyperlink is None or cell.hyperlink.target is None for cell in row)


def test_a_merged_cell_with_a_bad_value_is_marked_in_every_row(tmp_path: Path) -> None:
    table = text_table(MEMBERS, rows_of(MEMBERS, 4))
    at = place(table, "性别")
    path = write_xlsx(tmp_path / file_name(MEMBERS, "xlsx"), {"户": table})
    book = openpyxl.load_workbook(path)
    sheet = book["户"]
    letter = openpyxl.utils.get_column_letter(at + 1)
    sheet[f"{letter}2"] = "不明"
    sheet.merge_cells(f"{letter}2:{letter}4")
    sheet.merge_cells("A2:A3")
    book.save(path)
    copy = annotated(path, tmp_path / "copy.xlsx")["户"]
    assert [copy[f"{letter}{r}"].comment is not None for r in (2, 3, 4, 5)] == [True, True, True, False]
    assert [str(r) for r in copy.merged_cells.ranges] == ["A2:A3"]


def test_a_zip_has_no_annotated_copy(tmp_path: Path) -> None:
    path = tmp_path / file_name(MEMBERS, "zip")
    path.write_bytes(b"PK\x05\x06" + b"\0" * 18)
    with pytest.raises(RequestError, match="one by one"):
        annotated(path, tmp_path / "copy.xlsx")


def test_a_label_that_nothing_maps_is_told_once_with_its_value_count_and_the_nearest(tmp_path: Path) -> None:
    table = text_table(HOUSEHOLDS, rows_of(HOUSEHOLDS, 60))
    for n in (3, 5):
        table[n][place(table, "主要致贫原因")] = "缺乏劳力"
    for n in range(10, 32):
        table[n][place(table, "户类型")] = f"{n}☆"
    report = check(write_csv(tmp_path / file_name(HOUSEHOLDS), table))
    told = [text for text in report_lines(report) if "不在代码表内" in text and "整批" not in text]
    (line,) = [text for text in told if "“主要致贫原因”列：" in text]
    assert "“缺乏劳力”不在代码表内，最接近的是“缺劳力”。如果就是它，请改成它" in line
    assert line.endswith("2行：第4、6行")
    assert "“户类型”列另有2种写法不在代码表内" in told[-1]
    first, *rest = [one for one in report.as_dict()["unknown_labels"] if one["column"] == "cause"] + [
        one for one in report.as_dict()["unknown_labels"] if one["column"] == "household_type"
    ]
    assert (first["heading"], first["value"], first["count"], first["nearest"], first["policy_key"]) == (
        "主要致贫原因", "缺乏劳力", 2, "缺劳力", "labels.cause",
    )  # fmt: skip
    assert [(one["value"], one["nearest"], one["policy_line"]) for one in rest] == [
        (f"{n}☆", None, None) for n in range(10, 32)
    ]
    # the proposed line is one that the county's file takes
    folder = tmp_path / "policy"
    folder.mkdir()
    (folder / f"{COUNTY}.yaml").write_text(
        f'county: "{COUNTY}"\nparameters:\n  {first["policy_line"]}\n', encoding="utf-8"
    )
    policy = load_policies(folder).at(COUNTY, AS_OF)
    assert labels_of(policy, HOUSEHOLDS, AS_OF).of("cause") == {"缺乏劳力": "缺劳力"}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_copy_of_a_file_that_breaks_off_in_its_data_is_the_whole_report_and_nothing_else(
    suffix: str, tmp_path: Path
) -> None:
    source, target = tmp_path / file_name(HOUSEHOLDS, suffix), tmp_path / "copy.xlsx"
    table = text_table(HOUSEHOLDS, rows_of(HOUSEHOLDS, 30))
    if suffix == "csv":  # a quote without its partner, met as the rows are read
        write_csv(source, table)
        lines = source.read_bytes().split(b"\r\n")
        lines[9] = lines[9].replace(b",", b',"', 1)
        source.write_bytes(b"\r\n".join(lines))
    else:
        octets = [[cell.encode() for cell in column] for column in zip(*table[1:], strict=True)]
        octets[1][9] = "王伟".encode("gb18030")
        arrays = [pa.Array.from_buffers(pa.string(), 30, pa.array(c, pa.binary()).buffers()) for c in octets]
        pq.write_table(pa.Table.from_arrays(arrays, names=table[0]), source)
    report = check(source)
    assert len(report.refusals) == 1
    write_annotated(report, source, target)
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == [RESULT_SHEET]
    cells = [str(c.value) for row in book[RESULT_SHEET].iter_rows() for c in row if c.value]
    assert any(report.refusals[0].text in cell for cell in cells)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy.xlsx", source.name]


def test_the_copy_never_replaces_the_file_itself(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / file_name(MEMBERS, "xlsx"), {"s": dirty_members()})
    before = path.read_bytes()
    with pytest.raises(RequestError, match="itself"):
        write_annotated(check(path), path, path)
    assert path.read_bytes() == before


def test_what_cannot_be_copied_is_told_after_the_report(tmp_path: Path) -> None:
    outer = tmp_path / file_name(MEMBERS, "zip")
    inner = write_csv(tmp_path / file_name(MEMBERS), dirty_members())
    with zipfile.ZipFile(outer, "w") as packed:
        packed.write(inner, inner.name)
    home = str(tmp_path / "home")
    done = CliRunner().invoke(app, ["check", str(outer), "--home", home, "--annotated", str(tmp_path / "c.xlsx")])
    assert done.exit_code == 2
    assert "Verdict: " in done.stdout
    assert not (tmp_path / "c.xlsx").exists()


@pytest.mark.parametrize("name", [file_name(MEMBERS), "人口.csv"], ids=["named", "recognised"])
def test_what_ends_the_reader_of_a_file_is_told_and_ends_nothing_else(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(tmp_path / name, dirty_members())
    whole = check(path, allowed=100)
    monkeypatch.setattr("pipelines.checking.check.Apart", partial(Apart, work=dying.end))
    monkeypatch.setattr("pipelines.checking.check.recognise", dying.end)
    monkeypatch.setattr("pipelines.checking.annotate._write_copies", dying.end)
    report = check(path)
    (refusal,) = report.refusals
    assert refusal.text == f"文件 {name}：{refusal.said}"
    assert "程序中断" in refusal.said
    assert report.accounting is None
    target = tmp_path / "copy.xlsx"
    write_annotated(whole, path, target)
    assert openpyxl.load_workbook(target).sheetnames == [RESULT_SHEET]
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([name, target.name])
