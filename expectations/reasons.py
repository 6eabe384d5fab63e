"""Why a value or a row is refused: the reasons of feeds.md, with what a department is told to do."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Reasons as they stand in quarantine and accounting."""

    MISSING = "missing"
    BAD_NUMBER = "bad_number"
    BAD_MONEY = "bad_money"
    NEGATIVE = "negative"
    BAD_DATE = "bad_date"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN_CODE = "unknown_code"
    BAD_AREA = "bad_area"
    TOO_LONG = "too_long"
    BAD_TEXT = "bad_text"
    ERROR_VALUE = "error_value"
    NO_CACHED_VALUE = "no_cached_value"
    CONFLICTING_KEY = "conflicting_key"
    MISSING_CONDITIONAL = "missing_conditional"

    @property
    def label(self) -> str:
        """The reason in Chinese."""
        return _WORDS[self].label

    @property
    def label_en(self) -> str:
        """The reason in English."""
        return _WORDS[self].label_en

    @property
    def remedy(self) -> str:
        """What the department does about it, in Chinese."""
        return _WORDS[self].remedy

    @property
    def code(self) -> int:
        """Small number for arrays; 0 means no problem."""
        return _CODES[self]

    @property
    def reason(self) -> "Reason":
        """The reason itself, as a detail names its own."""
        return self


class Detail(StrEnum):
    """What exactly is wrong, where a reason has more than one cause; recorded beside the reason."""

    WORD_FOR_NOTHING = "word_for_nothing"
    NO_FIGURE = "no_figure"
    SURPLUS_CELLS = "surplus_cells"
    SPOILT_BY_SPREADSHEET = "spoilt_by_spreadsheet"
    LOST_CHARACTERS = "lost_characters"
    FOREIGN_ENCODING = "foreign_encoding"
    NO_LETTER = "no_letter"
    UNDECODABLE = "undecodable"

    @property
    def label(self) -> str:
        """The detail in Chinese."""
        return _WORDS[self].label

    @property
    def label_en(self) -> str:
        """The detail in English."""
        return _WORDS[self].label_en

    @property
    def remedy(self) -> str:
        """What the department does about it, in Chinese."""
        return _WORDS[self].remedy

    @property
    def code(self) -> int:
        """Small number for arrays, beside those of the reasons."""
        return _CODES[self]

    @property
    def reason(self) -> Reason:
        """The reason that it is a cause of."""
        return _OF[self]


Fault = Reason | Detail
"""What a parser says of a cell."""


@dataclass(frozen=True)
class _Words:
    label: str
    label_en: str
    remedy: str


_WORDS: dict[Fault, _Words] = {
    Reason.MISSING: _Words("必填项为空", "required value missing", "请填写"),
    Reason.BAD_NUMBER: _Words("不是整数", "not a whole number", "请只填整数"),
    Reason.BAD_MONEY: _Words(
        "金额无法识别，或细于一分", "not an amount, or finer than a fen", "请只填数字，最多两位小数；字母O、l请改成数字"
    ),
    Reason.NEGATIVE: _Words("不应为负数", "negative", "请核对后填不小于零的数"),
    Reason.BAD_DATE: _Words(
        "日期、月份或学年无法识别",
        "not a date, month or school year",
        "请写成2026-03-15（月份2026-03，学年2025-2026）这样的形式",
    ),
    Reason.OUT_OF_RANGE: _Words("超出允许的范围", "out of range", "请核对数值"),
    Reason.UNKNOWN_CODE: _Words("不在代码表内", "not in the code list", "请按填报说明中的选项填写"),
    Reason.BAD_AREA: _Words(
        "行政区划代码不符，或不属于本县", "wrong area code, or of another county", "请核对行政区划代码的位数和县代码"
    ),
    Reason.TOO_LONG: _Words("超过200字", "longer than 200 characters", "请缩短到200字以内"),
    Reason.BAD_TEXT: _Words(
        "含控制字符、主键中的“|”，或已被表格软件改成数字而失真",
        "unusable or spoilt text",
        "请删去换行和特殊字符，重新填写",
    ),
    Reason.ERROR_VALUE: _Words("单元格是错误值", "an error value of a spreadsheet", "请改正公式，或直接填写内容"),
    Reason.NO_CACHED_VALUE: _Words(
        "单元格是公式，文件里没有它的结果",
        "a formula whose result is not in the file",
        "请用Excel或WPS打开，保存后重新报送，或把公式粘贴为数值",
    ),
    Reason.CONFLICTING_KEY: _Words(
        "同一主键有内容不同的多行", "one key, different content", "请只保留正确的一行，或改正主键"
    ),
    Reason.MISSING_CONDITIONAL: _Words(
        "按另一列的取值应当填写而未填", "missing, another column requires it", "请填写，或改正另一列"
    ),
    Detail.WORD_FOR_NOTHING: _Words("写的是“空”的意思", "a word for nothing", "请填写；确实没有的请留空"),
    Detail.NO_FIGURE: _Words("写的是算不出的值", "a figure that could not be had", "请填写；确实没有的请留空"),
    Detail.SURPLUS_CELLS: _Words(
        "这一行比表头多出几格，可能多了一个分隔符，各列可能错位",
        "more cells than headings: values may have slipped",
        "请删去多余的逗号，或给含逗号的内容加上引号",
    ),
    Detail.SPOILT_BY_SPREADSHEET: _Words(
        "已被表格软件改成日期、逻辑值、小数或科学计数，原来的内容无法还原",
        "spoilt by spreadsheet software",
        "请把这一列设为文本格式，重新填写原来的内容",
    ),
    Detail.LOST_CHARACTERS: _Words(
        "有字在转换中丢失（?、□、�或自造字）", "characters were lost on the way", "请补上丢失的字"
    ),
    Detail.FOREIGN_ENCODING: _Words(
        "文字编码不对，是乱码", "text read in the wrong encoding", "请用正确的编码重新导出"
    ),
    Detail.NO_LETTER: _Words("没有一个字", "without any letter", "请填写姓名"),
    Detail.UNDECODABLE: _Words("取不出这一格的值", "a value that cannot be had", "请在原系统中改正"),
}

_OF: dict[Detail, Reason] = {
    Detail.WORD_FOR_NOTHING: Reason.MISSING,
    Detail.NO_FIGURE: Reason.MISSING,
    Detail.SURPLUS_CELLS: Reason.BAD_TEXT,
    Detail.SPOILT_BY_SPREADSHEET: Reason.BAD_TEXT,
    Detail.LOST_CHARACTERS: Reason.BAD_TEXT,
    Detail.FOREIGN_ENCODING: Reason.BAD_TEXT,
    Detail.NO_LETTER: Reason.BAD_TEXT,
    Detail.UNDECODABLE: Reason.BAD_TEXT,
}

FAULTS: tuple[Fault | None, ...] = (None, *Reason, *Detail)
"""Reasons and details by their ``code``."""

REASONS: tuple[Reason | None, ...] = tuple(None if f is None else f.reason for f in FAULTS)
"""Reasons by code, a detail's own among them."""

_CODES: dict[Fault, int] = {fault: code for code, fault in enumerate(FAULTS) if fault is not None}


def fault_of(reason: str, detail: str | None) -> Fault:
    """What stands in a list of problems: the detail where there is one."""
    return Reason(reason) if detail is None else Detail(detail)
