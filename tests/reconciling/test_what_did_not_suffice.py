"""What an absence is asserted against: rows of the searched feed that are there and do not suffice are evidence too.

They are rows of the other side, and a department's answer 不属实 must not outlive their change.
"""

import json
from datetime import date
from pathlib import Path

import pytest
from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    education_subsidy,
    enrolment,
    household,
    member,
    open_household,
    pid,
    student,
    world,
)
from worlds_on_disk import run

A, CHILD = pid(1), pid(2, date(2015, 3, 1))


def _register(*, open_: bool, person: str = A) -> dict[str, list[Row]]:
    house = open_household(income_current=100) if open_ else household(household_type="低保户")
    return {"register_households": [house], "register_members": [member(person_id=person)]}


def _stopped(covered: bool = True) -> dict[str, list[Row]]:
    ended = {} if not covered else {"status": "停保", "end_date": date(2026, 1, 31)}
    return {
        "low_income_households": [certificate(**ended)],
        "low_income_members": [certificate_member(person_id=A, covered=covered)],
    }


SUSPENDED = enrolment(A, enrolment_status="暂停参保")
DROPPED_OUT = student(CHILD, student_status="辍学")
RETURNED = education_subsidy(None, student_no=f"G{CHILD}", payment_status="退回")
CASES = {
    "CV01": (_register(open_=False) | {"insurance_enrolments": [SUSPENDED]}, "insurance_enrolments"),
    "EX04": (_register(open_=False) | {"insurance_enrolments": [SUSPENDED]}, "insurance_enrolments"),
    "CV03": (_register(open_=False, person=CHILD) | {"students": [DROPPED_OUT]}, "students"),
    "EX03": (_register(open_=False, person=CHILD) | {"students": [DROPPED_OUT]}, "students"),
    "TL02": (_register(open_=True) | _stopped(), "low_income_households"),
    "TL03": (_register(open_=False) | _stopped(covered=False), "low_income_members"),
    "TL06": (
        _register(open_=False)
        | {"register_members": [member(person_id=A, person_status="迁出", status_date=date(2026, 1, 1))]}
        | {"low_income_households": [certificate(programme="农村低保", monthly_income=0, monthly_benefit=0)]}
        | {"low_income_members": [certificate_member(person_id=A)]},
        "register_members",
    ),
    "CV04": (
        _register(open_=False, person=CHILD) | {"students": [student(CHILD)], "education_subsidies": [RETURNED]},
        "education_subsidies",
    ),
}


def _finding(of: World, home: Path, rule: str) -> dict[str, str]:
    (found,) = [f for f in run(of, home, (rule,)).findings.to_pylist() if f["rule"] == rule]
    return found


@pytest.mark.parametrize("rule", CASES)
def test_rows_that_do_not_suffice_are_shown_and_change_the_evidence(rule: str, tmp_path: Path) -> None:
    feeds, searched = CASES[rule]
    with_them = _finding(world(**feeds), tmp_path / "with", rule)
    evidence = json.loads(with_them["evidence"])
    assert [item["row"] for item in evidence if item.get("feed") == searched and item["row"]]
    (without,) = [{**feeds, searched: [_other(row) for row in feeds[searched]]}]
    assert _finding(world(**without), tmp_path / "without", rule)["evidence_digest"] != with_them["evidence_digest"]


def _other(row: Row) -> Row:
    """The same row of somebody else."""
    mine = {"person_id": pid(9), "student_no": "G9", "certificate_no": "C9", "member_no": "M9"}
    return {name: mine.get(name, value) for name, value in row.items()}
