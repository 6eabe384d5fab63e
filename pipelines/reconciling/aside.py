"""What a rule was asked of and did not compare: how much of it, why, and which findings that leaves as they were."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import pyarrow as pa
from ibis import Schema

from expectations.rule import Rule
from expectations.terms import County
from expectations.terms.here import COUNTIES
from pipelines.reconciling.collecting import SUBJECT_KEY, finding_ids
from pipelines.reconciling.county import Asked
from pipelines.reconciling.engine import Engine
from pipelines.reconciling.evidence import Found
from pipelines.reconciling.sentences import subject_key


@dataclass(frozen=True)
class Aside:
    """Of one rule in one county the subjects that were not compared, each with why (Chinese)."""

    why: Mapping[str, str] = field(default_factory=dict)

    @property
    def reasons(self) -> tuple[str, ...]:
        """How many for which reason, the most frequent first, for the rule's run."""
        counts = sorted(Counter(self.why.values()).items(), key=lambda pair: (-pair[1], pair[0]))
        return ("未比对：" + "、".join(f"{why}（{number}行）" for why, number in counts),) if counts else ()

    def finding_ids(self, key: bytes, rule: str, county: str, period: str) -> tuple[str, ...]:
        """The ids that findings of these subjects have, sorted."""
        subjects = list(self.why)
        columns = {"rule": rule, "county": county, "period": period}
        same = {name: pa.array([value] * len(subjects), pa.string()) for name, value in columns.items()}
        return tuple(sorted(finding_ids(key, pa.table({**same, SUBJECT_KEY: pa.array(subjects, pa.string())}))))


NOTHING_ASIDE: Final = Aside()


def set_aside(
    engine: Engine, c: County, found: Sequence[Found], asked: Sequence[Asked]
) -> dict[tuple[str, str], Aside]:
    """By county and rule what each evaluated rule did not compare, of the rules that say so."""
    aside: dict[tuple[str, str], dict[str, str]] = {}
    for rule in (one.rule for one in found if one.rule.compares is not None):
        name = f"aside_{rule.code}"
        schema = engine.planned(("aside", rule), partial(_left, engine, c, rule, name))
        key = subject_key(rule, schema)
        rows = engine.written(f"SELECT c.county, {key} AS subject, why FROM {name} JOIN {COUNTIES} AS c ON true")
        for county, subject, why in (row[:3] for row in engine.local.execute(rows).fetchall()):
            aside.setdefault((county, rule.code), {})[subject] = why
    counties = {one.county for one in asked}
    return {place: Aside(why) for place, why in aside.items() if place[0] in counties}


def _left(engine: Engine, c: County, rule: Rule, name: str) -> Schema:
    if rule.compares is None:
        raise ValueError(f"{rule.code} compares nothing")
    table = rule.compares.aside(c, c.values.of(*rule.needs))
    engine.relation(name, table)
    schema: Schema = table.schema()
    return schema
