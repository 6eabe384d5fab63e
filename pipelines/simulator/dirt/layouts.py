"""How each department lays out its file: format, encoding, titles, headings, notes, and habits of whole columns."""

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from expectations.feed import Column, Feed, Money


@dataclass(frozen=True)
class Layout:
    """One department's habits."""

    workbook: bool = False
    encoding: Literal["utf-8", "utf-8-sig", "gb18030"] = "utf-8"
    delimiter: str = ","
    titles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    total: bool = False
    page: int = 0
    """After so many rows a row 本页合计; 0: none."""
    parts: int = 1
    numbered: bool = False
    """With a column 序号 in front."""
    remarks: bool = False
    """With a column 备注 behind."""
    shuffled: bool = False
    synonyms: bool = False
    groups: tuple[str, ...] = ()
    """Headings above the headings: a two-row header."""
    date_cells: bool = False
    """Dates as spreadsheets keep them."""
    merged: str = ""
    """A column whose equal neighbours are merged into one cell."""
    in_ten_thousands: tuple[str, ...] = ()
    """Money columns kept in 万元."""
    forms: dict[str, str] = field(default_factory=dict)
    """By type of column (class name): the form that the whole column is written in."""


LAYOUTS: Final[dict[str, Layout]] = {
    "register_households": Layout(
        workbook=True,
        titles=("建档立卡户信息表", "单位：人、元"),
        notes=("注：本表由建档立卡信息系统导出",),
        total=True,
        page=500,
        numbered=True,
        remarks=True,
    ),
    "register_members": Layout(
        encoding="gb18030", synonyms=True, shuffled=True, remarks=True, forms={"Date": "date 20180305"}
    ),
    "low_income_households": Layout(
        workbook=True, titles=("低保、特困对象花名册（户）",), groups=("家庭情况", "救助情况"), merged="village_code",
        synonyms=True, forms={"Date": "date 2018.3.5"},
    ),
    "low_income_members": Layout(encoding="utf-8-sig", synonyms=True, forms={"YesNo": "1/0 for 是/否"}),
    "low_income_payments": Layout(
        encoding="gb18030", titles=("低保金发放明细",), total=True, parts=2, forms={"Month": "month 201803"}
    ),
    "insurance_enrolments": Layout(encoding="gb18030", delimiter="\t", shuffled=True, forms={"Date": "date 20180305"}),
    "students": Layout(workbook=True, numbered=True, synonyms=True, shuffled=True, date_cells=True),
    "education_subsidies": Layout(
        encoding="utf-8-sig", delimiter=";", notes=("填表单位：教育局资助中心",), forms={"Date": "date 2018/3/5"}
    ),
    "housing_renovations": Layout(
        workbook=True,
        titles=("农村危房改造农户档案信息汇总",),
        total=True,
        numbered=True,
        in_ten_thousands=("subsidy", "paid"),
        date_cells=True,
    ),
    "deaths": Layout(workbook=True, titles=("死亡信息",), synonyms=True, forms={"Month": "month 201803"}),
    "vehicles": Layout(encoding="gb18030", synonyms=True, shuffled=True, forms={"Date": "date 2018.3.5"}),
    "real_estate": Layout(workbook=True, titles=("不动产登记查询结果",), total=True, date_cells=True),
    "business_licences": Layout(encoding="utf-8-sig", delimiter="\t", shuffled=True, forms={"Date": "date 2018/3/5"}),
    "public_payroll": Layout(
        workbook=True, titles=("财政供养人员信息表",), synonyms=True, numbered=True, remarks=True, page=200
    ),
    "pensions": Layout(encoding="gb18030", forms={"YesNo": "Y/N for 是/否"}),
    "disabilities": Layout(
        workbook=True, notes=("填表单位：残疾人联合会",), numbered=True, forms={"Date": "date 2018年3月5日"}
    ),
    "medical_costs": Layout(encoding="gb18030", delimiter=";", forms={"Month": "month 2018年3月"}),
    "relocations": Layout(
        workbook=True,
        titles=("易地搬迁安置情况表",),
        total=True,
        numbered=True,
        date_cells=True,
        forms={"YesNo": "1/0 for 是/否"},
    ),
    "reported_totals": Layout(workbook=True, titles=("上报汇总数",), notes=("注：各表由填报单位负责",), remarks=True),
    "outside_leads": Layout(workbook=True, titles=("上级交办线索台账",), numbered=True, date_cells=True),
    "work_plans": Layout(encoding="utf-8-sig", titles=("年度计划",)),
}  # fmt: skip


def column_order(feed: Feed, layout: Layout, rng: np.random.Generator) -> list[Column]:
    """The department's order of the columns."""
    columns = list(feed.columns)
    return [columns[i] for i in rng.permutation(len(columns))] if layout.shuffled else columns


def heading(column: Column, layout: Layout, rng: np.random.Generator) -> str:
    """How the department writes a heading: a synonym, blanks, a line break, an asterisk, a unit."""
    text = column.title
    if layout.synonyms and column.synonyms:
        text = column.synonyms[int(rng.integers(0, len(column.synonyms)))]
    if column.name in layout.in_ten_thousands:
        return f"{text}（万元）"
    if isinstance(column.type, Money) and rng.random() < 0.4:
        return f"{text}(元)"
    chance = rng.random()
    if chance < 0.15 and column.must_be_there:
        return f"*{text}"
    if chance < 0.3:
        return " ".join(text)
    if chance < 0.45 and layout.workbook and len(text) > 3:
        return f"{text[:2]}\n{text[2:]}"
    return text
