"""The page where people begin: every night of the home, newest first, with its summary and its workbooks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final
from urllib.parse import quote

from pipelines.house.words import day_in_chinese
from pipelines.reporting.rendering import render
from pipelines.reporting.summary import PARTS
from warehouse.lake import Lake, write_text

SHOWN: Final = 2_000
"""Rows that the page lists; what is older lies in the folder runs, as it always did."""

MOVES: Final = ("new", "still", "reopened", "cleared")


@dataclass(frozen=True)
class ListedNight:
    """A county's recorded night, and what it did to its findings."""

    run: str
    county: str
    county_name: str
    as_of: date
    counts: Mapping[str, int]


def write_index(lake: Lake, nights: Iterable[ListedNight]) -> None:
    """Write ``lake.index``. The same nights give the same bytes; counts only, no personal data."""
    write_text(lake.index, render_index(lake, nights))


def render_index(lake: Lake, nights: Iterable[ListedNight]) -> str:
    """The page; it leads to what is there, so that nobody follows a link to what was erased."""
    told = [night for night in nights if (lake.run_folder(night.run) / PARTS[1]).is_file()]
    told.sort(key=lambda night: (-night.as_of.toordinal(), night.county, night.run))
    shown = told[:SHOWN]
    newest = {night.county: night for night in reversed(told)}
    days = [
        {"as_of": as_of.isoformat(), "as_of_zh": day_in_chinese(as_of), "nights": [_row(lake, one) for one in of_day]}
        for as_of, of_day in groupby(shown, key=lambda night: night.as_of)
    ]
    latest = [_newest(lake, newest[county]) for county in sorted(newest)]
    return render("index", days=days, latest=latest, moves=MOVES, older=len(told) - len(shown)) + "\n"


def _row(lake: Lake, night: ListedNight) -> dict[str, Any]:
    books = lake.reports(night.run)
    return {
        "county": night.county,
        "county_name": night.county_name,
        "counts": {move: night.counts.get(move, 0) for move in MOVES},
        "page": _link(f"runs/{night.run}/{PARTS[1]}"),
        "books": _link(f"reports/{night.run}/") if books.is_dir() else None,
    }


def _newest(lake: Lake, night: ListedNight) -> dict[str, Any]:
    """A county's newest night, by its place that never changes where that is there."""
    row = _row(lake, night) | {"as_of": night.as_of.isoformat(), "as_of_zh": day_in_chinese(night.as_of)}
    place = lake.latest(night.county) / PARTS[1]
    return row | {"page": _link(place.relative_to(lake.home).as_posix())} if place.is_file() else row


def _link(place: str) -> str:
    return quote(place)
