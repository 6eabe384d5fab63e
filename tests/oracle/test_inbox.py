"""What lies in an inbox without dirt is read back as the rows that were written."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import COUNTY, POLICY, D, Row, certificate, education_subsidy, household, member, payment, pid
from oracle.evaluate import evaluate
from oracle.inbox import identity_number, load_staged
from oracle.policy import Policy, Values
from oracle.verdicts import NotEvaluated

from expectations.feeds import CORE_FEEDS, FEEDS_BY_NAME


def text(value: Any) -> str:
    """A value as a department without dirt writes it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def write(folder: Path, feed: str, rows: list[Row], as_of: str = "20260630") -> Path:
    """A CSV file with the feed's headings."""
    path = folder / f"{feed}_{COUNTY}_{as_of}.csv"
    columns = FEEDS_BY_NAME[feed].columns
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.title for column in columns])
        writer.writerows([[text(row[column.name]) for column in columns] for row in rows])
    return path


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    """The tests' policy as YAML."""
    entries = {key: [{"from": date(2020, 1, 1), "value": value, "source": "-"}] for key, value in POLICY.items()}
    path = tmp_path / "policy.yaml"
    path.write_text(yaml.safe_dump({"county": COUNTY, "parameters": entries}, allow_unicode=True), encoding="utf-8")
    return path


ROWS: dict[str, list[Row]] = {
    "register_households": [household(income_current="-12.30"), household("H2", head_id=None, exit_year=None)],
    "register_members": [member(birth_date=date(1980, 1, 1), sex="男"), member("M2", person_id=None)],
    "low_income_households": [certificate(category_topup="1.50", grace_start=date(2026, 1, 31))],
    "low_income_payments": [payment()],
    "education_subsidies": [education_subsidy()],
}


def test_rows_are_read_as_they_were_staged(tmp_path: Path, policy_file: Path) -> None:
    files = [write(tmp_path, feed, rows) for feed, rows in ROWS.items()]
    read = load_staged(files, [policy_file], D)
    # a clean file has the labels themselves, and no words beside them
    plain = {
        feed: [{k: v for k, v in row.items() if not k.endswith("_sent")} for row in rows] for feed, rows in ROWS.items()
    }
    assert {delivery.feed: list(delivery.rows) for delivery in read.deliveries} == plain
    assert {delivery.as_of for delivery in read.deliveries} == {D}
    assert Values(Policy(read.policy), D)["low_income_standard.rural"] == 520


def test_a_loaded_world_is_evaluated(tmp_path: Path, policy_file: Path) -> None:
    files = [write(tmp_path, feed.name, ROWS.get(feed.name, [])) for feed in CORE_FEEDS]
    answers = evaluate(load_staged(files, [policy_file], D))
    assert answers["EX01"] == {("H1", ""): "possible"}
    assert isinstance(answers["CV01"], NotEvaluated)


def test_repeats_collapse_and_conflicting_keys_are_refused(tmp_path: Path, policy_file: Path) -> None:
    rows = [member(), member(), member("M2", name="李明"), member("M2", name="李敏")]
    (delivery,) = load_staged([write(tmp_path, "register_members", rows)], [policy_file], D).deliveries
    assert delivery.rows == (member(),)
    assert [row["name"] for row in delivery.quarantined] == ["李明", "李敏"]


def test_a_file_with_dirt_is_an_error_that_quotes_nothing(tmp_path: Path, policy_file: Path) -> None:
    path = write(tmp_path, "low_income_payments", [payment() | {"amount": "1,000元"}])
    with pytest.raises(ValueError, match="row 2: cannot read amount") as error:
        load_staged([path], [policy_file], D)
    assert "1,000" not in str(error.value)


def test_a_policy_that_lacks_a_key_is_an_error(tmp_path: Path) -> None:
    empty = tmp_path / "empty.yaml"
    empty.write_text("county: '*'\nparameters: {}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="poverty_line"):
        load_staged([write(tmp_path, "register_members", [member()])], [empty], D)


VALID = pid(1)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (VALID, None),
        (f"{VALID[:6]} {VALID[6:]}", None),
        ("", "blank"),
        (VALID[:17], "malformed"),
        (VALID[:17] + "A", "malformed"),
        (VALID[:17] + str((int(VALID[17]) + 1) % 10), "bad_check_digit"),
        (VALID[:10] + "0230" + VALID[14:], "bad_date"),
        (pid(1, date(2026, 7, 1)), "born_after_as_of"),
        (pid(1, date(1899, 12, 31)), "born_before_1900"),
    ],
)
def test_identity_numbers_are_checked(written: str, problem: str | None) -> None:
    number, found = identity_number(written, D)
    assert found == problem
    assert (number is None) == (problem is not None)


def test_fifteen_digits_mean_the_last_century() -> None:
    assert identity_number(VALID[:6] + VALID[8:17], D) == (VALID, None)


def test_amounts_keep_their_cents(tmp_path: Path, policy_file: Path) -> None:
    (delivery,) = load_staged(
        [write(tmp_path, "low_income_payments", [payment(amount="0.1")])], [policy_file], D
    ).deliveries
    assert delivery.rows[0]["amount"] == Decimal("0.10")
