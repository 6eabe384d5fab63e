"""Personal values as they may stand in problem lists: enough to find the cell, not the person."""

import pyarrow as pa
import pyarrow.compute as pc

from expectations.feed import Personal

_LONGEST = 80
_IDENTITY_SHOWN = 18


def masked(values: pa.Array, kind: Personal | None) -> pa.Array:
    """Values cut to 80 characters; personal ones masked by their kind."""
    if kind is None:
        return pc.utf8_slice_codeunits(values, 0, _LONGEST)
    if kind is Personal.NAME:
        return _where_given(values, pc.binary_join_element_wise(pc.utf8_slice_codeunits(values, 0, 1), "*", ""))
    shown_before = 3 if kind in (Personal.IDENTITY_NUMBER, Personal.PHONE) else 4
    long_enough = 15 if kind is Personal.IDENTITY_NUMBER else 11 if kind is Personal.PHONE else 12
    stars = {Personal.IDENTITY_NUMBER: 11, Personal.PHONE: 4, Personal.STUDENT_NO: 11}[kind]
    lengths = pc.utf8_length(values)
    whole = pc.and_(pc.greater_equal(lengths, long_enough), pc.less_equal(lengths, _IDENTITY_SHOWN + 2))
    ends = pc.utf8_slice_codeunits(values, -4, 1 << 20)
    starred = pc.binary_join_element_wise(pc.utf8_slice_codeunits(values, 0, shown_before), "*" * stars, ends, "")
    return _where_given(values, pc.if_else(whole, starred, "***"))


def _where_given(values: pa.Array, shown: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(values, ""), "", shown)
