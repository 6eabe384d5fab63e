"""Words that tables on a terminal are made of, in both languages: headings, and what became of deliveries and rows.

A word stands once, under its English, by which a table asks for it. Files that are passed on to departments take the
Chinese whatever is spoken.
"""

from collections.abc import Mapping
from typing import Final

from pipelines.house.language import say
from warehouse.books.deliveries import Event

HEADINGS: Final[Mapping[str, str]] = {
    "actual": "实际情况",
    "after": "后",
    "as-of date": "截止日",
    "asked at home": "入户问什么",
    "because": "因为",
    "became": "到",
    "before": "前",
    "by": "办理人",
    "certainty": "把握",
    "change": "变动",
    "changed": "变化",
    "column": "列",
    "condition": "判定条件",
    "content": "内容",
    "county": "县",
    "data": "数据",
    "date": "日期",
    "delivery": "批次",
    "due": "时限",
    "expected": "应有情况",
    "explanation": "问题描述",
    "file": "文件",
    "file and row": "文件和行",
    "finding": "问题编号",
    "from": "自",
    "gone": "消失",
    "how it clears": "如何消除",
    "how severe": "严重程度",
    "key": "键",
    "kind": "问题类型",
    "left out": "不采用",
    "legal basis": "政策依据",
    "mended by": "怎么改",
    "name": "姓名",
    "needs": "所需数据",
    "new": "新增",
    "no.": "序号",
    "number": "编号",
    "owner": "责任单位",
    "parameter": "参数",
    "period": "所属期间",
    "place": "地点",
    "policy values": "政策参数",
    "quarantined": "隔离",
    "read": "读取",
    "reason": "原因",
    "relies on": "依据的报送",
    "repeated": "重复",
    "result": "结果",
    "row": "行",
    "rule": "规则",
    "severity": "程度",
    "sheet": "工作表",
    "source": "来源",
    "staged": "入库",
    "state": "状态",
    "status": "状态",
    "subject": "对象",
    "title": "名称",
    "totals, blanks": "合计或空行",
    "township": "乡镇",
    "unit": "单位",
    "value": "值",
    "values refused": "拒收的值",
    "village": "村",
    "was": "由",
    "what is looked at": "问题对象",
    "would appear": "会新增",
    "would vanish": "会消失",
}

STATUSES: Final[Mapping[str, str]] = {
    Event.ACCEPTED: "采用",
    Event.REJECTED: "退回",
    Event.HELD: "待确认",
    Event.WITHDRAWN: "已撤回",
    Event.SUPERSEDED: "被替代",
    Event.ERASED: "已按期删除",
}
"""What became of a delivery."""

SCOPES: Final[Mapping[str, str]] = {"row": "整行", "value": "该值"}
"""What a problem costs: the whole row, or only the value."""


def heading(word: str) -> str:
    """A heading in the language that is spoken, each of its lines for itself; KeyError for one that is not declared."""
    return "\n".join(say(HEADINGS[line], line) for line in word.splitlines())


def status_word(status: str) -> str:
    """What became of a delivery, in the language that is spoken."""
    return say(STATUSES.get(status, status), status)


def scope_word(scope: str) -> str:
    """What a problem costs, in the language that is spoken."""
    return say(SCOPES.get(scope, scope), scope)


def place_told(row: int, sheet: str | None) -> str:
    """``工作表“名单”第5行``, or ``sheet “名单” row 5``."""
    return say(place_in_words(row, sheet), f"sheet “{sheet}” row {row}" if sheet else f"row {row}")


def place_in_words(row: int, sheet: str | None) -> str:
    """``工作表“名单”第5行``, as departments read it."""
    return f"工作表“{sheet}”第{row}行" if sheet else f"第{row}行"
