"""Two recipients who put their files together do not find one household twice; each joins his own tables."""

import re
from itertools import product
from pathlib import Path

import pyarrow as pa
import pytest
from evaluators import KEYS, Evaluators, behind_the_login, files_of

from warehouse.evaluation.datasets import Dataset
from warehouse.evaluation.giving import PSEUDONYM
from warehouse.evaluation.surrogates import NUMBERS, PUBLIC, ROW, SENTENCES, Surrogates, is_own_number
from warehouse.lake import Lake
from warehouse.loading import open_published
from warehouse.tables import TABLES

FILE, LOGIN = "file", "login"


@pytest.fixture(scope="module", params=[FILE, pytest.param(LOGIN, marks=[pytest.mark.slow, pytest.mark.services])])
def files(night_home: Path, request: pytest.FixtureRequest) -> list[dict[str, Dataset]]:
    """What each of two recipients is given: in a file, and behind a login on PostgreSQL."""
    if request.param == FILE:
        return files_of(night_home)
    evaluators: Evaluators = request.getfixturevalue("evaluators")
    return [behind_the_login(evaluators, key.recipient) for key in KEYS]


def texts(file: dict[str, Dataset]) -> dict[tuple[str, str], set[str]]:
    """The values of every text column of a file."""
    return {
        (dataset.name, field.name): set(dataset.table[field.name].drop_null().to_pylist())
        for dataset in file.values()
        for field in dataset.table.schema
        if pa.types.is_string(field.type)
    }


def own(column: tuple[str, str]) -> bool:
    return is_own_number(column[1]) or column[1].endswith(PSEUDONYM)


def test_no_pair_of_columns_of_two_files_shares_a_number(files: list[dict[str, Dataset]]) -> None:
    one, other = map(texts, files)
    numbers = [column for column in one if own(column) and one[column]]
    assert len(numbers) > 25
    for column, by in product(numbers, other):
        assert one[column] & other[by] == set(), (column, by)


def test_what_else_two_files_share_is_public_masked_or_a_sentence(files: list[dict[str, Dataset]]) -> None:
    one, other = map(texts, files)
    masked = {"name", "head_name", "helper_name", "person_id", "head_id", "birth_date", "born_on", "student_no"}
    undecided = {
        column
        for column, values in one.items()
        if not own(column) and column[1] not in PUBLIC | set(SENTENCES) | masked and values & other[column]
    }
    coded = {(d.name, f.name) for d in files[0].values() for f in d.fields if f.codes}
    assert undecided - coded == set()
    assert [column for column, values in one.items() if values == {"***"}] == []


def test_the_order_of_rows_joins_nothing(files: list[dict[str, Dataset]]) -> None:
    measures = ["village_code", "persons", "income_previous", "income_current"]
    one, other = (file["household_card"].table.select(measures).to_pylist() for file in files)
    assert sorted(map(str, one)) == sorted(map(str, other))
    assert one != other


def test_no_departments_number_stands_in_any_text(files: list[dict[str, Dataset]], night_home: Path) -> None:
    with open_published(Lake(night_home)) as connection:
        numbers = {
            number
            for table in TABLES
            for column in table.c
            if column.name in NUMBERS
            for (number,) in connection.execute(f"SELECT DISTINCT {column.name} FROM {table.fullname}").fetchall()
        } - {None}
    assert len(numbers) > 100
    found = {
        (column, word)
        for column, values in texts(files[0]).items()
        for value in values
        for word in re.findall(r"[A-Za-z0-9_/-]+", value)
        if word in numbers
    }
    assert found == set()


def test_one_recipients_tables_join_by_his_numbers(files: list[dict[str, Dataset]]) -> None:
    values = texts(files[0])
    households = values["household_card", "household_no"]
    assert values["people", "household_no"] <= households
    assert values["findings", "household_no"] & households
    assert values["finding_events", "finding_id"] >= values["findings", "finding_id"] != set()
    certificates = values["certificates", "certificate_no"]
    listed = {no for text in values["household_card", "certificates"] for no in re.findall(r"([0-9a-f]{32})（", text)}
    assert listed
    assert listed <= certificates
    rows = {row for text in values["findings", "evidence"] for row in re.findall(r'"row":"([0-9a-f]{32})"', text)}
    assert rows & values["household_card", ROW]


def test_a_number_too_short_to_be_told_from_a_count_takes_the_sentence_with_it() -> None:
    surrogates = Surrogates(KEYS[0], {"5": "household", "H0001": "household"})
    assert surrogates.sentence("户编号5，家庭3人", ["5"]) == "***"
    assert surrogates.sentence("家庭15人", ["5"]) == "家庭15人"
    told = surrogates.sentence("户编号H0001，家庭3人", ["H0001"])
    assert re.fullmatch(r"户编号[0-9a-f]{32}，家庭3人", told)
    assert surrogates.sentence("另见H0001。", []) == f"另见{surrogates.of('household', 'H0001')}。"


@pytest.mark.slow
@pytest.mark.services
def test_a_login_reads_what_its_recipients_file_says(night_home: Path, evaluators: Evaluators) -> None:
    for key, file in zip(KEYS, files_of(night_home), strict=True):
        login = texts(behind_the_login(evaluators, key.recipient))
        in_file = {column: values for column, values in texts(file).items() if column[0] != "data_dictionary"}
        assert {column for column, values in in_file.items() if login[column] != values} == set()
        left_out = {column for column in login if column[0] not in {"deliveries", "data_dictionary"}} - in_file.keys()
        assert left_out == set()
