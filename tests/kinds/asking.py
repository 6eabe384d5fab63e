"""A table with every kind of cell in every column, and what must become of it, row by row."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from feed_tables import rows_of, text_table
from kinds.texts import Kind
from kinds.verdicts import Blank, Inapplicable, NoNumber, Refused, Same, Staged, Verdict

from expectations.feed import Column, Feed

Recorded = tuple[str, str, str | None]
"""Scope, reason and detail."""


@dataclass
class Asked:
    """A table whose n-th row has the n-th cell instead of its own, and what must become of each row.

    ``rows``: what is staged, by place in the table (from 0, the heading is none), were it not for ``refused`` ones;
    ``recorded``: by place and column; ``warned``: how often a heading is warned of a cause.
    """

    feed: Feed
    table: list[list[Any]]
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    recorded: dict[tuple[int, str], Recorded] = field(default_factory=dict)
    warned: Counter[tuple[str, str]] = field(default_factory=Counter)

    def check(self, bench: Any, staged: Any, rows_before: int) -> None:
        """Fail where a staged delivery is not what must become of the table."""
        found = {(row - rows_before, column): said for (row, column), said in bench.found(staged).items()}
        there = {row["_row"] - rows_before: self._shown(row) for row in bench.rows(staged)}
        meant = {n: row for n, row in self.rows.items() if n not in self.refused}
        told = {(n.reason, n.heading): n.count or len(n.rows) for n in staged.warnings if n.heading is not None}
        unlike = [*_unlike(found, self.recorded), *_unlike(there, meant), *_unlike(told, dict(self.warned))]
        assert unlike == []

    def _shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        wanted = [c.name for c in self.feed.columns] + [f"{name}_problem" for name in self.feed.identity_columns]
        return {name: row[name] for name in wanted}


def _unlike(found: Mapping[Any, Any], meant: Mapping[Any, Any]) -> list[str]:
    """Where two differ, one sentence each."""
    keys = sorted(found.keys() | meant.keys(), key=str)
    return [f"{k}: {found.get(k)} and not {meant.get(k)}" for k in keys if found.get(k) != meant.get(k)]


def applies(kind: Kind, column: Column, plain: str = "", n: int = 0) -> bool:
    """Whether such a cell can stand in a column."""
    return not isinstance(kind.says(column, plain, n), Inapplicable)


def ask(feed: Feed, kinds: Iterable[Kind]) -> Asked:
    """Every kind in every column that it applies to, a row each, and a clean row at the end."""
    wanted = [(c, k) for c in feed.columns for k in kinds if applies(k, c)]
    rows = rows_of(feed, len(wanted) + 1)
    asked = Asked(feed, text_table(feed, rows))
    for n, row in enumerate(rows):
        place = feed.columns.index(wanted[n][0]) if n < len(wanted) else 0
        plain = asked.table[n + 1][place]
        expected = row | dict.fromkeys((f"{name}_problem" for name in feed.identity_columns), None)
        asked.rows[n] = expected
        if n < len(wanted):
            column, kind = wanted[n]
            asked.table[n + 1][place] = kind.write(plain, n)
            settle(asked, n, column, kind.says(column, plain, n))
    return asked


def settle(asked: Asked, n: int, column: Column, verdict: Verdict) -> None:
    """Write down what must become of the n-th row for what stands in a column."""
    row = asked.rows[n]
    match verdict:
        case Same(warned=cause):
            _warn(asked, cause, column)
        case Staged(value=value, warned=cause):
            row[column.name] = value
            _warn(asked, cause, column)
        case Blank(word=word):
            _settle_blank(asked, n, column, word=word)
        case Refused():
            if verdict.reason == "missing" and _is_required_here(column, row):
                verdict = Refused("missing_conditional")
            row[column.name] = None
            _record(asked, n, column, verdict)
        case NoNumber(problem=problem, recorded=recorded):
            row[column.name], row[f"{column.name}_problem"] = None, problem
            if recorded is not None:
                asked.recorded[n, column.name] = ("value", recorded.reason, recorded.detail)
            elif problem == "blank":
                _warn(asked, "word_for_nothing", column)
        case Inapplicable(why=why):
            raise ValueError(why)
        case never:
            assert_never(never)


def _settle_blank(asked: Asked, n: int, column: Column, *, word: bool) -> None:
    row = asked.rows[n]
    row[column.name] = None
    if column.is_identity_number:
        row[f"{column.name}_problem"] = "blank"
        _warn(asked, "word_for_nothing" if word else "", column)
    elif column.must_be_there:
        _record(asked, n, column, Refused("missing", "word_for_nothing" if word else None))
    elif _is_required_here(column, row):
        _record(asked, n, column, Refused("missing_conditional"))
    else:
        _warn(asked, "word_for_nothing" if word else "", column)


def _warn(asked: Asked, cause: str, column: Column) -> None:
    if cause:
        asked.warned[cause, column.title] += 1


def _is_required_here(column: Column, row: Mapping[str, Any]) -> bool:
    where = column.required_where
    return where is not None and row[where.column] in where.values


def _record(asked: Asked, n: int, column: Column, said: Refused) -> None:
    asked.recorded[n, column.name] = ("row" if column.must_be_there else "value", said.reason, said.detail)
    if column.must_be_there:
        asked.refused.add(n)
