"""File names of deliveries: ``<feed>_<county>_<YYYYMMDD>[_<k>of<n>].<suffix>``."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher

from expectations.feed import Feed
from expectations.feeds import FEEDS

SUFFIXES = ("csv", "xlsx", "xls", "parquet", "zip")

_NAME = re.compile(
    r"(?P<feed>[A-Za-z][A-Za-z0-9_]*?)_(?P<county>[0-9]{6})_(?P<day>[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:_(?P<part>[0-9]{1,4})of(?P<parts>[0-9]{1,4}))?\.(?P<suffix>[A-Za-z]+)"
)
_COPY = re.compile(r"\s*(?:[(（]\d+[)）]|-?\s*副本(?:\s*[(（]\d+[)）])?|\s-\s*(?i:copy))$")
_OTHER_FEED = re.compile(
    r"(?P<feed>[^_]+(?:_[^_0-9][^_]*)*)_(?P<rest>[0-9]{6}_[0-9]{8}(?:_[0-9]{1,4}of[0-9]{1,4})?)\.(?P<suffix>[A-Za-z]+)"
)
_LEAST_ALIKE = 0.5
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
    """The parts of a base name, or None where it is not the name of a delivery.

    Full-width characters, capitals and a date with strokes leave no doubt and are taken.
    """
    found = _NAME.fullmatch(unicodedata.normalize("NFKC", name))
    if found is None or found["suffix"].lower() not in SUFFIXES:
        return None
    part, parts = int(found["part"] or 1), int(found["parts"] or 1)
    if not 1 <= part <= parts:
        return None
    return FileName(
        found["feed"].lower(),
        found["county"],
        _day(found["day"].replace("-", "")),
        part,
        parts,
        found["suffix"].lower(),
    )


def right_name(name: str) -> str | None:
    """The name that a file should have, where its own leaves no doubt about it."""
    stem, _, suffix = name.rpartition(".")
    plain = _COPY.sub("", _COPY.sub("", stem))
    for ending in SUFFIXES:
        plain = plain.removesuffix(f".{ending}")
    right = f"{plain}.{suffix.lower() if suffix.lower() in SUFFIXES else 'xlsx'}"
    return None if parse_file_name(right) is None else right


def explain_name(name: str) -> str:
    """What is wrong with a name that is none of a delivery, in Chinese, and the name to give it where that is clear."""
    suffix, right = name.rpartition(".")[2], right_name(name)
    if right is None:
        meant = _other_feed(name)
        if meant is not None:
            return explain_feed(meant["feed"], f"_{meant['rest']}.{meant['suffix'].lower()}")
        return (
            "文件名不符合规则。请按“数据种类_县代码_年月日.扩展名”命名，"
            f"例如 students_522601_20260630.csv；扩展名为{'、'.join(SUFFIXES)}之一"
        )
    if suffix.lower() not in SUFFIXES:
        return f"文件名不符合规则：扩展名“.{suffix}”不能报送。请用Excel或WPS另存为xlsx或csv，并命名为 {right}"
    return f"文件名不符合规则：有复制或下载时加上的字。请核对是不是要报送的那一份，然后改名为 {right}"


def is_misnamed(name: str) -> bool:
    """Whether a file needs no more than another name."""
    return parse_file_name(name) is None and (right_name(name) is not None or _other_feed(name) is not None)


def county_and_day(name: str) -> FileName | None:
    """What a name says of county and date whose feed is a word of the office's own; its feed is not said."""
    meant = _other_feed(name)
    return None if meant is None else parse_file_name(f"unknown_{meant['rest']}.{meant['suffix']}")


def _other_feed(name: str) -> re.Match[str] | None:
    """A name whose county and date can be read, and whose feed is a word of the office's own."""
    meant = _OTHER_FEED.fullmatch(unicodedata.normalize("NFKC", name))
    return meant if meant is not None and meant["suffix"].lower() in SUFFIXES else None


def explain_feed(said: str, rest: str = "") -> str:
    """What to say of a feed that there is not, in Chinese: the nearest, and with ``rest`` the name to give the file."""
    near = nearest_feed(said)
    others = "、".join(f"{f.name}（{f.title}）" for f in FEEDS if f is not near)
    if near is None:
        return f"文件名中的数据种类“{said}”无法识别。请改为以下之一：{others}"
    named = f"请改名为 {near.name}{rest}" if rest else f"请改为{near.name}"
    return (
        f"文件名中的数据种类“{said}”无法识别，最接近的是 {near.name}（{near.title}）。"
        f"如果就是它，{named}；不是的，请改为以下之一：{others}"
    )


def nearest_feed(said: str) -> Feed | None:
    """The feed whose name or title has most of a text's characters, in order; None where none has half of them."""
    plain = said.lower()
    alike = {feed: max(_likeness(plain, word) for word in (feed.name, feed.title)) for feed in FEEDS}
    best = max(alike, key=lambda feed: alike[feed])
    return best if alike[best][0] >= _LEAST_ALIKE else None


def _likeness(said: str, word: str) -> tuple[float, float]:
    found = SequenceMatcher(None, said, word, autojunk=False)
    return sum(block.size for block in found.get_matching_blocks()) / max(len(said), 1), found.ratio()


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
