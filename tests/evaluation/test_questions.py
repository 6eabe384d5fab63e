"""Every question has one query, and its figures are those of the files and of the simulator's truth, to the person."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import pytest
from night.counties import COUNTY, KEY, Home, make_home
from typer.testing import CliRunner

from expectations.finding import CLOSED_STATES
from pipelines.cli import app
from pipelines.evaluation.indicators import read_flows
from pipelines.night.flow import run_night
from warehouse.evaluation.indicators import INDICATORS
from warehouse.evaluation.money import MONEY
from warehouse.evaluation.querying import published_query
from warehouse.evaluation.questions import QUESTIONS
from warehouse.sql import bound

D = date(2026, 6, 30)
BEFORE = date(2026, 5, 31)
TRUE = "是"

PLANS = "年度,行政区划代码,项目,计划数\n" + "".join(
    f"{year},{COUNTY},{target},{planned}\n"
    for year in (2020, 2025)
    for target, planned in (("脱贫户数", 30), ("脱贫人数", 100), ("新增低保户数", 40))
)
"""What the county meant to reach: of the whole county alone."""

pytestmark = pytest.mark.slow


class Files:
    """What was sent as of D, read with nothing of ours: each feed's rows by the departments' headings."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def rows(self, feed: str) -> list[dict[str, str]]:
        """Rows of a feed."""
        path = self.home.path / "archive" / COUNTY / f"{feed}_{COUNTY}_{D:%Y%m%d}.csv"
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))

    @cached_property
    def households(self) -> dict[str, dict[str, str]]:
        return {row["户编号"]: row for row in self.rows("register_households")}

    @cached_property
    def people(self) -> list[dict[str, str]]:
        """Registered members."""
        members = self.rows("register_members")
        return [row for row in members if row["人员状态"] == "正常" and row["户编号"] in self.households]

    @cached_property
    def lived_in(self) -> dict[str, dict[str, str]]:
        """Households with a registered member: those that are counted."""
        homes = {row["户编号"] for row in self.people}
        return {no: row for no, row in self.households.items() if no in homes}

    @cached_property
    def once(self) -> dict[str, dict[str, str]]:
        """Registered persons with a number, each once: the open household counts before the exited one."""
        order = sorted(self.people, key=lambda r: (self.households[r["户编号"]]["脱贫属性"] == "已脱贫", r["户编号"]))
        return {row["证件号码"]: row for row in reversed(order) if row["证件号码"]}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIANGXIAN_FINDING_KEY", KEY)
        home = make_home(tmp_path_factory.mktemp("questions") / "home", households=150, seed=6, as_of=D, months=2)
        for d in home.dates():
            home.arrive(d)
            (home.inbox / f"work_plans_{COUNTY}_{d:%Y%m%d}.csv").write_text(PLANS, encoding="utf-8")
            run_night(home.settings(d), d)
        yield home


@pytest.fixture(scope="module")
def files(home: Home) -> Files:
    return Files(home)


@pytest.fixture(scope="module")
def truth(home: Home) -> dict[str, dict[tuple[str, str], str]]:
    return home.truths()[D]


@pytest.fixture(scope="module")
def answers(home: Home, files: Files) -> dict[str, list[dict[str, Any]]]:
    """The answer to every question."""
    values: dict[str, str | date] = {"county": COUNTY, "as_of": D, "other_day": BEFORE}
    values["household_no"] = min(files.households)
    with published_query(home.settings(D).home.lake) as query:
        return {q.slug: [dict(row) for row in query(bound(q.sql, **values))] for q in QUESTIONS}


def subjects(found: dict[tuple[str, str], str]) -> set[str]:
    return {key for key, _ in found}


def test_every_question_has_an_answer_and_no_base_table_behind_it(answers: dict[str, list[dict[str, Any]]]) -> None:
    assert {slug for slug, rows in answers.items() if not rows} == set()
    assert not [q.slug for q in QUESTIONS if "warehouse." in q.sql]


def test_causes_sum_to_the_total(answers: dict[str, list[dict[str, Any]]], files: Files) -> None:
    (total,) = [row for row in answers["causes"] if row["cause"] == "合计"]
    parts = {row["cause"]: (row["households"], row["persons"]) for row in answers["causes"] if row is not total}
    persons = Counter(files.households[row["户编号"]]["主要致贫原因"] for row in files.people)
    own = Counter(row["主要致贫原因"] for row in files.lived_in.values())
    assert parts == {cause: (count, persons[cause]) for cause, count in own.items()}
    assert (total["households"], total["persons"]) == (len(files.lived_in), len(files.people))
    without = next(row for row in answers["rates"] if "households_without_members" in row["indicator"])
    assert (without["numerator"], without["denominator"]) == (
        len(files.households) - len(files.lived_in),
        len(files.households),
    )
    assert without["numerator"] > 0


