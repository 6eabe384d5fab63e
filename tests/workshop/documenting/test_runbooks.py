"""Pages written by hand: runbooks have their four parts, what they tell one to type exists, links lead somewhere."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.core
import typer.main

from pipelines.cli import app

DOCS = Path(__file__).parents[3] / "docs"
RUNBOOKS = sorted((DOCS / "runbooks").glob("*/*.md"))
PAGES = [
    *RUNBOOKS,
    *sorted((DOCS / "runbooks").glob("*.md")),
    DOCS / "deploy.md",
    *sorted((DOCS / "decisions").glob("*.md")),
]
PARTS = ["Symptom 现象", "Look 看什么", "Do 怎么办", "Right again 怎样算好了"]

TYPED = re.compile(r"(?<![\w/.-])liangxian ([^`\n#]*)")


def name_of(path: Path) -> str:
    return path.relative_to(DOCS).as_posix()


@pytest.mark.parametrize("page", RUNBOOKS, ids=name_of)
def test_a_runbook_says_what_is_seen_what_to_look_at_what_to_do_and_when_it_is_right(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall("^## (.+)$", text, re.MULTILINE) == PARTS
    title = re.match("# (.+) · (.+)\n\n\\*\\*中文\\*\\*　.+\n", text)  # what is the matter and what to do, in Chinese
    assert title is not None
    parts = re.split("^## .+$", text, flags=re.MULTILINE)[1:]
    assert all(part.strip() for part in parts)
    assert f"({page.parent.name}/{page.name})" in (DOCS / "runbooks" / "index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_a_page_tells_one_to_type_exists(page: Path) -> None:
    for words in (line.split() for line in TYPED.findall(page.read_text(encoding="utf-8"))):
        if not words or not re.fullmatch("[a-z][a-z-]*", words[0]):
            continue
        command, options = find(words)
        known = {option for parameter in command.params for option in parameter.opts}
        assert {option.rstrip(",.;:)") for option in options} <= known, words


def find(words: list[str]) -> tuple[Any, list[str]]:
    """The command that words name, and the options behind it."""
    command: Any = typer.main.get_command(app)
    rest = list(words)
    while isinstance(command, typer.core.TyperGroup):
        command = command.commands[rest.pop(0).rstrip(",.;:")]  # KeyError: there is no such command
    return command, [word for word in rest if word.startswith("--")]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
