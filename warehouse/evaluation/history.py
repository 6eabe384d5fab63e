"""Reading history: a table as it was valid on a day, as it was known at a moment."""

from datetime import date, datetime

from sqlalchemy import Select, Table, or_, select


def as_it_was(table: Table, *, valid_on: date, known_at: datetime | None = None) -> Select[tuple[object, ...]]:
    """The rows of a table with two clocks that hold for ``valid_on``, as known at ``known_at`` (aware; default: now).

    Works on both stores. "As known" is what had been delivered and accepted by then, whatever was corrected later.
    """
    known = (
        table.c.known_to.is_(None)
        if known_at is None
        else (table.c.known_from <= known_at) & or_(table.c.known_to.is_(None), table.c.known_to > known_at)
    )
    valid = (table.c.valid_from <= valid_on) & or_(table.c.valid_to.is_(None), table.c.valid_to > valid_on)
    return select(table).where(known, valid)