def test_uninsured_and_out_of_school_and_short_of_subsidy_are_those_who_truly_are(
    answers: dict[str, list[dict[str, Any]]], truth: dict[str, dict[tuple[str, str], str]], files: Files
) -> None:
    assert sum(row["persons"] for row in answers["uninsured"]) == len(truth["CV01"])
    assert sum(row["out_of_school"] for row in answers["out_of_school"]) == len(truth["CV03"])
    short = {person for person in subjects(truth["CV02"]) if person in files.once}
    assert sum(row["persons_short"] for row in answers["premiums"]) == len(short)
    items = [key for key in subjects(truth["CV04"]) if key.split("|")[0] in files.once]
    owed = sum(row["items_due"] - row["items_received"] for row in answers["education"])
    assert owed == len(items)


def test_certificates_above_the_standard_are_those_of_the_truth(
    answers: dict[str, list[dict[str, Any]]], truth: dict[str, dict[tuple[str, str], str]]
) -> None:
    assert {row["certificate_no"]: row["certainty"] for row in answers["above_standard"]} == {
        key: certainty for (key, _), certainty in truth["TL05"].items()
    }


def test_households_below_the_line_and_on_no_roll_come_from_the_files(
    answers: dict[str, list[dict[str, Any]]], files: Files
) -> None:
    programmes = {"农村低保", "城市低保", "农村特困", "城市特困"}
    in_force = {
        row["低保证号"]
        for row in files.rows("low_income_households")
        if row["救助类别"] in programmes
        and row["保障状态"] in ("在保", "渐退")
        and row["保障起始日期"] <= D.isoformat()
        and (not row["停保日期"] or row["停保日期"] > D.isoformat())
    }
    members = files.rows("low_income_members")
    roll = {r["证件号码"] for r in members if r["低保证号"] in in_force and r["是否保障对象"] == TRUE and r["证件号码"]}
    helped = {row["户编号"] for row in files.people if row["证件号码"] in roll}
    peopled = {row["户编号"] for row in files.people}
    found = {row["household_no"]: row for row in answers["below_line"]}
    line = {row["poverty_line"] for row in answers["below_line"]}.pop()
    expected = {no for no, row in files.lived_in.items() if Decimal(row["本年度人均纯收入"]) < line} - helped
    assert set(found) & peopled == expected & peopled
    by_township: dict[str, set[str]] = defaultdict(set)
    for person, row in files.once.items():
        by_township[files.households[row["户编号"]]["行政区划代码"][:9]].add(person)
    assert {row["area_code"]: (row["numerator"], row["denominator"]) for row in answers["on_roll"]} == {
        area: (len(people & roll), len(people)) for area, people in by_township.items()
    }


def test_the_ledger_and_the_card_and_the_past_are_told(
    answers: dict[str, list[dict[str, Any]]], home: Home, files: Files
) -> None:
    run = home.runs()[-1].id
    owners = Counter(row["owner"] for row in home.dataset("ledger", run))
    assert {row["owner"]: row["findings"] for row in answers["ledger"]} == dict(owners)
    assert [row["as_of"] for row in answers["card"]] == [BEFORE, D]
    assert sum(row["households"] for row in answers["register_on"]) > 0


def test_villages_sum_to_townships_and_those_to_the_county(home: Home) -> None:
    with published_query(home.settings(D).home.lake) as query:
        rows = query(f"SELECT * FROM evaluation.indicators WHERE as_of = DATE '{D}'")
    assert {row["indicator"] for row in rows} == {indicator.name for indicator in INDICATORS}
    adding = {indicator.name for indicator in INDICATORS if indicator.adds_up}
    planned = {indicator.name for indicator in INDICATORS if indicator.is_plan}
    rows = [row for row in rows if row["indicator"] in adding]
    for name in ("numerator", "denominator", "unknown"):
        sums: dict[str, Counter[str]] = defaultdict(Counter)
        for row in rows:
            if name != "denominator" or row["indicator"] not in planned:
                sums[row["level"]][row["indicator"]] += row[name] or 0
        assert sums["county"] == sums["township"] == sums["village"]


