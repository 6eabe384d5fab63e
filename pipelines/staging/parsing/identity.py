"""Identity numbers, a few million a second: normalised, then judged by pattern, date and check digit alone."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from expectations.identity import CHECK_CHARACTERS, FIRST_BIRTH_YEAR, WEIGHTS, IdentityProblem
from expectations.reasons import Detail, Reason
from pipelines.reading.cells import Kind, Kinds
from pipelines.staging.parsing.cleaning import clean, without_blanks
from pipelines.staging.parsing.result import Codes, mask
from pipelines.staging.parsing.words import NOTHING_CODES, faults_of_words

_PROBLEMS: tuple[IdentityProblem, ...] = tuple(IdentityProblem)
_CODE = {problem: code for code, problem in enumerate(_PROBLEMS, start=1)}
_WEIGHTS = np.array(WEIGHTS, dtype=np.int32)
_CHECK = np.frombuffer(CHECK_CHARACTERS.encode(), dtype=np.uint8)
_LOST = r"^[0-9](\.[0-9]+)?E\+?[0-9]+$|^[0-9]{16,}\.0*$"  # what a spreadsheet leaves of 18 digits


@dataclass(frozen=True)
class IdentityParsed:
    """Valid 18-character numbers, null where ``problems`` (IdentityProblem values, else null) says why.

    ``faults``: codes of cells that hold an error value, no result or a word for nothing, which are told besides; 0 for
    the others.
    """

    values: pa.Array
    problems: pa.Array
    faults: Codes


def parse_identity_numbers(raw: pa.Array, kinds: Kinds | None, as_of: date) -> IdentityParsed:
    """Identity numbers of a column; of cells that were floating point numbers 15 digits are exact."""
    text = pc.utf8_upper(without_blanks(clean(raw)))
    text = pc.replace_substring_regex(text, r"^([0-9]{15})\.0*$", r"\1")
    codes = np.zeros(len(text), dtype=np.uint8)
    of_15 = mask(pc.match_substring_regex(text, r"^[0-9]{15}$"))
    of_18 = mask(pc.match_substring_regex(text, r"^[0-9]{17}[0-9X]$"))
    codes[~(of_15 | of_18)] = _CODE[IdentityProblem.MALFORMED]
    lost = mask(pc.match_substring_regex(text, _LOST))
    if kinds is not None:
        lost |= (kinds == Kind.NUMBER) & mask(pc.match_substring_regex(text, r"^[0-9]{16,}$"))
    codes[lost] = _CODE[IdentityProblem.UNRECOVERABLE]
    codes[mask(pc.equal(text, ""))] = _CODE[IdentityProblem.BLANK]
    faults = _faults(text, codes, kinds)
    if of_15.any():
        text = pc.if_else(pa.array(of_15), _lengthened(text, of_15), text)
    regular = np.flatnonzero(codes == 0)
    if len(regular):
        codes[regular] = _judged(_characters(text.take(pa.array(regular)), 18), as_of)
    bad = codes != 0
    values = pc.if_else(pa.array(bad), pa.scalar(None, pa.string()), text) if bad.any() else text
    labels = pa.array([None, *(p.value for p in _PROBLEMS)], pa.string())
    return IdentityParsed(values, labels.take(pa.array(codes)), faults)


def _faults(text: pa.Array, codes: npt.NDArray[np.uint8], kinds: Kinds | None) -> Codes:
    """Cells that say instead of a number that there is none: a word for nothing is as blank as a blank."""
    out = np.zeros(len(text), dtype=np.uint8)
    at = np.flatnonzero(codes == _CODE[IdentityProblem.MALFORMED])
    if len(at):
        words = faults_of_words(text.take(pa.array(at)))
        out[at] = words
        codes[at[np.isin(words, NOTHING_CODES)]] = _CODE[IdentityProblem.BLANK]
    if kinds is not None:
        for kind, fault in ((Kind.ERROR, Reason.ERROR_VALUE), (Kind.NO_RESULT, Reason.NO_CACHED_VALUE)):
            out[kinds == kind] = fault.code
            codes[kinds == kind] = _CODE[IdentityProblem.MALFORMED]
        out[kinds == Kind.UNHAD] = Detail.UNDECODABLE.code
    return out


def _characters(text: pa.Array, length: int) -> npt.NDArray[np.uint8]:
    """Texts of one length as a matrix of bytes (rows × length)."""
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    data = np.frombuffer(text.buffers()[2], dtype=np.uint8)
    start = text.offset
    offsets = np.frombuffer(text.buffers()[1], dtype=np.int32)[start : start + len(text) + 1]
    return data[offsets[0] : offsets[0] + len(text) * length].reshape(-1, length)


def _digits(characters: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    return characters.astype(np.int32) - ord("0")


def _check_characters(first_17: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    checks: npt.NDArray[np.uint8] = _CHECK[(_digits(first_17) @ _WEIGHTS) % 11]
    return checks


def _lengthened(text: pa.Array, of_15: npt.NDArray[np.bool_]) -> pa.Array:
    """18 characters for the 15-digit numbers: they always mean 19yy."""
    short = _characters(text.filter(pa.array(of_15)), 15)
    century = np.broadcast_to(np.frombuffer(b"19", dtype=np.uint8), (len(short), 2))
    first_17 = np.hstack([short[:, :6], century, short[:, 6:]])
    full = np.hstack([first_17, _check_characters(first_17)[:, None]])
    numbers = pa.array(np.ascontiguousarray(full).view("S18").ravel()).cast(pa.string())
    place = np.cumsum(of_15) - 1
    return numbers.take(pa.array(np.where(of_15, place, 0)))


def _judged(characters: npt.NDArray[np.uint8], as_of: date) -> npt.NDArray[np.uint8]:
    digits = _digits(characters[:, :17])
    year = digits[:, 6:10] @ np.array([1000, 100, 10, 1], dtype=np.int32)
    month = digits[:, 10:12] @ np.array([10, 1], dtype=np.int32)
    day = digits[:, 12:14] @ np.array([10, 1], dtype=np.int32)
    plausible = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    start = ((np.where(plausible, year, 1970) - 1970) * 12 + np.where(plausible, month, 1) - 1).astype("datetime64[M]")
    born = start.astype("datetime64[D]") + np.where(plausible, day - 1, 0)
    real = plausible & (born.astype("datetime64[M]") == start)
    wrong = _check_characters(characters[:, :17]) != characters[:, 17]
    codes = np.zeros(len(characters), dtype=np.uint8)
    # the first of these that holds is named
    codes[year < FIRST_BIRTH_YEAR] = _CODE[IdentityProblem.BORN_BEFORE_1900]
    codes[born > np.datetime64(as_of, "D")] = _CODE[IdentityProblem.BORN_AFTER_AS_OF]
    codes[wrong] = _CODE[IdentityProblem.BAD_CHECK_DIGIT]
    codes[~real] = _CODE[IdentityProblem.BAD_DATE]
    return codes
