"""The benchmark of the rules compares like with like: every baseline finds what the rules find."""

from pathlib import Path

import pytest
from long import asked_for

from expectations.rules import RULES
from pipelines.benching import baselines
from pipelines.benching.rules import bench_rules
from pipelines.benching.rules.county import BenchCounty, lay_down, open_county
from pipelines.benching.rules.job import JOBS, Keys
from pipelines.benching.rules.measure import BASELINES, USUAL

OURS = ("rules", "reconciled", "refused", "replayed")
"""Jobs of our own besides the expected one: what the rules find in a night, other tests ask of less."""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[BenchCounty, Path]:
    """A county large enough for every rule to find something."""
    folder = tmp_path_factory.mktemp("county")
    lay_down(folder, 6000, seed=3, refused=1)
    return open_county(folder), folder


@pytest.fixture(scope="module")
def expected(county: tuple[BenchCounty, Path]) -> Keys:
    """What the rules find."""
    found = JOBS["judged"](*county, None)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "job",
    [
        pytest.param(job, marks=asked_for) if job in OURS else job
        for job in JOBS
        if job not in ("judged", "spark", "scan")
    ],
)
def test_every_job_finds_what_the_rules_find(county: tuple[BenchCounty, Path], expected: Keys, job: str) -> None:
    assert [code for code, keys in expected.items() if not keys] == []
    assert JOBS[job](*county, None) == expected


def test_what_the_baselines_have_by_hand_is_what_is_measured(expected: Keys) -> None:
    measured = baselines.measured()
    assert measured is not None
    assert set(expected) == measured <= {rule.code for rule in RULES}


@pytest.mark.slow
@asked_for
def test_a_small_benchmark_names_every_job_with_its_ratios() -> None:
    found = bench_rules(600, 1, counties=2)
    assert list(found["jobs"]) == list(USUAL)
    assert found["findings_agree"]
    assert found["jobs"]["scan"]["findings"] is None
    assert found["rows"]["register_members"] > 500
    assert all(job["megabytes"] > 10 for job in found["jobs"].values())
    assert {ours: set(ratios) for ours, ratios in found["ratios"].items()} == {
        ours: set(BASELINES) for ours in ("rules", "judged", "reconciled")
    }
