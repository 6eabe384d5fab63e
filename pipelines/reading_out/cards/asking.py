"""Whose card is asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import duckdb

from expectations.errors import RequestError, UnknownError
from pipelines.house.actor import NotYoursError, Scope
from pipelines.reading_out.cards.gathering import Kind, Subject
from pipelines.reading_out.searching import as_number
from warehouse.current import Conformed

_BOOKS: Final = {Kind.HOUSEHOLD: "register_households", Kind.CERTIFICATE: "low_income_households"}


@dataclass(frozen=True)
class Wanted:
    """A household or certificate by its number (``kind``: which, where it could be both), or an area by its code."""

    number: str = ""
    kind: Kind | None = None
    village: str = ""
    township: str = ""

    def __post_init__(self) -> None:
        """Raise RequestError unless one thing is asked for."""
        if sum(map(bool, (self.number, self.village, self.township))) != 1:
            raise RequestError("a card is of one number, a book of one --village or --township")
        if self.kind is not None and not self.number:
            raise RequestError("--household and --certificate say what a number is")
        for code, digits, what in ((self.village, 12, "village"), (self.township, 9, "township")):
            if code and not (code.isascii() and code.isdigit() and len(code) == digits):
                raise RequestError(f"{code} is no {digits}-digit code of a {what}")

    @property
    def area(self) -> str:
        """The code of the area, or nothing."""
        return self.village or self.township

    def for_audit(self) -> dict[str, str]:
        """What was asked for, as the audit log says it."""
        asked = {"village": self.village, "township": self.township}
        asked[self.kind.value if self.kind else "number"] = self.number
        return {what: code for what, code in asked.items() if code}


def within(scope: Scope) -> str:
    """How codes of villages begin that an actor sees; what an office answers for is no part of a county that has cards.

    Raises NotYoursError.
    """
    if scope.department is not None:
        raise NotYoursError()
    return scope.township_code or ""


def kinds_of(conformed: Conformed, wanted: Wanted, seen: str = "") -> list[Kind]:
    """What a number is in a county's books, of what it may be: a household, a certificate, both or neither.

    ``seen``: how codes of villages begin (``within``).
    """
    return [kind for kind in _BOOKS if wanted.kind in (None, kind) and _holds(conformed, kind, wanted.number, seen)]


def _holds(conformed: Conformed, kind: Kind, number: str, seen: str) -> bool:
    current = conformed.feeds.get(_BOOKS[kind])
    if current is None:
        return False
    with duckdb.connect() as connection:
        fits = f"{kind.value}_no = ? AND starts_with(village_code, ?)"
        query = f"SELECT 1 FROM ({current.sql()}) WHERE {fits} LIMIT 1"
        return connection.execute(query, [number, seen]).fetchone() is not None


def need_one(wanted: Wanted, found: Sequence[tuple[str, Kind]], today: date) -> None:
    """Raise RequestError unless the number names one thing in one county (``found``: county and what it is there)."""
    if not found:
        if _is_of_a_person(wanted.number, today):
            why = "a person's number is no argument, which every user of the machine could read"
            raise RequestError("that is a person's number", why=why, advice="liangxian lookup asks for it")
        raise UnknownError(wanted.kind.value if wanted.kind else "household or certificate", wanted.number)
    if len({county for county, _ in found}) > 1:
        counties = ", ".join(sorted({county for county, _ in found}))
        raise RequestError(f"name one county of {counties}", advice="add --county")
    if len(found) > 1:
        what = f"{wanted.number} is both a household and a certificate"
        raise RequestError(what, advice="say which: --household or --certificate")


def _is_of_a_person(number: str, today: date) -> bool:
    try:
        return bool(as_number(number, today))
    except RequestError:
        return False


def villages_of(
    connection: duckdb.DuckDBPyConnection, area: str, seen: str = ""
) -> Iterator[tuple[str, list[Subject]]]:
    """The villages of an area by their codes, each with its households and certificates, in order of their numbers."""
    query = """SELECT village_code, kind, number FROM (
            SELECT village_code, 'household' AS kind, household_no AS number FROM register_households
            UNION ALL SELECT village_code, 'certificate', certificate_no FROM low_income_households)
        WHERE starts_with(village_code, ?) AND starts_with(village_code, ?)
        ORDER BY village_code, kind = 'certificate', number"""
    villages: dict[str, list[Subject]] = {}
    for code, kind, number in connection.execute(query, [area, seen]).fetchall():
        villages.setdefault(code, []).append(Subject(Kind(kind), number))
    yield from villages.items()
