"""Each mask is said once: three engines and the rules' sentences must agree on every value."""

import string

import duckdb
import ibis
import pyarrow as pa
import pytest
from builders import pid
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations import masking as in_sentences
from expectations.feed import Personal
from warehouse.evaluation.masking import MASKS, mask_identity_number, mask_name, mask_phone, mask_student_no

_LIKE_NUMBERS = st.text(alphabet=string.digits + "XxG", max_size=24)
_ANYTHING = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


def _by_duckdb(kind: Personal, values: list[str | None]) -> list[str | None]:
    table = pa.table({"n": range(len(values)), "v": pa.array(values, pa.string())})
    with duckdb.connect() as connection:
        connection.register("given", table)
        rows = connection.execute(f"SELECT {MASKS[kind].sql('v')} FROM given ORDER BY n").fetchall()
    return [row[0] for row in rows]


@pytest.mark.parametrize("kind", list(Personal))
@settings(max_examples=25, deadline=None)
@given(values=st.lists(st.none() | _LIKE_NUMBERS | _ANYTHING, max_size=60))
def test_python_duckdb_and_pyarrow_mask_alike(kind: Personal, values: list[str | None]) -> None:
    expected = [MASKS[kind].python(value) for value in values]
    assert MASKS[kind].arrow(pa.array(values, pa.string())).to_pylist() == expected
    assert _by_duckdb(kind, values) == expected


@pytest.mark.parametrize("kind", list(Personal))
@settings(max_examples=100, deadline=None)
@given(value=_LIKE_NUMBERS | _ANYTHING)
def test_no_mask_leaves_more_than_eight_characters_of_a_value(kind: Personal, value: str) -> None:
    masked = MASKS[kind].python(value)
    assert masked is not None
    assert len(masked.replace("*", "")) <= 8
    assert "*" in masked


def test_masks_have_the_shapes_of_the_contract() -> None:
    assert mask_name("张三丰") == "张*"
    assert mask_identity_number("510623197001011234") == "510***********1234"
    assert mask_student_no("G510623197001011234") == "G510***********1234"
    assert mask_student_no("2021520102000123") == "2021***0123"
    assert mask_student_no("A17") == "A***"
    assert mask_phone("13812345678") == "138****5678"
    assert mask_name(None) is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Personal.NAME, "欧阳·买买提"),
        (Personal.IDENTITY_NUMBER, pid(1)),
        (Personal.STUDENT_NO, f"G{pid(2)}"),
        (Personal.STUDENT_NO, "2021520102000123"),
        (Personal.STUDENT_NO, "A17"),
        (Personal.PHONE, "13812345678"),
    ],
)
def test_sentences_of_the_rules_mask_in_the_same_shapes(kind: Personal, value: str) -> None:
    assert ibis.duckdb.connect().execute(in_sentences.masked(ibis.literal(value), kind)) == MASKS[kind].python(value)
