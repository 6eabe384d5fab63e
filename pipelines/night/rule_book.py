"""By what a rule judged: digests of what decides what it finds, and of the policy values that it read at its days.

The first is over the sources of the rule's module, of all that it imports of ours, and of what carries rules out. It
says too much rather than too little: a rule that counts as changed and is not finds the same over the same deliveries.
"""

import ast
import hashlib
import json
from functools import cache, lru_cache
from importlib.util import resolve_name
from pathlib import Path
from typing import Final, NamedTuple

from expectations.days import Days
from expectations.rule import Rule

_ROOT: Final = Path(__file__).resolve().parent.parent.parent
_CARRY_OUT: Final = (
    "pipelines/conforming",
    "pipelines/reconciling",
    "warehouse/planning",
    "warehouse/concern.py",
    "warehouse/current.py",
    "warehouse/refused.py",
)
"""What chooses rows, runs rules over them and says how certain they are, alike for all rules."""


class JudgedBy(NamedTuple):
    """Digests of a rule's rule book and of the policy values that it read."""

    book: str
    policy: str


def judged_by(rule: Rule, days: Days, book: str | None = None) -> JudgedBy:
    """By what a rule judges tonight; ``book`` where its digest is known already."""
    read = [(read.key, read.said(days)) for read in rule.policy_reads]
    text = json.dumps(read, ensure_ascii=False)
    return JudgedBy(book or book_digest(rule.finds.__module__), hashlib.sha256(text.encode()).hexdigest())


@lru_cache(maxsize=128)
def book_digest(module: str) -> str:
    """SHA-256 over the sources on which the rules of a module rest."""
    digest = hashlib.sha256()
    for path in sorted({*_carrying_out(), *_closure(module)}):
        digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + _content(path))
    return digest.hexdigest()


@cache
def _content(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


@lru_cache(maxsize=1)
def _carrying_out() -> tuple[Path, ...]:
    there = [_ROOT / name for name in _CARRY_OUT]
    return tuple(path for one in there for path in (one.rglob("*.py") if one.is_dir() else [one]))


def _closure(module: str) -> set[Path]:
    """The source of a module, and of all of ``expectations`` that it imports, directly or not."""
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _source(name)
        if path is not None and path not in found:
            found.add(path)
            waiting += _imports(path, name)
    return found


def _source(module: str) -> Path | None:
    base = _ROOT.joinpath(*module.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


@cache
def _imports(path: Path, module: str) -> tuple[str, ...]:
    """Modules of ``expectations`` that a source names; what is imported of a package may be a module of it."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            whole = resolve_name("." * node.level + (node.module or ""), package) if node.level else node.module or ""
            found += [whole, *(f"{whole}.{alias.name}" for alias in node.names)]
    return tuple(name for name in found if name.partition(".")[0] == "expectations")
