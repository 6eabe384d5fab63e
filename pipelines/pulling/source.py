"""A department's database, read only: one snapshot for all feeds, server-side cursors, time-outs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from expectations.errors import LiangxianError, PackageMissingError, UnavailableError
from pipelines.pulling.config import FeedSource, PullConfig
from pipelines.reading.decoding import text_of

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
APPLICATION: Final = "liangxian-pull"
_GRACE_SECONDS: Final = 10
_DRIVERS: Final = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "mssql": "mssql+pyodbc",
    "oracle": "oracle+oracledb",
}
_SNAPSHOTS: Final = {
    "postgresql": "REPEATABLE READ",
    "mysql": "REPEATABLE READ",
    "mariadb": "REPEATABLE READ",
    "mssql": "SNAPSHOT",
    "oracle": "SERIALIZABLE",
}
"""The isolation level under which every statement of a transaction sees the same rows."""

_KILLED: Final = (1317, 1927)
"""MariaDB: query interrupted, connection killed; SQLAlchemy does not count them as a broken connection."""


class PullError(LiangxianError):
    """A pull that cannot be done as it is configured; the text names no secret and no row."""


class SourceUnavailableError(PullError, UnavailableError):
    """The database refused, or does not answer."""


class BrokenConnectionError(SourceUnavailableError):
    """The connection broke: what was read belongs to a snapshot that is gone."""


def open_source(config: PullConfig, environment: Mapping[str, str]) -> Engine:
    """An engine on the source; its URL comes from ``environment``. Raises PullError, PackageMissingError."""
    raw = environment.get(config.url_env, "")
    if not raw:
        raise PullError(
            f"the environment variable {config.url_env} is not set", advice="it must hold the database's URL"
        )
    try:
        url = make_url(raw.replace("postgres://", "postgresql://", 1))
        url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
        return create_engine(
            url, poolclass=NullPool, hide_parameters=True, connect_args=_connect_arguments(url, config)
        )
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise PullError(f"{config.url_env} holds no URL that SQLAlchemy understands") from error
    except ModuleNotFoundError as error:
        raise PackageMissingError(error.name or "the driver", "postgres,mysql") from error


def _connect_arguments(url: URL, config: PullConfig) -> dict[str, Any]:
    match url.get_backend_name():
        case "postgresql":
            limit = f"-c statement_timeout={config.statement_timeout * 1000}"
            return {"connect_timeout": config.connect_timeout, "options": limit, "application_name": APPLICATION}
        case "mysql" | "mariadb":
            # the server gives a statement up by itself; one that says nothing even after that is gone
            return {
                "connect_timeout": config.connect_timeout,
                "read_timeout": config.statement_timeout + _GRACE_SECONDS,
                "write_timeout": config.statement_timeout + _GRACE_SECONDS,
                "program_name": APPLICATION,
            }
        case _:
            return {}


def _take_any_day(connection: Connection) -> None:
    """Let a day that Python has not (infinity, 44 BC) come as text: its cell is a problem, not the whole pull."""
    from psycopg import DataError
    from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader

    def lenient(loader: Any) -> Any:
        class Lenient(loader):  # type: ignore[misc]  # the base is given at run time
            def load(self, data: Any) -> Any:
                try:
                    return super().load(data)
                except DataError:
                    return bytes(data).decode("utf-8")

        return Lenient

    adapters = connection.connection.driver_connection.adapters  # type: ignore[union-attr]  # psycopg's own
    for name, loader in (("date", DateLoader), ("timestamp", TimestampLoader), ("timestamptz", TimestamptzLoader)):
        adapters.register_loader(name, lenient(loader))


@contextmanager
def snapshot(engine: Engine, statement_timeout: int) -> Iterator[Connection]:
    """A read-only transaction in which every statement sees the rows of one moment.

    A statement that takes longer than ``statement_timeout`` seconds is given up (the whole pull, where it streams).
    Raises BrokenConnectionError where the connection breaks, SourceUnavailableError for anything else that it says.
    """
    backend = engine.dialect.name
    try:
        with engine.connect() as connection:
            options: dict[str, Any] = {}
            if backend in _SNAPSHOTS:
                options["isolation_level"] = _SNAPSHOTS[backend]
            if backend == "postgresql":
                options["postgresql_readonly"] = True
            connection = connection.execution_options(**options)
            if backend == "postgresql":
                _take_any_day(connection)
            if backend in ("mysql", "mariadb"):
                connection.execute(text(_mysql_limit(connection, statement_timeout)))
                connection.rollback()
                # REPEATABLE READ alone takes its snapshot at the first read of a table, and may write
                connection.execute(text("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"))
            yield connection
    except DBAPIError as error:
        if error.connection_invalidated or _code(error) in _KILLED:
            raise BrokenConnectionError("the connection to the database broke") from error
        raise SourceUnavailableError("the database refused", why=_said(error)) from error


def _mysql_limit(connection: Connection, seconds: int) -> str:
    """The two dialects say it differently."""
    if getattr(connection.dialect, "is_mariadb", False):
        return f"SET SESSION max_statement_time = {seconds}"
    return f"SET SESSION max_execution_time = {seconds * 1000}"


def _code(error: DBAPIError) -> int | None:
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else None


def _said(error: DBAPIError) -> str:
    """The first line of the server's message: what follows may quote rows."""
    return f"{type(error.orig).__name__}: {str(error.orig).strip().splitlines()[0][:200]}"


