"""What takes most of a minute, beside others that ask the same of less: only when somebody asks for it."""

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")

LONG = bool(os.environ.get("LIANGXIAN_LONG"))
"""Whether somebody does."""

asked_for = pytest.mark.skipif(not LONG, reason="takes most of a minute: LIANGXIAN_LONG=1 asks for it")
"""A test, or a parameter, that is left out otherwise."""


def every(step: int, values: Sequence[T]) -> list[T]:
    """All of them when asked for, otherwise each so many."""
    return list(values) if LONG else list(values[::step])
