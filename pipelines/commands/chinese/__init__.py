"""What the command line says in English, in Chinese. The English text stands where it is said, and is the key here.

A text with another wording, or a new one, has no Chinese until it is given here: ``tests/commands/test_chinese.py``
names it. ``{}`` in a key is whatever stands there, and ``{0}`` in its Chinese what the first of them was.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from pipelines.commands.chinese.errors import ERRORS
from pipelines.commands.chinese.helps import HELPS
from pipelines.commands.chinese.usage import USAGE

CATALOGUE: Final[Mapping[str, str]] = {**HELPS, **USAGE, **ERRORS}


def in_chinese(text: str) -> str:
    """The Chinese of what the command line says; the text itself where it has none, or is Chinese already."""
    if not text:
        return text
    exact = CATALOGUE.get(text)
    if exact is not None:
        return exact
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            return chinese.format(*(in_chinese(part) for part in found.groups()))
    return text


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Keys with places in them; those that say most themselves come first."""
    keys = sorted((key for key in CATALOGUE if "{}" in key), key=lambda key: -len(key.replace("{}", "")))
    return [
        (re.compile("(.*?)".join(re.escape(part) for part in key.split("{}")), re.DOTALL), CATALOGUE[key])
        for key in keys
    ]
