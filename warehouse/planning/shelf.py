"""Plans on disk: neither the next county of this process nor an arrival's task need compile them again.

A file holds the plans of one shape, made by one text of the rules and one version of what compiles them; another text
or version has a file of its own. It holds SQL and policy values, no row of anybody's; without it a run takes longer.
"""

import base64
import contextlib
import gzip
import hashlib
import hmac
import io
import json
import logging
import zlib
from collections.abc import Hashable, Iterator
from dataclasses import astuple
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import ibis
import pyarrow as pa

import expectations
import warehouse
from expectations.days import When
from expectations.rule import Rule
from expectations.rules import RULES_BY_CODE
from warehouse.keys import folder_key
from warehouse.lake import atomic_path
from warehouse.planning.plans import Plan, Step

_MOST_SHAPES: Final = 128
"""Files that are kept, those that were used longest ago removed first."""

_MOST_POLICIES: Final = 8
"""Plans of the same thing that rest on different policy values."""

logger = logging.getLogger(__name__)

_Plans = dict[str, list[dict[str, Any]]]


class Shelf:
    """The plans of one shape that lie in a folder; read when they are first asked for."""

    def __init__(self, folder: Path, shape: Hashable, made_by: tuple[Path, ...] = ()) -> None:
        """``made_by``: folders whose code makes the plans, beside our declarations and the warehouse."""
        name = hashlib.sha256(f"{_text_and_versions(made_by)}{shape!r}".encode()).hexdigest()[:32]
        self._path = folder / f"{name}.json.gz"
        self._key = folder_key(folder)
        self._read: _Plans | None = None
        self._new: _Plans = {}

    def of(self, asked: Hashable) -> Iterator[Plan]:
        """What is known of something: one plan for each set of policy values."""
        if self._read is None:
            self._read = load_plans(self._path, self._key)
        for plan in self._read.get(_key_of(asked) or "", ()):
            yield _decoded(plan)

    def add(self, asked: Hashable, plan: Plan) -> None:
        """Note a plan that :meth:`save` writes, unless it serves this process only."""
        if key := _key_of(asked):
            self._new.setdefault(key, []).append(_encoded(plan))

    def save(self) -> None:
        """Write what was noted beside what others wrote meanwhile. Of two that write at once one is lost.

        A folder that cannot be written to is told of: the findings that were made are not lost for it.
        """
        if not self._new:
            return
        if self._key is None:
            logger.warning("compiled statements are not kept: %s has no key of ours", self._path.parent)
            return
        plans = load_plans(self._path, self._key)
        for key, new in self._new.items():
            there = plans.setdefault(key, [])
            there += [plan for plan in new if plan not in there]
            del there[:-_MOST_POLICIES]
        text = json.dumps(plans, ensure_ascii=False, separators=(",", ":"))
        try:
            with atomic_path(self._path) as temporary:
                packed = gzip.compress(text.encode(), compresslevel=1, mtime=0)
                temporary.write_bytes(_signature(self._key, self._path, packed) + packed)
            _remove_old(self._path.parent)
        except OSError as error:
            _tell_once(f"compiled statements are not kept: {error.strerror or error}")
        self._new = {}


@cache
def _tell_once(said: str) -> None:
    """Of every shape alike, and so once a process."""
    logger.warning("%s", said)


def _remove_old(folder: Path) -> None:
    files = sorted(folder.glob("*.json.gz"), key=_last_used, reverse=True)
    for old in files[_MOST_SHAPES:]:
        old.unlink(missing_ok=True)


def _key_of(asked: Hashable) -> str | None:
    """The text that a plan is found by; None where it serves this process only."""
    try:
        return json.dumps(_named(asked), separators=(",", ":"))
    except LookupError:
        return None


def _named(part: Hashable) -> Any:
    """What was asked for with rules by their code. Raises LookupError for one that is no rule of the book."""
    if isinstance(part, Rule):
        if RULES_BY_CODE.get(part.code) is not part:
            raise LookupError(part.code)
        return part.code
    if isinstance(part, frozenset):
        return sorted(part)
    return [_named(one) for one in part] if isinstance(part, tuple) else part


@cache
def _text_and_versions(made_by: tuple[Path, ...]) -> str:
    """A digest of everything that a plan is made by: our declarations and code, and the libraries that compile."""
    digest = hashlib.sha256()
    for name in ("ibis-framework", "sqlglot", "duckdb", "pyarrow"):
        digest.update(f"{name} {version(name)}\n".encode())
    for package in (*made_by, *map(Path, (*expectations.__path__, *warehouse.__path__))):
        for source in sorted(package.rglob("*.py")):
            digest.update(f"{source.relative_to(package)}\n".encode() + source.read_bytes())
    return digest.hexdigest()


_SIGNED: Final = 32
"""Bytes of a signature, which stands before what it signs."""


def _signature(key: bytes, path: Path, packed: bytes) -> bytes:
    """Over the file's name too: a plan is SQL that runs as us, and one that lies in another's place is none."""
    return hmac.digest(key, path.name.encode() + b"\0" + packed, "sha256")


def load_plans(path: Path, key: bytes | None) -> _Plans:
    """The plans of a file; none where it is not there, is no such file, or was not written with our key."""
    if key is None:
        return {}
    try:
        content = path.read_bytes()
        signature, packed = content[:_SIGNED], content[_SIGNED:]
        if not hmac.compare_digest(signature, _signature(key, path, packed)):
            logger.warning("compiled statements in %s are not ours, and are compiled anew", path.name)
            return {}
        plans: _Plans = json.loads(gzip.decompress(packed))
        path.touch()
    except (OSError, EOFError, ValueError, zlib.error):
        return {}
    return plans


def _last_used(path: Path) -> float:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0.0


def _encoded(plan: Plan) -> dict[str, Any]:
    return {
        "steps": [
            {
                "name": step.name,
                "schema": _encoded_schema(step.schema),
                "sql": step.sql,
                "rows": None if step.rows is None else _encoded_rows(step.rows),
                "kept": step.kept,
                "once": step.once,
            }
            for step in plan.steps
        ],
        "read": [[key, list(astuple(when)), value] for (key, when), value in plan.read.items()],
        "result": plan.result if isinstance(plan.result, str) else _encoded_schema(plan.result),
    }


def _decoded(plan: dict[str, Any]) -> Plan:
    steps = (
        Step(
            step["name"],
            _decoded_schema(step["schema"]),
            step["sql"],
            None if step["rows"] is None else _decoded_rows(step["rows"]),
            step["kept"],
            step["once"],
        )
        for step in plan["steps"]
    )
    read = {(key, When(tuple(feeds), *more)): value for key, (feeds, *more), value in plan["read"]}
    result = plan["result"]
    return Plan(tuple(steps), read, result if isinstance(result, str) else _decoded_schema(result))


def _encoded_schema(schema: ibis.Schema) -> list[list[str]]:
    return [[name, str(dtype)] for name, dtype in schema.items()]


def _decoded_schema(columns: list[list[str]]) -> ibis.Schema:
    return ibis.schema({name: _type_of(text) for name, text in columns})


@cache
def _type_of(text: str) -> Any:
    return ibis.dtype(text)


def _encoded_rows(rows: pa.Table) -> str:
    stream = io.BytesIO()
    with pa.ipc.new_stream(stream, rows.schema) as writer:
        writer.write_table(rows)
    return base64.b64encode(stream.getvalue()).decode()


def _decoded_rows(text: str) -> pa.Table:
    with pa.ipc.open_stream(base64.b64decode(text)) as reader:
        return reader.read_all()
