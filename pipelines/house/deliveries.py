"""A delivery by what people call it: its id, the id's first characters, or its number in these books."""

import re
from typing import Final

from sqlalchemy import select

from expectations.errors import UnknownError
from pipelines.house.settings import Settings
from warehouse.books.deliveries import Delivery, list_deliveries
from warehouse.books.schema import deliveries as deliveries_table
from warehouse.books.schema import delivery_events

_NUMBER: Final = re.compile(r"[#＃]?([0-9]{1,9})")
"""Of ids none begins with a digit: they begin with the name of their feed."""


def find_named(settings: Settings, name: str) -> Delivery:
    """The delivery of that id, of an id that begins so, or of that number (``12``, ``#12``).

    One that the actor does not see is not there, nor does it make another's name ambiguous. Raises UnknownError where
    none or several are called so.
    """
    found = _with_number(settings, name) or _beginning_with(settings, name)
    seen = [delivery for delivery in found if settings.actor.scope.sees(delivery.county)]
    exact = [delivery for delivery in seen if delivery.id == name] or seen
    if len(exact) != 1:
        raise UnknownError("delivery", name, several=bool(exact))
    return exact[0]


def _with_number(settings: Settings, name: str) -> list[Delivery]:
    number = _NUMBER.fullmatch(name.strip())
    if number is None:
        return []
    first = int(number[1])
    of_number = select(delivery_events.c.delivery).where(delivery_events.c.seq == first)
    found = list_deliveries(settings.home.books, (deliveries_table.c.id.in_(of_number),))
    return [delivery for delivery in found if delivery.number == first]


def _beginning_with(settings: Settings, name: str) -> list[Delivery]:
    if not name.strip():
        return []
    return list_deliveries(settings.home.books, (deliveries_table.c.id.startswith(name.strip(), autoescape=True),))
