"""申请前核查: one person and the family by an authorisation; what does not agree is not there; sixty an hour."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from actors import acting
from command_line import Said, call
from feed_tables import identity_number
from homes import COUNTY, NIGHT, copy_home, read_of
from night.counties import Home
from reading_out.office_home import EMPLOYER, HOUSE, LEAD_TEXT, PURPOSE, People, office_settings, people_of, sent
from sqlalchemy import select

from expectations.departments import Department
from expectations.errors import LiangxianError, ValueRefusedError
from expectations.feeds import FEEDS
from pipelines.house.actor import NotYoursError, PurposeMissingError, Role, Scope
from pipelines.house.language import Language, spoken_in
from pipelines.house.settings import Settings
from pipelines.reading_out.lookup import HOURLY, Asking, Looked, PersonTold, Standing, look_up
from pipelines.reading_out.lookup_told import told_lines
from warehouse.books.audit import TooOftenError
from warehouse.books.schema import audit

PAPER = "核〔2026〕17号"
STRANGER = identity_number(77_777)


@pytest.fixture(scope="module")
def home(shared_office_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy whose audit log may be written."""
    return copy_home(shared_office_home, tmp_path_factory.mktemp("lookup") / "home")


@pytest.fixture(scope="module")
def who(home: Path) -> People:
    return people_of(home)


def hour(home: Path, number: int) -> Settings:
    """The home so many hours later, opened by somebody: every test has a moment and a clerk of its own."""
    later = replace(office_settings(home), now=lambda: NIGHT + timedelta(hours=number))
    return acting(later, f"clerk {number}", purpose=PURPOSE)


def logged(home: Path) -> list[dict[str, Any]]:
    with office_settings(home).home.books.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(select(audit).order_by(audit.c.seq))]


def text_of(looked: Looked) -> str:
    return "\n".join(told_lines(looked))


@pytest.fixture(scope="module")
def looked(home: Path, who: People) -> Looked:
    return look_up(hour(home, 10), Asking(PAPER, f" {who.head.lower()}\n", f"{who.head_name} \n"))


def books(person: PersonTold) -> dict[str, Standing]:
    return {book.feed: book.standing for book in person.books}


def test_every_book_says_whether_the_person_is_in_it_with_its_day(looked: Looked, who: People, home: Path) -> None:
    (county,) = looked.counties
    first = county.people[0]
    known = [feed.name for feed in FEEDS if feed.identity_columns and feed.name != "outside_leads"]
    assert [book.feed for book in first.books] == known
    said = books(first)
    assert {said[feed] for feed in ("register_members", "low_income_members", "vehicles", "relocations")} == {
        Standing.IN
    }
    assert said["students"] is Standing.NOT_IN
    assert said["village_rosters"] is Standing.NO_BOOK
    text = text_of(looked)
    assert f"本人：{who.head_name}" in text
    assert "  村户名册：缺这本账；没有收到这本账" in text
    assert "  学籍（截至2026-07-01）：不在" in text
    row = next(i for i, r in enumerate(sent(home, "low_income_members"), 2) if r["证件号码"] == who.head)
    assert f"低保证号 {who.certificate}；与户主关系 户主" in text
    assert f"low_income_members_522601_20260630.csv 第{row}行" in text
    assert who.head not in text


def test_the_family_is_who_lives_or_is_covered_with_the_person(looked: Looked, who: People, home: Path) -> None:
    members = [r for r in sent(home, "register_members") if r["户编号"] == who.household and r["人员状态"] == "正常"]
    covered = [r for r in sent(home, "low_income_members") if r["低保证号"] == who.certificate]
    names = {r["姓名"] for r in (*members, *covered)} - {who.head_name}
    (county,) = looked.counties
    assert {person.name for person in county.people[1:]} == names
    text = text_of(looked)
    for row in members:
        if len(row["证件号码"]) == 18 and row["姓名"] != who.head_name:
            assert f"{row['姓名']}（{row['与户主关系']}，522***********{row['证件号码'][-4:]}）" in text
            assert row["证件号码"] not in text
    nobody = [person for person in county.people[1:] if not person.number]
    assert all(person.books == () for person in nobody)
    assert {book.feed for book in county.family} >= {"register_households", "low_income_households"}
    pupils = {r["证件号码"]: r["学校"] for r in sent(home, "students")}
    assert all(pupils[r["证件号码"]] in text for r in members if r["证件号码"] in pupils)


