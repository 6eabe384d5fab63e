"""入户调查结果: what surveyors found at the sampled households, by the numbers of the draw; it names nobody.

Surveyors are no department of the county: the office that commissioned the evaluation (乡村振兴) hands the forms on.
"""

from expectations import codes
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Fact, Feed, Integer, RequiredWhere, Text, VillageCode

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
    ),
)
