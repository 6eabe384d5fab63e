"""申请前核查: what every book of the newest nights says of one person and the family, by the applicant's authorisation.

Whoever asks gives number and name, which must agree with a book. A number with another name, a number that no book has
and a name with another number are answered alike, with the books that were searched: whether somebody stands in a book
is told to nobody who does not know both. Each try stands in the audit log and counts.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

import duckdb
import pyarrow as pa

from expectations.calendar import local_day
from expectations.errors import LiangxianError, RequestError, ValueRefusedError
from expectations.masks import IDENTITY_NUMBER, Audience, mask_of
from pipelines.house.language import say
from pipelines.house.settings import Settings
from pipelines.reading_out.cards.blocks import BLOCKS, OF_PERSONS, Block, Whose
from pipelines.reading_out.cards.cells import cells_of, feed_name
from pipelines.reading_out.cards.gathering import NORMAL, Family, Kind, Row, Subject, gather, open_rows
from pipelines.reading_out.cards.known import Known, know
from pipelines.reading_out.ledgers import newest_runs
from pipelines.reading_out.reads import record_read
from pipelines.reading_out.searching import as_number
from pipelines.staging.parsing import normalise_names
from warehouse.books.audit import AtMost, TooOftenError, need_room

HOURLY: Final = AtMost(60, timedelta(hours=1))
"""Tries of one who asks, whatever came of them."""

_WHAT: Final = "lookup"
_LONGEST: Final = 64
_MEMBERS: Final = ("register_members", "low_income_members")

_OF_FAMILY: Final = tuple(block for block in BLOCKS if any(whose is not Whose.PERSON for whose, _ in block.by))
"""Books that know the family by its household or certificate."""


@dataclass(frozen=True)
class Asking:
    """What was typed: the number of the authorisation (核对授权), a person's number and name."""

    authorisation: str
    number: str
    name: str


class Standing(StrEnum):
    """Whether somebody stands in a book."""

    IN = "in"
    NOT_IN = "not_in"
    NO_BOOK = "no_book"

    @property
    def label(self) -> str:
        """In the language that is spoken."""
        if self is Standing.NO_BOOK:
            return say("缺这本账", "no such book")
        return say("在", "in it") if self is Standing.IN else say("不在", "not in it")


@dataclass(frozen=True)
class RowTold:
    """A row of a book as offices read it; no values of a discreet one. ``other_name``: it has another name for them."""

    values: Mapping[str, str]
    file: str
    sheet: str | None
    row: int
    other_name: bool


@dataclass(frozen=True)
class BookTold:
    """What one book says of one person, or of the family. ``note``: why it is not there, or an absence not certain."""

    feed: str
    title: str
    as_of: date | None
    standing: Standing
    rows: Sequence[RowTold] = ()
    note: str = ""


@dataclass(frozen=True)
class PersonTold:
    """One person, and what the books say. ``number``: of others than the applicant, as offices read it; empty where
    there is no valid one, and then no book can be asked."""

    name: str
    number: str
    relation: str
    books: Sequence[BookTold]


@dataclass(frozen=True)
class CountyTold:
    """What a county's newest night says: the person first, then who lives or is covered with them, then their books."""

    county: str
    as_of: date
    run: str
    people: Sequence[PersonTold]
    family: Sequence[BookTold]


