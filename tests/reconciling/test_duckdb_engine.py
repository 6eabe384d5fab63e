"""What the embedded engine makes is temporary: a table that is not cannot be spilled in a database without a file."""

from pathlib import Path

from pipelines.benching.rules.county import lay_down, open_county
from pipelines.reconciling.duckdb_engine import DuckdbEngine
from pipelines.reconciling.reconcile import judge


def test_every_table_of_a_run_can_be_spilled(tmp_path: Path) -> None:
    lay_down(tmp_path, 60)
    county = open_county(tmp_path)
    with DuckdbEngine(tmp_path / "spill") as engine:
        judge(engine, [county.asked])
        tables = engine.local.execute("SELECT table_name, temporary FROM duckdb_tables()").fetchall()
    assert {"register_members", "kept_registered", "facts_CV01"} <= {name for name, _ in tables}
    assert [name for name, temporary in tables if not temporary] == []
