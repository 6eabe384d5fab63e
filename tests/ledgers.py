"""A ledger in the lake that is another than the one that was recorded, and that the books know all the same."""

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import update

from pipelines.house.settings import Settings
from warehouse.books.datasets import Dataset, digests_of
from warehouse.books.journal import note_run
from warehouse.books.schema import runs


def rewrite_ledger(settings: Settings, run: str, table: pa.Table) -> None:
    """Let a run have left this ledger; the journal vouches for the run as the books hold it now."""
    home = settings.home
    pq.write_table(table, home.lake.ledger(run))
    with home.books.begin() as connection:
        digests = digests_of(connection, home.lake, run, (Dataset.LEDGER,))
        connection.execute(update(runs).where(runs.c.id == run).values(**digests))
        note_run(connection, run)
