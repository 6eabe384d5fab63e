"""What a changed rule book, a changed policy and a withdrawn delivery take away, and whose clocks they stop."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import homes
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from builders import COUNTY, member, open_household, world
from ledgers import rewrite_ledger
from sqlalchemy import insert, select, update
from worlds_on_disk import policy_of, stage

from expectations.rules import RULES_BY_CODE
from expectations.rules.needs import HO
from pipelines.house.settings import Settings
from pipelines.night import flow, replaying, rule_book
from pipelines.night.flow import run_night
from pipelines.night.replaying import Job, ToReplay, evaluated, jobs_of
from pipelines.night.rule_book import book_digest, judged_by
from pipelines.reading_out.explaining import explain_finding
from pipelines.reading_out.life import show_life
from pipelines.reconciling.county import Asked
from pipelines.recording.events import append_events
from pipelines.recording.verify import verify_ledger
from warehouse.books.deliveries import Event, list_deliveries
from warehouse.books.journal import note_run
from warehouse.books.runs import Run, newest_recorded, rule_runs_of
from warehouse.books.schema import finding_events, findings, rule_runs
from warehouse.books.standing import append_event
from warehouse.lake import Lake

CHANGED, KEPT, PRICED = "CV07", "CV05", "CV08"
LATER = homes.AS_OF + timedelta(days=1)


@pytest.fixture
def settings(night_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of the home after one night, with the key of its own that its findings have."""
    monkeypatch.delenv("LIANGXIAN_FINDING_KEY", raising=False)
    return homes.settings_of(homes.copy_home(night_home, tmp_path / "home"))


def last_run(settings: Settings) -> Run:
    with settings.home.books.connect() as connection:
        run = newest_recorded(connection, COUNTY)
    assert run is not None
    return run


def also_found(settings: Settings, rule: str, evidence: str | None = None) -> str:
    """Let the last night have found one thing more of a rule, as a broader rule would have; its id."""
    run = last_run(settings)
    path = settings.home.lake.ledger(run.id)
    ledger = pq.read_table(path)
    row = next(row for row in ledger.to_pylist() if row["rule"] == rule)
    made = row | {"finding_id": f"{rule.lower()}{'0' * 20}", "subject_key": "没有这一户", "household_no": None}
    made |= {"evidence": evidence} if evidence else {}
    with settings.home.books.begin() as connection:
        stands = select(findings).where(findings.c.finding_id == row["finding_id"])
        book = dict(connection.execute(stands).one()._mapping) | {"finding_id": made["finding_id"]}
        connection.execute(insert(findings), book)
        event = select(finding_events).where(finding_events.c.finding_id == row["finding_id"])
        told = [dict(one._mapping) for one in connection.execute(event.order_by(finding_events.c.seq))]
        append_events(connection, COUNTY, [one | {"finding_id": made["finding_id"]} for one in told])
        connection.execute(
            update(rule_runs)
            .where(rule_runs.c.run == run.id, rule_runs.c.rule == rule)
            .values(findings=rule_runs.c.findings + 1)
        )
    rewrite_ledger(settings, run.id, pa.concat_tables([ledger, pa.Table.from_pylist([made], schema=ledger.schema)]))
    return str(made["finding_id"])


def of_an_earlier_book(settings: Settings, mine: set[str], rule: str) -> None:
    """Let the last night have found these by a rule that the rule book has no more."""
    run = last_run(settings).id
    path = settings.home.lake.ledger(run)
    rows = [row | ({"rule": rule} if row["finding_id"] in mine else {}) for row in pq.read_table(path).to_pylist()]
    rewrite_ledger(settings, run, pa.Table.from_pylist(rows, schema=pq.read_schema(path)))
    with settings.home.books.begin() as connection:
        for finding in mine:
            connection.execute(update(findings).where(findings.c.finding_id == finding).values(rule=rule))


def standing(settings: Settings) -> dict[str, dict[str, Any]]:
    query = select(findings).where(findings.c.county == COUNTY)
    with settings.home.books.connect() as connection:
        return {row.finding_id: dict(row._mapping) for row in connection.execute(query)}


