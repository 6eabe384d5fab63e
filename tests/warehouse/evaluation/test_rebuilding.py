"""What a recipient is given does not give an identity number back: the attack that county, birth and end made easy."""

import re
from collections import defaultdict
from pathlib import Path

import pyarrow.parquet as pq

from warehouse.evaluation.datasets import PSEUDONYM, read_datasets
from warehouse.evaluation.pseudonyms import RecipientKey
from warehouse.lake import Lake
from warehouse.loading import open_published

KEY = RecipientKey("test", "test-1", b"a key of this test alone")
_AREA, _PREFECTURE = 6, 4


def numbers_of(home: Path) -> set[str]:
    """Every valid number that the register of a home holds."""
    found: set[str] = set()
    for path in (home / "lake" / "staged" / "register_members").rglob("*.parquet"):
        found |= set(pq.read_table(path, columns=["person_id"])["person_id"].drop_null().to_pylist())
    return found


def given(home: Path) -> dict[str, str]:
    """By pseudonym all that stands in rows with it, of every view, except the pseudonyms."""
    told: dict[str, list[str]] = defaultdict(list)
    with open_published(Lake(home)) as connection:
        for dataset in read_datasets(connection, KEY):
            table = dataset.table
            keys = [name for name in table.column_names if name.endswith(PSEUDONYM)]
            for row in table.to_pylist() if keys else ():
                text = " ".join(f"{value}" for name, value in row.items() if name not in keys and value is not None)
                for key in keys:
                    if row[key] is not None:
                        told[row[key]].append(text)
    return {pseudonym: "\n".join(texts) for pseudonym, texts in told.items()}


def test_no_part_of_a_number_beyond_the_prefecture_is_given_with_its_pseudonym(night_home: Path) -> None:
    told = given(night_home)
    asked = 0
    for number in sorted(numbers_of(night_home)):
        text = told.get(KEY.pseudonym(number), "")
        asked += bool(text)
        born = number[6:14]
        for part in (
            number[:_AREA] + "*",
            number,
            born,
            f"{born[:4]}-{born[4:6]}-{born[6:]}",
            f"{born[:4]}年{born[4:6]}月",
        ):
            assert part not in text
        # the end of a number behind stars, however many of them
        assert not re.search(r"\*+[0-9]*" + re.escape(number[-2:]) + r"\b", text)
        assert set(re.findall(r"(\d+)\*{4,}", text)) <= {number[:_PREFECTURE]}
    assert asked > 100
