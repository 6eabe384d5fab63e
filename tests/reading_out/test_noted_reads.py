"""Each read notes the audit log's head: a log that was cut off is found, also before anything was published."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from actors import TESTER

from pipelines.house.settings import Settings, open_settings
from pipelines.reading_out.chains import verify_log
from pipelines.reading_out.reads import record_read
from warehouse.books.append_only import unguard_statements
from warehouse.books.audit import verify_audit
from warehouse.books.heads import heads_of
from warehouse.books.schema import audit

AT = datetime(2026, 7, 1, tzinfo=UTC)


def a_read_home(folder: Path, reads: int) -> Settings:
    """A home of which nothing was ever published, and which somebody has read so often."""
    settings = open_settings(folder / "home", inbox=None, policy=None, actor=TESTER, now=lambda: AT)
    for number in range(reads):
        record_read(settings, what="findings", asked={}, rows=number, content=b"")
    return settings


def cut(settings: Settings, after: int) -> None:
    """Cut the end of the audit log off, as somebody who can write to the database."""
    with settings.home.books.begin() as connection:
        for statement in unguard_statements("audit", "sqlite"):
            connection.exec_driver_sql(statement)
        connection.execute(audit.delete().where(audit.c.seq > after))


@pytest.mark.parametrize("after", [0, 2])
def test_a_log_whose_end_was_cut_off_before_anything_was_published_is_found(after: int, tmp_path: Path) -> None:
    settings = a_read_home(tmp_path, 3)
    assert verify_log(settings).is_whole
    head = heads_of(settings.home.books)["audit"]
    cut(settings, after)
    assert verify_log(settings).lost == (head,)
    record_read(settings, what="findings", asked={}, rows=9, content=b"")  # what comes after it hides nothing
    assert verify_log(settings).lost == (head,)


def test_a_read_stands_in_the_log_where_its_head_cannot_be_noted(tmp_path: Path) -> None:
    settings = a_read_home(tmp_path, 0)
    settings.home.lake.home.mkdir()
    (settings.home.lake.home / "warehouse").write_text("no folder")
    record_read(settings, what="findings", asked={}, rows=1, content=b"")
    assert verify_audit(settings.home.books).entries == 1
