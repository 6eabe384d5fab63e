"""Findings read back: masked unless a purpose is given, as a table or a file, the same for the same ledger."""

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Final, cast, get_args

import pyarrow as pa
from rich.console import Console
from rich.table import Table

from expectations.errors import RequestError
from pipelines.house.settings import Settings
from pipelines.reading_out.ledgers import newest_runs, read_ledgers
from pipelines.reading_out.reads import check_purpose, record_read
from pipelines.reading_out.tables import ROWS_SHOWN, make_table, print_counted
from pipelines.reporting.wording import CERTAINTIES, SEVERITIES
from warehouse.evaluation.exports import Format, select_findings, write_findings
from warehouse.lake import scratch_prefix

TABLE: Final = "table"
DIGITS_SHOWN: Final = 12
"""Digits of a finding's id in a table; ``explain`` takes them."""


def format_of(file_format: str, target: Path | None) -> str:
    """The format of an export: as asked, for a file without one by its ending. Raises RequestError for another."""
    if file_format != TABLE or target is None:
        return file_format
    ending = target.suffix.lstrip(".").lower()
    if ending not in get_args(Format):
        raise RequestError(f"{target.name} tells no format: {', '.join(get_args(Format))}")
    return ending


def export_findings(
    settings: Settings,
    *,
    rules: Collection[str],
    states: Collection[str] | None,
    owners: Collection[str],
    unmask: bool,
    purpose: str | None,
    file_format: str,
    target: Path | None,
    console: Console,
) -> None:
    """Write the findings of every county's newest recorded run to ``target``, else to standard output.

    ``states`` None: open ones; ``()``: all. In clear only with a purpose, and then the audit log says so first: where
    it cannot be written, nothing is given out. Raises NotYetError where nothing has been recorded.
    """
    why = check_purpose(unmask, purpose)
    runs = newest_runs(settings)
    found = select_findings(read_ledgers(settings, runs), rules=rules, states=states, owners=owners, unmask=unmask)
    chosen = format_of(file_format, target)
    asked = {
        "counties": [run.county for run in runs],
        "runs": [run.id for run in runs],
        "rules": sorted(rules),
        "states": None if states is None else sorted(states),
        "owners": sorted(owners),
        "format": chosen,
    }
    if chosen == TABLE:
        if unmask:
            shown = min(found.num_rows, ROWS_SHOWN)
            record_read(settings, what="findings", purpose=why, asked=asked, rows=shown, content=_as_text(found))
        print_counted(_table(found), found.num_rows, console)
    elif not unmask:
        write_findings(found, target, cast(Format, chosen))
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "findings"
            write_findings(found, path, cast(Format, chosen))
            record_read(
                settings, what="findings", purpose=why, asked=asked, rows=found.num_rows, content=path.read_bytes()
            )
            _give_out(path, target)


def _give_out(path: Path, target: Path | None) -> None:
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


def _table(found: pa.Table) -> Table:
    """What fits a terminal; the rest is told by ``explain`` and stands in the other formats."""
    headings = ("问题编号", "规则", "问题类型", "程度", "把握", "地点", "姓名", "状态", "时限")
    rows = (
        [
            row["finding_id"][:DIGITS_SHOWN],
            row["rule"],
            row["rule_name"],
            SEVERITIES[row["severity"]],
            CERTAINTIES[row["certainty"]],
            "".join(part or "" for part in (row["township"], row["village"])),
            row["name"],
            row["state"],
            row["due_on"],
        ]
        for row in found.slice(0, ROWS_SHOWN).to_pylist()
    )
    return make_table(headings, rows, whole=("问题编号", "规则", "程度", "把握", "状态", "时限"))


def _as_text(found: pa.Table) -> bytes:
    """The table as text without folding or colour: what the audit log's hash of a terminal read covers."""
    paper = Console(file=io.StringIO(), highlight=False, soft_wrap=True, no_color=True)
    print_counted(_table(found), found.num_rows, paper)
    return cast(io.StringIO, paper.file).getvalue().encode()
