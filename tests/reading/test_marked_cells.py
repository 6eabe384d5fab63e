"""What is looked at beside a workbook's cells."""

import zipfile
from pathlib import Path

import pytest

from pipelines.reading.errors import UnreadableFileError
from pipelines.reading.marked_cells import look_beside


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"])
def test_a_part_that_lists_others_is_not_held_whole_where_it_is_large(tmp_path: Path, part: str) -> None:
    parts = {"xl/workbook.xml": b"<workbook/>", "xl/_rels/workbook.xml.rels": b"<r/>", "_rels/.rels": b"<r/>"}
    parts[part] = b"<r>" + b" " * (17 << 20) + b"</r>"
    path = tmp_path / "large.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(UnreadableFileError, match="目录部分"):
        look_beside(path)
