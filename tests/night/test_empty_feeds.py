"""A delivery with nothing but its header, released: a night goes through, and every rule says what became of it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from actors import TESTER
from homes import rows_of

from expectations.feeds import CORE_FEEDS
from expectations.rules import RULES
from expectations.status import RuleStatus
from pipelines.desk.releasing import release
from pipelines.house.settings import open_settings
from pipelines.night.flow import run_night
from pipelines.night.intake import ingest
from pipelines.simulator import simulate
from pipelines.workshop.demo import summaries_of

D = date(2026, 6, 30)
MORNING = datetime(2026, 7, 1, 2, tzinfo=UTC)
EMPTY_IN = {str(code): feed.name for code, feed in enumerate(CORE_FEEDS, start=522622)}
"""Counties that are evaluated in one night, each with another feed that is empty."""

ALL_EMPTY = "522601"
"""A county that sent nine headers and no row."""


def behead(path: Path) -> None:
    """Leave the header alone."""
    header, _, _ = path.read_text(encoding="utf-8-sig").partition("\n")
    path.write_text(header + "\n", encoding="utf-8-sig")
    assert len(rows_of(path)) == 1


def night_of(home: Path, empty_in: Mapping[str, str]) -> list[dict[str, Any]]:
    """Summaries of the night in which everything empty was released: these counties, and one where all is empty."""
    simulate(county=ALL_EMPTY, as_of=D, households=12, seed=1, out=home / "inbox", policy=home / "policy")
    for path in (home / "inbox").iterdir():
        behead(path)
    for county, feed in empty_in.items():
        simulate(county=county, as_of=D, households=12, seed=1, out=home / "inbox", policy=home / "policy")
        behead(home / "inbox" / f"{feed}_{county}_{D:%Y%m%d}.csv")
    settings = open_settings(home, inbox=None, policy=None, actor=TESTER, now=lambda: MORNING)
    held = [d for d in ingest(settings, D).deliveries if d.status == "held"]
    for delivery in held:
        release(settings, delivery.id, "确实没有")
    assert {(d.county, d.feed) for d in held} >= set(empty_in.items())
    run_night(settings, D)
    return summaries_of(home)


@pytest.mark.slow
def test_every_rule_says_its_status_whichever_feed_is_empty(tmp_path: Path) -> None:
    summaries = night_of(tmp_path / "home", EMPTY_IN)
    assert {summary["county"] for summary in summaries} == {*EMPTY_IN, ALL_EMPTY}
    for summary in summaries:
        assert [rule["rule"] for rule in summary["rules"]] == [rule.code for rule in RULES], summary["county"]
        assert all(rule["status"] in list(RuleStatus) for rule in summary["rules"])
        assert all(rule["reason"] for rule in summary["rules"] if RuleStatus(rule["status"]).is_gap), summary["county"]
        assert summary["warehouse"]["published"], summary["county"]
        assert (tmp_path / "home" / "runs" / summary["run"] / "summary.html").stat().st_size
