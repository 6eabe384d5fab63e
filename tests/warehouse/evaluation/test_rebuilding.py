"""What a recipient is given does not give an identity number back, whatever he puts together.

A number comes back from what its digits are told by: nobody needs to try the combinations of columns one by one, for
what a combination tells is what its columns tell together. So each column of each relation is asked which parts of a
number it gives; what all columns give of one person, over all rows that any key joins to him, is their union. Where
the union holds no part but the prefecture, the year and what the sex says, so does every combination.

A column gives a part where it has it oftener in a person's own rows than in another's: whatever the form, and without
having to know what the column is for.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import md5, sha1, sha256
from math import comb
from pathlib import Path

import pyarrow as pa
import pytest
from evaluators import KEYS, Evaluators, behind_the_login, files_of

from warehouse.evaluation.datasets import Dataset
from warehouse.evaluation.giving import PSEUDONYM
from warehouse.evaluation.surrogates import KEYS as OWN_NUMBERS
from warehouse.evaluation.surrogates import LISTED, ROW
from warehouse.evaluation.views import VIEWS
from warehouse.lake import Lake
from warehouse.loading import open_published

FILE, LOGIN = "file", "login"
KEY = KEYS[0]
_MANY = 60
_LEAST = 1e-9
"""How improbable it must be that a column has a part so often by chance; some ten thousand are asked."""

Given = Mapping[str, Dataset]
Rows = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Person:
    """One registered person: the number, and the keys by which a recipient's rows are joined to it."""

    number: str
    keys: frozenset[str]


@cache
def parts(number: str) -> dict[str, tuple[str, ...]]:
    """What is not given of a number, by part in every form that a column could have it in."""
    year, month, day, end = number[6:10], number[10:12], number[12:14], number[14:]
    short = str(int(month)), str(int(day))
    hashed = [digest(text.encode()).hexdigest() for digest in (md5, sha1, sha256) for text in (number, number[6:14])]
    return {
        "the number": (number, number[:17]),
        "a digest without a key": tuple(hashed),
        "county": (f"{number[:6]}*", f"{number[:6]}x", f"{number[:6]}X"),
        "birth date": (
            f"{year}{month}{day}",
            f"{year}-{month}-{day}",
            f"{year}/{month}/{day}",
            f"{year}.{month}.{day}",
            f"{year}年{short[0]}月{short[1]}日",
            f"{year}年{month}月{day}日",
        ),
        "birth month": (f"{year}-{month}", f"{year}{month}", f"{year}年{short[0]}月", f"{year}/{month}"),
        "birth day": (f"{month}{day}", f"-{month}-{day}", f"{short[0]}月{short[1]}日", f"{month}月{day}日"),
        "order of births": (end[:3],),
        "last four digits": (end,),
        "last digits": (f"*{end[-2:]}", f"*{end[-1:]}", f"*{end[-3:]}"),
    }


def people_of(home: Path, given: Given) -> list[Person]:
    """All whose number is in the warehouse, with the keys of their rows, households, certificates and findings."""
    keys: dict[str, set[str]] = defaultdict(set)
    beside: dict[str, set[str]] = defaultdict(set)
    for table in (dataset.table for dataset in given.values()):
        joined = [name for name in table.column_names if name in KEYED]
        for row in table.select(joined).to_pylist() if len(joined) > 1 else ():
            together = {row[name] for name in joined} - {None, ""}
            for key in together:
                beside[key] |= together
    numbers = numbers_of(home)
    for number in numbers:
        near = beside.get(KEY.pseudonym(number), set())
        # a household's number leads to its certificates and findings, and no further: to all of the village else
        keys[number] = near.union(*(beside[key] for key in near if len(beside[key]) < _MANY))
    return [Person(number, frozenset(keys[number])) for number in sorted(numbers) if keys[number]]


def told_by_key(given: Given) -> dict[str, Rows]:
    """By key what stands in the rows that have it, by relation and column; keys themselves tell nothing else."""
    told: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for dataset in given.values():
        joined = [n for n in dataset.table.column_names if n in OWN_NUMBERS or n.endswith(PSEUDONYM)]
        for row in dataset.table.to_pylist() if joined else ():
            for key in {row[name] for name in joined} - {None, ""}:
                for name, value in row.items():
                    if value is not None:
                        told[key][dataset.name, name].append(f"{value}")
    return {key: {column: "\n".join(texts) for column, texts in rows.items()} for key, rows in told.items()}


