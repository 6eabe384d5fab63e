"""A returned workbook as rows of cells by heading: what the department sent, before anything is judged."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from expectations.workbook import (
    ANSWER_HEADINGS,
    BATCH,
    CHECKSUM,
    FINDING_ID,
    KEY_HEADINGS,
    RETURNED,
    plain_row_checksum,
    row_checksum,
)
from pipelines.reading import open_file
from pipelines.reading.notices import texts

SUFFIXES = ("xlsx", "xls")


@dataclass(frozen=True)
class ReturnedRow:
    """One row of 问题清单: keys, checksum and answers by heading, blanks at the ends removed."""

    sheet: str | None
    row: int
    cells: Mapping[str, str]

    @property
    def finding_id(self) -> str:
        """Id of the finding, as it stands in the row."""
        return self.cells[FINDING_ID]

    @property
    def batch(self) -> str:
        """Batch in which it was sent out, as it stands in the row."""
        return self.cells[BATCH]

    @property
    def is_answered(self) -> bool:
        """Whether anything was filled in."""
        return any(self.cells[heading] for heading in ANSWER_HEADINGS)

    @property
    def office(self) -> str:
        """Whom the row was made for, as it says; empty of a row of the older layout."""
        office, _, digits = self.cells[CHECKSUM].rpartition(" ")
        return office if digits else ""

    @property
    def _keys(self) -> list[str]:
        return [self.cells[heading] for heading in KEY_HEADINGS]

    def is_intact(self, key: bytes) -> bool:
        """Whether the key cells still are those that the checksum was made of, and we made it."""
        return hmac.compare_digest(
            self.cells[CHECKSUM].encode(), row_checksum(key, self.office, self._keys).encode()
        ) and bool(self.office)

    @property
    def is_intact_of_old(self) -> bool:
        """The same by the older layout's checksum, which anybody could make."""
        return self.cells[CHECKSUM] == plain_row_checksum(self._keys)


@dataclass(frozen=True)
class Returned:
    """Rows of a returned workbook, or why it cannot be read (Chinese)."""

    rows: tuple[ReturnedRow, ...] = ()
    problems: tuple[str, ...] = ()


def read_returned(path: Path, name: str) -> Returned:
    """Rows of every sheet that has the headings of 问题清单; rows without any cell are left out."""
    suffix = name.rpartition(".")[2].lower()
    if suffix not in SUFFIXES:
        return Returned(problems=(f"文件 {name}：反馈要交回填好的工作簿（xlsx或xls），这个文件不是",))
    opened = open_file(path, name, suffix, RETURNED)
    if opened.problems:
        return Returned(problems=texts(opened.problems))
    rows = []
    for table in opened.tables:
        headings = list(table.layout.columns)
        positions = [table.layout.columns[heading].position for heading in headings]
        for batch in table.batches():
            columns = [[text.strip() for text in batch.columns[p].to_pylist()] for p in positions]
            for place, number in enumerate(batch.rows.tolist()):
                cells = {heading: column[place] for heading, column in zip(headings, columns, strict=True)}
                if any(cells.values()):
                    rows.append(ReturnedRow(table.sheet, number, cells))
    return Returned(tuple(rows))
