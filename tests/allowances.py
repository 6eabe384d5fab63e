"""A county's policy that names a document for each feed that needs one."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml
from feed_tables import COUNTY

from expectations.feeds import CORE_FEEDS, FEEDS

DOCUMENT: Final = "府办函〔2026〕1号"


def basis(since: str = "2000-01-01") -> list[dict[str, Any]]:
    """The entries of ``leads.basis``."""
    named = {feed.name: DOCUMENT for feed in FEEDS if feed.asks_for_basis}
    return [{"from": since, "value": named, "source": "a test"}]


def allow_all(_feed: str, _on: date | None) -> bool:
    """What a policy that names every feed answers."""
    return True


def allow_every_feed(folder: Path, since: str = "2000-01-01", expected: Sequence[str] = ()) -> Path:
    """A policy folder that says nothing else, or a county's file in it that says this too.

    ``expected``: feeds that it is to receive beside the nine.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (path,) = [*folder.glob("*.yaml")] or [folder / f"{COUNTY}.yaml"]
    policy = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {"county": COUNTY, "parameters": {}}
    policy["parameters"]["leads.basis"] = basis(since)
    if expected:
        owed = [*(feed.name for feed in CORE_FEEDS), *expected]
        policy["parameters"]["feeds.expected"] = [{"from": "2000-01-01", "value": owed, "source": "a test"}]
    path.write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")
    return folder
