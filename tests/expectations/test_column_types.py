"""Whoever asks for a column's type answers for every type: mypy finds the place that lacks a new one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from expectations.feed import ColumnType

ROOT = Path(__file__).parents[2]
NAMES = {type_.__name__ for type_ in get_args(ColumnType)}
OUR_OWN = NAMES - {"Date", "Integer", "Text"}
"""Types whose names no database has."""


def _names(pattern: ast.pattern) -> set[str]:
    """The classes that a pattern names."""
    found = [node.cls for node in ast.walk(pattern) if isinstance(node, ast.MatchClass)]
    return {cls.attr if isinstance(cls, ast.Attribute) else getattr(cls, "id", "") for cls in found}


def _matches() -> Iterator[tuple[str, ast.Match]]:
    for package in ("expectations", "warehouse", "pipelines"):
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if not re.search(r"^\s*match\b.*:$", text, re.MULTILINE):
                continue  # to parse all of them takes seconds of every worker's beginning
            module = ast.parse(text)
            if {node.name for node in module.body if isinstance(node, ast.ClassDef)} & OUR_OWN:
                continue  # types of its own by these names
            for node in ast.walk(module):
                if isinstance(node, ast.Match) and set().union(*(_names(c.pattern) for c in node.cases)) & OUR_OWN:
                    yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", node


MATCHES = dict(_matches())


def test_the_places_that_ask_for_a_type_are_found() -> None:
    assert len(MATCHES) >= 13


@pytest.mark.parametrize("place", MATCHES)
def test_every_type_is_answered_for_by_its_name(place: str) -> None:
    *cases, last = MATCHES[place].cases
    named = set().union(*(_names(case.pattern) for case in cases))
    assert named == NAMES
    assert ast.unparse(last) == "case never:\n    assert_never(never)"
