"""Before tonight's data speak: rules that changed since the last recorded run, replayed over that run's deliveries.

What goes there went for the change (规则口径变更, 政策调整), and nobody put anything right (decision 0033). Nothing is
kept of a replay: a night that was killed replays again. Where nothing changed, two digests a rule are compared.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa

from expectations.errors import ValueRefusedError
from expectations.finding import Because
from expectations.policies import parameter_of
from expectations.policy import Entry, Policy, PolicyError
from expectations.rule import Rule
from expectations.rules import RULES
from expectations.status import RuleStatus
from pipelines.conforming import conformed_of
from pipelines.house.home import code_version
from pipelines.house.settings import Settings
from pipelines.night.publishing import erased_ids, uses
from pipelines.night.rule_book import JudgedBy, judged_by
from pipelines.reconciling.county import Asked
from pipelines.reconciling.reconcile import Reconciled
from pipelines.reconciling.together import evaluate
from pipelines.recording.replayed import Replay, rules_left, taken_by_replays
from pipelines.recording.transitions import RuleNight
from warehouse.books.runs import Run, rule_runs_of
from warehouse.current import Conformed
from warehouse.loading.run import typed_policy

logger = logging.getLogger(__name__)


def judgements(settings: Settings, asked: Asked, last: Run | None) -> Mapping[str, JudgedBy]:
    """By rule: by what it judges tonight. Sources are read where the last run was of another version."""
    known = rule_runs_of(settings.home.books, last.id) if last is not None and last.code == code_version() else []
    books = {row["rule"]: row["book"] for row in known}
    return {rule.code: judged_by(rule, asked.days, books.get(rule.code)) for rule in RULES}


@dataclass(frozen=True)
class ToReplay:
    """A county's night, by what its rules judge, and the run that the ledger recorded last."""

    asked: Asked
    judged: Mapping[str, JudgedBy]
    last: Run


@dataclass(frozen=True)
class Job:
    """Rules of one county to be replayed for one reason, judged by one policy."""

    because: Because
    rules: tuple[Rule, ...]
    asked: Asked


def replay_changes(settings: Settings, nights: Sequence[ToReplay]) -> dict[str, pa.Table]:
    """By county, where a rule changed or went that had shown something: what that took away (REPLAYED_SCHEMA)."""
    jobs: list[Job] = []
    lost: dict[str, list[Replay]] = {}
    changed: dict[str, Run] = {}
    left: dict[str, list[str]] = {}
    gone: set[str] | None = None
    for night in nights:
        last, county = night.last, night.last.county
        by_book, by_policy = _changed(settings, night)
        if rules := rules_left(settings.home.books, county):
            changed[county], left[county] = last, rules
        if not by_book and not by_policy:
            continue
        changed[county] = last
        gone = erased_ids(settings) if gone is None else gone
        told = f"{len(by_book)} changed rules, {len(by_policy)} with other policy values"
        settings.tell(f"replay {county} at {last.as_of}: {told}")
        then = None if uses(last, gone) else _conformed(settings, last)
        if then is None:
            logger.warning("%s: deliveries of %s are no longer there, nothing can be replayed", county, last.id)
            both = ((Because.RULE_BOOK, by_book), (Because.POLICY, by_policy))
            lost[county] = [Replay(because, [rule.code for rule in rules]) for because, rules in both if rules]
        else:
            jobs += jobs_of(night, then, by_book, by_policy)
    done = evaluated(settings, jobs)
    return {
        county: taken_by_replays(
            settings.home.books,
            settings.home.lake,
            last,
            [*done.get(county, ()), *lost.get(county, ())],
            left.get(county, ()),
        )
        for county, last in changed.items()
    }


def _changed(settings: Settings, night: ToReplay) -> tuple[list[Rule], list[Rule]]:
    """Rules that had shown something: those of another rule book, and those that read other policy values.

    Of a run of an earlier release nobody knows either, and both count as changed.
    """
    then = {row["rule"]: row for row in rule_runs_of(settings.home.books, night.last.id)}
    shown = [rule for rule in RULES if rule.code in then and then[rule.code]["findings"]]
    by_book, by_policy = [], []
    for rule in shown:
        now, row = night.judged[rule.code], then[rule.code]
        if row["book"] != now.book:
            by_book.append(rule)
        if row["policy"] != now.policy:
            by_policy.append(rule)
    return by_book, by_policy


