"""一户一档: what stands on a card, what does not, whom it is refused, and that every card stands in the audit log."""

import html
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from actors import acting
from builders import World, certificate, deliver
from builders import household as register_row
from command_line import Said, call
from homes import AS_OF, COUNTY, copy_home, read_of, settings_of
from night.counties import Home
from reading_out.office_home import (
    BOTH,
    EMPLOYER,
    HOUSE,
    LEAD_TEXT,
    NEXT,
    PURPOSE,
    SCHOOL,
    office_settings,
    people_of,
    sent,
)
from sqlalchemy import select
from worlds_on_disk import stage

from expectations.departments import Department
from expectations.errors import NotYetError, RequestError, UnknownError
from pipelines.house.actor import NotYoursError, PurposeMissingError, Role, Scope
from pipelines.house.language import Language, spoken_in
from pipelines.reading_out.cards import Kind, Wanted, write_cards
from pipelines.reading_out.cards.asking import kinds_of, need_one
from warehouse.books.schema import audit
from warehouse.lake import Lake

VILLAGE = "522601100201"
TOWNSHIP = "522601100"


@pytest.fixture(scope="module")
def home(shared_office_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy whose audit log may be written."""
    return copy_home(shared_office_home, tmp_path_factory.mktemp("cards") / "home")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("written")


@pytest.fixture(scope="module")
def household(home: Path, folder: Path) -> str:
    """The page of an open household whose head has a certificate, a relocation and four leads."""
    return written(home, folder, Wanted(people_of(home).household))


def written(home: Path, folder: Path, wanted: Wanted, **more: Any) -> str:
    path = folder / "card.html"
    write_cards(office_settings(home), wanted, NEXT, path, **more)
    return path.read_text(encoding="utf-8")


def text_of(page: str) -> str:
    """What a reader sees, without white space."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]*>", " ", body)))


def test_a_card_shows_what_each_book_says_with_file_row_and_day(home: Path, household: str) -> None:
    who, text = people_of(home), text_of(household)
    row = next(i for i, r in enumerate(sent(home, "register_households"), 2) if r["户编号"] == who.household)
    own = sent(home, "register_households")[row - 2]
    assert f"户主{who.head_name}户编号{who.household}" in text
    assert f"主要致贫原因{own['主要致贫原因']}" in text
    assert f"帮扶责任人{own['帮扶责任人']}" in text
    assert f"来源：截至2026-07-01，register_households_{COUNTY}_20260701.csv第{row}行" in text
    members = [r for r in sent(home, "register_members") if r["户编号"] == who.household]
    assert all(r["姓名"] in text and r["出生日期"] in text for r in members)
    certificate = next(r for r in sent(home, "low_income_households") if r["低保证号"] == who.certificate)
    assert f"月保障金额{float(certificate['月保障金额']):,.2f}元/户·月" in text
    assert f"来源：截至2026-06-30，low_income_households_{COUNTY}_20260630.csv第" in text
    assert "搬迁编号REL00000" in text
    assert "入住日期2026-02-01" in text
    pupils = [r for r in sent(home, "students") if r["证件号码"] in {m["证件号码"] for m in members} - {""}]
    assert pupils
    assert all(r["学校"] in text for r in pupils)


def test_the_strip_of_months_says_what_came_and_what_is_not_settled(home: Path, household: str) -> None:
    who = people_of(home)
    own = [r for r in sent(home, "low_income_payments") if r["低保证号"] == who.certificate and r["发放状态"] == "成功"]
    paid = {r["发放年月"]: float(r["发放金额"]) for r in own}
    strip = household[household.index('class="strip"') :].split("</table>")[0]
    months = re.findall(r"<th>(\d{4}-\d\d)</th>", strip)
    cells = re.findall(r'<td class="(\w+)">(.*?)</td>', strip)
    assert (months[0], months[-1], len(months)) == ("2025-07", "2026-06", 12)
    told = dict(zip(months, cells, strict=True))
    assert told["2026-06"] == ("silent", "未结清")
    assert {m: text for m, (tone, text) in told.items() if tone == "amount"} == {
        m: f"{paid[m]:,.2f}" for m in months if m in paid
    }
    total = sum(paid[m] for m in months if m in paid)
    assert f"2025-07至2026-06发放成功{total:,.0f}元" in text_of(household)


