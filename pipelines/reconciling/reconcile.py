"""The rules over one county at D: which are evaluated, what they find, and the evidence behind each finding."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from ibis import Schema

from expectations.finding import Certainty
from expectations.policy import Policy, PolicyError
from expectations.rule import AREA, Rule
from expectations.rules import RULES
from expectations.terms import County
from pipelines.reconciling.collecting import collect
from pipelines.reconciling.county import county_of
from pipelines.reconciling.engine import Engine
from pipelines.reconciling.evaluability import Evaluability
from pipelines.reconciling.evidence import Found, gather_evidence, relation_of
from pipelines.reconciling.facts import facts_of, period_of
from warehouse.current import Conformed
from warehouse.lake import atomic_path

EVALUATED = "evaluated"
NOT_EVALUATED = "not_evaluated"


@dataclass(frozen=True)
class RuleRun:
    """What became of one rule: evaluated with so many findings, or not evaluated and why."""

    rule: str
    status: str
    reason: str | None
    findings: int
    seconds: float
    period: str = ""
    partial: bool = False
    """Evaluated over the feeds that are there: what it no longer finds may lie in one that is not."""


@dataclass(frozen=True)
class Reconciled:
    """Findings of a county at D, before the ledger, and what became of each rule."""

    findings: pa.Table
    rule_runs: tuple[RuleRun, ...]


def reconcile(
    engine: Engine, conformed: Conformed, policy: Policy, key: bytes, rules: Sequence[Rule] = RULES
) -> Reconciled:
    """Evaluate ``rules``; findings sorted by rule, subject and period, ids keyed with ``key``."""
    county = county_of(engine, conformed, policy)
    evaluability = Evaluability(engine, county, conformed)
    results: list[tuple[Found | str, float]] = []
    for rule in rules:
        started = time.perf_counter()
        results.append((_find(evaluability, rule), time.perf_counter() - started))
    found = [result for result, _ in results if isinstance(result, Found)]
    gather_evidence(engine, found, county)
    findings = collect(engine, found, county, conformed, policy, key)
    counts = {count["values"]: count["counts"] for count in findings["rule"].value_counts().to_pylist()}
    runs = (
        _rule_run(evaluability, rule, result, counts.get(rule.code, 0), seconds)
        for rule, (result, seconds) in zip(rules, results, strict=True)
    )
    return Reconciled(findings, tuple(runs))


def judge(
    engine: Engine, conformed: Conformed, policy: Policy, rules: Sequence[Rule] = RULES
) -> dict[str, dict[tuple[str, str], str] | None]:
    """What ``rules`` say, without sentences and evidence: {(subject key, period): certainty}, None: not evaluated."""
    county = county_of(engine, conformed, policy)
    evaluability = Evaluability(engine, county, conformed)
    said: dict[str, dict[tuple[str, str], str] | None] = {}
    for rule in rules:
        result = _find(evaluability, rule)
        if isinstance(result, str):
            said[rule.code] = None
            continue
        rows = engine.local.execute(f"SELECT _subject_key, possible FROM {result.keyed}").fetchall()
        period = period_of(rule, county)
        said[rule.code] = {
            (key, period): (Certainty.POSSIBLE if possible else Certainty.CERTAIN).value for key, possible in rows
        }
    return said


def _find(evaluability: Evaluability, rule: Rule) -> Found | str:
    """Leave what a rule finds in the local relation ``facts_<code>``, or say in Chinese why it is not evaluated."""
    engine, c = evaluability.engine, evaluability.county
    if reason := evaluability.why_not(rule):
        return reason
    # of all rules only those about the county itself write its code into their text
    what = ("facts", rule, c.code if rule.subject is AREA else None)
    try:
        return Found(rule, engine.planned(what, lambda: _facts(engine, rule, c)))
    except PolicyError as error:
        # a value that the rule reads at another date than D
        return "；".join(str(problem) for problem in error.problems)


def _facts(engine: Engine, rule: Rule, c: County) -> Schema:
    """Leave a rule's facts in their relation; its columns."""
    facts = facts_of(rule, c, c.policy)
    engine.relation(relation_of(rule), facts)
    schema: Schema = facts.schema()
    return schema


def _rule_run(evaluability: Evaluability, rule: Rule, result: Found | str, count: int, seconds: float) -> RuleRun:
    if isinstance(result, str):
        return RuleRun(rule.code, NOT_EVALUATED, result, 0, seconds)
    left_out, period = evaluability.what_is_left_out(rule), period_of(rule, evaluability.county)
    return RuleRun(rule.code, EVALUATED, left_out, count, seconds, period, partial=left_out is not None)


def write_findings(table: pa.Table, path: Path) -> None:
    """Write the findings of a run atomically."""
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")