def test_discreet_books_say_that_there_is_a_row_and_leads_from_above_nothing(looked: Looked) -> None:
    text = text_of(looked)
    assert "  不动产登记（截至2026-07-01）：在；内容不在这里显示" in text
    for hidden in (HOUSE, EMPLOYER, LEAD_TEXT):
        assert hidden not in text
        assert hidden not in json.dumps(looked.as_dict(), default=str, ensure_ascii=False)
    (home_of,) = [book for book in looked.counties[0].people[0].books if book.feed == "real_estate"]
    assert [row.values for row in home_of.rows] == [{}]
    assert "姓名与所给的不同；号牌号码 PL*****" in text


def test_a_wrong_name_a_wrong_number_and_nobody_are_answered_alike(home: Path, who: People) -> None:
    settings = hour(home, 20)
    told = [
        look_up(settings, Asking(PAPER, number, "李四"))
        for number in (who.head, STRANGER)  # of somebody else, of nobody
    ]
    assert told[0] == told[1]
    assert not told[0].found
    assert told[0].rows == 0
    text = text_of(told[0])
    assert "各账中没有这个姓名和证件号码的人" in text
    assert "  建档立卡人口（截至2026-07-01）：不在" in text
    assert "：在" not in text
    one = look_up(settings, Asking(PAPER, STRANGER, who.head_name))
    assert [c.family for c in one.counties] == [c.family for c in told[0].counties]
    assert text_of(one) == text


def test_an_absence_is_told_with_the_rows_that_could_be_anybodys(home: Path) -> None:
    text = text_of(look_up(hour(home, 30), Asking(PAPER, STRANGER, "李四")))
    unnumbered = sum(len(row["证件号码"]) != 18 for row in sent(home, "register_members"))
    line = next(line for line in text.splitlines() if line.startswith("  建档立卡人口（"))
    assert unnumbered
    assert "行没有有效证件号码，不能断定" in line


def test_a_name_with_another_dot_is_the_same_name(home: Path) -> None:
    row = next(r for r in sent(home, "register_members") if "·" in r["姓名"] and len(r["证件号码"]) == 18)
    told = look_up(hour(home, 40), Asking(PAPER, row["证件号码"], row["姓名"].replace("·", " • ")))
    assert told.found


def test_each_try_stands_in_the_log_with_the_authorisation_and_without_number_or_name(home: Path, who: People) -> None:
    settings = hour(home, 50)
    found = look_up(settings, Asking(PAPER, who.head, who.head_name))
    look_up(settings, Asking(PAPER, STRANGER, "李四"))
    with pytest.raises(ValueRefusedError, match="that is no valid identity number") as wrong:
        look_up(settings, Asking(PAPER, who.head[:-1] + "#", who.head_name))
    assert who.head[:-1] not in str(wrong.value)
    with pytest.raises(ValueRefusedError, match="the name is missing"):
        look_up(settings, Asking(PAPER, who.head, " "))
    tries = logged(home)[-4:]
    assert [(t["what"], t["who"], t["purpose"]) for t in tries] == [("lookup", "clerk 50", PURPOSE)] * 4
    assert [t["rows"] for t in tries] == [found.rows, 0, 0, 0]
    assert all(t["filter"]["authorisation"] == PAPER for t in tries)
    assert tries[0]["filter"]["person"] == "5226**************"
    everything = json.dumps(tries, default=str, ensure_ascii=False)
    for personal in (who.head, who.head_name, STRANGER):
        assert personal not in everything


