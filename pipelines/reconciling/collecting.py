"""What the rules found, put together for the lake: sentences, area names, evidence, digests and ids."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

import pyarrow as pa

from expectations.finding import (
    AMOUNT_COLUMNS,
    EXPLANATION_FOR_DEPARTMENTS,
    FINDING_COLUMNS,
    LEDGER_ONLY_COLUMNS,
    MASKED_COLUMNS,
)
from expectations.masks import Audience, mask_of_fact
from expectations.rule import Rule
from expectations.rules.needs import RH
from expectations.terms import County
from pipelines.reconciling.amounts import by_finding, given
from pipelines.reconciling.county import Asked
from pipelines.reconciling.engine import Engine
from pipelines.reconciling.evidence import Found, collected, constant_evidence, greater_digests
from pipelines.reconciling.facts import PLACE_COLUMNS
from pipelines.reconciling.sentences import render, subject_key
from warehouse.digests import with_keyed
from warehouse.sql import literal

SUBJECT_KEY: Final = "_subject_key"
_MASKED: Final = {name: mask_of_fact(name, {}, Audience.RECIPIENT).sql(f"f.{name}") for name in ("person_id", "name")}

FINDING_DATASET_COLUMNS = (
    *(name for name in FINDING_COLUMNS if name not in LEDGER_ONLY_COLUMNS),
    *(f"{name}_masked" for name in MASKED_COLUMNS),
    "village_code",
    "township_code",
    "case_no",
    "student_no",
    "school",
    "head_name",
    "verify_by",
    "greater_digests",
    "evidence_digest",
    EXPLANATION_FOR_DEPARTMENTS,
    *AMOUNT_COLUMNS,
)
"""Columns of a run's findings in the lake: all but the ledger's, the masked ones, and what reports need."""


def collect(engine: Engine, found: Sequence[Found], c: County, asked: Sequence[Asked], key: bytes) -> pa.Table:
    """All findings with area names, evidence, digests and ids, those of a county in the order of exports."""
    rules = [one.rule for one in found]
    if not rules:
        kinds = {name: pa.string() for name in FINDING_DATASET_COLUMNS} | {AMOUNT_COLUMNS[0]: pa.decimal128(18, 2)}
        return pa.schema(kinds).empty_table()
    if c.has(RH):
        villages = engine.planned("villages", lambda: engine.relation("villages", c.villages))
        engine.statement("area", f"SELECT * FROM {villages}")
    else:
        engine.give("area", _NO_AREA)
    engine.give("rule_constants", _constants(rules, asked))
    every = " UNION ALL ".join(_sentences(one) for one in found)
    query = engine.written(_collect_query(every, collected(r.code for r in rules), by_finding(engine, found, c)))
    table = engine.local.execute(query).to_arrow_table()
    ids = finding_ids(key, table)
    table = table.append_column("finding_id", pa.array(ids, pa.string()))
    return with_keyed(table.select(FINDING_DATASET_COLUMNS), key, "evidence_digest", "greater_digests")


_NO_AREA: Final = pa.schema({name: pa.string() for name in ("village_code", "township", "village")}).empty_table()


def _constants(rules: Sequence[Rule], asked: Sequence[Asked]) -> pa.Table:
    """What all findings of a rule in a county share."""
    return pa.Table.from_pylist(
        [
            {
                "rule": rule.code,
                "rule_name": rule.name,
                "severity": rule.severity.value,
                "rule_owner": rule.owner.value if rule.owner else None,
                "subject_kind": rule.subject.kind,
                "clears_when": rule.clears_when,
                "period": one.period_of(rule),
                "shared": constant_evidence(rule, one),
                "county": one.county,
            }
            for one in asked
            for rule in rules
        ],
        schema=pa.schema({name: pa.string() for name in _CONSTANTS}),
    )


_CONSTANTS: Final = (
    "rule",
    "rule_name",
    "severity",
    "rule_owner",
    "subject_kind",
    "clears_when",
    "period",
    "shared",
    "county",
)


def _sentences(found: Found) -> str:
    """SQL: a rule's findings with key and sentences, each as every audience may read it."""
    rule, schema = found.rule, found.schema
    templates = {"expected": rule.expected, "actual": rule.actual, "explanation": rule.explanation}
    columns = [
        f"{literal(rule.code)} AS rule",
        SUBJECT_KEY,
        f"{subject_key(rule, schema, Audience.PURPOSE)} AS subject_key",
        f"{subject_key(rule, schema, Audience.RECIPIENT)} AS subject_key_masked",
        "possible",
        "owner",
        "verify_by",
        f"{greater_digests(rule)} AS greater_digests",
        "village_code",
        *PLACE_COLUMNS,
        *(f"{render(text, rule, schema, Audience.PURPOSE)} AS {name}" for name, text in templates.items()),
        *(f"{render(text, rule, schema, Audience.RECIPIENT)} AS {name}_masked" for name, text in templates.items()),
        f"{render(rule.explanation, rule, schema, Audience.DEPARTMENT)} AS {EXPLANATION_FOR_DEPARTMENTS}",
        f"{given(rule)} AS rule_yuan",
    ]
    return f"SELECT {', '.join(columns)} FROM {found.keyed}"


