"""The benchmark of whole nights: every step is timed, and what it compares was really done."""

import pytest

from pipelines.benching import bench_nights
from pipelines.benching.night_job import STEPS
from pipelines.benching.nights import NAMES


@pytest.mark.slow
def test_two_small_nights_name_every_step_with_its_ratios() -> None:
    found = bench_nights(200, 2)
    assert [night["as_of"] for night in found["nights"]] == ["2026-05-31", "2026-06-30"]
    for night in found["nights"]:
        assert tuple(night["steps"]) == STEPS
        assert all(step["seconds"] > 0 for step in night["steps"].values())
        assert night["rows"] > 200
        assert night["findings"] > 0
    assert set(found["baselines"]) == set(NAMES)
    assert set(found["growth"]) == {"publish", "night"}
