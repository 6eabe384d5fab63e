"""The department workbook: its columns, how a returned one is recognised, and the checksum of a row's keys.

Reporting writes 问题清单 from this declaration; recording reads the returned workbook by the same one.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from expectations.departments import Department
from expectations.feed import Column, Facts, Feed, Text


class Entry(StrEnum):
    """What a cell holds, and whether the department fills it in."""

    TEXT = "text"
    DATE = "date"
    ANSWER = "answer"
    ANSWER_CHOICE = "answer_choice"
    ANSWER_DATE = "answer_date"
    CHECKSUM = "checksum"

    @property
    def is_answer(self) -> bool:
        """Whether the department writes here."""
        return self.value.startswith("answer")


@dataclass(frozen=True)
class SheetColumn:
    """One column of 问题清单: heading, where its value comes from (``rows.py``), width in characters.

    ``key`` columns go into the row's checksum; ``hint`` is shown while an answer's cell is selected.
    """

    heading: str
    source: str
    width: float
    entry: Entry = Entry.TEXT
    key: bool = False
    centred: bool = False
    hint: str = ""


ANSWERS: Final = ("属实", "不属实")
"""What 核实结果 can be."""

VERDICT: Final = "核实结果"
NOTE: Final = "核实说明"
MEASURES: Final = "整改措施"
PLANNED: Final = "整改时限"
COMPLETED: Final = "完成日期"
MATERIAL: Final = "佐证材料"
RESPONSIBLE: Final = "责任人"
"""Headings that departments fill in."""

FINDING_ID: Final = "问题编号"
BATCH: Final = "批次"
RULE: Final = "规则编号"
HOUSEHOLD: Final = "户编号"
CHECKSUM: Final = "校验码"

LIST_SHEET: Final = "问题清单"
"""Name of the sheet that is filled in."""

TEXT_LIMIT: Final = 200
"""Characters of an answer."""

LONGEST_PLAN_DAYS: Final = 5 * 366
"""How far off a planned date may be."""

# Two printed pages carry the width, the first to 数据来源及日期, the second from 证据 on with 问题编号 repeated: the
# widths of both halves are kept nearly equal, so that fitting to two pages breaks exactly there.
COLUMNS: Final = (
    SheetColumn(FINDING_ID, "finding_id", 12, key=True),
    SheetColumn(BATCH, "batch", 10, key=True, centred=True),
    SheetColumn(RULE, "rule", 6, key=True, centred=True),
    SheetColumn("问题类型", "rule_name", 10),
    SheetColumn("严重程度", "severity_label", 5.5, centred=True),
    SheetColumn("把握程度", "certainty_label", 5.5, centred=True),
    SheetColumn("乡镇", "township", 8, key=True),
    SheetColumn("村", "village", 8, key=True),
    SheetColumn(HOUSEHOLD, "household_no", 11, key=True),
    SheetColumn("户主姓名", "head_name", 8, centred=True),
    SheetColumn("对象姓名", "name", 8, key=True, centred=True),
    SheetColumn("证件号码(脱敏)", "identity_masked", 15, key=True),
    SheetColumn("低保证号/学籍号(脱敏)/档案编号", "number", 15, key=True),
    SheetColumn("学校", "school", 9),
    SheetColumn("问题描述", "explanation", 34),
    SheetColumn("数据来源及日期", "sources", 17),
    SheetColumn("证据", "evidence", 40),
    SheetColumn("如何消除", "clears_when", 18),
    SheetColumn("责任单位", "owner_label", 10, centred=True),
    SheetColumn("下发日期", "dispatched_on", 9.5, Entry.DATE),
    SheetColumn("核实时限", "due_on", 9.5, Entry.DATE),
    SheetColumn("帮扶责任人", "helper", 8, centred=True),
    SheetColumn(VERDICT, "", 8, Entry.ANSWER_CHOICE, hint="请从下拉列表中选择：属实 或 不属实。"),
    SheetColumn(NOTE, "", 14, Entry.ANSWER, hint="写明核实情况；选“不属实”的必须写明理由。"),
    SheetColumn(MEASURES, "", 14, Entry.ANSWER, hint="属实的，写明准备怎样整改。"),
    SheetColumn(PLANNED, "", 9.5, Entry.ANSWER_DATE, hint="计划整改完成的日期，例如 2026-09-30。"),
    SheetColumn(
        COMPLETED,
        "",
        9.5,
        Entry.ANSWER_DATE,
        hint="实际完成的日期；填了的还要填佐证材料和责任人。",
    ),
    SheetColumn(MATERIAL, "", 12, Entry.ANSWER, hint="材料名称或文号；不属实的、已整改完的必须填写。"),
    SheetColumn(RESPONSIBLE, "", 8, Entry.ANSWER, hint="具体负责这一条的人。"),
    SheetColumn(CHECKSUM, "", 3, Entry.CHECKSUM),
)

ANSWER_HEADINGS: Final = tuple(c.heading for c in COLUMNS if c.entry.is_answer)
"""Headings that are filled in, in order."""

DATE_HEADINGS: Final = tuple(c.heading for c in COLUMNS if c.entry is Entry.ANSWER_DATE)
"""Those of them that hold dates."""

KEY_HEADINGS: Final = tuple(c.heading for c in COLUMNS if c.key)
"""Headings whose values the checksum covers, in order."""


def office_of(owner: str, township_code: str) -> str:
    """Whom a workbook is made for, as its rows' checksums name it."""
    return f"{owner}/{township_code}"


def row_checksum(key: bytes, office: str, values: Sequence[str]) -> str:
    """The office, and 16 hex digits over it and the values of KEY_HEADINGS (the batch too), blanks at ends aside.

    Nobody makes one without the key: it shows a changed or shifted cell, and that the row is one that we wrote, and for
    whom.
    """
    joined = "\x1f".join([office, *_key_values(values)])
    return f"{office} {hmac.digest(key, joined.encode(), 'sha256')[:8].hex()}"


def plain_row_checksum(values: Sequence[str]) -> str:
    """Eight hex digits over the values of KEY_HEADINGS, as earlier releases wrote them: anybody could."""
    return hashlib.sha256("\x1f".join(_key_values(values)).encode()).hexdigest()[:8]


def _key_values(values: Sequence[str]) -> list[str]:
    if len(values) != len(KEY_HEADINGS):
        raise ValueError(f"a row has {len(KEY_HEADINGS)} key values, not {len(values)}")
    return [value.strip() for value in values]


RETURNED: Final = Feed(
    name="feedback",
    title="问题清单（反馈）",
    sender=Department.REGISTER,
    columns=tuple(
        Column(c.heading, c.heading, Text(), key=c.key, required=c.entry.is_answer or c.entry is Entry.CHECKSUM)
        for c in COLUMNS
        if c.key or c.entry.is_answer or c.entry is Entry.CHECKSUM
    ),
    grain="问题",
    place=0,
    facts=Facts.NONE,
)
"""The returned workbook as a delivery, so that its reader finds the sheet and the columns as in any other workbook.

Any department may send it; only keys, answers and the checksum are read back.
"""