def _collect_query(every: str, evidence: str, amounts: str) -> str:
    return f"""
WITH found AS ({every}), evidence AS ({evidence}), amounts AS ({amounts}),
townships AS (SELECT left(village_code, 9) AS township_code, min(township) AS township FROM area GROUP BY 1)
SELECT
    f.rule, r.rule_name, r.severity, CASE WHEN f.possible THEN 'possible' ELSE 'certain' END AS certainty,
    coalesce(f.owner, r.rule_owner) AS owner, r.county,
    coalesce(v.township, t.township, '') AS township, coalesce(v.village, '') AS village,
    r.subject_kind, f.{SUBJECT_KEY}, f.subject_key, f.household_no, f.certificate_no, f.person_id, f.name, r.period,
    f.expected, f.actual, f.explanation, r.clears_when,
    '[' || concat_ws(',', e.clear, nullif(r.shared, '')) || ']' AS evidence,
    f.subject_key_masked, {_MASKED["person_id"]} AS person_id_masked, {_MASKED["name"]} AS name_masked,
    f.expected_masked, f.actual_masked, f.explanation_masked, f.{EXPLANATION_FOR_DEPARTMENTS},
    '[' || concat_ws(',', e.masked, nullif(r.shared, '')) || ']' AS evidence_masked,
    f.village_code, coalesce(left(f.village_code, 9), '') AS township_code,
    f.case_no, f.student_no, f.school, f.head_name, f.verify_by, f.greater_digests,
    coalesce(e.digest, sha256('')) AS evidence_digest,
    coalesce(m.yuan, f.rule_yuan) AS rule_yuan, m.months AS rule_months
FROM found f
JOIN rule_constants r ON r.rule = f.rule
LEFT JOIN evidence e ON e.rule = f.rule AND e.subject_key = f.{SUBJECT_KEY}
LEFT JOIN amounts m ON m.rule = f.rule AND m.subject_key = f.{SUBJECT_KEY}
LEFT JOIN area v ON v.village_code = f.village_code
LEFT JOIN townships t ON t.township_code = left(f.village_code, 9)
ORDER BY f.rule, f.{SUBJECT_KEY}, r.period
"""


def finding_ids(key: bytes, findings: pa.Table) -> list[str]:
    """Ids of findings: HMAC-SHA-256 of rule, county, subject key and period, 24 hexadecimal digits.

    The key never rotates, so that a finding keeps its id from run to run; no identity number can be read from it.
    """
    seed = hmac.new(key, digestmod=hashlib.sha256)
    ids = []
    columns = [findings[name].to_pylist() for name in ("rule", "county", SUBJECT_KEY, "period")]
    for parts in zip(*columns, strict=True):
        mac = seed.copy()
        mac.update("\x1f".join(parts).encode())
        ids.append(mac.hexdigest()[:24])
    return ids