def test_the_eight_questions_stand_with_what_is_known_and_what_is_not(home: Path, household: str) -> None:
    asked = household[household.index('class="asked"') :].split("</table>")[0]
    titles = re.findall(r"<i>\d</i>(.*?)</th>", asked)
    assert titles == [
        "家住哪里", "家里有谁", "为什么贫困", "谁来帮", "用什么措施帮", "钱从哪里来", "什么时候办完", "进展到哪一步",
    ]  # fmt: skip
    text = text_of(asked)
    assert "全县2026年计划：搬迁入住户数25、脱贫户数397" in text
    assert "脱贫户数86" not in text  # of another township
    exits = [r for r in sent(home, "register_households") if (r["脱贫属性"], r["脱贫年度"]) == ("已脱贫", "2026")]
    assert f"全县年度计划已完成：搬迁入住户数1/25、脱贫户数{len(exits)}/397" in text
    assert "未知村民小组、门牌：没有哪本账登记" in text
    assert "未知资金来自哪一级、哪个文件：没有哪本账登记" in text
    assert "未知这户计划哪年脱贫：没有哪本账登记" in text
    assert "集中安置），2026-02-01入住" in text
    assert re.search(r"未办结问题\d+条，另有线索3条", text)


def test_a_certificate_off_the_register_says_what_only_the_register_knows(home: Path, folder: Path) -> None:
    registered = {r["证件号码"] for r in sent(home, "register_members")}
    alone = next(
        c["低保证号"]
        for c in sent(home, "low_income_households")
        if not registered & {m["证件号码"] for m in sent(home, "low_income_members") if m["低保证号"] == c["低保证号"]}
    )
    text = text_of(written(home, folder, Wanted(alone)))
    assert f"低保（特困）证号{alone}" in text
    assert "脱贫属性册中没有" in text
    assert "未知致贫原因：只有建档立卡册登记，册中没有查到" in text
    assert "建档立卡户（截至2026-07-01）：没有这家的记录" in text


def test_a_row_that_was_refused_leaves_an_absence_in_doubt(night_home: Path, folder: Path, home: Path) -> None:
    own = copy_home(night_home, folder / "first")
    write_cards(acting(settings_of(own), purpose="核实"), Wanted(BOTH), AS_OF, folder / "doubt.html")
    text = text_of((folder / "doubt.html").read_text(encoding="utf-8"))
    assert "建档立卡户（截至2026-06-30）：没有这家的记录（该批有1行被退回，不能断定）" in text
    assert "易地搬迁：没有收到这本账" in text


def test_what_the_warehouse_does_not_know_of_a_plan_is_not_none(home: Path, folder: Path) -> None:
    aside = home / "warehouse.aside"
    (home / "warehouse.duckdb").rename(aside)
    try:
        text = text_of(written(home, folder, Wanted(people_of(home).household)))
    finally:
        aside.rename(home / "warehouse.duckdb")
    assert "年度计划已完成" not in text
    assert "未知全县年度计划进展（搬迁入住户数、脱贫户数）：所需的账不在，或数据仓库没有这一天" in text


def test_leads_are_told_as_such_and_discreet_ones_say_nothing(household: str) -> None:
    text = text_of(household)
    assert text.count("线索") >= 3
    assert re.search(r"LD02名下有车辆线索.*?80000", text)
    assert EMPLOYER not in household
    assert "LD06多套住房或商业房产线索内容不在本页显示，由责任单位核实。" in text
    assert HOUSE not in household
    assert "LD10" not in text
    assert LEAD_TEXT not in household


