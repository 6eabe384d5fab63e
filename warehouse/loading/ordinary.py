"""What fills a table that keeps a feed's rows as they are, and what its audit compares: from the declaration alone."""

from typing import Final

from sqlalchemy import Table

from expectations.feed import Fact, Feed, Money
from expectations.feeds import FEEDS
from warehouse.loading.load import Check, Load, Scope
from warehouse.tables.columns import feed_columns
from warehouse.tables.ordinary import ORDINARY

COUNTY: Final = "getvariable('county') AS county"
PART: Final = f"{COUNTY}, getvariable('as_of') AS as_of"
SOURCE: Final = (
    "_delivery AS source_delivery, _file AS source_file, coalesce(_sheet, '') AS source_sheet, _row AS source_row"
)


def rows_of(feed: Feed, table: Table, *, snapshots: bool, needs: tuple[str, ...] = (), extra: str = "") -> Load:
    """A table with one row for each current row of a feed; ``extra`` are further columns, each with a comma behind."""
    names = [column.name for column in feed_columns(feed)]
    return Load(
        table,
        Scope.AS_OF if snapshots else Scope.COUNTY,
        f"SELECT {PART if snapshots else COUNTY}, {', '.join(names)}, {extra}{SOURCE} FROM current_{feed.name}",
        needs or (feed.name,),
        (same_rows(feed),),
    )


def same_rows(feed: Feed) -> Check:
    """Row count, key set and the sum of every amount."""
    amounts = [column.name for column in feed.columns if isinstance(column.type, Money)]
    sums = {"rows": ("count(*)", "count(*)")} | {name: (f"sum({name})", f"sum({name})") for name in amounts}
    return Check(f"current_{feed.name}", feed.key, sums)


ORDINARY_LOADS: dict[str, Load] = {
    feed.name: rows_of(feed, ORDINARY[feed.name], snapshots=feed.facts.snapshots)
    for feed in FEEDS
    if isinstance(feed.facts, Fact)
}
"""By feed."""
