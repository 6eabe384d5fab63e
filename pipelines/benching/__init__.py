"""Speed and memory against named baselines, as ratios: each measurement in a process of its own."""

from pipelines.benching.loading import bench_loading
from pipelines.benching.many import bench_counties
from pipelines.benching.nights import bench_nights
from pipelines.benching.staging import bench_staging

__all__ = ["bench_counties", "bench_loading", "bench_nights", "bench_staging"]
