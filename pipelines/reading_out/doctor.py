"""What is installed, reachable, configured, out of date: one check a line, with what to do. Nothing is changed.

No personal data: counts, dates, names of files and departments only.
"""

import shutil
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from importlib import metadata
from pathlib import Path
from typing import Final

import duckdb
from packaging.requirements import Requirement
from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from expectations.calendar import local_day
from expectations.errors import DamagedError, LiangxianError
from expectations.policy import PolicyError
from expectations.status import RuleStatus
from pipelines.house.policies import DEFAULTS, EVERY_COUNTY, Policies, load_policies
from pipelines.recording.working_days import calendar_is_known
from warehouse.books import schema
from warehouse.books.audit import verify_audit
from warehouse.books.beginning import key_problem
from warehouse.books.connection import BOOKS, postgres_engine
from warehouse.books.deliveries import Event, list_deliveries
from warehouse.books.heads import AUDIT, noted_heads
from warehouse.books.keyed import keys_of, with_keys
from warehouse.books.runs import list_runs, newest_recorded_by_county, rule_runs_of
from warehouse.keys import FROM_ENVIRONMENT, Keys, SecretDamagedError
from warehouse.lake import UMASK, Lake, umask
from warehouse.loading import NothingPublishedError
from warehouse.loading.publish import is_of_this_release, open_published
from warehouse.secret_values import DATABASE_URL, secret_value

DISTRIBUTION: Final = "liangxian"
LEAST_FREE: Final = 2 * 1024**3
"""Bytes that a night of a county with some 100,000 persons can need beside what is there."""

DEADLINES_AHEAD: Final = timedelta(days=90)
"""How far ahead deadlines are set, roughly: the working days of these months must be known."""

NOT_STATUTORY: Final = "not statutory"  # as defaults.yaml says it
"""How the source of a default says that the county should set the value."""


class Level(IntEnum):
    """What matters first."""

    ERROR = 0
    WARNING = 1
    FINE = 2


@dataclass(frozen=True)
class Check:
    """One look: at what, what was found, whether it is well, and what to do where it is not."""

    what: str
    found: str
    well: bool
    advice: str = ""
    warns: bool = False
    """Whether it waits for others (data that did not come, a year's holidays), or is only to be known of."""

    @property
    def level(self) -> Level:
        """How soon somebody should look."""
        return Level.WARNING if self.warns else Level.FINE if self.well else Level.ERROR


def examine(home: Path, policy: Path | None, environ: Mapping[str, str], now: datetime) -> list[Check]:
    """Every check, in the order in which a person would mend things."""
    lake, today, key = Lake(home), local_day(now), secret_value(FROM_ENVIRONMENT, environ)
    checks = [*_software(), *_folder(lake, umask(environ)), _key(lake, key), _calendar(today)]
    database, books = _books(lake, secret_value(DATABASE_URL, environ))
    checks.append(database)
    policies, problems = _policies(lake, policy)
    checks += problems
    counties = [] if books is None else sorted({d.county for d in list_deliveries(books) if d.status == Event.ACCEPTED})
    if policies is not None:
        checks += _complete_policy(policies, counties, today)
        checks += [check for county in counties for check in _freshness(books, policies, county, today)]
    if books is not None:
        with_keys(books, Keys(lake, key))
        checks += [*_held_back(books), *_audit_log(books, lake), _warehouse(lake, books)]
        books.dispose()
    return checks


def _software() -> Iterator[Check]:
    """Python and the packages that ours declares."""
    wanted = metadata.metadata(DISTRIBUTION)["Requires-Python"]
    version = ".".join(str(part) for part in sys.version_info[:3])
    fits = Requirement(f"python{wanted}").specifier.contains(version)
    yield Check("Python", version, fits, f"Python {wanted} is needed: remove .venv, then make setup PYTHON=...")
    for text in metadata.requires(DISTRIBUTION) or ():
        needed = Requirement(text)
        optional = needed.marker is not None and not needed.marker.evaluate({"extra": ""})
        try:
            found = metadata.version(needed.name)
        except metadata.PackageNotFoundError:
            found = ""
        if optional and not found:
            yield Check(needed.name, "not installed (optional)", True)
            continue
        well = bool(found) and needed.specifier.contains(found, prereleases=True)
        advice = f"{needed.name}{needed.specifier} is needed: make setup"
        yield Check(needed.name, found or "not installed", well, advice)


