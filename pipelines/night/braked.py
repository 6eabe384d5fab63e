"""What people are told of a rule whose findings stay unsent (异常增多): counts, and what came since it was usual."""

from expectations.feeds import FEEDS_BY_NAME
from expectations.rules import RULES_BY_CODE
from pipelines.house.records.night import BrakedDelivery, BrakedRow
from pipelines.house.settings import Settings
from pipelines.house.words import day_in_digits, feed_title
from warehouse.books.deliveries import Delivery, deliveries_by_id
from warehouse.books.runs import Run
from warehouse.books.sendings import Braked, Why, brakes_of, last_night_without


def braked_rows(settings: Settings, run: Run) -> list[BrakedRow]:
    """The rules whose findings a recorded run did not send out, by code."""
    return [braked_row(settings, run, one) for one in brakes_of(settings.home.books, run.id)]


def braked_row(settings: Settings, run: Run, one: Braked) -> BrakedRow:
    """One of them in words and figures."""
    changed = _changed(settings, run, one.rule)
    came = "、".join(f"{feed_title(d['feed'])}{d['as_of'] or ''}" for d in changed)
    since = f"其间变动的报送：{came}" if changed else "其间所用的报送没有变动"
    if one.why is Why.FIRST_NIGHT:
        zh = f"{one.why.label}，{one.unsent:,}条未下发；{since}"
    else:
        zh = f"{one.why.label}，{one.unsent:,}条未下发，已下发未办结的{one.sent:,}条；{since}"
    ids = ", ".join(d["delivery"] for d in changed) or "none"
    return {
        "rule": one.rule,
        "why": one.why.value,
        "unsent": one.unsent,
        "sent": one.sent,
        "deliveries": changed,
        "zh": zh,
        "en": f"{one.why.label_en}: {one.unsent:,} not sent out, {one.sent:,} sent and open; changed since: {ids}",
    }


def _changed(settings: Settings, run: Run, rule: str) -> list[BrakedDelivery]:
    """Deliveries of the rule's feeds that count now and did not on the last night on which it was as usual.

    Of a feed of which none came: those that no longer count.
    """
    usual = last_night_without(settings.home.books, run, rule)
    then = usual.deliveries if usual is not None else {}
    changed: list[tuple[str, str, bool]] = []
    for feed in RULES_BY_CODE[rule].hears if rule in RULES_BY_CODE else FEEDS_BY_NAME:
        now, before = run.deliveries.get(feed, ()), then.get(feed, ())
        came = [(feed, delivery, True) for delivery in now if delivery not in before]
        changed += came or [(feed, delivery, False) for delivery in before if delivery not in now]
    known = deliveries_by_id(settings.home.books, (delivery for _, delivery, _ in changed))
    return [
        {"feed": feed, "delivery": delivery, "as_of": _as_of(known.get(delivery)), "in_force": there}
        for feed, delivery, there in changed
    ]


def _as_of(delivery: Delivery | None) -> str | None:
    return day_in_digits(delivery.as_of) if delivery is not None else None
