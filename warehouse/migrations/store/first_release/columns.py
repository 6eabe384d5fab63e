"""The kinds of column that the first release's warehouse had. Text compares by code point, as everywhere of ours."""

from typing import Any, Final

import sqlalchemy as sa

TEXT: Final = sa.Text(collation="C")
MONEY: Final = sa.Numeric(precision=18, scale=2)
MOMENT: Final = sa.DateTime(timezone=True)


def text(length: int) -> sa.String:
    """Text of at most ``length`` characters."""
    return sa.String(length=length, collation="C")


def needed(name: str, kind: Any, comment: str) -> sa.Column[Any]:
    """A column with a value in every row."""
    return sa.Column(name, kind, autoincrement=False, nullable=False, comment=comment)


def optional(name: str, kind: Any, comment: str) -> sa.Column[Any]:
    """A column that may be null."""
    return sa.Column(name, kind, autoincrement=False, nullable=True, comment=comment)
