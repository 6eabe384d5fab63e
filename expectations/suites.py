"""What a whole delivery must satisfy: one suite a feed, derived from its declaration, over the delivery's profile.

A profile is figures only (pipelines/staging/profile.py), so a suite costs the same for any size and sees no person.
``reject`` stops the delivery, ``warn`` is recorded. A measure that is not known (no earlier delivery) is not judged.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from expectations.feed import Code, Feed, YesNo
from expectations.feeds import FEEDS_BY_NAME

SHRINK_LIMIT: Final = 0.8
GROWTH_LIMIT: Final = 1.25
REFUSED_SHARE_LIMIT: Final = 0.05
NULL_SHARE_RISE_LIMIT: Final = 0.2
DRIFT_LIMIT: Final = 0.2
KNOWN_SHARE_LIMIT: Final = 0.95
UNKNOWN_AREA_LIMIT: Final = 0.01
COMPARABLE_ROWS: Final = 30
"""Fewer rows than this have no make-up to compare: one of them would move a share by more than its limit allows."""


class Severity(StrEnum):
    """What a failed expectation does."""

    WARN = "warn"
    REJECT = "reject"


@dataclass(frozen=True)
class Reference:
    """A column whose values should be known to another feed of the same county.

    ``both_ways``: every value of the other feed is expected here too (no household without members), which whichever
    of the two arrives last can tell.
    """

    feed: str
    column: str
    other: str
    both_ways: bool = True


REFERENCES: Final = (
    Reference("register_households", "household_no", "register_members"),
    Reference("register_members", "household_no", "register_households"),
    Reference("low_income_households", "certificate_no", "low_income_members"),
    Reference("low_income_members", "certificate_no", "low_income_households"),
    Reference("low_income_payments", "certificate_no", "low_income_households", both_ways=False),
)


@dataclass(frozen=True)
class Expectation:
    """A measure between two bounds, both inclusive (None: open), for the whole delivery or for each of its columns."""

    measure: str
    severity: Severity
    minimum: float | None
    maximum: float | None
    description: str

    def as_dict(self) -> dict[str, Any]:
        """As Great Expectations configures it."""
        return {
            "type": "expect_column_values_to_be_between",
            "kwargs": {"column": self.measure, "min_value": self.minimum, "max_value": self.maximum},
            "meta": {"severity": self.severity.value, "description": self.description},
        }


def suite(feed: Feed) -> tuple[Expectation, ...]:
    """The expectations of a feed, in a fixed order."""
    warn, reject = Severity.WARN, Severity.REJECT
    out = [
        Expectation("unaccounted_rows", reject, 0, 0, "读取行数等于入库、隔离、合计空行与重复行之和"),
        Expectation("bad_rows_excess", reject, None, 0, "隔离行所占百分比不超过允许值"),
        Expectation("rows", warn, 1, None, "至少有一行数据"),
        Expectation("refused_share", warn, None, REFUSED_SHARE_LIMIT, "被拒绝的值不超过5%"),
    ]
    if feed.accumulates_by:  # such a delivery may hold one period or many: only its periods can be compared
        out.append(Expectation("period_share", warn, SHRINK_LIMIT, None, "已报过的月份（学期）行数减少不超过20%"))
    else:
        text = "行数与上一次报送相比减少不超过20%、增加不超过25%"
        out.append(Expectation("rows_share", warn, SHRINK_LIMIT, GROWTH_LIMIT, text))
    if feed.identity_columns:
        out.append(Expectation("unnumbered_share", warn, None, REFUSED_SHARE_LIMIT, "没有有效证件号码的行不超过5%"))
        text = "证件号码前六位不在行政区划代码表（含历年代码）内的不超过1%"
        out.append(Expectation("unknown_area_share", warn, None, UNKNOWN_AREA_LIMIT, text))
    if any(not c.must_be_there for c in feed.columns):
        text = "空值比例比上一次报送上升不超过20个百分点"
        out.append(Expectation("null_share_rise", warn, None, NULL_SHARE_RISE_LIMIT, text))
    if any(isinstance(c.type, Code | YesNo) for c in feed.columns):
        out.append(Expectation("drift", warn, None, DRIFT_LIMIT, "各取值的构成与上一次报送相差不超过20%"))
    for reference in (r for r in REFERENCES if r.feed == feed.name):
        here, there = feed[reference.column].title, FEEDS_BY_NAME[reference.other].title
        text = f"{here}在“{there}”中找得到的不少于95%"
        out.append(Expectation("known_share", warn, KNOWN_SHARE_LIMIT, None, text))
        if reference.both_ways:
            text = f"“{there}”的{here}在本表找得到的不少于95%"
            out.append(Expectation("reached_share", warn, KNOWN_SHARE_LIMIT, None, text))
    return tuple(out)
