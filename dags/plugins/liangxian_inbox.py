"""The inbox watcher: an event for what is new in the inbox. It wakes, and says nothing that anyone relies on."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent
from liangxian_house import find_place

SEEN = "seen"
"""Key of the asset's store under which the files that were announced survive a kill of the triggerer."""


class InboxTrigger(BaseEventTrigger):
    """Looks at the inbox every ``poll_seconds``; emits one event when whole files are there that were not before."""

    def __init__(self, poll_seconds: float = 1.0) -> None:
        super().__init__()
        self.poll_seconds = poll_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The class's path and its arguments: the place itself comes from the triggerer's environment."""
        return (f"{type(self).__module__}.{type(self).__qualname__}", {"poll_seconds": self.poll_seconds})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Emit before remembering: after a kill in between a file is announced twice, never not at all."""
        seen = await self._recall()
        while True:
            there = await asyncio.to_thread(look)
            new = len(there - seen)
            if new:
                yield TriggerEvent({"files": new})
            if there != seen:
                seen = there
                await self._remember(seen)
            await asyncio.sleep(self.poll_seconds)

    async def _recall(self) -> frozenset[str]:
        stored = await self.asset_state_store.aget(SEEN, []) if self.asset_state_store is not None else []
        return frozenset(stored)

    async def _remember(self, seen: frozenset[str]) -> None:
        if self.asset_state_store is not None:
            await self.asset_state_store.aset(SEEN, sorted(seen))


def look_into_inbox() -> Any:
    """An ``InboxScan`` of what lies in the inbox now. Imports little: what waits for it waits for a file."""
    from pipelines.night.inbox import look_into

    place = find_place()
    return look_into(place.inbox, datetime.now(UTC), place.settle_seconds)


def look() -> frozenset[str]:
    """Marks of the whole files of the inbox; they are kept in Airflow's database."""
    from pipelines.night.inbox import marks_of

    return marks_of(look_into_inbox())
