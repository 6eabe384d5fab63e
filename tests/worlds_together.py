"""Many literal worlds as one county, so that an engine that starts slowly answers them in one go.

Worlds that differ in nothing that a rule asks about the whole county (D, policy, the deliveries of the feeds that it
reads, and the periods in them) are put side by side: every number, name and identity number of a world is
renamed to be its own, so that nobody meets anybody of another world. What is expected of a world is renamed likewise.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from builders import FEED_NAMES, Delivery, Row, World
from cases.case import Case

from expectations.feed import IdentityNumber, Name, Text
from expectations.feeds import FEEDS
from expectations.rules import RULES, RULES_BY_CODE

COLUMNS = [column for feed in FEEDS for column in feed.columns]
IDENTITY = {column.name for column in COLUMNS if isinstance(column.type, IdentityNumber)}
NAMES = {column.name for column in COLUMNS if isinstance(column.type, Name)}
NUMBERS = {column.name for column in COLUMNS if column.key and isinstance(column.type, Text)}
NUMBERS -= {column.name for column in COLUMNS if not isinstance(column.type, Text)}
"""Columns of any feed whose values are a world's own: numbers of people, their names, and the texts of keys."""

PERIODS = {feed.name: feed.accumulates_by for feed in FEEDS} | {
    "insurance_enrolments": ("year",),
    "pensions": ("year",),
}
"""Columns whose values anywhere in a feed change what is asked of all of it."""

_STANDS_UNDER = {
    "register_households": "household_no",
    "register_members": "household_no",
    "low_income_households": "certificate_no",
    "low_income_members": "certificate_no",
    "low_income_payments": "certificate_no",
}
"""Feeds whose refused rows could be of any household or certificate where they lost its number."""

_FIRST_AREA = 100000
_MARK = re.compile(r"^w(?P<number>\d+)~|w(?P<name>\d+)$|^(?P<identity>1\d{5})\d{11}[\dX]$")
_FEEDS = {rule.code: {*rule.hears, *(absence.feed for absence in rule.absences)} for rule in RULES}

Verdict = dict[tuple[str, str], str] | None


@dataclass(frozen=True)
class Together:
    """One world made of many, the rules that are asked of it, and the cases of each world with what is expected."""

    world: World
    cases: tuple[tuple[Case, int, Verdict], ...]
    """Case, the number of its world, and what its rule must say of that one, renamed."""

    @property
    def rules(self) -> tuple[str, ...]:
        """Codes of the rules that the cases are about."""
        return tuple(sorted({case.rule for case, _, _ in self.cases}))


def together(cases: Iterable[Case], most: int | None = None) -> list[Together]:
    """Cases in as few worlds as possible; ``most``: only the so many pairs of world and rule with the most cases,
    and one of each rule that is in none of them."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(_whole(case), []).append(case)
    pairs = Counter((key, case.rule) for key, group in groups.items() for case in group)
    asked = {pair for pair, _ in pairs.most_common(most)}
    of_rule = {rule: pair for pair, _ in reversed(pairs.most_common()) for rule in pair[1:]}
    asked |= {pair for rule, pair in of_rule.items() if rule not in {code for _, code in asked}}
    chosen = [[case for case in group if (key, case.rule) in asked] for key, group in groups.items()]
    return [_join(group) for group in chosen if group]


def _read(case: Case) -> tuple[Delivery, ...]:
    """The deliveries of the feeds that the case's rule reads, and of those that no rule does."""
    return tuple(d for d in case.world.deliveries if d.feed in _FEEDS[case.rule] or d.feed not in FEED_NAMES)


def _whole(case: Case) -> str:
    """What the case's rule asks about the county as a whole, as text."""
    periods = [
        (d.feed, d.as_of, sorted({tuple(str(row.get(c)) for c in PERIODS[d.feed]) for row in d.rows} | {()}))
        for d in _read(case)
    ]
    years = _whole_years(case.world)
    policy = sorted((key, repr(value)) for key, value in case.world.policy.items())
    alone = (case.rule, case.title) if _could_be_anothers(case) or RULES_BY_CODE[case.rule].compares else ()
    return repr((case.world.d, case.world.county, policy, periods, years, _applies(case), alone))


