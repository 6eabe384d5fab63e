"""Counts rounded to 5 for who may see no rows: up or down by a key, right on average, the same every time.

The same count of the same thing in the same area is rounded alike in every release, so that nobody learns more from a
second one. A total is rounded by itself, unless that would narrow one of its parts down to less than 5.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from warehouse.evaluation.indicators import INDICATORS

BASE: Final = 5
_BY_NAME: Final = {indicator.name: indicator for indicator in INDICATORS}
_PARENT: Final = {12: 9, 9: 6}


def round_counts(rows: Sequence[dict[str, Any]], key: bytes) -> Iterator[dict[str, Any]]:
    """Round numerator, denominator and unknown of counts in place; give the rows that were. Shares follow."""
    trees: dict[tuple[object, object, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if _BY_NAME[row["indicator"]].adds_up:
            trees[row["county"], row["as_of"], row["indicator"]].append(row)
    for own in trees.values():
        indicator = _BY_NAME[own[0]["indicator"]]
        labels = {"numerator": indicator.name}
        if indicator.unknown_persons:  # else the policy's figures, which are public
            labels |= {"denominator": f"of {indicator.divides or indicator.name}", "unknown": indicator.source}
        for column, label in labels.items():
            counts = {row["area_code"]: int(row[column] or 0) for row in own}
            rounded = round_tree(counts, key, f"{own[0]['county']} {label}")
            for row in own:
                if row[column] is not None:
                    row[column] = type(row[column])(rounded[row["area_code"]])
        for row in own:
            below, above = row["denominator"], row["numerator"]
            row["share"] = None if not below or above is None else min(1.0, float(Decimal(above) / Decimal(below)))
            yield row


def round_tree(counts: Mapping[str, int], key: bytes, label: str) -> dict[str, int]:
    """Counts by area, rounded from below."""
    children: dict[str, list[str]] = defaultdict(list)
    for area in counts:
        if len(area) in _PARENT:
            children[area[: _PARENT[len(area)]]].append(area)
    rounded: dict[str, int] = {}
    for area in sorted(counts, key=lambda a: (-len(a), a)):
        first = rounded_count(counts[area], key, f"{label} {area}")
        parts = [rounded[child] for child in children.get(area, ())]
        near = sorted(range(0, counts[area] + 5 * BASE, BASE), key=lambda n: (n != first, abs(n - counts[area]), n))
        rounded[area] = next((n for n in near if not parts or _keeps_wide(n, parts)), sum(parts))
    return rounded


def rounded_count(count: int, key: bytes, label: str) -> int:
    """A count rounded to 5: up with the chance of its rest, which the key decides."""
    rest = count % BASE
    drawn = int.from_bytes(hmac.digest(key, f"{label} {count}".encode(), "sha256")[:8])
    return count - rest + (BASE if drawn % BASE < rest else 0)


def _keeps_wide(total: int, parts: Sequence[int]) -> bool:
    """Whether every part can still be anything within 5, whoever adds them up."""
    low, high = [max(0, part - BASE) for part in parts], [part + BASE for part in parts]
    least, most = max(0, total - BASE) - sum(high), total + BASE - sum(low)
    return all(min(h, most + lo) - max(lo, least + h) >= BASE for lo, h in zip(low, high, strict=True))
