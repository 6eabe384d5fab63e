"""Code lists: the labels we stage, the finer labels and the standards' numbers that map to them."""

from dataclasses import dataclass, field

from expectations.departments import Department


@dataclass(frozen=True)
class CodeList:
    """Labels of one list; ``also`` maps finer labels and standard numbers to them (GB/T numbers as text).

    ``of_a_place``: what is named may have 县, 市 or 区 before it, and the place's name before that.
    """

    name: str
    title: str
    labels: tuple[str, ...]
    also: dict[str, str] = field(default_factory=dict, hash=False)
    of_a_place: bool = False

    def mapping(self) -> dict[str, str]:
        """Everything that is accepted, mapped to its label."""
        return {label: label for label in self.labels} | self.also


def _many(**groups: str) -> dict[str, str]:
    """``{accepted: label}`` from ``label="accepted accepted"``."""
    return {accepted: label for label, words in groups.items() for accepted in words.split()}


SEX = CodeList("sex", "性别 GB/T 2261.1", ("男", "女"), _many(男="1", 女="2"))

RELATION = CodeList(
    "relation",
    "与户主关系 GB/T 4761",
    ("户主", "配偶", "子", "女", "孙子女", "父母", "祖父母", "兄弟姐妹", "其他"),
    _many(
        户主="本人 0 00 01 02",
        配偶="夫 妻 之妻 之夫 1 10 11 12",
        子="长子 次子 三子 独生子 养子 继子 女婿 之子 2 20 21 22 23 24 25 26 27 28 29",
        女="长女 次女 三女 独生女 养女 继女 儿媳 之女 3 30 31 32 33 34 35 36 37 38 39",
        孙子女="孙子 孙女 外孙 外孙子 外孙女 4 40 41 42 43 44 45 46 47 48 49",
        父母="父 母 父亲 母亲 公公 婆婆 岳父 岳母 5 50 51 52 53 54 55 56 57 58 59",
        祖父母="祖父 祖母 外祖父 外祖母 6 60 61 62 63 64 65 66 67 68 69",
        兄弟姐妹="兄 弟 姐 妹 哥哥 弟弟 姐姐 妹妹 7 70 71 72 73 74 75 76 77 78 79",
        其他="8 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98 99",
    ),
)

