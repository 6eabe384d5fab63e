"""May a delivery come in at all: its feed, county and as-of date, before a row of it is read."""

from datetime import date, datetime
from functools import lru_cache

from stdnum import numdb

from expectations.calendar import local_day
from expectations.feeds import FEEDS_BY_NAME
from pipelines.reading.names import explain_feed

_FIRST_YEAR = 2000
# 东莞, 中山, 儋州 and 嘉峪关 are prefectures without counties: townships lie directly below them
_WITHOUT_COUNTIES = frozenset({"441900", "442000", "460400", "620200"})


def explain_refusal(feed: str, county: str, as_of: date | None, received_at: datetime) -> list[str]:
    """Why a delivery of this name is refused, in Chinese; empty where it is not."""
    problems = []
    if feed not in FEEDS_BY_NAME:
        problems.append(explain_feed(feed))
    if not is_county(county):
        problems.append(f"文件名中的县代码“{county}”不是已知的县级行政区划代码（GB/T 2260）。请核对后重新命名")
    if as_of is None:
        problems.append(
            "文件名中的数据截止日无法识别。请按“数据种类_县代码_年月日”命名，例如 students_522601_20260630.csv"
        )
    else:
        today = local_day(received_at)
        if as_of > today:
            problems.append(f"数据截止日{as_of}晚于收到之日{today}。请核对文件名中的日期")
        if as_of.year < _FIRST_YEAR:
            problems.append(f"数据截止日{as_of}早于{_FIRST_YEAR}年。请核对文件名中的日期")
    return problems


@lru_cache(maxsize=4096)
def is_county(code: str) -> bool:
    """Whether six digits are a county of GB/T 2260, of today or of earlier years."""
    if len(code) != 6 or not code.isdigit() or (code.endswith("00") and code not in _WITHOUT_COUNTIES):
        return False
    return any("county" in info for _, info in numdb.get("cn/loc").info(code))
