"""Must show 5: each row of evidence, looked up in the department's own file, says what was quoted from it."""

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import call
from night.counties import COUNTY, Home, copy_home
from night.originals import cells_of, find_cell, says
from oracle.evaluate import PLANTED

from expectations.feed import Personal
from expectations.feeds import FEEDS_BY_NAME
from expectations.rules import RULES
from warehouse.lake import sha256_file

PURPOSE = "核对原件"
HIDDEN = "***"


@pytest.fixture(scope="module", params=["three_nights", "dirty_night"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy, for reads in clear are written down in the books."""
    return copy_home(request.getfixturevalue(request.param), tmp_path_factory.mktemp("evidence") / "home")


@pytest.fixture(scope="module")
def chosen(home: Home) -> dict[str, str]:
    """One finding of each rule: the one with the most evidence."""
    found: dict[str, tuple[int, str]] = {}
    for row in home.dataset("findings", home.runs()[-1].id):
        rich = (len(json.loads(row["evidence"])), row["finding_id"])
        found[row["rule"]] = max(rich, found.get(row["rule"], rich))
    return {rule: finding for rule, (_, finding) in found.items()}


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.code in PLANTED], ids=lambda rule: rule.code)
def test_the_named_file_says_at_the_named_row_what_is_quoted(
    rule: Any, home: Home, chosen: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if rule.code not in chosen:
        pytest.skip(f"the simulated county breaks {rule.code} nowhere")
    done = call(
        "explain", chosen[rule.code], "--unmask", "--purpose", PURPOSE, "--json",
        home=home, capsys=capsys, monkeypatch=monkeypatch,
    )  # fmt: skip
    assert done.status == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["rows"] or told["searched"] or told["policy"]
    compared = 0
    for row in told["rows"]:
        kept, feed = home.path / row["kept"], FEEDS_BY_NAME[row["feed"]]
        assert sha256_file(kept) == sha256_file(archived(home, row["file"]))
        cells = cells_of(kept, row["file"], row["sheet"])
        for value in row["values"]:
            column = feed.by_name.get(value["column"])
            if column is not None and column.personal is Personal.OTHER:
                assert value["value"] in (None, HIDDEN)  # nobody has a purpose to read these
            elif column is not None and value["value"] is not None:
                cell = find_cell(cells, row["row"], column)
                assert says(cell, column, value["value"]), (row["file"], row["row"], column.name)
                compared += 1
    assert compared or not told["rows"]
    for searched in told["searched"]:
        assert searched["how"]
        assert all(archived(home, name).exists() for name in searched["files"])
    if rule.needs and not rule.over_what_is_there:
        named = {FEEDS_BY_NAME[e["feed"]].sender for e in [*told["rows"], *told["searched"]]}
        sends_nothing = rule.owner not in {feed.sender for feed in FEEDS_BY_NAME.values()}
        assert rule.owner is None or sends_nothing or rule.owner in named


def archived(home: Home, name: str) -> Path:
    """The file where it lies after it was taken in."""
    return home.path / "archive" / COUNTY / name
