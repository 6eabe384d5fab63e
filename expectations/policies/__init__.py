"""The policy parameters, explicit: each key's kind, unit, Chinese label, and what may stand behind it.

Files give the values (``defaults.yaml`` beside this module, then the county's own; loaded in
pipelines/house/policies.py).
A rule never contains a number: it asks for one of these keys.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from expectations import codes
from expectations.departments import Department
from expectations.feed import Code
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from expectations.feeds.business_licences import BUSINESS_ROLE
from expectations.feeds.disabilities import DISABILITY_LEVEL
from expectations.feeds.public_payroll import POST
from expectations.feeds.vehicles import VEHICLE_TYPE
from expectations.policies.kinds import (
    AgeRange,
    DayOfYear,
    Documents,
    FeedNames,
    Kind,
    Labels,
    LabelsByLabel,
    Line,
    OfficeNames,
    Percent,
    Whole,
    Words,
    Yuan,
)


@dataclass(frozen=True)
class Parameter:
    """One parameter: ``name`` alone is its key, or ``name.<suffix>`` for each of ``suffixes``.

    ``by_feed``: ``name.<feed>`` overrides ``name`` for one feed. ``by_village``: the keys are
    ``name.<12-digit village code>``. ``any_suffix``: the list of suffixes is not closed. ``required``: a value must
    be in force at D.
    """

    name: str
    kind: Kind
    title: str
    unit: str = ""
    suffixes: tuple[str, ...] = ()
    by_feed: bool = False
    by_village: bool = False
    any_suffix: bool = False
    required: bool = True

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Keys that can be listed, overrides aside (none for a parameter by village)."""
        if self.by_village:
            return ()
        return tuple(f"{self.name}.{suffix}" for suffix in self.suffixes) or (self.name,)

    def title_of(self, key: str) -> str:
        """Chinese title of one of its keys, the part behind the name in brackets."""
        suffix = key.removeprefix(self.name).lstrip(".")
        named = FEEDS_BY_NAME[suffix].title if suffix in FEEDS_BY_NAME else _SUFFIX_TITLES.get(suffix, suffix)
        return f"{self.title}（{named}）" if suffix else self.title

    def has(self, key: str) -> bool:
        """Whether the key is one of this parameter."""
        name, _, suffix = key.rpartition(".")
        return (
            key in self.keys
            or (self.by_feed and name == self.name and suffix in FEEDS_BY_NAME)
            or (self.any_suffix and name == self.name and suffix != "")
            or (self.by_village and name == self.name and re.fullmatch(r"[0-9]{12}", suffix) is not None)
        )


INDICATORS = (
    "贫困发生率",
    "综合贫困发生率",
    "漏评率",
    "错退率",
    "识别准确率",
    "退出准确率",
    "群众认可度",
    "低保覆盖率",
    "参保率",
    "资助参保率",
    "控辍保学率",
    "住房安全率",
    "饮水安全率",
    "危改竣工率",
    "补助到位率",
)
"""Indicators of the evaluation for which a county may name a threshold."""

_SUFFIX_TITLES = {"rural": "农村", "urban": "城市", "high": "高", "medium": "中", "low": "低"} | {
    office.value: office.called for office in Department
}
_SEVERITIES = ("high", "medium", "low")
_MONTHS = Whole(0, 600)
_DAYS = Whole(0, 36_600)

DEPARTMENTS: Final = "departments"
"""How the keys begin under which a county says what an office is called there."""

LABELS: Final = "labels"
"""How the keys begin under which a county adds its own words to the labels of a column."""


def _words() -> Iterator[Parameter]:
    """One parameter for the code columns of each name: ``labels.<column>``."""
    titles: dict[str, str] = {}
    lists: dict[str, dict[str, codes.CodeList]] = {}
    for feed in FEEDS:
        for column in feed.columns:
            if isinstance(column.type, Code):
                titles.setdefault(column.name, column.title)
                lists.setdefault(column.name, {})[column.type.codes.name] = column.type.codes
    for name, title in titles.items():
        kind = Words(tuple(lists[name].values()))
        yield Parameter(f"{LABELS}.{name}", kind, f"本县“{title}”的其他写法", required=False)


