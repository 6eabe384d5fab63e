"""Amounts of money, whole numbers and years. Letters for digits are refused, never guessed."""

from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from expectations.reasons import Reason
from pipelines.staging.parsing.cleaning import clean
from pipelines.staging.parsing.result import Codes, Parsed, decide, mask, null_where

MONEY = pa.decimal128(18, 2)

_PLAIN_MONEY = r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$"
_MONEY = (
    r"^(?P<before>[-+]?)\s*¥?\s*(?P<sign>[-+]?)"
    r"(?P<whole>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)?(?:\.(?P<part>[0-9]*))?\s*(?P<unit>[万千百]?元)?$"
)
_SHIFTS = {"百元": 2, "千元": 3, "万元": 4}
_MOST_DIGITS = 15
_NEARLY_NONE = r"^(0{0,3}|0000[0-9]*|00010*)$"  # at most 0.000001 above a fen
_NEARLY_ONE = r"^9999[0-9]*$"  # at most 0.000001 below the next


def parse_money(raw: pa.Array, *, scale: int, may_be_negative: bool) -> Parsed:
    """Yuan with two decimals. ``scale`` is what the column's unit multiplies by (1 to 10000); a cell's own wins."""
    text = clean(raw)
    if scale == 1:
        plain = mask(pc.match_substring_regex(text, _PLAIN_MONEY))
        if plain.all():
            return _signed(text.cast(MONEY), np.zeros(len(text), dtype=np.uint8), may_be_negative)
    found = pc.extract_regex(text, _MONEY)
    before, sign, whole, part, unit = (
        pc.fill_null(pc.struct_field(found, name), "") for name in ("before", "sign", "whole", "part", "unit")
    )
    whole = pc.replace_substring(whole, ",", "")
    digits = pc.add(pc.binary_length(whole), pc.binary_length(part))
    for own, times in _SHIFTS.items():
        factor = mask(pc.equal(unit, own)) | (mask(pc.equal(unit, "")) if scale == 10**times else False)
        whole, part = _shifted(whole, part, factor, times)
    whole = pc.utf8_ltrim(whole, "0")
    tail = pc.utf8_slice_codeunits(part, 2)
    down, up = mask(pc.match_substring_regex(tail, _NEARLY_NONE)), mask(pc.match_substring_regex(tail, _NEARLY_ONE))
    both_signs = mask(pc.not_equal(before, "")) & mask(pc.not_equal(sign, ""))
    unread = mask(pc.is_null(found)) | both_signs | mask(pc.equal(digits, 0)) | ~(down | up)
    reasons = decide(
        (mask(pc.equal(text, "")), Reason.MISSING),
        (unread, Reason.BAD_MONEY),
        (mask(pc.greater(pc.binary_length(whole), _MOST_DIGITS)), Reason.OUT_OF_RANGE),
    )
    cents = pc.utf8_slice_codeunits(pc.utf8_rpad(part, 2, "0"), 0, 2)
    fine = pa.array(reasons == 0)
    number = pc.binary_join_element_wise(pc.utf8_lpad(whole, 1, "0"), cents, ".")
    amount = pc.if_else(fine, number, "0.00").cast(MONEY)
    amount = pc.if_else(pa.array(up & (reasons == 0)), _add_cent(amount), amount)
    minus = pa.array(mask(pc.equal(before, "-")) | mask(pc.equal(sign, "-")))
    return _signed(pc.if_else(minus, pc.negate(amount), amount), reasons, may_be_negative)


def _shifted(whole: pa.Array, part: pa.Array, factor: npt.NDArray[np.bool_], times: int) -> tuple[pa.Array, pa.Array]:
    """The decimal point moved by so many places where ``factor``."""
    if not factor.any():
        return whole, part
    padded = pc.utf8_rpad(part, times, "0")
    moved = pc.binary_join_element_wise(whole, pc.utf8_slice_codeunits(padded, 0, times), "")
    chosen = pa.array(factor)
    # nothing but a unit is no amount: it stays without digits
    chosen = pc.and_(chosen, pc.greater(pc.add(pc.binary_length(whole), pc.binary_length(part)), 0))
    return pc.if_else(chosen, moved, whole), pc.if_else(chosen, pc.utf8_slice_codeunits(padded, times), part)


def _add_cent(amount: pa.Array) -> pa.Array:
    return pc.add(amount, pa.scalar(Decimal("0.01"), MONEY)).cast(MONEY)


def _signed(amount: pa.Array, reasons: Codes, may_be_negative: bool) -> Parsed:
    if not may_be_negative:
        below = mask(pc.less(amount, pa.scalar(Decimal(0), MONEY))) & (reasons == 0)
        reasons = np.where(below, np.uint8(Reason.NEGATIVE.code), reasons).astype(np.uint8)
    return Parsed(null_where(amount, reasons), reasons)


def parse_integer(raw: pa.Array, minimum: int, maximum: int, *, year: bool = False) -> Parsed:
    """Whole numbers between bounds, both inclusive; a year may have 年 behind it."""
    text = clean(raw)
    if year:
        text = pc.replace_substring_regex(text, r"^([0-9]{4})\s*年$", r"\1")
    whole = mask(pc.match_substring_regex(text, r"^[-+]?[0-9]+(\.0*)?$"))
    short = mask(pc.match_substring_regex(text, r"^[-+]?0*[0-9]{1,18}(\.0*)?$"))
    digits = pc.replace_substring_regex(text, r"^\+?(-?)0*([0-9]+?)(\.0*)?$", r"\1\2")
    number = pc.if_else(pa.array(whole & short), digits, "0").cast(pa.int64())
    below = mask(pc.starts_with(digits, "-")) & ~mask(pc.equal(digits, "-0"))
    inside = short & mask(pc.and_(pc.greater_equal(number, minimum), pc.less_equal(number, maximum)))
    reasons = decide(
        (mask(pc.equal(text, "")), Reason.MISSING),
        (~whole, Reason.BAD_NUMBER),
        (below & ~inside, Reason.NEGATIVE),
        (~inside, Reason.OUT_OF_RANGE),
    )
    fine = pc.if_else(pa.array(reasons == 0), number, 0).cast(pa.int32())
    return Parsed(null_where(fine, reasons), reasons)
