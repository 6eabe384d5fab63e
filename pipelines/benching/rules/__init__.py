"""The rules against named baselines on the same county: the scan's limit, hand-written SQL, Polars, plain pandas."""

from pipelines.benching.rules.measure import as_table, bench_rules

__all__ = ["as_table", "bench_rules"]
