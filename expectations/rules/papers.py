"""Papers that should lie on the table at a visit, by what they are about."""

from typing import Final

IDENTITY: Final = ("身份证", "户口簿")
INCOME: Final = ("近一年务工工资、种养收入、各类补贴的凭据", "银行卡或存折流水")
BENEFIT: Final = ("低保（特困）证", "低保金存折或银行卡流水")
SCHOOL: Final = ("学生证或在读证明",)
HOUSE: Final = ("房屋安全鉴定报告",)
INSURANCE: Final = ("医保缴费凭证或医保电子凭证",)
WATER: Final = ("饮水工程或水质检测的记录",)
