"""Drawing by integers and SHA-256 alone: the same seed on the same units gives the same draw on every machine.

No random generator (they change with library versions), no floating point, no dependence on the order of rows.
"""

import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction


def hashed(seed: str, *parts: str) -> int:
    """A number of 256 bits from the seed and a text; the separator stands in no key."""
    return int.from_bytes(hashlib.sha256("\x1f".join((seed, *parts)).encode()).digest())


def systematic(sizes: Sequence[int], count: int, start: int) -> list[int]:
    """Indices of ``count`` units drawn systematically with probability proportional to size.

    Unit i holds [count·C(i-1), count·C(i)) of a circle with ``count`` rounds of the total; the points are ``start``
    (taken modulo the total) and every total further on. No unit may be larger than total / count.
    """
    total = sum(sizes)
    if count == 0:
        return []
    if total == 0 or max(sizes) * count > total:
        raise ValueError("a unit larger than the interval is drawn with certainty, not systematically")
    chosen, upper, point = [], 0, start % total
    for index, size in enumerate(sizes):
        upper += size * count
        if point < upper:
            chosen.append(index)
            point += total
    return chosen


def draw_proportional(seed: str, label: str, sizes: Mapping[str, int], count: int) -> dict[str, Fraction]:
    """Units drawn without replacement with probability proportional to size: key -> inclusion probability.

    A unit whose size reaches its share of what is left is taken with certainty (probability 1), the others
    systematically in the order of their hashes. Units of size 0 are not in the frame.
    """
    left = {key: size for key, size in sizes.items() if size > 0}
    if count >= len(left):
        return dict.fromkeys(sorted(left), Fraction(1))
    drawn: dict[str, Fraction] = {}
    while True:
        total, wanted = sum(left.values()), count - len(drawn)
        certain = [key for key, size in left.items() if size * wanted >= total] if wanted else []
        if not certain:
            break
        for key in certain:
            drawn[key] = Fraction(1)
            del left[key]
    order = sorted(left, key=lambda key: (hashed(seed, label, key), key))
    for index in systematic([left[key] for key in order], wanted, hashed(seed, label)):
        drawn[order[index]] = Fraction(left[order[index]] * wanted, total)
    return dict(sorted(drawn.items()))


def draw_equal(seed: str, label: str, keys: Sequence[str], count: int) -> list[str]:
    """``count`` of the keys, systematically along their own order from a start that the seed gives, sorted."""
    ordered = sorted(keys)
    if count >= len(ordered):
        return ordered
    return [ordered[index] for index in systematic([1] * len(ordered), count, hashed(seed, label))]


def order_reserve(seed: str, label: str, keys: Sequence[str], count: int) -> list[str]:
    """The first ``count`` of the keys in the order of their hashes: who is asked when somebody drawn is not there."""
    if count == 0:
        return []
    return sorted(keys, key=lambda key: (hashed(seed, label, "reserve", key), key))[:count]
