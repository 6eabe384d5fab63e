"""What people do to the ledger between two nights: returned workbooks, the reviewer's 销号, a look at its chain.

Like the flow, it holds the county's lock and calls the stages; the command line calls it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.house.home import hold
from pipelines.house.language import say
from pipelines.house.records.desk import FeedbackProblem, TakenRow
from pipelines.house.settings import Settings
from pipelines.house.words import day_in_digits
from pipelines.reading.clean_names import as_sent, clean_name
from pipelines.reading.errors import UnreadableFileError
from pipelines.reading.notices import notice_of
from pipelines.reading_out.ledgers import find_finding
from pipelines.recording.feedback import Receipt, county_of, find_receipt, record_returned
from pipelines.recording.returned import Returned, read_returned
from pipelines.recording.review import close_finding
from pipelines.reporting.receipt import OUTCOMES, count_outcomes, write_receipt
from pipelines.staging import Apart
from warehouse.books.deliveries import Event, SourceFile
from warehouse.lake import hash_plain


@dataclass(frozen=True)
class Taken:
    """A returned workbook that was taken in (or had been before), and its receipt for the department."""

    receipt: Receipt
    path: Path

    @property
    def is_whole(self) -> bool:
        """Whether nothing was refused."""
        return self.receipt.delivery.status != Event.REJECTED and not self.receipt.refused

    def as_row(self, home: Path) -> TakenRow:
        """Plain values: file, status, counts of rows, the problems, and where the receipt lies in the home."""
        delivery = self.receipt.delivery
        return {
            "id": delivery.id,
            "file": delivery.files[0].name,
            "county": delivery.county,
            "on": day_in_digits(delivery.as_of),
            "status": delivery.status,
            "known": self.receipt.known,
            "reason": "\n".join(delivery.reason) or None,
            "rows": count_outcomes(self.receipt.rows),
            "problems": [_problem(row) for row in self.receipt.refused],
            "receipt": self.path.relative_to(home).as_posix(),
        }


def _problem(row: Mapping[str, Any]) -> FeedbackProblem:
    return {
        "sheet": row["sheet"],
        "row": row["row"],
        "finding_id": row["finding_id"],
        "column": row["column_name"],
        "reason": row["reason"],
    }


def take_feedback(settings: Settings, paths: Sequence[Path], on: date) -> list[Taken]:
    """Take returned workbooks in, one after the other, each in a transaction of its own; write their receipts."""
    settings.need_past(on)
    taken = []
    # all of them come through the door before one of them counts
    files = [SourceFile(clean_name(path.name), *hash_plain(path), as_sent(path.name)) for path in paths]
    with Apart(settings.reading) as apart:
        for path, file in zip(paths, files, strict=True):
            settings.tell(f"feedback {file.name}")
            receipt = _take(settings, path, file, on, apart)
            taken.append(Taken(receipt, write_receipt(settings.home.lake, receipt.delivery, receipt.rows)))
    return taken


def _take(settings: Settings, path: Path, file: SourceFile, on: date, apart: Apart) -> Receipt:
    """Keep the file, then read what was kept, in a process of its own: what ends it is sent back."""
    home = settings.home
    known = find_receipt(home.books, file.sha256)
    if known is not None:
        return known
    kept = home.lake.take_original(path, file.sha256)
    try:
        returned = apart.ask(read_returned, kept, file.name)
    except UnreadableFileError as error:
        returned = Returned(problems=(notice_of(error.at(file.name)).text,))
    county = county_of(home.books, returned)
    policy = settings.policies.at(county, on) if county else None
    with hold(home.lake, county or "feedback"):
        return record_returned(home.books, home.lake, file, returned, county, on=on, at=settings.now(), policy=policy)


def review_finding(settings: Settings, digits: str, on: date, why: str | None) -> Mapping[str, Any]:
    """Close a finding (named by the first digits of its id) as its reviewer, the actor; return the event.

    Raises UnknownError where no finding or several begin so, ReviewRefusedError where it cannot be closed.
    """
    settings.need_past(on)
    home = settings.home
    finding_id, county = find_finding(settings, digits)
    with hold(home.lake, county):
        return close_finding(home.books, home.lake, finding_id, reviewer=settings.actor, on=on, why=why)


def describe_taken(taken: TakenRow) -> list[str]:
    """Lines for a person: what was taken, what was not and why."""
    comma, nothing = say("，", ", "), say("没有可读的行", "no row to read")
    of = {say(label, name): taken["rows"][name] for name, label in OUTCOMES.items() if taken["rows"][name]}
    counts = comma.join(f"{word} {count}" for word, count in of.items()) or nothing
    before = say("（以前已收到，没有变化）", " (received before, nothing new)") if taken["known"] else ""
    lines = [f"{taken['file']}{before}{say('：', ': ')}{counts}"]
    for reason in (taken["reason"] or "").splitlines():
        lines.append(say(f"  整份退回：{reason}", f"  refused whole: {reason}"))
    for one in taken["problems"]:
        row, column, why = one["row"], one["column"], one["reason"]
        lines.append(say(f"  第{row}行 {column}：{why}", f"  row {row} {column}: {why}"))
    return [*lines, say(f"  回执：{taken['receipt']}", f"  receipt: {taken['receipt']}")]
