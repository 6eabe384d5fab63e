"""公示: who stands on a notice, what it says of them, and what it never says."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import COUNTY, certificate, certificate_member, household, member, open_household, pid, world
from worlds_on_disk import lay_down, policy_of

from pipelines.house.engine_choice import DUCKDB
from pipelines.house.language import Language, spoken_in
from pipelines.house.notice_kind import NoticeKind
from pipelines.reading_out.public_notice.books import Books, read_books
from pipelines.reading_out.public_notice.moves import Lines, Part, moves, on_the_roll
from pipelines.reading_out.public_notice.names import WITHHELD, plain_name
from pipelines.reading_out.public_notice.pages import Board, page_of
from warehouse.lake import Lake

MAY, JUNE = date(2026, 5, 31), date(2026, 6, 30)
VILLAGE = f"{COUNTY}101201"


def books(home: Path, d: date = JUNE, **given: Any) -> Books:
    told = world(d, **given)
    return read_books(DUCKDB, Lake(home), lay_down(told, home).conformed(told), policy_of(told))


def names(lines: Lines, part: Part) -> list[tuple[str, str]]:
    return [(line.programme, line.name) for own in lines.by_village.values() for line in own.get(part, ())]


def board(kind: NoticeKind, **changed: Any) -> Board:
    given: dict[str, Any] = {
        "kind": kind,
        "county_name": "云溪县",
        "as_of": JUNE,
        "since": MAY if kind.compares else None,
        "notice_days": 7,
        "phone": "",
        "signers": {Part.ROLL: "民政局", Part.REGISTER: "乡村振兴局"},
    }
    return Board(**given | changed)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("杨正良", "杨正良"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("张三13800001234", "张三"),
        ("张三(残疾)", "张三"),
        ("李四 522601197001011234", "李四"),
        ("王五,因病", "王五"),
        ("李 四", "李 四"),
        ("522601197001011234", WITHHELD),
        ("(五保)", WITHHELD),
        ("", WITHHELD),
        (None, WITHHELD),
    ],
)
def test_of_a_name_the_name_alone_is_shown(written: str | None, shown: str) -> None:
    assert plain_name(written) == shown


def test_who_is_on_the_roll_stands_on_it_and_nobody_else(tmp_path: Path) -> None:
    people = {f"C{n}": pid(n) for n in range(1, 7)}
    differing: Mapping[str, Mapping[str, Any]] = {
        "C2": {"programme": "城市特困", "tier": None, "village_code": f"{COUNTY}101202"},
        "C3": {"status": "停保", "end_date": date(2026, 6, 1)},
        "C4": {"status": "渐退", "grace_start": date(2026, 6, 1)},
        "C5": {"programme": "低保边缘", "tier": None, "monthly_benefit": 0},
        "C6": {"start_date": date(2026, 7, 1)},
    }
    now = books(
        tmp_path,
        low_income_households=[certificate(n, head_id=p, **differing.get(n, {})) for n, p in people.items()],
        low_income_members=[certificate_member(n, p) for n, p in people.items()],
    )
    assert now.roll is not None
    lines = on_the_roll(now.roll)
    heads = {n: certificate(n, head_id=p)["head_name"] for n, p in people.items()}
    assert {village: {line.name for line in own[Part.ROLL]} for village, own in lines.by_village.items()} == {
        VILLAGE: {heads["C1"], heads["C4"]},
        f"{COUNTY}101202": {heads["C2"]},
    }


HOMES_BEFORE = {
    "H1": open_household("H1", head_name="在册未变", head_id=pid(1)),
    "H2": open_household("H2", head_name="脱贫者", head_id=pid(2)),
    "H3": household("H3", head_name="返贫者", head_id=pid(3)),
    "H4": open_household("H4", head_name="清退者", head_id=pid(4)),
    "H5": open_household("H5", head_name="亡者", head_id=pid(5)),
}
HOMES_NOW = {
    "H1": HOMES_BEFORE["H1"],
    "H2": household("H2", head_name="脱贫者", head_id=pid(2), exit_year=2026),
    "H3": open_household("H3", head_name="返贫者", head_id=pid(3), poverty_status="返贫"),
    "H5": HOMES_BEFORE["H5"],
    "H6": open_household("H6", head_name="新识别者", head_id=pid(6)),
}
ROLL_BEFORE = [
    certificate("C1", head_name="在保未变", head_id=pid(11)),
    certificate("C2", head_name="停保者", head_id=pid(12)),
    certificate("C3", head_name="不见者", head_id=pid(13)),
]
ROLL_NOW = [
    ROLL_BEFORE[0],
    certificate("C2", head_name="停保者", head_id=pid(12), status="停保", end_date=date(2026, 6, 10)),
    certificate("C4", head_name="新保者", head_id=pid(14), start_date=date(2026, 6, 1)),
    certificate("C5", head_name="补录者", head_id=pid(15)),
]


def registered(homes: Mapping[str, Any], **dead: Any) -> list[Any]:
    gone = {"person_status": "死亡", "status_date": date(2026, 6, 2)}
    return [member(f"M{n}", n, row["head_id"], **(gone if n in dead else {})) for n, row in homes.items()]


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> tuple[Books, Books]:
    home = tmp_path_factory.mktemp("notices")
    before = books(
        home / "before", MAY, register_households=HOMES_BEFORE.values(), register_members=registered(HOMES_BEFORE),
        low_income_households=ROLL_BEFORE, low_income_members=[],
    )  # fmt: skip
    now = books(
        home / "now", register_households=HOMES_NOW.values(), register_members=registered(HOMES_NOW, H5=True),
        low_income_households=ROLL_NOW, low_income_members=[],
    )  # fmt: skip
    return before, now


def test_who_came_to_the_books_between_two_days(two_days: tuple[Books, Books]) -> None:
    lines = moves(NoticeKind.ENTRIES, *two_days)
    assert sorted(names(lines, Part.ROLL)) == [("农村低保", "新保者"), ("农村低保", "补录者")]
    assert sorted(names(lines, Part.REGISTER)) == [("新识别", "新识别者"), ("返贫", "返贫者")]
    assert lines.held_back == 0


def test_who_left_the_books_between_two_days_and_of_nobody_why(two_days: tuple[Books, Books]) -> None:
    lines = moves(NoticeKind.EXITS, *two_days)
    assert sorted(names(lines, Part.ROLL)) == [("农村低保", "不见者"), ("农村低保", "停保者")]
    gone = [("不再登记", "亡者"), ("不再登记", "清退者"), ("脱贫退出", "脱贫者")]
    assert sorted(names(lines, Part.REGISTER)) == gone


def test_a_family_that_only_has_another_number_has_neither_come_nor_left(
    two_days: tuple[Books, Books], tmp_path: Path
) -> None:
    """Its head's valid number says that it is the same; a head without one is nobody's."""
    homes = [HOMES_BEFORE["H1"] | {"household_no": "H1新"}, *(row for n, row in HOMES_BEFORE.items() if n != "H1")]
    now = books(
        tmp_path, register_households=homes, register_members=registered({row["household_no"]: row for row in homes}),
        low_income_households=[ROLL_BEFORE[0] | {"certificate_no": "C1新"}, *ROLL_BEFORE[1:]], low_income_members=[],
    )  # fmt: skip
    for kind in (NoticeKind.ENTRIES, NoticeKind.EXITS):
        found = moves(kind, two_days[0], now)
        assert (found.by_village, found.held_back) == ({}, 0), kind


def test_who_moves_into_another_open_household_brings_nobody_new(two_days: tuple[Books, Books], tmp_path: Path) -> None:
    """The household that was left is gone from the register; the one that took the people in was there before."""
    homes = {n: row for n, row in HOMES_BEFORE.items() if n != "H2"}
    moved = [row | {"household_no": "H1"} if row["household_no"] == "H2" else row for row in registered(HOMES_BEFORE)]
    now = books(
        tmp_path, register_households=homes.values(), register_members=moved, low_income_households=ROLL_BEFORE,
        low_income_members=[],
    )  # fmt: skip
    assert moves(NoticeKind.ENTRIES, two_days[0], now).by_village == {}
    assert names(moves(NoticeKind.EXITS, two_days[0], now), Part.REGISTER) == [("不再登记", "脱贫者")]


@pytest.mark.parametrize("certificate_no", ["C3", None], ids=["by its number", "by nothing"])
def test_whose_row_was_refused_has_not_left(
    certificate_no: str | None, two_days: tuple[Books, Books], tmp_path: Path
) -> None:
    """Nor has a household: where a refused row shows no number, it may be that of anybody who is missing."""
    lost = certificate("C3", head_name="不见者", head_id=pid(13)) | {"certificate_no": certificate_no}
    home = HOMES_BEFORE["H4"] | {"household_no": certificate_no and "H4"}
    now = books(
        tmp_path, register_households=HOMES_NOW.values(), register_members=registered(HOMES_NOW, H5=True),
        low_income_households=ROLL_NOW, low_income_members=[],
        quarantined={"low_income_households": [lost], "register_households": [home]},
    )  # fmt: skip
    lines = moves(NoticeKind.EXITS, two_days[0], now)
    assert names(lines, Part.ROLL) == [("农村低保", "停保者")]
    assert sorted(names(lines, Part.REGISTER)) == [("不再登记", "亡者"), ("脱贫退出", "脱贫者")]
    assert lines.held_back == 2


def test_whose_row_was_refused_before_is_not_new_unless_its_own_dates_say_so(
    two_days: tuple[Books, Books], tmp_path: Path
) -> None:
    lost = ROLL_NOW[3] | {"certificate_no": None}
    before = books(
        tmp_path, MAY, register_households=HOMES_BEFORE.values(), register_members=registered(HOMES_BEFORE),
        low_income_households=ROLL_BEFORE, low_income_members=[],
        quarantined={"low_income_households": [lost]},
    )  # fmt: skip
    lines = moves(NoticeKind.ENTRIES, before, two_days[1])
    assert names(lines, Part.ROLL) == [("农村低保", "新保者")]
    assert lines.held_back == 1


def test_a_book_that_was_not_there_on_one_of_the_days_is_no_change(
    two_days: tuple[Books, Books], tmp_path: Path
) -> None:
    now = books(
        tmp_path,
        low_income_households=ROLL_NOW,
        low_income_members=[],
        absent=["register_households", "register_members"],
    )
    assert now.register is None
    assert "没有已接收的数据" in "".join(now.lacking)
    lines = moves(NoticeKind.EXITS, two_days[0], now)
    assert names(lines, Part.REGISTER) == []
    assert len(names(lines, Part.ROLL)) == 2


def test_a_page_says_who_and_how_much_for_how_long_and_whom_to_call(two_days: tuple[Books, Books]) -> None:
    now = two_days[1]
    assert now.roll is not None
    own = on_the_roll(now.roll).by_village[VILLAGE]
    page = page_of(board(NoticeKind.LOW_INCOME, phone="0855-8220000"), VILLAGE, now.places[VILLAGE], own)
    for told in (
        "<h1>低保、特困对象公示</h1>",
        "云溪县三棵树镇朗利村",
        "截至2026年6月30日",
        '<td class="name">在保未变</td><td>1</td><td>1</td><td>农村低保</td><td class="n">300.00</td>',
        "自张贴之日起7天",
        "0855-8220000",
        "云溪县民政局（盖章）",
        "共3户，保障3人。",
        "size:A4",
    ):
        assert told in page, told
    assert "http" not in page
    assert "<script" not in page


def test_a_page_of_changes_has_both_books_and_both_offices(two_days: tuple[Books, Books]) -> None:
    own = moves(NoticeKind.EXITS, *two_days).by_village[VILLAGE]
    page = page_of(board(NoticeKind.EXITS), VILLAGE, two_days[1].places[VILLAGE], own)
    for told in (
        "退出对象公示",
        "2026年5月31日至2026年6月30日",
        "原月保障金额（元）",
        "云溪县民政局、云溪县乡村振兴局（盖章）",
    ):
        assert told in page, told
    assert "____________________" in page  # no telephone in policy: a line to fill in, and nothing made up
    alone = page_of(board(NoticeKind.EXITS, lacking=[Part.REGISTER]), VILLAGE, None, {Part.ROLL: own[Part.ROLL]})
    assert "建档立卡户的变动因数据不全，本次没有列入。" in alone
    assert f"云溪县 {VILLAGE}" in alone


def test_a_page_in_english(two_days: tuple[Books, Books]) -> None:
    with spoken_in(Language.EN):
        own = moves(NoticeKind.ENTRIES, *two_days).by_village[VILLAGE]
        page = page_of(board(NoticeKind.ENTRIES), VILLAGE, two_days[1].places[VILLAGE], own)
    for told in ("Who was newly included", "From 2026-05-31 to 2026-06-30", "identified", "7 days", '<html lang="en">'):
        assert told in page, told


def test_what_an_office_wrote_into_a_name_is_no_markup_and_no_page_has_another_personal_value(tmp_path: Path) -> None:
    """Whatever stands in the books of those who are named: of it the page has name, persons, programme and amount."""
    number, phone = pid(21), "13977665544"
    row = open_household(
        "H77",
        head_id=number,
        phone=phone,
        cause="因病",
        head_name="<b>杨</b>",
        helper_name="龙帮甲",
        income_current=1234,
    )
    now = books(
        tmp_path,
        register_households=[row],
        register_members=[member("M77", "H77", number, name="某某", health="患有大病", labour="丧失劳动力")],
        low_income_households=[
            certificate("C77", head_id=number, head_name='杨某"><script>', monthly_income=1234, tier="B"),
            certificate("C78", head_id=pid(22), head_name="<img src=x>", category_topup=50),
        ],
        low_income_members=[certificate_member("C77", number)],
    )
    before = books(tmp_path / "before", MAY)
    secret = ("因病", "患有大病", "丧失劳动力", "龙帮甲", "1234", "1,234", "C77", "H77", "M77", "50.00", "某某")
    for kind in NoticeKind:
        assert now.roll is not None
        lines = moves(kind, before, now) if kind.compares else on_the_roll(now.roll)
        for village, own in lines.by_village.items():
            page = page_of(board(kind), village, now.places.get(village), own)
            for hidden in (number, number[6:14], phone, *secret, "<b>杨", "<img", "<script"):
                assert hidden not in page, (kind, hidden)
    roll = on_the_roll(now.roll).by_village[VILLAGE][Part.ROLL] if now.roll else ()
    assert {line.name for line in roll} == {"杨某", WITHHELD}
