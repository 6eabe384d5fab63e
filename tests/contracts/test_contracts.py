"""The contracts in docs/contracts are those of the declarations, and their own tools accept them."""

import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from feed_tables import COUNTY

from expectations.feeds import ALL_FEEDS
from pipelines.contracts import contract_files, write_contracts
from pipelines.contracts.__main__ import FOLDER

EVERY_FEED = pytest.mark.parametrize("feed", ALL_FEEDS, ids=lambda f: f.name)


def test_the_files_in_docs_are_current() -> None:
    there = {p.relative_to(FOLDER).as_posix(): p.read_text("utf-8") for p in FOLDER.rglob("*") if p.is_file()}
    assert there == dict(contract_files()), "run python -m pipelines.contracts"


def test_writing_again_changes_nothing_and_takes_away_what_is_no_more(tmp_path: Path) -> None:
    (tmp_path / "vehicles.odcs.yaml").write_text("old")
    write_contracts(tmp_path)
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()} == set(contract_files())


@EVERY_FEED
def test_a_contract_has_every_column_with_its_heading_key_and_mark(feed) -> None:  # type: ignore[no-untyped-def]
    contract = yaml.safe_load(contract_files()[f"{feed.name}.odcs.yaml"])
    assert contract["apiVersion"] == "v3.1.0"
    (table,) = contract["schema"]
    found = {p["name"]: p for p in table["properties"]}
    assert list(found) == [c.name for c in feed.columns]
    for column in feed.columns:
        assert found[column.name]["businessName"] == column.title
        assert ("classification" in found[column.name]) == (column.personal is not None)
    key = sorted((p["primaryKeyPosition"], p["name"]) for p in found.values() if p.get("primaryKey"))
    assert tuple(name for _, name in key) == feed.key


@EVERY_FEED
def test_the_example_beside_a_package_has_its_fields_and_nobody_alive(feed) -> None:  # type: ignore[no-untyped-def]
    descriptor = json.loads(contract_files()[f"{feed.name}.datapackage.json"])
    (resource,) = descriptor["resources"]
    with (FOLDER / resource["path"]).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == [f["name"] for f in resource["schema"]["fields"]]
    for name in feed.identity_columns:
        assert {row[feed[name].title][:14] for row in rows} == {f"{COUNTY}19000101"}
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


@pytest.mark.services
def test_datacontract_cli_accepts_every_contract(tool: Callable[[str], Path]) -> None:
    command = tool("datacontract")
    for feed in ALL_FEEDS:
        path = FOLDER / f"{feed.name}.odcs.yaml"
        done = subprocess.run([command, "lint", str(path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.services
def test_frictionless_accepts_every_package_and_its_example(tool: Callable[[str], Path], tmp_path: Path) -> None:
    command = tool("frictionless")
    for feed in ALL_FEEDS:
        path = f"{feed.name}.datapackage.json"
        done = subprocess.run([command, "validate", path], cwd=FOLDER, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:]
    write_contracts(tmp_path)
    broken = tmp_path / "examples" / "students.csv"
    broken.write_text(broken.read_text("utf-8").replace("在读", "不在"), encoding="utf-8")
    done = subprocess.run([command, "validate", "students.datapackage.json"], cwd=tmp_path, capture_output=True)
    assert done.returncode != 0
