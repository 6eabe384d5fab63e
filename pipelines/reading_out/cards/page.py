"""一户一档, 村册 and 乡簿: cards as one self-contained page that prints on A4; audited before it is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from expectations.calendar import local_day
from expectations.errors import UnknownError
from expectations.masks import Audience
from pipelines.house.counties import county_name
from pipelines.house.language import say, spoken
from pipelines.house.settings import Settings
from pipelines.house.words import day_in_chinese
from pipelines.reading_out.cards.asking import Wanted, kinds_of, need_one, villages_of, within
from pipelines.reading_out.cards.blocks import BLOCKS
from pipelines.reading_out.cards.card import Card, card_of
from pipelines.reading_out.cards.gathering import Family, Subject, gather, open_rows
from pipelines.reading_out.cards.known import Known, Places, know
from pipelines.reading_out.cards.plans import reached_by
from pipelines.reading_out.cards.standing import Findings
from pipelines.reading_out.reads import record_read
from pipelines.reading_out.recorded import runs_at
from pipelines.reporting.rendering import render
from warehouse.lake import write_text


@dataclass(frozen=True)
class Written:
    """What a page has: the run that it was made of, its county, and how many cards."""

    run: str
    county: str
    cards: int


def write_cards(settings: Settings, wanted: Wanted, d: date, target: Path, *, unmask: bool = False) -> Written:
    """Write the card of one household or certificate at D, or the book of a village or township.

    Names and birth dates stand as offices read them, numbers masked; ``unmask``: numbers whole. The audit log has it
    before it is written. Raises NotYoursError, PurposeMissingError, NotYetError, RefusedError, UnknownError,
    RequestError.
    """
    settings.actor.need_clear()
    audience = Audience.PURPOSE if unmask else Audience.DEPARTMENT
    known, subject = _locate(settings, wanted, d)
    cards = list(_cards(settings, wanted, known, subject, audience))
    page = render("card", **_view(settings, wanted, known, cards))
    asked = {**wanted.for_audit(), "county": known.run.county, "as_of": d.isoformat(), "run": known.run.id}
    record_read(settings, what="card", asked=asked | {"unmask": unmask}, rows=len(cards), content=page.encode())
    write_text(target, page)
    return Written(known.run.id, known.run.county, len(cards))


def _locate(settings: Settings, wanted: Wanted, d: date) -> tuple[Known, Subject | None]:
    """The county's run, and what a number is in it."""
    runs, seen = runs_at(settings, d), within(settings.actor.scope)
    if wanted.area:
        own = [run for run in runs if run.county == wanted.area[:6]]
        if not own:
            raise UnknownError("village" if wanted.village else "township", wanted.area)
        return know(settings, own[0]), None
    everywhere = [know(settings, run) for run in runs]
    found = [(known, kind) for known in everywhere for kind in kinds_of(known.conformed, wanted, seen)]
    need_one(wanted, [(known.run.county, kind) for known, kind in found], local_day(settings.now()))
    known, kind = found[0]
    return known, Subject(kind, wanted.number)


def _cards(
    settings: Settings, wanted: Wanted, known: Known, subject: Subject | None, audience: Audience
) -> Iterator[Card]:
    """Cards in order; of an area village by village, a certificate that stands on a household's card there once."""
    reached = reached_by(settings.home.lake, known.run.county, known.run.as_of)
    findings = Findings(settings, known.run, known.barred, known.deliveries, known.titles)
    with open_rows(known.conformed) as connection:
        places = Places(connection)
        seen = within(settings.actor.scope)
        villages = [("", [subject])] if subject is not None else list(villages_of(connection, wanted.area, seen))
        if not villages:
            raise UnknownError("village" if wanted.village else "township", wanted.area)
        shown: set[str] = set()
        for _, subjects in villages:
            families = _without_repeats(gather(connection, subjects, BLOCKS), shown)
            for family, standing in zip(families, findings.of(families), strict=True):
                yield card_of(family, known, places, standing, reached, audience)


def _without_repeats(families: Sequence[Family], shown: set[str]) -> list[Family]:
    """The families but certificates that a household's card shows already; ``shown`` grows by those that do."""
    kept = []
    for family in families:
        if family.households and family.subject.number in family.households:
            shown.update(family.certificates)
        elif family.subject.number in shown:
            continue
        kept.append(family)
    return kept


def _view(settings: Settings, wanted: Wanted, known: Known, cards: Sequence[Card]) -> dict[str, Any]:
    place = cards[0].place
    titles = {
        wanted.village: say(f"村册：{place.told}", f"Village: {place.told}"),
        wanted.township: say(
            f"乡簿：{place.township or wanted.township}", f"Township: {place.township or wanted.township}"
        ),
    }
    d = known.run.as_of
    return {
        "lang": "zh-CN" if spoken().value == "zh" else "en",
        "county": say(county_name(known.run.county), known.run.county),
        "until": say(day_in_chinese(d), d.isoformat()),
        "run": known.run.id,
        "purpose": settings.actor.purpose,
        "title": titles[wanted.area] if wanted.area else say("一户一档", "family card"),
        "is_book": bool(wanted.area),
        "cards": cards,
        "t": say,
    }
