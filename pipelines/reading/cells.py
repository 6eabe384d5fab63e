"""What a cell was before it became text: a number, a date, an error. What it says depends on it."""

from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

Kinds = npt.NDArray[np.uint8]
"""One Kind a cell."""


class Kind(IntEnum):
    """Kinds of cells. Text has none other, whatever it looks like."""

    TEXT = 0
    NUMBER = 1
    """Binary floating point: exact to 15 digits."""
    EXACT = 2
    """A whole number or a decimal of a database: exact."""
    DATE = 3
    """A date, a time or both."""
    BOOLEAN = 4
    ERROR = 5
    """An error value; the cell's text is its name."""
    NO_RESULT = 6
    """A formula that the file keeps no result of."""
    UNHAD = 7
    """A value that the source could not give, such as bytes that do not decode."""


NO_RESULT_TEXT: Final = "（公式无结果）"
"""Text of a cell whose result is missing: it is not blank."""


def all_of(kind: Kind, count: int) -> Kinds:
    """``count`` cells of one kind."""
    return np.full(count, kind, dtype=np.uint8)
