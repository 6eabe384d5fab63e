"""Numbers by which rows are joined, as one recipient is given them: keyed surrogates, and none of them in a sentence.

A register's or certificate's number is the same in every file: whoever has two recipients' files would join them by it,
household by household. So each recipient has numbers of his own, which join within his tables and with nobody else's.
Decision 0040. This module alone says which columns those are; a test walks all columns of all that is given.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import duckdb
import pyarrow as pa

from warehouse.evaluation.pseudonyms import Numbering
from warehouse.sql import literal
from warehouse.tables import TABLES
from warehouse.tables.runs import fact_finding

NUMBERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "household_no": "household",
        "member_no": "member",
        "certificate_no": "certificate",
        "case_no": "case",
        "housing_case_no": "case",
        "relocation_no": "relocation",
        "student_no": "student",
    }
)
"""Departments' own numbers of a household, person, certificate, archive: by column, of what."""

KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **NUMBERS,
        "household_key": "household key",
        "person_key": "person key",
        "certificate_key": "certificate key",
        "version_key": "version",
        "finding_id": "finding",
        "subject_key": "subject",
    }
)
"""All columns of one text by which a row is told from others, ours among them."""

ROW: Final = "source_row"
"""A row's number in a department's file: with the file it names one household, so it is given for the file."""

SOURCE: Final = ("source_delivery", "source_file", "source_sheet")

LISTED: Final = "certificates"
"""Certificates of a household with what they are: 「number（programme，status）、…」."""

SENTENCES: Final = ("expected", "actual", "explanation", "evidence")
"""Texts that may quote numbers; a number in them is given as its surrogate."""

PUBLIC: Final = frozenset((
    "amount_side", "area_code", "area_name", "cause", "certainty", "clears_when", "column_name", "comment", "county",
    "data_type", "definition", "delivery", "department", "education_term", "ethnicity", "feed", "feed_title",
    "files", "from_state", "guarantee", "head_id_problem", "heading", "housing_acceptance", "housing_grade",
    "housing_method", "housing_state", "indicator", "key", "level", "month", "name", "open_rules", "owner",
    "parent_code", "period", "person_id_problem", "personal", "poverty_status", "premium_class", "reading",
    "reason", "rule", "rule_months", "rule_name", "run", "schema_name", "school_year", "severity", "sha256", "source",
    "source_delivery", "source_file", "source_sheet", "stage", "state", "status", "subject_kind", "table_name",
    "target", "title", "to_state", "township", "unit", "value", "village", "village_code",
))  # fmt: skip
"""Texts that many share or that are of no household: areas, codes, deliveries, what the county publishes itself."""