@dataclass(frozen=True)
class Looked:
    """What was found. ``found``: whether a book has a person of that number and name; without, the books searched."""

    authorisation: str
    found: bool
    counties: Sequence[CountyTold]

    @property
    def rows(self) -> int:
        """How many rows are told."""
        books = [book for c in self.counties for book in (*(b for p in c.people for b in p.books), *c.family)]
        return sum(len(book.rows) for book in books)

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def look_up(settings: Settings, asking: Asking) -> Looked:
    """What every book says, in the audit log before it is shown; so is a try that fails.

    Raises PurposeMissingError, NotYoursError, ValueRefusedError, NotYetError, TooOftenError.
    """
    actor, now = settings.actor, settings.now()
    actor.need_clear()
    authorisation = _authorisation(asking.authorisation, local_day(now))
    asked = {"authorisation": authorisation}
    try:
        need_room(settings.home.books, at=now, who=actor.who, what=_WHAT, at_most=HOURLY)
        try:
            number, name = _person(asking, local_day(now))
            asked["person"] = IDENTITY_NUMBER.python(number) or ""
            looked = _look(settings, authorisation, number, name)
        except LiangxianError:
            record_read(settings, what=_WHAT, asked=asked, rows=0, content=b"", at_most=HOURLY)
            raise
        content = json.dumps(looked.as_dict(), ensure_ascii=False, sort_keys=True, default=str).encode()
        runs = {"runs": [one.run for one in looked.counties]}
        record_read(settings, what=_WHAT, asked=asked | runs, rows=looked.rows, content=content, at_most=HOURLY)
    except TooOftenError:
        record_read(settings, what=f"{_WHAT} refused", asked=asked, rows=0, content=b"")
        raise
    return looked


def _authorisation(text: str, today: date) -> str:
    """A number that the audit log may keep. Raises ValueRefusedError."""
    number = text.strip()
    if not number or len(number) > _LONGEST or not number.isprintable():
        raise ValueRefusedError(f"an authorisation has a number of at most {_LONGEST} characters")
    try:
        as_number(number, today)
    except RequestError:
        return number
    raise ValueRefusedError("an authorisation's number is none of a person")


def _person(asking: Asking, today: date) -> tuple[str, str]:
    """Number and name as staging has them. Raises ValueRefusedError, which shows neither."""
    number, name = as_number(asking.number, today), normalise_names(pa.array([asking.name]))[0].as_py()
    if not name:
        raise ValueRefusedError("the name is missing", advice="number and name, one after the other")
    return number, name


def _look(settings: Settings, authorisation: str, number: str, name: str) -> Looked:
    runs = [run for run in newest_runs(settings) if settings.actor.scope.sees(run.county)]
    for run in runs:  # the books of every office are no office's and no township's to look through
        settings.actor.need_county(run.county)
    known = [know(settings, run) for run in runs]
    told = [county for one in known if (county := _county(one, number, name)) is not None]
    if told:
        return Looked(authorisation, True, told)
    return Looked(authorisation, False, [_searched(one, name) for one in known])


def _searched(known: Known, name: str) -> CountyTold:
    """The books of a county, none of which has that number with that name."""
    with open_rows(known.conformed) as connection:
        nobody = PersonTold(name, "", "", [_book(block, (), known, connection) for block in OF_PERSONS])
    return CountyTold(known.run.county, known.run.as_of, known.run.id, [nobody], ())


def _county(known: Known, number: str, name: str) -> CountyTold | None:
    """What a county's books say; None where none has that number with that name."""
    subject = Subject(Kind.PERSON, number)
    with open_rows(known.conformed) as connection:
        (own,) = gather(connection, [subject], OF_PERSONS)
        if not any(_has_name(block, row, name) for block in OF_PERSONS for row in own.rows[block.name]):
            return None
        (family,) = gather(connection, [subject], _OF_FAMILY)
        others = _others(family, number)
        subjects = [Subject(Kind.PERSON, other["person_id"]) for _, other in others if other["person_id"]]
        rows = {one.subject.number: one for one in gather(connection, subjects, OF_PERSONS)} if subjects else {}
        people = [PersonTold(name, "", "", _books(own, known, connection, name))]
        people += [_other(feed, row, rows.get(row["person_id"]), known, connection) for feed, row in others]
        books = [
            _book(block, family.rows[block.name], known, connection)
            for block in _OF_FAMILY
            if block.name not in _MEMBERS
        ]
    return CountyTold(known.run.county, known.run.as_of, known.run.id, people, books)


