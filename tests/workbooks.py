"""The departments' workbooks of one run, written one after the other, without letters and visits."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa

from expectations.status import Silence
from pipelines.reporting.rows import readable_rows
from pipelines.reporting.wording import RuleInfo
from pipelines.reporting.workbooks import answering, owned_by, remove_what_is_no_longer_due, write_owner_workbooks
from warehouse.books.deliveries import Delivery
from warehouse.keys import Keys, Use
from warehouse.lake import Lake


def write_workbooks(
    *,
    lake: Lake,
    run: str,
    as_of: date,
    county: str,
    county_name: str,
    ledger: pa.Table,
    deliveries_in_force: Sequence[Delivery],
    rules: Sequence[RuleInfo],
    silent: Mapping[str, Silence] | None = None,
) -> tuple[Path, ...]:
    """Write the departments' workbooks of a run under ``lake.reports(run)``; return their paths, sorted.

    ``ledger`` holds every finding of the county (``lake.ledger``); open ones are listed. ``silent`` gives the
    rules that say nothing, and why. Same input, same bytes; workbooks of an earlier call for the same
    run that are no longer due are removed.
    """
    rows = readable_rows(ledger, deliveries=deliveries_in_force)
    written = [
        path
        for owner in answering(rules, silent or {}, rows)
        for path in write_owner_workbooks(
            owner=owner,
            lake=lake,
            run=run,
            as_of=as_of,
            county=county,
            county_name=county_name,
            rows=owned_by(owner, rows),
            deliveries_in_force=deliveries_in_force,
            rules=rules,
            key=Keys(lake).of(Use.FEEDBACK),
            silent=silent,
        )
    ]
    remove_what_is_no_longer_due(lake.reports(run), written)
    return tuple(sorted(written))
