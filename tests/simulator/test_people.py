"""Identity numbers of made-up people."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from expectations.calendar import add_months, is_month_end
from expectations.identity import check_character
from pipelines.simulator.people import check_characters, identity_numbers, make_people
from pipelines.simulator.timeline import as_of_dates, earliest_reaching


@given(st.lists(st.integers(10**16, 10**17 - 1), min_size=1, max_size=50))
def test_check_characters_are_those_of_the_standard(numbers):
    expected = [check_character(str(n)) for n in numbers]
    assert check_characters(np.array(numbers)).to_pylist() == expected


def test_numbers_tell_birth_and_sex_and_are_distinct_even_on_a_crowded_day():
    rng = np.random.Generator(np.random.PCG64(1))
    count = 6000
    birth = np.full(count, np.datetime64("2012-02-29"), dtype="datetime64[D]")
    sex = rng.integers(0, 2, count)
    numbers = identity_numbers(rng, "522601", birth, sex).to_pylist()
    assert len(set(numbers)) == count
    assert {n[6:14] for n in numbers} == {"20120229"}
    assert [int(n[16]) % 2 == 1 for n in numbers] == (sex == 0).tolist()
    assert all(n[17] == check_character(n[:17]) for n in numbers)


def test_names_are_plain_or_have_one_dot():
    rng = np.random.Generator(np.random.PCG64(1))
    count = 500
    minority = np.arange(count) % 10 == 0
    birth = np.full(count, np.datetime64("1980-01-01"), dtype="datetime64[D]")
    people = make_people(rng, "522601", birth, np.zeros(count, dtype=np.int64), np.zeros(count, np.int64), minority)
    assert [name.count("·") for name in people.name.to_pylist()] == minority.astype(int).tolist()


days = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@given(days, st.integers(1, 24))
def test_the_last_day_of_a_term_is_found_exactly(day, months):
    start = earliest_reaching(day, months)
    assert add_months(start, months) >= day
    assert add_months(start - timedelta(days=1), months) < day


@given(days, st.integers(1, 30))
def test_as_of_dates_are_one_a_month_and_keep_to_month_ends(last, months):
    found = as_of_dates(last, months)
    assert found[-1] == last
    assert len({(d.year, d.month) for d in found}) == months
    assert list(found) == sorted(found)
    if is_month_end(last):
        assert all(is_month_end(d) for d in found)
