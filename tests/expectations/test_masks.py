"""What a value shows to whom: by declaration, closed for what is not known, and alike in every engine."""

import re
import string
from collections.abc import Sequence
from string import Formatter

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.feed import Column, Feed, Personal, problem_column
from expectations.feeds import FEEDS
from expectations.masks import (
    BIRTH_DATE,
    CLEAR,
    WHOLE,
    Audience,
    Case,
    Mask,
    mask_of,
    mask_of_fact,
    mask_of_kind,
    masks_for,
    numbers_in_text,
)
from expectations.rule import Rule
from expectations.rules import RULES
from pipelines.staging.masking import masked

LIKE_NUMBERS = st.text(alphabet=string.digits + "XxG", max_size=24)
ANYTHING = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
VALUES = LIKE_NUMBERS | ANYTHING
MASKS = tuple(dict.fromkeys(mask for audience in Audience for mask in (*masks_for(audience).values(), WHOLE)))

each_audience = pytest.mark.parametrize("audience", list(Audience))
each_mask = pytest.mark.parametrize("mask", MASKS, ids=lambda mask: mask.sql("v")[:60])
each_column = pytest.mark.parametrize(
    ("feed", "column"), [(f, c) for f in FEEDS for c in f.columns], ids=lambda part: part.name
)


@each_audience
@each_column
def test_every_column_of_every_feed_shows_what_its_declaration_says(
    feed: Feed, column: Column, audience: Audience
) -> None:
    mask = mask_of(feed.name, column.name, audience)
    assert mask == mask_of_kind(column.personal, audience)
    meant = {
        Audience.DEPARTMENT: column.personal in (None, Personal.NAME, Personal.BIRTH_DATE),
        Audience.RECIPIENT: column.personal is None,
        Audience.DATA_TEAM: column.personal is None,
        Audience.PURPOSE: column.personal is not Personal.OTHER,
    }
    assert mask.is_clear is meant[audience]


@each_audience
def test_what_no_feed_declares_is_hidden_whole(audience: Audience) -> None:
    for feed in FEEDS:
        assert mask_of(feed.name, "a_column_of_tomorrow", audience) == WHOLE
        assert mask_of("a_feed_of_tomorrow", feed.columns[0].name, audience) == WHOLE
        for name in feed.identity_columns:
            assert mask_of(feed.name, problem_column(name), audience) == CLEAR


@each_audience
def test_a_kind_that_has_no_mask_for_an_audience_is_hidden_whole(audience: Audience) -> None:
    for kind in Personal:
        known = masks_for(audience)
        assert mask_of_kind(kind, audience) == known.get(kind, WHOLE)
    assert mask_of_kind(Personal.OTHER, audience) == WHOLE


@each_audience
def test_a_fact_is_as_personal_as_any_of_its_meanings(audience: Audience) -> None:
    name = mask_of_kind(Personal.NAME, audience)
    assert mask_of_fact("head_name", {}, audience) == name
    assert mask_of_fact("head_name", {"head_name": None}, audience) == name
    assert mask_of_fact("persons", {"persons": Personal.NAME}, audience) == name
    assert mask_of_fact("persons", {}, audience) == CLEAR
    assert mask_of_fact("names", {"names": Personal.NAME}, audience) == name
    assert mask_of_fact("gap", {"gap": None}, audience) == CLEAR
    assert mask_of_fact("gap", {}, audience) == WHOLE
    assert mask_of_fact("head_name", {"head_name": Personal.PHONE}, audience) == WHOLE


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_fact_that_a_rule_names_is_a_column_or_declared(rule: Rule) -> None:
    templates = (rule.expected, rule.actual, rule.explanation)
    named = {field for text in templates for _, field, _, _ in Formatter().parse(text) if field} | {*rule.subject.key}
    hidden = {fact for fact in named if mask_of_fact(fact, rule.facts, Audience.PURPOSE) == WHOLE}
    assert hidden == set()
    assert set(rule.facts) <= named | {*rule.digests}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_column_that_evidence_shows_is_declared(rule: Rule) -> None:
    shown = {(side.feed, name) for side in rule.evidence for name in side.show}
    assert {place for place in shown if mask_of(*place, Audience.PURPOSE) == WHOLE} == set()


def by_duckdb(mask: Mask, values: Sequence[str | None]) -> list[str | None]:
    """As SQL, and as an expression of Ibis, which must not differ."""
    table = pa.table({"n": range(len(values)), "v": pa.array(values, pa.string())})
    expression = mask.ibis(ibis.table({"n": "int64", "v": "string"}, name="given").v).name("shown")
    with duckdb.connect() as connection:
        connection.register("given", table)
        rows = connection.execute(f"SELECT n, {mask.sql('v')} FROM given").fetchall()
        again = connection.execute(str(ibis.to_sql(expression, dialect="duckdb"))).fetchall()
    shown = [row[1] for row in sorted(rows)]
    assert [row[0] for row in again] == shown
    return shown


