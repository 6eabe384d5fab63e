"""What a home gives to read, whatever its kind, as text: for searches of what must not be in it."""

import base64
import html
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat

from warehouse.keys import folder_key
from warehouse.planning.shelf import load_plans

HOLDS_VALUES = MappingProxyType(
    {
        "sent": "what departments sent",
        "inbox": "what departments sent",
        "archive": "what departments sent",
        "copies": "what departments sent",
        "lake/files": "what departments sent",
        "lake/staged": "what departments sent, typed",
        "warehouse": "the tables behind the views",
        "policy": "the county's parameters",
        "truth.csv": "the simulator's",
        "truth_dirt.parquet": "the simulator's",
        "keys": "secrets",
        "plans/folder.key": "a secret, where the planted home keeps its compiled statements",
        "locks": "empty",
        "spill": "empty",
    }
)
"""Parts of a home that nobody is given to read. All else is searched, also what is new."""

_NO_DOCUMENTS = (".rows.parquet", "-shm", "-wal")
"""Refused rows as they came; what SQLite keeps beside its file, and reads with it."""


def outputs(home: Path) -> Iterator[tuple[str, str]]:
    """Everything in a home that somebody may be given to read, as text, by its place."""
    for path in sorted(home.rglob("*")):
        place = path.relative_to(home).as_posix()
        kept = any(place == part or place.startswith(f"{part}/") for part in HOLDS_VALUES)
        if path.is_file() and not kept and not place.endswith(_NO_DOCUMENTS):
            yield place, text_of(path)


def text_of(path: Path) -> str:
    """What a file says, whatever its kind. Raises KeyError for a kind that is new: say how it is read."""
    return READERS[path.suffix](path)


def _plain(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _page(path: Path) -> str:
    return html.unescape(_plain(path))


def _workbook(path: Path) -> str:
    with zipfile.ZipFile(path) as book:
        parts = [book.read(name).decode("utf-8") for name in book.namelist() if not name.endswith(".vml")]
    return html.unescape("\n".join(re.sub(r"<[^>]*>", " ", part) for part in parts))


def _duckdb(path: Path) -> str:
    """The views that are for others; of a recipient's file its tables."""
    with duckdb.connect(str(path), read_only=True) as connection:
        listed = "SELECT schema_name || '.' || {0}_name FROM duckdb_{0}s() WHERE NOT internal AND schema_name = '{1}'"
        views = connection.execute(listed.format("view", "evaluation")).fetchall()
        tables = connection.execute(listed.format("table", "main")).fetchall()
        assert views or tables
        found = [connection.execute(f"FROM {name}").to_arrow_table() for (name,) in [*views, *tables]]
    return "\n".join(map(_rows, found))


def _rows(table: pa.Table) -> str:
    return "\n".join(f"{name}={value}" for row in table.to_pylist() for name, value in row.items())


def _books(path: Path) -> str:
    with sqlite3.connect(path) as connection:
        return "\n".join(connection.iterdump())


def _plans(path: Path) -> str:
    """What was asked for, the SQL, and the rows that a statement brings along; never passed over as not ours."""
    plans = load_plans(path, folder_key(path.parent))
    assert plans, path.name
    steps = [step for some in plans.values() for plan in some for step in plan["steps"]]
    packed = [base64.b64decode(step["rows"]) for step in steps if step["rows"] is not None]
    return "\n".join(
        [json.dumps(plans, ensure_ascii=False), *(_rows(pa.ipc.open_stream(one).read_all()) for one in packed)]
    )


READERS: Mapping[str, Callable[[Path], str]] = {
    ".txt": _plain,
    ".json": _plain,
    ".csv": _plain,
    ".html": _page,
    ".xlsx": _workbook,
    ".parquet": lambda path: _rows(pq.read_table(path)),
    ".dta": lambda path: pd.read_stata(path).to_csv(),
    ".sav": lambda path: str(pyreadstat.read_sav(str(path), apply_value_formats=True)[0].to_dict()),
    ".duckdb": _duckdb,
    ".sqlite": _books,
    ".gz": _plans,
}
