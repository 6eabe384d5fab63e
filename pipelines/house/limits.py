"""What one delivery may cost while it is read: memory and time of a processor."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from expectations.errors import ValueRefusedError
from pipelines.house.engine_choice import bytes_of

MEMORY: Final = "LIANGXIAN_STAGING_MEMORY"
SECONDS: Final = "LIANGXIAN_STAGING_SECONDS"
_LEAST_MEMORY: Final = 256 * 10**6


@dataclass(frozen=True)
class Limits:
    """Bytes beyond what an empty process has, and seconds of a processor."""

    memory: int = 4 * 10**9
    seconds: int = 1_800


def limits_of(environment: Mapping[str, str] = os.environ) -> Limits:
    """The limits that the environment sets, else the usual ones. Raises ValueRefusedError."""
    usual = Limits()
    memory, seconds = environment.get(MEMORY, ""), environment.get(SECONDS, "")
    asked = Limits(bytes_of(memory) if memory else usual.memory, _whole(seconds) if seconds else usual.seconds)
    if asked.memory < _LEAST_MEMORY:
        what = f"{MEMORY}={memory}: no delivery can be read in so little"
        raise ValueRefusedError(what, advice="give it 1GB or more")
    return asked


def _whole(text: str) -> int:
    if not text.strip().isdecimal() or not int(text):
        raise ValueRefusedError(f"{SECONDS}={text}: it is a number of seconds such as 1800")
    return int(text)
