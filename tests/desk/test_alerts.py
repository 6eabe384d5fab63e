"""The digest: each thing that somebody should hear of, once, without personal data; and what the county is told."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import call
from homes import AS_OF, COUNTY, NIGHT, copy_home, rows_of, settings_of
from night.counties import Home
from sqlalchemy import func, select, update

from expectations.feeds import CORE_FEEDS, FEEDS, FEEDS_BY_NAME
from expectations.finding import State
from expectations.status import RuleStatus
from pipelines.desk.alerts import Digest, Kind, digest, due_days, render_html, render_text
from pipelines.desk.escalating import describe, escalate
from pipelines.house.settings import Settings
from pipelines.night import flow
from pipelines.night.flow import run_night
from pipelines.night.intake import ingest
from warehouse.books.schema import findings, rule_runs

NEEDED = {feed.name for feed in CORE_FEEDS}
"""Feeds that are expected each month."""

LATE = date(2026, 8, 11)
"""A month and ten days after the only data: the expected day of August has passed."""


@pytest.fixture
def settings(night_home: Path, tmp_path: Path) -> Settings:
    """A home after its night, to write in."""
    return settings_of(copy_home(night_home, tmp_path / "home"))


def with_policy(settings: Settings, key: str, value: Any) -> Settings:
    """The home opened again after its county said so."""
    (path,) = (settings.home.folder / "policy").iterdir()
    policy = yaml.safe_load(path.read_text(encoding="utf-8"))
    policy["parameters"][key] = [{"from": "2026-01-01", "value": value, "source": "县里约定"}]
    path.write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")
    return settings_of(settings.home.folder)


def of_kind(found: Digest, kind: Kind) -> list[dict[str, Any]]:
    return [dict(alert.facts) for alert in found.alerts if alert.kind == kind]


def test_a_night_that_went_well_has_nothing_to_tell(settings: Settings) -> None:
    # the night's one rejected delivery was followed by a good one of a later date
    found = digest(settings, AS_OF)
    assert found.alerts == ()
    assert "没有需要处理的事项" in render_text(found)


@pytest.mark.parametrize(
    ("as_of", "day", "expected"),
    [
        (date(2026, 6, 11), 10, (date(2026, 6, 10), date(2026, 5, 10))),
        (date(2026, 6, 10), 10, (date(2026, 5, 10), date(2026, 4, 10))),
        (date(2026, 3, 15), 31, (date(2026, 2, 28), date(2026, 1, 31))),
        (date(2026, 1, 5), 10, (date(2025, 12, 10), date(2025, 11, 10))),
    ],
)
def test_a_feed_is_expected_by_a_day_of_each_month(as_of: date, day: int, expected: tuple[date, date]) -> None:
    assert due_days(as_of, day) == expected


def test_a_feed_is_late_by_its_own_calendar(settings: Settings) -> None:
    in_july = date(2026, 7, 15)  # data of the end of June are what July expects
    assert of_kind(digest(settings, in_july), Kind.LATE) == []
    late = of_kind(digest(settings, LATE), Kind.LATE)
    assert {row["feed"] for row in late} == NEEDED
    assert {(row["due"], row["newest"]) for row in late} == {("2026-08-10", AS_OF.isoformat())}

    later = of_kind(digest(with_policy(settings, "expected_day.students", 25), LATE), Kind.LATE)
    assert {row["feed"] for row in later} == NEEDED - {"students"}


def test_a_feed_is_late_where_the_county_is_to_receive_it(settings: Settings) -> None:
    expected = ["students", "village_rosters"]
    late = of_kind(digest(with_policy(settings, "feeds.expected", expected), LATE), Kind.LATE)
    assert {row["feed"]: row["newest"] for row in late} == {"students": AS_OF.isoformat(), "village_rosters": None}


def test_nobody_is_told_of_a_rejected_delivery_that_nobody_waits_for(settings: Settings) -> None:
    settings.inbox.mkdir(exist_ok=True)
    for county in (COUNTY, "520102"):
        path = settings.inbox / f"village_rosters_{county}_{AS_OF:%Y%m%d}.csv"
        path.write_text("姓名,证件号码\n张三,1\n", encoding="utf-8")
    taken = ingest(settings, AS_OF)
    assert [(d.status, taken.refused) for d in taken.deliveries] == [("rejected", False)] * 2
    assert of_kind(digest(settings, AS_OF), Kind.REJECTED) == []
    expected = [feed.name for feed in FEEDS if feed.name != "survey_results"]
    told = of_kind(digest(with_policy(settings, "feeds.expected", expected), AS_OF), Kind.REJECTED)
    assert [row["delivery"] for row in told] == [d.id for d in taken.deliveries if d.county == COUNTY]


def test_a_county_that_has_a_policy_and_never_sent_anything_is_late(settings: Settings) -> None:
    (path,) = (settings.home.folder / "policy").iterdir()
    other = path.read_text(encoding="utf-8").replace(COUNTY, "520102")
    (path.parent / "other.yaml").write_text(other, encoding="utf-8")
    found = digest(settings_of(settings.home.folder), AS_OF)
    assert {alert.county for alert in found.alerts} == {"520102"}
    assert {row["newest"] for row in of_kind(found, Kind.LATE)} == {None}


def test_a_rejected_delivery_is_told_until_a_good_one_comes(settings: Settings) -> None:
    good = next(settings.home.folder.rglob(f"archive/**/students_{COUNTY}_{AS_OF:%Y%m%d}.csv"))
    target = settings.inbox / good.name
    settings.inbox.mkdir(exist_ok=True)
    target.write_text("姓名,证件号码\n张三,1\n", encoding="utf-8")
    (settings.inbox / "zhangsan.csv").write_text("x\n", encoding="utf-8")
    bad = ingest(settings, AS_OF)
    assert [d.status for d in bad.deliveries] == ["rejected", "rejected"]

    told = of_kind(digest(settings, AS_OF), Kind.REJECTED)
    students = next(d for d in bad.deliveries if d.feed == "students")
    assert {row["delivery"] for row in told} == {students.id} | {
        d.sha256[:12] for d in bad.deliveries if d.feed not in FEEDS_BY_NAME
    }
    text = render_text(digest(settings, AS_OF))
    assert "zhangsan" not in text
    assert students.id in text

    target.write_text(good.read_text(encoding="utf-8").replace("\n", ",\n"), encoding="utf-8")
    (taken,) = ingest(settings, AS_OF).deliveries
    assert taken.status == "accepted", taken.reason
    later = digest(settings, AS_OF + timedelta(days=20))
    assert of_kind(later, Kind.REJECTED) == []


def test_a_held_delivery_is_told_every_day_until_something_newer_counts(settings: Settings) -> None:
    good = next(settings.home.folder.rglob(f"archive/**/students_{COUNTY}_{AS_OF:%Y%m%d}.csv"))
    text = good.read_text(encoding="utf-8")
    settings.inbox.mkdir(exist_ok=True)
    (settings.inbox / good.name).write_text(text.splitlines()[0] + "\n", encoding="utf-8")
    (held,) = ingest(settings, AS_OF).deliveries
    assert held.status == "held"
    for days in (0, 1, 20):
        (told,) = of_kind(digest(settings, AS_OF + timedelta(days=days)), Kind.HELD)
        assert (told["delivery"], told["feed"]) == (held.id, "students")
    assert held.reason[0] in render_text(digest(settings, AS_OF))
    assert of_kind(digest(settings, AS_OF - timedelta(days=1)), Kind.HELD) == []
    (settings.inbox / good.name).write_text(text.replace("\n", ",\n"), encoding="utf-8")
    assert [d.status for d in ingest(settings, AS_OF).deliveries] == ["accepted"]
    assert of_kind(digest(settings, AS_OF), Kind.HELD) == []


def test_a_delivery_of_a_day_that_has_not_come_is_told_until_a_good_one_comes(settings: Settings) -> None:
    good = next(settings.home.folder.rglob(f"archive/**/students_{COUNTY}_{AS_OF:%Y%m%d}.csv"))
    settings.inbox.mkdir(exist_ok=True)
    (settings.inbox / f"students_{COUNTY}_20270630.csv").write_bytes(good.read_bytes())
    (late,) = ingest(settings, AS_OF).deliveries
    assert [told["delivery"] for told in of_kind(digest(settings, AS_OF), Kind.REJECTED)] == [late.id]
    text = good.read_text(encoding="utf-8").replace("\n", ",\n")
    (settings.inbox / good.name).write_text(text, encoding="utf-8")
    ingest(settings, AS_OF)
    assert of_kind(digest(settings, AS_OF), Kind.REJECTED) == []


THEN = NIGHT.replace(month=10, day=15)
"""When the deliveries of June are stale."""


def test_rules_that_could_not_be_judged_are_told_by_reason(settings: Settings) -> None:
    stale = date(2026, 10, 15)
    run_night(replace(settings, now=lambda: THEN), stale)
    found = digest(settings, stale)
    rows = of_kind(found, Kind.NOT_EVALUATED)
    assert len({row["reason"] for row in rows}) == len(rows) > 1
    rules = [rule for row in rows for rule in row["rules"]]
    assert "TL02" in rules
    assert len(set(rules)) == len(rules)
    assert of_kind(found, Kind.RUN) == []


@pytest.mark.parametrize("status", [RuleStatus.WAITING, RuleStatus.NOT_APPLICABLE])
def test_a_rule_that_waits_or_does_not_apply_alerts_nobody(settings: Settings, status: RuleStatus) -> None:
    stale = date(2026, 10, 15)
    (summary,) = run_night(replace(settings, now=lambda: THEN), stale).summaries
    with settings.home.books.begin() as connection:
        connection.execute(update(rule_runs).where(rule_runs.c.rule == "TL02").values(status=status.value))
    told = {rule for row in of_kind(digest(settings, stale), Kind.NOT_EVALUATED) for rule in row["rules"]}
    assert told == {r["rule"] for r in summary["rules"] if r["status"] == "not_evaluated"} - {"TL02"}


def test_a_night_that_was_not_run_and_a_run_that_hangs_are_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomorrow = AS_OF + timedelta(days=1)
    (missed,) = of_kind(digest(settings, tomorrow), Kind.RUN)
    assert missed == {"as_of": tomorrow.isoformat(), "newest": AS_OF.isoformat()}

    def killed(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(flow, "publish", killed)
    with pytest.raises(KeyboardInterrupt):
        run_night(settings, tomorrow)
    assert of_kind(digest(settings, tomorrow), Kind.RUN) == []
    in_the_morning = replace(settings, now=lambda: NIGHT + timedelta(hours=5))
    (hangs,) = of_kind(digest(in_the_morning, tomorrow), Kind.RUN)
    assert hangs["recorded"] is True
    assert hangs["run"].startswith(f"{tomorrow:%Y%m%d}_{COUNTY}")
    assert of_kind(digest(in_the_morning, tomorrow, patience=timedelta(hours=6)), Kind.RUN) == []


def test_overdue_findings_are_told_and_escalated_as_the_books_stand(settings: Settings) -> None:
    books = settings.home.books
    with books.connect() as connection:
        sent = connection.execute(
            select(func.count()).select_from(findings).where(findings.c.state == State.DISPATCHED)
        ).scalar_one()
        first = connection.execute(select(findings.c.due_on).order_by(findings.c.due_on).limit(1)).scalar_one()
    assert of_kind(digest(settings, first), Kind.OVERDUE) == []
    rows = of_kind(digest(settings, LATE), Kind.OVERDUE)
    assert sum(row["findings"] for row in rows) == sent > 50

    (told,) = escalate(settings, LATE)
    assert told.findings == sent
    assert told.page is not None
    page = (settings.home.folder / told.page).read_bytes()
    assert f"{sent}条超过时限未办结".encode() in page
    assert escalate(settings, LATE) == [told]
    assert (settings.home.folder / told.page).read_bytes() == page

    called = with_policy(settings, "departments.register", ["农业农村局", "农业局"])
    (again,) = escalate(called, LATE)
    assert "农业农村局".encode() in (settings.home.folder / told.page).read_bytes()
    texts = [render_text(digest(called, LATE)), " ".join(describe([again], settings.home.lake))]
    assert ["农业农村局" in text and "乡村振兴局" not in text for text in texts] == [True, True]
    settings = with_policy(called, "departments.register", ["乡村振兴局"])

    with books.begin() as connection:
        one = connection.execute(select(findings.c.finding_id).limit(1)).scalar_one()
        connection.execute(update(findings).where(findings.c.finding_id == one).values(state=State.REFUTED.value))
    assert escalate(settings, LATE)[0].findings == sent - 1


def test_the_digest_holds_no_personal_data_and_changes_with_what_it_says(settings: Settings) -> None:
    found = digest(settings, LATE)
    text = render_text(found) + render_html(found) + json.dumps(found.as_dict(), ensure_ascii=False)
    for path in (settings.home.folder / "archive").rglob("*.csv"):
        feed = next(name for name in FEEDS_BY_NAME if path.name.startswith(f"{name}_{COUNTY}"))
        rows = rows_of(path)
        titles = {c.title for c in FEEDS_BY_NAME[feed].columns if c.personal}
        personal = [n for n, heading in enumerate(rows[0]) if heading in titles]
        for row in rows[1:]:
            assert not [row[n] for n in personal if len(row[n]) > 1 and row[n] in text]
    assert digest(settings, LATE).digest == found.digest
    assert digest(settings, AS_OF).digest != found.digest


def test_the_commands_print_it(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def say(*arguments: str) -> Any:
        return call(*arguments, home=Home(settings.home.folder), capsys=capsys, monkeypatch=monkeypatch)

    said = say("alerts", "--as-of", LATE.isoformat(), "--html", str(tmp_path / "digest.html"))
    assert said.status == 3
    assert "【Late feeds】" in said.stdout
    assert "逾期未报的数据" in (tmp_path / "digest.html").read_text(encoding="utf-8")
    assert json.loads(say("alerts", "--as-of", LATE.isoformat(), "--json").stdout)["alerts"]
    assert say("alerts", "--as-of", AS_OF.isoformat(), "--patience", "1e6").status == 0
    (row,) = json.loads(say("escalate", "--as-of", LATE.isoformat(), "--json").stdout)
    assert row["findings"] > 0
    assert "督办单" in say("escalate", "--as-of", LATE.isoformat()).stdout
