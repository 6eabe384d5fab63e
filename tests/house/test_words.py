"""Words and figures as people read them."""

from datetime import date

import pytest

from expectations.departments import Department
from expectations.feeds import FEEDS
from pipelines.house.language import Language, spoken_in
from pipelines.house.words import (
    day_in_chinese,
    day_in_digits,
    department_label,
    exact_interval,
    exact_percent,
    feed_title,
    finding_title,
    in_thousands,
    in_words,
    measured,
    missing_parts,
    policy_title,
    policy_unit,
    rough_percent,
    said_source,
)


def test_every_feed_has_its_title_and_a_name_of_none_stays_what_it_is() -> None:
    assert [feed_title(feed.name) for feed in FEEDS] == [feed.title for feed in FEEDS]
    assert feed_title("低保名单") == "低保名单"


def test_a_rule_without_an_owner_is_answered_for_by_who_sent_the_data() -> None:
    assert department_label(Department.HOUSING.value) == Department.HOUSING.label
    assert department_label(None) == "数据所属部门"


def test_a_column_of_a_finding_has_a_title_without_its_explanation() -> None:
    assert "（" not in finding_title("severity")
    assert "：" not in finding_title("certainty")


def test_a_policy_key_is_told_with_its_part_and_unit() -> None:
    assert policy_title("low_income_standard.rural") == "低保标准（农村）"
    assert policy_unit("low_income_standard.rural") == "元/人·月"
    assert (policy_title("no.such"), policy_unit("no.such")) == ("no.such", "")


def test_policy_values_are_told_without_brackets() -> None:
    assert in_words({"小学": ["生活补助", "免学费"], "高中": []}) == "小学：生活补助、免学费；高中："
    assert in_words("2.5") == "2.5"


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0%"), (0.0004, "<0.1%"), (-0.0004, ">-0.1%"), (0.0005, "0.1%"), (1, "100.0%")]
)
def test_what_is_not_nothing_never_reads_as_nothing(share: float, said: str) -> None:
    assert rough_percent(share) == said


def test_rates_that_are_judged_by_have_two_decimals() -> None:
    assert exact_percent(0.12344) == "12.34%"
    assert exact_interval(0.1, 0.125) == "10.00%–12.50%"


def test_counts_and_days() -> None:
    assert in_thousands(1_234_567) == "1,234,567"
    assert day_in_chinese(date(2026, 6, 3)) == "2026年6月3日"
    assert (day_in_digits(date(2026, 6, 3)), day_in_digits(None)) == ("2026-06-03", None)


@pytest.mark.parametrize(
    ("expectation", "observed", "said"),
    [
        ("refused_share:name", "0.153", "15.3%"),
        ("drift", 0.2, "20.0%"),
        ("bad_rows_excess", "1.25", "+1.2"),
        ("rows", "17", "17"),
        ("rows_share", None, ""),
    ],
)
def test_what_an_expectation_measured_is_a_percentage_where_it_is_a_share(
    expectation: str, observed: str | float | None, said: str
) -> None:
    assert measured(expectation, observed) == said


def test_the_part_that_is_missing_is_named() -> None:
    assert missing_parts("1,3 of 3") == ("缺 _2of3", "missing _2of3")
    assert missing_parts("2 of 3") == ("缺 _1of3、_3of3", "missing _1of3, _3of3")
    assert missing_parts("3 of 3, still being written") == ("还在写入", "still being written")
    assert missing_parts("已到2/3") == ("已到2/3", "已到2/3")


def test_a_default_says_in_one_language_that_it_is_none_of_the_countys_own() -> None:
    source = "软件默认值，非法定标准 (liangxian default, not statutory; the county's own file must set it)"
    with spoken_in(Language.ZH):
        assert said_source(source) == "软件默认值，非法定标准"
        assert said_source("县政府〔2024〕12号 (试行)") == "县政府〔2024〕12号 (试行)"
    with spoken_in(Language.EN):
        assert said_source(source) == source


def test_what_comes_back_from_departments_has_a_title() -> None:
    assert feed_title("feedback") == "问题清单（反馈）"
