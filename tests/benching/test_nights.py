"""The benchmark of whole nights: every step is timed, and what it compares was really done."""

from collections.abc import Callable

import pytest
from long import asked_for

from pipelines.benching.loading import bench_loading
from pipelines.benching.many import NAMES as MANY
from pipelines.benching.many import bench_counties
from pipelines.benching.night_job import STEPS
from pipelines.benching.nights import NAMES, bench_nights


@pytest.mark.slow
@asked_for
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


@pytest.mark.first(45)
@pytest.mark.slow
@asked_for
def test_many_counties_are_measured_beside_one_and_a_correction_changes_one() -> None:
    found = bench_counties(2, 30, jobs=1)
    assert {what: took["counties"] for what, took in found["measured"].items()} == dict(
        zip(MANY, (2, 1, 1, 1), strict=True)
    )
    assert all(took["seconds"] > 0 and took["findings"] > 0 for took in found["measured"].values())
    assert len(found["ratios"]) == 3


@pytest.mark.slow
@pytest.mark.services
@asked_for
def test_loading_postgresql_is_measured_beside_adbc_alone(server: Callable[[str], str]) -> None:
    found = bench_loading(100, 1, server("postgres"))
    assert all(job["seconds"] > 0 and job["megabytes"] > 10 for job in found["jobs"].values())
    assert set(found["ratios"]) == {"loading to adbc"}