def test_numbers_are_masked_as_offices_read_them_unless_they_are_asked_for(
    home: Path, folder: Path, household: str
) -> None:
    who = people_of(home)
    assert f"522***********{who.head[-4:]}" in household
    number = re.compile(r"(?<![\dD*])[1-9]\d{5}(?:19|20)\d{9}[\dX](?![\d])")
    assert number.findall(household) == []
    clear = written(home, folder, Wanted(who.household), unmask=True)
    assert who.head in clear
    assert LEAD_TEXT not in clear


def test_what_departments_and_readers_wrote_is_escaped(home: Path, folder: Path) -> None:
    pupil = sent(home, "students")[0]
    own = next(r["低保证号"] for r in sent(home, "low_income_members") if r["证件号码"] == pupil["证件号码"])
    page = written(home, folder, Wanted(own, Kind.CERTIFICATE))
    assert SCHOOL not in page
    assert html.escape(SCHOOL, quote=False) in page
    assert "用途：核实&lt;b&gt;低保&amp;" in page
    assert "<script" not in page


def test_a_page_is_whole_in_itself_and_the_same_every_time(home: Path, folder: Path, household: str) -> None:
    assert written(home, folder, Wanted(people_of(home).household)) == household
    assert re.findall(r"(?:src|href)=\"(?!#)", household) == []
    assert "http" not in household
    assert "@page { size:A4;" in household


def test_a_villages_book_has_each_household_and_each_certificate_once(home: Path, folder: Path) -> None:
    page = written(home, folder, Wanted(village=VILLAGE))
    listed = page[: page.index('class="card"')]
    households = {r["户编号"] for r in sent(home, "register_households") if r["行政区划代码"] == VILLAGE}
    exited = next(r["户编号"] for r in sent(home, "register_households") if r["脱贫属性"] == "已脱贫")
    wanted = {BOTH if no == exited else no for no in households}
    assert set(re.findall(r"户编号 (\w+)</td>", listed)) == wanted
    certificates = re.findall(r"证号 (\w+)</td>", listed)
    assert len(certificates) == len(set(certificates))
    people = {
        r["证件号码"] for r in sent(home, "register_members") if r["户编号"] in households and r["人员状态"] == "正常"
    }
    theirs = {r["低保证号"] for r in sent(home, "low_income_members") if r["证件号码"] in people - {""}}
    assert theirs
    assert theirs & set(certificates) == set()  # they stand on the households' cards
    cards = re.findall(r'<section class="card" id="c(\d+)">(.*?)</section>', page, re.DOTALL)
    assert [int(n) for n, _ in cards] == list(range(1, len(wanted) + len(certificates) + 1))
    mine = {r["低保证号"] for r in sent(home, "low_income_households") if r["行政区划代码"] == VILLAGE}
    text = text_of(page)
    assert {no for no in mine if no not in text} == set()
    assert ".card, .list { break-after:page; }" in page


def test_a_townships_book_holds_its_villages(home: Path, folder: Path) -> None:
    page = written(home, folder, Wanted(township=TOWNSHIP))
    villages = {r["行政区划代码"] for r in sent(home, "register_households") if r["行政区划代码"].startswith(TOWNSHIP)}
    assert len(villages) > 1
    assert "<h1>乡簿：" in page
    households = [r for r in sent(home, "register_households") if r["行政区划代码"] in villages]
    assert len(re.findall(r"户编号 (\w+)</td>", page)) == len(households)


