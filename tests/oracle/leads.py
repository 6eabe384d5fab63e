"""Whom leads of other offices can be about, as the contract's sentence has it."""

from oracle.terms import Terms, persons_in


def benefiting(t: Terms) -> set[str]:
    """Members of an in-force 低保 or 特困 certificate, and who is registered in an open household."""
    members = {person for no in t.paying for person in persons_in(t.members_of(no))}
    return members | {person for no in t.open_households for person in t.registered_in(no)}
