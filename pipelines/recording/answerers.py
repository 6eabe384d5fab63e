"""Who gave an answer: the ledger's event has a digest of the name, which is erased with the answer's text."""

from collections.abc import Iterable, Mapping
from typing import Any

from expectations.rules import RULES_BY_CODE
from expectations.workbook import RESPONSIBLE
from pipelines.recording.answers import Said
from warehouse.books.chain import NO_OFFICE
from warehouse.digests import KEYED, name_digest, plain_name


def who_answered(key: bytes, rule: str, answer: str, said: Said) -> str:
    """What the event says of who answered: a digest of the name that was filled in, else the office."""
    name = said.get(RESPONSIBLE, "")
    return name_digest(key, answer, name) if plain_name(name) else office_of(rule)


def office_of(rule: str) -> str:
    """The office that answers for a rule's findings; a finding can outlive its rule."""
    known = RULES_BY_CODE.get(rule)
    return known.owner.label if known is not None and known.owner is not None else NO_OFFICE


def is_nameless(event: Mapping[str, Any]) -> bool:
    """Whether an event has a digest for the name of who answered."""
    return event["answer"] is not None and str(event["who"]).startswith(KEYED)


def told_who(event: Mapping[str, Any], rule: str, said: Said | None, *, clear: bool) -> str:
    """Who caused an event, for a reader: of an answer the office, or the name, ``clear`` and while it is there."""
    if not is_nameless(event):
        return str(event["who"])
    return (clear and (said or {}).get(RESPONSIBLE)) or office_of(rule)


def has_answered(key: bytes, events: Iterable[Mapping[str, Any]], name: str) -> bool | None:
    """Whether somebody of this name gave one of the answers to a finding; None where no answer has a name."""
    given = [event for event in events if is_nameless(event)]
    if not given:
        return None
    return any(event["who"] == name_digest(key, event["answer"], name) for event in given)
