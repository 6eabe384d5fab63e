"""What a public notice may say of a person: the name alone, whatever an office wrote beside it."""

import re
from typing import Final

_NAME: Final = re.compile(r"[^\W\d_]+(?:[· ][^\W\d_]+)*")

WITHHELD: Final = "＊＊"
"""Where no name can be told from what else was written."""


def plain_name(written: str | None) -> str:
    """The letters at the beginning of a name as staged, with the dot and single blanks between them.

    A number, a telephone or a remark behind it (张三(残疾), 张三13800001234) is not for a notice board.
    """
    found = _NAME.match((written or "").strip())
    return found.group() if found else WITHHELD
