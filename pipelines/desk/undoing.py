"""A run taken back by a person: the ledger, the warehouse and the pages as if it had not been."""

from pathlib import Path
from typing import Any

from expectations.calendar import local_day
from expectations.errors import RequestError
from pipelines.desk.sending import report_moved
from pipelines.house.home import hold
from pipelines.house.language import say
from pipelines.house.settings import Settings
from pipelines.night.index import list_nights
from pipelines.night.publishing import publish_recorded
from pipelines.reading_out.differences import find_run_named
from pipelines.recording.undoing import Undone, undo_run
from pipelines.reporting.summary import PARTS, show_latest
from warehouse.books.runs import Run, newest_recorded
from warehouse.lake import Lake


def withdraw_run(settings: Settings, text: str, reason: str) -> Undone:
    """Undo the newest recorded run of a county, named by how its id begins; then publish and show what is left.

    The actor's name and the reason stand in the books. Findings on which people have acted since stay, in what the run
    before it published and reported, too. A run that is undone already is only published away again, where
    a kill came before. Raises UnknownError, NotYoursError, RequestError without a reason, RefusedError where the run
    cannot be undone; nothing is changed then.
    """
    if not reason.strip():
        raise RequestError("a run is withdrawn for a reason only")
    home = settings.home
    run = find_run_named(settings, text)
    settings.actor.need_county(run.county)
    with hold(home.lake, run.county):
        if run.withdrawn_at is None:
            settings.tell(f"undo {run.id}")
            at = settings.now()
            done = undo_run(
                home.books, home.lake, run, actor=settings.actor, reason=reason.strip(), on=local_day(at), at=at
            )
        else:
            with home.books.connect() as connection:
                done = Undone(run, 0, 0, newest_recorded(connection, run.county))
        _put_aside(home.lake, run, done.newest)
    publish_recorded(settings)
    if done.newest is not None:
        report_moved(settings, [run.county])
    list_nights(settings)
    return done


def _put_aside(lake: Lake, run: Run, newest: Run | None) -> None:
    """The undone run's summary under another name, and the newest one's where the newest always lies."""
    for part in PARTS:
        page = lake.run_folder(run.id) / part
        if page.exists():
            page.replace(aside(page))
        if newest is None:
            (lake.latest(run.county) / part).unlink(missing_ok=True)
    if newest is not None and all((lake.run_folder(newest.id) / part).exists() for part in PARTS):
        show_latest(lake, newest.id, run.county)


def aside(page: Path) -> Path:
    """``summary.withdrawn.json``: what an undone run had said."""
    return page.with_name(f"{page.stem}.withdrawn{page.suffix}")


def as_row(done: Undone) -> dict[str, Any]:
    """Plain values."""
    return {
        "run": done.run.id,
        "county": done.run.county,
        "as_of": done.run.as_of.isoformat(),
        "findings_moved": done.moved,
        "findings_found": done.found,
        "findings_kept": done.kept,
        "newest": done.newest.id if done.newest is not None else None,
    }


def describe_undone(done: Undone) -> str:
    """One line for a person."""
    run, moved, found = done.run.id, done.moved, done.found
    newest_zh, newest_en = "台账中没有别的比对", "the ledger holds no other run"
    if done.newest is not None:
        newest_zh, newest_en = f"现在最近一次是{done.newest.id}", f"the newest run is {done.newest.id}"
    kept_zh = f"，{done.kept}条此后已有人办理的保留" if done.kept else ""
    kept_en = f", {done.kept} on which people have acted since stay" if done.kept else ""
    return say(
        f"已撤销比对{run}：{moved}条问题恢复原状，{found}条由它首次发现的不再在台账{kept_zh}；{newest_zh}",
        f"run {run} is undone: {moved} findings are as they were, {found} that it had found are gone{kept_en}; "
        f"{newest_en}",
    )
