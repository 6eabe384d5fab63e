"""The committed docs are what the declarations render; links in them lead somewhere."""

import re
from pathlib import Path

import pytest
import typer.core
import typer.main

from expectations.feeds import FEEDS
from expectations.rule import Rule
from expectations.rules import RULES
from pipelines.cli import app
from pipelines.workshop.documenting import render_pages, write_pages
from pipelines.workshop.documenting.pages import OWNED
from pipelines.workshop.documenting.rules import in_titles
from warehouse.evaluation.views import VIEWS
from warehouse.tables import TABLES
from warehouse.tables.relations import RELATIONS, Relation

DOCS = Path(__file__).parents[3] / "docs"
PAGES = render_pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_committed_page_is_the_rendered_one(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name], "`make docs` renders it again"


def test_nothing_lies_in_the_rendered_folders_that_nobody_renders() -> None:
    there = {path.relative_to(DOCS).as_posix() for owned in OWNED for path in (DOCS / owned).rglob("*.*")}
    assert there == {name for name in PAGES if "/" in name}


def test_every_rule_and_feed_has_its_page_and_every_table_its_section() -> None:
    assert {f"rules/{rule.code}.md" for rule in RULES} < set(PAGES)
    assert {f"feeds/{feed.name}.md" for feed in FEEDS} < set(PAGES)
    sections = re.findall("^## (.+)$", PAGES["dictionary.md"], re.MULTILINE)
    assert sections == [f"evaluation.{v.name}" for v in VIEWS] + [f"warehouse.{t.name}" for t in TABLES]


def test_the_picture_shows_every_table_with_its_key_and_every_relation() -> None:
    picture = PAGES["warehouse.md"]
    for table in TABLES:
        drawn = re.search(rf"^  {table.name}\[.*?^  }}", picture, re.MULTILINE | re.DOTALL)
        assert drawn is not None
        keys = re.findall(r"^    \w+ (\w+) PK ", drawn.group(), re.MULTILINE)
        assert keys == [column.name for column in table.primary_key]
    assert len(re.findall(r" \|\|--o\{ ", picture)) == len(RELATIONS)


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda r: f"{r.one.name}-{r.many.name}")
def test_a_relation_joins_columns_of_one_meaning(relation: Relation) -> None:
    for name in relation.columns:
        assert relation.one.c[name].type.python_type is relation.many.c[name].type.python_type


def test_every_command_has_its_section() -> None:
    command = typer.main.get_command(app)
    assert isinstance(command, typer.core.TyperGroup)
    for name in command.commands:
        assert f"## `liangxian {name}`" in PAGES["cli.md"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rules_page_says_what_is_declared(rule: Rule) -> None:
    page = PAGES[f"rules/{rule.code}.md"]
    for part in (rule.sentence, rule.name_en, rule.basis, rule.clears_when, in_titles(rule.explanation, rule)):
        assert part in page
    assert all(f"`{key}`" in page for key in rule.policy_keys)
    assert all(f"../feeds/{feed}.md" in page for feed in rule.hears)
    assert all(wait.label in page for wait in rule.waits_for)
    assert f"（{rule.family}）" in PAGES["rules/index.md"]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.doubts], ids=lambda rule: rule.code)
def test_a_rules_own_doubts_are_told_on_its_page(rule: Rule) -> None:
    page = PAGES[f"rules/{rule.code}.md"]
    assert all(doubt.why in page for doubt in rule.doubts)


def test_links_lead_to_pages() -> None:
    broken = [
        (name, link)
        for name, text in PAGES.items()
        for link in re.findall(r"\]\(([^)]+\.md)\)", text)
        if (DOCS / name).parent.joinpath(link).resolve().relative_to(DOCS.resolve()).as_posix() not in PAGES
    ]
    assert broken == []


def test_rows_of_a_table_have_as_many_cells_as_its_head() -> None:
    for name, text in PAGES.items():
        if name == "cli.md":
            continue
        for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(cells) == 1, (name, block)


def test_writing_touches_what_differs_and_removes_what_is_left_over(tmp_path: Path) -> None:
    assert len(write_pages(tmp_path)) == len(PAGES)
    (tmp_path / "rules" / "TL02.md").write_text("edited by hand")
    (tmp_path / "rules" / "XX99.md").write_text("a rule that is gone")
    (tmp_path / "contracts" / "gone.odcs.yaml").write_text("a feed that is gone")
    (tmp_path / "own.md").write_text("a person's page")
    assert [path.name for path in write_pages(tmp_path)] == ["TL02.md", "gone.odcs.yaml", "XX99.md"]
    assert write_pages(tmp_path) == []
    assert (tmp_path / "own.md").exists()
