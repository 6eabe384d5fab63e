"""Reads of personal values: each stands in the audit log before anything is shown."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pipelines.house.actor import EVERYTHING
from pipelines.house.audit import log
from pipelines.house.settings import Settings
from warehouse.books.audit import AtMost


def record_read(
    settings: Settings,
    *,
    what: str,
    asked: Mapping[str, Any],
    rows: int,
    content: bytes,
    at_most: AtMost | None = None,
) -> None:
    """Append one read to the audit log: who asked and why (the actor), what was asked for, and what was given out.

    Raises TooOftenError where the actor has ``at_most`` such reads already.
    """
    actor = settings.actor
    bounds = {} if actor.scope == EVERYTHING else {"scope": asdict(actor.scope)}
    log(
        settings.home,
        at=settings.now(),
        who=actor.who,
        what=what,
        purpose=actor.purpose,
        asked={**asked, "role": actor.role.value, **bounds},
        rows=rows,
        sha256=hashlib.sha256(content).hexdigest(),
        at_most=at_most,
    )
