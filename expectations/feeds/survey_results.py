"""入户调查结果: what surveyors found at the sampled households, by the numbers of the draw; it names nobody.

Beside the surveyor's verdict stand the observations that it rests on, item by item, so that one can be derived from
them; forms without these columns are taken as before. A reserve household says for which drawn one it stands in.

Surveyors are no department of the county: the office that commissioned the evaluation (乡村振兴) hands the forms on.
"""

from expectations import codes
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Fact, Feed, Integer, Money, RequiredWhere, Text, VillageCode, YesNo

_VISITED = RequiredWhere("outcome", ("完成",))
_TRIED = RequiredWhere("outcome", ("完成", "拒访", "无人在家", "查无此户"))

FEED = Feed(
    name="survey_results",
    title="入户调查结果",
    sender=Department.REGISTER,
    grain="one row a household of a sample that was visited or tried",
    place=110,
    facts=Fact("fact_survey_result", "入户调查结果：每次抽样、每个样本户一行，为最新数据"),
    optional=True,
    simulated=False,
    accumulates_by=("sample_id",),
    columns=(
        Column("sample_id", "抽样编号", Text(), key=True),
        Column("unit_no", "样本编号", Text(), key=True),
        Column("village_code", "行政区划代码", VillageCode(), required=True, synonyms=("村代码",)),
        Column("outcome", "访问结果", Code(codes.SURVEY_OUTCOME), required=True),
        Column("visited_on", "访问日期", Date(), required_where=_TRIED),
        Column("persons", "家庭人口数", Integer(1, 30), required_where=_VISITED, unit="人"),
        Column("verdict", "核查结论", Code(codes.SURVEY_VERDICT), required_where=_VISITED),
        Column("satisfaction", "对帮扶工作是否认可", Code(codes.SATISFACTION), required_where=_VISITED),
        Column("substitute_for", "替代的样本编号", Text()),
        Column("wage_income", "工资性收入", Money(), unit="元/户·年"),
        Column("business_income", "经营净收入", Money(), unit="元/户·年"),
        Column("property_income", "财产净收入", Money(), unit="元/户·年"),
        Column("transfer_income", "转移净收入", Money(), unit="元/户·年"),
        Column("house_safe", "住房安全", YesNo()),
        Column("schooling_safe", "义务教育有保障", YesNo()),
        Column("all_insured", "全家参加基本医保", YesNo()),
        Column("water_safe", "饮水安全", YesNo()),
        Column("helper_known", "知道帮扶责任人", YesNo()),
        Column("policy_known", "知晓帮扶政策", YesNo()),
    ),
)
