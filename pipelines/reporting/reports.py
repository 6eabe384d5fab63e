"""All that a night hands out: the departments' workbooks and letters, the sheets for visits, a list per helper."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from expectations.departments import Department
from expectations.rules import RULES
from expectations.status import Silence
from pipelines.reporting.helper_lists import write_helper_lists
from pipelines.reporting.households import write_household_sheets
from pipelines.reporting.letters import write_letters
from pipelines.reporting.links import homes_of
from pipelines.reporting.rows import Verdicts, readable_rows
from pipelines.reporting.workbooks import answering, owned_by, remove_what_is_no_longer_due, write_owner_workbooks
from warehouse.books.deliveries import Delivery
from warehouse.current import Conformed
from warehouse.lake import Lake


@dataclass(frozen=True)
class Piece:
    """What is written at a stretch, from its rows alone: an owner's workbooks, or of nobody's what goes by visits."""

    owner: Department | None
    rows: pa.Table
    lake: Lake
    run: str
    county_name: str
    conformed: Conformed
    deliveries_in_force: Sequence[Delivery]
    silent: Mapping[str, Silence]
    titles: Mapping[Department, str]
    key: bytes = field(repr=False)
    """Of the checksums of the workbooks' rows."""

    @property
    def as_of(self) -> date:
        """D."""
        return self.conformed.d


WritePieces = Callable[[Sequence[Piece]], Sequence[Sequence[Path]]]
"""``write_piece`` of each, in their order, one after the other or side by side."""


def write_reports(
    write_pieces: WritePieces,
    *,
    lake: Lake,
    run: str,
    county_name: str,
    conformed: Conformed,
    ledger: pa.Table,
    deliveries_in_force: Sequence[Delivery],
    silent: Mapping[str, Silence],
    verdicts: Verdicts,
    titles: Mapping[Department, str],
    key: bytes,
) -> tuple[Path, ...]:
    """Write every report of a run under ``lake.reports(run)``; return their paths, sorted. Same input, same bytes.

    ``titles``: what the county's offices are called.
    """
    rows = readable_rows(
        ledger, deliveries=deliveries_in_force, verdicts=verdicts, titles=titles, homes=homes_of(conformed)
    )
    visits = Piece(None, rows, lake, run, county_name, conformed, deliveries_in_force, silent, titles, key)
    owned = [replace(visits, owner=owner, rows=owned_by(owner, rows)) for owner in answering(RULES, silent, rows)]
    # the longest first, so that nothing long is begun last
    pieces = [visits, *sorted(owned, key=lambda piece: -piece.rows.num_rows)]
    written = write_pieces(pieces)
    paths = [path for piece in written for path in piece]
    books = tuple(sorted(path for piece in written[1:] for path in piece))
    paths += write_letters(
        lake=lake,
        run=run,
        as_of=conformed.d,
        county_name=county_name,
        rows=rows,
        rules=RULES,
        workbooks=books,
        titles=titles,
    )
    remove_what_is_no_longer_due(lake.reports(run), paths)
    return tuple(sorted(paths))


def write_piece(piece: Piece) -> tuple[Path, ...]:
    """Write a piece; return its paths."""
    if piece.owner is None:
        return tuple(
            path
            for write in (write_household_sheets, write_helper_lists)
            for path in write(
                lake=piece.lake, run=piece.run, as_of=piece.as_of, county_name=piece.county_name, rows=piece.rows
            )
        )
    return write_owner_workbooks(
        owner=piece.owner,
        lake=piece.lake,
        run=piece.run,
        as_of=piece.as_of,
        county=piece.conformed.county,
        county_name=piece.county_name,
        rows=piece.rows,
        deliveries_in_force=piece.deliveries_in_force,
        rules=RULES,
        key=piece.key,
        silent=piece.silent,
        called=piece.titles[piece.owner],
    )


def remove_reports(lake: Lake, run: str) -> int:
    """Remove a run's workbooks, which hold names; its summary, figures alone, stays. How many files went."""
    folder = lake.reports(run)
    files = sum(path.is_file() for path in folder.rglob("*")) if folder.is_dir() else 0
    if folder.is_dir():
        shutil.rmtree(folder)
    return files
