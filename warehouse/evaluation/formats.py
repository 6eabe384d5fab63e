"""Datasets as files: CSV, Parquet, Stata and SPSS with Chinese labels, a codebook beside them, and a DuckDB file."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from warehouse.evaluation.datasets import Dataset, Field
from warehouse.evaluation.exports import write_csv
from warehouse.evaluation.views import EVALUATION
from warehouse.lake import sha256_file
from warehouse.sql import OLDEST_READER, literal

Target = Literal["stata", "spss", "csv", "parquet"]
SUFFIXES: Final[Mapping[Target, str]] = {"stata": ".dta", "spss": ".sav", "csv": ".csv", "parquet": ".parquet"}
CODEBOOK: Final = "datapackage.json"
_STATA_TEXT: Final = 2045
_STATA_LABEL: Final = 80
_SPSS_LABEL: Final = 255
_YES_NO: Final[dict[int | float, str]] = {0: "否", 1: "是"}
_STATA_DAY: Final = datetime(2000, 1, 1)  # noqa: DTZ001 — a constant in the file's header, so that bytes repeat


def write_dataset(dataset: Dataset, folder: Path, target: Target, *, bom: bool = False) -> Path:
    """Write one dataset; the file's name is the dataset's. ``bom``: CSV with the mark by which Excel knows UTF-8."""
    path = folder / f"{dataset.name}{SUFFIXES[target]}"
    match target:
        case "csv":
            write_csv(dataset.table, path, bom=bom)
        case "parquet":
            labels = {field.name: field.label for field in dataset.fields}
            fields = [f.with_metadata({"label": labels[f.name]}) for f in dataset.table.schema]
            described = dataset.table.cast(pa.schema(fields, metadata={"label": dataset.label}))
            pyarrow.parquet.write_table(described, path, compression="zstd")
        case "stata":
            _write_stata(dataset, path)
        case "spss":
            _write_spss(dataset, path)
    return path


def write_codebook(datasets: Sequence[Dataset], files: Sequence[Path], about: Mapping[str, Any], folder: Path) -> Path:
    """``datapackage.json``: every file with its hash, every column with its label and its codes."""
    package = {
        "profile": "data-package",
        **about,
        "resources": [
            {
                "name": dataset.name,
                "title": dataset.label,
                "path": path.name,
                "hash": f"sha256:{sha256_file(path)}",
                "rows": dataset.table.num_rows,
                "schema": {"fields": [_described(f, dataset.table.schema.field(f.name)) for f in dataset.fields]},
            }
            for dataset, path in zip(datasets, files, strict=True)
        ],
    }
    path = folder / CODEBOOK
    path.write_text(json.dumps(package, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")
    return path


def write_duckdb(datasets: Iterable[Dataset], about: Mapping[str, Any], path: Path) -> None:
    """A file of its own that holds the datasets as tables with comments, and nothing else to look behind.

    They lie in schema ``evaluation``, as the views do in the warehouse: a query that runs there runs here unchanged.
    """
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {literal(path)} AS given (STORAGE_VERSION {literal(OLDEST_READER)})")
        connection.execute("USE given")
        connection.execute(f"CREATE SCHEMA {EVALUATION}")
        for dataset in datasets:
            name = f"{EVALUATION}.{dataset.name}"
            connection.register("incoming", dataset.table)
            connection.execute(f"CREATE TABLE {name} AS FROM incoming")
            connection.unregister("incoming")
            connection.execute(f"COMMENT ON TABLE {name} IS {literal(dataset.label)}")
            for field in dataset.fields:
                connection.execute(f"COMMENT ON COLUMN {name}.{field.name} IS {literal(field.label)}")
        connection.register("incoming", pa.table({"name": list(about), "value": [str(v) for v in about.values()]}))
        connection.execute("CREATE TABLE about AS FROM incoming")
        connection.execute("USE memory")
        connection.execute("DETACH given")


def _described(field: Field, arrow: pa.Field) -> dict[str, Any]:
    kinds = (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_decimal, "number"),
        (pa.types.is_floating, "number"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "datetime"),
    )
    kind = next((name for is_one, name in kinds if is_one(arrow.type)), "string")
    described: dict[str, Any] = {"name": field.name, "title": field.label, "type": kind}
    if field.codes:
        described["constraints"] = {"enum": list(field.codes)}
        described["codes"] = {str(number): label for number, label in enumerate(field.codes, start=1)}
    return described


def _coded(dataset: Dataset) -> tuple[pd.DataFrame, dict[str, dict[int | float, str]]]:
    """Numbers, days and texts as statistical programs keep them; codes and 是/否 as numbers with value labels."""
    columns: dict[str, Any] = {}
    labels: dict[str, dict[int | float, str]] = {}
    values: Any
    for field in dataset.fields:
        column = dataset.table[field.name]
        if field.codes:
            labels[field.name] = dict(enumerate(field.codes, start=1))
            numbers = {label: float(number) for number, label in labels[field.name].items()}
            values = pd.Series([numbers.get(v) for v in column.to_pylist()], dtype="float64")
        elif pa.types.is_boolean(column.type):
            labels[field.name] = _YES_NO
            values = pd.Series([None if v is None else float(v) for v in column.to_pylist()], dtype="float64")
        elif pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
            plain: Any = [None if v is None else v.replace(tzinfo=None) if isinstance(v, datetime) else v
                     for v in column.to_pylist()]  # fmt: skip
            values = pd.Series(pd.to_datetime(plain)).dt.as_unit("ns")  # pyreadstat takes any other unit for ns
        elif pa.types.is_integer(column.type) or pa.types.is_decimal(column.type) or pa.types.is_floating(column.type):
            values = pd.Series([None if v is None else float(v) for v in column.to_pylist()], dtype="float64")
        else:
            values = pd.Series([v or "" for v in column.to_pylist()], dtype=object)
        columns[field.name] = values
    return pd.DataFrame(columns), labels


def _write_stata(dataset: Dataset, path: Path) -> None:
    frame, labels = _coded(dataset)
    texts = [name for name in frame.columns if frame[name].dtype == object]
    long = [name for name in texts if frame[name].map(lambda v: len(v.encode())).max() > _STATA_TEXT]
    days = {n: "td" for n in frame.columns if pd.api.types.is_datetime64_any_dtype(frame[n])}
    frame.to_stata(
        path,
        write_index=False,
        version=118,
        time_stamp=_STATA_DAY,
        data_label=dataset.label[:_STATA_LABEL],
        variable_labels={field.name: field.label[:_STATA_LABEL] for field in dataset.fields},
        value_labels=labels,
        convert_dates=days,  # type: ignore[arg-type]
        convert_strl=long,
    )


def _write_spss(dataset: Dataset, path: Path) -> None:
    import pyreadstat  # slow to import, and only this needs it

    frame, labels = _coded(dataset)
    pyreadstat.write_sav(
        frame,
        str(path),
        file_label=dataset.label[:20],
        column_labels={field.name: field.label[:_SPSS_LABEL] for field in dataset.fields},
        variable_value_labels=labels,
    )
