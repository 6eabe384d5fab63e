"""What a parser gives back."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from expectations.reasons import Fault

Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Parsed:
    """Typed values, null where ``reasons`` (codes of Reason or Detail, 0: fine) says why. A blank is ``MISSING``.

    ``clock``: dates that were written with a time of day other than midnight (None: none was). ``sent``: of labels the
    words that the office wrote, null where they are the label's own (None: all are).
    """

    values: pa.Array
    reasons: Codes
    clock: npt.NDArray[np.bool_] | None = None
    sent: pa.Array | None = None

    def take(self, indices: pa.Array) -> "Parsed":
        """The parsed values at ``indices`` (int32, no nulls)."""
        at = indices.to_numpy()
        clock = None if self.clock is None else self.clock[at]
        sent = None if self.sent is None else self.sent.take(indices)
        return Parsed(self.values.take(indices), self.reasons[at], clock, sent)

    def refuse(self, where: npt.NDArray[np.bool_], fault: Fault) -> "Parsed":
        """The same with the values refused where ``where``."""
        if not where.any():
            return self
        reasons = np.where(where, np.uint8(fault.code), self.reasons).astype(np.uint8)
        sent = None if self.sent is None else null_where(self.sent, reasons)
        return Parsed(null_where(self.values, reasons), reasons, self.clock, sent)


def mask(array: pa.Array) -> npt.NDArray[np.bool_]:
    """A boolean array as numpy; null counts as false."""
    filled = array.fill_null(False) if array.null_count else array
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.bool_)


def decide(*rules: tuple[npt.NDArray[np.bool_], Fault]) -> Codes:
    """Codes from (mask, fault) pairs; the first that holds counts."""
    out = np.zeros(len(rules[0][0]), dtype=np.uint8)
    for holds, fault in reversed(rules):
        out[holds] = fault.code
    return out


def null_where(values: pa.Array, reasons: Codes) -> pa.Array:
    """``values`` with null where there is a reason."""
    bad = reasons != 0
    if not bad.any():
        return values
    return pc.if_else(pa.array(bad), pa.scalar(None, values.type), values)
