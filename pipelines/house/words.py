"""Words and figures as people read them: what feeds, departments and policy values are called, counts, shares, days."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from expectations.departments import Department
from expectations.feeds import FEEDS_BY_NAME
from expectations.policies import parameter_of
from expectations.workbook import RETURNED
from pipelines.house.language import say
from warehouse.tables.runs import FINDING_TITLES

WHOLE_COUNTY: Final = "全县"
"""Where a finding belongs to no township."""


def english(code: str) -> str:
    """A name of ours as words: ``civil_affairs`` -> ``civil affairs``."""
    return code.replace("_", " ")


def feed_title(feed: str) -> str:
    """The Chinese title of a feed, or of what comes back; the name itself where there is none (a wrong file name)."""
    known = RETURNED if feed == RETURNED.name else FEEDS_BY_NAME.get(feed)
    return known.title if known is not None else feed


def department_label(owner: str | None) -> str:
    """The Chinese name of a department; of the feed's own department where a rule names none."""
    return Department(owner).label if owner else "数据所属部门"


def rule_title(code: str) -> str:
    """The Chinese name of a rule; its code where the rule book has it no more, which a finding can outlive."""
    from expectations.rules import RULES_BY_CODE  # the whole rule book, which few commands need

    known = RULES_BY_CODE.get(code)
    return known.name if known is not None else code


def finding_title(column: str) -> str:
    """The short Chinese title of a finding's column."""
    return re.split("[（：]", FINDING_TITLES[column])[0]


def policy_title(key: str, *, before: bool = False) -> str:
    """The Chinese title of a policy key, its part in brackets; ``before``: read at the end of the year before too."""
    parameter = parameter_of(key)
    title = key if parameter is None else parameter.title_of(key)
    return f"{title}（并读上年12月31日有效的值）" if before else title


def policy_unit(key: str) -> str:
    """The unit of a policy key's value."""
    parameter = parameter_of(key)
    return "" if parameter is None else parameter.unit


def in_words(value: Any) -> str:
    """A policy value as JSON holds it, without brackets: lists with 、, a list by label with ；."""
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{in_words(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return "、".join(in_words(part) for part in value)
    return str(value)


def in_thousands(number: int) -> str:
    """``12,345``."""
    return f"{number:,}"


def exact_percent(share: float) -> str:
    """A rate that is judged by: ``12.34%``."""
    return f"{share:.2%}"


def exact_interval(low: float, high: float) -> str:
    """The interval of such a rate: ``11.00%–13.50%``."""
    return f"{exact_percent(low)}–{exact_percent(high)}"


def rough_percent(share: float) -> str:
    """A share to look at: one decimal, and what is not nothing never reads 0 %."""
    if share == 0:
        return "0%"
    if abs(share) < 0.0005:
        return "<0.1%" if share > 0 else ">-0.1%"
    return f"{100 * share:.1f}%"


def measured(expectation: str, observed: str | float | None) -> str:
    """What an expectation measured, as people read it: a share in percent, everything else as it is."""
    if observed is None or observed == "":
        return ""
    measure = expectation.partition(":")[0]
    if measure == "bad_rows_excess":  # in percentage points above what is allowed
        return f"{float(observed):+.1f}"
    return rough_percent(float(observed)) if "share" in measure or measure == "drift" else str(observed)


def missing_parts(parts: str) -> tuple[str, str]:
    """Which parts of a delivery are missing, in Chinese and English, from which are there (``1,3 of 3``)."""
    found = re.fullmatch(r"([\d,]+) of (\d+)(, still being written)?", parts)
    if found is None:
        return parts, parts
    if found[3]:
        return "还在写入", "still being written"
    there, count = {int(part) for part in found[1].split(",")}, int(found[2])
    missing = [f"_{part}of{count}" for part in range(1, count + 1) if part not in there]
    return f"缺 {'、'.join(missing)}", f"missing {', '.join(missing)}"


_LEFT: Final = {
    "link": ("是链接，不是文件。请放入文件本身", "is a link: put the file itself there"),
    "no_basis": (
        "没有共享依据：参数 leads.basis 没有写明允许使用这类数据的文件，没有打开，也没有保存",
        "no document allows its use (policy leads.basis): not opened, not kept",
    ),
    "several_names": ("还有另一个名字（硬链接）。请复制成单独的文件", "has another name (a hard link): copy it"),
    "no_file": ("不是普通文件", "is no plain file"),
    "temporary": ("是临时文件的名字，已放置一小时以上", "has a temporary file's name, and lies there for an hour"),
    "no_rights": (
        "没有权限读取或移走。请让运行本软件的用户能读这个文件、能写它所在的文件夹",
        "may not be read or moved away: let our user read it, and write to its folder",
    ),
    "changed": ("读取时还在改动。下次再收", "was changed while it was read: it is taken the next time"),
}


def why_left(why: str) -> tuple[str, str]:
    """Why something was left in the inbox, in Chinese and English, from its word (``landing.Why``)."""
    return _LEFT[why]


def day_in_chinese(day: date) -> str:
    """``2026年6月30日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_in_digits(day: date | None) -> str | None:
    """``2026-06-30``; None where no day is known."""
    return None if day is None else day.isoformat()


_DEFAULT: Final = re.compile(r" ?\(liangxian default[^)]*\)")


def said_source(source: str) -> str:
    """A policy value's document, as it is read: a default, which says so in both languages, says it in one."""
    return say(_DEFAULT.sub("", source), source)
