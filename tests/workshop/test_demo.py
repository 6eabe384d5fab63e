"""The demo's own few lines; the nights themselves are run by `make demo`."""

from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.house.language import Language, spoken_in
from pipelines.simulator.inbox_months import months_of
from pipelines.workshop.demo import demo


def test_files_are_grouped_by_the_as_of_date_in_their_names_parts_included(tmp_path: Path) -> None:
    names = ("students_522601_20260531.csv", "students_522601_20260430_1of2.csv", "students_522601_20260430_2of2.csv")
    for name in names:
        (tmp_path / name).touch()
    months = months_of(tmp_path)
    assert list(months) == [date(2026, 4, 30), date(2026, 5, 31)]
    assert [path.name for path in months[date(2026, 4, 30)]] == list(names[1:])


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.EN, "holds something that is no demo; nothing was touched"),
        (Language.ZH, "里有不是演示的内容，没有改动"),
    ],
)
def test_a_folder_that_is_no_demo_is_left_alone(tmp_path: Path, language: Language, said: str) -> None:
    (tmp_path / "books.sqlite").touch()
    with spoken_in(language), pytest.raises(SystemExit, match=said):
        demo(tmp_path, 60, Console())
    assert (tmp_path / "books.sqlite").exists()
