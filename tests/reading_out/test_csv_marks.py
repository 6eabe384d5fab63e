"""CSV that people open: in a file with the mark by which Excel and WPS know UTF-8, in a pipe without it."""

import codecs
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from command_line import call
from homes import copy_home
from night.counties import Home

from pipelines.cli import main
from warehouse.evaluation.exports import write_csv

PURPOSE = ("--purpose", "年度评估")


@pytest.mark.parametrize(("more", "marked"), [((), True), (("--bom",), True), (("--no-bom",), False)])
def test_a_file_has_the_mark_unless_it_is_not_wanted(
    night_home: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    more: tuple[str, ...],
    marked: bool,
) -> None:
    home = Home(copy_home(night_home, tmp_path / "home"))
    file, folder = tmp_path / "findings.csv", tmp_path / "export"
    given = {"home": home, "capsys": capsys, "monkeypatch": monkeypatch}
    assert call("findings", "--out", str(file), *more, **given).status == 0
    assert (
        call("export", "--to", "csv", "--recipient", "them", "--out", str(folder), *PURPOSE, *more, **given).status == 0
    )
    written = [file, *folder.glob("*.csv")]
    assert len(written) > 5
    assert {path.read_bytes().startswith(codecs.BOM_UTF8) for path in written} == {marked}


def test_a_pipe_has_no_mark(
    night_home: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["liangxian", "findings", "--format", "csv", "--home", str(night_home)]
    for more, beginning in (([], b'"finding_id"'), (["--bom"], codecs.BOM_UTF8 + b'"finding_id"')):
        monkeypatch.setattr("sys.argv", [*words, *more])
        with pytest.raises(SystemExit):
            main()
        assert capfdbinary.readouterr().out.startswith(beginning)


@pytest.mark.services
def test_libreoffice_reads_the_characters_that_were_written(tmp_path: Path, tool: Callable[[str], Path]) -> None:
    values = ["凯里市三棵树镇", "𠮷野家", "=1+1", "张·三", "510***********1234"]
    write_csv(pa.table({"内容": values}), tmp_path / "清单.csv", bom=True)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [tool("soffice"), profile, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path]
    as_utf8 = "--infilter=CSV:44,34,76,1"  # as its dialogue proposes; the mark is no part of the first heading then
    subprocess.run([*command, as_utf8, tmp_path / "清单.csv"], check=True, capture_output=True)
    sheet = openpyxl.load_workbook(tmp_path / "清单.xlsx").active
    assert sheet is not None
    assert [cell.value for (cell,) in sheet.iter_rows()] == ["内容", *values[:2], "'=1+1", *values[3:]]
