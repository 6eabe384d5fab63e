"""What a finding says where several rows stand behind it: each once, in order, and nobody else's."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import (
    COUNTY,
    World,
    certificate,
    certificate_member,
    education_subsidy,
    household,
    housing_case,
    member,
    payment,
    pid,
    student,
    world,
)
from worlds_on_disk import run

A = pid(1)
CHILD, OTHER = pid(2, date(2015, 3, 1)), pid(3, date(2015, 3, 1))


def only_finding(of: World, home: Path, rule: str) -> dict[str, Any]:
    (found,) = run(of, home, (rule,)).findings.to_pylist()
    return dict(found)


def test_two_problems_of_rows_with_one_key_are_both_told(tmp_path: Path) -> None:
    rows = [
        certificate_member("C1", None, name="李明", person_id_problem="blank"),
        certificate_member("C1", None, name="李明", person_id_problem="bad_check_digit", covered=False),
    ]
    found = only_finding(world(low_income_members=rows), tmp_path, "ID01")
    assert found["actual"].count("、") == 1
    assert "未填写" in found["actual"].split("、")


def test_a_house_without_a_plan_year_is_not_among_those_too_close_to_each_other(tmp_path: Path) -> None:
    years = {"X1": 2024, "X2": 2025, "X3": None}
    cases = [housing_case(no, A, paid=10000, plan_year=year) for no, year in years.items()]
    found = only_finding(world(housing_renovations=cases), tmp_path, "DU05")
    assert "X1、X2" in found["actual"]
    assert "X3" not in found["actual"]


def test_of_two_certificates_numbers_names_and_schools_the_first_is_named(tmp_path: Path) -> None:
    dead = world(
        register_households=[household()],
        register_members=[member(person_status="死亡", status_date=date(2026, 3, 1))],
        low_income_households=[certificate("C2"), certificate("C1")],
        low_income_members=[certificate_member("C2", A), certificate_member("C1", A)],
    )
    assert only_finding(dead, tmp_path / "dead", "ID05")["certificate_no"] == "C1"
    twice = world(
        low_income_households=[certificate("C2", programme="农村特困", tier=None), certificate("C1")],
        low_income_members=[certificate_member("C2", A), certificate_member("C1", A)],
    )
    assert only_finding(twice, tmp_path / "twice", "TL10")["certificate_no"] == "C1"
    paid = world(education_subsidies=[education_subsidy(CHILD, student_no=no) for no in ("G2", "G1")])
    assert only_finding(paid, tmp_path / "paid", "DU04")["student_no"] == "G1"
    named = world(
        register_households=[household(head_name="李红")],
        register_members=[member(name="李红")],
        housing_renovations=[housing_case("X1", A, head_name="李明")],
    )
    assert only_finding(named, tmp_path / "named", "ID02")["name"] == min("李红", "李明")
    pupil = world(
        register_households=[household()],
        register_members=[member(person_id=CHILD)],
        students=[student(CHILD, school="朗利小学"), student(CHILD, school="下司小学")],
    )
    found = only_finding(pupil, tmp_path / "pupil", "CV04")
    assert found["explanation"].startswith(min("朗利小学", "下司小学"))


def test_a_row_without_a_number_is_found_by_the_other_numbers_that_it_bears(tmp_path: Path) -> None:
    rows = world(
        register_households=[household("H7", head_id=None)],
        register_members=[member("M7", "H7", None)],
        low_income_households=[certificate("C7", head_id=None)],
        students=[student(None, student_no="G7", school="朗利小学")],
        housing_renovations=[housing_case("X7", None)],
    )
    found = {f["subject_key"].partition("|")[0]: f for f in run(rows, tmp_path, ("ID01",)).findings.to_pylist()}
    assert found["register_households"]["household_no"] == found["register_members"]["household_no"] == "H7"
    assert found["register_households"]["village_code"] == found["low_income_households"]["village_code"]
    assert found["low_income_households"]["certificate_no"] == "C7"
    assert (found["students"]["student_no"], found["students"]["school"]) == ("G7", "朗利小学")
    assert found["housing_renovations"]["case_no"] == "X7"


def test_a_house_in_two_villages_lies_in_the_first(tmp_path: Path) -> None:
    villages = {"X1": f"{COUNTY}101202", "X2": f"{COUNTY}101201"}
    cases = [housing_case(no, A, paid=10000, plan_year=2024, village_code=code) for no, code in villages.items()]
    assert only_finding(world(housing_renovations=cases), tmp_path, "DU05")["village_code"] == f"{COUNTY}101201"


@pytest.mark.parametrize(("covered", "certificate_no"), [(True, "C1"), (False, None)])
def test_a_person_is_named_with_the_certificate_that_covers_him(
    covered: bool, certificate_no: str | None, tmp_path: Path
) -> None:
    of = world(
        register_households=[household()],
        register_members=[member()],
        low_income_households=[certificate()],
        low_income_members=[certificate_member("C1", A, covered=covered)],
    )
    assert only_finding(of, tmp_path, "CV01")["certificate_no"] == certificate_no


def test_of_two_deaths_under_one_certificate_the_first_is_told(tmp_path: Path) -> None:
    deaths = {A: date(2026, 3, 1), pid(4): date(2026, 2, 1)}
    of = world(
        register_households=[household()],
        register_members=[
            member(f"M{n}", person_id=who, person_status="死亡", status_date=on)
            for n, (who, on) in enumerate(deaths.items())
        ],
        low_income_households=[certificate()],
        low_income_members=[certificate_member("C1", who) for who in deaths],
        low_income_payments=[payment(batch_no=f"B{n}", payee_id=who) for n, who in enumerate(deaths)],
    )
    assert "2026-02-01" in only_finding(of, tmp_path, "PY06")["actual"]


def test_money_that_others_got_back_is_no_evidence_of_what_a_pupil_lacks(tmp_path: Path) -> None:
    """Rows of the pupil for the term and the item, by number or 学籍号; not another pupil's, term's or item's."""
    feeds = {
        "register_households": [household()],
        "register_members": [member(person_id=CHILD)],
        "students": [student(CHILD)],
    }
    returned = {"payment_status": "退回"}
    rows = [
        education_subsidy(CHILD, **returned),
        education_subsidy(None, student_no=f"G{CHILD}", batch_no="B2", **returned),
        education_subsidy(OTHER, **returned),
        education_subsidy(None, student_no=f"G{OTHER}", batch_no="B2", **returned),
        education_subsidy(CHILD, term="春季", school_year="2024-2025", **returned),
        education_subsidy(CHILD, school_year="2024-2025", **returned),
        education_subsidy(CHILD, item="雨露计划", **returned),
    ]
    found = only_finding(world(**feeds, education_subsidies=rows), tmp_path, "CV04")
    shown = [item["row"] for item in json.loads(found["evidence"]) if item.get("feed") == "education_subsidies"]
    assert [row for row in shown if row] == [2, 3]