def _applies(case: Case) -> bool:
    """Whether a row of the case has what its rule is not asked without."""
    asked = RULES_BY_CODE[case.rule].applies_with
    if asked is None:
        return True
    feed, column = asked
    return any(row.get(column) is not None for d in _read(case) if d.feed == feed for row in d.rows)


def _could_be_anothers(case: Case) -> bool:
    """Whether a refused row of the case would concern findings of a world beside it, whatever its numbers are."""
    return any(
        (row.get(_STANDS_UNDER[d.feed]) is None if d.feed in _STANDS_UNDER else False) or not _leads(row)
        for d in _read(case)
        for row in d.quarantined
    )


def _leads(row: Row) -> bool:
    leads = IDENTITY | NAMES | {"household_no", "certificate_no", "student_no"}
    return any(row.get(column) is not None for column in leads)


def _whole_years(world: World) -> list[list[int]]:
    """Of each delivery of enrolments the years of which it has enough rows beside the most that any had of one."""
    counts = [Counter(row["year"] for row in d.rows) for d in world.deliveries if d.feed == "insurance_enrolments"]
    enough = (100 - world.policy.get("shrink_percent", 30)) * max((n for c in counts for n in c.values()), default=0)
    return [sorted(year for year, n in count.items() if n * 100 >= enough) for count in counts]


def _join(cases: list[Case]) -> Together:
    worlds = {id(case.world): case for case in cases}
    numbers = {identity: n for n, identity in enumerate(worlds)}
    read = [_read(case) for case in worlds.values()]
    deliveries = [
        replace(
            first,
            rows=tuple(_own(row, n) for n, given in enumerate(read) for row in given[place].rows),
            quarantined=tuple(_own(row, n) for n, given in enumerate(read) for row in given[place].quarantined),
            refused=tuple(_refused(given[place] for given in read)),
        )
        for place, first in enumerate(read[0])
    ]
    renamed = [_renamed(case.world, n) for n, case in enumerate(worlds.values())]
    return Together(
        replace(cases[0].world, deliveries=tuple(deliveries)),
        tuple((case, numbers[id(case.world)], _expected(case, renamed[numbers[id(case.world)]])) for case in cases),
    )


def _refused(given: Iterable[Delivery]) -> Iterator[tuple[int, str]]:
    """The refused values of deliveries whose rows stand one delivery behind the other."""
    start = 0
    for delivery in given:
        yield from ((start + row, column) for row, column in delivery.refused)
        start += len(delivery.rows)


def _own(row: Row, n: int) -> Row:
    return {column: _own_value(column, value, n) for column, value in row.items()}


def _own_value(column: str, value: Any, n: int) -> Any:
    if value is None:
        return None
    if column in IDENTITY:
        return f"{_FIRST_AREA + n}{value[6:]}"
    if column in NAMES:
        return f"{value}w{n}"
    return f"w{n}~{value}" if column in NUMBERS else value


def _renamed(world: World, n: int) -> dict[str, str]:
    """Each number, name and identity number of a world, as it is called among the others."""
    return {
        str(value): _own_value(column, value, n)
        for delivery in world.deliveries
        for row in (*delivery.rows, *delivery.quarantined)
        for column, value in row.items()
        if column in NUMBERS | NAMES | IDENTITY and value is not None
    }


def _expected(case: Case, renamed: dict[str, str]) -> Verdict:
    if case.findings is None:
        return None
    return {
        ("|".join(renamed.get(part, part) for part in key.split("|")), period): certainty
        for (key, period), certainty in case.findings.items()
    }


def of_world(said: Verdict, n: int) -> Verdict:
    """Of what a rule said of all worlds, what it said of the n-th; an area, which is of no world, is everybody's.

    What names two worlds, whose people never meet, is said of both, and expected of neither.
    """
    if said is None:
        return None
    return {key: certainty for key, certainty in said.items() if n in (_worlds_named(key[0]) or {n})}


def _worlds_named(key: str) -> set[int]:
    marks = [_MARK.search(part) for part in key.split("|")]
    return {_world(mark) for mark in marks if mark is not None}


def _world(mark: re.Match[str]) -> int:
    return int(mark["identity"]) - _FIRST_AREA if mark["identity"] else int(mark["number"] or mark["name"])