def parts_given(people: list[Person], told: Mapping[str, Rows]) -> dict[tuple[str, str], set[str]]:
    """By column the parts that it has of its own person oftener than of another's."""
    mine, others = defaultdict(int), defaultdict(int)
    for person, other in zip(people, [*people[len(people) // 2 :], *people[: len(people) // 2]], strict=True):
        rows: dict[tuple[str, str], list[str]] = defaultdict(list)
        for key in person.keys:
            for column, text in told.get(key, {}).items():
                rows[column].append(text)
        for column, texts in rows.items():
            text = "\n".join(texts)
            for part, forms in parts(person.number).items():
                is_mine = any(form in text for form in forms)
                is_others = any(form in text for form in parts(other.number)[part])
                mine[column, part] += is_mine and not is_others
                others[column, part] += is_others and not is_mine
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (column, part), times in mine.items():
        if by_chance(times, times + others[column, part]) < _LEAST:
            found[column].add(part)
    return dict(found)


def by_chance(times: int, of: int) -> float:
    """How likely it is to have so many heads in ``of`` throws, or more."""
    return sum(comb(of, k) for k in range(times, of + 1)) / 2**of


@pytest.fixture(scope="module", params=[FILE, pytest.param(LOGIN, marks=[pytest.mark.slow, pytest.mark.services])])
def given(night_home: Path, request: pytest.FixtureRequest) -> Given:
    if request.param == FILE:
        return files_of(night_home)[0]
    evaluators: Evaluators = request.getfixturevalue("evaluators")
    return behind_the_login(evaluators, KEY.recipient)


def test_all_columns_of_all_relations_together_give_no_part_of_a_number(night_home: Path, given: Given) -> None:
    people, told = people_of(night_home, given), told_by_key(given)
    assert len(people) > 100
    reached = {column for person in people for key in person.keys for column in told.get(key, {})}
    tables = {dataset.name: dataset.table for dataset in given.values() if set(dataset.table.column_names) & KEYED}
    filled = {(t, n) for t, table in tables.items() for n in table.column_names if table[n].null_count < len(table)}
    never = {(t, name) for t, name in filled - reached if not name.endswith("_problem")}  # said where no number is
    assert never == set()  # every column of every relation that a key joins to a person was asked
    assert parts_given(people, told) == {}
    stars = {name for rows in told.values() for text in rows.values() for name in re.findall(r"(\d+)\*{4,}", text)}
    assert stars <= {person.number[:4] for person in people}
    assert not any(re.search(r"\*{4,}[0-9X]", text) for rows in told.values() for text in rows.values())


KEYED = {*OWN_NUMBERS, *(f"{name}{PSEUDONYM}" for name in ("person_id", "head_id"))} - {ROW, LISTED}


def numbers_of(home: Path) -> set[str]:
    """Every identity number that stands behind what is given."""
    with open_published(Lake(home)) as connection:
        raws = {f"SELECT {c.raw} FROM {view.source}" for view in VIEWS for c in view.columns if c.raw}
        return {number for (number,) in connection.execute(" UNION ".join(sorted(raws))).fetchall() if number}


PLANTS = {
    "birth date": lambda n: f"{n[6:10]}-{n[10:12]}-{n[12:14]}",
    "birth day": lambda n: f"出生{int(n[10:12])}月{int(n[12:14])}日",
    "birth month": lambda n: f"{n[6:12]}",
    "last four digits": lambda n: f"尾号{n[14:]}",
    "last digits": lambda n: f"5226************{n[-2:]}",
    "order of births": lambda n: f"第{n[14:17]}号",
    "a digest without a key": lambda n: sha256(n.encode()).hexdigest(),
    "county": lambda n: f"{n[:6]}************",
}


def test_whatever_column_gives_a_part_is_found_wherever_it_stands(night_home: Path) -> None:
    """Each part planted into a relation that nothing but a household's number joins to its person."""
    given = dict(files_of(night_home)[0])
    registered = {row[f"person_id{PSEUDONYM}"] for row in given["people"].table.to_pylist()}
    people = [p for p in people_of(night_home, given) if KEY.pseudonym(p.number) in registered]
    household = {row[f"person_id{PSEUDONYM}"]: row["household_no"] for row in given["people"].table.to_pylist()}
    rows = [(household[KEY.pseudonym(p.number)], p.number) for p in people]
    for part, made in PLANTS.items():
        columns = {"household_no": [no for no, _ in rows], "note": [made(number) for _, number in rows]}
        planted = Dataset("notes", "", (), pa.table(columns))
        found = parts_given(people, told_by_key({"notes": planted}))
        assert part in found["notes", "note"], part
        assert set(found) == {("notes", "note")}
