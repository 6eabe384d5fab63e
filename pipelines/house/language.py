"""In which language people are told: what they read is Chinese or English, code and logs are English.

A door says which, once, for the time of a command; without one it is Chinese, as in the pages and workbooks.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Final

SETTING: Final = "LIANGXIAN_LANG"
"""Environment variable that names the language."""


class Language(StrEnum):
    """Language of what people read."""

    ZH = "zh"
    EN = "en"


_SPOKEN: Final[ContextVar[Language]] = ContextVar("spoken", default=Language.ZH)


def language_of(environ: Mapping[str, str]) -> Language:
    """The language that the environment asks for: its own setting, else Chinese where the locale is, else English."""
    own = environ.get(SETTING, "")
    if own in tuple(Language):
        return Language(own)
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return Language.ZH if locale.lower().startswith("zh") else Language.EN


@contextmanager
def spoken_in(language: Language) -> Iterator[None]:
    """Tell people in this language within the block."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> Language:
    """The language in which people are told now."""
    return _SPOKEN.get()


def say(zh: str, en: str) -> str:
    """Whichever of the two is spoken."""
    return zh if _SPOKEN.get() is Language.ZH else en


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
