"""Words of the declarations as people read them on a terminal."""

import re
from collections.abc import Mapping
from typing import Any

from expectations.feed import Department
from expectations.feeds import FEEDS_BY_NAME
from expectations.policies import parameter_of
from warehouse.tables.runs import FINDING_TITLES


def finding_title(column: str) -> str:
    """The short Chinese title of a finding's column."""
    return re.split("[（：]", FINDING_TITLES[column])[0]


def feed_title(feed: str) -> str:
    """The Chinese title of a feed; the name itself where there is no such feed (a file named wrongly)."""
    known = FEEDS_BY_NAME.get(feed)
    return known.title if known is not None else feed


def department_label(owner: str | None) -> str:
    """The Chinese name of a department; of the feed's own department where a rule names none."""
    return Department(owner).label if owner else "数据所属部门"


def policy_title(key: str) -> str:
    """The Chinese title of a policy key, its part in brackets."""
    parameter = parameter_of(key)
    if parameter is None:
        return key
    return parameter.title_of(key)


def policy_unit(key: str) -> str:
    """The unit of a policy key's value."""
    parameter = parameter_of(key)
    return parameter.unit if parameter is not None else ""


def in_words(value: Any) -> str:
    """A policy value as JSON holds it, without brackets: lists with 、, a list by label with ；."""
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{in_words(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return "、".join(in_words(part) for part in value)
    return str(value)
