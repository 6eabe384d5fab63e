"""The rules over counties at D: which are evaluated, what they find, and the evidence behind each finding."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis import Schema

from expectations.finding import Certainty
from expectations.policy import PolicyError
from expectations.rule import Rule
from expectations.rules import RULES
from expectations.status import RuleStatus, Silence
from expectations.terms import County
from expectations.terms.here import COUNTIES
from pipelines.reconciling.aside import NOTHING_ASIDE, Aside, set_aside
from pipelines.reconciling.collecting import collect
from pipelines.reconciling.county import Asked, county_of
from pipelines.reconciling.doubting import doubt, refusals_of
from pipelines.reconciling.engine import Engine
from pipelines.reconciling.evaluability import what_is_held_back, what_is_left_out, why_not
from pipelines.reconciling.evidence import Found, gather_evidence, relation_of
from pipelines.reconciling.facts import facts_of
from warehouse.lake import atomic_path
from warehouse.refused import Refusals

Verdicts = dict[str, dict[tuple[str, str], str] | None]
"""By rule: {(subject key, period): certainty}, or None where it was not evaluated."""


@dataclass(frozen=True)
class RuleRun:
    """What became of one rule: evaluated with so many findings, or not, and why."""

    rule: str
    status: RuleStatus
    reason: str | None
    findings: int
    seconds: float
    period: str = ""
    left_out: tuple[str, ...] = ()
    """Feeds that it was evaluated without, as they were not there: what it found in them may still be so."""
    untouched: tuple[str, ...] = ()
    """Ids of findings of what it did not compare: they may still be so."""


@dataclass(frozen=True)
class Reconciled:
    """Findings of a county, before the ledger, and what became of each rule."""

    findings: pa.Table
    rule_runs: tuple[RuleRun, ...]
    refusals: Refusals | None = None
    """What was refused in the deliveries that were read, where anything was."""


def reconcile(engine: Engine, asked: Sequence[Asked], key: bytes, rules: Sequence[Rule] = RULES) -> list[Reconciled]:
    """Evaluate ``rules`` in a county, or at once in several that are alike (together.py): of each what it finds alone.

    Findings are sorted by rule, subject and period, their ids keyed with ``key``. Of several raises NotApartError where
    a rule would let them meet, NotAlikeError where they are not alike, PolicyError where a rule asks for a value that
    the policy has not at its day.
    """
    c = county_of(engine, asked)
    results: list[tuple[Found | None, Mapping[str, Silence], float]] = []
    for rule in rules:
        started = time.perf_counter()
        found, silences = _find(engine, c, rule, asked)
        results.append((found, silences, (time.perf_counter() - started) / len(asked)))
    there = [found for found, _, _ in results if found is not None]
    refusals = refusals_of(engine, asked) if doubt(engine, c, asked, rules, there) else {}
    aside = set_aside(engine, c, there, asked)
    gather_evidence(engine, there, c, asked)
    findings = collect(engine, there, c, asked, key)
    reconciled = []
    for one in asked:
        own = findings.filter(pc.field("county") == one.county).combine_chunks()
        counts = {count["values"]: count["counts"] for count in own["rule"].value_counts().to_pylist()}
        runs = (
            _rule_run(one, rule, silences.get(one.county), counts.get(rule.code, 0), took, aside, key)
            for rule, (_, silences, took) in zip(rules, results, strict=True)
        )
        reconciled.append(Reconciled(own, tuple(runs), refusals.get(one.county)))
    engine.check_alike()
    return reconciled


def judge(engine: Engine, asked: Sequence[Asked], rules: Sequence[Rule] = RULES) -> list[Verdicts]:
    """What :func:`reconcile` finds, without sentences and evidence."""
    c = county_of(engine, asked)
    counties = [one.county for one in asked]
    by_code = {one.county: one for one in asked}
    said: dict[str, Verdicts] = {county: {} for county in counties}
    every = [_find(engine, c, rule, asked) for rule in rules]
    doubt(engine, c, asked, rules, [found for found, _ in every if found is not None])
    for rule, (found, silences) in zip(rules, every, strict=True):
        for county in counties:
            said[county][rule.code] = None if county in silences else {}
        if found is None:
            continue
        keys = engine.written(
            f"SELECT c.county, f._subject_key, f.possible FROM {found.keyed} JOIN {COUNTIES} AS c ON true"
        )
        for county, key, possible in (row[:3] for row in engine.local.execute(keys).fetchall()):
            certainty = Certainty.POSSIBLE if possible else Certainty.CERTAIN
            verdicts = said[county][rule.code]
            if verdicts is None:
                raise ValueError(f"{rule.code} found something in {county}, where it was not evaluated")
            verdicts[key, by_code[county].period_of(rule)] = certainty.value
    engine.check_alike()
    return [said[county] for county in counties]


def _find(engine: Engine, c: County, rule: Rule, asked: Sequence[Asked]) -> tuple[Found | None, Mapping[str, Silence]]:
    """Leave what a rule finds in the local relation ``facts_<code>``, and say by county why it is not evaluated."""
    reasons = ((one.county, why_not(rule, one)) for one in asked)
    silences = {county: silence for county, silence in reasons if silence}
    evaluated = [one.county for one in asked if one.county not in silences]
    if not evaluated:
        return None, silences
    try:
        found = Found(rule, engine.planned(("facts", rule), lambda: _facts(engine, rule, c)))
    except PolicyError as error:
        # a value that the rule reads and does not name; whose policy lacks it, each county says for itself
        if len(asked) > 1:
            raise
        reason = "；".join(str(problem) for problem in error.problems)
        return None, {asked[0].county: Silence(RuleStatus.NOT_EVALUATED, reason)}
    if silences:
        engine.give("evaluated", pa.table({"county": evaluated}))
        engine.statement(found.relation, f"SELECT f.* FROM {found.relation} AS f SEMI JOIN evaluated AS c ON true")
    return found, silences


def _facts(engine: Engine, rule: Rule, c: County) -> Schema:
    """Leave a rule's facts in their relation; its columns."""
    facts = facts_of(rule, c)
    engine.relation(relation_of(rule), facts)
    schema: Schema = facts.schema()
    return schema


def _rule_run(
    asked: Asked,
    rule: Rule,
    silence: Silence | None,
    findings: int,
    seconds: float,
    aside: Mapping[tuple[str, str], Aside],
    key: bytes,
) -> RuleRun:
    period = asked.period_of(rule)
    if silence is not None:
        return RuleRun(rule.code, silence.status, silence.reason, 0, seconds, period)
    left_out = what_is_left_out(rule, asked.conformed)
    said = ["未纳入：" + "；".join(left_out.values())] if left_out else []
    apart = aside.get((asked.county, rule.code), NOTHING_ASIDE)
    reason = "；".join([*said, *what_is_held_back(rule, asked), *apart.reasons]) or None
    untouched = apart.finding_ids(key, rule.code, asked.county, period)
    return RuleRun(rule.code, RuleStatus.EVALUATED, reason, findings, seconds, period, tuple(left_out), untouched)


def write_findings(table: pa.Table, path: Path) -> None:
    """Write the findings of a run atomically."""
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")
