"""The benchmark compares like with like: the plain baseline gives staging's rows."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from long import asked_for

from pipelines.benching import baselines
from pipelines.benching.job import staging
from pipelines.benching.messy import FEED, write_csv, write_xlsx
from pipelines.benching.staging import bench_staging

ROWS = 4000


@pytest.mark.parametrize("write", [write_csv, write_xlsx], ids=["csv", "xlsx"])
def test_the_baseline_gives_the_rows_that_staging_gives(tmp_path: Path, write):
    file = write(tmp_path, ROWS)
    done = staging(file, tmp_path)()
    d = done.delivery
    assert d.accounting.totals_or_blank == 1
    assert d.accounting.quarantined > 5
    assert d.accounting.repeated > 0
    assert d.accounting.values_refused > 5
    baselines.load("plainly").clean(file, tmp_path / "plain.parquet")
    names = [c.name for c in FEED.columns]
    mine = pq.read_table(tmp_path / "home" / "lake" / "staged" / FEED.name / d.county / f"{d.id}.parquet")
    plain = pq.read_table(tmp_path / "plain.parquet")
    assert mine.num_rows > 0.9 * ROWS
    assert mine.select(names).to_pylist() == plain.select(names).cast(mine.select(names).schema).to_pylist()


@pytest.mark.slow
@asked_for
def test_a_small_benchmark_names_every_job_with_its_ratios():
    found = bench_staging(500, 100)
    assert [f["format"] for f in found["files"]] == ["csv", "xlsx"]
    for file in found["files"]:
        assert set(file["jobs"]) == {"staging", "reading", "cleaning"}
        assert all(job["seconds"] >= 0 and job["megabytes"] > 10 for job in file["jobs"].values())
        assert set(file["ratios"]) == {"reading", "cleaning"}
