"""All that a night hands out: the departments' workbooks, their letters, and the sheets for visits."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa

from pipelines.reporting.households import write_household_sheets
from pipelines.reporting.letters import write_letters
from pipelines.reporting.links import linked_households
from pipelines.reporting.rows import Verdicts, readable_rows
from pipelines.reporting.wording import RuleInfo
from pipelines.reporting.workbooks import remove_what_is_no_longer_due, write_department_workbooks
from warehouse.books.deliveries import Delivery
from warehouse.current import Conformed
from warehouse.lake import Lake


def write_reports(
    *,
    lake: Lake,
    run: str,
    county_name: str,
    conformed: Conformed,
    ledger: pa.Table,
    deliveries_in_force: Sequence[Delivery],
    rules: Sequence[RuleInfo],
    not_evaluated: Mapping[str, str],
    verdicts: Verdicts,
) -> tuple[Path, ...]:
    """Write every report of a run under ``lake.reports(run)``; return their paths, sorted. Same input, same bytes."""
    as_of: date = conformed.d
    rows = readable_rows(ledger, deliveries=deliveries_in_force, verdicts=verdicts)
    books = write_department_workbooks(
        lake=lake,
        run=run,
        as_of=as_of,
        county=conformed.county,
        county_name=county_name,
        rows=rows,
        deliveries_in_force=deliveries_in_force,
        rules=rules,
        not_evaluated=not_evaluated,
    )
    letters = write_letters(
        lake=lake, run=run, as_of=as_of, county_name=county_name, rows=rows, rules=rules, workbooks=books
    )
    visits = write_household_sheets(
        lake=lake, run=run, as_of=as_of, county_name=county_name, rows=rows, links=linked_households(conformed)
    )
    written = (*books, *letters, *visits)
    remove_what_is_no_longer_due(lake.reports(run), written)
    return tuple(sorted(written))
