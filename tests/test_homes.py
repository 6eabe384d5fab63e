"""Homes are copied while others work in them: the copy is whole, and nobody's passing files come along."""

import sqlite3
from contextlib import closing
from pathlib import Path

from homes import copy_home


def test_what_lies_in_a_wal_is_in_the_copy_which_has_none(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "spill").mkdir(parents=True)
    (home / "spill" / "half").touch()
    (home / "lake").mkdir()
    (home / "lake" / "kept.parquet").write_bytes(b"kept")
    (home / "published").symlink_to(Path("lake") / "kept.parquet")
    with closing(sqlite3.connect(home / "books.sqlite")) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE runs (id TEXT)")
        writer.execute("INSERT INTO runs VALUES ('first')")
        writer.commit()
        writer.execute("INSERT INTO runs VALUES ('not yet')")  # held by a transaction that is still open
        assert (home / "books.sqlite-wal").stat().st_size > 0

        copy = copy_home(home, tmp_path / "copy")

        names = sorted(path.relative_to(copy).as_posix() for path in copy.rglob("*"))
        assert names == ["books.sqlite", "lake", "lake/kept.parquet", "published", "spill"]
        assert (copy / "published").is_symlink()
        with closing(sqlite3.connect(copy / "books.sqlite")) as reader:
            assert reader.execute("SELECT id FROM runs").fetchall() == [("first",)]
