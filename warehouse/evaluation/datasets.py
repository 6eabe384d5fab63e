"""What a recipient is given: the evaluators' views under his pseudonyms, or indicators without small cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import pyarrow as pa

from warehouse.evaluation.documented import documented_views
from warehouse.evaluation.giving import PSEUDONYM, codes_of, comment_given, is_decided, pseudonym_label, raws_of
from warehouse.evaluation.pseudonyms import RecipientKey
from warehouse.evaluation.releases import release
from warehouse.evaluation.surrogates import Surrogates, surrogates_of
from warehouse.evaluation.views import EVALUATION, VIEWS, View

_RAW: Final = "__raw_"
_HOUSE_KEEPING: Final = frozenset({"deliveries"})
"""Views about the county's own work: given only where a documented query names them."""
_DICTIONARY: Final = "data_dictionary"


@dataclass(frozen=True)
class Field:
    """One column of a dataset: its Chinese label, and the labels of its code list in their order."""

    name: str
    label: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dataset:
    """One table as it is given out."""

    name: str
    label: str
    fields: tuple[Field, ...]
    table: pa.Table


def read_datasets(connection: duckdb.DuckDBPyConnection, key: RecipientKey) -> Iterator[Dataset]:
    """Every view masked, with a pseudonym beside each masked identity number; rows in one order.

    All that a documented query names is among them. The dictionary comes last, and speaks of these alone.
    """
    left_out = _HOUSE_KEEPING - documented_views()
    surrogates = surrogates_of(connection, key)
    given = []
    for view in VIEWS:
        if view.name not in left_out and view.name != _DICTIONARY:
            dataset = _read(connection, view, key, surrogates)
            given.append((dataset.name, dataset.fields))
            yield dataset
    yield _dictionary(connection, given, key)


def read_aggregates(
    connection: duckdb.DuckDBPyConnection, key: RecipientKey, earlier: pa.Table | None, rounding: bytes | None = None
) -> tuple[list[Dataset], pa.Table]:
    """For recipients without row access: the indicators, small cells hidden or rounded; and what to remember of it.

    ``earlier``: what is remembered of what he was given before. Raises ReleaseHeldError, MixedReleaseError.
    """
    (view,) = [view for view in VIEWS if view.name == "indicators"]
    whole = _read(connection, view, key)
    released = release(whole.table, earlier, rounding)
    fields = tuple(field for field in whole.fields if field.name in released.table.column_names)
    how = "不足5人（户）的已隐去" if rounding is None else "人数（户数）按5取整，金额不足5人（户）的已隐去"
    given = Dataset(whole.name, f"{whole.label}；{how}", fields, released.table)
    return [given, _dictionary(connection, [(given.name, given.fields)], key)], released.memory


def _read(
    connection: duckdb.DuckDBPyConnection, view: View, key: RecipientKey, surrogates: Surrogates | None = None
) -> Dataset:
    selected = [f"{column.sql} AS {column.name}" for column in view.columns]
    raws = raws_of(view)
    selected += [f"{raw} AS {_RAW}{name}" for name, raw in raws.items()]
    order = ", ".join(str(place) for place in range(1, len(view.columns) + 1))
    inner = f"SELECT {', '.join(selected)} FROM {view.source}"
    table: pa.Table = connection.execute(f"SELECT * FROM ({inner}) ORDER BY {order}").to_arrow_table()
    raw = table.select([_RAW + name for name in raws]).rename_columns(list(raws))
    if surrogates is not None:
        table = surrogates.given(table, {column.name for column in view.columns if is_decided(column)}, raw)
    fields: list[Field] = []
    for column in view.columns:
        fields.append(Field(column.name, comment_given(column), codes_of(column)))
        if column.raw:
            name = column.name + PSEUDONYM
            label = f"{pseudonym_label(column)}（同一接收方各表可关联，密钥 {key.key_id}）"
            pseudonyms = key.pseudonyms(raw[column.name])
            table = table.add_column(table.column_names.index(column.name) + 1, name, pseudonyms)
            fields.append(Field(name, label))
    kept = table.select([field.name for field in fields])
    if surrogates is not None:
        # by what is given: the order of the departments' numbers would join two recipients' files row by row
        kept = kept.sort_by([(field.name, "ascending") for field in fields])
    return Dataset(view.name, view.comment, tuple(fields), kept)


def _dictionary(
    connection: duckdb.DuckDBPyConnection, given: Sequence[tuple[str, Sequence[Field]]], key: RecipientKey
) -> Dataset:
    """The data dictionary of what is given: rows of the warehouse's own, and one for each pseudonym."""
    (view,) = [view for view in VIEWS if view.name == _DICTIONARY]
    whole = _read(connection, view, key)
    described = {(r["schema_name"], r["table_name"], r["column_name"]): r for r in whole.table.to_pylist()}
    own = (_DICTIONARY, whole.fields)
    rows = []
    for name, fields in (*given, own):
        for field in fields:
            stem = field.name.removesuffix(PSEUDONYM)
            row = described[EVALUATION, name, stem]
            rows.append(row if stem == field.name else row | {"column_name": field.name, "comment": field.label})
    return Dataset(whole.name, whole.label, whole.fields, pa.Table.from_pylist(rows, schema=whole.table.schema))
