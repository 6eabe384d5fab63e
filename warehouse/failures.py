"""Databases and disks that fail, told as errors of ours: what an operator can mend is no traceback.

No text of a server goes beyond its first line: what follows may quote rows.
"""

import errno
import sqlite3
from typing import Final

import duckdb

from expectations.errors import DamagedError, LiangxianError, UnavailableError

_DAMAGED: Final = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})
_PASSING: Final = frozenset(
    {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM"}
)
_OF_SERVERS: Final = ("OperationalError", "InterfaceError", "InsufficientPrivilege")
"""By their names, which DB-API (PEP 249) gives alike to every driver; the others are mistakes in a statement."""

_FULL, _CLOSED = (
    "make room there, then run the same command again: nothing is half done",
    "let the user who runs this read and write there",
)
_ADVICE: Final = dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _FULL) | dict.fromkeys(
    (errno.EACCES, errno.EPERM, errno.EROFS), _CLOSED
)

_OF_DUCKDB: Final = (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.SerializationException)


def failure_of(error: BaseException) -> LiangxianError | None:
    """A failure of a database, of DuckDB or of the disk, as an error of ours; None for anything else."""
    match error:
        case sqlite3.Error():
            return _of_sqlite(error)
        case duckdb.Error():
            return _of_duckdb(error)
        case OSError():
            return UnavailableError(_of_system(error), advice=_ADVICE.get(error.errno or 0, ""))
    # as SQLAlchemy and XlsxWriter wrap it
    if isinstance(inner := getattr(error, "orig", None) or next(iter(error.args), None), Exception):
        return failure_of(inner)
    if any(kind.__name__ in _OF_SERVERS for kind in type(error).__mro__):
        return UnavailableError("the database cannot be used", why=_first_line(error))
    return None


def _of_sqlite(error: sqlite3.Error) -> LiangxianError | None:
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(tuple(_DAMAGED)):
        advice = "restore them from a backup (liangxian restore-backup)"
        return DamagedError("the books cannot be read", why=_first_line(error), advice=advice)
    if code.startswith(tuple(_PASSING)):
        return UnavailableError("the books cannot be used", why=_first_line(error))
    return None


def _of_duckdb(error: duckdb.Error) -> LiangxianError | None:
    return UnavailableError("DuckDB failed", why=_first_line(error)) if isinstance(error, _OF_DUCKDB) else None


def _of_system(error: OSError) -> str:
    """What the system says, and of which file; a library's own error without a number says less, so its kind too."""
    if error.errno is None:
        return f"{type(error).__name__}: {_first_line(error)}"
    told = error.strerror or type(error).__name__
    return f"{told}: {error.filename}" if error.filename else told


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
