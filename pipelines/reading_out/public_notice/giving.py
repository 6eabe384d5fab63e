"""``liangxian notice``: the pages of every village, audited before they are written."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from expectations.errors import NotYetError, RequestError
from pipelines.conforming import conformed_of
from pipelines.house.counties import county_name
from pipelines.house.notice_kind import NoticeKind
from pipelines.house.settings import Settings
from pipelines.reading_out.public_notice.books import Books, read_books
from pipelines.reading_out.public_notice.moves import Lines, Part, moves, on_the_roll
from pipelines.reading_out.public_notice.pages import OFFICES, Board, page_of
from pipelines.reading_out.reads import record_read
from pipelines.reading_out.recorded import run_before, runs_at
from warehouse.books.runs import Run
from warehouse.lake import safe_name, write_text

FOLDER: Final = "公示"


@dataclass(frozen=True)
class Posted:
    """The notices of one county: their paths, sorted, the day that D was compared with, and what is not on them.

    ``held_back``: lines that nobody can be sure of for what was refused. ``lacking``: why a book is on none (Chinese).
    """

    county: str
    run: str
    since: date | None
    paths: tuple[Path, ...]
    lines: int
    held_back: int
    lacking: tuple[str, ...]
    has_phone: bool


def give_notices(
    settings: Settings, kind: NoticeKind, d: date, *, since: date | None = None, out: Path | None = None
) -> list[Posted]:
    """Write a page for each village that has anybody to name, by what counted in the run recorded for D.

    Without ``out`` under the run's reports, where pages of an earlier call are replaced. Without ``since`` what changed
    since the day of the run before. Raises NotYetError where no run is recorded for a day or no book was there,
    RefusedError where rows were erased, RequestError for a ``since`` that is none, NotYoursError, PurposeMissingError.
    """
    settings.actor.need_clear()
    if since is not None and not kind.compares:
        raise RequestError("--since is for entries and exits")
    if since is not None and since >= d:
        raise RequestError(f"{since} is not before {d}")
    runs = runs_at(settings, d)
    for run in runs:
        settings.actor.need_county(run.county)
    drafts = [_draft(settings, kind, run, since) for run in runs]
    _record(settings, kind, d, drafts)
    return [_write(settings, kind, draft, out) for draft in drafts]


@dataclass(frozen=True)
class _Draft:
    run: Run
    before: Run | None
    pages: Mapping[str, str]
    """By file name."""
    lines: Lines
    lacking: tuple[str, ...]
    has_phone: bool

    @property
    def count(self) -> int:
        return sum(len(lines) for own in self.lines.by_village.values() for lines in own.values())


def _draft(settings: Settings, kind: NoticeKind, run: Run, since: date | None) -> _Draft:
    settings.tell(f"notice {run.county}")
    before = run_before(settings, run, since) if kind.compares else None
    now = _books(settings, run)
    earlier = now if before is None else _books(settings, before)
    there = [part for part in _parts(kind) if _has(now, part) and _has(earlier, part)]
    lacking = tuple(dict.fromkeys((*now.lacking, *earlier.lacking)))
    if not there:
        raise NotYetError(f"the run of {run.as_of} has nothing that a notice could name", why="；".join(lacking))
    lines = on_the_roll(now.roll) if before is None and now.roll is not None else moves(kind, earlier, now)
    policy = settings.policies.at(run.county, run.as_of)
    board = Board(
        kind=kind,
        county_name=county_name(run.county),
        as_of=run.as_of,
        since=None if before is None else before.as_of,
        notice_days=int(policy["notice_days"]),
        phone=str(policy["notice.phone"]),
        signers={part: policy.names_of(office)[0] for part, office in OFFICES.items()},
        lacking=[part for part in _parts(kind) if part not in there],
    )
    places = {**earlier.places, **now.places}
    pages = {}
    for village, own in lines.by_village.items():
        name = safe_name(f"{village}_{''.join(places.get(village, ()))}")
        pages[f"{name}.html"] = page_of(board, village, places.get(village), own)
    used = lacking if kind.compares else ()
    return _Draft(run, before, pages, lines, used, bool(board.phone))


def _parts(kind: NoticeKind) -> tuple[Part, ...]:
    return tuple(Part) if kind.compares else (Part.ROLL,)


def _has(books: Books, part: Part) -> bool:
    return (books.roll if part is Part.ROLL else books.register) is not None


def _books(settings: Settings, run: Run) -> Books:
    policy = settings.policies.at(run.county, run.as_of)
    return read_books(settings.engine, settings.home.lake, conformed_of(settings, run), policy)


def _record(settings: Settings, kind: NoticeKind, d: date, drafts: list[_Draft]) -> None:
    digest = hashlib.sha256()
    for draft in drafts:
        for name, page in draft.pages.items():
            digest.update(f"{name}\0{page}\0".encode())
    asked = {
        "counties": [draft.run.county for draft in drafts],
        "runs": [draft.run.id for draft in drafts],
        "as_of": d.isoformat(),
        "since": [draft.before.as_of.isoformat() for draft in drafts if draft.before is not None],
        "villages": sum(len(draft.pages) for draft in drafts),
    }
    rows = sum(draft.count for draft in drafts)
    record_read(settings, what=f"notice {kind}", asked=asked, rows=rows, content=digest.digest())


def _write(settings: Settings, kind: NoticeKind, draft: _Draft, out: Path | None) -> Posted:
    folder = out
    if folder is None:
        folder = settings.home.lake.reports(draft.run.id) / FOLDER / kind.value
        for old in set(folder.glob("*.html")) - {folder / name for name in draft.pages}:
            old.unlink()
    for name, page in draft.pages.items():
        write_text(folder / name, page)
    return Posted(
        county=draft.run.county,
        run=draft.run.id,
        since=None if draft.before is None else draft.before.as_of,
        paths=tuple(sorted(folder / name for name in draft.pages)),
        lines=draft.count,
        held_back=draft.lines.held_back,
        lacking=draft.lacking,
        has_phone=draft.has_phone,
    )
