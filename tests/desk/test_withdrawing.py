"""An accepted delivery is taken out of force: what counts instead is said, and where it must be chosen, asked."""

import json
from datetime import date
from pathlib import Path

import pytest
from feed_tables import AS_OF, COUNTY
from inboxes import Inbox, of_periods, open_inbox
from typer.testing import CliRunner

from expectations.errors import RequestError, UnknownError
from expectations.feeds import FEEDS_BY_NAME
from pipelines.cli import app
from pipelines.desk.releasing import release, restore
from pipelines.desk.withdrawing import EARLIER, Instead, withdraw
from pipelines.house.language import Language, spoken_in
from warehouse.books.deliveries import position_of

MAY = date(2026, 5, 31)
ST, RH, RM, LP = "students", "register_households", "register_members", "low_income_payments"


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return open_inbox(tmp_path / "home")


def test_what_is_in_force_of_an_earlier_date_counts_instead(inbox: Inbox) -> None:
    may, june = inbox.send(ST, 5, MAY), inbox.send(ST, 6)
    done = withdraw(inbox.settings, june.id, "发错了")
    assert done.delivery.status == "withdrawn"
    assert [one.delivery and one.delivery.id for one in done.instead] == [may.id]
    assert inbox.counting() == {may.id}
    assert inbox.events(june)[-1] == ("withdrawn", ["tester：发错了"])
    (nothing,) = withdraw(inbox.settings, may.id, "也发错了").instead
    assert (nothing, str(nothing)) == (Instead(None), "没有可以采用的数据")
    with spoken_in(Language.EN):
        assert (str(nothing), str(done.instead[0])) == (
            "no data that could count",
            f"delivery {may.id} (as of {MAY}, 5 rows)",
        )


def test_content_that_it_superseded_comes_back_only_where_somebody_says_so(inbox: Inbox) -> None:
    may, first, second = inbox.send(ST, 5, MAY), inbox.send(ST, 6), inbox.send(ST, 7)
    with pytest.raises(RequestError) as refused:
        withdraw(inbox.settings, second.id, "发错了")
    assert f"--to {first.id}: 采用批次{first.id}（数据截止{AS_OF}，6行）" in str(refused.value)
    assert f"--to earlier: 采用批次{may.id}（数据截止{MAY}，5行）" in str(refused.value)
    assert inbox.counting() == {may.id, second.id}
    (back,) = withdraw(inbox.settings, second.id, "发错了", str(first.number)).instead
    assert back == Instead(inbox.now(first))
    assert inbox.counting() == {may.id, first.id}
    with pytest.raises(RequestError, match=f"{may.id} is nothing that {first.id} superseded"):
        withdraw(inbox.settings, first.id, "发错了", may.id)


def test_nothing_of_its_date_counts_where_earlier_is_said(inbox: Inbox) -> None:
    first, second = inbox.send(ST, 6), inbox.send(ST, 7)
    assert withdraw(inbox.settings, second.id, "都不对", EARLIER).instead == (Instead(None),)
    assert (inbox.counting(), inbox.now(first).status) == (set(), "superseded")


def test_only_what_is_in_force_is_withdrawn_and_for_a_reason(inbox: Inbox) -> None:
    first, second = inbox.send(ST, 6), inbox.send(ST, 7)
    with pytest.raises(RequestError, match="not in force: it is superseded"):
        withdraw(inbox.settings, first.id, "发错了")
    with pytest.raises(RequestError, match="reason"):
        withdraw(inbox.settings, second.id, " ")
    with pytest.raises(UnknownError):
        withdraw(inbox.settings, "nothing", "发错了")
    withdraw(inbox.settings, second.id, "发错了", EARLIER)
    with pytest.raises(RequestError, match="not in force: it is withdrawn"):
        withdraw(inbox.settings, second.id, "发错了", EARLIER)
    with pytest.raises(RequestError, match="not rejected or held"):
        release(inbox.settings, second.id, "已核实")
    assert [kind for kind, _ in inbox.events(second)] == ["accepted", "withdrawn"]


def test_restore_takes_it_back_and_content_that_comes_again_does_not(inbox: Inbox) -> None:
    first, second = inbox.send(ST, 6), inbox.send(ST, 7)
    withdraw(inbox.settings, second.id, "发错了", first.id)
    inbox.lay(ST, 7)
    again = inbox.take_in()
    assert ([d.status for d in again.known], again.deliveries) == (["withdrawn"], ())
    before = position_of(inbox.settings.home.books, COUNTY, FEEDS_BY_NAME, AS_OF)
    assert restore(inbox.settings, second.id).status == "accepted"
    assert inbox.counting() == {second.id}
    assert position_of(inbox.settings.home.books, COUNTY, FEEDS_BY_NAME, AS_OF) > before


def test_a_withdrawal_that_is_killed_half_way_has_not_begun(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = inbox.send(ST, 6), inbox.send(ST, 7)

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("warehouse.books.standing._put_in_force", killed)
        with pytest.raises(KeyboardInterrupt):
            withdraw(inbox.settings, second.id, "发错了", first.id)
    assert inbox.counting() == {second.id}
    assert [kind for kind, _ in inbox.events(second)] == ["accepted"]
    withdraw(inbox.settings, second.id, "发错了", first.id)
    assert inbox.counting() == {first.id}


def test_of_a_book_what_both_halves_have_counts_instead(inbox: Inbox) -> None:
    april = date(2026, 4, 30)
    first = [inbox.send(feed, 5, april) for feed in (RH, RM)][1]
    inbox.send(RM, 6, MAY)
    june = [inbox.send(feed, 5) for feed in (RH, RM)][1]
    assert withdraw(inbox.settings, june.id, "发错了").instead == (Instead(inbox.now(first)),)


def test_each_period_names_the_delivery_that_counts_for_it(inbox: Inbox) -> None:
    april = inbox.send(LP, of_periods(LP, [("2026-03", 3), ("2026-04", 3)]), date(2026, 4, 30))
    may = inbox.send(LP, of_periods(LP, [("2026-03", 3), ("2026-04", 3), ("2026-05", 4)]), MAY)
    june = inbox.send(LP, of_periods(LP, [("2026-03", 4), ("2026-06", 4)]))
    told = withdraw(inbox.settings, may.id, "发错了").instead
    assert told == (Instead(inbox.now(april), ("2026-04",)), Instead(None, ("2026-05",)))
    assert [str(one) for one in told] == [
        f"2026-04：采用批次{april.id}（数据截止2026-04-30，6行）",
        "2026-05：没有可以采用的数据",
    ]
    assert inbox.counting() == {april.id, june.id}


def test_the_command_says_what_counts_and_what_to_say(inbox: Inbox) -> None:
    may, first, second = inbox.send(ST, 5, MAY), inbox.send(ST, 6), inbox.send(ST, 7)
    words = ["withdraw", second.id, "--reason", "发错了", "--home", str(inbox.settings.home.folder)]
    refused = CliRunner().invoke(app, words)
    assert (refused.exit_code, f"--to {first.id}" in refused.stderr) == (2, True)
    done = CliRunner().invoke(app, [*words, "--to", "earlier"])
    assert (done.exit_code, f"now delivery {may.id} (as of" in done.stdout) == (0, True), done.output
    told = json.loads(CliRunner().invoke(app, ["withdraw", may.id, *words[2:], "--json"]).stdout)
    assert told["delivery"]["status"] == "withdrawn"
    assert told["instead"] == [{"delivery": None, "as_of": None, "periods": []}]
