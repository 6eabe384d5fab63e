"""A new rule by the recipe of docs/index.md: one declaration and its cases, and the night speaks of it everywhere."""

import re
from pathlib import Path

import duckdb
import openpyxl
import pytest
from workshop.documenting.copied_tree import CopiedTree, recipe

from warehouse.evaluation.querying import published_query
from warehouse.lake import Lake

CODE = "CV90"
DECLARATION = "expectations/rules/coverage/illness.py"
REGISTRY = "tests/expectations/test_rules.py"
JUDGES = (
    REGISTRY,
    "tests/expectations/test_boundaries.py",
    "tests/oracle",
    "tests/reconciling/test_cases_on_duckdb.py",
)
NIGHT = """
import sys
from pathlib import Path
from homes import AS_OF, COUNTY, settings_of
from pipelines.night.flow import run_night
from pipelines.simulator import simulate
home = Path(sys.argv[1])
simulate(county=COUNTY, as_of=AS_OF, households=60, seed=1, out=home / "inbox", policy=home / "policy")
run_night(settings_of(home), AS_OF)
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> CopiedTree:
    return CopiedTree.make(tmp_path_factory.mktemp("copied"))


def judged(tree: CopiedTree, *paths: str) -> dict[str, bool]:
    """Tests about the rule and whether they hold."""
    done = tree.python("-m", "pytest", "-n", "0", "-rA", "-p", "no:cacheprovider", "-k", CODE, *paths)
    told = re.findall(r"^(PASSED|FAILED) \S+::(test_\w+)\[", done.stdout, re.MULTILINE)
    assert told, done.stdout + done.stderr
    return {test: said == "PASSED" for said, test in sorted(told, reverse=True)}


@pytest.mark.slow
def test_a_rule_by_the_recipe_is_one_file_and_its_cases(tree: CopiedTree, tmp_path: Path) -> None:
    files = recipe("A new rule")
    tree.write({DECLARATION: files.pop(DECLARATION)})
    alone = judged(tree, REGISTRY)
    assert {test for test, holds in alone.items() if not holds} == {
        "test_a_rule_has_literal_cases_that_keep_it_and_that_break_it",
        "test_a_rule_has_an_entry_in_the_oracle_that_needs_what_it_needs",
        "test_a_rule_has_its_page_in_the_rule_book",
    }
    tree.write(files)
    assert tree.python("-m", "pipelines.workshop.documenting", "docs").returncode == 0
    assert all(judged(tree, *JUDGES).values())
    touched = tree.touched()
    pages = {"docs/rules/index.md", f"docs/rules/{CODE}.md", "docs/departments.md", *in_feeds(touched)}
    assert touched - set(files) == {DECLARATION, *pages}
    assert all(name.startswith(("tests/cases/", "tests/oracle/")) for name in files)
    linted = tree.python("-m", "ruff", "check", "-q", DECLARATION, *files)
    assert linted.returncode == 0, linted.stdout
    assert tree.python("-m", "ruff", "format", "--check", "-q", DECLARATION, *files).returncode == 0

    home = tmp_path / "home"
    done = tree.python("-c", NIGHT, str(home))
    assert done.returncode == 0, done.stderr
    the_night_speaks_of_it(home)


def in_feeds(touched: set[str]) -> set[str]:
    """Pages of feeds name the rules that need them."""
    return {name for name in touched if name.startswith("docs/feeds/")}


def the_night_speaks_of_it(home: Path) -> None:
    """Its findings stand in the page, the owner's workbooks and the warehouse, with numbers and names masked."""
    (page,) = home.glob("runs/*/summary.html")
    assert "退出户大病成员未监测" in page.read_text(encoding="utf-8")
    people = clear_people(home)
    assert people
    books = list(home.glob("reports/*/register/*.xlsx"))
    rows = [row for book in books for row in listed(book)]
    assert {row["对象姓名"] for row in rows} <= set(people.values())
    assert len(rows) == len(people)
    for row in rows:
        assert "患有大病" in row["问题描述"]
        assert "*" in row["证件号码(脱敏)"]
        assert not [number for number in people if number in str(row)]
    with published_query(Lake(home)) as query:
        found = list(query(f"SELECT * FROM evaluation.findings WHERE rule = '{CODE}'"))
    assert len(found) == len(people)
    told = str(found)
    assert not [shown for shown in (*people, *people.values()) if shown in told]


def clear_people(home: Path) -> dict[str, str]:
    """Whom the rule speaks of, by number, from the lake."""
    rows = duckdb.sql(f"SELECT person_id, name FROM '{home}/lake/findings/*.parquet' WHERE rule = '{CODE}'").fetchall()
    return dict(rows)


def listed(book: Path) -> list[dict[str, str]]:
    """The rule's rows of a workbook."""
    sheets = openpyxl.load_workbook(book)
    if "问题清单" not in sheets.sheetnames:
        return []
    head, *rows = sheets["问题清单"].iter_rows(values_only=True)
    named = (dict(zip(head, row, strict=True)) for row in rows)
    return [row for row in named if row["规则编号"] == CODE]
