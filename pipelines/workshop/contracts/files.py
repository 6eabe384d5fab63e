"""The files under docs/contracts: a contract, a package and an example for each feed."""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

import yaml

from expectations.feed import Feed
from expectations.feeds import FEEDS
from pipelines.templates.examples import example_rows
from pipelines.templates.workbook import shown_value
from pipelines.workshop.contracts.odcs import contract
from pipelines.workshop.contracts.package import EXAMPLES, package
from warehouse.lake import write_text

_ROWS = 3


_MADE_BY = "# Made by python -m pipelines.workshop.contracts from the feed's declaration.\n"


def contract_files() -> Mapping[str, str]:
    """Text of every file by its path under the folder."""
    out: dict[str, str] = {}
    for feed in FEEDS:
        text = yaml.safe_dump(contract(feed), allow_unicode=True, sort_keys=False, width=120)
        out[f"{feed.name}.odcs.yaml"] = (
            "# Made by python -m pipelines.workshop.contracts from the feed's declaration.\n" + text
        )
        out[f"{feed.name}.datapackage.json"] = json.dumps(package(feed), ensure_ascii=False, indent=2) + "\n"
        out[f"{EXAMPLES}/{feed.name}.csv"] = example_csv(feed)
    return out


def write_contracts(folder: Path) -> None:
    """Write all files, and remove those of feeds that are no more."""
    wanted = contract_files()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
    for name, text in wanted.items():
        write_text(folder / name, text)


def example_csv(feed: Feed) -> str:
    """Synthetic rows under the declared headings."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([c.title for c in feed.columns])
    for row in example_rows(feed, _ROWS):
        writer.writerow([shown_value(row[c.name]) for c in feed.columns])
    return text.getvalue()