class Rows:
    """Rows of one feed as they come: ``batches`` of text columns, and the greatest watermark seen by then."""

    def __init__(self, connection: Connection, source: FeedSource, since: Any, chunk_rows: int) -> None:
        """Prepare the statement; nothing is read before ``batches``."""
        self.greatest: Any = None
        self._connection = connection
        self._chunk_rows = chunk_rows
        self._source = source
        self._since = since

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Batches of at most ``chunk_rows`` rows, read from a server-side cursor."""
        statement, parameters = self._statement()
        streaming = self._connection.execution_options(stream_results=True, max_row_buffer=self._chunk_rows)
        with streaming.execute(statement, parameters) as result:
            names = list(result.keys())
            marked = self._source.watermark is not None
            kept = names[:-1] if marked else names
            yield _batch(kept, [() for _ in kept])  # a table without rows has headings all the same
            for rows in result.partitions(self._chunk_rows):
                columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
                if marked:
                    greatest = _greatest(columns.pop())
                    if greatest is not None and (self.greatest is None or greatest > self.greatest):
                        self.greatest = greatest
                yield _batch(kept, columns)

    def _statement(self) -> tuple[Any, dict[str, Any]]:
        source = self._source
        quote = self._connection.dialect.identifier_preparer.quote
        if source.table is not None:
            origin = ".".join(quote(part) for part in source.table.split(".")) + " pulled"
        else:
            origin = f"({(source.query or '').strip().rstrip(';')}) pulled"
        wanted = [f"pulled.{quote(c)} AS {_label(quote, h)}" for h, c in source.columns] or ["pulled.*"]
        mark = source.watermark
        if mark is None:
            return text(_escaped(f"SELECT {', '.join(wanted)} FROM {origin}")), {}
        # columns of the source's own key travel along, so that the next pull can be merged by them
        wanted += [f"pulled.{quote(c)} AS {_label(quote, key_column(c))}" for c in mark.key]
        column = f"pulled.{quote(mark.column)}"
        wanted.append(f"{column} AS {_label(quote, '_watermark')}")
        statement = _escaped(f"SELECT {', '.join(wanted)} FROM {origin}")
        if self._since is None:
            return text(statement), {}
        return text(f"{statement} WHERE {column} >= :since OR {column} IS NULL"), {"since": self._since}


def _greatest(values: Sequence[Any]) -> Any:
    """The greatest watermark of a chunk; whole numbers come as Decimal from some databases."""
    # a day that Python has not comes as text: it is no mark to go on from
    greatest = max((v for v in values if v is not None and not isinstance(v, str)), default=None)
    if isinstance(greatest, Decimal):
        greatest = int(greatest)
    if greatest is not None and not isinstance(greatest, date | int):
        raise PullError(f"a watermark must be a time, a date or a whole number, not {type(greatest).__name__}")
    return greatest


def key_column(name: str) -> str:
    """Name under which a column of the source's key stands in the pulled file."""
    return f"_key_{name}"


def _label(quote: Any, name: str) -> str:
    return str(quote(name))


def _escaped(statement: str) -> str:
    """A colon of the query's own is no parameter."""
    return statement.replace(":", r"\:")


def _batch(names: Sequence[str], columns: Sequence[Sequence[Any]]) -> pa.RecordBatch:
    return pa.record_batch([_texts(values) for values in columns], names=list(names))


def _texts(values: Sequence[Any]) -> pa.Array:
    """A column as text: departments' types differ from database to database, what they mean does not."""
    if set(map(type, values)) <= {str, type(None)}:
        return pa.array(values, pa.string())
    return pa.array([None if v is None else _text(v) for v in values], pa.string())


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return "真" if value else "假"
        case datetime():
            # an instant is its day at home, whatever the session's zone
            local = value.astimezone(_SHANGHAI).replace(tzinfo=None) if value.tzinfo else value
            return local.date().isoformat() if local.time() == time(0) else local.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case bytes() if len(value) == 1 and value[0] < 2:
            return str(value[0])  # bit(1), as MariaDB gives it
        case bytes():
            return text_of(value)
        case float() if value.is_integer() and abs(value) < 1e15:
            return f"{value:.0f}"
        case _:
            return str(value)  # a larger float keeps its exponent: its last digits are lost, and staging says so
