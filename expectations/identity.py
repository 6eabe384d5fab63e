"""The identity number (GB 11643): weights and check characters. Vectorised parsing is in pipelines/staging.

A number is valid by its check digit (ISO 7064 MOD 11-2) and a birth date between 1900 and the as-of date. The area
prefix proves nothing: counties were renamed and merged after people were born (docs/decisions/0003).
"""

from enum import StrEnum
from typing import Final

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS: Final = "10X98765432"
FIRST_BIRTH_YEAR: Final = 1900


class IdentityProblem(StrEnum):
    """Why an identity number is null in staging; ID01 shows ``label``."""

    BLANK = "blank"
    MALFORMED = "malformed"
    UNRECOVERABLE = "unrecoverable"
    BAD_DATE = "bad_date"
    BAD_CHECK_DIGIT = "bad_check_digit"
    BORN_AFTER_AS_OF = "born_after_as_of"
    BORN_BEFORE_1900 = "born_before_1900"

    @property
    def label(self) -> str:
        """The problem in Chinese, as a department reads it."""
        return _TITLES[self]


_TITLES = {
    IdentityProblem.BLANK: "未填写",
    IdentityProblem.MALFORMED: "位数或字符不符合18位（15位）证件号码",
    IdentityProblem.UNRECOVERABLE: "被表格软件存成数字，末几位已丢失，无法还原",
    IdentityProblem.BAD_DATE: "其中的出生日期不存在",
    IdentityProblem.BAD_CHECK_DIGIT: "校验码不符",
    IdentityProblem.BORN_AFTER_AS_OF: "其中的出生日期晚于数据截止日",
    IdentityProblem.BORN_BEFORE_1900: "其中的出生日期早于1900年",
}


def check_character(first_17: str) -> str:
    """The 18th character for 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_17, strict=True))
    return CHECK_CHARACTERS[total % 11]
