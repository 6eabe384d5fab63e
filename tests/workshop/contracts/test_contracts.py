"""The contracts in docs/contracts are those of the declarations, and their own tools accept them."""

import csv
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from feed_tables import COUNTY

from expectations.feeds import FEEDS
from pipelines.workshop.contracts import contract_files

FOLDER = Path(__file__).parents[3] / "docs" / "contracts"
EVERY_FEED = pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.name)


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


LINT = """
import sys
from datacontract.data_contract import DataContract
for path in sys.argv[1:]:
    run = DataContract(data_contract_file=path).lint()
    if not run.has_passed():
        sys.exit(f"{path}: {run.pretty()}")
"""
VALIDATE = """
import sys
from frictionless import validate
for path in sys.argv[1:]:
    report = validate(path, type="package")
    if not report.valid:
        sys.exit(f"{path}: {report.flatten(['type', 'note'])}")
"""


def asked(program: str, command: Path, paths: list[str]) -> subprocess.CompletedProcess[str]:
    """What a tool says of files, in one process of its own environment: each would take seconds to start."""
    return subprocess.run(
        [command.with_name("python"), "-W", "ignore", "-c", program, *paths],
        cwd=FOLDER,
        capture_output=True,
        text=True,
    )


@pytest.mark.services
def test_datacontract_cli_accepts_every_contract_and_refuses_a_broken_one(
    tool: Callable[[str], Path], tmp_path: Path
) -> None:
    command = tool("datacontract")
    done = asked(LINT, command, [f"{feed.name}.odcs.yaml" for feed in FEEDS])
    assert done.returncode == 0, done.stdout + done.stderr
    broken = tmp_path / "broken.odcs.yaml"
    broken.write_text(
        (FOLDER / "students.odcs.yaml").read_text("utf-8").replace("logicalType: string", "logicalType: x")
    )
    assert "broken" in asked(LINT, command, [str(broken)]).stderr


@pytest.mark.services
def test_frictionless_accepts_every_package_and_its_example(tool: Callable[[str], Path], tmp_path: Path) -> None:
    command = tool("frictionless")
    done = asked(VALIDATE, command, [f"{feed.name}.datapackage.json" for feed in FEEDS])
    assert done.returncode == 0, done.stdout + done.stderr
    copy = shutil.copytree(FOLDER, tmp_path / "contracts")
    broken = copy / "examples" / "students.csv"
    broken.write_text(broken.read_text("utf-8").replace("在读", "不在"), encoding="utf-8")
    assert "constraint-error" in asked(VALIDATE, command, [str(copy / "students.datapackage.json")]).stderr