def test_the_sixty_first_try_of_an_hour_is_refused_unread_whatever_came_of_the_others(
    home: Path, who: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = hour(home, 60)
    right = Asking(PAPER, who.head, who.head_name)
    for number in range(HOURLY.entries):  # failed ones count
        with pytest.raises(ValueRefusedError):
            look_up(
                replace(settings, now=lambda n=number: NIGHT + timedelta(hours=60, seconds=n)),
                Asking(PAPER, "1", "李四"),
            )
    last = replace(settings, now=lambda: NIGHT + timedelta(hours=60, minutes=59))
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.reading_out.lookup.know", None)  # nothing is read for it
        with pytest.raises(TooOftenError, match="at most 60 in 60 minutes; ask again later"):
            look_up(last, right)
    assert logged(home)[-1]["what"] == "lookup refused"
    assert look_up(acting(last, "another", purpose=PURPOSE), right).found
    assert look_up(replace(settings, now=lambda: NIGHT + timedelta(hours=61)), right).found


def test_two_at_once_are_counted_one_after_the_other(home: Path, who: People, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = hour(home, 70)
    for _ in range(HOURLY.entries):
        with pytest.raises(ValueRefusedError):
            look_up(settings, Asking(PAPER, "1", "李四"))
    # as if the others had come between the look at the log and the entry
    monkeypatch.setattr("pipelines.reading_out.lookup.need_room", lambda *_, **__: None)
    with pytest.raises(TooOftenError):
        look_up(settings, Asking(PAPER, who.head, who.head_name))


@pytest.mark.parametrize(
    ("paper", "told"),
    [
        (" ", "an authorisation has a number"),
        ("x" * 65, "at most 64"),
        (STRANGER, "none of a person"),
        ("a\nb", "number"),
    ],
)
def test_without_an_authorisation_nothing_is_looked_up(home: Path, who: People, paper: str, told: str) -> None:
    before = read_of(home)
    with pytest.raises(ValueRefusedError, match=told):
        look_up(hour(home, 80), Asking(paper, who.head, who.head_name))
    assert read_of(home) == before


def test_an_evaluator_and_who_gives_no_purpose_look_nobody_up(home: Path, who: People) -> None:
    before = read_of(home)
    for purpose, role, refusal in (("", Role.DATA_TEAM, PurposeMissingError), ("评估", Role.EVALUATOR, NotYoursError)):
        with pytest.raises(refusal):
            look_up(acting(hour(home, 90), purpose=purpose, role=role), Asking(PAPER, who.head, who.head_name))
    assert read_of(home) == before


def test_the_books_of_every_office_are_for_no_office_and_no_township_to_look_through(home: Path, who: People) -> None:
    settings, asking = hour(home, 95), Asking(PAPER, who.head, who.head_name)
    for role, scope in (
        (Role.TOWNSHIP, Scope((COUNTY,), "522601100")),
        (Role.DEPARTMENT, Scope((COUNTY,), department=Department.CIVIL_AFFAIRS)),
    ):
        with pytest.raises(NotYoursError):
            look_up(acting(settings, purpose=PURPOSE, role=role, scope=scope), asking)
    assert look_up(acting(settings, purpose=PURPOSE, role=Role.COUNTY, scope=Scope((COUNTY,))), asking).found
    assert [row["rows"] > 0 for row in logged(home)[-3:]] == [False, False, True]


def test_a_home_without_a_night_counts_the_try_too(tmp_path: Path, who: People) -> None:
    empty = office_settings(tmp_path / "home")
    with pytest.raises(LiangxianError, match="no run has been recorded"):
        look_up(empty, Asking(PAPER, who.head, who.head_name))
    assert [row["what"] for row in logged(tmp_path / "home")] == ["lookup"]


def test_it_is_told_in_english_too(home: Path, who: People) -> None:
    with spoken_in(Language.EN):
        text = text_of(look_up(hour(home, 100), Asking(PAPER, who.head, who.head_name)))
    assert f"authorisation {PAPER}" in text
    assert f"applicant: {who.head_name}" in text
    assert "  students (as of 2026-07-01): not in it" in text
    assert "poverty status 未脱贫" in text


@pytest.fixture
def command(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    def said(typed: str, *words: str) -> Said:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        return call("lookup", *words, home=Home(home), capsys=capsys, monkeypatch=monkeypatch)

    return said


def test_the_command_reads_number_and_name_from_standard_input(command: Any, who: People) -> None:
    words = ("--authorisation", PAPER, "--purpose", "申请低保")
    done = command(f"{who.head}\n{who.head_name}\n", *words, "--json")
    assert done.status == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["found"], told["counties"][0]["people"][0]["name"]) == (True, who.head_name)
    assert who.head not in done.stdout + done.stderr
    assert "本人：" in command(f"{who.head}\n{who.head_name}\n", *words, "--lang", "zh").stdout
    for typed, given in ((f"{who.head}\n", words), (f"{who.head}\n{who.head_name}\n", words[:2]), ("1\n李四\n", words)):
        refused = command(typed, *given)
        assert (refused.status, refused.stdout) == (2, "")
        assert who.head not in refused.stderr
    assert command("", *words, who.head).status == 2  # a number is no argument
