"""What was refused, as a person finds it in the department's file."""

import io
from pathlib import Path

import pytest
from homes import AS_OF, REFUSED_ROW, REFUSED_VALUE_ROW, REJECTED, rows_of, settings_of
from rich.console import Console

from expectations.errors import UnknownError
from pipelines.reading_out import list_refused
from pipelines.reading_out.refused import WantedRefused
from pipelines.reading_out.refused_files import give_out_refused
from pipelines.staging import Reason
from warehouse.books.deliveries import list_deliveries


def test_a_refused_row_and_a_refused_value_are_named_with_file_row_and_column(night_home: Path) -> None:
    accepted = [row for row in list_refused(settings_of(night_home)) if row["status"] == "accepted"]
    assert [(r["feed"], r["row"], r["scope"], r["heading"], r["value"], r["reason_text"]) for r in accepted] == [
        ("register_members", REFUSED_VALUE_ROW, "value", "健康状况", "看不懂", Reason.UNKNOWN_CODE.label),
        ("register_households", REFUSED_ROW, "row", "行政区划代码", "看不懂", Reason.BAD_AREA.label),
    ]
    assert accepted[1]["file"] == f"register_households_522601_{AS_OF:%Y%m%d}.csv"


def test_a_rejected_deliverys_rows_are_listed_too(night_home: Path) -> None:
    settings = settings_of(night_home)
    (rejected,) = [d for d in list_deliveries(settings.home.books) if d.status == "rejected"]
    refused = list_refused(settings, WantedRefused(rejected.id))
    (file,) = rejected.files
    rows = len(rows_of(settings.home.lake.original(file.sha256))) - 1
    assert file.name == REJECTED
    assert [row["row"] for row in refused] == list(range(2, rows + 2))
    assert {row["reason"] for row in refused} == {Reason.UNKNOWN_CODE.value}
    assert [row["row"] for row in list_refused(settings, WantedRefused(rejected.id, row=7))] == [7]


def test_an_unknown_delivery_is_no_empty_list(night_home: Path) -> None:
    with pytest.raises(UnknownError, match="nothing_here"):
        list_refused(settings_of(night_home), WantedRefused("nothing_here"))


def test_a_long_list_shows_its_beginning_and_says_how_long_it_is(night_home: Path) -> None:
    problem = list_refused(settings_of(night_home))[0]
    console = Console(file=io.StringIO(), highlight=False, soft_wrap=True)
    give_out_refused([problem] * 201, "table", None, console, bom=False)
    assert isinstance(console.file, io.StringIO)
    printed = console.file.getvalue()
    assert printed.count(Reason(problem["reason"]).label) == 200
    assert "共 201 条" in printed
