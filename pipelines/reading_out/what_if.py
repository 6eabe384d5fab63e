"""What if: findings that would appear and vanish under other policy values, by rule and township; nothing is stored."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import yaml
from rich.console import Console

from expectations.errors import Place, ValueRefusedError
from expectations.policies import nearest_key, parameter_of
from expectations.policy import Entry, Policy, entry_in_force
from expectations.rules import RULES, RULES_BY_CODE
from expectations.status import RuleStatus
from pipelines.conforming import conform
from pipelines.house.language import say
from pipelines.house.records.findings import PlaceChange, StatusChange, TrialRow
from pipelines.house.settings import Settings
from pipelines.reading_out.ledgers import newest_runs
from pipelines.reading_out.tables import make_table, print_table
from pipelines.reconciling.county import Asked
from pipelines.reconciling.opening import open_engine
from pipelines.reconciling.reconcile import judge, reconcile
from warehouse.books.deliveries import Event, list_deliveries, once_accepted
from warehouse.books.schema import deliveries

_KEY = b"ids of findings that nobody keeps"
_SOURCE = "试算 (rules try)"


@dataclass(frozen=True)
class Trial:
    """What other values would change in one county at D; ``unlike``: rules that would be evaluated, or not."""

    county: str
    as_of: date
    values: Mapping[str, str]
    changes: tuple[PlaceChange, ...]
    unlike: tuple[StatusChange, ...]


def read_settings(given: Sequence[str]) -> dict[str, Any]:
    """``KEY=VALUE`` texts as typed policy values (VALUE as in a policy file). Raises ValueRefusedError."""
    values: dict[str, Any] = {}
    for text in given:
        key, equals, raw = text.partition("=")
        parameter = parameter_of(key.strip())
        if not equals:
            raise ValueRefusedError(f"{text!r} is no KEY=VALUE")
        if parameter is None:
            near = nearest_key(key.strip())
            raise ValueRefusedError(f"unknown key {key.strip()}" + (f" (did you mean {near}?)" if near else ""))
        try:
            # BaseLoader leaves numbers and dates as they were written: 450.10 must not pass through binary floats
            values[key.strip()] = parameter.kind.read(yaml.load(raw, Loader=yaml.BaseLoader))  # noqa: S506
        except yaml.YAMLError as error:
            raise ValueRefusedError(" ".join(str(error).split()), where=Place(key=key.strip())) from None
        except ValueRefusedError as error:
            raise ValueRefusedError(error.what, where=Place(key=key.strip())) from None
    return values


def try_values(settings: Settings, values: Mapping[str, Any], as_of: date | None) -> list[Trial]:
    """Judge each county's current deliveries at D (default: its newest recorded run's) as they are and with ``values``.

    Raises NotYetError where no county has a recorded run, PolicyError where a required value is missing at D.
    """
    return [_try(settings, run.county, as_of or run.as_of, values) for run in newest_runs(settings)]


def overlay(policy: Policy, values: Mapping[str, Any], days: Iterable[date]) -> Policy:
    """The policy with other values where one is in force at D or on one of ``days``; what is in force on none stays."""
    read = sorted({policy.d, *days})
    timelines = dict(policy.timelines)
    for key, value in values.items():
        timeline = timelines.get(key, ())
        there = {day: entry_in_force(timeline, day) for day in read}
        touched = {entry.valid_from for entry in there.values() if entry is not None}
        tried = [
            replace(entry, value=value, source=_SOURCE) if entry.valid_from in touched else entry for entry in timeline
        ]
        tried += [Entry(value, day, day, _SOURCE, _SOURCE) for day, entry in there.items() if entry is None]
        timelines[key] = tuple(sorted(tried, key=lambda entry: entry.valid_from))
    return Policy(policy.county, policy.d, timelines)


def _tried(settings: Settings, policy: Policy, values: Mapping[str, Any]) -> Policy:
    """The policy with other values on every day on which a rule would read it, now or with them."""
    now = _asked(settings, policy.county, policy.d, policy).days.dates
    # freshness, for one, may be among the values: other deliveries count then, of other days
    then = _asked(settings, policy.county, policy.d, overlay(policy, values, now)).days.dates
    return overlay(policy, values, now | then)


def _try(settings: Settings, county: str, d: date, values: Mapping[str, Any]) -> Trial:
    settings.tell(f"try {county} at {d}")
    now = settings.policies.at(county, d)
    then = _tried(settings, now, values)
    verdicts = [_judge(settings, county, d, policy) for policy in (now, then)]
    moved = [
        rule.code for rule in RULES if (verdicts[0][rule.code] or {}).keys() != (verdicts[1][rule.code] or {}).keys()
    ]
    found = [_places(settings, county, d, policy, moved) for policy in (now, then)] if moved else [{}, {}]
    appear = Counter(place for key, place in found[1].items() if key not in found[0])
    vanish = Counter(place for key, place in found[0].items() if key not in found[1])
    words = {True: RuleStatus.EVALUATED.value, False: RuleStatus.NOT_EVALUATED.value}
    return Trial(
        county=county,
        as_of=d,
        values={key: str(value) for key, value in values.items()},
        changes=tuple(
            PlaceChange(
                rule=place[0], township_code=place[1], township=place[2], appear=appear[place], vanish=vanish[place]
            )
            for place in sorted(appear.keys() | vanish.keys())
        ),
        unlike=tuple(
            StatusChange(rule=rule.code, now=words[before], then=words[after])
            for rule in RULES
            for before, after in [tuple(said[rule.code] is not None for said in verdicts)]
            if before != after
        ),
    )


def _judge(settings: Settings, county: str, d: date, policy: Policy) -> Mapping[str, Any]:
    with open_engine(settings.engine, settings.home.lake) as engine:
        (said,) = judge(engine, [_asked(settings, county, d, policy)])
    return said


def _asked(settings: Settings, county: str, d: date, policy: Policy) -> Asked:
    """A county as a night would ask it now."""
    home = settings.home
    known = list_deliveries(home.books, (deliveries.c.county == county,))
    there = [delivery for delivery in known if delivery.status == Event.ACCEPTED]
    return Asked(conform(home.lake, there, county, d, policy, once_accepted(home.books, known)), policy)


def _places(
    settings: Settings, county: str, d: date, policy: Policy, codes: Sequence[str]
) -> dict[tuple[str, str, str], tuple[str, str, str]]:
    """(rule, subject key, period) of every finding of these rules, with rule and township."""
    rules = [RULES_BY_CODE[code] for code in codes]
    with open_engine(settings.engine, settings.home.lake) as engine:
        (result,) = reconcile(engine, [_asked(settings, county, d, policy)], _KEY, rules)
    names = ("rule", "subject_key", "period", "township_code", "township")
    columns = (result.findings[name].to_pylist() for name in names)
    return {
        (rule, subject, period): (rule, code or "", township or "")
        for rule, subject, period, code, township in zip(*columns, strict=True)
    }


def trial_row(trial: Trial) -> TrialRow:
    """Plain values of a trial."""
    return {
        "county": trial.county,
        "as_of": trial.as_of.isoformat(),
        "set": dict(trial.values),
        "changes": list(trial.changes),
        "unlike": list(trial.unlike),
    }


def print_trial(trial: Trial, console: Console) -> None:
    """A trial for a person: a line a rule and township, then the sums by rule."""
    said = say("，", ", ").join(f"{key} = {value}" for key, value in trial.values.items())
    supposed = say(f"假设 {said}（试算，不留存）", f"supposed {said} (a trial, not kept)")
    console.print(f"{trial.county}  {trial.as_of}  {supposed}", markup=False)
    rows = [
        [
            change["rule"],
            RULES_BY_CODE[change["rule"]].name,
            change["township"] or say("全县", "whole county"),
            f"{change['appear']:,}",
            f"{change['vanish']:,}",
        ]
        for change in trial.changes
    ]
    for rule in dict.fromkeys(change["rule"] for change in trial.changes):
        own = [change for change in trial.changes if change["rule"] == rule]
        sums = [sum(change["appear"] for change in own), sum(change["vanish"] for change in own)]
        rows.append([rule, RULES_BY_CODE[rule].name, say("合计", "in all"), *(f"{count:,}" for count in sums)])
    headings = ["rule", "title", "township", "would appear", "would vanish"]
    if rows:
        print_table(make_table(headings, rows, whole=("rule",), numbers=("would appear", "would vanish")), console)
    else:
        console.print(say("没有问题会新增或消失。", "No finding would appear or vanish."))
    for change in trial.unlike:
        could = change["then"] == RuleStatus.EVALUATED
        zh, en = ("能", "would") if could else ("不能", "would not")
        console.print(say(f"{change['rule']} 将{zh}评估", f"{change['rule']} {en} be evaluated"))
