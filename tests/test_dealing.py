"""Long tests are begun first, by different workers, and nothing is lost on the way."""

from dealing import dealt, parts_of
from hypothesis import given
from hypothesis import strategies as st

LONG = (567.0, 349.0, 194.0, 178.0, 146.0)


def begun_by(workers: int, tests: list[int]) -> list[list[int]]:
    """The part of each worker, as xdist cuts the list."""
    parts, done = [], 0
    for size in parts_of(len(tests), workers):
        parts.append(tests[done : done + size])
        done += size
    return parts


def test_each_worker_begins_with_long_tests_of_its_own() -> None:
    groups = [(seconds, [place]) for place, seconds in enumerate(LONG)]
    parts = begun_by(3, dealt(3, groups, range(100, 130)))
    assert [part[:2] for part in parts] == [[0, 100], [1, 4], [2, 3]]
    assert [len(part) for part in parts] == [11, 12, 12]


def test_a_module_stays_together_and_the_rest_keeps_its_order() -> None:
    (one, two) = begun_by(2, dealt(2, [(20.0, [1, 2, 3]), (40.0, [7])], range(10, 16)))
    assert (one, two) == ([7, 10, 11, 12, 13], [1, 2, 3, 14, 15])


@given(
    workers=st.integers(1, 5),
    groups=st.lists(st.tuples(st.floats(0, 600), st.integers(1, 6)), max_size=8),
    rest=st.integers(0, 30),
)
def test_every_test_is_dealt_once(workers: int, groups: list[tuple[float, int]], rest: int) -> None:
    numbers = iter(range(1000))
    given_groups = [(seconds, [next(numbers) for _ in range(size)]) for seconds, size in groups]
    left = [next(numbers) for _ in range(rest)]
    order = dealt(workers, given_groups, left)
    assert sorted(order) == list(range(next(numbers)))
    assert sum(parts_of(len(order), workers)) == len(order)
