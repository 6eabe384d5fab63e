"""The evaluation's side: village rosters, and what surveyors found at sampled households."""

from expectations.feeds import FEEDS_BY_NAME
from warehouse.tables.columns import county_columns, feed_columns, make_table, source_columns

_ROSTERS = FEEDS_BY_NAME["village_rosters"]
_SURVEYS = FEEDS_BY_NAME["survey_results"]

fact_roster_household = make_table(
    "fact_roster_household",
    "村户名册：每村每户一行，为最新数据（一般农户抽样框）",
    *county_columns(as_of=False),
    *feed_columns(_ROSTERS, key=_ROSTERS.key),
    *source_columns(),
)

fact_survey_result = make_table(
    "fact_survey_result",
    "入户调查结果：每次抽样、每个样本户一行，为最新数据",
    *county_columns(as_of=False),
    *feed_columns(_SURVEYS, key=_SURVEYS.key),
    *source_columns(),
)