def _others(family: Family, number: str) -> list[tuple[str, Row]]:
    """Who else lives in the person's households or stands in their certificates: a row each, with its feed."""
    found: dict[Any, tuple[str, Row]] = {}
    for feed in _MEMBERS:
        for row in family.rows[feed]:
            if row.get("person_status") in (None, NORMAL) and row["person_id"] != number:
                found.setdefault(row["person_id"] or (feed, row["name"]), (feed, row))
    return list(found.values())


def _other(feed: str, row: Row, rows: Family | None, known: Known, connection: duckdb.DuckDBPyConnection) -> PersonTold:
    name = mask_of(feed, "name", Audience.DEPARTMENT).python(row["name"]) or ""
    if rows is None:
        return PersonTold(name, "", row["relation"], ())
    number = mask_of(feed, "person_id", Audience.DEPARTMENT).python(row["person_id"]) or ""
    return PersonTold(name, number, row["relation"], _books(rows, known, connection, row["name"]))


def _books(family: Family, known: Known, connection: duckdb.DuckDBPyConnection, name: str) -> list[BookTold]:
    return [_book(block, family.rows[block.name], known, connection, name) for block in OF_PERSONS]


def _book(
    block: Block,
    rows: Sequence[Row],
    known: Known,
    connection: duckdb.DuckDBPyConnection,
    name: str | None = None,
) -> BookTold:
    """What a book says; ``name``: whose rows they are, where it is a person's."""
    title, day = feed_name(block.feed), known.as_of(block.name)
    if not known.has(block.name):
        return BookTold(block.name, title, None, Standing.NO_BOOK, note=known.lacks(block.name))
    if not rows:
        return BookTold(block.name, title, day, Standing.NOT_IN, note=_doubt(block, known, connection))
    told = [_row(block, row, name) for row in _lately(block, rows, known)]
    note = say("内容不在这里显示", "what it says is not shown here") if block.feed.discreet else ""
    return BookTold(block.name, title, day, Standing.IN, told, note)


def _lately(block: Block, rows: Sequence[Row], known: Known) -> Sequence[Row]:
    """Payments of the last twelve months, and everything of other books."""
    if block.name != "low_income_payments":
        return rows
    return [row for row in rows if row["month"] in known.payment_months]


def _row(block: Block, row: Row, name: str | None) -> RowTold:
    cells = [] if block.feed.discreet else cells_of(block.feed, row, Audience.DEPARTMENT, block.left_out)
    values = {cell.heading: f"{cell.text}{cell.unit}" for cell in cells if cell.text}
    other = name is not None and not _has_name(block, row, name)
    return RowTold(values, row["_file"], row["_sheet"], row["_row"], other)


def _has_name(block: Block, row: Row, name: str) -> bool:
    """Whether a row has a name for its person, dots aside, as ID02 compares names."""
    beside = (row[block.feed.name_beside(column)] for _, column in block.by)
    return any(one is not None and _plain(one) == _plain(name) for one in beside)


def _plain(name: str) -> str:
    return name.replace("·", "")


def _doubt(block: Block, known: Known, connection: duckdb.DuckDBPyConnection) -> str:
    """How many rows of a book could be anybody's: their number was lost, or they were refused."""
    lost = " AND ".join(f"{column} IS NULL" for _, column in block.by) if block in OF_PERSONS else "false"
    found = connection.execute(f"SELECT count(*) FROM {block.name} WHERE {lost}").fetchone()
    unnumbered, refused = int(found[0]) if found else 0, known.refused(block.name)
    parts = [say(f"{unnumbered}行没有有效证件号码", f"{unnumbered} rows have no valid number")] if unnumbered else []
    parts += [say(f"{refused}行被退回", f"{refused} rows were refused")] if refused else []
    told = say("、", ", ").join(parts)
    return say(f"这本账另有{told}，不能断定", f"not for certain: of this book {told}") if parts else ""
