"""What leads have in common: on what they rest, what is asked, and that nobody is accused."""

from typing import Final

from expectations.rules.needs import LOW_INCOME, REGISTER

BOTH_BOOKS: Final = (*REGISTER, *LOW_INCOME)

BASIS_CHECKS: Final = (
    "《社会救助暂行办法》：民政部门根据申请人授权，向有关部门、单位查询、核对家庭收入和财产状况；"
    "数据的使用以参数leads.basis写明的文件为限"
)
CLEARS: Final = (
    "责任单位核实后在台账填写结果；情况属实的按规定办理，不属实的写明原因。名册或对方部门的数据更正后线索自动消除。"
)
BENEFITING: Final = "在保低保、特困证的成员（不论是否保障对象）或未脱贫户、返贫户的登记人员"
DAYS_OF_BOOKS: Final = "（低保数据截止{low_income_day}，建档立卡数据截止{register_day}）"
