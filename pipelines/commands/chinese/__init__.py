"""What the command line says in English, in Chinese. The English text stands where it is said, and is the key here.

A text with another wording, or a new one, has no Chinese until it is given here: ``tests/commands/test_chinese.py``
names it. ``{}`` in a key is whatever stands there, and ``{0}`` in its Chinese what the first of them was.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from pipelines.commands.chinese.errors import ERRORS
from pipelines.commands.chinese.files import FILES
from pipelines.commands.chinese.helps import HELPS
from pipelines.commands.chinese.usage import USAGE
from pipelines.house.language import translator
from pipelines.pulling.words import PULLS

__all__ = ["CATALOGUE", "in_chinese", "translator"]

CATALOGUE: Final[Mapping[str, str]] = {**HELPS, **USAGE, **ERRORS, **FILES, **PULLS}


@cache
def _by_all() -> Callable[[str], str]:
    return translator(CATALOGUE)


def in_chinese(text: str) -> str:
    """The Chinese of what the command line says; the text itself where it has none, or is Chinese already."""
    return _by_all()(text)
