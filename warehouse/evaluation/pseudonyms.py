"""Keyed pseudonyms: one recipient's tables join by them, two recipients' do not, and nobody gets back from them."""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Final, Protocol

import pyarrow as pa

from warehouse.keys import SECRET_BYTES
from warehouse.lake import Lake, atomic_path

ALGORITHM: Final = "hmac-sha256/128"
"""HMAC with SHA-256, the first 128 bits in hex; stands beside every export with the key's id."""

_BYTES: Final = 16
_BLOCK: Final = 64
"""Bytes that SHA-256 takes at once; HMAC fills its key up to them."""


class Numbering(Protocol):
    """Whoever gives a department's number another."""

    def surrogate(self, kind: str, number: str) -> str:
        """What stands for a number of ``kind``."""


def message(kind: str, number: str) -> str:
    """What is hashed for a department's number; no identity number has such a beginning."""
    return f"{kind}\0{number}"


@dataclass(frozen=True)
class RecipientKey:
    """The key of one recipient and version; ``repr`` and errors never show the secret."""

    recipient: str
    key_id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"RecipientKey({self.key_id})"

    def pseudonym(self, number: str) -> str:
        """The pseudonym of one identity number."""
        return hmac.digest(self.secret, number.encode(), "sha256")[:_BYTES].hex()

    def surrogate(self, kind: str, number: str) -> str:
        """What stands for a department's number of ``kind``."""
        return self.pseudonym(message(kind, number))

    @property
    def pads(self) -> tuple[bytes, bytes]:
        """The key as HMAC uses it, within and without: for a database that has SHA-256 and no HMAC."""
        key = (self.secret if len(self.secret) <= _BLOCK else hashlib.sha256(self.secret).digest()).ljust(_BLOCK, b"\0")
        return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)

    @property
    def seed(self) -> int:
        """By which the rows of a database are put into an order that is this recipient's alone: 63 bits."""
        return int.from_bytes(hmac.digest(self.secret, b"order of rows", "sha256")[:8]) >> 1

    def pseudonyms(self, numbers: pa.ChunkedArray) -> pa.ChunkedArray:
        """Pseudonyms of a column, null where no number is; each distinct number is hashed once."""
        encoded = numbers.combine_chunks().dictionary_encode()
        given = encoded.dictionary.to_pylist()
        names = pa.array([self.pseudonym(number) if number else None for number in given], pa.string())
        return pa.chunked_array([pa.DictionaryArray.from_arrays(encoded.indices, names).dictionary_decode()])


def recipient_key(lake: Lake, recipient: str, *, renew: bool = False) -> RecipientKey:
    """The recipient's key, made where there is none; ``renew`` makes the next version, and old pseudonyms stay old."""
    path = lake.recipient_key(recipient)
    versions = _versions(lake, recipient)
    if renew or not versions:
        versions.append(secrets.token_hex(SECRET_BYTES))
        with atomic_path(path, mode=0o600) as temporary:
            temporary.write_text(json.dumps({"recipient": recipient, "keys": versions}))
    return _key(recipient, versions, len(versions))


def earlier_keys(lake: Lake, recipient: str) -> list[RecipientKey]:
    """Every key that a recipient ever had, the newest first; none is made."""
    versions = _versions(lake, recipient)
    return [_key(recipient, versions, number) for number in range(len(versions), 0, -1)]


def _versions(lake: Lake, recipient: str) -> list[str]:
    path = lake.recipient_key(recipient)
    versions: list[str] = json.loads(path.read_text())["keys"] if path.exists() else []
    return versions


def _key(recipient: str, versions: list[str], number: int) -> RecipientKey:
    return RecipientKey(recipient, f"{recipient}-{number}", bytes.fromhex(versions[number - 1]))
