"""All rendered pages: which there are, and writing them."""

from pathlib import Path

import typer
import typer.cli
from typer.main import get_command

from pipelines.cli import app
from pipelines.workshop.contracts import contract_files
from pipelines.workshop.documenting.departments import departments_page
from pipelines.workshop.documenting.dictionary import dictionary_page
from pipelines.workshop.documenting.feeds import feed_pages
from pipelines.workshop.documenting.picture import picture_page
from pipelines.workshop.documenting.questions import questions_page
from pipelines.workshop.documenting.rules import rule_pages
from warehouse.lake import write_text

OWNED = ("rules", "feeds", "evaluation", "contracts")
"""Folders that hold rendered pages only."""


def render_pages() -> dict[str, str]:
    """Every page by its path under the docs folder."""
    return {
        **rule_pages(),
        **feed_pages(),
        **{f"contracts/{name}": text for name, text in contract_files().items()},
        "departments.md": departments_page(),
        "cli.md": cli_page(),
        "dictionary.md": dictionary_page(),
        "evaluation/questions.md": questions_page(),
        "warehouse.md": picture_page(),
    }


def write_pages(folder: Path) -> list[Path]:
    """Write the pages that differ and remove those that nothing renders any more; what was touched, in order."""
    pages = {folder / name: text for name, text in render_pages().items()}
    touched = []
    for path, text in sorted(pages.items()):
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)
            touched.append(path)
    there = (path for owned in OWNED for path in (folder / owned).rglob("*") if path.is_file())
    for path in sorted(path for path in there if path not in pages):
        path.unlink()
        touched.append(path)
    return touched


def cli_page() -> str:
    """The help of every command, as Typer writes it."""
    command = get_command(app)
    context = typer.Context(command, info_name="liangxian")
    return typer.cli.get_docs_for_click(obj=command, ctx=context, name="liangxian").strip() + "\n"