def test_each_card_stands_in_the_audit_log_with_purpose_and_without_a_persons_number(home: Path, folder: Path) -> None:
    who = people_of(home)
    written(home, folder, Wanted(who.household))
    written(home, folder, Wanted(village=VILLAGE))
    with office_settings(home).home.books.connect() as connection:
        *_, one, book = [row._mapping for row in connection.execute(select(audit).order_by(audit.c.seq))]
    assert (one["what"], one["who"], one["purpose"], one["rows"]) == ("card", "tester", PURPOSE, 1)
    assert one["filter"]["number"] == who.household
    assert (one["filter"]["as_of"], one["filter"]["unmask"]) == ("2026-07-01", False)
    assert (book["filter"]["village"], book["rows"] > 5) == (VILLAGE, True)
    assert who.head not in json.dumps([dict(one["filter"]), dict(book["filter"])])


def test_what_is_not_asked_for_a_purpose_is_refused_before_anything_is_read(home: Path, folder: Path) -> None:
    before, target = read_of(home), folder / "never.html"
    for purpose, role, refusal in (
        ("", Role.DATA_TEAM, PurposeMissingError),
        ("评估", Role.EVALUATOR, NotYoursError),
    ):
        with pytest.raises(refusal):
            write_cards(acting(office_settings(home), purpose=purpose, role=role), Wanted(BOTH), NEXT, target)
    assert read_of(home) == before
    assert not target.exists()


def test_a_document_that_was_revoked_takes_its_leads_off_the_card(home: Path, folder: Path) -> None:
    path = home / "policy" / f"{COUNTY}.yaml"
    policy = path.read_text(encoding="utf-8")
    try:
        named = yaml.safe_load(policy)
        named["parameters"].pop("leads.basis")
        path.write_text(yaml.safe_dump(named, allow_unicode=True), encoding="utf-8")
        text = text_of(written(home, folder, Wanted(people_of(home).household)))
    finally:
        path.write_text(policy, encoding="utf-8")
    assert "LD0" not in text
    assert "TL04" in text or "ID01" in text


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"number": "0000"}, "no household or certificate 0000"),
        ({"number": "0000", "kind": Kind.HOUSEHOLD}, "no household 0000"),
        ({"village": "522601999999"}, "no village 522601999999"),
        ({"township": "110101999"}, "no township 110101999"),
        ({"number": BOTH}, f"{BOTH} is both a household and a certificate; say which: --household or --certificate"),
        ({"village": "5226"}, "5226 is no 12-digit code of a village"),
        ({}, "a card is of one number, a book of one --village or --township"),
        ({"number": "1", "village": VILLAGE}, "a card is of one number"),
        ({"village": VILLAGE, "kind": Kind.HOUSEHOLD}, "--household and --certificate say what a number is"),
    ],
)
def test_what_cannot_be_had_is_said(wanted: dict[str, Any], told: str, home: Path, folder: Path) -> None:
    with pytest.raises(RequestError, match=re.escape(told)):
        write_cards(office_settings(home), Wanted(**wanted), NEXT, folder / "never.html")
    assert not (folder / "never.html").exists()


def test_a_number_that_is_both_is_shown_as_what_was_said(home: Path, folder: Path) -> None:
    of_household = text_of(written(home, folder, Wanted(BOTH, Kind.HOUSEHOLD)))
    of_certificate = text_of(written(home, folder, Wanted(BOTH, Kind.CERTIFICATE)))
    assert f"户编号{BOTH}" in of_household
    assert f"低保（特困）证号{BOTH}住址" in of_certificate
    assert of_household != of_certificate


def test_a_number_that_stands_in_two_counties_asks_for_the_county(tmp_path: Path) -> None:
    world = World(
        deliveries=(
            deliver("register_households", NEXT, [register_row("7")]),
            deliver("register_members", NEXT),
            deliver("low_income_households", NEXT, [certificate("8")]),
            deliver("low_income_members", NEXT),
        ),
        d=NEXT,
    )
    conformed = stage(world, Lake(tmp_path))
    assert [kinds_of(conformed, Wanted(no)) for no in ("7", "8", "9")] == [[Kind.HOUSEHOLD], [Kind.CERTIFICATE], []]
    with pytest.raises(RequestError, match="name one county of 522601, 522602; add --county"):
        need_one(Wanted("7"), [("522601", Kind.HOUSEHOLD), ("522602", Kind.HOUSEHOLD)], NEXT)


