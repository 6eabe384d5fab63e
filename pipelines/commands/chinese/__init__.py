"""What the command line says in English, in Chinese. The English text stands where it is said, and is the key here.

A text with another wording, or a new one, has no Chinese until it is given here: ``tests/commands/test_chinese.py``
names it. ``{}`` in a key is whatever stands there, and ``{0}`` in its Chinese what the first of them was.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from pipelines.commands.chinese.errors import ERRORS
from pipelines.commands.chinese.files import FILES
from pipelines.commands.chinese.helps import HELPS
from pipelines.commands.chinese.usage import USAGE

CATALOGUE: Final[Mapping[str, str]] = {**HELPS, **USAGE, **ERRORS, **FILES}


def translator(catalogue: Mapping[str, str]) -> Callable[[str], str]:
    """What gives the Chinese of a text by this catalogue; a text itself where it has none, or is Chinese already."""
    keys = sorted((key for key in catalogue if "{}" in key), key=lambda key: -len(key.replace("{}", "")))
    # those that say most themselves come first
    patterns = [
        (re.compile("(.*?)".join(re.escape(part) for part in key.split("{}")), re.DOTALL), catalogue[key])
        for key in keys
    ]

    def chinese(text: str) -> str:
        if not text or text in catalogue:
            return catalogue.get(text, text)
        for pattern, said in patterns:
            found = pattern.fullmatch(text)
            if found is not None:
                return said.format(*(chinese(part) for part in found.groups()))
        return text

    return chinese


@cache
def _by_all() -> Callable[[str], str]:
    return translator(CATALOGUE)


def in_chinese(text: str) -> str:
    """The Chinese of what the command line says; the text itself where it has none, or is Chinese already."""
    return _by_all()(text)
