"""All that a night hands out: the departments' workbooks, their letters, and the sheets for visits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyarrow as pa

from expectations.feed import Department
from expectations.rules import RULES
from pipelines.reporting.households import write_household_sheets
from pipelines.reporting.letters import write_letters
from pipelines.reporting.links import linked_households
from pipelines.reporting.rows import Verdicts, readable_rows
from pipelines.reporting.workbooks import owned_by, remove_what_is_no_longer_due, write_owner_workbooks
from pipelines.settings import Settings
from pipelines.side_by_side import for_each
from warehouse.books.deliveries import Delivery
from warehouse.current import Conformed

_WORTH_PROCESSES: Final = 5_000
"""Findings from which on writing takes longer than starting processes to write side by side."""


@dataclass(frozen=True)
class _Piece:
    """What is written at a stretch: an owner's workbooks, or of nobody's the sheets for visits."""

    owner: Department | None
    rows: pa.Table
    run: str
    county_name: str
    conformed: Conformed
    deliveries_in_force: Sequence[Delivery]
    not_evaluated: Mapping[str, str]


def write_reports(
    settings: Settings,
    *,
    run: str,
    county_name: str,
    conformed: Conformed,
    ledger: pa.Table,
    deliveries_in_force: Sequence[Delivery],
    not_evaluated: Mapping[str, str],
    verdicts: Verdicts,
) -> tuple[Path, ...]:
    """Write every report of a run under ``lake.reports(run)``; return their paths, sorted. Same input, same bytes.

    A large county's are written side by side, as many at once as ``settings.jobs`` says.
    """
    lake = settings.office.lake
    rows = readable_rows(ledger, deliveries=deliveries_in_force, verdicts=verdicts)
    visits = _Piece(None, rows, run, county_name, conformed, deliveries_in_force, not_evaluated)
    owned = [replace(visits, owner=owner, rows=owned_by(owner, rows)) for owner in Department]
    # the longest first, so that nothing long is begun last
    pieces = [visits, *sorted(owned, key=lambda piece: -piece.rows.num_rows)]
    if rows.num_rows < _WORTH_PROCESSES:
        settings = replace(settings, jobs=1)
    written = for_each(settings, _write, pieces, f"report {conformed.county}: {len(pieces)} pieces")
    paths = [path for piece in written for path in piece]
    books = tuple(sorted(path for piece in written[1:] for path in piece))
    paths += write_letters(
        lake=lake, run=run, as_of=conformed.d, county_name=county_name, rows=rows, rules=RULES, workbooks=books
    )
    remove_what_is_no_longer_due(lake.reports(run), paths)
    return tuple(sorted(paths))


def _write(settings: Settings, piece: _Piece) -> tuple[Path, ...]:
    lake, conformed = settings.office.lake, piece.conformed
    if piece.owner is None:
        return write_household_sheets(
            lake=lake,
            run=piece.run,
            as_of=conformed.d,
            county_name=piece.county_name,
            rows=piece.rows,
            links=linked_households(conformed),
        )
    return write_owner_workbooks(
        owner=piece.owner,
        lake=lake,
        run=piece.run,
        as_of=conformed.d,
        county=conformed.county,
        county_name=piece.county_name,
        rows=piece.rows,
        deliveries_in_force=piece.deliveries_in_force,
        rules=RULES,
        not_evaluated=piece.not_evaluated,
    )