def events_of(settings: Settings, run: str) -> list[dict[str, Any]]:
    query = select(finding_events).where(finding_events.c.run == run).order_by(finding_events.c.seq)
    with settings.home.books.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def with_another_book(settings: Settings, rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the last run have judged by another rule book, and tonight's be of a later version."""
    for module in ("flow", "replaying"):
        monkeypatch.setattr(f"pipelines.night.{module}.code_version", lambda: "later")
    with settings.home.books.begin() as connection:
        last = last_run(settings).id
        connection.execute(
            update(rule_runs).where(rule_runs.c.run == last, rule_runs.c.rule == rule).values(book="0" * 64)
        )
        note_run(connection, last)


def with_policy(settings: Settings, key: str, value: Any, since: str = "2020-01-01") -> Settings:
    """The county with another policy value."""
    (path,) = (settings.home.folder / "policy").iterdir()
    policy = yaml.safe_load(path.read_text(encoding="utf-8"))
    policy["parameters"][key] = [{"from": since, "value": value, "source": "县里调整"}]
    path.write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")
    return homes.settings_of(settings.home.folder)


def withdraw(settings: Settings, feed: str) -> str:
    """Take the feed's delivery in force out of force; its id."""
    there = [d for d in list_deliveries(settings.home.books) if d.feed == feed and d.status == Event.ACCEPTED]
    append_event(settings.home.books, there[-1], Event.WITHDRAWN, datetime(2026, 7, 1, 8, tzinfo=UTC), ["报错了"])
    return there[-1].id


def test_a_night_tells_what_changed_rules_and_values_took_away_from_what_the_data_did(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = standing(settings)
    by_book, by_data = also_found(settings, CHANGED), also_found(settings, KEPT)
    with_another_book(settings, CHANGED, monkeypatch)
    priced = {f for f, row in before.items() if row["rule"] == PRICED}
    assert priced
    settings = with_policy(settings, "housing.pay_within_months", 600)
    with monkeypatch.context() as patch:  # killed behind the replay: nothing of it was kept

        def killed(*_given: object, **_named: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(flow, "record_night", killed)
        with pytest.raises(KeyboardInterrupt):
            run_night(settings, LATER)
    (summary,) = run_night(settings, LATER).summaries
    after = standing(settings)
    gone = {f: row for f, row in after.items() if row["state"] == "数据已消除"}
    because = {f: row["cleared_because"] for f, row in gone.items()}
    assert because == {by_book: "规则口径变更", by_data: None} | dict.fromkeys(priced, "政策调整")
    assert {f for f, row in gone.items() if row["cleared_by"]} == {by_data}
    assert summary["findings"]["cleared"] == 1
    assert summary["dropped"] == {"规则口径变更": 1, "政策调整": len(priced)}
    whys = {e["finding_id"]: (e["why"].partition("：")[0], e["delivery"]) for e in events_of(settings, summary["run"])}
    assert (whys[by_book], whys[by_data][0]) == (("规则口径变更", None), "最新数据中已不存在")
    assert {whys[finding] for finding in priced} == {("政策调整", None)}
    assert verify_ledger(settings.home.books, COUNTY).is_whole

    monkeypatch.setattr("pipelines.night.replaying.evaluate", lambda *_: pytest.fail("replayed what had not changed"))
    settings = replace(settings, now=lambda: homes.NIGHT + timedelta(days=1))
    (again,) = run_night(settings, LATER + timedelta(days=1)).summaries
    assert (again["findings"]["cleared"], again["dropped"]) == (0, {})


def test_what_a_rule_found_that_was_taken_out_of_the_book_goes_with_it(settings: Settings) -> None:
    before = standing(settings)
    shown, older = also_found(settings, CHANGED), also_found(settings, KEPT)
    mine = {shown, older}
    of_an_earlier_book(settings, mine, "ZZ90")
    with settings.home.books.begin() as connection:  # its rule was not evaluated in the last night
        connection.execute(update(findings).where(findings.c.finding_id == older).values(last_run="earlier"))
    assert show_life(settings, older)["rule_name"] == "ZZ90"
    assert explain_finding(settings, older)["sentence"] == ""
    (summary,) = run_night(settings, LATER).summaries
    after = standing(settings)
    gone = {f: (row["cleared_because"], row["cleared_by"]) for f, row in after.items() if row["state"] == "数据已消除"}
    assert gone == dict.fromkeys(mine, ("规则口径变更", None))
    assert (summary["findings"]["cleared"], summary["dropped"]) == (0, {"规则口径变更": len(mine)})
    assert {f: row["state"] for f, row in after.items() if f not in mine} == {f: r["state"] for f, r in before.items()}
    assert verify_ledger(settings.home.books, COUNTY).is_whole


def test_of_an_earlier_release_everything_counts_as_changed_once_and_nothing_goes(settings: Settings) -> None:
    before = {f: row["state"] for f, row in standing(settings).items()}
    lost = also_found(settings, KEPT)
    with settings.home.books.begin() as connection:
        connection.execute(update(rule_runs).values(book=None, policy=None))
    (summary,) = run_night(settings, LATER).summaries
    assert {f: row["state"] for f, row in standing(settings).items() if f != lost} == before
    assert (summary["findings"]["cleared"], summary["dropped"]) == (0, {"规则口径变更": 1})
    assert all(row["book"] and row["policy"] for row in rule_runs_of(settings.home.books, summary["run"]))


def test_a_withdrawn_delivery_takes_its_findings_away_and_stops_the_clocks_of_what_needs_it(settings: Settings) -> None:
    taken_back = withdraw(settings, HO)
    other = next(
        row["rule"]
        for row in standing(settings).values()
        if HO not in RULES_BY_CODE[row["rule"]].needs and not row["period"]
    )
    lost = also_found(settings, other, json.dumps([{"feed": HO, "delivery": taken_back}]))
    before = standing(settings)
    (summary,) = run_night(settings, LATER).summaries
    gone = standing(settings)[lost]
    assert (gone["state"], gone["cleared_because"], gone["cleared_by"]) == ("数据已消除", "数据撤回", None)
    needing = {rule.code for rule in RULES_BY_CODE.values() if HO in rule.needs and not rule.over_what_is_there}
    silent = {row["rule"] for row in summary["rules"] if row["status"] == "not_evaluated"} & needing
    assert "CV05" in silent
    assert (summary["findings"]["cleared"], summary["dropped"]) == (0, {"数据撤回": 1})
    stopped = {f: row for f, row in standing(settings).items() if row["days_left"] is not None}
    assert {row["rule"] for row in stopped.values()} == {row["rule"] for row in before.values()} & silent
    assert {(row["state"], row["due_on"]) for row in stopped.values()} == {("已派发", None)}
    assert all(before[f]["state"] == "已派发" for f in stopped)
    path = settings.home.lake.ledger(summary["run"])
    ledger = {row["finding_id"]: row for row in pq.read_table(path).to_pylist()}
    assert {ledger[f]["days_left"] for f in stopped} == {row["days_left"] for row in stopped.values()}

    there = next(d for d in list_deliveries(settings.home.books) if d.status == Event.WITHDRAWN)
    append_event(settings.home.books, there, Event.RESTORED, datetime(2026, 7, 2, tzinfo=UTC), ["没有错"])
    run_night(settings, LATER)
    for finding, row in standing(settings).items():
        if finding in stopped:
            assert (row["due_on"], row["days_left"]) == (before[finding]["due_on"], None)
    assert verify_ledger(settings.home.books, COUNTY).is_whole


OLD, NEW = date(2026, 6, 30), date(2026, 7, 31)
RUN = Run("run", COUNTY, OLD, {}, [], "code", False, datetime(2026, 7, 1, tzinfo=UTC))


def to_replay(county: str, home: Path, *, standards: list[tuple[date, int]], then: int = 500) -> tuple[ToReplay, Asked]:
    """A county's night a month later, and what was asked before, when the standard was ``then``.

    Somebody has 5000 yuan a year at both.
    """
    days, policies = (OLD, NEW), ([(date(2000, 1, 1), then)], standards)
    old, new = (
        replace(
            world(d, register_households=[open_household("H1", income_current=5000)], register_members=[member()]),
            county=county,
            policy={"low_income_standard.rural": values},
        )
        for d, values in zip(days, policies, strict=True)
    )
    was, now = (Asked(stage(one, Lake(home / county / f"{one.d}")), policy_of(one)) for one in (old, new))
    rows = was.policy.in_force(was.days.dates)
    run = replace(RUN, county=county, policy=rows)
    return ToReplay(now, {rule.code: judged_by(rule, now.days, "book") for rule in RULES_BY_CODE.values()}, run), was


def replayed(settings: Settings, jobs: list[Job], county: str) -> list[tuple[str, list[str]]]:
    """By reason: the subjects that the replays found."""
    found = evaluated(settings, jobs)[county]
    return [(one.because.value, one.found["subject_key"].to_pylist() if one.found is not None else []) for one in found]


TL02 = RULES_BY_CODE["TL02"]


@pytest.mark.parametrize(
    ("standards", "still"),
    [
        ([(date(2000, 1, 1), 400)], []),  # set anew, for then as well
        ([(date(2000, 1, 1), 500), (date(2026, 7, 1), 400)], []),  # in force since, read at the day of the new books
        ([(date(2000, 1, 1), 500), (date(2026, 7, 1), 450)], ["H1"]),
        ([(date(2000, 1, 1), 500), (date(2026, 8, 1), 400)], ["H1"]),
    ],
)
def test_the_values_that_rules_read_tonight_are_laid_over_the_old_deliveries(
    standards: list[tuple[date, int]], still: list[str], tmp_path: Path
) -> None:
    night, was = to_replay(COUNTY, tmp_path, standards=standards)
    changed = judged_by(TL02, was.days, "book") != night.judged["TL02"]
    assert changed == (standards[-1][1] != 500 and standards[-1][0] <= NEW)
    jobs = jobs_of(night, was.conformed, [], [TL02])
    assert replayed(homes.settings_of(tmp_path / "home"), jobs, COUNTY) == [("政策调整", still)]


def test_where_both_changed_the_rule_book_is_replayed_by_the_values_that_it_had_read(tmp_path: Path) -> None:
    night, was = to_replay(COUNTY, tmp_path, standards=[(date(2000, 1, 1), 400)])
    jobs = jobs_of(night, was.conformed, [TL02], [TL02])
    assert replayed(homes.settings_of(tmp_path / "home"), jobs, COUNTY) == [("规则口径变更", ["H1"]), ("政策调整", [])]


def test_counties_with_the_same_changes_are_replayed_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together: list[list[str]] = []
    engine = replaying.evaluate

    def noted(choice: Any, lake: Any, asked: Any, *given: Any) -> Any:
        together.append([one.county for one in asked])
        return engine(choice, lake, asked, *given)

    monkeypatch.setattr(replaying, "evaluate", noted)
    jobs = []
    for county, standard in ((COUNTY, 400), ("522634", 450)):
        night, was = to_replay(county, tmp_path, standards=[(date(2000, 1, 1), standard)])
        jobs += jobs_of(night, was.conformed, [], [TL02])
    found = evaluated(homes.settings_of(tmp_path / "home"), jobs)
    assert together == [[COUNTY, "522634"]]
    subjects = {c: one.found["subject_key"].to_pylist() for c, (one,) in found.items() if one.found is not None}
    assert subjects == {COUNTY: [], "522634": ["H1"]}


def test_a_digest_of_a_rule_book_follows_what_the_rule_rests_on(monkeypatch: pytest.MonkeyPatch) -> None:
    module = TL02.finds.__module__
    rule_book.book_digest.cache_clear()
    others = ("expectations.rules.duplicates", "expectations.rules.exits")
    before = {name: book_digest(name) for name in (module, *others)}
    assert len(set(before.values())) == len(before)
    here = rule_book._closure(module)
    assert any(path.parts[-2:] == ("terms", "assistance.py") for path in here)
    other = rule_book._content

    def changed(path: Path) -> bytes:
        return b"changed" if path.name == f"{module.rpartition('.')[2]}.py" else other(path)

    monkeypatch.setattr(rule_book, "_content", changed)
    rule_book.book_digest.cache_clear()
    after = {name: book_digest(name) for name in before}
    assert {name for name in before if before[name] != after[name]} == {module}
    rule_book.book_digest.cache_clear()
