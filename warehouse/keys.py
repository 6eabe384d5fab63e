"""The keys of a home: how a secret is born, and which key each use has of the home's one secret.

The secret is the key of finding ids (decision 0004): ``LIANGXIAN_FINDING_KEY`` (hex), or the file that
``LIANGXIAN_FINDING_KEY_FILE`` names, else ``HOME/keys/finding.key``. What else needs a key gets one of its own that
follows from it, so that one secret is kept and put back, and no use can be turned against another. Recipients' keys
are secrets of their own: they are renewed, which this one never is.
"""

import hmac
import os
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final

from expectations.errors import DamagedError, Place
from warehouse.lake import Lake, scratch_prefix, sync
from warehouse.secret_values import secret_value

SECRET_BYTES: Final = 32

FROM_ENVIRONMENT: Final = "LIANGXIAN_FINDING_KEY"


class Use(StrEnum):
    """What a key is for; a key of one use says nothing of another's."""

    CHAIN = "chain"
    """Chains of ledger and audit log."""
    DIGEST = "digest"
    """Digests of evidence and of answers, which are over values that could be guessed."""
    FEEDBACK = "feedback"
    """Checksums of the rows of departments' workbooks."""
    ROUNDING = "rounding"
    """Whether a count that is given rounded goes up or down."""


class SecretDamagedError(DamagedError):
    """The home's secret is there and is none."""

    def __init__(self, file: str) -> None:
        super().__init__(
            "the key of finding ids is no hexadecimal text",
            where=Place(file=file),
            advice="put it back from where it is kept; another key would make every finding a new one",
        )


@dataclass(frozen=True)
class Keys:
    """The keys of one home; no error shows one."""

    lake: Lake
    given: str | None = field(default=None, repr=False)
    """The secret itself in hexadecimal digits, instead of what environment and home say."""

    @cached_property
    def finding(self) -> bytes:
        """The key of finding ids, made where the home has none. Raises SecretDamagedError."""
        given = self._given
        if given:
            return _secret_of(given, FROM_ENVIRONMENT)
        path = self.lake.finding_key
        if not path.exists():
            bear(path, secrets.token_hex(SECRET_BYTES))
        return _secret_of(path.read_text(encoding="ascii", errors="replace"), path.name)

    @property
    def is_there(self) -> bool:
        """Whether the home has its secret already; to ask makes none."""
        return bool(self._given) or self.lake.finding_key.exists()

    @property
    def _given(self) -> str | None:
        return self.given or secret_value(FROM_ENVIRONMENT)

    def of(self, use: Use) -> bytes:
        """The key of one use."""
        return key_of(self.finding, use)

    @property
    def fingerprint(self) -> str:
        """What the books may hold of the secret, to know it again."""
        return hmac.digest(self.finding, b"liangxian fingerprint", "sha256")[:16].hex()


def folder_key(folder: Path) -> bytes | None:
    """The key by which what lies in a folder is known as ours, made where there is none; homes may share the folder.

    None where it cannot be had, or where another user could have put it there.
    """
    path = folder / "folder.key"
    try:
        bear(path, secrets.token_hex(SECRET_BYTES))
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), encoding="ascii", errors="replace") as stream:
            is_ours = os.fstat(stream.fileno())
            text = stream.read(4 * SECRET_BYTES)
    except OSError:
        return None
    if is_ours.st_uid != os.geteuid() or is_ours.st_mode & 0o077:
        return None
    try:
        return bytes.fromhex(text.strip()) or None
    except ValueError:
        return None


def key_of(secret: bytes, use: Use) -> bytes:
    """The key of one use that follows from a home's secret."""
    return hmac.digest(secret, b"liangxian key of\0" + use.encode(), "sha256")


def bear(path: Path, text: str) -> bool:
    """Write a secret where there is none; False where one is there already, which stays.

    It is nobody else's from its first byte, and whole or not there: written aside, then linked to its name.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        return False
    aside = path.parent / f"{scratch_prefix()}{secrets.token_hex(8)}"
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(aside, path)
    except FileExistsError:
        return False
    finally:
        aside.unlink()
    sync(path.parent)
    return True


def _secret_of(text: str, file: str) -> bytes:
    try:
        secret = bytes.fromhex(text.strip())
    except ValueError:
        secret = b""
    if not secret:
        raise SecretDamagedError(file)
    return secret
