"""One door for all formats."""

from pathlib import Path

from expectations.feed import Feed
from pipelines.reading.columnar import open_parquet
from pipelines.reading.delimited import open_delimited
from pipelines.reading.errors import UnreadableFileError, where
from pipelines.reading.excel import open_workbook
from pipelines.reading.tables import Opened


def open_file(path: Path, name: str, suffix: str, feed: Feed) -> Opened:
    """Tables of a file that came as ``name``; what cannot be read is a problem, never an error."""
    try:
        if path.stat().st_size == 0:
            raise UnreadableFileError("文件是空的。请重新导出后报送")
        return _OPENERS[suffix](path, name, feed)
    except UnreadableFileError as error:
        return Opened(problems=(f"{where(name)}：{error.problem}",))


_OPENERS = {"csv": open_delimited, "xlsx": open_workbook, "xls": open_workbook, "parquet": open_parquet}
