"""Why a value or a row is refused: the reasons of feeds.md, with what a department is told to do."""

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
    CONFLICTING_KEY = "conflicting_key"
    MISSING_CONDITIONAL = "missing_conditional"

    @property
    def label(self) -> str:
        """The reason in Chinese."""
        return _LABELS[self][0]

    @property
    def label_en(self) -> str:
        """The reason in English."""
        return _LABELS[self][1]

    @property
    def code(self) -> int:
        """Small number for arrays; 0 means no problem."""
        return _CODES[self]


_LABELS = {
    Reason.MISSING: ("必填项为空", "required value missing"),
    Reason.BAD_NUMBER: ("不是整数", "not a whole number"),
    Reason.BAD_MONEY: ("金额无法识别，或细于一分", "not an amount, or finer than a fen"),
    Reason.NEGATIVE: ("不应为负数", "negative"),
    Reason.BAD_DATE: ("日期、月份或学年无法识别", "not a date, month or school year"),
    Reason.OUT_OF_RANGE: ("超出允许的范围", "out of range"),
    Reason.UNKNOWN_CODE: ("不在代码表内", "not in the code list"),
    Reason.BAD_AREA: ("行政区划代码不符，或不属于本县", "wrong area code, or of another county"),
    Reason.TOO_LONG: ("超过200字", "longer than 200 characters"),
    Reason.BAD_TEXT: (
        "含控制字符、主键中的“|”，或已被表格软件改成数字而失真",
        "unusable or spoilt text",
    ),
    Reason.CONFLICTING_KEY: ("同一主键有内容不同的多行", "one key, different content"),
    Reason.MISSING_CONDITIONAL: ("按另一列的取值应当填写而未填", "missing, another column requires it"),
}

REASONS: tuple[Reason | None, ...] = (None, *Reason)
"""Reasons by their ``code``."""

_CODES = {reason: code for code, reason in enumerate(REASONS) if reason is not None}
