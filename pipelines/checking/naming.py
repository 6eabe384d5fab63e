"""What a file is meant to be: by its name, by what the caller says, or by its headings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath

from expectations.feed import Feed
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from pipelines.reading import SUFFIXES, open_file, parse_file_name
from pipelines.reading.names import county_and_day, explain_name, right_name
from pipelines.reading.notices import Cause, Notice


@dataclass(frozen=True)
class Meant:
    """A file as a delivery. ``staged_as`` is the name to stage it by, None where too little is known to stage it."""

    feed: Feed | None
    county: str | None
    as_of: date | None
    staged_as: str | None
    refusals: tuple[Notice, ...] = ()
    hints: tuple[Notice, ...] = ()


def find_meaning(
    sent: str, feed: str | None, county: str | None, as_of: date | None, recognise: Callable[[], str | None]
) -> Meant:
    """Options count before the name; a feed that neither of them says is recognised by its headings.

    ``recognise`` gives the name of the feed that the headings are of.
    """
    says = parse_file_name(sent)
    ending = PurePath(sent).suffix
    suffix = ending.lower().removeprefix(".")
    if says is None and right_name(sent) is not None and None in (feed, county, as_of):
        return Meant(None, county, as_of, None, (Notice(Cause.BAD_NAME, explain_name(sent), sent),))
    if suffix not in SUFFIXES:
        text = f"扩展名“{ending}”不能报送。请另存为{'、'.join(SUFFIXES)}之一"
        return Meant(None, county, as_of, None, (Notice(Cause.BAD_NAME, text, sent),))
    place = says or county_and_day(sent)
    county = county or (place.county if place else None)
    as_of = as_of or (place.as_of if place else None)
    name = feed or (says.feed if says else None)
    known = FEEDS_BY_NAME.get(name or recognise() or "")
    if says is not None and (says.feed, says.county, says.as_of) == (name, county, as_of):
        return Meant(known, county, as_of, sent)
    day = f"{as_of:%Y%m%d}" if as_of else "年月日"
    right = f"{known.name if known else '数据种类'}_{county or '县代码'}_{day}.{suffix}"
    if known is None or county is None or as_of is None:
        rule = f"文件名不符合规则。请命名为 {right}（{_kinds() if known is None else known.title}）"
        return Meant(known, county, as_of, None, (Notice(Cause.BAD_NAME, rule, sent),))
    return Meant(known, county, as_of, right, hints=(Notice(Cause.BAD_NAME, f"报送时请把文件命名为 {right}"),))


def _kinds() -> str:
    return "、".join(f"{f.name}为{f.title}" for f in FEEDS)


def recognise(path: Path, suffix: str) -> str | None:
    """The feed all of whose required headings are there, by name; of several the one with most of its columns."""
    if suffix == "zip" or suffix not in SUFFIXES:
        return None
    best: tuple[float, Feed] | None = None
    for feed in FEEDS:
        tables = open_file(path, path.name, suffix, feed).tables
        share = max((len(t.layout.columns) / len(feed.columns) for t in tables), default=0.0)
        if share and (best is None or share > best[0]):
            best = (share, feed)
    return best[1].name if best else None
