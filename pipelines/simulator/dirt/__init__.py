"""What departments really send: every kind of dirt of feeds.md, planted at realistic rates and written down."""

import zlib
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations.feed import Column, Feed
from pipelines.simulator.arrays import Bools, Ints
from pipelines.simulator.dirt.forms import RECOVERABLE, in_ten_thousands
from pipelines.simulator.dirt.layouts import LAYOUTS, Layout, column_order, heading
from pipelines.simulator.dirt.soil import Soiled, soil
from pipelines.simulator.dirt.writing import Sheet, write_delimited, write_workbook
from pipelines.simulator.parameters import DirtRates
from pipelines.simulator.writing import file_name

RECORD = pa.schema(
    [
        pa.field("feed", pa.string()),
        pa.field("file", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("row_key", pa.string()),
        pa.field("column", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("scope", pa.string()),
    ]
)
"""Planted dirt: ``row`` as the department sees it; ``reason`` null where the clean value can be read back; ``scope``
row, value or identity where it cannot."""


def write_dirty(
    feed: Feed, clean: pa.Table, folder: Path, county: str, as_of: date, seed: int, rates: DirtRates
) -> tuple[list[Path], pa.Table]:
    """Write a clean table (canonical columns) as its department would; returns the files and what was done to them."""
    layout = LAYOUTS[feed.name]
    workbook = layout.workbook and clean.num_rows <= rates.largest_workbook
    if layout.merged:
        clean = clean.sort_by([(layout.merged, "ascending"), *((name, "ascending") for name in feed.key)])
    soiled = soil(feed, clean, seed, as_of, rates, workbook=workbook)
    _write_whole_columns(soiled, layout)
    # A department's headings and order of columns are the same every month.
    habit = np.random.Generator(np.random.PCG64([seed, zlib.crc32(feed.name.encode())]))
    columns = column_order(feed, layout, habit)
    headings = tuple(heading(column, layout, habit) for column in columns)
    parts = layout.parts if len(soiled) >= 2 * layout.parts else 1
    files, numbers = [], np.zeros(len(soiled), dtype=np.int64)
    part_of = np.arange(len(soiled)) * parts // max(1, len(soiled))
    for part in range(parts):
        rows = np.flatnonzero(part_of == part)
        suffix = "xlsx" if workbook else "csv"
        name = file_name(feed, county, as_of, suffix, f"_{part + 1}of{parts}" if parts > 1 else "")
        sheet = _sheet(soiled, columns, headings, rows)
        write = write_workbook if workbook else write_delimited
        numbers[rows] = write(sheet, layout, folder / name)
        files.append(folder / name)
    return files, _record(soiled, [path.name for path in files], part_of, numbers)


def _sheet(soiled: Soiled, columns: list[Column], headings: tuple[str, ...], rows: Ints) -> Sheet:
    place = {int(row): index for index, row in enumerate(rows)}
    return Sheet(
        columns=tuple(columns),
        headings=headings,
        texts=tuple(soiled.columns[column.name].take(pa.array(rows)) for column in columns),
        numeric={
            name: frozenset(place[row] for row in cells.tolist() if row in place)
            for name, cells in soiled.numeric.items()
        },
    )


def _write_whole_columns(soiled: Soiled, layout: Layout) -> None:
    """The department's own way of writing all dates, months or 是/否, on cells that are still as clean as they were."""
    forms = {form.name: form for form in RECOVERABLE}
    for column in soiled.feed.columns:
        form = forms.get(layout.forms.get(type(column.type).__name__, ""))
        scaled = column.name in layout.in_ten_thousands
        if form is None and not scaled:
            continue
        touched = np.zeros(len(soiled), dtype=bool)
        for rows, name, _, reason, _ in soiled.touched:
            if name == column.name and not (scaled and reason == "conflicting_key"):
                touched[rows] = True
        texts = soiled.columns[column.name]
        distinct = texts.dictionary_encode()
        written = [
            text if not text else in_ten_thousands(text) if form is None else form.write(text, column) or text
            for text in _where_clean(distinct.dictionary.to_pylist(), texts, touched)
        ]
        whole = pa.array(written, pa.string()).take(distinct.indices)
        kept = _in_yuan(texts) if scaled else texts
        soiled.columns[column.name] = pc.if_else(pa.array(touched), kept, whole)
        kind = "whole column in 万元" if form is None else f"whole column: {form.name}"
        soiled.note(np.zeros(1, dtype=np.int64), f"*{column.name}", kind, None)


def _where_clean(distinct: list[str], texts: pa.Array, touched: Bools) -> list[str]:
    """Distinct texts, blank for those that stand in touched cells only: they need not be what the column holds."""
    clean = set(texts.filter(pa.array(~touched)).unique().to_pylist())
    return [text if text in clean else "" for text in distinct]


def _in_yuan(texts: pa.Array) -> pa.Array:
    """In a column of 万元, what is written otherwise carries its own unit; what cannot be read stays."""
    readable = pc.match_substring_regex(texts, r"^\s*¥?[0-9０-９,]+(\.[0-9０-９]*)?\s*$")
    return pc.if_else(readable, pc.binary_join_element_wise(pc.utf8_trim_whitespace(texts), "元", ""), texts)


def _record(soiled: Soiled, files: list[str], part_of: Ints, numbers: Ints) -> pa.Table:
    pieces = []
    names = pa.array(files)
    for rows, column, kind, reason, scope in soiled.touched:
        whole = column.startswith("*")
        count = len(rows)
        pieces.append(
            pa.table(
                [
                    pa.array([soiled.feed.name] * count),
                    names.take(pa.array(part_of[rows])),
                    pa.nulls(count, pa.int64()) if whole else pa.array(numbers[rows]),
                    pa.array([""] * count) if whole else soiled.keys.take(pa.array(rows)),
                    pa.array([column.removeprefix("*")] * count),
                    pa.array([kind] * count),
                    pa.array([reason] * count, pa.string()),
                    pa.array([scope] * count),
                ],
                schema=RECORD,
            )
        )
    return pa.concat_tables(pieces) if pieces else RECORD.empty_table()