def _conformed(settings: Settings, last: Run) -> Conformed | None:
    try:
        return conformed_of(settings, last)
    except (PolicyError, FileNotFoundError):
        return None


def jobs_of(night: ToReplay, then: Conformed, by_book: Sequence[Rule], by_policy: Sequence[Rule]) -> list[Job]:
    """First changed rules by the values that they had read, then rules by the values that they read tonight."""
    before = _policy_then(night)
    jobs = []
    if by_book:
        jobs.append(Job(Because.RULE_BOOK, tuple(by_book), Asked(then, before)))
    # today's policy, over the days of that run
    today = replace(night.asked.policy, d=night.last.as_of)
    for rules, values in _groups(by_policy, Asked(then, today), night.asked):
        jobs.append(Job(Because.POLICY, rules, Asked(then, _overlaid(today, values))))
    return jobs


def _policy_then(night: ToReplay) -> Policy:
    """The policy of the last run; a key that it did not have came with the rule book, and has today's values."""
    rows = [row for row in night.last.policy if parameter_of(row["key"]) is not None]
    today = replace(night.asked.policy, d=night.last.as_of)
    try:
        then = typed_policy(night.last.county, night.last.as_of, rows)
    except ValueRefusedError:  # what a value may be came with the rule book too
        return today
    return replace(today, timelines={**today.timelines, **then.timelines})


Values = Mapping[tuple[str, date], Any]
"""Policy values by key, and the day at which they are to be read."""


def _groups(rules: Sequence[Rule], then: Asked, now: Asked) -> list[tuple[tuple[Rule, ...], Values]]:
    """Rules with the values that they read tonight, at the days at which they would read them then.

    Two rules that would read one key at one day and read different values of it tonight are replayed apart.
    """
    groups: list[tuple[list[Rule], dict[tuple[str, date], Any]]] = []
    for rule in rules:
        values = dict(_values(rule, then, now))
        for together, known in groups:
            if all(known.get(at, value) == value for at, value in values.items()):
                together.append(rule)
                known.update(values)
                break
        else:
            groups.append(([rule], values))
    return [(tuple(together), known) for together, known in groups]


def _values(rule: Rule, then: Asked, now: Asked) -> Iterable[tuple[tuple[str, date], Any]]:
    """What tonight reads; of a period that tonight no longer asks about, what today's policy says of its own days."""
    same = then.period_of(rule) == now.period_of(rule)
    for read in rule.policy_reads:
        try:
            day = read.on(then.days)
            yield (read.key, day), now.policy.value(read.key, read.on(now.days) if same else day)
        except PolicyError:  # a value that is missing at either day: the rule says so itself
            continue


def _overlaid(policy: Policy, values: Values) -> Policy:
    """The policy with each value in force from its day on, until the next of its key."""
    timelines = dict(policy.timelines)
    for key in {key for key, _ in values}:
        days = sorted(day for name, day in values if name == key)
        before = tuple(entry for entry in timelines.get(key, ()) if entry.valid_from < days[0])
        timelines[key] = (*before, *(Entry(values[key, day], day, None, "比对时的现行值", "") for day in days))
    return replace(policy, timelines=timelines)


def evaluated(settings: Settings, jobs: Iterable[Job]) -> dict[str, list[Replay]]:
    """By county, its replays in their order; counties with the same rules to replay are evaluated together."""
    together: dict[tuple[Because, int, tuple[str, ...]], list[Job]] = {}
    places: Counter[tuple[str, Because]] = Counter()
    for job in jobs:
        whose = job.asked.county, job.because
        place = (job.because, places[whose], tuple(rule.code for rule in job.rules))
        together.setdefault(place, []).append(job)
        places[whose] += 1
    done: dict[str, list[Replay]] = {}
    for same in together.values():
        found = evaluate(
            settings.engine,
            settings.home.lake,
            [job.asked for job in same],
            settings.home.finding_key,
            same[0].rules,
        )
        for job in same:
            done.setdefault(job.asked.county, []).append(_replay(job, found[job.asked.county]))
    order = list(Because)
    return {county: sorted(replays, key=lambda one: order.index(one.because)) for county, replays in done.items()}


def _replay(job: Job, found: Reconciled) -> Replay:
    nights = [
        RuleNight(run.rule, run.status is RuleStatus.EVALUATED, run.period, "", run.left_out, untouched=run.untouched)
        for run in found.rule_runs
    ]
    codes = [rule.code for rule in job.rules]
    return Replay(job.because, codes, found.findings, nights, found.refusals)
