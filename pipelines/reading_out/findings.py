"""Findings read back: selected by what the actor sees, audited where they are in clear, given out as table or file."""

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast, get_args

import pyarrow as pa
from rich.console import Console
from rich.table import Table

from expectations.errors import RequestError
from pipelines.house.records.findings import FindingRow
from pipelines.house.settings import Settings
from pipelines.reading_out.ledgers import newest_runs, read_ledgers
from pipelines.reading_out.reads import record_read
from pipelines.reading_out.searching import NOTHING, Sought, search
from pipelines.reading_out.tables import ROWS_SHOWN, is_narrow, make_table, print_counted
from pipelines.reporting.wording import CERTAINTIES, SEVERITIES
from warehouse.evaluation.exports import Format, select_findings, write_findings
from warehouse.lake import scratch_prefix

TABLE: Final = "table"
DIGITS_SHOWN: Final = 12
"""Digits of a finding's id in a table; ``explain`` takes them."""


def format_of(file_format: str, target: Path | None, known: Sequence[str] = get_args(Format)) -> str:
    """The format of an export: as asked, for a file without one by its ending. Raises RequestError for another."""
    if file_format != TABLE or target is None:
        return file_format
    ending = target.suffix.lstrip(".").lower()
    formats = [one for one in known if one != TABLE]
    if ending not in formats:
        raise RequestError(f"{target.name} tells no format: {', '.join(formats)}")
    return ending


@dataclass(frozen=True)
class Wanted:
    """Which findings are asked for. ``states``: None for open ones, ``()`` for all."""

    rules: Collection[str] = ()
    states: Collection[str] | None = None
    owners: Collection[str] = ()
    sought: Sought = NOTHING


@dataclass(frozen=True)
class Selected:
    """Findings with the contract's columns, in order, masked or ``in_clear``; and what was asked, for the audit log."""

    findings: pa.Table
    in_clear: bool
    asked: Mapping[str, Any]


def read_findings(settings: Settings, wanted: Wanted, *, unmask: bool = False) -> Selected:
    """What is asked for of what the actor sees, as every county's newest recorded run left it.

    Raises NotYetError where nothing has been recorded, NotYoursError or PurposeMissingError for values in clear.
    """
    if unmask:
        settings.actor.need_clear()
    runs = newest_runs(settings)
    ledger = search(settings, runs, read_ledgers(settings, runs), wanted.sought)
    found = select_findings(ledger, rules=wanted.rules, states=wanted.states, owners=wanted.owners, unmask=unmask)
    asked = {
        "counties": [run.county for run in runs],
        "runs": [run.id for run in runs],
        "rules": sorted(wanted.rules),
        "states": None if wanted.states is None else sorted(wanted.states),
        "owners": sorted(wanted.owners),
        **wanted.sought.for_audit(),
    }
    return Selected(found, unmask, asked)


def give_out(
    settings: Settings,
    selected: Selected,
    file_format: str,
    target: Path | None,
    console: Console,
    *,
    bom: bool = False,
) -> None:
    """Show a table on the console, or write a file to ``target`` (without one to standard output).

    ``bom``: CSV with the mark by which Excel knows UTF-8.

    In clear, and of every file, the audit log says so first: where it cannot be written, nothing is given out.
    """
    found, chosen = selected.findings, format_of(file_format, target)

    def audit(rows: int, content: bytes) -> None:
        record_read(settings, what="findings", asked={**selected.asked, "format": chosen}, rows=rows, content=content)

    if chosen == TABLE:
        if selected.in_clear:
            audit(min(found.num_rows, ROWS_SHOWN), _as_text(found))
        print_counted(_table(found, narrow=is_narrow(console)), found.num_rows, console)
    elif not selected.in_clear and target is None:
        write_findings(found, target, cast(Format, chosen), bom=bom)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "findings"
            write_findings(found, path, cast(Format, chosen), bom=bom)
            audit(found.num_rows, path.read_bytes())
            hand_over(path, target)


def hand_over(path: Path, target: Path | None) -> None:
    """Hand over what the audit log has noted: to standard output, or to a file that only its owner can read."""
    if target is None:
        with path.open("rb") as stream:
            shutil.copyfileobj(stream, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=scratch_prefix(), dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as out, path.open("rb") as stream:
            shutil.copyfileobj(stream, out)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _table(found: pa.Table, *, narrow: bool = False) -> Table:
    """What fits a terminal; the rest is told by ``explain`` and stands in the other formats."""
    severity = [] if narrow else ["severity"]
    headings = ["finding", "rule", "kind", *severity, "certainty", "place", "name", "state", "due"]
    some: list[FindingRow] = found.slice(0, ROWS_SHOWN).to_pylist()
    rows = (
        [
            row["finding_id"][:DIGITS_SHOWN],
            row["rule"],
            row["rule_name"],
            *([] if narrow else [SEVERITIES[row["severity"]]]),
            CERTAINTIES[row["certainty"]],
            "".join(part or "" for part in (row["township"], row["village"])),
            row["name"],
            row["state"],
            row["due_on"],
        ]
        for row in some
    )
    return make_table(headings, rows, whole=("finding", "rule", *severity, "certainty", "state", "due"))


def _as_text(found: pa.Table) -> bytes:
    """The table as text without folding or colour: what the audit log's hash of a terminal read covers."""
    paper = Console(file=io.StringIO(), highlight=False, soft_wrap=True, no_color=True)
    print_counted(_table(found), found.num_rows, paper)
    return cast(io.StringIO, paper.file).getvalue().encode()
