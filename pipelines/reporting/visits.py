"""What to ask and look at on a visit, and which papers to have at hand, for each rule that speaks of a household."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Visit:
    """``ask``: what is asked and looked at, as one plain sentence; ``papers``: what should lie on the table."""

    ask: str
    papers: tuple[str, ...] = ()


_IDENTITY: Final = ("身份证", "户口簿")
_INCOME: Final = ("近一年务工工资、种养收入、各类补贴的凭据", "银行卡或存折流水")
_BENEFIT: Final = ("低保（特困）证", "低保金存折或银行卡流水")
_SCHOOL: Final = ("学生证或在读证明",)
_HOUSE: Final = ("房屋安全鉴定报告",)
_INSURANCE: Final = ("医保缴费凭证或医保电子凭证",)

VISITS: Final = {
    "TL02": Visit("家里几口人、靠什么收入，近一年大约多少；有没有申请过低保，为什么没有批。", _INCOME),
    "TL03": Visit("现在还领不领低保或特困金，什么时候停的、为什么停。", _BENEFIT),
    "TL04": Visit("现在是不是在领低保或特困金，从什么时候开始领。", _BENEFIT),
    "TL05": Visit("现在的收入有哪些、每月多少，是稳定的还是临时的。", (*_INCOME, *_BENEFIT)),
    "TL06": Visit("家里有什么困难，收入多少；是否愿意申请纳入建档立卡（监测）。", (*_IDENTITY, *_INCOME)),
    "TL07": Visit("每月实际领到多少低保金，保障的是哪几个人。", _BENEFIT),
    "TL08": Visit("现在同吃同住的有哪几个人；有没有婚嫁、出生、去世、分户、迁移。", _IDENTITY),
    "TL09": Visit("近一年各项收入分别是多少；两个部门来登记时各是怎么说的。", _INCOME),
    "TL10": Visit("现在领的是低保还是特困金，是不是两样都领。", _BENEFIT),
    "CV01": Visit("今年有没有参加医保，在哪里参的、参的哪一种；没有参加的是什么原因。", _INSURANCE),
    "CV02": Visit("今年医保个人交了多少钱，有没有享受减免或资助。", _INSURANCE),
    "CV03": Visit("孩子现在在哪里上学；没有上学的，从什么时候、因为什么不上的。", (*_IDENTITY, *_SCHOOL)),
    "CV04": Visit("孩子上学期有没有领到资助，打到谁的卡上、多少钱。", (*_SCHOOL, "资助到账的银行流水")),
    "CV05": Visit("看住房有没有裂缝、漏雨、倾斜；全家现在住在哪里，愿不愿意改造。", _HOUSE),
    "CV06": Visit("看改造工程做到哪一步，为什么没有完工或验收。", ("危房改造协议",)),
    "CV07": Visit("看住房是否安全；以前有没有人来鉴定过，用的是谁的名字。", _HOUSE),
    "CV08": Visit("改造补助一共领到多少、还差多少。", ("危房改造协议", "补助到账的银行流水")),
    "CV09": Visit(
        "逐项看医保、上学、住房、收入四个方面的困难；是否愿意申请纳入建档立卡（监测）。", (*_IDENTITY, *_INCOME)
    ),
    "EX01": Visit("脱贫以后收入有没有下降，今年靠什么收入、多少钱。", _INCOME),
    "EX02": Visit("看住房是否安全；全家现在住在哪里。", _HOUSE),
    "EX03": Visit("孩子现在在哪里上学；没有上学的，从什么时候、因为什么不上的。", (*_IDENTITY, *_SCHOOL)),
    "EX04": Visit("家里谁没有参加医保，是什么原因，有没有在外地参加。", _INSURANCE),
    "DU01": Visit("这个人现在实际跟哪一户一起生活，户口在哪里。", _IDENTITY),
    "DU02": Visit("这个人的低保金领几份，由谁领。", _BENEFIT),
    "DU03": Visit("今年参加了哪几种医保，实际用的是哪一种。", _INSURANCE),
    "DU04": Visit("同一学期的资助领到几次、各多少钱。", ("资助到账的银行流水",)),
    "DU05": Visit("房子改造过几次，各是哪一年、哪一处房子。", ("危房改造协议",)),
    "PY01": Visit("停保以后还收到过几个月的低保金，打到谁的卡上。", _BENEFIT),
    "PY02": Visit("从哪个月起没有收到低保金，卡有没有换过。", _BENEFIT),
    "PY03": Visit("最近一个月实际收到多少低保金，是一次还是几次。", _BENEFIT),
    "PY04": Visit("低保金的卡现在能不能用，户名、卡号有没有变；后来有没有补发。", _BENEFIT),
    "PY05": Visit("低保金现在由谁代领，是什么关系，有没有委托手续。", (*_BENEFIT, "委托书")),
    "PY06": Visit(
        "收款的或名册上的这个人是否在世；去世的，是哪一天，之后的钱由谁领了。", (*_BENEFIT, "死亡证明或注销户口证明")
    ),
    "ID01": Visit("核对证件号码，逐位抄下来。", _IDENTITY),
    "ID02": Visit("核对姓名和证件号码，看有没有改过名、有没有写错字。", _IDENTITY),
    "ID03": Visit("核对出生日期、性别和证件号码。", _IDENTITY),
    "ID05": Visit("这个人是否在世；去世的，是哪一天。", ("户口簿", "死亡证明或注销户口证明")),
}
"""By rule code; a test holds it against the rule book."""

DOUBT: Final = "先核对是不是同一个人：看身份证和户口簿原件。"
"""What comes first where the data cannot say whom they speak of."""

PAPERS_FOR_DOUBT: Final = _IDENTITY
