"""Tests that take most of a minute, beside others that ask the same of less: only when somebody asks for them."""

import os

import pytest

asked_for = pytest.mark.skipif(
    not os.environ.get("LIANGXIAN_LONG"), reason="takes most of a minute: LIANGXIAN_LONG=1 asks for it"
)
