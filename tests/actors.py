"""Who asks in tests: one of the data team, unless somebody else is meant."""

from dataclasses import replace

from pipelines.house.actor import EVERYTHING, Actor, Role, Scope
from pipelines.house.settings import Settings

TESTER = Actor("tester", Role.DATA_TEAM)


def acting(
    settings: Settings,
    who: str = TESTER.who,
    *,
    purpose: str = "",
    role: Role = TESTER.role,
    scope: Scope = EVERYTHING,
) -> Settings:
    """The settings as somebody else opens them."""
    return replace(settings, actor=Actor(who, role, scope, purpose), counties=settings.counties or scope.counties)
