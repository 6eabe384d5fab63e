"""The house as the DAGs see it: where it stands (environment), what day it is (the run), and how a task opens it."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

logger = logging.getLogger("liangxian")

ZONE = ZoneInfo("Asia/Shanghai")
"""The counties' clock: nights, as-of dates and schedules follow it."""

START = datetime(2026, 1, 1, tzinfo=ZONE)
"""Before this no DAG runs; a backfill reaches back to any day."""


@dataclass(frozen=True)
class Place:
    """Where the house stands. Every value comes from the environment and has a default."""

    home: Path
    inbox: Path
    policy: Path | None
    pulls: Path
    settle_seconds: float
    memory_limit: str | None
    pages: str | None
    night_hours: float


def find_place(environment: Mapping[str, str] = os.environ) -> Place:
    """LIANGXIAN_HOME, _INBOX, _POLICY, _PULLS, _SETTLE_SECONDS, _MEMORY_LIMIT, _PAGES, _NIGHT_HOURS."""
    home = Path(environment.get("LIANGXIAN_HOME", "var")).resolve()
    policy = environment.get("LIANGXIAN_POLICY")
    return Place(
        home=home,
        inbox=Path(environment.get("LIANGXIAN_INBOX", home / "inbox")).resolve(),
        policy=Path(policy).resolve() if policy else None,
        pulls=Path(environment.get("LIANGXIAN_PULLS", home / "pulls")).resolve(),
        settle_seconds=float(environment.get("LIANGXIAN_SETTLE_SECONDS", "2")),
        memory_limit=environment.get("LIANGXIAN_MEMORY_LIMIT") or None,
        pages=environment.get("LIANGXIAN_PAGES") or None,
        night_hours=float(environment.get("LIANGXIAN_NIGHT_HOURS", "4")),
    )


def open_house(*, who: str = "airflow", purpose: str = "", **more: Any) -> Any:
    """``Settings`` of this place; progress goes to the task's log as sentences.

    ``who`` acts, of the data team: the clock, or a person who approved; ``purpose``: what for. Raises PolicyError for a
    policy file that cannot be used.
    """
    from pipelines.house.actor import Actor, Role
    from pipelines.house.engine_choice import EngineChoice
    from pipelines.house.settings import close_to_others, database_url, open_settings

    close_to_others()
    logging.getLogger("great_expectations").setLevel(logging.ERROR)  # it tells of its own insides, line upon line
    place = find_place()
    engine = EngineChoice(memory_limit=place.memory_limit)
    given = {"settle_seconds": place.settle_seconds, "engine": engine, "tell": say} | more
    return open_settings(
        place.home,
        inbox=place.inbox,
        policy=place.policy,
        now=lambda: datetime.now(UTC),
        actor=Actor(who, Role.DATA_TEAM, purpose=purpose),
        database_url=database_url(),
        **given,
    )


def say(sentence: str) -> None:
    """One sentence into the task's log."""
    logger.info("%s", sentence)


def day_of(dag_run: Any, params: Mapping[str, Any] | None = None) -> date:
    """D of a run: the one that was asked for, else the counties' day of its logical date, else of its start."""
    asked = (params or {}).get("as_of")
    if asked:
        return date.fromisoformat(str(asked))
    moment: datetime = dag_run.logical_date if is_backfill(dag_run) or is_timed(dag_run) else dag_run.run_after
    return (moment or dag_run.run_after).astimezone(ZONE).date()


def moment_of(dag_run: Any, params: Mapping[str, Any]) -> datetime | None:
    """Until when deliveries count that the run may know of: None is now.

    A backfilled night knows what had been received at its own time, unless ``known_at`` says ``now`` or another time.
    """
    asked = params.get("known_at")
    if asked == "now":
        return None
    if asked:
        from pipelines.night.backfilling import read_moment

        return read_moment(str(asked))
    return dag_run.logical_date if is_backfill(dag_run) else None


def looks_back(dag_run: Any, params: Mapping[str, Any]) -> bool:
    """Whether the run is about the past: then it does all that its night would have done, county by county."""
    return is_backfill(dag_run) or bool(params.get("known_at"))


def is_backfill(dag_run: Any) -> bool:
    """Whether the run looks back: it shall know what was known at its logical date, and no more."""
    return str(getattr(dag_run.run_type, "value", dag_run.run_type)) == "backfill"


def is_timed(dag_run: Any) -> bool:
    """Whether the clock started the run: the night, which evaluates every county and dispatches."""
    return str(getattr(dag_run.run_type, "value", dag_run.run_type)) == "scheduled"


def is_woken(dag_run: Any) -> bool:
    """Whether an asset event started the run: an arrival, which evaluates only the counties that it touches."""
    return str(getattr(dag_run.run_type, "value", dag_run.run_type)) == "asset_triggered"
