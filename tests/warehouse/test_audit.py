"""The audit log: append-only, and an alteration shows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from warehouse.books.audit import FIRST, AtMost, TooOftenError, append_audit, need_room, verify_audit
from warehouse.books.connection import open_books
from warehouse.lake import Lake


@pytest.fixture
def books(tmp_path: Path) -> Engine:
    return open_books(Lake(tmp_path))


def read(books: Engine, number: int) -> str:
    """Log one read."""
    return append_audit(
        books,
        at=datetime(2026, 7, 1, 10, number, tzinfo=timezone(timedelta(hours=8))),
        who="data",
        what="findings",
        purpose="核实",
        asked={"rules": ["TL02"], "states": None},
        rows=number,
        sha256=f"{number:064x}",
    )


def alter(books: Engine, statement: str) -> None:
    """Change the log as somebody would who can write to the file."""
    with books.begin() as connection:
        for change in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS audit_no_{change}"))
        connection.execute(text(statement))


def test_an_untouched_chain_is_whole_and_ends_in_the_last_digest(books: Engine) -> None:
    assert verify_audit(books).head == FIRST
    last = [read(books, number) for number in (1, 2, 3)][-1]
    check = verify_audit(books)
    assert (check.entries, check.broken, check.head) == (3, (), last)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET who = 'other' WHERE seq = 2", (2,)),
        ("UPDATE audit SET filter = '{}' WHERE seq = 1", (1,)),
        ("UPDATE audit SET rows = 0 WHERE seq = 3", (3,)),
        ("DELETE FROM audit WHERE seq = 2", (3,)),
        ("DELETE FROM audit WHERE seq = 1", (2,)),
    ],
)
def test_an_altered_or_missing_entry_is_named(books: Engine, statement: str, broken: tuple[int, ...]) -> None:
    for number in (1, 2, 3):
        read(books, number)
    alter(books, statement)
    assert verify_audit(books).broken == broken


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'other'", "DELETE FROM audit"])
def test_the_books_refuse_to_change_an_entry(books: Engine, statement: str) -> None:
    read(books, 1)
    with pytest.raises(IntegrityError, match="append-only"), books.begin() as connection:
        connection.execute(text(statement))


def test_readers_at_the_same_time_form_one_chain(books: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        digests = list(pool.map(lambda number: read(books, number), range(20)))
    check = verify_audit(books)
    assert (check.entries, check.broken) == (20, ())
    assert check.head in digests


def test_the_hour_counts_wherever_it_was_written(books: Engine) -> None:
    read(books, 1)
    with books.connect() as connection:
        (stored,) = connection.execute(text("SELECT at FROM audit")).one()
    assert stored.startswith(datetime(2026, 7, 1, 2, 1, tzinfo=UTC).strftime("%Y-%m-%d %H:%M"))
    assert verify_audit(books).broken == ()


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_more_entries_than_are_allowed_in_a_time_are_refused(
    store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("database") if store == "postgres" else None
    books, limit = open_books(Lake(tmp_path), url), AtMost(2, timedelta(hours=1))
    start = datetime(2026, 7, 1, 10, tzinfo=timezone(timedelta(hours=8)))

    def log(minutes: int, who: str = "甲", what: str = "lookup") -> None:
        at = start + timedelta(minutes=minutes)
        append_audit(books, at=at, who=who, what=what, purpose="核实", asked={}, rows=0, sha256="0" * 64, at_most=limit)

    log(0)
    log(30)
    with pytest.raises(TooOftenError):
        log(59)
    with pytest.raises(TooOftenError):
        need_room(books, at=start + timedelta(minutes=59), who="甲", what="lookup", at_most=limit)
    log(59, who="乙")
    log(59, what="card")
    log(60)  # the first is an hour old
    with pytest.raises(TooOftenError):
        log(60)
    check = verify_audit(books)
    assert (check.entries, check.is_whole) == (5, True)
