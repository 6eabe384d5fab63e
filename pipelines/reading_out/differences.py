"""What changed between two runs of a county: findings new, gone and changed, and which deliveries and values differ."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console

from expectations.errors import RequestError, UnknownError
from expectations.rules import RULES_BY_CODE
from pipelines.house.language import say
from pipelines.house.records.findings import (
    DeliveriesChange,
    DifferenceRow,
    FindingChange,
    PolicyChange,
    RuleChange,
    RunSide,
)
from pipelines.house.settings import Settings
from pipelines.house.words import feed_title, policy_title, rule_title
from pipelines.reading_out.headings import heading
from pipelines.reading_out.tables import ROWS_SHOWN, make_table, print_counted, print_table
from pipelines.recording.allowed import left_every_output
from warehouse.books.datasets import Dataset, recorded
from warehouse.books.deliveries import list_deliveries
from warehouse.books.runs import Run, list_runs
from warehouse.digests import with_keyed
from warehouse.sql import literal

NEW, GONE, CHANGED = "new", "gone", "changed"
OTHER_CODE: Final = ("程序版本不同", "another version of the software")


class Why(NamedTuple):
    """Why findings of a rule differ, in both languages; files have the Chinese. ``{}`` is the delivery."""

    zh: str
    en: str
    delivery: str = ""


@dataclass(frozen=True)
class Difference:
    """Two runs compared; personal values are masked. ``why``: by rule; ``numbers``: of deliveries in their home."""

    before: Run
    after: Run
    deliveries: tuple[DeliveriesChange, ...]
    policy: tuple[PolicyChange, ...]
    rules: tuple[RuleChange, ...]
    findings: tuple[FindingChange, ...]
    why: Mapping[str, Sequence[Why]]
    numbers: Mapping[str, int]

    def called(self, delivery: str) -> str:
        """A delivery by its number, as people are told of it; its id where its home has none of that id."""
        return f"#{self.numbers[delivery]}" if delivery in self.numbers else delivery


def compare_runs(settings: Settings, before: str, after: str) -> Difference:
    """Compare two runs of one county, named by id or its first characters. Raises RequestError where they cannot be."""
    old, new = (find_run_named(settings, text) for text in (before, after))
    if old.county != new.county:
        raise RequestError(f"{old.id} and {new.id} are runs of two counties")
    numbers = {delivery.id: delivery.number for delivery in list_deliveries(settings.home.books)}
    deliveries = _differing_deliveries(old, new)
    policy = _differing_policy(old, new)
    findings = _differing_findings(settings, old, new)
    counts = Counter((row["rule"], row["change"]) for row in findings)
    why = {rule: _why(rule, old, new, deliveries, policy) for rule in sorted({row["rule"] for row in findings})}
    rules: list[RuleChange] = [
        {
            "rule": rule,
            "new": counts[rule, NEW],
            "gone": counts[rule, GONE],
            "changed": counts[rule, CHANGED],
            "because": [one.zh.format(one.delivery) for one in reasons],
        }
        for rule, reasons in why.items()
    ]
    return Difference(old, new, tuple(deliveries), tuple(policy), tuple(rules), tuple(findings), why, numbers)


def difference_row(difference: Difference) -> DifferenceRow:
    """Plain values of a comparison."""
    return {
        "before": _side(difference.before),
        "after": _side(difference.after),
        "same_code": difference.before.code == difference.after.code,
        "deliveries": list(difference.deliveries),
        "policy": list(difference.policy),
        "rules": list(difference.rules),
        "findings": list(difference.findings),
    }


def _side(run: Run) -> RunSide:
    return {"run": run.id, "as_of": run.as_of.isoformat(), "replay": run.replay}


def print_difference(difference: Difference, console: Console) -> None:
    """A comparison for a person: what went in, counts by rule with their reason, then the findings."""
    console.print(f"{difference.before.id} → {difference.after.id}", markup=False)
    colon = say("：", ": ")
    for row in difference.deliveries:
        before, after = (
            say("、", ", ").join(map(difference.called, side)) or say("无", "none")
            for side in (row["before"], row["after"])
        )
        console.print(f"  {feed_title(row['feed'])}{colon}{before} → {after}", markup=False)
    for value in difference.policy:
        console.print(f"  {policy_title(value['key'])}{colon}{value['before']} → {value['after']}", markup=False)
    if difference.before.code != difference.after.code:
        console.print(f"  {say(*OTHER_CODE)}")
    rows = []
    for r in difference.rules:
        because = say("；", "; ").join(
            say(one.zh, one.en).format(difference.called(one.delivery)) for one in difference.why[r["rule"]]
        )
        rows.append([r["rule"], rule_title(r["rule"]), r["new"], r["gone"], r["changed"], because])
    changes = (NEW, GONE, CHANGED)
    headings = ["rule", "title", *changes, "because"]
    print_table(make_table(headings, rows, whole=("rule",), numbers=changes), console)
    shown = (
        [heading(f["change"]), f["rule"], f["township"], f["village"], f["subject_key"], f["before"], f["after"]]
        for f in difference.findings[:ROWS_SHOWN]
    )
    headings = ["change", "rule", "township", "village", "subject", "before", "after"]
    print_counted(make_table(headings, shown, whole=("change", "rule")), len(difference.findings), console)


def find_run_named(settings: Settings, text: str) -> Run:
    seen = settings.actor.scope.sees
    runs = [run for run in list_runs(settings.home.books) if run.id.startswith(text) and seen(run.county)]
    whole = [run for run in runs if run.id == text] or runs
    if len(whole) != 1:
        raise UnknownError("run", text, several=bool(whole))
    if not settings.home.lake.findings(whole[0].id).exists():
        raise RequestError(f"run {whole[0].id} was begun but has no findings")
    return whole[0]


def _differing_deliveries(old: Run, new: Run) -> list[DeliveriesChange]:
    feeds = sorted({*old.deliveries, *new.deliveries})
    sides = [(feed, list(old.deliveries.get(feed, ())), list(new.deliveries.get(feed, ()))) for feed in feeds]
    return [{"feed": feed, "before": before, "after": after} for feed, before, after in sides if before != after]


def _differing_policy(old: Run, new: Run) -> list[PolicyChange]:
    values = [{row["key"]: row["value"] for row in run.policy} for run in (old, new)]
    keys = sorted({*values[0], *values[1]})
    sides = [(key, values[0].get(key), values[1].get(key)) for key in keys]
    return [{"key": key, "before": before, "after": after} for key, before, after in sides if before != after]


def _why(
    code: str,
    old: Run,
    new: Run,
    deliveries: Sequence[DeliveriesChange],
    policy: Sequence[PolicyChange],
) -> list[Why]:
    """What a rule reads that differs: deliveries that came in, policy values, the day, the program."""
    hears = rule.hears if (rule := RULES_BY_CODE.get(code)) is not None else ()
    reasons = []
    for row in deliveries:
        if row["feed"] in hears:
            came = [delivery for delivery in row["after"] if delivery not in row["before"]]
            left = [delivery for delivery in row["before"] if delivery not in row["after"]]
            reasons += [Why("{}", "{}", one) for one in came]
            reasons += [Why("不再采用{}", "no longer {}", one) for one in left if not came]
    for value in policy:
        told = f"{policy_title(value['key'])} {value['before']} → {value['after']}"
        reasons.append(Why("{}", "{}", told))
    if old.as_of != new.as_of and not reasons:
        reasons.append(Why(f"比对日由{old.as_of}变为{new.as_of}", f"as of {new.as_of} instead of {old.as_of}"))
    if old.code != new.code:
        reasons.append(Why(*OTHER_CODE))
    return reasons


def _differing_findings(settings: Settings, old: Run, new: Run) -> list[FindingChange]:
    """Findings that one side has alone, or whose evidence, certainty or period's figures differ; sorted.

    None of those that no document allows to be shown any more.
    """
    home = settings.home
    with home.books.connect() as books:
        left = pa.array(sorted(left_every_output(books, new.county)), pa.string())
    names = ["finding_id", "rule", "township", "village", "subject_key_masked", "actual_masked", "certainty"]
    with duckdb.connect() as connection:
        for side, run in (("a", old), ("b", new)):
            found = pq.read_table(
                recorded(home.books, home.lake, run.id, Dataset.FINDINGS), columns=[*names, "evidence_digest"]
            )
            found = found.filter(pc.invert(pc.is_in(found["finding_id"], left)))
            # runs of an earlier release kept plain digests
            connection.register(side, with_keyed(found, home.keys.finding, "evidence_digest"))
        rows: list[FindingChange] = (
            connection.execute(
                f"""SELECT CASE WHEN a.finding_id IS NULL THEN {literal(NEW)}
                        WHEN b.finding_id IS NULL THEN {literal(GONE)} ELSE {literal(CHANGED)} END AS change,
                   finding_id, coalesce(b.rule, a.rule) AS rule, coalesce(b.township, a.township) AS township,
                   coalesce(b.village, a.village) AS village,
                   coalesce(b.subject_key_masked, a.subject_key_masked) AS subject_key,
                   a.actual_masked AS before, b.actual_masked AS after
                FROM a FULL JOIN b USING (finding_id)
                WHERE a.finding_id IS NULL OR b.finding_id IS NULL OR a.evidence_digest <> b.evidence_digest
                   OR a.certainty <> b.certainty OR a.actual_masked IS DISTINCT FROM b.actual_masked
                ORDER BY rule, change, subject_key, finding_id"""
            )
            .to_arrow_table()
            .to_pylist()
        )
    return rows
