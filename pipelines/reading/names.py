"""File names of deliveries: ``<feed>_<county>_<YYYYMMDD>[_<k>of<n>].<suffix>``."""

import re
from dataclasses import dataclass
from datetime import date, datetime

SUFFIXES = ("csv", "xlsx", "xls", "parquet", "zip")

_NAME = re.compile(
    r"(?P<feed>[A-Za-z][A-Za-z0-9_]*?)_(?P<county>[0-9]{6})_(?P<day>[0-9]{8})"
    r"(?:_(?P<part>[0-9]{1,4})of(?P<parts>[0-9]{1,4}))?\.(?P<suffix>[A-Za-z]+)"
)
_BEGINNING = re.compile(r"(?P<feed>[A-Za-z][A-Za-z0-9_]*?)(?:_(?P<county>[0-9]{6}))?(?:_[0-9]+.*)?\.[^.]*")


@dataclass(frozen=True)
class FileName:
    """What a file's name says. ``as_of`` is None where the eight digits are no date."""

    feed: str
    county: str
    as_of: date | None
    part: int
    parts: int
    suffix: str


def parse_file_name(name: str) -> FileName | None:
    """The parts of a base name, or None where it is not the name of a delivery."""
    found = _NAME.fullmatch(name)
    if found is None or found["suffix"].lower() not in SUFFIXES:
        return None
    part, parts = int(found["part"] or 1), int(found["parts"] or 1)
    if not 1 <= part <= parts:
        return None
    return FileName(found["feed"], found["county"], _day(found["day"]), part, parts, found["suffix"].lower())


def guess_feed_and_county(name: str) -> tuple[str, str]:
    """What a name that fits no pattern still says: feed (``unknown``) and county (``000000``)."""
    found = _BEGINNING.fullmatch(name)
    if found is None:
        return "unknown", "000000"
    return found["feed"][:64], found["county"] or "000000"


def _day(digits: str) -> date | None:
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a calendar date has no zone
    except ValueError:
        return None
