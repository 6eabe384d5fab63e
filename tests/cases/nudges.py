"""Policy values a step away: by a fen, a day, a month, a year or a label, so that a boundary shows that it is held."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from builders import POLICY

FEN = Decimal("0.01")
COUNTS = ("_months", "_days", "_years", "_needed", ".homes")
"""How keys of whole numbers end; every other number is yuan."""
ONE_MORE = {
    "leads.payroll_posts_ignored": "公务员",
    "leads.vehicle_types": "摩托车",
    "leads.business_roles": "股东",
    "leads.disability_levels": "三级",
}
"""A label that a list of them does not have by default."""


def nudged(key: str, own: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A world's policy with the value of ``key`` a step away, in every direction, each with what was done."""
    values = POLICY | dict(own)
    if key not in values:
        return  # nobody need set it, and a case does
    versions = values[key] if _is_timeline(values[key]) else [(date.min, values[key])]
    steps = [dict(_steps(key, value)) for _, value in versions]
    for what in steps[0]:
        moved = [(since, by[what]) for (since, _), by in zip(versions, steps, strict=True) if what in by]
        if len(moved) == len(versions):
            yield what, {**own, key: moved}


def _is_timeline(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], tuple)


def _steps(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case str():
            day = date(2001, *map(int, value.split("-")))
            yield from ((f"{step:+} day", f"{day + timedelta(days=step):%m-%d}") for step in (-1, 1))
        case dict():
            for stage, items in value.items():
                yield from (
                    (f"{stage} without {item}", value | {stage: [i for i in items if i != item]}) for item in items
                )
        case [int(), int()]:
            for place in (0, 1):
                for step in (-1, 1):
                    moved = list(value)
                    moved[place] += step
                    yield f"{('from', 'to')[place]} {step:+}", moved
        case list():
            yield from ((f"without {label}", [other for other in value if other != label]) for label in value)
            other = ONE_MORE.get(key, "B")
            yield f"with {other}", [*value, other]
        case _:
            if key.endswith(COUNTS):
                yield from ((f"{step:+}", value + step) for step in (-1, 1))
            else:
                yield from ((f"{step:+} yuan", Decimal(str(value)) + step) for step in (-FEN, FEN))
