"""How a night is run: who asks, the home, the inbox, the policies, the clock. Opened once, at the door."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from expectations.calendar import local_day
from expectations.errors import RequestError
from pipelines.house.actor import Actor, NotYoursError
from pipelines.house.engine_choice import DUCKDB, EngineChoice
from pipelines.house.home import Home
from pipelines.house.limits import Limits, limits_of
from pipelines.house.policies import Policies, load_policies
from warehouse.lake import umask
from warehouse.secret_values import DATABASE_URL, secret_value

Tell = Callable[[str], None]
"""Called with a short English sentence when a step begins; what a person sees of progress."""


def tell_nobody(_what: str) -> None:
    """Progress that nobody sees."""


class DayToComeError(RequestError):
    """A day that the counties have not come to: what was recorded for it would stop all that comes before it."""

    def __init__(self, day: date, today: date) -> None:
        self.day, self.today = day, today
        super().__init__(f"{day} is a day to come", why=f"it is {today} in the counties")


@dataclass(frozen=True)
class Settings:
    """How a night is run. Actor, time and places come in here; inside, nothing asks the system or the clock.

    ``known_at`` (aware): only what had been received by then counts, as it stood then; nothing is taken in. ``jobs``:
    deliveries and counties that are worked on at once, at most. ``reading``: what reading one delivery may cost.
    """

    home: Home
    inbox: Path
    policies: Policies
    now: Callable[[], datetime]
    actor: Actor
    counties: tuple[str, ...] = ()
    dispatch: bool = True
    settle_seconds: float = 0
    engine: EngineChoice = DUCKDB
    known_at: datetime | None = None
    tell: Tell = tell_nobody
    jobs: int = 1
    reading: Limits = field(default_factory=Limits)

    def need_past(self, day: date) -> None:
        """Raise DayToComeError for a day after the counties' today: nothing is recorded of what has not been yet."""
        if day > (today := local_day(self.now())):
            raise DayToComeError(day, today)


def close_to_others() -> None:
    """What this process and those that it starts write is closed to others from now on, whoever writes it."""
    os.umask(umask())


def database_url() -> str | None:
    """Where books and warehouse lie on PostgreSQL, as the environment says; None: in the home itself."""
    return secret_value(DATABASE_URL)


def open_settings(
    folder: Path,
    *,
    inbox: Path | None,
    policy: Path | None,
    now: Callable[[], datetime],
    actor: Actor,
    counties: tuple[str, ...] = (),
    with_policies: bool = True,
    **more: Any,
) -> Settings:
    """Settings over a home folder, with its own inbox and policy folder where none are named.

    Of the counties that the actor sees, those that are asked for; where none are, all of them. Raises NotYoursError.
    ``with_policies=False`` is for those who only read back: a policy file that cannot be used does not stop them.
    """
    home = Home(folder, more.pop("database_url", None))
    values = policy if policy is not None else (home.lake.policies if home.lake.policies.is_dir() else None)
    policies = load_policies(values) if with_policies else Policies({}, {})
    if not all(actor.scope.sees(county) for county in counties):
        raise NotYoursError()
    more.setdefault("reading", limits_of())
    return Settings(home, inbox or home.lake.inbox, policies, now, actor, counties or actor.scope.counties, **more)