def test_a_persons_number_is_refused_as_an_argument_without_being_repeated(home: Path, folder: Path) -> None:
    with pytest.raises(RequestError, match="that is a person's number") as refused:
        write_cards(office_settings(home), Wanted(people_of(home).head), NEXT, folder / "never.html")
    assert people_of(home).head not in str(refused.value)


def test_a_day_without_a_run_names_those_that_there_are(home: Path, folder: Path) -> None:
    told = "no run has been recorded for 2026-06-29: the newest are of 2026-07-01, 2026-06-30; liangxian run"
    with pytest.raises(NotYetError, match=re.escape(told)):
        write_cards(office_settings(home), Wanted(BOTH), AS_OF - timedelta(days=1), folder / "never.html")


def test_a_county_that_is_not_seen_is_not_there(home: Path, folder: Path) -> None:
    elsewhere = replace(office_settings(home), counties=("522602",))
    with pytest.raises(NotYetError):
        write_cards(elsewhere, Wanted(people_of(home).household), NEXT, folder / "never.html")
    with pytest.raises(UnknownError):
        write_cards(office_settings(home), Wanted(village="522602100201"), NEXT, folder / "never.html")


def test_a_township_reads_its_own_cards_and_an_office_none(home: Path, folder: Path) -> None:
    own, target = people_of(home).household, folder / "scope.html"
    settings = office_settings(home)
    for township, seen in ((TOWNSHIP, True), ("522601101", False)):
        clerk = acting(settings, purpose=PURPOSE, role=Role.TOWNSHIP, scope=Scope((COUNTY,), township))
        for wanted in (Wanted(own), Wanted(village=VILLAGE), Wanted(township=TOWNSHIP)):
            if seen:
                assert write_cards(clerk, wanted, NEXT, target).cards
            else:
                with pytest.raises(UnknownError):
                    write_cards(clerk, wanted, NEXT, target)
    bureau = Scope((COUNTY,), department=Department.HOUSING)
    with pytest.raises(NotYoursError):
        write_cards(acting(settings, purpose=PURPOSE, role=Role.DEPARTMENT, scope=bureau), Wanted(own), NEXT, target)


def test_the_page_is_headed_in_english_too(home: Path, folder: Path) -> None:
    with spoken_in(Language.EN):
        page = written(home, folder, Wanted(people_of(home).household))
    assert '<html lang="en">' in page
    text = html.unescape(page)
    for words in (
        "The eight questions",
        "why they are poor",
        "from which money",
        "source: as of 2026-07-01",
        "poverty status",
    ):
        assert words in text
    assert "八个搞清楚" not in page


@pytest.fixture
def command(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    def said(*words: str) -> Said:
        return call("card", *words, home=Home(home), capsys=capsys, monkeypatch=monkeypatch)

    return said


def test_the_command_writes_the_page_and_says_where(command: Any, home: Path, tmp_path: Path) -> None:
    out, who = tmp_path / "a.html", people_of(home)
    asked = (who.household, "--as-of", str(NEXT), "--out", str(out))
    done = command(*asked, "--purpose", "入户", "--json")
    assert done.status == 0, done.stderr
    assert json.loads(done.stdout)["cards"] == 1
    assert oct(out.stat().st_mode & 0o077) == "0o0"
    assert who.head not in done.stdout + done.stderr
    for lacking in ((), ("--purpose", " ")):
        assert command(*asked, *lacking).status == 2
    assert command(*asked, "--purpose", "x", "--household", "--certificate").status == 2
    within = home / "lake" / "card.html"
    assert command(who.household, "--as-of", str(NEXT), "--out", str(within), "--purpose", "x").status == 2
    assert not within.exists()
