"""Findings of one household, certificate, person, village or helper: what an office is asked for on the telephone.

A finding is of a household where it says so, or where its evidence quotes a row of it; of certificates and persons
likewise.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from expectations.errors import ValueRefusedError
from expectations.identity import IdentityProblem
from expectations.masks import IDENTITY_NUMBER, NAME
from pipelines.house.settings import Settings
from pipelines.house.words import english
from pipelines.staging.parsing import normalise_names, parse_identity_numbers
from warehouse.books.deliveries import list_deliveries
from warehouse.books.runs import Run
from warehouse.books.schema import deliveries
from warehouse.staged import StagedRows

_BOOK: Final = "register_households"
"""Who helps a household stands in the register."""


@dataclass(frozen=True)
class Sought:
    """What is looked for; of several kinds all must fit. ``person``: a valid number (``as_number``)."""

    household: str = ""
    certificate: str = ""
    person: str = ""
    village: str = ""
    helper: str = ""

    @property
    def is_anything(self) -> bool:
        """Whether anything is looked for."""
        return any((self.household, self.certificate, self.person, self.village, self.helper))

    def for_audit(self) -> Mapping[str, str]:
        """What was looked for, as the audit log may say it: neither number nor name of a person."""
        person, helper = IDENTITY_NUMBER.python(self.person), NAME.python(self.helper)
        shown = {
            "household": self.household,
            "certificate": self.certificate,
            "person": person if self.person else "",
            "village": self.village,
            "helper": helper if self.helper else "",
        }
        return {kind: text or "" for kind, text in shown.items() if text}


NOTHING: Final = Sought()
"""Nothing in particular."""


def as_number(text: str, today: date) -> str:
    """An identity number as staging has it, 15 digits lengthened. Raises ValueRefusedError, which does not show it."""
    found = parse_identity_numbers(pa.array([text]), None, today)
    number: str | None = found.values[0].as_py()
    if number is None:
        why = english(IdentityProblem(found.problems[0].as_py()).value)
        raise ValueRefusedError("that is no valid identity number", why=why)
    return number


def search(settings: Settings, runs: Sequence[Run], ledger: pa.Table, sought: Sought) -> pa.Table:
    """The findings of a ledger that are meant."""
    if not sought.is_anything:
        return ledger
    tests = list(_tests(settings, runs, sought))
    columns = ["household_no", "certificate_no", "person_id", "village", "village_code", "evidence"]
    rows = ledger.select(columns).to_pylist()
    return ledger.filter(pa.array([all(test(row) for test in tests) for row in rows], pa.bool_()))


_Test = Callable[[Mapping[str, Any]], bool]


def _tests(settings: Settings, runs: Sequence[Run], sought: Sought) -> Iterator[_Test]:
    for column, value in (("household_no", sought.household), ("certificate_no", sought.certificate)):
        if value:
            yield _is_of((column,), {value.strip()})
    if sought.person:
        yield _is_of(("person_id",), {sought.person}, anywhere=True)
    if sought.village:
        yield lambda row: sought.village.strip() in {row["village"], row["village_code"]}
    if sought.helper:
        yield _is_of(("household_no",), _helped_by(settings, runs, sought.helper))


def _is_of(columns: Collection[str], wanted: Collection[str], *, anywhere: bool = False) -> _Test:
    """Whether a finding, or a row that its evidence quotes, has one of the values in these columns, or ``anywhere``."""

    def test(row: Mapping[str, Any]) -> bool:
        if any(row[column] in wanted for column in columns):
            return True
        quoted = (item.get("values") or {} for item in json.loads(row["evidence"] or "[]"))
        return any(
            value in wanted for values in quoted for name, value in values.items() if anywhere or name in columns
        )

    return test


def _helped_by(settings: Settings, runs: Sequence[Run], helper: str) -> set[str]:
    """Households of the register that a person of that name helps, as the runs' own deliveries say."""
    name = normalise_names(pa.array([helper]))[0].as_py()
    found: set[str] = set()
    home = settings.home
    books = StagedRows(home.lake, list_deliveries(home.books, (deliveries.c.feed == _BOOK,)))
    for run in runs:
        for delivery in run.deliveries.get(_BOOK, ()):
            if books.counted(delivery).exists():  # erased on schedule
                path = books.path(delivery)
                households = pq.read_table(path, columns=["household_no"], filters=[("helper_name", "=", name)])
                found |= set(households["household_no"].to_pylist())
    return found
