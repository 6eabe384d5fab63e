"""A recipient's own numbers in PostgreSQL's words: the same as his files give, HMAC by its built-in SHA-256.

The two pads of HMAC are the login's recipient's; ``fenced.own_key`` has them for whoever asks, and for nobody else.
Where a login has none every number is null. Decision 0042.
"""

from collections.abc import Callable, Mapping
from typing import Final

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp

from expectations.finding import MASKED_COLUMNS
from warehouse.evaluation.pseudonyms import message
from warehouse.evaluation.surrogates import (
    KEYS,
    LISTED,
    OF_FINDINGS,
    ROW,
    SENTENCES,
    SOURCE,
    is_own_number,
    surrogates_of,
)
from warehouse.evaluation.views import LISTED_NUMBER, ViewColumn
from warehouse.postgres.tables import FENCED, finding_text, reader, recipient
from warehouse.sql import literal
from warehouse.tables.runs import fact_finding

OWN_KEY: Final = f"{FENCED}.own_key"
OWN_KEY_QUERY: Final = f"""SELECT p.inner_pad, p.outer_pad, p.seed FROM {recipient.fullname} p
WHERE p.recipient = (SELECT min(r.recipient) FROM {reader.fullname} r WHERE r.role = current_user::text) OFFSET 0"""

IN_OWN_ORDER: Final = f"ORDER BY hashtidextended(t.ctid, (SELECT k.seed FROM {OWN_KEY} k))"
"""Rows of table ``t`` in an order of the recipient's own: theirs would join two logins' rows one by one."""

MARK: Final = "\ufdd0"
"""Between the pieces of a sentence: text, then what is hashed (in hex), then text; a character that no text has."""

_OWN: Final = "own_"
_GIVEN: Final = "given_"
_TEXT: Final = "text"
_PSEUDONYM_OF: Final = "person"
_ROW_OF: Final = "row"


class Marks:
    """Puts a mark where a number stands, for the database to give each recipient his own there."""

    def surrogate(self, kind: str, number: str) -> str:
        """What is to be hashed, between two marks."""
        return f"{MARK}{message(kind, number).encode().hex()}{MARK}"


def given_sql(column: ViewColumn, raws: Mapping[str, str]) -> str | None:
    """A column's query with calls in it that ``spelled`` replaces; None where a recipient gets it as it is.

    ``raws``: what stands behind columns whose numbers are hashed before they are masked.
    """
    name = column.name
    if name == LISTED:
        begin = f"string_agg({LISTED_NUMBER}"
        return column.sql.replace(begin, f"string_agg({_GIVEN}{KEYS['certificate_no']}({LISTED_NUMBER})")
    if name == ROW:
        alias = column.sql.rpartition(".")[0]
        return f"{_GIVEN}{_ROW_OF}({', '.join(f'{alias}.{part}' for part in (*SOURCE, ROW))})"
    if is_own_number(name):
        return f"{_GIVEN}{KEYS[name].replace(' ', '_')}({raws.get(name, column.sql)})"
    if name in SENTENCES and name in MASKED_COLUMNS:
        alias = column.sql.rpartition(".")[0]
        return f"{_GIVEN}{_TEXT}({alias}.finding_id, {name})"
    return None


def pseudonym_sql(number: str) -> str:
    """The pseudonym of an identity number."""
    return f"{_GIVEN}{_PSEUDONYM_OF}({number})"


def spelled(query: exp.Expression) -> exp.Expression:
    """A query with what each call stands for."""
    found: exp.Expression = query.transform(_spelled)
    return found


def _spelled(node: exp.Expression) -> exp.Expression:
    if not isinstance(node, exp.Anonymous) or not node.name.startswith(_GIVEN):
        return node
    kind, told = node.name.removeprefix(_GIVEN), [part.sql(dialect="postgres") for part in node.expressions]
    spelling = _SPELLINGS.get(kind, _number)
    found: exp.Expression = sqlglot.parse_one(spelling(kind.replace("_", " "), *told), read="postgres")
    return found


def _number(kind: str, value: str) -> str:
    return f"CASE WHEN {value} = '' THEN {value} ELSE {_hashed(_bytes(value), message(kind, ''))} END"


def _pseudonym(_kind: str, value: str) -> str:
    return f"CASE WHEN {value} <> '' THEN {_hashed(_bytes(value))} END"


def _row(kind: str, delivery: str, file: str, sheet: str, row: str) -> str:
    parts = (f"coalesce({delivery}, 'None')", f"coalesce({file}, 'None')", f"coalesce({sheet}, '')", f"{row}::text")
    joined = f" || {_constant(message('', ''))} || ".join(map(_bytes, parts))
    return f"CASE WHEN NOT {row} IS NULL THEN {_hashed(joined, message(kind, ''))} END"


def _text(_kind: str, finding: str, column: str) -> str:
    """A finding's sentence, put together from its pieces: a text, then what is hashed, then a text."""
    piece = f"CASE WHEN u.n % 2 = 1 THEN u.piece ELSE {_hashed(_from_hex('u.piece'))} END"
    pieces = f"unnest(string_to_array(x.{column}, {literal(MARK)})) WITH ORDINALITY AS u(piece, n)"
    # an empty text has no pieces, and is given as it is
    told = f"coalesce((SELECT string_agg({piece}, '' ORDER BY u.n) FROM {pieces}), x.{column})"
    return f"(SELECT {told} FROM {finding_text.fullname} x WHERE x.finding_id = {finding})"


_SPELLINGS: Final[Mapping[str, Callable[..., str]]] = {_PSEUDONYM_OF: _pseudonym, _ROW_OF: _row, _TEXT: _text}


def _hashed(value: str, begin: str = "") -> str:
    """HMAC-SHA-256 of some bytes, the first 128 bits in hex."""
    inner = f"(SELECT k.inner_pad{f' || {_constant(begin)}' if begin else ''} FROM {OWN_KEY} k)"
    return f"left(encode(sha256((SELECT k.outer_pad FROM {OWN_KEY} k) || sha256({inner} || {value})), 'hex'), 32)"


def _bytes(value: str) -> str:
    return f"convert_to({value}, 'UTF8')"


def _from_hex(value: str) -> str:
    return f"decode({value}, 'hex')"


def _constant(text: str) -> str:
    return f"'\\x{text.encode().hex()}'::bytea"


def cut_sentences(source: duckdb.DuckDBPyConnection, where: str) -> pa.Table:
    """The sentences of a warehouse's findings with marks where numbers stand: rows of ``finding_text``."""
    surrogates = surrogates_of(source, Marks(), where)
    texts = ", ".join(f"replace({name}_masked, {literal(MARK)}, '') AS {name}" for name in SENTENCES)
    own = ", ".join(f"{name} AS {_OWN}{name}" for name in OF_FINDINGS)
    rows = f"SELECT county, finding_id, {texts}, {own} FROM {fact_finding.fullname} WHERE {where}"
    table: pa.Table = source.execute(rows).to_arrow_table()
    raw = table.select([_OWN + name for name in OF_FINDINGS]).rename_columns(list(OF_FINDINGS))
    return surrogates.with_sentences(table.select(["county", "finding_id", *SENTENCES]), raw)
