"""What recipients without row access are given: indicators without small cells, and what each was given before.

Cells are judged by the persons or households behind them, jointly over the indicators that divide the same persons,
and against every earlier release to the same recipient: a figure that he has already hides nothing, one that was
hidden stays hidden while it is the same, and what would give an earlier one back is held (decision 0037).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.errors import RefusedError
from warehouse.evaluation.indicators import INDICATORS
from warehouse.evaluation.rounding import round_counts
from warehouse.evaluation.suppression import Cell, Terms, faults, jointly, suppressed
from warehouse.lake import Lake, atomic_path

_BY_NAME: Final = {indicator.name: indicator for indicator in INDICATORS}
_BEHIND: Final = ("numerator_persons", "rest_persons")
"""Columns that say how many are behind a figure: judged by, never given."""
_FIGURES: Final = ("numerator", "denominator", "share")
_PARENT: Final = {12: 9, 9: 6}

Row = dict[str, Any]
Part = tuple[object, object, str]
"""County, as-of, and an indicator, or a source of those whom nobody can judge."""


class ReleaseHeldError(RefusedError):
    """A release that would give back, by subtraction, a small cell that this or an earlier release hides."""

    def __init__(self, indicator: str, as_of: object, areas: int) -> None:
        self.indicator, self.as_of, self.areas = indicator, as_of, areas
        super().__init__(
            f"held: {indicator} as of {as_of} would give back small cells of {areas} areas, with what was given before",
            advice="wait for new figures, or give this to nobody who has the earlier release",
        )


class MixedReleaseError(RefusedError):
    """Rounded counts for whom was given exact ones with small cells hidden, or the other way round."""

    def __init__(self) -> None:
        super().__init__(
            "held: exact figures with small cells hidden, and rounded ones, give small cells back together",
            advice="give this recipient what he was given before: always with --round, or never",
        )


@dataclass(frozen=True)
class Released:
    """Rows as they are given, and what is remembered of them."""

    table: pa.Table
    memory: pa.Table


def release(indicators: pa.Table, earlier: pa.Table | None, rounding: bytes | None = None) -> Released:
    """Figures of ``evaluation.indicators`` with small cells, and what would give them away, as null.

    ``rounding``: the key by which counts are rounded to 5 instead; amounts are hidden as ever. ``earlier``: what is
    remembered of earlier releases to the same recipient. Raises ReleaseHeldError, MixedReleaseError.
    """
    rows = indicators.to_pylist()
    if earlier is not None and bool(pc.any(earlier["rounded"]).as_py()) != (rounding is not None):
        raise MixedReleaseError()
    if rounding is not None:
        for row in round_counts([row for row in rows if not _BY_NAME[row["indicator"]].behind], rounding):
            row["rounded"] = True
    exact = [row for row in rows if not row.get("rounded")]
    hidden, remembered = _hide(exact, earlier)
    for row in exact:
        if hidden.get(((row["county"], row["as_of"], row["indicator"]), row["area_code"])):
            row.update(dict.fromkeys(_FIGURES))
        if hidden.get(((row["county"], row["as_of"], _judged_together(row) or ""), row["area_code"])):
            row["unknown"] = None
    whole = pa.Table.from_pylist(rows, schema=indicators.schema).drop_columns(list(_BEHIND))
    memory = [row | {"rounded": rounding is not None} for row in (_MARK, *remembered)]
    return Released(whole, pa.Table.from_pylist(memory, schema=MEMORY))


def _hide(rows: Sequence[Row], earlier: pa.Table | None) -> tuple[dict[tuple[Part, str], bool], list[Row]]:
    """What is hidden of the rows, and what is to be remembered of them. Raises ReleaseHeldError."""
    memory = _Memory([] if earlier is None else earlier.to_pylist())
    hidden: dict[tuple[Part, str], bool] = {}
    veiled: dict[Part, frozenset[str]] = {}
    for (county, as_of, _), parts in _grouped(rows, _divided).items():
        trees: dict[str, list[Cell]] = {row["indicator"]: [] for row in parts}
        for row in parts:
            trees[row["indicator"]].append(_cell(row, tuple(row[name] for name in _BEHIND)))
        known = {name: memory.known(county, name, own) for name, own in _by_name(parts).items()}
        also = {name: memory.hidden(county, name, own) for name, own in _by_name(parts).items()}
        for name, found in jointly(trees, known, also).items():
            told = Terms(veiled=found.veiled, known=known[name])
            if wrong := faults(trees[name], found.areas, told):
                raise ReleaseHeldError(name, as_of, len(wrong))
            veiled[county, as_of, name] = found.veiled
            for cell in trees[name]:
                hidden[(county, as_of, name), cell.area] = cell.area in found.areas
    for (county, as_of, source), parts in _grouped(rows, _judged_together).items():
        cells = _unknown_cells(parts)
        terms = Terms(divides=False, known=memory.known(county, source, _unknown_rows(parts)))
        alike = suppressed(cells, terms, memory.hidden(county, source, _unknown_rows(parts)))
        if wrong := faults(cells, alike, terms):
            raise ReleaseHeldError("不能判断的人数（户数）", as_of, len(wrong))
        for cell in cells:
            hidden[(county, as_of, source), cell.area] = cell.area in alike
    remembered = _remembered(rows, hidden, veiled)
    memory.check_against(remembered)
    return hidden, remembered


MEMORY: Final = pa.schema(
    [
        ("county", pa.string()),
        ("as_of", pa.date32()),
        ("name", pa.string()),
        ("divides", pa.bool_()),
        ("area", pa.string()),
        ("value", pa.string()),
        ("parts", pa.list_(pa.int64())),
        ("hidden", pa.bool_()),
        ("veiled", pa.bool_()),
        ("rounded", pa.bool_()),
    ]
)


_MARK: Final[Row] = {"county": "", "as_of": None, "name": "", "divides": False, "area": "", "value": "", "parts": [],
    "hidden": False, "veiled": False}  # fmt: skip
"""That something was given at all, and how."""


def remember(lake: Lake, recipient: str, memory: pa.Table) -> None:
    """Add a release to what is remembered of a recipient; each figure once."""
    path = lake.given(recipient)
    rows = memory.to_pylist() if not path.exists() else [*pq.read_table(path).to_pylist(), *memory.to_pylist()]
    once = {tuple(str(row[name]) for name in MEMORY.names): row for row in rows}
    with atomic_path(path) as temporary:
        pq.write_table(pa.Table.from_pylist(list(once.values()), schema=MEMORY), temporary, compression="zstd")
    path.chmod(0o600)


def remembered_of(lake: Lake, recipient: str) -> pa.Table | None:
    """What is remembered of releases to a recipient."""
    path = lake.given(recipient)
    return pq.read_table(path) if path.exists() else None


class _Memory:
    """Earlier releases: which figures a reader has, which were hidden from him."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.shown: dict[tuple[object, str, str], set[str]] = defaultdict(set)
        self.veiled: dict[tuple[object, str, str], set[str]] = defaultdict(set)
        for row in rows:
            (self.veiled if row["hidden"] else self.shown)[row["county"], row["name"], row["area"]].add(row["value"])

    def known(self, county: object, name: str, rows: Mapping[str, str]) -> frozenset[str]:
        """Areas whose figure, as it is now, was shown before."""
        return frozenset(area for area, value in rows.items() if value in self.shown.get((county, name, area), ()))

    def hidden(self, county: object, name: str, rows: Mapping[str, str]) -> frozenset[str]:
        """Areas whose figure, as it is now, was hidden before."""
        return frozenset(area for area, value in rows.items() if value in self.veiled.get((county, name, area), ()))

    def check_against(self, release: Sequence[Row]) -> None:
        """Whether each earlier release still holds beside a new one, and those between. Raises ReleaseHeldError."""
        shown = {key: set(values) for key, values in self.shown.items()}
        for row in release:
            if not row["hidden"]:
                shown.setdefault((row["county"], row["name"], row["area"]), set()).add(row["value"])
        for (county, as_of, name), rows in _grouped(self.rows, lambda row: row["name"]).items():
            cells = [_cell(row | {"area_code": row["area"]}, tuple(row["parts"])) for row in rows]
            known = frozenset(row["area"] for row in rows if row["value"] in shown.get((county, name, row["area"]), ()))
            hidden = {row["area"] for row in rows if row["hidden"]}
            veiled = frozenset(row["area"] for row in rows if row["veiled"])
            terms = Terms(divides=rows[0]["divides"], veiled=veiled, known=known)
            if hidden & known and (wrong := faults(cells, hidden, terms)):
                raise ReleaseHeldError(name, as_of, len(wrong))


