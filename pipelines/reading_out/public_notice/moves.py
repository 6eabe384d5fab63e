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
from pipelines.reading_out.public_notice.books import Books, Certificate, Home, Register, Roll
from pipelines.reading_out.public_notice.names import plain_name
from warehouse.evaluation.stock_flow import Account, Flow, account


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
        found = account(before.register.book, now.register.book).households
        held = _unsure_homes(found, before.register, now.register)
        same = _renumbered(found, before.register, now.register)
        own = {flow: numbers - held - same for flow, numbers in found.flows.items() if (flow.sign > 0) == is_entry}
        all_of_kind = {number for flow, numbers in found.flows.items() if flow in own for number in numbers - same}
        hidden = found.refused_before if is_entry else found.refused_now
        held_back += len(held & all_of_kind) + len(hidden)
        placed += _of_register(own, before.register, now.register)
    return Lines(_gathered(iter(placed)).by_village, held_back)


def _may_be_hidden(number: str, certificate: Certificate, book: Roll) -> bool:
    """Whether the book may lack a certificate for a row that was refused alone; one that began later it cannot have."""
    if number in book.listed or certificate.start_date > book.day:
        return False
    return number in book.refused or book.unreadable > 0


def _unsure_homes(found: Account, before: Register, now: Register) -> frozenset[str]:
    """Households of which a book has no row, where it has refused rows that show no number: one may be theirs."""
    unsure: set[str] = set()
    for book, numbers in ((before.book, found.closing - found.opening), (now.book, found.opening - found.closing)):
        if book.refused.unreadable:
            unsure |= {number for number in numbers if number not in book.households}
    return frozenset(unsure)


def _renumbered(found: Account, before: Register, now: Register) -> frozenset[str]:
    """Households of one day whose head is that of an open household of the other day, under another number."""
    was, are = found.opening, found.closing
    heads = [{book.homes[n].head_id for n in own if n in book.homes} for book, own in ((before, was), (now, are))]
    left = {n for n in was - are if n in before.homes and before.homes[n].head_id in heads[1] - {None}}
    came = {n for n in are - was if n in now.homes and now.homes[n].head_id in heads[0] - {None}}
    return frozenset(left | came)


def _of_roll(roll: Roll, numbers: list[str]) -> _Placed:
    for number in numbers:
        one = roll.certificates[number]
        yield one.village_code, Part.ROLL, _of_certificate(one)


def _of_certificate(one: Certificate) -> Line:
    return Line(one.programme, plain_name(one.head_name), one.persons, one.covered, one.benefit)


def _of_register(flows: Mapping[Flow, frozenset[str]], before: Register, now: Register) -> _Placed:
    for flow, numbers in flows.items():
        for number in sorted(numbers):
            home: Home = now.homes.get(number) or before.homes[number]
            word = say(*_WORDS[flow])
            yield home.village_code, Part.REGISTER, Line(word, plain_name(home.head_name), home.persons, None, None)


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
