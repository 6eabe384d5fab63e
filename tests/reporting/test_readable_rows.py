"""What a department reads of a finding: in order, in words, with names in clear and numbers masked."""

import json
from typing import Any

import pyarrow as pa
import pytest
from reporting.factory import DELIVERIES, TOWNSHIPS, absent_from, finding, identity_number, ledger, row_of

from expectations.finding import EXPLANATION_FOR_DEPARTMENTS
from pipelines.reporting.rows import readable_rows


def rows(*findings: dict[str, object]) -> list[dict[str, object]]:
    table: pa.Table = readable_rows(ledger(*findings), deliveries=DELIVERIES)
    return table.to_pylist()


def evidence(*items: dict[str, object]) -> str:
    return json.dumps(items, ensure_ascii=False)


def test_a_row_is_told_with_feed_file_sheet_row_headings_and_units() -> None:
    [row] = rows(finding(evidence=evidence(row_of("register_households", 123, income_current="3000.00"))))
    assert row["evidence"] == (
        "建档立卡户 register_households_522601_20260630.xlsx「Sheet1」第123行：本年度人均纯收入=3000.00元/人·年"
    )
    assert row["sources"] == "建档立卡户 2026-06-30"


def test_a_file_without_sheets_is_told_without_one() -> None:
    [row] = rows(finding(evidence=evidence(row_of("students", 7, grade="一年级") | {"sheet": None})))
    assert row["evidence"] == "学籍 students_522601_20260630.xlsx 第7行：年级=一年级"


def test_an_absence_names_the_delivery_and_how_it_was_searched() -> None:
    [row] = rows(finding(evidence=evidence(absent_from("low_income_members", "按证件号码查找，未找到"))))
    assert row["evidence"] == "低保、特困对象（人） 截至2026-06-30：按证件号码查找，未找到"


def test_a_policy_value_is_told_by_its_label_with_its_source_and_is_no_data_source() -> None:
    value = {"policy": "low_income_standard.rural", "value": "520", "from": "2025-07-01", "source": "州发〔2025〕1号"}
    [row] = rows(finding(evidence=evidence(value)))
    assert row["evidence"] == "政策标准 低保标准（农村）=520元/人·月（2025-07-01起，州发〔2025〕1号）"
    assert row["sources"] == ""


def test_a_delivery_that_is_no_longer_in_force_still_gives_its_date() -> None:
    old = row_of("students", 7, grade="一年级") | {"delivery": "students_522601_20260331_0123456789ab"}
    [row] = rows(finding(evidence=evidence(old)))
    assert row["sources"] == "学籍 2026-03-31"


def test_evidence_keeps_names_and_masks_numbers_by_their_declaration() -> None:
    number = identity_number(7)
    items = (
        row_of("students", 7, name="杨测7", person_id=number, student_no=f"G{number}"),
        row_of("register_households", 8, phone="13800001234", head_id=number),
        row_of("low_income_payments", 9, payee_name="吴试7", payee_id=number),
    )
    [row] = rows(finding(7, evidence=evidence(*items)))
    told = str(row["evidence"])
    assert number not in told
    assert "13800001234" not in told
    assert f"证件号码={number[:3]}***********{number[-4:]}" in told
    assert f"学籍号=G{number[:3]}***********{number[-4:]}" in told
    assert "学生姓名=杨测7" in told
    assert "收款人姓名=吴试7" in told


def test_evidence_of_an_unknown_column_or_feed_is_hidden_whole() -> None:
    known = row_of("students", 7, grade="一年级", diagnosis="一种病")
    items = (known, known | {"feed": "births", "values": {"name": "杨测7"}})
    [row] = rows(finding(7, evidence=evidence(*items)))
    first, second = str(row["evidence"]).splitlines()
    assert first.endswith("：年级=一年级；diagnosis=***")
    assert second.endswith("：name=***")


def test_evidence_of_the_evaluations_feeds_is_masked_as_all_other() -> None:
    number = identity_number(7)
    roster = row_of("students", 7) | {"feed": "village_rosters", "values": {"head_name": "杨测7", "head_id": number}}
    [row] = rows(finding(7, evidence=evidence(roster)))
    assert str(row["evidence"]).endswith(f"：户主姓名=杨测7；户主证件号码={masked(number)}")


def test_a_lead_is_called_so_stands_last_and_shows_no_value_of_property_pensions_or_treatment() -> None:
    held = {"title_no": "T9", "land_use": "商业", "owner_name": "杨测7"}
    titles = row_of("students", 4) | {"feed": "real_estate", "values": held}
    drawn = row_of("students", 5) | {"feed": "pensions", "values": {"monthly_pension": "1234.00", "name": "杨测7"}}
    other = finding(rule="TL08", certainty="possible", severity="low")
    lead = other | {"rule": "LD06", "severity": "high", "finding_id": "f" * 24, "evidence": evidence(titles, drawn)}
    told = rows(lead, other)
    assert [(row["rule"], row["certainty_label"]) for row in told] == [("TL08", "待核"), ("LD06", "线索")]
    assert "第4行" in str(told[1]["evidence"])
    assert "第5行" in str(told[1]["evidence"])
    assert not any(value in str(told[1]["evidence"]) for value in ("T9", "商业", "杨测7", "1234"))


