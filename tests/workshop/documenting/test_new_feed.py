"""A new feed by the recipe of docs/index.md: one file, and a night without it, with it, and with it stale."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from workshop.documenting.copied_tree import CopiedTree, recipe

NAME = "training"
DECLARATION = f"expectations/feeds/{NAME}.py"
RENDERED = {
    f"docs/feeds/{NAME}.md",
    f"docs/contracts/{NAME}.odcs.yaml",
    f"docs/contracts/{NAME}.datapackage.json",
    f"docs/contracts/examples/{NAME}.csv",
    "docs/departments.md",
    "docs/dictionary.md",
    "docs/warehouse.md",
}
JUDGES = (
    "tests/expectations/test_every_feed.py",
    "tests/expectations/test_feeds.py",
    "tests/templates",
    "tests/checking/test_check.py",
    "tests/staging/test_rejections.py",
    "tests/workshop/documenting/test_pages.py",
)
NIGHTS = """
import json
import sys
from datetime import date, timedelta
from pathlib import Path

import homes
import yaml
from feed_tables import file_name, rows_of, text_table, write_csv
from homes import AS_OF, COUNTY, settings_of

from expectations.feeds import FEEDS_BY_NAME
from pipelines.commands.nights import is_incomplete
from pipelines.desk.alerts import digest
from pipelines.night.flow import run_night
from pipelines.reading_out.doctor import examine
from pipelines.simulator import simulate
from warehouse.evaluation.querying import published_query

home, feed = Path(sys.argv[1]), FEEDS_BY_NAME["training"]
homes.NIGHT += timedelta(days=60)  # no day of these nights is one to come
simulate(county=COUNTY, as_of=AS_OF, households=60, seed=1, out=home / "inbox", policy=home / "policy")

def send(as_of, rows):
    write_csv(home / "inbox" / file_name(feed, as_of=as_of), rows)

def night(as_of):
    settings = settings_of(home)
    (summary,) = run_night(settings, as_of).summaries
    page = (home / "runs" / summary["run"] / "summary.html").read_text(encoding="utf-8")
    with published_query(settings.home.lake) as query:
        (held,) = query("SELECT count(*) AS rows, count(DISTINCT person_id) AS people FROM warehouse.fact_training")
    told = {key: summary[key] for key in ("expected", "deliveries", "in_force", "rules", "open")}
    return told | {"status": 3 if is_incomplete(summary) else 0, "held": held, "page": page}

without = night(AS_OF)
send(AS_OF - timedelta(days=60), text_table(feed, rows_of(feed, 12)))
with_it = night(AS_OF)
send(AS_OF, [["培训年月"], ["2026-06"]])
stale = night(AS_OF + timedelta(days=40))

(path,) = (home / "policy").iterdir()
policy = yaml.safe_load(path.read_text(encoding="utf-8"))
owed = {"from": "2026-01-01", "value": [*without["expected"], feed.name], "source": "县里约定"}
policy["parameters"]["feeds.expected"] = [owed]
path.write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")
settings, later = settings_of(home), AS_OF + timedelta(days=40)
alerts = [(a.kind, a.facts["feed"]) for a in digest(settings, later).alerts if a.facts.get("feed") == feed.name]
checks = [check.what for check in examine(home, None, {}, settings.now()) if check.what.startswith(feed.name)]
print(json.dumps([without, with_it, stale, alerts, checks], ensure_ascii=False, default=str))
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> CopiedTree:
    return CopiedTree.make(tmp_path_factory.mktemp("copied"))


def judged(tree: CopiedTree) -> dict[str, bool]:
    """Tests about the feed and whether they hold."""
    done = tree.python("-m", "pytest", "-n", "0", "-rA", "-p", "no:cacheprovider", "-k", NAME, *JUDGES)
    told = re.findall(r"^(PASSED|FAILED) \S+::(test_\w+)\[", done.stdout, re.MULTILINE)
    assert told, done.stdout + done.stderr
    return {test: said == "PASSED" for said, test in sorted(told, reverse=True)}


@pytest.mark.slow
def test_a_feed_by_the_recipe_is_one_file(tree: CopiedTree, tmp_path: Path) -> None:
    tree.write(recipe("A new feed"))
    assert tree.touched() == {DECLARATION}
    assert tree.python("-m", "pipelines.workshop.documenting", "docs").returncode == 0
    assert tree.touched() == {DECLARATION, *RENDERED}
    held = judged(tree)
    assert len(held) > 10
    assert [test for test, holds in held.items() if not holds] == []
    linted = tree.python("-m", "ruff", "check", "-q", DECLARATION)
    assert linted.returncode == 0, linted.stdout
    assert tree.python("-m", "ruff", "format", "--check", "-q", DECLARATION).returncode == 0

    done = tree.python("-c", NIGHTS, str(tmp_path / "home"))
    assert done.returncode == 0, done.stderr
    without, with_it, stale, alerts, checks = json.loads(done.stdout)
    nobody_misses_it(without)
    it_is_there(with_it, without)
    it_has_gone_stale(stale)
    assert {kind for kind, _ in alerts} == {"late", "rejected"}
    assert checks == [f"{NAME} of 522601"]


def named(night: dict[str, Any]) -> dict[str, Any]:
    """What the summary says of the feed's deliveries, by their status."""
    return {d["status"]: d for d in night["deliveries"] if d["feed"] == NAME}


def nobody_misses_it(night: dict[str, Any]) -> None:
    assert (night["status"], named(night), night["held"]["rows"]) == (0, {}, 0)
    assert [row["feed"] for row in night["in_force"]] == night["expected"]
    assert "数据 9/9 类在用" in night["page"]
    assert "劳动技能培训" not in night["page"]


def it_is_there(night: dict[str, Any], without: dict[str, Any]) -> None:
    assert night["status"] == 0
    assert named(night)["accepted"]["staged"] == 12
    assert [row["feed"] for row in night["in_force"]] == [*night["expected"], NAME]
    assert night["held"] == {"rows": 12, "people": 12}
    assert "数据 9/9 类在用" in night["page"]
    assert "劳动技能培训" in night["page"]
    told = [[(row["rule"], row["status"], row["findings"]) for row in one["rules"]] for one in (night, without)]
    assert told[0] == told[1]


def it_has_gone_stale(night: dict[str, Any]) -> None:
    """A hundred days old, and its next delivery rejected: told, and no gap of a county that is not owed it."""
    assert (night["status"], set(named(night))) == (0, {"rejected"})
    assert [row["feed"] for row in night["in_force"]] == night["expected"]
    assert "数据 9/9 类在用" in night["page"]
    assert "劳动技能培训" in night["page"][night["page"].index('id="rejected"') :]
