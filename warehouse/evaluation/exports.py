"""Exports of findings: the contract's columns, masked unless asked, the same bytes for the same findings."""

import codecs
import shutil
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Final, Literal

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from expectations.finding import CLOSED_STATES, FINDING_COLUMNS, MASKED_COLUMNS
from warehouse.lake import atomic_path
from warehouse.sql import literal

Format = Literal["csv", "json", "parquet"]

_ORDER: Final = [(name, "ascending") for name in ("rule", "county", "finding_id")]
_FORMULA = r"^[=+\-@\t\r]"
"""How a text begins that a spreadsheet would run."""


def select_findings(
    ledger: pa.Table,
    *,
    rules: Collection[str] = (),
    states: Collection[str] | None = None,
    owners: Collection[str] = (),
    unmask: bool = False,
) -> pa.Table:
    """Findings of a ledger dataset with exactly the contract's columns, ordered by rule, county and id.

    Masked unless ``unmask``. Open findings without ``states``; ``states=()`` means all. Raises ValueError where the
    dataset does not bring its masked columns.
    """
    missing = [f"{name}_masked" for name in MASKED_COLUMNS if f"{name}_masked" not in ledger.column_names]
    if missing and not unmask:
        raise ValueError(f"the findings bring no masked values: {', '.join(missing)}")
    found = ledger
    if states is None:
        found = found.filter(pc.invert(_one_of(found["state"], CLOSED_STATES)))
    for name, wanted in (("state", states), ("rule", rules), ("owner", owners)):
        if wanted:
            found = found.filter(_one_of(found[name], wanted))
    shown = [f"{name}_masked" if name in MASKED_COLUMNS and not unmask else name for name in FINDING_COLUMNS]
    return found.sort_by(_ORDER).select(shown).rename_columns(list(FINDING_COLUMNS))


def write_findings(findings: pa.Table, target: Path | None, file_format: Format, *, bom: bool = False) -> None:
    """Write findings to a file (atomically), or to standard output where ``target`` is None.

    CSV is UTF-8 with guarded formulas; JSON an array with one object a line; dates are ISO texts.
    """
    if tuple(findings.column_names) != FINDING_COLUMNS:
        raise ValueError("an export of findings has exactly the contract's columns, in order")
    if target is not None:
        with atomic_path(target) as temporary:
            _write(findings, temporary, file_format, bom=bom)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "findings"
        _write(findings, path, file_format, bom=bom)
        with path.open("rb") as stream:
            shutil.copyfileobj(stream, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def write_csv(table: pa.Table, path: Path, *, bom: bool) -> None:
    """Write a table as CSV, formulas guarded; Excel and WPS take UTF-8 for what it is only with a mark (``bom``)."""
    with path.open("wb") as stream:
        if bom:
            stream.write(codecs.BOM_UTF8)
        pyarrow.csv.write_csv(guard_formulas(table), stream)


def guard_formulas(table: pa.Table) -> pa.Table:
    """Texts that a spreadsheet would take for a formula get an apostrophe in front."""
    for index, field in enumerate(table.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            column = table.column(index)
            guarded = pc.if_else(
                pc.match_substring_regex(column, _FORMULA), pc.binary_join_element_wise("'", column, ""), column
            )
            table = table.set_column(index, field.name, guarded)
    return table


def _one_of(column: pa.ChunkedArray, wanted: Collection[str]) -> pa.ChunkedArray:
    """Whether each value is one of ``wanted``."""
    return pc.is_in(column, value_set=pa.array([str(value) for value in wanted], column.type))


def _write(findings: pa.Table, path: Path, file_format: Format, *, bom: bool) -> None:
    match file_format:
        case "csv":
            write_csv(findings, path, bom=bom)
        case "parquet":
            pyarrow.parquet.write_table(findings, path, compression="zstd")
        case "json":
            _write_json(findings, path)


def _write_json(findings: pa.Table, path: Path) -> None:
    """DuckDB writes JSON column-wise; a loop over rows would be ours."""
    with duckdb.connect() as connection:
        connection.register("findings", findings)
        connection.execute(f"COPY (SELECT * FROM findings) TO {literal(path)} (FORMAT json, ARRAY true)")