def test_plans_stand_beside_what_the_files_say_was_reached(
    answers: dict[str, list[dict[str, Any]]], files: Files
) -> None:
    told = {(row["year"], row["target"]): (row["planned"], row["reached"]) for row in answers["plans"]}
    assert len(told) == len(answers["plans"]) == 6
    for year in (2020, 2025):
        exited = {no for no, row in files.lived_in.items() if row["脱贫年度"] == str(year)}
        assert told[year, "脱贫户数"] == (30, len(exited))
        assert told[year, "脱贫人数"] == (100, sum(row["户编号"] in exited for row in files.people))
    starts = Counter(
        row["保障起始日期"][:4]
        for row in files.rows("low_income_households")
        if row["救助类别"] in ("农村低保", "城市低保") and row["保障状态"] in ("在保", "渐退")
    )
    assert told[2025, "新增低保户数"] == (40, starts["2025"])
    newest = {row["indicator"]: row for row in answers["rates"]}["计划完成率：脱贫户数"]
    assert (newest["numerator"], newest["denominator"]) == (told[2025, "脱贫户数"][1], 30)
    assert sum(reached for _, reached in told.values()) > 0


def test_what_rules_believe_owed_is_what_the_ledger_has_open_to_the_fen(home: Home) -> None:
    ledger = home.dataset("ledger", home.runs()[-1].id)
    come_to: dict[str, Counter[str]] = defaultdict(Counter)
    for row in ledger:
        if row["state"] not in CLOSED_STATES and row["rule_yuan"] is not None:
            come_to[row["rule"]][row["certainty"]] += row["rule_yuan"]
    with published_query(home.settings(D).home.lake) as query:
        rows = query(f"SELECT * FROM evaluation.indicators WHERE as_of = DATE '{D}' AND level = 'county'")
    told = {row["indicator"]: row for row in rows}
    for one in MONEY:
        row, sums = told[one.name], come_to[one.rule]
        assert (row["numerator"], row["denominator"]) == (sums["certain"], sums.total()), one.name
        assert row["unknown"] == 0
    assert sum(sums.total() for sums in come_to.values()) > 0


def test_the_poverty_rate_divides_by_the_population_of_the_policy(home: Home, files: Files) -> None:
    import yaml

    with published_query(home.settings(D).home.lake) as query:
        (row,) = query(
            f"SELECT * FROM evaluation.indicators WHERE as_of = DATE '{D}' AND level = 'county' "
            "AND indicator = '贫困发生率'"
        )
    (policy,) = (home.path / "policy").glob("*.y*ml")
    parameters = yaml.safe_load(policy.read_text(encoding="utf-8"))["parameters"]
    population = sum(v[-1]["value"] for k, v in parameters.items() if k.startswith("agricultural_population."))
    unnumbered = [row for row in files.people if not row["证件号码"]]
    poor = [r for r in (*files.once.values(), *unnumbered) if files.households[r["户编号"]]["脱贫属性"] != "已脱贫"]
    assert (row["numerator"], row["unknown"]) == (len(poor), 0)
    assert row["denominator"] == population
    assert row["share"] == pytest.approx(len(poor) / population)


def test_the_register_closes_between_two_nights_by_command(home: Home) -> None:
    done = CliRunner().invoke(
        app, ["indicators", "--flow-from", BEFORE.isoformat(), "--home", str(home.path), "--json"]
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert found["persons"]["opening"] > 0
    assert (found["households"]["reconciles"], found["persons"]["reconciles"]) == (True, True)
    villages, _ = read_flows(home.settings(D), None, BEFORE, D, "village")
    assert len({row["area_code"] for row in villages}) == len(villages) > 1
    for of in ("households", "persons"):
        own: list[dict[str, Any]] = [dict(row)[of] for row in villages]
        assert all(account["reconciles"] for account in own)
        for part in ("opening", "identified", "exited", "removed", "left", "closing"):
            assert sum(account[part] for account in own) == found[of][part]
        assert sum(account["arrived"] for account in own) == sum(account["departed"] for account in own)


def test_the_command_prints_them_and_the_query_behind_one(home: Home) -> None:
    done = CliRunner().invoke(app, ["indicators", "--lang", "zh", "--home", str(home.path)])
    assert done.exit_code == 0, done.output
    assert all(f"  {indicator.name}：" in done.output for indicator in INDICATORS)
    sql = CliRunner().invoke(app, ["indicators", "--sql", "参保率", "--home", str(home.path)]).output
    with published_query(home.settings(D).home.lake) as query:
        assert {row["indicator"] for row in query(sql)} == {"参保率"}
    assert CliRunner().invoke(app, ["indicators", "--sql", "幸福率", "--home", str(home.path)]).exit_code == 2
