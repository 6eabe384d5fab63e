"""Rosters and survey results are taken in like any feed, and nobody misses them where there are none."""

import csv
from datetime import date
from pathlib import Path

import pytest
from feed_tables import rows_of, text_table
from homes import COUNTY, copy_home, settings_of

from expectations.feeds import CORE_FEEDS, FEEDS_BY_NAME
from expectations.rules import RULES
from pipelines.night.flow import run_night
from warehouse.loading import open_published

LATER = date(2026, 7, 1)
OF_EVALUATION = tuple(FEEDS_BY_NAME[name] for name in ("village_rosters", "survey_results"))


def test_no_rule_needs_a_feed_of_the_evaluation() -> None:
    names = {feed.name for feed in OF_EVALUATION}
    assert names.isdisjoint(feed for rule in RULES for feed in rule.needs)
    assert names.isdisjoint(feed.name for feed in CORE_FEEDS)


@pytest.mark.slow
def test_a_night_takes_them_in_and_says_so_only_when_they_are_there(night_home: Path, tmp_path: Path) -> None:
    home = copy_home(night_home, tmp_path / "home")
    settings = settings_of(home)
    (before,) = run_night(settings, LATER).summaries
    assert [row["feed"] for row in before["in_force"]] == [feed.name for feed in CORE_FEEDS]
    for feed in OF_EVALUATION:
        with (home / "inbox" / f"{feed.name}_{COUNTY}_{LATER:%Y%m%d}.csv").open("w", newline="") as stream:
            csv.writer(stream).writerows(text_table(feed, rows_of(feed, 12)))
    (after,) = run_night(settings, LATER).summaries
    assert {d["status"] for d in after["deliveries"]} == {"accepted"}
    assert [row["feed"] for row in after["in_force"]] == [feed.name for feed in (*CORE_FEEDS, *OF_EVALUATION)]
    told = ("rule", "status", "findings")
    assert [[r[k] for k in told] for r in after["rules"]] == [[r[k] for k in told] for r in before["rules"]]
    with open_published(settings.home.lake) as connection:
        for table in ("fact_roster_household", "fact_survey_result"):
            assert connection.execute(f"SELECT count(*) FROM warehouse.{table}").fetchone() == (12,)