PARAMETERS: tuple[Parameter, ...] = (
    Parameter("poverty_line", Yuan(), "扶贫标准", "元/人·年"),
    Parameter("low_income_standard", Yuan(), "低保标准", "元/人·月", suffixes=("rural", "urban")),
    Parameter("grace_months", _MONTHS, "渐退期", "月"),
    Parameter("income_tolerance", Yuan(), "收入容差", "元/人·月"),
    Parameter("benefit_tolerance", Yuan(), "救助金容差", "元/户·月"),
    Parameter(
        "insurance.subsidy",
        Yuan(),
        "参保资助标准",
        "元/人·年",
        suffixes=("特困", "低保", "返贫致贫", "监测对象", "低保边缘"),
    ),
    Parameter("education.items", LabelsByLabel(codes.STAGE, codes.SUBSIDY_ITEM), "各学段应享受的资助项目"),
    Parameter("housing.grades_to_renovate", Labels(codes.GRADE), "应改造的鉴定等级"),
    Parameter("housing.complete_within_months", _MONTHS, "开工后应竣工的期限", "月"),
    Parameter("housing.pay_within_months", _MONTHS, "竣工后应拨付的期限", "月"),
    Parameter("housing.repeat_years", Whole(1, 100), "不得重复享受危改的年数", "年"),
    Parameter("relocation.move_in_months", _MONTHS, "安置房竣工后应入住的期限", "月"),
    Parameter("relocation.demolish_months", _MONTHS, "入住后应拆除旧房的期限", "月"),
    Parameter("compulsory_age", AgeRange(), "义务教育年龄（含下限，不含上限）", "周岁"),
    Parameter("signals_needed", Whole(1, 4), "多重困难的最少项数", "项"),
    Parameter("insurance.settled_on", DayOfYear(), "当年参保数据的截止日"),
    Parameter("school.settled_on", DayOfYear(), "新学年学籍的截止日"),
    Parameter("school.ends_on", DayOfYear(), "学年结束日（其后至新学年学籍截止日不核对在学）"),
    Parameter("books_apart_days", _DAYS, "各部门数据截止日相差多少天以内可视为同期", "天"),
    Parameter("education.settle_days", _DAYS, "学期末到资助应发完的天数", "天"),
    Parameter("payments.settle_days", _DAYS, "月末到救助金应发完的天数", "天"),
    Parameter("feeds.expected", FeedNames(), "应报送的数据"),
    Parameter("leads.basis", Documents(), "其他部门数据的共享依据"),
    Parameter(
        DEPARTMENTS,
        OfficeNames(),
        "本县部门的名称和简称",
        suffixes=tuple(office.value for office in Department),
        required=False,
    ),
    Parameter("leads.payroll_posts_ignored", Labels(POST, may_be_empty=True), "财政供养线索不看的人员类别"),
    Parameter("leads.vehicle_types", Labels(VEHICLE_TYPE, may_be_empty=True), "作为线索的车辆类型"),
    Parameter("leads.vehicle_value", Yuan(), "作为线索的车辆价值下限", "元"),
    Parameter("leads.business_roles", Labels(BUSINESS_ROLE, may_be_empty=True), "作为线索的经营主体身份"),
    Parameter("leads.death_days", _DAYS, "死亡登记后应办结的天数", "天"),
    Parameter("leads.disability_levels", Labels(DISABILITY_LEVEL, may_be_empty=True), "应分类施保的残疾等级"),
    Parameter("leads.homes", Whole(1, 1000), "作为线索的住宅套数下限", "套"),
    Parameter("leads.pension", Yuan(), "作为线索的月养老待遇下限", "元/月"),
    Parameter("leads.own_medical_cost", Yuan(), "作为线索的十二个月医疗个人自付", "元"),
    Parameter("expected_day", Whole(1, 31), "每月应报送日", "日", by_feed=True),
    Parameter("retention_days", _DAYS, "数据保存天数", "天", by_feed=True),
    Parameter("freshness_days", _DAYS, "数据有效天数", "天", by_feed=True),
    Parameter("bad_rows_percent", Percent(), "整批退回的坏行比例", "%", by_feed=True),
    Parameter("shrink_percent", Percent(), "数据较以往减少而须确认的比例", "%", by_feed=True),
    Parameter("brake.least", Whole(), "异常增多：未下发的问题超过多少条才可能暂不下发", "条"),
    Parameter("brake.percent", Whole(0, 100_000), "异常增多：未下发的问题超过已下发未办结的百分之几", "%"),
    Parameter("verify_days", _DAYS, "核实时限", "工作日", suffixes=_SEVERITIES),
    Parameter("rectify_days", _DAYS, "整改时限", "工作日", suffixes=_SEVERITIES),
    Parameter("notice_days", Whole(1, 366), "公示期", "天"),
    Parameter("notice.phone", Line(), "公示上的监督电话"),
    Parameter("evaluation.widest", Percent(), "评估指标95%区间最宽的百分点，更宽为样本不足", "百分点"),
    Parameter("threshold", Percent(), "评估指标的标准", "%", suffixes=INDICATORS, any_suffix=True, required=False),
    Parameter("agricultural_population", Whole(), "农业户籍人口", "人", by_village=True, required=False),
    *_words(),
)

REQUIRED_KEYS: tuple[str, ...] = tuple(key for parameter in PARAMETERS if parameter.required for key in parameter.keys)
"""Keys that must have a value at every D."""


@lru_cache(maxsize=4096)
def parameter_of(key: str) -> Parameter | None:
    """The parameter that a key belongs to, or None for a key that nobody declared."""
    return next((parameter for parameter in PARAMETERS if parameter.has(key)), None)


def nearest_key(key: str) -> str | None:
    """The declared key most like an unknown one."""
    known = [k for p in PARAMETERS for k in p.keys]
    known += [f"{p.name}.{feed}" for p in PARAMETERS if p.by_feed for feed in FEEDS_BY_NAME]
    return next(iter(difflib.get_close_matches(key, known, n=1)), None)