def _folder(lake: Lake, closed: int) -> Iterator[Check]:
    """The home folder: writable, closed to others and to what ``closed`` (a umask) says, room on its disk."""
    there = next(folder for folder in (lake.home.absolute(), *lake.home.absolute().parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            writable, found = True, "writable" if there == lake.home.absolute() else "not there yet, can be made"
    except OSError as error:
        writable, found = False, error.strerror or type(error).__name__
    advice = "give the user who runs liangxian the right to write there, or name another folder with --home"
    yield Check(f"home {lake.home}", found, writable, advice)
    if lake.home.is_dir():
        yield _privacy(lake.home, closed)
    free = shutil.disk_usage(there).free
    enough = free >= LEAST_FREE
    advice = f"at least {LEAST_FREE / 1024**3:.0f} GB should be free: make room, or move the home"
    yield Check("free disk", f"{free / 1024**3:.1f} GB", enough, advice)


def _privacy(home: Path, closed: int) -> Check:
    """Who may enter the home. Its group may where the umask lets it, or a folder above it lets nobody through."""
    mode, *above = (folder.stat().st_mode for folder in (home.absolute(), *home.absolute().parents))
    open_to_all = all(one & stat.S_IXOTH for one in (mode, *above))
    open_to_group = mode & closed & stat.S_IRWXG and all(one & (stat.S_IXGRP | stat.S_IXOTH) for one in above)
    what, advice = "privacy of the home", f"it holds identity numbers: chmod 700 {home}"
    if open_to_all:
        return Check(what, "every user of this machine can read it", False, advice)
    if open_to_group:
        return Check(what, f"its group can enter it, which {UMASK} does not let", False, advice)
    return Check(what, "closed to other users", True)


def _key(lake: Lake, given: str | None) -> Check:
    """The key of finding ids."""
    what, path = "key of finding ids", lake.finding_key
    if given is None and not path.exists():
        if lake.books.exists():
            advice = f"restore {path.relative_to(lake.home)} from a backup: with another key every finding looks new"
            return Check(what, "missing, though there are books", False, advice)
        return Check(what, "not there yet, made by the first run", True)
    try:
        bytes.fromhex(path.read_text().strip() if given is None else given)
    except (ValueError, OSError):
        return Check(what, "not readable as hexadecimal digits", False, "restore it from a backup")
    if given is not None:
        return Check(what, f"from {FROM_ENVIRONMENT}", True)
    mode = stat.S_IMODE(path.stat().st_mode)
    return Check(what, f"mode {mode:04o}", mode == 0o600, f"chmod 600 {path}")


def _calendar(today: date) -> Check:
    """The calendar of working days, for this year and as far ahead as deadlines are set."""
    years = sorted({today.year, (today + DEADLINES_AHEAD).year})
    unknown = [str(year) for year in years if not calendar_is_known(date(year, 1, 1))]
    found = f"unknown for {', '.join(unknown)}" if unknown else f"known for {', '.join(str(year) for year in years)}"
    advice = (
        "until then deadlines count Monday to Friday: update chinesecalendar once the year's holidays are announced"
    )
    return Check("working days", found, not unknown, advice, warns=bool(unknown))


def _books(lake: Lake, url: str | None) -> tuple[Check, Engine | None]:
    """The books, opened only to be read; None where there are none, or none that can be read."""
    if url is None and not lake.books.exists():
        return Check("books", "not there yet, made by the first delivery", True), None
    what = "books"
    try:
        if url is None:
            readable = f"file:{lake.books}?mode=ro"
            engine = create_engine(
                "sqlite://", creator=lambda: sqlite3.connect(readable, uri=True), hide_parameters=True
            )
        else:
            engine = postgres_engine(url, BOOKS)
            what = f"books at {engine.url.render_as_string(hide_password=True)}"
        missing = sorted(set(schema.metadata.tables) - set(inspect(engine).get_table_names()))
        damage = [] if url is not None else _damage(lake)
    except (LiangxianError, SQLAlchemyError, sqlite3.Error) as error:
        advice = (
            f"see that the server runs, its driver is installed and {DATABASE_URL} is right"
            if url
            else "restore books.sqlite from a backup"
        )
        return Check(what, f"cannot be opened ({type(error).__name__})", False, advice), None
    if damage:
        return Check(what, "damaged", False, "restore books.sqlite from a backup"), None
    if missing:
        found = f"without {', '.join(missing)}"
        return Check(what, found, False, "the next command that writes makes what is missing: liangxian ingest"), None
    return Check(what, "open, every table is there", True), engine


def _damage(lake: Lake) -> list[str]:
    """What SQLite finds wrong in its file."""
    with closing(sqlite3.connect(f"file:{lake.books}?mode=ro", uri=True)) as connection:
        return [text for (text,) in connection.execute("PRAGMA quick_check(1)") if text != "ok"]


def _policies(lake: Lake, policy: Path | None) -> tuple[Policies | None, list[Check]]:
    folder = policy or (lake.policies if lake.policies.is_dir() else None)
    where = f"policy files in {folder}" if folder else "policy files"
    try:
        policies = load_policies(folder)
    except PolicyError as error:
        found = "; ".join(str(problem) for problem in error.problems)
        return None, [Check(where, found, False, "mend them, then: liangxian policy check")]
    own = len(policies.own)
    found = f"readable, of {own} {'county' if own == 1 else 'counties'}" if folder else "none, national defaults hold"
    return policies, [Check(where, found, True)]


def _complete_policy(policies: Policies, counties: list[str], today: date) -> Iterator[Check]:
    """Whether every parameter has a value today, and how many are no more than the defaults."""
    for county in sorted({*counties, *policies.own} - {EVERY_COUNTY}) or [EVERY_COUNTY]:
        what = f"policy of {county}" if county != EVERY_COUNTY else "national defaults"
        try:
            rows = policies.at(county, today).in_force()
        except PolicyError as error:
            found = "; ".join(f"{problem.where.key}: {problem.what}" for problem in error.problems)
            yield Check(what, found, False, f"write the values into the policy file of {county}")
            continue
        defaults = [row["key"] for row in rows if row["file"] == DEFAULTS]
        yield Check(what, f"complete on {today}, {len(defaults)} of {len(rows)} values are defaults", True)
        no_statute = [row["key"] for row in rows if row["file"] == DEFAULTS and NOT_STATUTORY in row["source"]]
        # one feed or severity is as good as another here: liangxian policy check names each
        own = sorted({f"{key.partition('.')[0]}{'.*' if '.' in key else ''}" for key in no_statute})
        if own and county != EVERY_COUNTY:
            found = f"defaults that are no statute: {', '.join(own)}"
            advice = f"the county's own belong into the policy file of {county}"
            yield Check(f"{county}, policy", found, True, advice, warns=True)


def _freshness(books: Engine | None, policies: Policies, county: str, today: date) -> Iterator[Check]:
    """How old the newest accepted delivery of each feed is that the county is to receive, and how old it may be."""
    if books is None:
        return
    try:
        policy = policies.at(county, today)
    except PolicyError:
        return  # named above
    accepted = [d for d in list_deliveries(books) if d.county == county and d.status == Event.ACCEPTED and d.as_of]
    banned = [d for d in accepted if not policy.may_use(d.feed, d.as_of)]
    for name in sorted({d.feed for d in banned}):
        found = f"deliveries in force that no document allows any more: {sum(d.feed == name for d in banned)}"
        advice = "name the document in policy leads.basis if one is in force; otherwise they go with their retention"
        yield Check(f"{name} of {county}", found, True, advice, warns=True)
    accepted = [d for d in accepted if d not in banned]
    for feed in policy.expected_feeds:
        if any(d.feed == feed.name for d in banned) and not any(d.feed == feed.name for d in accepted):
            continue  # named above
        what = f"{feed.name} of {county}"
        ask = f"ask {feed.sender.label} for {feed.title}; rules that need it are not evaluated"
        newest = max((d.as_of for d in accepted if d.feed == feed.name and d.as_of), default=None)
        if newest is None:
            yield Check(what, "never delivered", False, ask, warns=True)
            continue
        allowed, age = int(policy.for_feed("freshness_days", feed.name)), (today - newest).days
        yield Check(
            what, f"as of {newest}, {age} days old ({allowed} allowed)", age <= allowed, ask, warns=age > allowed
        )


def _held_back(books: Engine) -> Iterator[Check]:
    """What the newest run of each county did not ask about yet; what it is never to ask there is nobody's gap."""
    for county, run in sorted(newest_recorded_by_county(books).items()):
        reasons: dict[str, list[str]] = {}
        for row in rule_runs_of(books, run.id):
            if row["reason"] and row["status"] not in (RuleStatus.NOT_EVALUATED, RuleStatus.NOT_APPLICABLE):
                reasons.setdefault(row["reason"], []).append(row["rule"])
        for reason, rules in reasons.items():
            yield Check(f"{county}, {', '.join(rules)}", reason, True, warns=True)


def _audit_log(books: Engine, lake: Lake) -> Iterator[Check]:
    """The log's chain, which only the key that the books were kept with can follow."""
    try:
        with books.connect() as connection:
            told = key_problem(connection)
    except SecretDamagedError:
        return  # the check of the key says so
    if told is not None:
        if keys_of(books).is_there:  # otherwise the check of the key says so
            yield Check("key of the books", told, False, "restore keys/finding.key from a backup")
        return
    check = verify_audit(books, noted_heads(lake).get(AUDIT, ()))
    entries = check.entries
    found = f"{entries} entries, unbroken" if check.is_whole else f"{entries} entries, without one that was noted"
    if check.broken:
        found = f"{entries} entries, broken at {check.broken[0]}"
    yield Check("audit log", found, check.is_whole, "somebody altered it: liangxian audit verify names the entries")


def _warehouse(lake: Lake, books: Engine) -> Check:
    """The published warehouse, and whether it holds the newest recorded run of every county."""
    what, again = "published warehouse", "liangxian publish"
    newest = {run.county: run.id for run in sorted(list_runs(books), key=lambda run: run.seq or 0) if run.seq}
    try:
        with closing(open_published(lake)) as connection:
            loaded = {run for (run,) in connection.execute("SELECT run FROM warehouse.fact_load").fetchall()}
            if loaded and not is_of_this_release(connection):
                return Check(what, "made by another release", True, again, warns=True)
    except NothingPublishedError:
        return Check(what, "nothing is published", not newest, again)
    except DamagedError as error:
        return Check(what, f"cannot be read ({error.why})", False, error.advice)
    except duckdb.Error as error:
        return Check(what, f"cannot be read ({type(error).__name__})", False, again)
    behind = sorted(county for county, run in newest.items() if run not in loaded)
    found = f"behind the books in {', '.join(behind)}" if behind else f"readable, runs in it: {len(loaded)}"
    return Check(what, found, not behind, again)
