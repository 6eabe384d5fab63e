"""The options that commands share, each said once, and groups of them that open a home.

A command takes a group as one parameter: ``@grouped`` shows its options to Typer and puts the group together again.
"""

import inspect
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from expectations.calendar import local_day
from expectations.departments import Department, department_of
from expectations.errors import ValueRefusedError
from pipelines.commands.printing import noting_home, progress
from pipelines.commands.targets import DEFAULT_HOME, WRITES
from pipelines.house.engine_choice import EngineChoice, EngineName, bytes_of
from pipelines.house.language import SETTING, Language, say
from warehouse.secret_values import DATABASE_URL, secret_value

if TYPE_CHECKING:
    from pipelines.house.settings import Settings
    from pipelines.reading_out.searching import Sought

T = TypeVar("T")


def told(read: Callable[[str], T]) -> Callable[[str], T]:
    """A parser of an option's text, so that Typer names the option in what it refuses."""

    @wraps(read)
    def parsed(text: str) -> T:
        try:
            return read(text)
        except ValueRefusedError as error:
            raise typer.BadParameter(str(error)) from None

    return parsed


@told
def as_day(text: str) -> date:
    """A date YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueRefusedError(f"{text!r} is no date YYYY-MM-DD") from None


@told
def as_moment(text: str) -> datetime:
    """A date with a time of day."""
    from pipelines.night.backfilling import read_moment

    return read_moment(text)


@told
def as_county(text: str) -> str:
    """A county's code."""
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        raise ValueRefusedError(f"{text} is no 6-digit county code")
    return text


@told
def as_size(text: str) -> str:
    """Memory, as it was written."""
    bytes_of(text)
    return text


@told
def as_department(text: str) -> str:
    """An office's code, from what it is called."""
    found = department_of(text)
    if found is None:
        known = ", ".join(f"{office.value} {office.label}" for office in Department)
        raise ValueRefusedError(f"{text} is no office: {known}")
    return found.value


