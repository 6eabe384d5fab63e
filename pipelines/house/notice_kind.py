"""What a public notice (公示) can be about."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """Who receives assistance, who came to the books, who left them."""

    LOW_INCOME = "low-income"
    ENTRIES = "entries"
    EXITS = "exits"

    @property
    def compares(self) -> bool:
        """Whether it is about what changed between two days."""
        return self is not NoticeKind.LOW_INCOME
