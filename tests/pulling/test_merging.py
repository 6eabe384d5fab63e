"""Changed rows lie over those of the pull before: by key, as a department's database writes it."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.pulling import PullError
from pipelines.pulling.merging import write_pulled
from pipelines.reading.origins import Origin

Rows = Sequence[tuple[str | None, ...]]
HEADINGS = ("低保证号", "发放年月", "姓名")
KEY = HEADINGS[:2]
T = Origin("表t", {})


def write(path: Path, rows: Rows, headings: Sequence[str] = HEADINGS) -> Path:
    columns = [pa.array([row[n] for row in rows], pa.string()) for n in range(len(headings))]
    pq.write_table(pa.table(columns, names=list(headings)), path)
    return path


def merged(folder: Path, before: Rows, changed: Rows) -> list[tuple[str | None, ...]]:
    """What the pull after ``before`` holds, where these rows have changed since."""
    target = folder / "pulled.parquet"
    last = write(folder / "before.parquet", before)
    write_pulled(write(folder / "raw.parquet", changed), target, KEY, before=last, mark="m", origin=T)
    return [tuple(row.values()) for row in pq.read_table(target).to_pylist()]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("C1", "C1 "),
        ("C1  ", "C1"),
        (" C1", "C1"),
        ("  C1 ", " C1   "),
        ("C1", "C1\u3000"),
        ("C\u200b1", "C1"),
        ("Ｃ１", "C1"),
        ("C 1", "C1"),
        ('="C1"', "'C1"),
        ("\ufeffC1\u00ad", "C1"),
    ],
)
def test_a_key_that_staging_takes_for_the_same_is_the_same_key(tmp_path: Path, was: str, now: str) -> None:
    """CHAR(n) comes padded from one database and bare from another, or from the same one after a change of driver."""
    before = [(was, "2026-05", "张一"), ("C2", "2026-05", "张二")]
    assert merged(tmp_path, before, [(now, " 2026-05", "张改")]) == sorted(
        [(now, " 2026-05", "张改"), ("C2", "2026-05", "张二")]
    )


def test_every_part_of_the_key_counts_and_a_missing_part_is_like_an_empty_one(tmp_path: Path) -> None:
    before = [("C1", "2026-05", "张一"), ("C1", "2026-06", "张一"), ("C1", None, "张一"), (None, "2026-05", "佚名")]
    changed = [("C1", "2026-06", "张改"), ("C1", " ", "张改")]
    assert set(merged(tmp_path, before, changed)) == {
        ("C1", "2026-05", "张一"),
        ("C1", "2026-06", "张改"),
        ("C1", " ", "张改"),
        (None, "2026-05", "佚名"),
    }


def test_rows_lie_in_the_order_of_their_key_so_that_equal_content_has_equal_bytes(tmp_path: Path) -> None:
    rows = [("C2", "2026-05", "张二"), ("C1", "2026-06", "张一"), ("C1", "2026-05", "张一")]
    files = []
    for name, given in (("one", rows), ("other", rows[::-1])):
        raw, target = write(tmp_path / f"{name}.raw", given), tmp_path / f"{name}.parquet"
        write_pulled(raw, target, KEY, before=None, mark="m", origin=T)
        files.append(target.read_bytes())
    assert files[0] == files[1]
    assert pq.read_table(tmp_path / "one.parquet").column(0).to_pylist() == ["C1", "C1", "C2"]


def test_a_pull_with_other_columns_is_not_laid_over_the_one_before(tmp_path: Path) -> None:
    before = write(tmp_path / "before.parquet", [], headings=KEY)
    with pytest.raises(PullError, match="other columns"):
        write_pulled(
            write(tmp_path / "raw.parquet", []),
            tmp_path / "x.parquet",
            KEY,
            before=before,
            mark="m",
            origin=T,
        )