def test_the_sentence_is_the_one_for_departments_and_of_an_older_ledger_the_masked_one() -> None:
    told = finding(explanation="甲的电话13812345678", explanation_masked="甲*的电话***")
    told[EXPLANATION_FOR_DEPARTMENTS] = "甲的电话***"
    [row] = rows(told)
    assert row["explanation"] == "甲的电话***"
    older = ledger(told).drop_columns([EXPLANATION_FOR_DEPARTMENTS])
    [row] = readable_rows(older, deliveries=DELIVERIES).to_pylist()
    assert row["explanation"] == "甲*的电话***"


def test_the_reason_why_a_number_is_missing_is_told_in_chinese() -> None:
    [row] = rows(finding(evidence=evidence(row_of("students", 7, person_id=None, person_id_problem="bad_check_digit"))))
    assert str(row["evidence"]).endswith("证件号码=（空）；证件号码问题=校验码不符")


def test_numbers_inside_sentences_are_masked_even_side_by_side() -> None:
    one, two = identity_number(1), identity_number(2)
    [row] = rows(finding(explanation=f"甲{one}、{two}和G{one}", household_no="5"))
    assert row["explanation"] == f"甲{masked(one)}、{masked(two)}和G{masked(one)}"


def test_a_certificate_number_built_like_an_identity_number_stays_readable() -> None:
    certificate = "522601201907120018"
    [row] = rows(
        finding(rule="TL05", certificate_no=certificate, explanation=f"证{certificate}，人{identity_number(1)}")
    )
    assert row["explanation"] == f"证{certificate}，人{masked(identity_number(1))}"
    assert row["number"] == certificate


@pytest.mark.parametrize(
    ("rule", "shown"),
    [("TL05", "DB1"), ("CV04", "G" + "522***********"), ("CV05", "WG1"), ("CV01", "DB1")],
)
def test_each_department_sees_its_own_kind_of_number(rule: str, shown: str) -> None:
    [row] = rows(finding(rule=rule, certificate_no="DB1", student_no=f"G{identity_number(1)}", case_no="WG1"))
    assert str(row["number"]).startswith(shown)
    assert identity_number(1) not in str(row["number"])


def test_only_open_findings_are_listed() -> None:
    states = ["待核实", "已派发", "属实", "不属实", "整改中", "已整改", "销号", "数据已消除", "重开"]
    table = readable_rows(ledger(*(finding(n, state=s) for n, s in enumerate(states))), deliveries=DELIVERIES)
    assert table.num_rows == 6


def test_rows_come_by_township_severity_certainty_village_rule_and_key() -> None:
    later = {"place": TOWNSHIPS[1]}
    expected = [
        finding(1, village_code="522601101001"),
        finding(2, village_code="522601101002", village="石桥村", subject_key="A"),
        finding(3, village_code="522601101002", village="石桥村", subject_key="B"),
        finding(4, village_code="522601101001", certainty="possible"),
        finding(5, rule="TL08", severity="low", village_code="522601101001"),
        finding(6, **later),
    ]
    found = rows(*(expected[n] for n in (5, 3, 1, 4, 0, 2)))
    assert [r["finding_id"] for r in found] == [e["finding_id"] for e in expected]


def test_a_finding_of_an_earlier_period_says_so() -> None:
    [row] = rows(finding(past_period=True))
    assert str(row["explanation"]).endswith("（往期）")


def test_a_finding_that_a_refused_row_may_hide_says_so() -> None:
    [row] = rows(finding(unchecked=True))
    assert str(row["explanation"]).endswith("（本次未能核对：有关的记录被退回）")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cleared_because": "数据撤回"}, "（数据撤回，现行比对中已不存在，不算整改）"),
        ({"days_left": 3}, "（时限暂停，还剩3个工作日）"),
    ],
)
def test_what_is_gone_without_a_proof_and_a_clock_that_stands_still_are_said(given: dict[str, Any], said: str) -> None:
    [row] = rows(finding(state="整改中", **given))
    assert str(row["explanation"]).endswith(said)


def test_long_evidence_is_cut_and_says_how_much_is_missing() -> None:
    items = [row_of("students", n, grade="一年级") for n in range(40)]
    [row] = rows(finding(evidence=evidence(*items)))
    lines = str(row["evidence"]).split("\n")
    assert len(lines) == 26
    assert lines[-1] == "……另有15条，见数据组"


@pytest.mark.parametrize("nothing", ["", "[]", None])
def test_a_finding_without_evidence_is_still_listed(nothing: str | None) -> None:
    [row] = rows(finding(evidence=nothing))
    assert row["evidence"] == ""


def test_a_county_without_findings_has_no_rows() -> None:
    assert rows() == []


def masked(number: str) -> str:
    return f"{number[:3]}***********{number[-4:]}"
