"""Heads of the chains, noted where the chains' writer does not write: whoever cuts an end off is found by them.

Publishing notes them beside the versions of the warehouse, freezing beside the snapshot, and the daily digest prints
them, so that they stand on paper and in a mailbox. Each entry of the audit log notes the log's own.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, func, select

from warehouse.books.schema import audit, journal
from warehouse.lake import Lake, atomic_path

AUDIT: Final = "audit"
"""The audit log's chain; the others are named by their counties."""


def heads_of(books: Engine) -> dict[str, str]:
    """The last digest of each chain that has begun, by its name."""
    newest = select(journal.c.county, func.max(journal.c.seq).label("seq")).group_by(journal.c.county).subquery()
    of_counties = (
        select(journal.c.county, journal.c.digest)
        .join(newest, (journal.c.county == newest.c.county) & (journal.c.seq == newest.c.seq))
        .order_by(journal.c.county)
    )
    last = _audit_head(books)
    with books.connect() as connection:
        heads = {AUDIT: last} if last is not None else {}
        return heads | {row.county: row.digest for row in connection.execute(of_counties)}


def note_heads(books: Engine, lake: Lake) -> None:
    """Note the heads as they are beside those of earlier versions, unless they stand there already."""
    line = json.dumps(heads_of(books), sort_keys=True)
    path = lake.heads
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if line not in before[-1:]:
        with atomic_path(path) as temporary:
            temporary.write_text("\n".join([*before, line]) + "\n", encoding="utf-8")


def note_audit_head(books: Engine, lake: Lake) -> None:
    """Note the audit log's head in the place of those that it vouches for; one that the log lacks stays noted."""
    before = _digests(lake.audit_head)
    with books.connect() as connection:
        there = set(connection.execute(select(audit.c.digest).where(audit.c.digest.in_(before))).scalars())
    lost = [digest for digest in before if digest not in there]
    with atomic_path(lake.audit_head) as temporary:
        lines = [json.dumps({AUDIT: digest}) + "\n" for digest in (*lost, _audit_head(books))]
        temporary.write_text("".join(lines), encoding="utf-8")


def _digests(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [digest for line in lines for digest in _read(line).values()]


def _audit_head(books: Engine) -> str | None:
    with books.connect() as connection:
        return connection.execute(select(audit.c.digest).order_by(audit.c.seq.desc()).limit(1)).scalar()


def freeze_heads(books: Engine, path: Path) -> None:
    """Note the heads beside a frozen snapshot, for as long as it stands."""
    with atomic_path(path, mode=0o444) as temporary:
        temporary.write_text(json.dumps(heads_of(books), sort_keys=True) + "\n", encoding="utf-8")


def noted_heads(lake: Lake) -> dict[str, set[str]]:
    """What was noted, by chain: digests that must still be in it."""
    files = [lake.heads, lake.audit_head, *sorted(lake.frozen.glob(f"*{lake.HEADS_SUFFIX}"))]
    lines = (line for path in files if path.exists() for line in path.read_text(encoding="utf-8").splitlines())
    noted: dict[str, set[str]] = {}
    for heads in map(_read, lines):
        for chain, digest in heads.items():
            noted.setdefault(chain, set()).add(digest)
    return noted


def _read(line: str) -> Mapping[str, str]:
    """What a line notes; one that was spoiled is a head that no chain has."""
    try:
        heads = json.loads(line)
    except ValueError:
        return {AUDIT: "a note of heads that cannot be read"}
    return heads if isinstance(heads, dict) else {}
