"""Which areas there were when, and what the register (or a roster) called them."""

from datetime import date

import duckdb

from expectations.feed import Feed
from expectations.feeds import FEEDS, FEEDS_BY_NAME
from expectations.masks import Audience, mask_of
from warehouse.lake import Lake
from warehouse.loading.history import timeline_of
from warehouse.loading.run import RunToLoad
from warehouse.sql import literal, parquet
from warehouse.staged import StagedRows

_REGISTER = FEEDS_BY_NAME["register_households"]


def make_area_history(connection: duckdb.DuckDBPyConnection, lake: Lake, run: RunToLoad) -> None:
    """Make (area_code, name, valid_from, valid_to): every area of the current rows, and those of the register before.

    An area is called what most register households of a delivery call it. Nothing where the register is not there.
    """
    if _REGISTER.name not in run.current:
        return
    newest = run.current[_REGISTER.name].as_of
    parts = [
        _county(run, newest),
        *(_areas(feed, f"current_{feed.name}", newest) for feed in FEEDS if feed.name in run.current),
    ]
    staged = StagedRows(lake, run.deliveries)
    for as_of, delivery in timeline_of(_REGISTER.name, run.events):
        if as_of < newest:
            parts += [_county(run, as_of), _areas(_REGISTER, parquet(staged.path(delivery)), as_of)]
    connection.execute(
        f"""CREATE TEMP TABLE area_history AS
        WITH named AS ({" UNION ALL ".join(part for part in parts if part)}),
        dates AS (
          SELECT as_of, lead(as_of) OVER (ORDER BY as_of) AS until, row_number() OVER (ORDER BY as_of) AS number
          FROM (SELECT DISTINCT as_of FROM named)
        ),
        commonest AS (
          SELECT as_of, area_code, name FROM named GROUP BY as_of, area_code, name
          QUALIFY row_number() OVER (
            PARTITION BY as_of, area_code ORDER BY (name IS NULL), sum(rows) DESC, name) = 1
        ),
        marked AS (
          SELECT *, number - row_number() OVER (PARTITION BY area_code, name ORDER BY as_of) AS stretch
          FROM commonest JOIN dates USING (as_of)
        )
        SELECT area_code, name, min(as_of) AS valid_from,
          CASE WHEN bool_or(until IS NULL) THEN NULL ELSE max(until) END AS valid_to
        FROM marked GROUP BY area_code, name, stretch""",
        {"name": run.county_name or None},
    )


def _county(run: RunToLoad, as_of: date) -> str:
    return f"SELECT {literal(run.county)} AS area_code, $name AS name, 1 AS rows, {literal(as_of)} AS as_of"


def _areas(feed: Feed, relation: str, as_of: date) -> str:
    """Villages and townships of a feed's rows; names are taken from the register and from rosters."""
    code, village, township = (_public(feed, name) for name in (feed.area_column, "village", "township"))
    if code == "NULL":
        return ""
    end = f"count(*), {literal(as_of)} FROM {relation} WHERE {code} IS NOT NULL GROUP BY ALL"
    return f"SELECT {code}, {village}, {end} UNION ALL SELECT {code}[:9], {township}, {end}"


def _public(feed: Feed, column: str | None) -> str:
    """A column that everybody may read; NULL where the feed has none: an area stands in every table of figures."""
    known = column is not None and column in feed.by_name
    return str(column) if known and mask_of(feed.name, str(column), Audience.RECIPIENT).is_clear else "NULL"