@each_mask
@settings(max_examples=25)
@given(values=st.lists(st.none() | VALUES, max_size=60))
def test_python_sql_arrow_and_ibis_mask_alike(mask: Mask, values: list[str | None]) -> None:
    expected = [mask.python(value) for value in values]
    assert masked(pa.array(values, pa.string()), mask).to_pylist() == expected
    assert masked(pa.chunked_array([pa.array(values, pa.string())]), mask).to_pylist() == expected
    assert by_duckdb(mask, values) == expected


@each_mask
@settings(max_examples=200)
@given(value=VALUES.filter(lambda value: value and "*" not in value))
def test_no_mask_shows_a_whole_value_or_more_than_eight_characters_of_it(mask: Mask, value: str) -> None:
    shown = mask.python(value)
    if mask.is_clear:
        assert shown == value
        return
    assert shown is not None
    assert value not in shown
    assert len(shown.replace("*", "")) <= 8
    assert "*" in shown or mask is BIRTH_DATE


def test_a_mask_that_could_show_a_whole_value_is_refused() -> None:
    with pytest.raises(ValueError, match="leave something out"):
        Case(first=3, last=4, stars=11)
    with pytest.raises(ValueError, match="leave something out"):
        Case(first=3, last=4, stars=11, shortest=7)
    with pytest.raises(ValueError, match="without a case"):
        Mask((Case(stars=1, shortest=2),))


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Personal.NAME, "张三丰", "张*"),
        (Personal.NAME, "张", "*"),
        (Personal.IDENTITY_NUMBER, "510623197001011234", "5106**************"),
        (Personal.IDENTITY_NUMBER, "510623700101123", "5106**************"),
        (Personal.IDENTITY_NUMBER, "5106231970", "***"),
        (Personal.STUDENT_NO, "G510623197001011234", "G5106**************"),
        (Personal.STUDENT_NO, "2021520102000123", "2***"),
        (Personal.STUDENT_NO, "A17", "A***"),
        (Personal.BIRTH_DATE, "1970-01-01", "1970"),
        (Personal.PHONE, "13812345678", "***"),
        (Personal.OTHER, "贵H12345", "***"),
    ],
)
def test_recipients_are_shown_the_shapes_of_the_contract(kind: Personal, value: str, shown: str) -> None:
    assert mask_of_kind(kind, Audience.RECIPIENT).python(value) == shown


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Personal.NAME, "张三丰", "张三丰"),
        (Personal.IDENTITY_NUMBER, "510623197001011234", "510***********1234"),
        (Personal.IDENTITY_NUMBER, "510623700101123", "510***********1123"),
        (Personal.STUDENT_NO, "G510623197001011234", "G510***********1234"),
        (Personal.STUDENT_NO, "2021520102000123", "2021***0123"),
        (Personal.BIRTH_DATE, "1970-01-01", "1970-01-01"),
        (Personal.PHONE, "13812345678", "138****5678"),
        (Personal.PHONE, "2345678", "****"),
        (Personal.OTHER, "贵H12345", "***"),
    ],
)
def test_offices_can_tell_two_people_apart(kind: Personal, value: str, shown: str) -> None:
    assert mask_of_kind(kind, Audience.DEPARTMENT).python(value) == shown


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Personal.NAME, "张三丰", "张*"),
        (Personal.NAME, "", ""),
        (Personal.IDENTITY_NUMBER, "", ""),
        (Personal.IDENTITY_NUMBER, "51062370010112", "***"),
        (Personal.IDENTITY_NUMBER, "510623700101123", "510***********1123"),
        (Personal.IDENTITY_NUMBER, "51062319700101123456", "510***********3456"),
        (Personal.IDENTITY_NUMBER, "510623197001011234567", "***"),
        (Personal.STUDENT_NO, "", ""),
        (Personal.PHONE, "", ""),
        (Personal.STUDENT_NO, "1381234567890", "1381***********7890"),
        (Personal.STUDENT_NO, "2021520102000123456789", "***"),
        (Personal.PHONE, "13812345678", "138****5678"),
        (Personal.PHONE, "138123456", "***"),
        (Personal.BIRTH_DATE, "1990-02-30", "1990****"),
    ],
)
def test_problem_lists_show_enough_to_find_the_cell(kind: Personal, value: str, shown: str) -> None:
    assert mask_of_kind(kind, Audience.DATA_TEAM).python(value) == shown


@pytest.mark.parametrize("audience", [Audience.DEPARTMENT, Audience.DATA_TEAM])
def test_a_number_inside_a_text_is_shown_as_in_its_own_column(audience: Audience) -> None:
    number = "510623197001011234"
    pattern, shown = numbers_in_text(audience)
    masked_number = mask_of_kind(Personal.IDENTITY_NUMBER, audience).python(number)
    assert re.sub(pattern, shown, f"甲{number}、G{number}乙") == f"甲{masked_number}、G{masked_number}乙"
