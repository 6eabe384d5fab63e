"""What is told of a file, as parts: why it cannot be taken, or what its sender should know."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypedDict

from pipelines.reading.errors import UnreadableFileError, where


class Cause(StrEnum):
    """What a notice is about; the value stands in ``check --format json``, beside the reasons of refused cells."""

    MISSING_COLUMN = "missing_column"
    NO_HEADER = "no_header"
    AMBIGUOUS_HEADING = "ambiguous_heading"
    UNKNOWN_UNIT = "unknown_unit"
    UNIT = "unit"
    UNREADABLE = "unreadable"
    UNDECODABLE = "undecodable"
    ENCRYPTED = "encrypted"
    WRONG_KIND = "wrong_kind"
    SHEETS_ASIDE = "sheets_aside"
    HIDDEN_SHEET = "hidden_sheet"
    BAD_NAME = "bad_name"
    NOT_ADMITTED = "not_admitted"
    TIME_OF_DAY = "time_of_day"
    WORD_FOR_NOTHING = "word_for_nothing"
    TOO_MANY_BAD_ROWS = "too_many_bad_rows"
    NOT_CHECKED = "not_checked"
    EXPECTATION = "expectation"


class NoticeRow(TypedDict):
    """A notice as ``check --format json`` gives it; ``row`` is the first row."""

    file: str | None
    sheet: str | None
    row: int | None
    heading: str | None
    reason: str
    text: str


@dataclass(frozen=True)
class Notice:
    """One thing to be told, in Chinese: ``said`` is the sentence without its place.

    ``rows``: the first rows that it is about; ``count``: of how many, where there are more.
    """

    reason: str
    said: str
    file: str | None = None
    sheet: str | None = None
    rows: tuple[int, ...] = ()
    heading: str | None = None
    count: int | None = None

    @property
    def text(self) -> str:
        """The whole sentence, with file, sheet and rows before it."""
        if self.file is None:
            return self.said
        place = where(self.file, self.sheet)
        if self.rows:
            more = f"等{self.count}行" if self.count is not None and self.count > len(self.rows) else ""
            place += f"，第{'、'.join(map(str, self.rows))}行{more}"
        return f"{place}：{self.said}"

    def renamed(self, file: str, name: str) -> "Notice":
        """The same of a file that bears another name."""
        if self.file is None:
            return self
        return replace(self, file=self.file.replace(file, name), said=self.said.replace(file, name))

    def as_dict(self) -> NoticeRow:
        """For JSON."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.rows[0] if self.rows else None,
            "heading": self.heading,
            "reason": str(self.reason),
            "text": self.text,
        }


def notice_of(error: UnreadableFileError) -> Notice:
    """A file that cannot be read (``error.at`` says which), as a notice."""
    at = error.where
    return Notice(error.reason, error.what, at.file or None, at.sheet or None, () if at.row is None else (at.row,))


def texts(notices: Iterable[Notice]) -> tuple[str, ...]:
    """The sentences."""
    return tuple(n.text for n in notices)


def column_letters(position: int) -> str:
    """A column as spreadsheets name it: 0 is A, 26 is AA."""
    letters = ""
    position += 1
    while position:
        position, digit = divmod(position - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