OF_FINDINGS: Final = ("subject_key", *(name for name in NUMBERS if name in fact_finding.c))
"""What a finding's sentences may speak of."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_/-]*")
_ESCAPE: Final = r"\\(u[0-9a-fA-F]{4}|.)"
_SHORTEST: Final = 4
"""A number that is shorter cannot be told from a count in a sentence: the sentence is not given."""
_HIDDEN: Final = "***"


@dataclass(frozen=True)
class Surrogates:
    """One recipient's numbers; ``known`` says of each number in the warehouse what it is a number of."""

    key: Numbering
    known: Mapping[str, str]

    def of(self, kind: str, value: str) -> str:
        """The surrogate of one number."""
        return self.key.surrogate(kind, value)

    def given(self, table: pa.Table, decided: Collection[str], raw: pa.Table) -> pa.Table:
        """A view's rows as the recipient is given them; a text that nobody has decided about is hidden.

        ``decided`` are columns that are masked or of a code list; ``raw`` has the values behind masked ones.
        """
        changed: dict[str, pa.ChunkedArray] = {}
        for field in table.schema:
            name, is_text = field.name, pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
            if is_own_number(name) and name != ROW:
                changed[name] = self._numbers(name, raw[name] if name in raw.column_names else table[name])
            elif name == ROW:
                changed[name] = self._rows(table)
            elif name in SENTENCES:
                changed[name] = self._sentences(table[name], raw, is_evidence=name == "evidence")
            elif is_text and name not in PUBLIC and name not in decided:
                changed[name] = pa.chunked_array([pa.array([_HIDDEN] * table.num_rows, pa.string())])
        for name, values in changed.items():
            table = table.set_column(table.column_names.index(name), name, values)
        return table

    def with_sentences(self, table: pa.Table, raw: pa.Table) -> pa.Table:
        """A table with its sentences as they are given; ``raw`` has the numbers that each row speaks of."""
        for name in SENTENCES:
            given = self._sentences(table[name], raw, is_evidence=name == "evidence")
            table = table.set_column(table.column_names.index(name), name, given)
        return table

    def _numbers(self, name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """Each distinct number is hashed once."""
        encoded = column.combine_chunks().dictionary_encode()
        given = [None if value is None else self._value(name, value) for value in encoded.dictionary.to_pylist()]
        return pa.chunked_array([pa.array(given, pa.string()).take(encoded.indices)])

    def _rows(self, table: pa.Table) -> pa.ChunkedArray:
        sources = zip(*(table[part].to_pylist() for part in (*SOURCE, ROW)), strict=True)
        return pa.chunked_array([pa.array([self._row(*source) for source in sources], pa.string())])

    def _sentences(self, column: pa.ChunkedArray, raw: pa.Table, *, is_evidence: bool) -> pa.ChunkedArray:
        own = zip(*(raw[name].to_pylist() for name in OF_FINDINGS), strict=True)
        put = self.evidence if is_evidence else self.sentence
        pairs = zip(column.to_pylist(), own, strict=True)
        texts = [None if text is None else put(text, filter(None, numbers)) for text, numbers in pairs]
        return pa.chunked_array([pa.array(texts, pa.string())])

    def sentence(self, text: str, own: Iterable[str]) -> str:
        """A text without a department's number in it; ``own`` are the numbers of what it speaks of."""
        numbers = sorted({number for number in own if number}, key=len, reverse=True)
        for number in (number for number in numbers if len(number) < _SHORTEST):
            if re.search(rf"(?<![A-Za-z0-9]){re.escape(number)}(?![A-Za-z0-9])", text):
                return _HIDDEN
        whole = "|".join(re.escape(number) for number in numbers if len(number) >= _SHORTEST)
        # in one pass: a number may look like a piece of what was put in another's place
        parts = re.split(f"({whole})", text) if whole else [text]
        return "".join(
            self.of(self.known.get(part, "household"), part) if place % 2 else _TOKEN.sub(self._token, part)
            for place, part in enumerate(parts)
        )

    def evidence(self, text: str, own: Iterable[str]) -> str:
        """Evidence (JSON): rows and numbers as surrogates, other values as they are."""
        own = set(own)
        items = json.loads(text or "[]")
        for item in items:
            if item.get("row") is not None:
                item["row"] = self._row(item.get("delivery"), item.get("file"), item.get("sheet"), item["row"])
            for name, value in (item.get("values") or {}).items():
                if name in NUMBERS and value is not None:
                    item["values"][name] = self.of(NUMBERS[name], str(value))
                elif isinstance(value, str):
                    item["values"][name] = self.sentence(value, own)
            if item.get("searched") is not None:
                item["searched"] = self.sentence(str(item["searched"]), own)
        return json.dumps(items, ensure_ascii=False, separators=(",", ":"))

    def _value(self, name: str, value: str) -> str:
        if name != LISTED:
            return self.of(KEYS[name], value) if value else value
        parts = (part.rpartition("（") for part in value.split("、"))
        return "、".join(f"{self.of('certificate', no)}{bracket}{said}" for no, bracket, said in parts)

    def _row(self, delivery: object, file: object, sheet: object, row: object) -> str | None:
        # a sheet that is none is an empty text in a table and nothing in evidence
        number = row_number(delivery, file, sheet, row)
        return None if number is None else self.of("row", number)

    def _token(self, found: re.Match[str]) -> str:
        token = found.group()
        return self.of(self.known[token], token) if len(token) >= _SHORTEST and token in self.known else token


def row_number(delivery: object, file: object, sheet: object, row: object) -> str | None:
    """A row of a department's file as one number; none where it came from no file."""
    return None if row is None else "\0".join(map(str, (delivery, file, sheet or "", row)))


def is_own_number(name: str) -> bool:
    """Whether a column is given as the recipient's own numbers."""
    return name in KEYS or name in {ROW, LISTED}


def surrogates_of(connection: duckdb.DuckDBPyConnection, key: Numbering, where: str = "true") -> Surrogates:
    """The surrogates of a warehouse's numbers; known are those that sentences of findings (``where``) may quote."""
    asked = [
        f"SELECT DISTINCT {column.name} AS number, {literal(NUMBERS[column.name])} AS kind FROM {table.fullname}"
        for table in TABLES
        for column in table.c
        if column.name in NUMBERS
    ]
    # the warehouse holds no relocations; findings about one are known by its number
    moved = f"{fact_finding.fullname} WHERE subject_kind = 'relocation'"
    asked.append(f"SELECT DISTINCT subject_key AS number, {literal(NUMBERS['relocation_no'])} AS kind FROM {moved}")
    quoted = [f"unnest(regexp_extract_all({_bare(f'{name}_masked')}, {literal(_TOKEN.pattern)}))" for name in SENTENCES]
    quoted += list(OF_FINDINGS)
    words = " UNION ".join(f"SELECT {word} AS word FROM {fact_finding.fullname} WHERE {where}" for word in quoted)
    rows: Any = connection.execute(
        f"SELECT number, min(kind) FROM ({' UNION ALL '.join(asked)}) SEMI JOIN ({words}) ON number = word GROUP BY 1"
    ).fetchall()
    return Surrogates(key, dict(rows))


def _bare(column: str) -> str:
    """A text without JSON's escapes, whose letter would look like the beginning of a word."""
    return f"regexp_replace({column}, {literal(_ESCAPE)}, ' ', 'g')"
