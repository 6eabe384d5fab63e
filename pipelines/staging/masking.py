"""Problem lists: refused values as they may stand there, enough to find the cell, not the person (Arrow)."""

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from expectations.masks import Audience, Case, Mask, mask_of, numbers_in_text

_LONGEST: Final = 80
_TO_THE_END: Final = 1 << 20


def mask_refused(values: pa.Array, feed: str, column: str) -> pa.Array:
    """What was refused, cut to 80 characters: masked by its column, and numbers of people in any other column too."""
    pattern, replacement = numbers_in_text(Audience.DATA_TEAM)
    return mask_accepted(pc.replace_substring_regex(values, pattern, replacement), feed, column)


def mask_accepted(values: pa.Array, feed: str, column: str) -> pa.Array:
    """Values as staged, cut to 80 characters and masked by their column; a key may be built like a person's number."""
    return pc.utf8_slice_codeunits(masked(values, mask_of(feed, column, Audience.DATA_TEAM)), 0, _LONGEST)


def masked(values: pa.Array, mask: Mask) -> pa.Array:
    """A string array masked; chunked as it came."""
    if mask.is_clear:
        return values
    *first, last = mask.cases
    out: Any = _shape(values, last)
    for case in reversed(first):
        out = pc.if_else(_fits(values, case), _shape(values, case), out)
    return out


def _shape(values: pa.Array, case: Case) -> pa.Array:
    start = pc.utf8_slice_codeunits(values, 0, case.first)
    end = (
        pc.utf8_slice_codeunits(values, -case.last, _TO_THE_END) if case.last else pc.utf8_slice_codeunits(values, 0, 0)
    )
    return pc.binary_join_element_wise(start, "*" * case.stars, end, "")


def _fits(values: pa.Array, case: Case) -> pa.Array:
    lengths = pc.utf8_length(values)
    fits = pc.greater_equal(lengths, case.shortest)
    if case.longest is not None:
        fits = pc.and_(fits, pc.less_equal(lengths, case.longest))
    return pc.and_(fits, pc.match_substring_regex(values, f"^{case.form}$")) if case.form else fits
