"""The brake on what is sent out: what a rule finds far beyond the usual waits until a person has looked at it. Pure."""

import pyarrow as pa

from expectations.finding import CLOSED_STATES, State
from expectations.policy import Policy
from pipelines.recording.over_arrow import over_arrow
from warehouse.books.sendings import Braked, NightsBefore, Why
from warehouse.sql import among, outside

UNSENT_STATES = (State.NEW, State.REOPENED)
"""States of a finding that was not sent out since it opened or reopened."""

IS_UNSENT = f"{among('to_state', UNSENT_STATES)} AND NOT past"
"""A finding of a plan that a sending would send out; those of a past period never are."""


def brake(plan: pa.Table, before: NightsBefore, policy: Policy) -> tuple[Braked, ...]:
    """The rules whose unsent findings (``plan``: rule, to_state, past) must not be sent out tonight, by code.

    More than ``brake.least`` and more than ``brake.percent`` of what was sent out and is open; and all that a rule
    finds before the first night after the one that evaluated it first. The county's first night is what is usual.
    """
    if not before.sent_any:
        return ()
    least, percent = int(policy["brake.least"]), int(policy["brake.percent"])
    with over_arrow(plan=plan) as connection:
        counted = connection.execute(
            f"""SELECT rule, count(*) FILTER ({IS_UNSENT}) AS unsent,
                count(*) FILTER ({outside("to_state", (*CLOSED_STATES, *UNSENT_STATES))}) AS sent
            FROM plan GROUP BY rule HAVING unsent > 0 ORDER BY rule"""
        ).fetchall()
    braked = []
    for rule, unsent, sent in counted:
        if unsent > least and 100 * unsent > percent * sent:
            braked.append(Braked(rule, Why.MORE_THAN_USUAL, unsent, sent))
        elif before.evaluated is not None and rule not in before.evaluated:
            braked.append(Braked(rule, Why.FIRST_NIGHT, unsent, sent))
    return tuple(braked)
