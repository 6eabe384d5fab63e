"""What findings come to in yuan: of a certificate and month one rule alone has the sum, whose turn it is first."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import pyarrow as pa

from expectations.amount import YUAN
from expectations.rule import Rule, type_of_rows
from expectations.terms import County
from pipelines.reconciling.engine import Engine
from pipelines.reconciling.evidence import Found
from warehouse.sql import literal

_KIND: Final = "DECIMAL(18, 2)"
_NOTHING: Final = pa.schema(
    {
        "rule": pa.string(),
        "subject_key": pa.string(),
        "turn": pa.int64(),
        "certificate_no": pa.string(),
        "month": pa.string(),
        YUAN: pa.decimal128(18, 2),
    }
).empty_table()


def given(rule: Rule) -> str:
    """SQL over the facts: what a finding comes to by itself; of what is made of months nothing yet."""
    if rule.amount is None:
        return f"CAST(NULL AS {_KIND})"
    return f"CAST({YUAN if rule.amount.months is None else 0} AS {_KIND})"


def by_finding(engine: Engine, found: Sequence[Found], c: County) -> str:
    """SQL: (rule, subject_key, yuan, months) of findings that are made of months, where any month is theirs.

    Expects the facts of what was found in their relations; leaves each such rule's months in ``amounts_<code>``.
    """
    parts = []
    for one in found:
        amount = one.rule.amount
        if amount is not None and amount.months is not None:
            parts.append(_months_of(engine, one, amount.turn, amount.months, c))
    if not parts:
        engine.give("amounts_nowhere", _NOTHING)
        parts.append("SELECT * FROM amounts_nowhere")
    return f"""SELECT rule, subject_key, CAST(sum({YUAN}) AS {_KIND}) AS {YUAN},
        string_agg(month, '、' ORDER BY month) AS months
    FROM (SELECT rule, subject_key, month, {YUAN},
            row_number() OVER (PARTITION BY certificate_no, month ORDER BY turn) AS place
        FROM ({" UNION ALL ".join(parts)}) AS of_all) AS in_turn
    WHERE place = 1 GROUP BY rule, subject_key"""


def _months_of(engine: Engine, one: Found, turn: int, months: type_of_rows, c: County) -> str:
    """SQL: the certificates and months of a rule's findings, and what each comes to."""
    name = f"amounts_{one.rule.code}"
    build = partial(_relation, engine, name, months, c)
    relation = engine.planned(("amounts", one.rule), build)
    on = " AND ".join(f"a.{column} = f.{column}" for column in one.rule.subject.key)
    return (
        f"SELECT {literal(one.rule.code)} AS rule, f._subject_key AS subject_key, {turn} AS turn, a.certificate_no, "
        f"a.month, a.{YUAN} FROM {one.keyed} JOIN {relation} AS a ON {on}"
    )


def _relation(engine: Engine, name: str, months: type_of_rows, c: County) -> str:
    return engine.relation(name, months(c).select("certificate_no", "month", YUAN))
