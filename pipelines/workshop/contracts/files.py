"""The files under docs/contracts: a contract, a package and an example for each feed."""

import csv
import io
import json
from collections.abc import Mapping

import yaml

from expectations.feed import Feed
from expectations.feeds import FEEDS
from pipelines.templates.examples import example_rows
from pipelines.templates.workbook import shown_value
from pipelines.workshop.contracts.odcs import contract
from pipelines.workshop.contracts.package import EXAMPLES, package

_ROWS = 3
_MADE_BY = "# Made by `make docs` from the feed's declaration.\n"


def contract_files() -> Mapping[str, str]:
    """Text of every file by its path under the folder."""
    out: dict[str, str] = {}
    for feed in FEEDS:
        text = yaml.safe_dump(contract(feed), allow_unicode=True, sort_keys=False, width=120)
        out[f"{feed.name}.odcs.yaml"] = _MADE_BY + text
        out[f"{feed.name}.datapackage.json"] = json.dumps(package(feed), ensure_ascii=False, indent=2) + "\n"
        out[f"{EXAMPLES}/{feed.name}.csv"] = example_csv(feed)
    return out


def example_csv(feed: Feed) -> str:
    """Synthetic rows under the declared headings."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([c.title for c in feed.columns])
    for row in example_rows(feed, _ROWS):
        writer.writerow([shown_value(row[c.name]) for c in feed.columns])
    return text.getvalue()
