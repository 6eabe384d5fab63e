"""Tables of feeds whose rows are kept as they are: made from the feeds' declarations alone."""

from sqlalchemy import Table

from expectations.feed import Fact, Feed
from expectations.feeds import FEEDS
from warehouse.tables.columns import county_columns, feed_columns, make_table, source_columns


def is_keyed(feed: Feed) -> bool:
    """Whether its key tells every row: one that holds an identity number, which may be null, does not."""
    return not any(feed[name].is_identity_number for name in feed.key)


def make_ordinary(feed: Feed, fact: Fact) -> Table:
    """The table of a feed's current rows; where its key does not tell them, they are told by where they came from."""
    return make_table(
        fact.table,
        fact.comment,
        *county_columns(as_of=fact.snapshots),
        *feed_columns(feed, key=feed.key if is_keyed(feed) else ()),
        *source_columns(key=not is_keyed(feed)),
    )


ORDINARY: dict[str, Table] = {
    feed.name: make_ordinary(feed, feed.facts) for feed in FEEDS if isinstance(feed.facts, Fact)
}
"""By feed."""
