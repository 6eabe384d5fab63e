"""One family's card as it is laid out: what each book says with where it stands there, the questions, the findings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from expectations.masks import Audience, mask_of
from pipelines.house.language import say
from pipelines.reading_out.cards.benefits import Strip, strips_of
from pipelines.reading_out.cards.blocks import BLOCKS, Block
from pipelines.reading_out.cards.cells import Cell, Row, cells_of, feed_name, heading_of, sources_of
from pipelines.reading_out.cards.gathering import Family, Kind
from pipelines.reading_out.cards.known import Known, Place, Places
from pipelines.reading_out.cards.plans import Reached
from pipelines.reading_out.cards.questions import Asked, Question, ask
from pipelines.reading_out.cards.standing import Standing

_PAYMENTS = "low_income_payments"


@dataclass(frozen=True)
class Section:
    """What one book says: rows as grids of cells, or a table under headings, or strips of months."""

    title: str
    office: str
    as_of: date
    sources: Sequence[str]
    grids: Sequence[Sequence[Cell]] = ()
    headings: Sequence[str] = ()
    table: Sequence[Sequence[Cell]] = ()
    strips: Sequence[Strip] = ()
    note: str = ""


@dataclass(frozen=True)
class Card:
    """One household or certificate, as its page shows it. ``silent``: books that say nothing of it, and why."""

    kind: str
    number: str
    head: str
    place: Place
    persons: str
    status: str
    programmes: str
    questions: Sequence[Question]
    sections: Sequence[Section]
    silent: Sequence[str]
    standing: Sequence[Standing] = field(default=())

    @property
    def findings(self) -> list[Standing]:
        """Open findings that are no leads."""
        return [one for one in self.standing if not one.is_lead]

    @property
    def leads(self) -> list[Standing]:
        """Questions by what other offices know."""
        return [one for one in self.standing if one.is_lead]


def card_of(
    family: Family,
    known: Known,
    places: Places,
    standing: Sequence[Standing],
    reached: Reached,
    audience: Audience,
) -> Card:
    """A family's card, as an audience may read it."""
    book = "register_households" if family.subject.kind is Kind.HOUSEHOLD else "low_income_households"
    (own,) = [
        row
        for row in family.rows[book]
        if family.subject.number in (row.get("household_no"), row.get("certificate_no"))
    ]
    place, strips = places.of(own["village_code"]), strips_of(family, known)
    plans = places.plans_of(place, known.run.as_of.year)
    asked = Asked(family, place, strips, standing, plans, reached, known, audience)
    blocks = [(block, _shown(block, family.rows[block.name])) for block in BLOCKS]
    households = family.rows["register_households"]
    return Card(
        kind=say("户编号", "household")
        if family.subject.kind is Kind.HOUSEHOLD
        else say("低保（特困）证号", "certificate"),
        number=family.subject.number,
        head=mask_of(book, "head_name", audience).python(own["head_name"]) or "",
        place=place,
        persons=str(own["persons"]),
        status="、".join(dict.fromkeys(row["poverty_status"] for row in households)) or say("册中没有", "none"),
        programmes="、".join(
            dict.fromkeys(f"{row['programme']}（{row['status']}）" for row in family.rows["low_income_households"])
        ),
        questions=ask(asked),
        sections=[
            _section(block, rows, family, known, strips, audience)
            for block, rows in blocks
            if rows or (block.name == _PAYMENTS and strips)
        ],
        silent=list(_silent(family, known, strips)),
        standing=standing,
    )


def _shown(block: Block, rows: Sequence[Row]) -> Sequence[Row]:
    """Of the two newest values of the column that says how old a row is."""
    if block.newest is None:
        return rows
    newest = sorted({row[block.newest] for row in rows}, reverse=True)[:2]
    return [row for row in rows if row[block.newest] in newest]


def _section(
    block: Block, rows: Sequence[Row], family: Family, known: Known, strips: Sequence[Strip], audience: Audience
) -> Section:
    feed = block.feed
    as_of = known.as_of(feed.name) or known.run.as_of
    title, office, days = feed_name(feed), known.sender(feed), known.days_of(feed.name)
    if block.name == _PAYMENTS:
        shown = [row for strip in strips for row in strip.rows]
        return Section(title, office, as_of, sources_of(shown, days), strips=strips, note=_of_months())
    if block.is_grid:
        grids = [cells_of(feed, row, audience, block.left_out) for row in rows]
        return Section(title, office, as_of, sources_of(rows, days), grids=grids)
    left_out = block.left_out | _told_once(family)
    headings = [heading_of(column, with_unit=True) for column in feed.columns if column.name not in left_out]
    table = [cells_of(feed, row, audience, left_out) for row in rows]
    note = _of_newest() if len(rows) < len(family.rows[block.name]) else ""
    return Section(title, office, as_of, sources_of(rows, days), headings=headings, table=table, note=note)


def _told_once(family: Family) -> set[str]:
    """Columns that are the same in every row of a table."""
    one = {"household_no": family.households, "certificate_no": family.certificates}
    return {column for column, numbers in one.items() if len(numbers) == 1}


def _silent(family: Family, known: Known, strips: Sequence[Strip]) -> Iterator[str]:
    for block in BLOCKS:
        if not family.rows[block.name] and not (block.name == _PAYMENTS and strips):
            name, day = feed_name(block.feed), known.as_of(block.name)
            zh, en = f"{name}（截至{day}）：没有这家的记录", f"{name} (as of {day}): no row of this family"
            yield known.lacking(block.name) or known.absent(block.name, zh, en)


def _of_months() -> str:
    return say("最近十二个月，元", "the last twelve months, yuan")


def _of_newest() -> str:
    return say("只列最近两个年度", "the two newest years only")
