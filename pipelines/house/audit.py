"""The audit log of a home: what is appended to it stands in the books, and its head beside the warehouse."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from pipelines.house.home import Home, hold
from warehouse.books.audit import AtMost, append_audit
from warehouse.books.heads import note_audit_head


def log(
    home: Home,
    *,
    at: datetime,
    who: str,
    what: str,
    purpose: str,
    asked: Mapping[str, Any],
    rows: int,
    sha256: str,
    at_most: AtMost | None = None,
) -> None:
    """Append an entry and note the log's new head, so that a log that was cut off or emptied is found (decision 0036).

    Where the home cannot be written (books on PostgreSQL, read by somebody else) the entry stands all the same: the
    next head that is noted vouches for it. Raises TooOftenError where ``who`` has ``at_most`` such entries already.
    """
    append_audit(
        home.books,
        at=at,
        who=who,
        what=what,
        purpose=purpose,
        asked=asked,
        rows=rows,
        sha256=sha256,
        at_most=at_most,
    )
    with suppress(OSError), hold(home.lake, "heads"):
        note_audit_head(home.books, home.lake)
