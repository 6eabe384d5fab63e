"""The assets: what wakes whom. One staged asset a feed, derived from FEEDS, so that the graph shows them all."""

from functools import reduce
from operator import or_

from airflow.sdk import Asset, AssetAlias, AssetWatcher
from liangxian_inbox import InboxTrigger

from expectations.feeds import FEEDS

INBOX = Asset(
    "inbox",
    uri="liangxian://inbox",
    group="liangxian",
    watchers=[AssetWatcher(name="inbox_watcher", trigger=InboxTrigger())],
)
"""Something arrived: from the watcher, or announced by a department's system through the API."""

PULL_CALL = Asset("pull_call", uri="liangxian://pull", group="liangxian")
"""A department's system says that its database is ready to be pulled."""

STAGED = {
    feed.name: Asset(f"staged_{feed.name}", uri=f"liangxian://staged/{feed.name}", group="liangxian") for feed in FEEDS
}
ANY_STAGED = reduce(or_, STAGED.values())
STAGED_ALIAS = AssetAlias("staged", group="liangxian")
"""Through it a task says which of the staged assets it has updated: only the run knows."""

FINDINGS = Asset("findings", uri="liangxian://findings", group="liangxian")
WAREHOUSE = Asset("warehouse", uri="liangxian://warehouse", group="liangxian")


def announce_staged(outlet_events: object, feeds: list[str], county: str) -> None:
    """Emit an event for each feed that was staged for a county."""
    for feed in feeds:
        outlet_events[STAGED_ALIAS].add(STAGED[feed], extra={"county": county})  # type: ignore[index]
