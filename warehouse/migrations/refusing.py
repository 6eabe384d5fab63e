"""A downgrade refuses to lose data."""

from collections.abc import Sequence

from sqlalchemy import Connection, Select, column, func, select, table

from expectations.errors import RefusedError


class DowngradeRefused(RefusedError):  # noqa: N818  the name says what happened
    """Going back would lose rows; ``filled`` says how many of which table."""

    def __init__(self, filled: Sequence[tuple[str, int]]) -> None:
        self.filled = tuple(filled)
        listed = ", ".join(f"{rows} rows of {name}" for name, rows in self.filled)
        super().__init__(
            f"a downgrade would lose {listed}", advice="take a backup, and restore it where they are not wanted"
        )


def refuse_if_longer(connection: Connection, columns: Sequence[tuple[str, str]], length: int) -> None:
    """Raise DowngradeRefused where a column, by table and name, holds a text of more than ``length`` characters."""
    longer = [
        (f"{name}.{one}", connection.execute(_count(name).where(func.length(column(one)) > length)).scalar() or 0)
        for name, one in columns
    ]
    if filled := [(name, rows) for name, rows in longer if rows]:
        raise DowngradeRefused(filled)


def refuse_if_told(connection: Connection, name: str, of: str, values: Sequence[str]) -> None:
    """Raise DowngradeRefused where a table holds rows whose column ``of`` has one of ``values``."""
    rows = connection.execute(_count(name).where(column(of).in_(values))).scalar() or 0
    if rows:
        raise DowngradeRefused([(f"{name} ({', '.join(values)})", rows)])


def refuse_if_set(connection: Connection, name: str, of: str) -> None:
    """Raise DowngradeRefused where a table holds rows whose column ``of`` has a value."""
    rows = connection.execute(_count(name).where(column(of).is_not(None))).scalar() or 0
    if rows:
        raise DowngradeRefused([(f"{name}.{of}", rows)])


def refuse_if_filled(connection: Connection, names: Sequence[str], schema: str | None = None) -> None:
    """Raise DowngradeRefused where one of the tables holds a row."""
    counts = [(name, connection.execute(_count(name, schema)).scalar() or 0) for name in names]
    if filled := [(name, rows) for name, rows in counts if rows]:
        raise DowngradeRefused(filled)


def _count(name: str, schema: str | None = None) -> Select[int]:
    return select(func.count()).select_from(table(name, schema=schema))
