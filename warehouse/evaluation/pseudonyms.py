"""Keyed pseudonyms: one recipient's tables join by them, two recipients' do not, and nobody gets back from them."""

import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from warehouse.keys import SECRET_BYTES
from warehouse.lake import Lake, atomic_path

ALGORITHM: Final = "hmac-sha256/128"
"""HMAC with SHA-256, the first 128 bits in hex; stands beside every export with the key's id."""

_BYTES: Final = 16


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
        """What stands for a department's number of ``kind``; no identity number has such a beginning."""
        return self.pseudonym(f"{kind}\0{number}")

    def pseudonyms(self, numbers: pa.ChunkedArray) -> pa.ChunkedArray:
        """Pseudonyms of a column, null where it is; each distinct number is hashed once."""
        encoded = numbers.combine_chunks().dictionary_encode()
        names = pa.array([self.pseudonym(number) for number in encoded.dictionary.to_pylist()], pa.string())
        return pa.chunked_array([pa.DictionaryArray.from_arrays(encoded.indices, names).dictionary_decode()])


def recipient_key(lake: Lake, recipient: str, *, renew: bool = False) -> RecipientKey:
    """The recipient's key, made where there is none; ``renew`` makes the next version, and old pseudonyms stay old."""
    path = lake.recipient_key(recipient)
    versions: list[str] = json.loads(path.read_text())["keys"] if path.exists() else []
    if renew or not versions:
        versions.append(secrets.token_hex(SECRET_BYTES))
        with atomic_path(path, mode=0o600) as temporary:
            temporary.write_text(json.dumps({"recipient": recipient, "keys": versions}))
    return RecipientKey(recipient, f"{recipient}-{len(versions)}", bytes.fromhex(versions[-1]))