HOUSEHOLD_TYPE = CodeList(
    "household_type",
    "户类型",
    ("一般户", "低保户", "特困供养户"),
    _many(一般户="一般贫困户 一般农户", 低保户="低保贫困户 低保", 特困供养户="五保户 农村五保 五保贫困户 特困户"),
)
POVERTY_STATUS = CodeList(
    "poverty_status",
    "脱贫属性",
    ("未脱贫", "已脱贫", "返贫"),
    _many(未脱贫="贫困户 预脱贫", 已脱贫="脱贫户 稳定脱贫 巩固提高户", 返贫="返贫户"),
)
MONITORING = CodeList("monitoring", "监测对象类别", ("无", "脱贫不稳定户", "边缘易致贫户", "突发严重困难户"))
CAUSE = CodeList(
    "cause",
    "主要致贫原因",
    (
        "因病",
        "因残",
        "因学",
        "因灾",
        "因婚",
        "因丧",
        "缺土地",
        "缺水",
        "缺技术",
        "缺劳力",
        "缺资金",
        "交通条件落后",
        "自身发展动力不足",
        "其他",
    ),
    _many(缺劳力="缺劳动力 缺乏劳动力", 缺技术="缺乏技术", 缺资金="缺乏资金"),
)
HEALTH = CodeList("health", "健康状况", ("健康", "长期慢性病", "患有大病", "残疾"))
LABOUR = CodeList("labour", "劳动能力", ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力"))
SCHOOLING = CodeList(
    "schooling",
    "在校生状况",
    ("非在校生", "学前教育", "小学", "初中", "普通高中", "中职", "高职高专", "本科及以上"),
)
PERSON_STATUS = CodeList("person_status", "人员状态", ("正常", "死亡", "迁出", "婚嫁"))

PROGRAMME = CodeList(
    "programme",
    "救助类别",
    ("农村低保", "城市低保", "农村特困", "城市特困", "低保边缘"),
    _many(
        农村低保="农村最低生活保障",
        城市低保="城市最低生活保障 城镇低保",
        农村特困="农村五保 农村特困供养",
        城市特困="城市三无",
        低保边缘="低收入家庭 低保边缘家庭",
    ),
)
TIER = CodeList(
    "tier", "保障类别", ("A", "B", "C"), _many(A="a A类 一类 一档", B="b B类 二类 二档", C="c C类 三类 三档")
)
BENEFIT_METHOD = CodeList("benefit_method", "救助金计算方式", ("补差", "分档", "全额"))
CERTIFICATE_STATUS = CodeList("certificate_status", "保障状态", ("在保", "渐退", "停保"))
PAYMENT_STATUS = CodeList("payment_status", "发放状态", ("成功", "退回", "待发"))

SCHEME = CodeList(
    "scheme",
    "险种",
    ("城乡居民", "职工"),
    _many(城乡居民="新农合 居民医保 城乡居民医保 城镇居民", 职工="职工医保 城镇职工"),
)
ENROLMENT_STATUS = CodeList("enrolment_status", "参保状态", ("正常参保", "暂停参保", "终止参保"))
SUBSIDY_CLASS = CodeList("subsidy_class", "资助类别", ("特困", "低保", "低保边缘", "返贫致贫", "监测对象", "无"))

STAGE = CodeList("stage", "学段", ("学前", "小学", "初中", "普通高中", "中职", "高等教育"))
STUDENT_STATUS = CodeList(
    "student_status",
    "学籍状态",
    ("在读", "休学", "辍学", "毕业", "转出", "送教上门", "延缓入学", "县外就读"),
)
TERM = CodeList("term", "学期", ("秋季", "春季"))
SUBSIDY_ITEM = CodeList(
    "subsidy_item",
    "资助项目",
    (
        "学前教育资助",
        "义务教育生活补助",
        "普通高中助学金",
        "普通高中免学费",
        "中职助学金",
        "中职免学费",
        "雨露计划",
        "其他",
    ),
    _many(
        义务教育生活补助="两免一补 寄宿生生活补助",
        普通高中助学金="国家助学金(普通高中) 高中助学金",
        其他="营养改善计划 助学贷款 生源地信用助学贷款",
    ),
)
OTHER_ITEM = "其他"
"""The item of subsidies that are none of the others: nobody is entitled to it, and two of it need not be the same."""

GRADE = CodeList("grade", "鉴定等级", ("A", "B", "C", "D"), _many(A="a A级", B="b B级", C="c C级", D="d D级"))
METHOD = CodeList("method", "改造方式", ("新建", "修缮加固", "置换", "租赁", "兜底建设", "无需改造"))
ACCEPTANCE = CodeList("acceptance", "验收结果", ("合格", "不合格", "未验收"))

SURVEY_OUTCOME = CodeList("survey_outcome", "访问结果", ("完成", "拒访", "无人在家", "查无此户", "未访问"))
SURVEY_VERDICT = CodeList("survey_verdict", "核查结论", ("符合", "漏评", "错退", "错评"))
SATISFACTION = CodeList("satisfaction", "对帮扶工作是否认可", ("认可", "基本认可", "不认可", "说不清"))


OFFICES = CodeList(
    "department",
    "责任单位",
    tuple(office.called for office in Department),
    {short: office.called for office in Department for short in office.short if short != office.called},
    of_a_place=True,
)
"""The county's offices as an office writes them: by title or short form."""

YES = frozenset({"是", "1", "Y", "y", "真"})
NO = frozenset({"否", "0", "N", "n", "假"})
