"""Digests with the home's key: a plain one is over values that a dictionary has, and tells them.

A keyed digest says so at its beginning, and is made of the plain one: what an earlier release kept is carried over
without the rows behind it, and nobody's answer is taken for one to other evidence.
"""

import hashlib
import hmac
import json
import unicodedata
from typing import Final

import pyarrow as pa

from warehouse.keys import Use, key_of

KEYED: Final = "k1"
"""How a keyed digest begins; a plain one is hexadecimal."""

_BYTES: Final = 31
"""With the beginning as long as a plain one."""

_NAMED: Final = 64
"""So many characters of a name stood in events of earlier releases."""


def keyed(secret: bytes, digests: pa.ChunkedArray) -> pa.ChunkedArray:
    """Digests under the key that follows from a home's ``secret``; those that are keyed, and nulls, as they are."""
    key = key_of(secret, Use.DIGEST)
    given = [None if digest is None else keyed_one(key, digest) for digest in digests.to_pylist()]
    return pa.chunked_array([pa.array(given, pa.string())])


def keyed_one(key: bytes, digest: str) -> str:
    """One digest (or several, with commas between them) under the key of ``Use.DIGEST``; one that is keyed as it is."""
    if "," in digest:
        return ",".join(keyed_one(key, one) for one in digest.split(","))
    return digest if digest.startswith(KEYED) else KEYED + hmac.digest(key, digest.encode(), "sha256")[:_BYTES].hex()


def with_keyed(table: pa.Table, secret: bytes, *names: str) -> pa.Table:
    """The table with these columns keyed."""
    for name in names:
        table = table.set_column(table.column_names.index(name), name, keyed(secret, table[name]))
    return table


def name_digest(key: bytes, answer: str, name: str) -> str:
    """What stands for the name of who gave an answer: the name lies beside the answer's text, and is erased with it.

    It is of this answer alone: the same name has another digest with each.
    """
    content = json.dumps(["who", answer, plain_name(name[:_NAMED])], ensure_ascii=False)
    return keyed_one(key, hashlib.sha256(content.encode()).hexdigest())


def plain_name(name: str) -> str:
    """A name as it is compared: spaces, widths and letters' case aside."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
