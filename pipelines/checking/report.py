"""What a check found, as plain values: for people (words.py), for machines, for the annotated copy."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import TypedDict

from expectations.feed import Feed
from pipelines.house.words import day_in_digits
from pipelines.reading.errors import where
from pipelines.reading.notices import Notice, NoticeRow
from warehouse.books.deliveries import Accounting

IDENTITY = "identity"
"""Scope of a problem that costs nothing but the number: the row is staged, and rule ID01 reports it."""


@dataclass(frozen=True)
class Problem:
    """One bad cell. ``scope``: row (the row is refused), value (the value is left out) or identity.

    ``value`` is masked where the column is personal; ``row`` is the row number that the department sees.
    """

    scope: str
    file: str
    sheet: str | None
    row: int
    column: str
    heading: str
    reason: str
    reason_text: str
    value: str

    @property
    def text(self) -> str:
        """The whole sentence, with its place."""
        place = where(self.file, self.sheet, self.row)
        return f"{place}：“{self.heading}”列：{self.reason_text}"


@dataclass(frozen=True)
class UnknownLabel:
    """A text that a column's code list does not know, in ``count`` cells; ``nearest`` None: no label is like it.

    ``policy_line``: what would make it that label, for the county's own policy file; its source is to be written.
    """

    column: str
    heading: str
    value: str
    count: int
    nearest: str | None
    policy_key: str
    policy_line: str | None


class CheckRow(TypedDict):
    """A report as JSON; ``accounting`` (None: unreadable) and ``problems`` with the parts of their classes, the latter
    with their sentence as ``text``."""

    file: str
    feed: str | None
    feed_title: str | None
    county: str | None
    as_of: str | None
    fine: bool
    refusals: list[NoticeRow]
    accounting: dict[str, int] | None
    problems: list[dict[str, str | int | None]]
    unknown_labels: list[dict[str, str | int | None]]
    warnings: list[NoticeRow]
    extra_columns: list[str]


@dataclass(frozen=True)
class CheckReport:
    """Everything that is to be said of one file. Refusals: why the whole delivery would come back."""

    file: str
    feed: Feed | None
    county: str | None
    as_of: date | None
    refusals: tuple[Notice, ...]
    accounting: Accounting | None
    problems: tuple[Problem, ...]
    warnings: tuple[Notice, ...]
    extra_columns: tuple[str, ...] = ()
    unknown_labels: tuple[UnknownLabel, ...] = ()

    @property
    def is_fine(self) -> bool:
        """Whether nothing needs mending; warnings and extra columns do not."""
        return not self.refusals and not self.problems

    def of(self, scope: str) -> tuple[Problem, ...]:
        """The problems of one scope."""
        return tuple(p for p in self.problems if p.scope == scope)

    def as_dict(self) -> CheckRow:
        """For JSON."""
        return {
            "file": self.file,
            "feed": self.feed.name if self.feed else None,
            "feed_title": self.feed.title if self.feed else None,
            "county": self.county,
            "as_of": day_in_digits(self.as_of),
            "fine": self.is_fine,
            "refusals": [n.as_dict() for n in self.refusals],
            "accounting": asdict(self.accounting) if self.accounting else None,
            "problems": [asdict(p) | {"text": p.text} for p in self.problems],
            "unknown_labels": [asdict(label) for label in self.unknown_labels],
            "warnings": [n.as_dict() for n in self.warnings],
            "extra_columns": list(self.extra_columns),
        }
