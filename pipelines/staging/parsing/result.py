"""What a parser gives back."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from expectations.reasons import Reason

Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Parsed:
    """Typed values, null where ``reasons`` (codes of Reason, 0: fine) says why. A blank is ``MISSING``."""

    values: pa.Array
    reasons: Codes

    def take(self, indices: pa.Array) -> "Parsed":
        """The parsed values at ``indices`` (int32, no nulls)."""
        return Parsed(self.values.take(indices), self.reasons[indices.to_numpy()])


def mask(array: pa.Array) -> npt.NDArray[np.bool_]:
    """A boolean array as numpy; null counts as false."""
    filled = array.fill_null(False) if array.null_count else array
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.bool_)


def decide(*rules: tuple[npt.NDArray[np.bool_], Reason]) -> Codes:
    """Codes from (mask, reason) pairs; the first that holds counts."""
    out = np.zeros(len(rules[0][0]), dtype=np.uint8)
    for holds, reason in reversed(rules):
        out[holds] = reason.code
    return out


def null_where(values: pa.Array, reasons: Codes) -> pa.Array:
    """``values`` with null where there is a reason."""
    bad = reasons != 0
    if not bad.any():
        return values
    return pc.if_else(pa.array(bad), pa.scalar(None, values.type), values)
