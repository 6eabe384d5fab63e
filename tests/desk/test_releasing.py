"""Pushed content is taken in like a file; an earlier content comes back, and a stopped delivery is let through."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import dying
import pyarrow.parquet as pq
import pytest
from actors import TESTER
from feed_tables import COUNTY, Row, file_name, rows_of, text_table, write_csv
from typer.testing import CliRunner

from expectations.errors import RefusedError, RequestError, UnknownError, ValueRefusedError
from expectations.feeds import FEEDS_BY_NAME
from pipelines.cli import app
from pipelines.desk.releasing import release, restore
from pipelines.house.settings import Settings, open_settings
from pipelines.night.intake import ingest
from pipelines.night.pushing import push
from pipelines.recording.verify import verify_ledger
from pipelines.staging import Apart
from warehouse.books.deliveries import Delivery, in_force, list_deliveries
from warehouse.books.schema import delivery_events
from warehouse.lake import NotPlainError

FEED = FEEDS_BY_NAME["register_members"]
NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return open_settings(tmp_path / "home", inbox=None, policy=None, actor=TESTER, now=lambda: NOW)


def bad_table(rows: Sequence[Row], bad: int) -> list[list[str]]:
    table = text_table(FEED, rows)
    for row in table[1 : 1 + bad]:
        row[table[0].index("与户主关系")] = "邻居"
    return table


def send(settings: Settings, table: list[list[str]], part: str = "") -> Delivery:
    settings.inbox.mkdir(parents=True, exist_ok=True)
    write_csv(settings.inbox / file_name(FEED, part=part), table)
    (delivery,) = ingest(settings, NOW.date()).deliveries
    return delivery


def content(tmp_path: Path, table: list[list[str]]) -> bytes:
    return write_csv(tmp_path / "content.csv", table).read_bytes()


def counting(settings: Settings) -> list[str]:
    return [d.id for d in in_force(settings.home.books, COUNTY)]


def staged(settings: Settings, delivery: Delivery) -> list[dict[str, Any]]:
    return pq.read_table(settings.home.lake.staged(delivery.feed, delivery.county, delivery.id)).to_pylist()


def events(settings: Settings, delivery: Delivery) -> list[tuple[str, Any]]:
    query = delivery_events.select().where(delivery_events.c.delivery == delivery.id).order_by(delivery_events.c.seq)
    with settings.home.books.connect() as connection:
        return [(row.kind, row.reason) for row in connection.execute(query)]


# push


def test_pushed_content_is_the_same_delivery_as_the_file(settings: Settings, tmp_path: Path) -> None:
    table = text_table(FEED, rows_of(FEED, 5))
    (pushed,) = push(settings, NOW.date(), file_name(FEED), io.BytesIO(content(tmp_path, table))).deliveries
    assert (pushed.status, pushed.source) == ("accepted", "push")
    other = open_settings(tmp_path / "other", inbox=None, policy=None, actor=TESTER, now=lambda: NOW)
    by_file = send(other, table)
    assert (pushed.id, pushed.files, pushed.accounting) == (by_file.id, by_file.files, by_file.accounting)
    assert staged(settings, pushed) == staged(other, by_file)
    assert not any(p.is_file() for p in settings.inbox.rglob("*"))


def test_a_pushed_part_waits_until_the_other_comes(settings: Settings, tmp_path: Path) -> None:
    rows = rows_of(FEED, 6)
    first = push(
        settings,
        NOW.date(),
        file_name(FEED, part="_1of2"),
        io.BytesIO(content(tmp_path, text_table(FEED, rows[:3]))),
    )
    assert (first.deliveries, [w.parts for w in first.waiting]) == ((), ["1 of 2"])
    second = push(
        settings,
        NOW.date(),
        file_name(FEED, part="_2of2"),
        io.BytesIO(content(tmp_path, text_table(FEED, rows[3:]))),
    )
    (delivery,) = second.deliveries
    assert delivery.accounting is not None
    assert (delivery.accounting.staged, len(delivery.files)) == (6, 2)


def test_a_push_under_a_name_that_says_nothing_is_recorded_as_rejected(settings: Settings) -> None:
    (delivery,) = push(settings, NOW.date(), "名单.csv", io.BytesIO(b"a,b\n1,2\n")).deliveries
    assert (delivery.status, delivery.feed) == ("rejected", "unknown")


@pytest.mark.parametrize(
    "name",
    ["../x.csv", "", "a/b.csv", ".hidden.csv", "~$x.xlsx", "x.csv.tmp", "..", "a\0.csv", "很" * 84 + ".csv", "\ud800"],
)
def test_a_push_under_no_proper_name_is_refused_and_leaves_nothing(settings: Settings, name: str) -> None:
    with pytest.raises(ValueRefusedError, match="name"):
        push(settings, NOW.date(), name, io.BytesIO(b"a"))
    assert not any(p.is_file() for p in settings.inbox.rglob("*"))
    assert list_deliveries(settings.home.books) == []


def test_a_push_goes_where_we_put_it_and_not_where_somebody_leads_it(settings: Settings, tmp_path: Path) -> None:
    keys = settings.home.lake.finding_key.parent
    keys.mkdir(parents=True)
    settings.home.lake.finding_key.write_text("ab" * 32, encoding="ascii")
    settings.inbox.mkdir(parents=True)
    (settings.inbox / "pushed").symlink_to(keys)
    with pytest.raises(NotPlainError, match="is a link"):
        push(settings, NOW.date(), file_name(FEED), io.BytesIO(b"a"))
    assert [path.name for path in keys.iterdir()] == ["finding.key"]


def test_ingest_takes_standard_input(tmp_path: Path) -> None:
    data = content(tmp_path, text_table(FEED, rows_of(FEED, 2)))
    home = tmp_path / "home"
    arguments = ["ingest", "-", "--name", file_name(FEED), "--home", str(home), "--json"]
    result = CliRunner().invoke(app, arguments, input=data)
    assert result.exit_code == 0, result.output
    assert '"staged": 2' in result.stdout
    assert CliRunner().invoke(app, ["ingest", "-", "--home", str(home)], input=data).exit_code == 2
    assert CliRunner().invoke(app, ["ingest", str(tmp_path), "--name", "x", "--home", str(home)]).exit_code == 2


# restore


def test_a_superseded_content_comes_back_in_force(settings: Settings) -> None:
    first = send(settings, text_table(FEED, rows_of(FEED, 5)))
    second = send(settings, text_table(FEED, rows_of(FEED, 4)))
    assert counting(settings) == [second.id]
    back = restore(settings, first.id)
    assert (back.id, back.status) == (first.id, "accepted")
    assert counting(settings) == [first.id]
    assert events(settings, first) == [("accepted", None), ("superseded", None), ("restored", ["tester"])]
    assert len(staged(settings, first)) == 5


def test_restoring_what_is_in_force_changes_nothing(settings: Settings) -> None:
    first = send(settings, text_table(FEED, rows_of(FEED, 5)))
    assert restore(settings, first.id).status == "accepted"
    assert events(settings, first) == [("accepted", None)]


def test_a_rejected_delivery_cannot_be_restored(settings: Settings) -> None:
    rejected = send(settings, bad_table(rows_of(FEED, 10), 5))
    with pytest.raises(RequestError, match="rejected"):
        restore(settings, rejected.id)
    held = send(settings, text_table(FEED, rows_of(FEED, 0)))
    with pytest.raises(RequestError, match="was held; see liangxian release"):
        restore(settings, held.id)
    with pytest.raises(UnknownError, match="no delivery none"):
        restore(settings, "none")


# release


def test_a_delivery_stopped_for_its_bad_rows_is_let_through_with_a_reason(settings: Settings) -> None:
    before = send(settings, text_table(FEED, rows_of(FEED, 8)))
    stopped = send(settings, bad_table(rows_of(FEED, 10), 5))
    assert stopped.status == "rejected"
    released = release(settings, stopped.id, "已与民政核实")
    assert released.status == "accepted"
    assert counting(settings) == [stopped.id]
    assert released.accounting == stopped.accounting
    rows = staged(settings, released)
    assert [row["_row"] for row in rows] == [7, 8, 9, 10, 11]
    assert {row["_delivery"] for row in rows} == {stopped.id}
    kinds = events(settings, stopped)
    assert kinds[0][0] == "rejected"
    assert kinds[1:] == [("released", ["tester：已与民政核实"])]
    assert events(settings, before)[-1][0] == "superseded"
    assert list(settings.home.lake.spill.iterdir()) == []


def test_far_fewer_rows_are_held_until_somebody_releases_them(settings: Settings) -> None:
    whole = send(settings, text_table(FEED, rows_of(FEED, 10)))
    held = send(settings, text_table(FEED, rows_of(FEED, 6)))
    assert held.status == "held"
    assert whole.id in held.reason[0]
    assert "10行" in held.reason[0]
    assert counting(settings) == [whole.id]
    assert release(settings, held.id, "已核实").status == "accepted"
    assert counting(settings) == [held.id]
    assert send(settings, text_table(FEED, rows_of(FEED, 5))).status == "accepted", "compared since the released one"


def test_a_share_within_the_policy_is_not_held_and_an_empty_delivery_is(settings: Settings) -> None:
    send(settings, text_table(FEED, rows_of(FEED, 10)))
    assert send(settings, text_table(FEED, rows_of(FEED, 7))).status == "accepted"
    assert send(settings, text_table(FEED, rows_of(FEED, 0))).status == "held"


def _bad_then_good(settings: Settings) -> tuple[Delivery, Delivery]:
    bad = send(settings, bad_table(rows_of(FEED, 10), 5))
    return bad, send(settings, text_table(FEED, rows_of(FEED, 8)))


def test_what_is_older_than_what_is_in_force_is_not_released(settings: Settings) -> None:
    rejected, good = _bad_then_good(settings)
    with pytest.raises(RequestError, match=f"--instead {good.id}"):
        release(settings, rejected.id, "已核实")
    held = send(settings, text_table(FEED, rows_of(FEED, 2)))
    newest = send(settings, text_table(FEED, rows_of(FEED, 9)))
    assert (held.status, newest.status) == ("held", "accepted")
    with pytest.raises(RequestError, match=f"{newest.id} is newer than {held.id}, and in force"):
        release(settings, held.id, "已核实")
    assert counting(settings) == [newest.id]
    assert [kind for kind, _ in events(settings, held)] == ["held"]


def test_an_older_one_is_released_instead_of_exactly_the_newer_one_that_is_named(settings: Settings) -> None:
    rejected, good = _bad_then_good(settings)
    newest = send(settings, text_table(FEED, rows_of(FEED, 9)))
    with pytest.raises(RequestError, match=f"{good.id} is not what {rejected.id} would come instead of"):
        release(settings, rejected.id, "已核实", good.id)
    with pytest.raises(UnknownError, match="no delivery nothing"):
        release(settings, rejected.id, "已核实", "nothing")
    assert counting(settings) == [newest.id]
    release(settings, rejected.id, "已核实", str(newest.number))
    assert counting(settings) == [rejected.id]
    assert events(settings, newest)[-1][0] == "superseded"


def test_a_newer_one_of_another_day_is_no_hindrance(settings: Settings) -> None:
    held = send(settings, text_table(FEED, rows_of(FEED, 0)))
    later = settings.inbox / f"{FEED.name}_{COUNTY}_20260701.csv"
    write_csv(later, text_table(FEED, rows_of(FEED, 5)))
    (newer,) = ingest(settings, NOW.date()).deliveries
    release(settings, held.id, "已核实")
    assert set(counting(settings)) == {held.id, newer.id}


def test_a_release_that_is_killed_before_it_is_noted_changes_nothing_and_can_be_made_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = send(settings, text_table(FEED, rows_of(FEED, 8)))
    stopped = send(settings, bad_table(rows_of(FEED, 10), 5))
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.desk.releasing.append_event", killed)
        with pytest.raises(KeyboardInterrupt):
            release(settings, stopped.id, "已核实")
    assert counting(settings) == [before.id]
    assert [kind for kind, _ in events(settings, stopped)] == ["rejected"]
    released = release(settings, stopped.id, "已核实")
    assert released.status == "accepted"
    assert len(staged(settings, stopped)) == 5
    # what was staged only now is known again from here on, and the journal vouches for it
    assert released.dataset_sha256 == settings.home.lake.dataset_sha256(FEED.name, COUNTY, stopped.id)
    assert verify_ledger(settings.home.books, COUNTY).is_whole


def killed(*_args: object) -> None:
    raise KeyboardInterrupt


def test_released_content_that_comes_again_changes_nothing(settings: Settings) -> None:
    table = bad_table(rows_of(FEED, 10), 5)
    stopped = send(settings, table)
    release(settings, stopped.id, "已核实")
    write_csv(settings.inbox / file_name(FEED), table)
    assert ingest(settings, NOW.date()).deliveries == ()
    assert counting(settings) == [stopped.id]


def test_what_has_no_rows_or_was_not_stopped_is_not_released(settings: Settings) -> None:
    fine = send(settings, text_table(FEED, rows_of(FEED, 5)))
    with pytest.raises(RequestError, match="was not rejected or held"):
        release(settings, fine.id, "x")
    table = text_table(FEED, rows_of(FEED, 5))
    headless = send(settings, [["甲", "乙"], *table[1:]])
    with pytest.raises(RequestError, match="no rows"):
        release(settings, headless.id, "x")
    with pytest.raises(RequestError, match="reason"):
        release(settings, headless.id, " ")


def test_the_commands_decide_and_show_what_became_of_it(settings: Settings) -> None:
    home = str(settings.home.folder)
    stopped = send(settings, bad_table(rows_of(FEED, 10), 5))
    runner = CliRunner()
    done = runner.invoke(app, ["release", stopped.id, "--reason", "已核实", "--home", home, "--json"])
    assert done.exit_code == 0, done.output
    assert '"status": "accepted"' in done.stdout
    assert runner.invoke(app, ["release", stopped.id, "--reason", "x", "--home", home]).exit_code == 2
    assert runner.invoke(app, ["restore", stopped.id, "--home", home]).exit_code == 0
    rejected = send(settings, bad_table(rows_of(FEED, 9), 5))
    good = send(settings, text_table(FEED, rows_of(FEED, 8)))
    words = ["release", rejected.id, "--reason", "已核实", "--home", home]
    refused = runner.invoke(app, words)
    assert (refused.exit_code, good.id in refused.stderr) == (2, True)
    assert runner.invoke(app, [*words, "--instead", good.id]).exit_code == 0
    assert runner.invoke(app, ["restore", "none", "--home", home]).exit_code == 2


def test_what_ends_the_reader_of_a_rejected_file_is_told_and_it_stays_rejected(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rejected = send(settings, bad_table(rows_of(FEED, 20), bad=10))
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.desk.releasing.Apart", partial(Apart, work=dying.end))
        with pytest.raises(RefusedError, match="程序中断"):
            release(settings, rejected.id, "核对过")
    assert counting(settings) == []
    assert release(settings, rejected.id, "核对过").status == "accepted"
