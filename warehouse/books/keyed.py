"""What the books' chains are keyed with: the home's key travels with the books that are open, and lies outside them."""

import hmac
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine

from warehouse.keys import Keys, Use

_KEYS: Final = "liangxian_keys"


def with_keys(engine: Engine, keys: Keys) -> Engine:
    """The engine, every connection of which knows the home's keys."""
    engine.update_execution_options(**{_KEYS: keys})
    return engine


def keys_of(books: Engine | Connection) -> Keys:
    """The keys that open books know."""
    keys = books.get_execution_options()[_KEYS]
    if not isinstance(keys, Keys):
        raise TypeError("books that were opened without keys")
    return keys


def keyed_digest(connection: Connection, values: Sequence[Any]) -> str:
    """HMAC-SHA256 over values with the key of chains: nobody makes one without it."""
    return hmac.digest(keys_of(connection).of(Use.CHAIN), canonical(values), "sha256").hex()


def canonical(values: Sequence[Any]) -> bytes:
    """The same bytes for the same values, whichever database they come from."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=_plain).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
