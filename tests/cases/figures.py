"""Figures that were reported upwards, for the cases of AG01 and AG02."""

from typing import Any

from builders import COUNTY, Row

JUNE = "2026-06"
TOWN = f"{COUNTY}101"
AG01_KEY = ("reporter", "form", "area_code", "measure", "breakdown", "item", "unit")
AG02_KEY = ("reporter", "form", "area_code", "measure", "breakdown", "unit")


def reported(measure: str = "建档立卡", breakdown: str = "合计", item: str = "合计", **over: Any) -> Row:
    """A figure that the county's office reported on a form: none at all, in households."""
    figure = {"reporter": "县办", "form": "表1", "area_code": COUNTY, "measure": measure, "breakdown": breakdown}
    return {**figure, "item": item, "unit": "户", "reported": 0, **over}


def key(row: Row, columns: tuple[str, ...] = AG01_KEY) -> str:
    """The subject's key of a reported row."""
    return "|".join(row[column] for column in columns)
