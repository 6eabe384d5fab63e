"""Exports of findings: the contract's columns, masked unless asked, guarded, the same bytes every time."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from nights import FINDINGS, TRUANT, finding, write_ledger

from expectations.finding import FINDING_COLUMNS
from warehouse.evaluation.exports import Format, select_findings, write_findings


@pytest.fixture
def ledger(tmp_path: Path) -> pa.Table:
    return write_ledger(tmp_path / "ledger.parquet", FINDINGS)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("file_format", ["csv", "json", "parquet"])
def test_an_export_is_masked_and_has_the_same_bytes_every_time(
    tmp_path: Path, ledger: pa.Table, file_format: Format
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_findings(select_findings(ledger), first, file_format)
    shuffled = ledger.take(pa.array(range(ledger.num_rows - 1, -1, -1)))
    write_findings(select_findings(shuffled), second, file_format)
    assert first.read_bytes() == second.read_bytes()
    text = str(pq.read_table(first).to_pylist()) if file_format == "parquet" else first.read_text("utf-8")
    assert TRUANT not in text
    assert "张小二" not in text
    assert "5226**************" in text


def test_every_format_holds_the_same_findings_in_the_contracts_columns(tmp_path: Path, ledger: pa.Table) -> None:
    findings = select_findings(ledger, states=())
    for file_format in ("csv", "json", "parquet"):
        write_findings(findings, tmp_path / file_format, file_format)
    as_csv, as_json = _rows(tmp_path / "csv"), json.loads((tmp_path / "json").read_text("utf-8"))
    as_parquet = pq.read_table(tmp_path / "parquet")
    assert tuple(as_csv[0]) == tuple(as_json[0]) == tuple(as_parquet.column_names) == FINDING_COLUMNS
    ids = findings["finding_id"].to_pylist()
    assert [row["finding_id"] for row in as_csv] == [row["finding_id"] for row in as_json] == ids
    assert as_csv[0]["first_seen"] == as_json[0]["first_seen"] == "2026-06-30"
    assert as_parquet == findings


def test_closed_findings_are_left_out_unless_asked_for(ledger: pa.Table) -> None:
    assert set(select_findings(ledger)["rule"].to_pylist()) == {"TL02", "CV03", "TL05"}
    assert select_findings(ledger, states=()).num_rows == len(FINDINGS)
    assert select_findings(ledger, states=("数据已消除",))["rule"].to_pylist() == ["CV07"]


def test_findings_are_chosen_by_rule_and_owner(ledger: pa.Table) -> None:
    assert select_findings(ledger, rules=("TL02", "CV07"))["rule"].to_pylist() == ["TL02"]
    assert select_findings(ledger, owners=("education",)).num_rows == 0


def test_values_in_clear_are_there_only_when_asked_for(ledger: pa.Table) -> None:
    clear = select_findings(ledger, rules=("CV03",), unmask=True).to_pylist()[0]
    assert (clear["person_id"], clear["name"], clear["subject_key"]) == (TRUANT, "张小二", TRUANT)


def test_findings_without_masked_values_are_refused(ledger: pa.Table) -> None:
    with pytest.raises(ValueError, match="name_masked"):
        select_findings(ledger.drop_columns(["name_masked"]))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1"])
def test_no_value_reaches_a_spreadsheet_as_a_formula(tmp_path: Path, text: str) -> None:
    ledger = write_ledger(tmp_path / "ledger.parquet", [finding(1, village=text, actual=text)])
    write_findings(select_findings(ledger), tmp_path / "findings.csv", "csv")
    (row,) = _rows(tmp_path / "findings.csv")
    assert (row["village"], row["actual"]) == (f"'{text}", f"'{text}")


def test_line_breaks_quotes_and_commas_survive(tmp_path: Path) -> None:
    text = '一，"二",\n三'
    ledger = write_ledger(tmp_path / "ledger.parquet", [finding(1, explanation=text)])
    write_findings(select_findings(ledger), tmp_path / "findings.csv", "csv")
    (row,) = _rows(tmp_path / "findings.csv")
    assert row["explanation"] == text


def test_standard_output_holds_the_same_bytes_as_a_file(
    tmp_path: Path, ledger: pa.Table, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    findings = select_findings(ledger)
    write_findings(findings, tmp_path / "findings.json", "json")
    write_findings(findings, None, "json")
    assert capfdbinary.readouterr().out == (tmp_path / "findings.json").read_bytes()


def test_no_finding_is_an_empty_list_and_a_bare_header(tmp_path: Path, ledger: pa.Table) -> None:
    nothing = select_findings(ledger, rules=("PY06",))
    for file_format in ("csv", "json"):
        write_findings(nothing, tmp_path / file_format, file_format)
    assert json.loads((tmp_path / "json").read_text("utf-8")) == []
    assert (tmp_path / "csv").read_text("utf-8").strip() == ",".join(f'"{name}"' for name in FINDING_COLUMNS)
