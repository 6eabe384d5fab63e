"""Who is on a notice: everybody on the roll at a day, or who came to the books and left them between two days.

Our own refusals put nobody on a notice board: who may be missing from a book for a row that was refused has not left
it, and has not come to the other. They are counted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from pipelines.house.language import say
from pipelines.house.notice_kind import NoticeKind
from pipelines.reading_out.public_notice.books import Books, Certificate, Register, Roll
from pipelines.reading_out.public_notice.names import plain_name
from warehouse.evaluation.stock_flow import Account, Book, Flow, account


class Part(StrEnum):
    """The book that a line comes from."""

    ROLL = "roll"
    REGISTER = "register"


@dataclass(frozen=True)
class Line:
    """One line of a notice. ``amount``: yuan a household and month, None where none is paid.

    ``covered``: persons that the amount is for, None in the register.
    """

    programme: str
    name: str
    persons: int
    covered: int | None
    amount: Decimal | None


@dataclass(frozen=True)
class Lines:
    """Lines by village code and book. ``held_back``: how many nobody can be sure of for what was refused."""

    by_village: Mapping[str, Mapping[Part, tuple[Line, ...]]]
    held_back: int = 0


_Placed = Iterator[tuple[str, Part, Line]]


def on_the_roll(now: Roll) -> Lines:
    """Everybody on the roll."""
    return _gathered((one.village_code, Part.ROLL, _of_certificate(one)) for one in now.certificates.values())


def moves(kind: NoticeKind, before: Books, now: Books) -> Lines:
    """Who came (ENTRIES) or left (EXITS) between two days, of each book that both days have."""
    is_entry = kind is NoticeKind.ENTRIES
    placed: list[tuple[str, Part, Line]] = []
    held_back = 0
    if before.roll is not None and now.roll is not None:
        earlier, later = (before.roll, now.roll) if is_entry else (now.roll, before.roll)
        heads = {one.head_id for one in earlier.certificates.values()} - {None}
        came = {
            number
            for number, one in later.certificates.items()
            if number not in earlier.certificates and one.head_id not in heads
        }
        unsure = {number for number in came if _may_be_hidden(number, later.certificates[number], earlier)}
        held_back += len(unsure)
        placed += _of_roll(later, sorted(came - unsure))
    if before.register is not None and now.register is not None:
        homes, hidden = _of_register(is_entry, before.register, now.register)
        held_back += hidden
        placed += homes
    return Lines(_gathered(iter(placed)).by_village, held_back)


def _may_be_hidden(number: str, certificate: Certificate, book: Roll) -> bool:
    """Whether the book may lack a certificate for a row that was refused alone; one that began later it cannot have."""
    if number in book.listed or certificate.start_date > book.day:
        return False
    return number in book.refused or book.unreadable > 0


def _of_register(is_entry: bool, before: Register, now: Register) -> tuple[list[tuple[str, Part, Line]], int]:
    """Households that came or left, each with its place, and how many nobody can be sure of."""
    changed = before.open_homes ^ now.open_homes
    people = before.members(changed) | now.members(changed)
    books = tuple(one.book(changed, people) for one in (before, now))
    found = account(*books).households
    unsure, same = _unsure_homes(found, *books), _renumbered(before, now)
    own = {flow: numbers - same for flow, numbers in found.flows.items() if (flow.sign > 0) == is_entry}
    hidden = found.refused_before if is_entry else found.refused_now
    rows = {**before.homes(changed), **now.homes(changed)}
    placed = []
    for flow, numbers in own.items():
        for number in sorted(numbers - unsure):
            home = rows[number]
            line = Line(say(*_WORDS[flow]), plain_name(home.head_name), home.persons, None, None)
            placed.append((home.village_code, Part.REGISTER, line))
    return placed, len(hidden) + sum(len(numbers & unsure) for numbers in own.values())


def _unsure_homes(found: Account, before: Book, now: Book) -> frozenset[str]:
    """Households of which a book has no row, where it has refused rows that show no number: one may be theirs."""
    unsure: set[str] = set()
    for book, numbers in ((before, found.closing - found.opening), (now, found.opening - found.closing)):
        if book.refused.unreadable:
            unsure |= {number for number in numbers if number not in book.households}
    return frozenset(unsure)


def _renumbered(before: Register, now: Register) -> frozenset[str]:
    """Open households of one day whose head is that of an open household of the other day, under another number."""
    heads = [set(one.heads.values()) - {None} for one in (before, now)]
    left = {number for number in before.open_homes - now.open_homes if before.heads[number] in heads[1]}
    came = {number for number in now.open_homes - before.open_homes if now.heads[number] in heads[0]}
    return frozenset(left | came)


def _of_roll(roll: Roll, numbers: list[str]) -> _Placed:
    for number in numbers:
        one = roll.certificates[number]
        yield one.village_code, Part.ROLL, _of_certificate(one)


def _of_certificate(one: Certificate) -> Line:
    return Line(one.programme, plain_name(one.head_name), one.persons, one.covered, one.benefit)


_OFF: Final = ("不再登记", "no longer registered")
_WORDS: Final = {
    Flow.IDENTIFIED: ("新识别", "identified"),
    Flow.RETURNED: ("返贫", "returned to poverty"),
    Flow.EXITED: ("脱贫退出", "left poverty"),
    Flow.REMOVED: _OFF,
    Flow.LEFT: _OFF,
}
"""How a notice calls a flow of households: why somebody is no longer there (a death, a move) is nobody's business."""


def _gathered(placed: _Placed) -> Lines:
    found: dict[str, dict[Part, list[Line]]] = {}
    for village, part, line in placed:
        found.setdefault(village, {}).setdefault(part, []).append(line)
    return Lines(
        {
            village: {part: tuple(sorted(own[part], key=_order)) for part in Part if part in own}
            for village, own in sorted(found.items())
        }
    )


def _order(line: Line) -> tuple[bytes, bytes, int, int, Decimal]:
    # GB2312, which GB18030 begins with, has the common characters by their sound: names stand as people look for them
    programme, name = (text.encode("gb18030") for text in (line.programme, line.name))
    return programme, name, line.persons, line.covered or 0, line.amount or Decimal(0)
