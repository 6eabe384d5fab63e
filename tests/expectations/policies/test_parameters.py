"""The declared parameters and their packaged defaults."""

from datetime import date

import pytest
from builders import POLICY
from hypothesis import given
from hypothesis import strategies as st

from expectations.feeds import FEEDS
from expectations.policies import PARAMETERS, REQUIRED_KEYS, nearest_key, parameter_of
from pipelines.house.policies import load_policies

POLICIES = load_policies(None)


@pytest.mark.parametrize("key", sorted(POLICY))
def test_every_key_that_the_rules_are_tested_with_is_declared_and_its_test_value_is_one(key: str) -> None:
    parameter = parameter_of(key)
    assert parameter is not None
    parameter.kind.read(POLICY[key])


def test_no_key_belongs_to_two_parameters() -> None:
    keys = [key for parameter in PARAMETERS for key in parameter.keys]
    assert len(keys) == len(set(keys))
    assert all(sum(p.has(key) for p in PARAMETERS) == 1 for key in keys)


def test_a_feed_may_override_what_is_general() -> None:
    for feed in FEEDS:
        assert parameter_of(f"freshness_days.{feed.name}") is parameter_of("freshness_days")
    assert parameter_of("freshness_days.pupils") is None
    assert parameter_of("poverty_line.students") is None


def test_the_agricultural_population_is_by_village() -> None:
    assert parameter_of("agricultural_population.522601101201") is not None
    for key in ("agricultural_population", "agricultural_population.522601", "agricultural_population.all"):
        assert parameter_of(key) is None


def test_an_unknown_key_is_near_a_known_one() -> None:
    assert nearest_key("poverty_lines") == "poverty_line"
    assert nearest_key("freshness_days.student") == "freshness_days.students"
    assert nearest_key("天气") is None


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31)))
def test_the_defaults_miss_nothing_on_any_day(d: date) -> None:
    policy = POLICIES.at("522601", d)
    assert set(REQUIRED_KEYS) <= {entry["key"] for entry in policy.in_force()}


@pytest.mark.parametrize("key", REQUIRED_KEYS)
def test_a_default_that_is_no_statute_says_so_or_names_its_document(key: str) -> None:
    for entry in POLICIES.at("522601", date(2026, 6, 30)).timelines[key]:
        assert any(words in entry.source for words in ("not statutory", "请核对", "》", "文件")), entry.source
