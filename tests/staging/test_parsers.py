"""The vectorised parsers agree with plain Python, on any text."""

import re
import unicodedata
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa
import pytest
from feed_tables import identity_number
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.identity import check_character
from expectations.reasons import REASONS
from pipelines.staging.parsing import parse_identity_numbers
from pipelines.staging.parsing.dates import parse_dates, parse_months
from pipelines.staging.parsing.numbers import parse_integer, parse_money
from pipelines.staging.parsing.text import parse_area_of_county

AS_OF = date(2026, 6, 30)

many = settings(max_examples=150, deadline=None)


def both(parsed):
    """(value, reason) pairs."""
    return [
        (value, None if code == 0 else REASONS[code].value)
        for value, code in zip(parsed.values.to_pylist(), parsed.reasons, strict=True)
    ]


def plain_identity_number(text: str) -> tuple[str | None, str | None]:
    """What feeds.md says of a text cell."""
    text = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if not text:
        return None, "blank"
    if re.fullmatch(r"[0-9](\.[0-9]+)?E\+?[0-9]+", text):
        return None, "unrecoverable"
    if re.fullmatch(r"[0-9]{15}", text):
        text = text[:6] + "19" + text[6:]
        text += check_character(text)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        return None, "malformed"
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None, "bad_date"
    if check_character(text[:17]) != text[17]:
        return None, "bad_check_digit"
    if born > AS_OF:
        return None, "born_after_as_of"
    return (None, "born_before_1900") if born.year < 1900 else (text, None)


numbers = st.builds(identity_number, st.integers(0, 800), st.dates(date(1880, 1, 1), date(2030, 1, 1))) | st.from_regex(
    r"[0-9]{6}(18|19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9X]", fullmatch=True
)
written = st.one_of(
    numbers,
    numbers.map(str.lower),
    numbers.map(lambda n: f" {n[:6]}\u3000{n[6:]} "),
    numbers.map(lambda n: n[:6] + n[8:17]),
    st.text("0123456789Xx０９ E+.", max_size=20),
)


@many
@given(st.lists(written, min_size=1, max_size=20))
def test_identity_numbers_are_judged_as_plain_python_does(texts):
    parsed = parse_identity_numbers(pa.array(texts), None, AS_OF)
    found = list(zip(parsed.values.to_pylist(), parsed.problems.to_pylist(), strict=True))
    assert found == [plain_identity_number(t) for t in texts]


def plain_money(text: str, scale: int, may_be_negative: bool) -> tuple[Decimal | None, str | None]:
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return None, "missing"
    found = re.fullmatch(r"([-+]?)\s*¥?\s*([-+]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)?(?:\.([0-9]*))?\s*(万元|元)?", text)
    if found is None or (found[1] and found[2]) or not (found[3] or found[4]):
        return None, "bad_money"
    value = Decimal(f"{(found[3] or '0').replace(',', '')}.{found[4] or '0'}")
    value *= 10_000 if found[5] == "万元" or (scale != 1 and not found[5]) else 1
    fen = value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    if abs(value - fen) > Decimal("0.000001"):
        return None, "bad_money"
    fen = -fen if "-" in (found[1], found[2]) else fen
    return (None, "negative") if fen < 0 and not may_be_negative else (fen, None)


amounts = st.one_of(
    st.decimals(-99999, 99999, places=2).map(str),
    st.decimals(0, 9_999_999, places=2).map(lambda d: f"{d:,}"),
    st.decimals(0, 999, places=8).map(str),
    st.floats(0, 1e6).map(lambda f: f"{f:.12f}"),
    st.builds(
        lambda d, n: f"{d}.{n}",
        st.integers(0, 99),
        st.from_regex(r"[0-9]{2}(0000|9999|0001|0000[0-9]*)", fullmatch=True),
    ),
    st.decimals(0, 99, places=6).map(lambda d: f"{d}万元"),
    st.text("0123456789.,-+¥￥元万 OlE０", max_size=9),
)


@many
@given(st.lists(amounts, min_size=1, max_size=20), st.sampled_from([1, 10_000]), st.booleans())
def test_amounts_are_judged_as_plain_python_does(texts, scale, may_be_negative):
    parsed = parse_money(pa.array(texts), scale=scale, may_be_negative=may_be_negative)
    assert both(parsed) == [plain_money(t, scale, may_be_negative) for t in texts]


@many
@given(st.lists(st.dates(date(1900, 1, 1), date(2199, 12, 31)), min_size=1, max_size=10))
def test_a_date_is_the_same_in_every_form(days):
    for form in (
        lambda d: d.isoformat(),
        lambda d: f"{d:%Y%m%d}",
        lambda d: f"{d.year}.{d.month}.{d.day}",
        lambda d: f"{d.year}/{d.month}/{d.day}",
        lambda d: f"{d.year}年{d.month}月{d.day}日",
    ):
        assert both(parse_dates(pa.array([form(d) for d in days]))) == [(d, None) for d in days]


@many
@given(st.lists(st.integers(2101, 99_999), min_size=1, max_size=10))
def test_serials_are_days_since_the_end_of_1899(serials):
    expected = [(date(1899, 12, 30) + timedelta(days=s), None) for s in serials]
    assert both(parse_dates(pa.array([str(s) for s in serials]))) == expected


@many
@given(st.lists(st.text("0123456789-./年月日 :T", max_size=12), min_size=1, max_size=20))
def test_what_is_taken_for_a_date_or_month_has_a_year_month_and_day_that_exist(texts):
    for text, (value, reason) in zip(texts, both(parse_dates(pa.array(texts))), strict=True):
        assert (value is None) == (reason is not None), text
    for text, (value, reason) in zip(texts, both(parse_months(pa.array(texts))), strict=True):
        assert (value is None) == (reason is not None), text
        assert value is None or re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", value)


@many
@given(st.lists(st.integers(-50, 50) | st.integers(), min_size=1, max_size=20))
def test_whole_numbers_lie_within_their_bounds_or_say_why_not(values):
    expected = [(v, None) if 1 <= v <= 30 else (None, "negative" if v < 0 else "out_of_range") for v in values]
    assert both(parse_integer(pa.array([str(v) for v in values]), 1, 30)) == expected
    assert both(parse_integer(pa.array([f"{v}.0" for v in values]), 1, 30)) == expected


@pytest.mark.parametrize(("text", "value"), [("0.000001", "0.00"), ("12.340001", "12.34"), ("12.339999", "12.34")])
def test_noise_of_a_millionth_is_rounded_off_and_more_is_not(text, value):
    assert both(parse_money(pa.array([text]), scale=1, may_be_negative=False)) == [(Decimal(value), None)]
    beyond = {"0.000001": "0.0000011", "12.340001": "12.3400011", "12.339999": "12.3399989"}[text]
    assert both(parse_money(pa.array([beyond]), scale=1, may_be_negative=False)) == [(None, "bad_money")]


def test_an_area_of_the_county_stands_at_its_own_level() -> None:
    sent = ["522601", "522601000000", "522601101", "522601101000", "522601101201", "52260110120", "520000", ""]
    parsed = parse_area_of_county(pa.array(sent), "522601")
    staged = ["522601", "522601", "522601101", "522601101", "522601101201", None, None, None]
    assert parsed.values.to_pylist() == staged
    assert [bool(reason) for reason in parsed.reasons] == [value is None for value in staged]
