"""A PostgreSQL database that keeps bytes of any encoding (SQL_ASCII): each text is read by what its bytes say.

Asked for UTF-8 the server would refuse the whole table for one cell. Asked for Latin 1 it gives the bytes as they are,
a character for each; what we send stands disguised so, since the server takes it for bytes too.
"""

from typing import Any, Final

from sqlalchemy import Connection

from pipelines.reading.decoding import text_of

_ANY: Final = "SQL_ASCII"
_BYTES: Final = "latin-1"


def take_any_bytes(driver: Any) -> None:
    """Let a connection of psycopg to such a database give bytes as they are."""
    if driver.info.parameter_status("server_encoding") == _ANY:
        driver.execute("SET client_encoding TO LATIN1")
        driver.commit()


def gives_bytes(connection: Connection) -> bool:
    """Whether texts come as bytes, a character for each."""
    if connection.dialect.name != "postgresql":
        return False
    driver: Any = connection.connection.dbapi_connection
    return bool(driver.info.parameter_status("server_encoding") == _ANY)


def disguised(text: str) -> str:
    """A text whose bytes are sent as they are."""
    return text.encode().decode(_BYTES)


def undisguised(text: str) -> str:
    """What the bytes of a text say: UTF-8, else GB18030, else that they say nothing (U+FFFD)."""
    try:
        return text_of(text.encode(_BYTES))
    except UnicodeEncodeError:  # no bytes: a value that Python writes
        return text