Home = Annotated[
    Path,
    typer.Option(
        "--home", envvar="LIANGXIAN_HOME", help="Folder that holds all state.", show_default=True, file_okay=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Lang = Annotated[
    Language | None,
    typer.Option("--lang", envvar=SETTING, help="Language: zh or en (default: Chinese where the locale is)."),
]

AsOf = Annotated[date, typer.Option("--as-of", parser=as_day, metavar="DATE", help="As-of date D of the run.")]
NewestDay = Annotated[
    date | None,
    typer.Option("--as-of", parser=as_day, metavar="DATE", help="As-of date D (default: the newest there is)."),
]
OnDay = Annotated[
    date | None,
    typer.Option("--on", parser=as_day, metavar="DATE", help="The day when it was done (default: today)."),
]
KnownAt = Annotated[
    datetime | None,
    typer.Option(
        "--known-at",
        parser=as_moment,
        metavar="MOMENT",
        help="Only what had been received by then, as it stood then (Asia/Shanghai where no zone is named).",
    ),
]

Inbox = Annotated[
    Path | None,
    typer.Option("--inbox", file_okay=False, help="Where deliveries are dropped (default: HOME/inbox)."),
]
PolicyDir = Annotated[
    Path | None, typer.Option("--policy", help="Folder of policy files (default: HOME/policy, else the defaults).")
]
Counties = Annotated[
    list[str] | None,
    typer.Option(
        "--county", parser=as_county, metavar="CODE", help="County code; again for more (default: each that has data)."
    ),
]
OneCounty = Annotated[
    str | None,
    typer.Option("--county", parser=as_county, metavar="CODE", help="County code (default: the only one there is)."),
]
OneDelivery = Annotated[
    str, typer.Argument(metavar="DELIVERY", help="A delivery: its number (12), or its id, if need be how that begins.")
]
OneFinding = Annotated[
    str, typer.Argument(metavar="FINDING_ID", help="Id of a finding (its first digits, if they name one).")
]

EngineOption = Annotated[
    EngineName,
    typer.Option(
        "--engine",
        help="Where the rules run; LIANGXIAN_SPARK_MASTER is the address of spark (default: local), "
        "LIANGXIAN_SHARED_LAKE a URL for copies where its executors do not see the home. Airflow runs duckdb.",
    ),
]
NoDispatch = Annotated[bool, typer.Option("--no-dispatch", help="Record and publish, but send nothing out (下发).")]
MemoryLimit = Annotated[
    str | None,
    typer.Option(
        "--memory-limit",
        envvar="LIANGXIAN_MEMORY_LIMIT",
        parser=as_size,
        metavar="SIZE",
        help="Memory of the engine, such as 2GB.",
    ),
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        envvar="LIANGXIAN_JOBS",
        min=1,
        metavar="N",
        help="Deliveries and counties at once, at most; each has its share of cores and memory limit.",
        show_default="one for each core",
    ),
]
Unmask = Annotated[bool, typer.Option("--unmask", help="Show personal values in clear; needs --purpose.")]
Purpose = Annotated[str | None, typer.Option("--purpose", help="What personal values are needed for; audited.")]

Target = Annotated[Path | None, typer.Option("--out", help="File (default: standard output)."), WRITES]
Bom = Annotated[
    bool | None,
    typer.Option(
        "--bom/--no-bom",
        help="CSV with the mark by which Excel and WPS know UTF-8 (default: in a file yes, in a pipe no).",
        show_default=False,
    ),
]

CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class OnHome:
    """Of every command on a home, and how it is printed."""

    home: Home = DEFAULT_HOME
    as_json: Json = False

    @contextmanager
    def opened(self, *, who: str | None = None, purpose: str | None = None, **more: Any) -> Iterator["Settings"]:
        """Settings as the options say; on a terminal a spinner says which step is running.

        ``who`` acts, where it is another than the system's user; ``purpose``: what for.
        """
        from pipelines.commands.person import at_the_terminal
        from pipelines.house.settings import open_settings

        with progress() as tell, noting_home(self.home):
            actor = at_the_terminal(who, purpose)
            yield open_settings(self.home, now=now, tell=tell, actor=actor, **self.given() | more)

    def given(self) -> dict[str, Any]:
        """What the options say, by the settings' names; without ``--policy`` no policy is read."""
        return {
            "inbox": None,
            "policy": None,
            "with_policies": False,
            "engine": engine_of(),
            "database_url": secret_value(DATABASE_URL),
        }


@dataclass(frozen=True)
class WithCounties(OnHome):
    """Of some counties."""

    county: Counties = None

    def given(self) -> dict[str, Any]:
        """The counties beside what is given otherwise."""
        return super().given() | {"counties": tuple(self.county or ())}


@dataclass(frozen=True)
class WithPolicy(OnHome):
    """By the policy: files that cannot be used stop the command."""

    policy: PolicyDir = None

    def given(self) -> dict[str, Any]:
        """The policy beside what is given otherwise."""
        return super().given() | {"policy": self.policy, "with_policies": True}


@dataclass(frozen=True)
class Judging(WithPolicy, WithCounties):
    """Some counties, by the policy."""


@dataclass(frozen=True)
class Evaluating(Judging):
    """The rules over some counties: where they run, and whether their findings are sent out."""

    engine: EngineOption = EngineName.DUCKDB
    no_dispatch: NoDispatch = False
    memory_limit: MemoryLimit = None
    jobs: Jobs = CORES

    def given(self) -> dict[str, Any]:
        """Engine, jobs and dispatch beside what is given otherwise."""
        engine = engine_of(self.engine, self.memory_limit)
        return super().given() | {"engine": engine, "dispatch": not self.no_dispatch, "jobs": self.jobs}


@dataclass(frozen=True)
class WholeNight(Evaluating):
    """A night from the inbox to the reports, or one of the past."""

    known_at: KnownAt = None
    inbox: Inbox = None

    def given(self) -> dict[str, Any]:
        """Inbox and moment beside what is given otherwise."""
        return super().given() | {"inbox": self.inbox, "known_at": self.known_at}


@dataclass(frozen=True)
class InClear:
    """Whether personal values are shown, and what for."""

    unmask: Unmask = False
    purpose: Purpose = None

    def __post_init__(self) -> None:
        """Refuse what has no purpose, before anything is opened."""
        if self.unmask:
            need_purpose(self.purpose)


@dataclass(frozen=True)
class Searching:
    """Whose findings are meant."""

    household: Annotated[str | None, typer.Option("--household", help="Of this household, by its number.")] = None
    certificate: Annotated[str | None, typer.Option("--certificate", help="Of this certificate (低保证号).")] = None
    person: Annotated[
        bool,
        typer.Option("--person", help="Of one person, whose number is asked for, or read from standard input."),
    ] = False
    village: Annotated[str | None, typer.Option("--village", help="Of this village, by its name or code.")] = None
    helper: Annotated[str | None, typer.Option("--helper", help="Of the households of this helper (帮扶责任人).")] = (
        None
    )

    @property
    def is_given(self) -> bool:
        """Whether anybody is looked for."""
        return self.person or any((self.household, self.certificate, self.village, self.helper))

    def sought(self) -> "Sought":
        """What is looked for; a person's number is no argument, which every user of the machine could read."""
        from pipelines.commands.person import ask_in_secret
        from pipelines.reading_out.searching import Sought, as_number

        number = as_number(ask_in_secret(say("证件号码", "identity number")), today()) if self.person else ""
        return Sought(self.household or "", self.certificate or "", number, self.village or "", self.helper or "")


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """A command some of whose parameters are groups of options: Typer sees the options, one by one.

    A group's own options stand before those that it shares with others (home and form come last).
    """
    taken: list[inspect.Parameter] = []
    groups: dict[str, type[Any]] = {}
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        kind = parameter.annotation
        if isinstance(kind, type) and is_dataclass(kind):
            groups[parameter.name] = kind
        else:
            taken.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
    options = {name: _options(group) for name, group in groups.items()}
    for own in options.values():
        taken += own

    @wraps(command)
    def called(**values: Any) -> None:
        made = {name: groups[name](**{o.name: values.pop(o.name) for o in options[name]}) for name in groups}
        command(**values, **made)

    return taking(called, taken)


def taking(called: Callable[..., Any], parameters: Sequence[inspect.Parameter]) -> Callable[..., Any]:
    """A function that Typer, which reads signatures, takes for one with these parameters."""
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return called


def _options(group: type[Any]) -> list[inspect.Parameter]:
    """The fields of a group as parameters; of the classes that it is made of, the most special one's first."""
    declared = {field.name: field for field in fields(group)}
    names = [name for kind in group.__mro__ for name in inspect.get_annotations(kind) if name in declared]
    form = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(name, form, default=declared[name].default, annotation=declared[name].type) for name in names
    ]


def now() -> datetime:
    """The clock, read here and nowhere deeper."""
    return datetime.now(UTC)


def today() -> date:
    """The counties' day."""
    return local_day(now())


def engine_of(name: EngineName = EngineName.DUCKDB, memory_limit: str | None = None) -> EngineChoice:
    """An engine, with what the environment says of a cluster."""
    return EngineChoice(
        name,
        memory_limit,
        spark_master=os.environ.get("LIANGXIAN_SPARK_MASTER") or None,
        shared_lake=os.environ.get("LIANGXIAN_SHARED_LAKE") or None,
    )


def need_purpose(purpose: str | None) -> None:
    """Refuse what is no purpose."""
    if not (purpose and purpose.strip()):
        raise typer.BadParameter("personal values are shown for a purpose only", param_hint="--purpose")


def need_known(wanted: Sequence[str] | None, known: Collection[str], option: str) -> None:
    """Refuse what is none of those that there are."""
    for value in wanted or ():
        if value not in known:
            raise typer.BadParameter(f"{value} is none of {', '.join(known)}", param_hint=option)
