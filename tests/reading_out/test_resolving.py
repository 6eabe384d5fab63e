"""The data team finds what a recipient asks about: by his numbers, for a purpose, and the log has it."""

import json
import sys
from io import StringIO
from pathlib import Path

import pytest
from command_line import call
from homes import copy_home, read_of
from night.counties import Home

from warehouse.evaluation.datasets import read_datasets
from warehouse.evaluation.pseudonyms import recipient_key
from warehouse.lake import Lake
from warehouse.loading import open_published

WHOSE = ("resolve", "--recipient", "university", "--purpose", "核对县里的疑问", "--json")


def test_every_kind_of_number_leads_back_and_the_log_says_who_asked(
    night_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(copy_home(night_home, tmp_path / "home"))
    lake = Lake(home.path)
    monkeypatch.setattr(sys, "stdin", StringIO("8f\n"))
    assert call(*WHOSE, home=home, capsys=capsys, monkeypatch=monkeypatch).status == 2  # of no recipient
    old = recipient_key(lake, "university")
    key = recipient_key(lake, "university", renew=True)
    wanted = {}
    with open_published(lake) as connection:
        given = {dataset.name: dataset.table.to_pylist() for dataset in read_datasets(connection, key)}
        asked = "SELECT household_no, person_id, member_no FROM warehouse.fact_registered_person"
        household, person, member = connection.execute(f"{asked} WHERE length(person_id) = 18 LIMIT 1").fetchone() or ()
    wanted[key.surrogate("household", household)] = ("household", household)
    wanted[old.surrogate("member", member)] = ("member", member)  # of a file under the key before
    wanted[key.pseudonym(person)] = ("person", person)
    row = given["household_card"][0]
    wanted[row["source_row"]] = ("row", f"{row['source_delivery']} {row['source_file']}")
    (finding, *_) = given["findings"]
    listed = tmp_path / "编号.txt"
    listed.write_text("\n".join([*wanted, finding["finding_id"], "0" * 32]), encoding="utf-8")
    found = call(*WHOSE, "--list", str(listed), home=home, capsys=capsys, monkeypatch=monkeypatch)
    told = {one["given"]: (one["kind"], one["value"]) for one in json.loads(found.stdout)}
    assert told.keys() == {*wanted, finding["finding_id"]}
    for number, (kind, value) in wanted.items():
        assert told[number][0] == kind
        assert told[number][1].startswith(value)
    assert [line for line in read_of(home.path) if line.startswith("resolve ") and "university" in line]
