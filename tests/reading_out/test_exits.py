"""退出预检: an open household meets a condition, does not, or nobody knows."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from builders import D, enrolment, household, housing_case, member, open_household, pid, student, world
from office_rows import relocation
from worlds_on_disk import lay_down, policy_of

from pipelines.house.engine_choice import DUCKDB
from pipelines.reading_out.exits.judging import Prechecked, State, precheck
from pipelines.reading_out.exits.workbook import write_exits
from warehouse.lake import Lake

CHILD = pid(7, date(2015, 5, 1))
CODES = ("EX01", "EX02", "EX03", "EX04", "EX05")
WELL = {"income_current": 13000, "income_previous": 12000, "water_safe": True}


def checked(home: Path, **given: Any) -> Prechecked:
    told = world(**given)
    return precheck(DUCKDB, Lake(home), lay_down(told, home).conformed(told), policy_of(told))


def a_family(**over: Any) -> Mapping[str, Any]:
    """A household of one that meets everything."""
    return {
        "register_households": [open_household(**WELL | over)],
        "register_members": [member()],
        "insurance_enrolments": [enrolment()],
        "housing_renovations": [housing_case()],
    }


def states(found: Prechecked) -> dict[str, State]:
    (one,) = found.candidates
    return {code: answer.state for code, answer in one.answers.items()}


def test_a_household_that_meets_every_condition(tmp_path: Path) -> None:
    found = checked(tmp_path, **a_family())
    assert states(found) == dict.fromkeys(CODES, State.MET)
    (one,) = found.candidates
    assert one.all_met
    assert (one.household_no, one.village, one.poverty_status, one.persons) == ("H1", "朗利村", "未脱贫", 1)


SITUATIONS: tuple[tuple[str, Mapping[str, Any], Mapping[str, State]], ...] = (
    ("income", {"income_current": 3000}, {"EX01": State.NOT_MET}),
    ("income of the year before", {"income_previous": 1000}, {"EX01": State.NOT_MET}),
    ("returned", {"poverty_status": "返贫"}, {}),
    ("house that the register calls unsafe", {"housing_safe": False}, {"EX02": State.NOT_MET}),
    ("water", {"water_safe": False}, {"EX05": State.NOT_MET}),
    ("water that nobody asked about", {"water_safe": None}, {"EX05": State.NOT_KNOWN}),
)
"""What differs from a household that meets everything, and the answers that differ by it."""

UNNUMBERED = {"EX02": State.NOT_KNOWN, "EX03": State.NOT_KNOWN, "EX04": State.NOT_KNOWN}
"""Other books know people by their numbers; what the register says of the household it says all the same."""

D_HOUSE = {"grade": "D", "method": "新建", "plan_year": 2024}
MORE: tuple[tuple[str, Mapping[str, State]], ...] = (
    ("no assessment", {"EX02": State.NOT_KNOWN}),
    ("dangerous house", {"EX02": State.NOT_MET}),
    ("moved out of a dangerous house", {}),
    ("child out of school", {"EX03": State.NOT_MET}),
    ("uninsured", {"EX04": State.NOT_MET}),
    ("uninsured, and a row of that name without a number", {"EX04": State.NOT_KNOWN}),
    ("uninsured, and a member without a number", {**UNNUMBERED, "EX04": State.NOT_MET}),
    ("dangerous house, and a member without a number", UNNUMBERED),
    ("poor, and a member without a number", {"EX01": State.NOT_MET, **UNNUMBERED}),
    ("member without a number", UNNUMBERED),
)


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Any]]:
    """The answers to every situation, each a household of one village; an exited one lives there too."""
    names = [*(name for name, _, _ in SITUATIONS), *(name for name, _ in MORE)]
    rows: dict[str, list[Any]] = {
        "register_households": [], "register_members": [], "insurance_enrolments": [], "housing_renovations": [],
    }  # fmt: skip
    differing = {name: over for name, over, _ in SITUATIONS} | {MORE[-2][0]: {"income_current": 3000}}
    for n, name in enumerate(names, start=10):
        number = f"H{n}"
        rows["register_households"].append(
            open_household(number, head_id=pid(n), **{**WELL, **differing.get(name, {})})
        )
        rows["register_members"].append(member(f"M{n}", number, pid(n)))
        if not name.startswith("uninsured"):
            rows["insurance_enrolments"].append(enrolment(pid(n)))
        if name != "no assessment":
            over = D_HOUSE if "dangerous" in name else {}
            rows["housing_renovations"].append(housing_case(f"X{n}", pid(n), **over))
        if name == "uninsured, and a row of that name without a number":
            rows["insurance_enrolments"].append(enrolment(None, name=member(person_id=pid(n))["name"]))
        if name == "child out of school":
            rows["register_members"].append(member("M7", number, CHILD, relation="子"))
            rows["insurance_enrolments"].append(enrolment(CHILD))
        if name.endswith("member without a number"):
            rows["register_members"].append(member(f"M8{n}", number, None, relation="配偶"))
        if name == "moved out of a dangerous house":
            rows["relocations"] = [
                relocation(household_no=number, head_id=pid(n), moved_in_on=date(2025, 9, 1), plan_year=2024)
            ]
    rows["register_households"].append(household("H99", head_id=pid(99)))
    rows["register_members"].append(member("M99", "H99", pid(99)))
    found = checked(tmp_path_factory.mktemp("exits"), **rows)
    answers = {one.household_no: one.answers for one in found.candidates}
    assert set(answers) == {f"H{n}" for n in range(10, 10 + len(names))}
    return {name: answers[f"H{n}"] for n, name in enumerate(names, start=10)}


@pytest.mark.parametrize(
    ("name", "differs"), [*((name, differs) for name, _, differs in SITUATIONS), *MORE], ids=lambda x: str(x)
)
def test_what_a_situation_is_for_each_condition(
    name: str, differs: Mapping[str, State], village: Mapping[str, Mapping[str, Any]]
) -> None:
    told = {code: answer.state for code, answer in village[name].items()}
    assert told == dict.fromkeys(CODES, State.MET) | dict(differs)


def test_each_answer_but_met_says_why_and_names_nobody_to_recipients(
    village: Mapping[str, Mapping[str, Any]],
) -> None:
    for answers in village.values():
        for answer in answers.values():
            assert bool(answer.why) == (answer.state is not State.MET)
    out = village["child out of school"]["EX03"]
    name = member(person_id=CHILD)["name"]
    assert out.why == f"无学籍记录的适龄儿童：{name}"
    assert out.why_masked == "无学籍记录的适龄儿童：张*"
    assert village["uninsured, and a row of that name without a number"]["EX04"].why.startswith("疑似不达标，待核：")
    assert village["water that nobody asked about"]["EX05"].why == "建档立卡户没有填写饮水安全"
    assert village["no assessment"]["EX02"].why == "未做住房鉴定"


def test_what_has_no_book_tonight_is_not_known_and_says_why(tmp_path: Path) -> None:
    family = {**a_family(), "students": [student(pid(3))]}
    del family["insurance_enrolments"]
    found = checked(tmp_path, **family, absent=["insurance_enrolments"], as_of={"students": date(2025, 1, 1)})
    told = states(found)
    assert (told["EX03"], told["EX04"]) == (State.NOT_KNOWN, State.NOT_KNOWN)
    assert (told["EX01"], told["EX02"], told["EX05"]) == (State.MET, State.MET, State.MET)
    (one,) = found.candidates
    assert "没有已接收的数据" in one.answers["EX04"].why
    assert "早于" in one.answers["EX03"].why
    assert set(found.silent) == {"EX03", "EX04"}


def test_without_housing_cases_no_house_is_known_to_be_safe(tmp_path: Path) -> None:
    family = {feed: rows for feed, rows in a_family().items() if feed != "housing_renovations"}
    found = checked(tmp_path, **family, absent=["housing_renovations"])
    assert states(found)["EX02"] is State.NOT_KNOWN


def test_our_own_refusals_let_nobody_out(tmp_path: Path) -> None:
    """A refused member of the household, and a household that was refused whole: nothing is met for their sake."""
    refused = {
        "register_members": [member("M2", "H1", pid(2))],
        "register_households": [open_household("H2", head_id=pid(3))],
    }
    found = checked(tmp_path, **a_family(), quarantined=refused)
    told = states(found)
    assert {told[code] for code in ("EX03", "EX04")} == {State.NOT_KNOWN}
    assert "本次未能核对" in found.candidates[0].answers["EX04"].why
    assert found.refused == 1


def test_the_same_answers_give_the_same_workbook_and_no_name_is_a_formula(tmp_path: Path) -> None:
    found = checked(tmp_path / "home", **a_family(head_name="=1+1"))
    first, again = (tmp_path / f"{name}.xlsx" for name in "ab")
    for path in (first, again):
        write_exits(path, D, {"云溪县": found}, in_clear=True)
    assert first.read_bytes() == again.read_bytes()
    book = openpyxl.load_workbook(first)
    assert book["退出预检"]["D2"].value == "=1+1"
    assert not any(cell.data_type == "f" for sheet in book for line in sheet.iter_rows() for cell in line)
    assert [cell.value for cell in book["汇总"][3]][:4] == ["合计", 1, 1, 1]
    assert all(sheet.page_setup.paperSize == 9 for sheet in book)


def test_several_counties_stand_in_one_workbook_each_by_its_name(tmp_path: Path) -> None:
    found = checked(tmp_path / "home", **a_family())
    write_exits(tmp_path / "x.xlsx", D, {"云溪县": found, "凯里市": found}, in_clear=False)
    rows = openpyxl.load_workbook(tmp_path / "x.xlsx")["退出预检"].iter_rows(min_row=2, max_col=1, values_only=True)
    assert [*rows] == [("云溪县三棵树镇",), ("凯里市三棵树镇",)]
