"""Content is staged again with other words for labels: as a correction, and as often as somebody asks."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from actors import TESTER
from feed_tables import COUNTY, file_name, rows_of, text_table, write_csv
from typer.testing import CliRunner

from expectations.errors import RequestError
from expectations.feeds import FEEDS_BY_NAME
from pipelines.cli import app
from pipelines.desk import restaging
from pipelines.desk.releasing import release, restore
from pipelines.desk.restaging import restage
from pipelines.desk.withdrawing import withdraw
from pipelines.house.settings import Settings, open_settings
from pipelines.night.intake import ingest
from warehouse.books.deliveries import Delivery, list_deliveries

FEED = FEEDS_BY_NAME["register_members"]
NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)


def words(folder: Path, **given: str) -> Path:
    """The county's policy, with its words for 与户主关系 (from 2026 on; none: without any)."""
    folder.mkdir(exist_ok=True)
    entries = "".join(f"{word}: {label}, " for word, label in given.items())
    key = f'  labels.relation:\n    - {{from: 2026-01-01, value: {{{entries}}}, source: "县"}}\n' if given else " {}\n"
    (folder / f"{COUNTY}.yaml").write_text(f'county: "{COUNTY}"\nparameters:\n{key}', encoding="utf-8")
    return folder


def opened(tmp_path: Path, **given: str) -> Settings:
    folder = words(tmp_path / "policy", **given)
    return open_settings(tmp_path / "home", inbox=None, policy=folder, actor=TESTER, now=lambda: NOW)


def send(settings: Settings, relations: list[str]) -> Delivery:
    settings.inbox.mkdir(parents=True, exist_ok=True)
    table = text_table(FEED, rows_of(FEED, len(relations)))
    for row, relation in zip(table[1:], relations, strict=True):
        row[table[0].index("与户主关系")] = relation
    write_csv(settings.inbox / file_name(FEED), table)
    intake = ingest(settings, NOW.date())
    (delivery,) = (*intake.deliveries, *intake.known)
    return delivery


def staged_rows(settings: Settings, delivery: Delivery) -> int:
    return pq.read_metadata(settings.home.lake.staged(delivery.feed, delivery.county, delivery.id)).num_rows


def statuses(settings: Settings) -> list[tuple[str, str]]:
    """In the order in which they came."""
    found = sorted(list_deliveries(settings.home.books), key=lambda d: d.number)
    return [(d.id, d.status) for d in found]


def test_todays_words_are_a_correction_and_those_of_before_come_back(tmp_path: Path) -> None:
    settings = opened(tmp_path)
    first = send(settings, ["户主"] * 39 + ["邻居"])
    assert first.accounting is not None
    assert (first.accounting.staged, first.accounting.quarantined) == (39, 1)
    before = {path: path.read_bytes() for path in settings.home.lake.home.rglob("*") if first.id in path.name}
    assert restage(settings, first.id) == first

    settings = opened(tmp_path, 邻居="其他")
    second = restage(settings, first.id)
    assert second.accounting is not None
    assert (second.accounting.staged, second.accounting.quarantined) == (40, 0)
    assert (second.status, second.reason, second.sha256) == ("accepted", (TESTER.who,), first.sha256)
    assert statuses(settings) == [(first.id, "superseded"), (second.id, "accepted")]
    assert {path: path.read_bytes() for path in before} == before
    # whichever of them is named, what is in force has today's words
    assert restage(settings, first.id).last_event == restage(settings, second.id).last_event == second.last_event
    assert send(settings, ["户主"] * 39 + ["邻居"]).id == second.id

    settings = opened(tmp_path)
    assert restage(settings, second.id).id == first.id
    assert statuses(settings) == [(first.id, "accepted"), (second.id, "superseded")]
    withdraw(settings, first.id, "发错了", "earlier")
    with pytest.raises(RequestError, match="was withdrawn"):
        restage(settings, first.id)
    restore(settings, second.id)
    with pytest.raises(RequestError, match="was withdrawn"):
        restage(settings, second.id)


def test_words_that_were_taken_away_may_reject_it_and_what_is_in_force_stays(tmp_path: Path) -> None:
    settings = opened(tmp_path, 邻居="其他")
    first = send(settings, ["户主"] * 5 + ["邻居"] * 5)
    assert first.status == "accepted"
    settings = opened(tmp_path)
    second = restage(settings, first.id)
    assert second.status == "rejected"
    assert "有5行“邻居”不在代码表内" in " ".join(second.reason)
    assert "labels.relation" in " ".join(second.reason)
    assert statuses(settings) == [(first.id, "accepted"), (second.id, "rejected")]
    assert restage(settings, first.id).last_event == second.last_event
    released = release(settings, second.id, "已核实")
    assert (released.status, staged_rows(settings, released)) == ("accepted", 5)


def test_a_kill_at_any_moment_leaves_what_was_or_what_shall_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = send(opened(tmp_path), ["户主"] * 39 + ["邻居"])
    settings = opened(tmp_path, 邻居="其他")

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    for step in ("prepare_delivery", "why_held", "record_prepared"):
        with monkeypatch.context() as patched:
            patched.setattr(restaging, step, die)
            with pytest.raises(Killed):
                restage(settings, first.id)
        assert statuses(settings) == [(first.id, "accepted")]
    assert restage(settings, first.id).status == "accepted"


def test_the_command_says_what_became_of_it(tmp_path: Path) -> None:
    first = send(opened(tmp_path, 邻居="其他"), ["户主"] * 5 + ["邻居"] * 5)
    arguments = ["restage", first.id, "--home", str(tmp_path / "home"), "--policy", str(tmp_path / "policy")]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    words(tmp_path / "policy")
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, "邻居" in done.stdout) == (3, True)