def _grouped(rows: Iterable[Row], name: Callable[[Row], str | None]) -> dict[Part, list[Row]]:
    found: dict[Part, list[Row]] = defaultdict(list)
    for row in rows:
        if (of := name(row)) is not None:
            found[row["county"], row["as_of"], of].append(row)
    return found


def _divided(row: Row) -> str | None:
    """Whose persons an indicator divides; None where nobody is behind it."""
    indicator = _BY_NAME[row["indicator"]]
    return (indicator.divides or indicator.name) if indicator.adds_up else None


def _judged_together(row: Row) -> str | None:
    """Indicators of one source leave the same persons unjudged."""
    indicator = _BY_NAME[row["indicator"]]
    return f"unknown of {indicator.source}" if indicator.adds_up and indicator.unknown_persons else None


def _cell(row: Row, parts: tuple[int, ...]) -> Cell:
    area = row["area_code"]
    parent = area[: _PARENT[len(area)]] if len(area) in _PARENT else None
    return Cell(area, parent, tuple(max(0, int(part)) for part in parts))


def _by_name(rows: Iterable[Row]) -> dict[str, dict[str, str]]:
    """Each indicator's figures by area, as one text."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        found[row["indicator"]][row["area_code"]] = _value(row)
    return found


def _value(row: Row) -> str:
    return f"{row['numerator']} / {row['denominator']}"


def _unknown_rows(rows: Sequence[Row]) -> dict[str, str]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: r["indicator"]):
        found[row["area_code"]].append(str(row["unknown"]))
    return {area: " ".join(values) for area, values in found.items()}


def _unknown_cells(rows: Sequence[Row]) -> list[Cell]:
    """One cell an area: those unjudged by each indicator of a source are its parts."""
    names = sorted({row["indicator"] for row in rows})
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    for row in rows:
        counts[row["area_code"]][row["indicator"]] = row["unknown"] or 0
    return [_cell({"area_code": area}, tuple(by_name.values())) for area, by_name in counts.items()]


def _remembered(
    rows: Sequence[Row], hidden: Mapping[tuple[Part, str], bool], veiled: Mapping[Part, frozenset[str]]
) -> list[Row]:
    """What is to be remembered of a release: every figure that somebody is behind, and whether it was hidden."""
    found = []
    for row in rows:
        part = (row["county"], row["as_of"], row["indicator"])
        if part in veiled:
            area, parts = row["area_code"], [int(row[name]) for name in _BEHIND]
            told = {"divides": True, "veiled": area in veiled[part], "value": _value(row), "parts": parts}
            found.append(_memory_row(part, area, told, hidden))
    for part, own in _grouped(rows, _judged_together).items():
        values = _unknown_rows(own)
        for cell in _unknown_cells(own):
            told = {"divides": False, "veiled": False, "value": values[cell.area], "parts": list(cell.parts)}
            found.append(_memory_row(part, cell.area, told, hidden))
    return found


def _memory_row(part: Part, area: str, told: Row, hidden: Mapping[tuple[Part, str], bool]) -> Row:
    county, as_of, name = part
    return {"county": county, "as_of": as_of, "name": name, "area": area, "hidden": hidden[part, area], **told}
