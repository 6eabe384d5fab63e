"""Texts that an old workbook keeps once and shows in many cells: counted before the reader lays them out."""

import struct

import pytest
from reading.test_hostile_files import records

from pipelines.reading import UnreadableFileError
from pipelines.reading.biff_limits import refuse_absurd_sheets


def shared(*texts: tuple[int, int, int], piece: int = 8_000) -> list[tuple[int, bytes]]:
    """Shared texts of an old workbook: characters, bytes of each, formats behind it; cut into records as Excel does."""
    pieces = [bytearray(struct.pack("<II", len(texts), len(texts)))]
    for length, width, formats in texts:
        if len(pieces[-1]) + 5 > piece:
            pieces.append(bytearray())
        rich = struct.pack("<H", formats) if formats else b""
        pieces[-1] += struct.pack("<HB", length, (width - 1) | (0x08 if formats else 0)) + rich
        left = length
        while left:
            here = min(left, (piece - len(pieces[-1])) // width)
            pieces[-1] += b"x" * here * width
            left -= here
            if left:
                pieces.append(bytearray([width - 1]))
        behind = bytes(4 * formats)
        while behind:
            room = piece - len(pieces[-1])
            pieces[-1] += behind[:room]
            behind = behind[room:]
            if behind:
                pieces.append(bytearray())
    return [(0x00FC if n == 0 else 0x003C, bytes(one)) for n, one in enumerate(pieces)]


def shown_in_old(texts: list[tuple[int, bytes]], of: int, rows: int, sheets: int = 1) -> bytes:
    """A stream whose sheet shows one shared text in 50 cells of each row."""
    cells = [(0x00FD, struct.pack("<HHHI", r, c, 0, of)) for r in range(rows) for c in range(50)]
    before = sum(4 + len(body) for _, body in texts) + sheets * 8
    named = [(0x0085, struct.pack("<I", before))] * sheets
    return records(*named, *texts, (0x0809, bytes(16)), *cells)


@pytest.mark.parametrize("piece", [8_000, 1_001, 64])
def test_a_text_that_an_old_workbook_keeps_once_and_shows_in_many_cells_is_not_laid_out(piece):
    texts = shared((10, 1, 0), (30_000, 2, 0), (40, 2, 3), (32_767, 1, 40), (5, 1, 0), piece=piece)
    for of, is_long in enumerate((False, True, False, True, False)):
        stream = shown_in_old(texts, of, 500)
        if is_long:
            with pytest.raises(UnreadableFileError, match="过大或疑似异常"):
                refuse_absurd_sheets(stream)
        else:
            refuse_absurd_sheets(stream)
    refuse_absurd_sheets(shown_in_old(texts, 1, 200))
    with pytest.raises(UnreadableFileError):  # one sheet, named three times
        refuse_absurd_sheets(shown_in_old(texts, 1, 200, sheets=3))
    broken = [(kind, body[: len(body) // 2]) for kind, body in texts]
    refuse_absurd_sheets(shown_in_old(broken, 4, 500))
