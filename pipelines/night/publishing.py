"""Publishing what the ledger recorded: the last recorded run of every county and D, in one warehouse."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import partial

from pipelines.conforming import conformed_of
from pipelines.house.counties import county_name
from pipelines.house.home import hold
from pipelines.house.records.night import Published
from pipelines.house.settings import Settings
from pipelines.night.results import CountyNight
from warehouse.books.datasets import ledger_of
from warehouse.books.deliveries import Event, erased_deliveries, events_of, list_deliveries, quality_of
from warehouse.books.heads import note_heads
from warehouse.books.ledger import finding_events_from, head_of
from warehouse.books.runs import Run, last_recorded_runs, list_runs, rule_runs_of, withdrawn_runs
from warehouse.books.schema import deliveries as deliveries_table
from warehouse.current import Conformed
from warehouse.loading import Recorded, RunToLoad, load_and_publish_all


def publish(settings: Settings, nights: Sequence[CountyNight]) -> Published:
    """Load every recorded night and publish the warehouse once; replays stay out of it."""
    if all(night.replay for night in nights):
        return {"published": False, "snapshot": None}
    settings.tell("load and publish the warehouse")
    with hold(settings.home.lake, "publishing"):
        history, forgotten = _history(settings)
        # another process may have recorded a later run of the same county and D meanwhile: that one counts
        last = {recorded.run for recorded in history}
        loads = [_to_load(settings, n.run, n.conformed) for n in nights if not n.replay and n.run.id in last]
        return _published(settings, loads, history, forgotten)


def publish_again(settings: Settings, runs: Sequence[Run]) -> Published:
    """Load recorded runs once more, whose ledger moved since, and publish the warehouse."""
    nights = [CountyNight(run, conformed_of(settings, run), (), run.counts or {}) for run in runs]
    return publish(settings, nights)


def publish_recorded(settings: Settings) -> Published:
    """Publish what the books hold: the last recorded run of every county and D."""
    with hold(settings.home.lake, "publishing"):
        history, forgotten = _history(settings)
        if not (history or forgotten):
            return {"published": False, "snapshot": None}
        runs = [recorded.read() for recorded in history[-1:]]
        return _published(settings, runs, history, forgotten)


def _published(
    settings: Settings, runs: Sequence[RunToLoad], history: Sequence[Recorded], forgotten: Collection[tuple[str, date]]
) -> Published:
    published = load_and_publish_all(
        lake=settings.home.lake,
        runs=runs,
        history=history,
        forgotten=forgotten,
        memory_limit=settings.engine.memory_limit,
    )
    _publish_to_postgres(settings)
    note_heads(settings.home.books, settings.home.lake)
    return {"published": True, "snapshot": published.snapshot}


def _publish_to_postgres(settings: Settings) -> None:
    """Where the books are on PostgreSQL the warehouse is there too: the version that was just published is loaded."""
    if settings.home.database_url is None:
        return
    from warehouse.postgres.loading import publish_to_postgres  # its drivers are an extra

    settings.tell("load and publish the warehouse on PostgreSQL")
    publish_to_postgres(settings.home.lake, settings.home.database_url)


def _history(settings: Settings) -> tuple[list[Recorded], set[tuple[str, date]]]:
    """The last recorded run of every county and D, and the parts whose rows were erased or whose only run undone."""
    gone = erased_ids(settings)
    last = last_recorded_runs(settings.home.books)
    forgotten = {(run.county, run.as_of) for run in last if uses(run, gone)}
    undone = {(run.county, run.as_of) for run in withdrawn_runs(settings.home.books)}
    forgotten |= undone - {(run.county, run.as_of) for run in last}
    history = [
        Recorded(run.id, run.county, run.as_of, partial(_load_again, settings, run))
        for run in last
        if (run.county, run.as_of) not in forgotten
    ]
    return history, forgotten


def forgotten_parts(settings: Settings) -> set[tuple[str, date]]:
    """Parts of the warehouse whose rows were erased: nothing can fill them, and nothing may keep them."""
    _, forgotten = _history(settings)
    return forgotten


def erased_ids(settings: Settings) -> set[str]:
    """Deliveries whose rows were erased on schedule."""
    return erased_deliveries(settings.home.books)


def uses(run: Run, deliveries: Collection[str]) -> bool:
    """Whether rows of one of these deliveries counted in the run."""
    return any(delivery in deliveries for ids in run.deliveries.values() for delivery in ids)


def recorded_runs(settings: Settings) -> list[Run]:
    """The runs that the ledger recorded, oldest first."""
    recorded = [run for run in list_runs(settings.home.books) if run.seq is not None]
    return sorted(recorded, key=lambda run: run.seq or 0)


def _load_again(settings: Settings, run: Run) -> RunToLoad:
    """A run that the books hold, as it was: the same deliveries, whatever has arrived since."""
    return _to_load(settings, run, conformed_of(settings, run))


def _to_load(settings: Settings, run: Run, conformed: Conformed) -> RunToLoad:
    home = settings.home
    known = list_deliveries(home.books, (deliveries_table.c.county == run.county,))
    gone = {delivery.id for delivery in known if delivery.status == Event.ERASED}
    return RunToLoad(
        run=run.id,
        code=run.code,
        conformed=conformed,
        ledger=ledger_of(home.books, home.lake, run.id),
        rule_runs=rule_runs_of(home.books, run.id),
        deliveries=known,
        quality=quality_of(home.books, run.county),
        policy=run.policy,
        county_name=county_name(run.county),
        # history is read from staged rows: of what was erased there are none, and none are to be kept
        events=[event for event in events_of(home.books, run.county) if event.delivery not in gone],
        ledger_head=head_of(home.books, run.county),
        finding_events=partial(finding_events_from, home.books, run.county),
    )
