"""What became of one row of a file, in words: staged, refused and against which other row, repeated, no data."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.markup import escape

from expectations.feeds import FEEDS_BY_NAME
from pipelines.house.language import say
from pipelines.house.records.findings import FateRow, RefusedRow
from pipelines.house.settings import Settings
from pipelines.house.words import feed_title
from pipelines.reading_out.headings import place_in_words, place_told, scope_word, status_word
from pipelines.reading_out.refused import WantedRefused, deliveries_of, problems_of
from pipelines.staging.fates import Fate, RowFate, RowPlace, tell_fates
from warehouse.books.deliveries import Delivery, Event

_SHOWN: Final = 10

_WORDS: Final[Mapping[Fate, str]] = {
    Fate.STAGED: "已入库",
    Fate.REFUSED: "已隔离，没有采用",
    Fate.REPEATED: "与{others}完全相同，只采用前一行",
    Fate.TOTAL: "是合计行，不作为数据",
    Fate.BLANK: "是空行",
    Fate.NOTE: "是表下的说明，不作为数据",
    Fate.HEADER: "是表头，或表头以上的标题",
    Fate.WHOLE: "这一行没有单独的问题，但整批退回，没有采用",
    Fate.UNREAD: "这个工作表没有读取",
    Fate.ABSENT: "文件里没有这一行（最后一行是第{last}行）",
    Fate.GONE: "原文件已按期删除，无法再查",
}


def row_fates(settings: Settings, wanted: WantedRefused) -> list[FateRow]:
    """What became of ``wanted.row`` in the newest of the deliveries that are meant, of each feed and county.

    In each file and sheet of it. Raises UnknownError for an unknown delivery or file.
    """
    newest: dict[tuple[str, str], Delivery] = {}
    for delivery in deliveries_of(settings, wanted):
        newest.setdefault((delivery.feed, delivery.county), delivery)
    return [told for delivery in newest.values() for told in _of_delivery(settings, delivery, wanted)]


def print_fates(rows: Sequence[FateRow], console: Console) -> None:
    """A line a file and sheet, and beneath it the problems of the row's cells."""
    for fate in rows:
        place, status = place_told(fate["row"], fate["sheet"]), status_word(fate["status"])
        number = say(f"（编号{fate['number']}，{status}）：", f" (number {fate['number']}, {status}): ")
        console.print(f"[bold]{escape(fate['file'])}[/] {escape(place)}{number}{escape(fate['told'])}")
        for problem in fate["problems"]:
            console.print(f"  {escape(_problem(problem))}")
    if not rows:
        console.print(say("没有符合条件的报送。", "No delivery is like that."))


def _problem(problem: RefusedRow) -> str:
    value = f"“{problem['value']}”" if problem["value"] else say("空白", "blank")
    scope, why, remedy = scope_word(problem["scope"]), problem["reason_text"], problem["remedy"]
    return say(
        f"“{problem['heading']}”列{value}：{why}（不采用{scope}）。{remedy}",
        f"column “{problem['heading']}”, {value}: {why} ({scope} left out). {remedy}",
    )


def _of_delivery(settings: Settings, delivery: Delivery, wanted: WantedRefused) -> list[FateRow]:
    feed, row = FEEDS_BY_NAME.get(delivery.feed), wanted.row or 0
    if feed is None:
        places = (RowPlace(one.name, None, row) for one in delivery.files)
        found = [RowFate(place, Fate.WHOLE) for place in places]
    else:
        found = tell_fates(settings.home.lake, feed, delivery, row, file=wanted.file, sheet=wanted.sheet)
    return [_told(settings, delivery, fate) for fate in found]


def _told(settings: Settings, delivery: Delivery, fate: RowFate) -> FateRow:
    place = fate.place
    problems = problems_of(settings, delivery, WantedRefused(file=place.file, row=place.row))
    return {
        "number": delivery.number,
        "delivery": delivery.id,
        "status": delivery.status,
        "feed": delivery.feed,
        "feed_title": feed_title(delivery.feed),
        "county": delivery.county,
        "file": place.file,
        "sheet": place.sheet,
        "row": place.row,
        "fate": fate.fate.value,
        "told": _sentence(delivery, fate),
        "others": [{"file": o.file, "sheet": o.sheet, "row": o.row} for o in fate.others],
        "problems": [p for p in problems if (p["file"], p["sheet"]) == (place.file, place.sheet)],
    }


def _sentence(delivery: Delivery, fate: RowFate) -> str:
    others = "、".join(_other(fate.place, other) for other in fate.others[:_SHOWN])
    more = f"等{len(fate.others)}行" if len(fate.others) > _SHOWN else ""
    said = _WORDS[fate.fate].format(others=others, last=fate.last)
    if fate.fate is Fate.REFUSED and others:
        said += f"；与{others}{more}主键相同而内容不同"
    if fate.fate is Fate.WHOLE and delivery.reason:
        return f"{said}。退回原因：{delivery.reason[0]}"
    is_there = fate.fate not in {Fate.WHOLE, Fate.UNREAD, Fate.ABSENT, Fate.GONE}
    return f"{said}；整批退回，没有采用" if is_there and delivery.status == Event.REJECTED else said


def _other(place: RowPlace, other: RowPlace) -> str:
    words = place_in_words(other.row, other.sheet if other.sheet != place.sheet else None)
    return words if other.file == place.file else f"文件 {other.file} {words}"
