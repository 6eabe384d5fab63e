"""A department's database, read only: one snapshot for all feeds, server-side cursors, time-outs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from expectations.errors import PackageMissingError
from pipelines.pulling.any_bytes import disguised, gives_bytes, take_any_bytes, undisguised
from pipelines.pulling.config import FeedSource, PullConfig
from pipelines.pulling.errors import BrokenConnectionError, PullError, SourceUnavailableError, of_feed
from pipelines.pulling.values import as_texts, bit_columns, take_any_value

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


def open_source(config: PullConfig, environment: Mapping[str, str]) -> Engine:
    """An engine on the source; its URL comes from ``environment``. Raises PullError, PackageMissingError."""
    raw = environment.get(config.url_env, "")
    if not raw:
        raise PullError(
            f"the environment variable {config.url_env} is not set", advice="write the database's URL into it"
        )
    try:
        url = make_url(raw.replace("postgres://", "postgresql://", 1))
        url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
        engine = create_engine(
            url, poolclass=NullPool, hide_parameters=True, connect_args=_connect_arguments(url, config)
        )
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise PullError(f"what {config.url_env} holds is no URL of a database that SQLAlchemy knows") from error
    except ModuleNotFoundError as error:
        raise PackageMissingError(error.name or "the driver", "postgres,mysql") from error
    if engine.dialect.name == "postgresql":
        event.listen(engine, "do_connect", _connect_to_postgres)
    return engine


def _connect_to_postgres(dialect: Dialect, _record: Any, arguments: Any, parameters: Any) -> Any:
    connection = dialect.connect(*arguments, **parameters)
    take_any_value(connection)
    take_any_bytes(connection)
    return connection


def _connect_arguments(url: URL, config: PullConfig) -> dict[str, Any]:
    match url.get_backend_name():
        case "postgresql":
            limit = f"-c statement_timeout={config.statement_timeout * 1000}"
            return {
                "connect_timeout": config.connect_timeout,
                "options": limit,
                "application_name": APPLICATION,
                "client_encoding": "utf8",
            }
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


@contextmanager
def snapshot(engine: Engine, statement_timeout: int) -> Iterator[Connection]:
    """A read-only transaction in which every statement sees the rows of one moment.

    A statement that takes longer than ``statement_timeout`` seconds is given up (the whole pull, where it streams).
    Raises BrokenConnectionError where the connection breaks, SourceUnavailableError for anything else that it says.
    """
    backend = engine.dialect.name
    with _told(), engine.connect() as connection:
        options: dict[str, Any] = {}
        if backend in _SNAPSHOTS:
            options["isolation_level"] = _SNAPSHOTS[backend]
        if backend == "postgresql":
            options["postgresql_readonly"] = True
        connection = connection.execution_options(**options)
        if backend in ("mysql", "mariadb"):
            connection.execute(text(_mysql_limit(connection, statement_timeout)))
            connection.rollback()
            # REPEATABLE READ alone takes its snapshot at the first read of a table, and may write
            connection.execute(text("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"))
        yield connection


@contextmanager
def part_of(connection: Connection, source: FeedSource) -> Iterator[None]:
    """One feed within a snapshot: what fails is told by feed and table, and the others go on in the same snapshot.

    Raises BrokenConnectionError as it is, since nothing goes on then.
    """
    try:
        with _told(), connection.begin_nested():
            yield
    except BrokenConnectionError:
        raise
    except PullError as error:
        raise of_feed(error, source) from error


@contextmanager
def _told() -> Iterator[None]:
    """What a database says, as errors of ours."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or _code(error) in _KILLED:
            raise BrokenConnectionError("the connection to the database broke") from error
        raise SourceUnavailableError("the database refused", why=_said(error)) from error
    except UnicodeDecodeError as error:
        raise PullError(
            "some text is not in the encoding that the database names",
            advice="have its owner look at the character set of each column",
        ) from error


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
        plain, parameters = self._statement()
        is_bytes = gives_bytes(self._connection)
        statement = text(disguised(plain) if is_bytes else plain)
        streamed = statement.execution_options(stream_results=True, max_row_buffer=self._chunk_rows)
        with self._connection.execute(streamed, parameters) as result:
            names = [undisguised(name) if is_bytes else name for name in list(result.keys())]
            if twice := sorted({n for n in names if names.count(n) > 1}):
                raise PullError(
                    f"the column {', '.join(twice)} is there twice, and which is meant cannot be told",
                    advice="rename it in the query",
                )
            bits = bit_columns(result)
            marked = self._source.watermark is not None
            kept = names[:-1] if marked else names
            yield _batch(kept, [() for _ in kept], bits, is_bytes)  # a table without rows has headings all the same
            for rows in result.partitions(self._chunk_rows):
                columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
                if marked:
                    greatest = _greatest(columns.pop(), self._source)
                    if greatest is not None and (self.greatest is None or greatest > self.greatest):
                        self.greatest = greatest
                yield _batch(kept, columns, bits, is_bytes)

    def _statement(self) -> tuple[str, dict[str, Any]]:
        source = self._source
        quote = self._connection.dialect.identifier_preparer.quote
        if source.table is not None:
            origin = ".".join(quote(part) for part in source.table.split(".")) + " pulled"
        else:
            origin = f"({(source.query or '').strip().rstrip(';')}) pulled"
        wanted = [f"pulled.{quote(c)} AS {_label(quote, h)}" for h, c in source.columns] or ["pulled.*"]
        mark = source.watermark
        if mark is None:
            return _escaped(f"SELECT {', '.join(wanted)} FROM {origin}"), {}
        # columns of the source's own key travel along, so that the next pull can be merged by them
        wanted += [f"pulled.{quote(c)} AS {_label(quote, key_column(c))}" for c in mark.key]
        column = f"pulled.{quote(mark.column)}"
        wanted.append(f"{column} AS {_label(quote, '_watermark')}")
        statement = _escaped(f"SELECT {', '.join(wanted)} FROM {origin}")
        if self._since is None:
            return statement, {}
        return f"{statement} WHERE {column} >= :since OR {column} IS NULL", {"since": self._since}


def _greatest(values: Sequence[Any], source: FeedSource) -> Any:
    """The greatest watermark of a chunk; whole numbers come as Decimal from some databases."""
    # a day that Python has not comes as text: it is no mark to go on from
    greatest = max((v for v in values if v is not None and not isinstance(v, str)), default=None)
    if isinstance(greatest, Decimal):
        greatest = int(greatest)
    if greatest is not None and not isinstance(greatest, date | int):
        column = source.watermark.column if source.watermark else ""
        raise PullError(
            f"the watermark {column} is neither a time nor a date nor a whole number but {type(greatest).__name__}"
        )
    return greatest


def key_column(name: str) -> str:
    """Name under which a column of the source's key stands in the pulled file."""
    return f"_key_{name}"


def _label(quote: Any, name: str) -> str:
    return str(quote(name))


def _escaped(statement: str) -> str:
    """A colon of the query's own is no parameter."""
    return statement.replace(":", r"\:")


def _batch(
    names: Sequence[str], columns: Sequence[Sequence[Any]], bits: Collection[int], is_bytes: bool
) -> pa.RecordBatch:
    given = [[undisguised(v) if isinstance(v, str) else v for v in c] for c in columns] if is_bytes else columns
    texts = [as_texts(values, is_bits=at in bits) for at, values in enumerate(given)]
    return pa.record_batch(texts, names=list(names))
