"""The digest: everything that somebody should hear of at D, in one message, Chinese first. No personal data in it.

Sending it is the scheduler's matter; ``liangxian alerts`` prints it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from expectations.calendar import LOCAL, add_months, day_of_month
from expectations.departments import Department
from expectations.feeds import FEEDS_BY_NAME
from expectations.policy import Policy
from expectations.status import RuleStatus
from pipelines.desk.escalating import DEADLINES, overdue
from pipelines.house.counties import county_name
from pipelines.house.language import Language
from pipelines.house.policies import EVERY_COUNTY
from pipelines.house.records.desk import AlertRow, DigestRow
from pipelines.house.settings import Settings
from pipelines.house.words import WHOLE_COUNTY, day_in_digits, english
from pipelines.night.barred import newest_barred
from pipelines.night.braked import braked_rows
from pipelines.night.flow import counties_with_data
from pipelines.night.reports import still_stopped
from pipelines.reporting.rendering import render
from warehouse.books.deliveries import Delivery, Event, list_deliveries
from warehouse.books.heads import heads_of
from warehouse.books.runs import Run, list_runs, rule_runs_of
from warehouse.books.sendings import last_night

_STRAY_DAYS = 7
"""How long a rejected file of no known county or feed is told of: nothing that is delivered later settles it."""

PATIENCE = timedelta(hours=2)
"""After which a run that was begun and has left no summary counts as stuck, where nobody says otherwise."""


class Kind(StrEnum):
    """What an alert is about, in the order in which a digest has them."""

    RUN = "run"
    HELD = "held"
    REJECTED = "rejected"
    BARRED = "barred"
    LATE = "late"
    BRAKED = "braked"
    NOT_EVALUATED = "not_evaluated"
    OVERDUE = "overdue"


TITLES: Mapping[Kind, tuple[str, str]] = {
    Kind.RUN: ("比对没有按时完成", "Runs that are not done"),
    Kind.HELD: ("待确认的数据", "Deliveries to be confirmed"),
    Kind.REJECTED: ("退回的数据", "Rejected deliveries"),
    Kind.BARRED: ("没有共享依据、不再采用的数据", "Deliveries that no document allows any more"),
    Kind.LATE: ("逾期未报的数据", "Late feeds"),
    Kind.BRAKED: ("异常增多、暂未下发的问题", "Findings not sent out: far more than usual"),
    Kind.NOT_EVALUATED: (f"{RuleStatus.NOT_EVALUATED.label}的规则", "Rules not evaluated"),
    Kind.OVERDUE: ("超期未办结的问题", "Overdue findings"),
}


HEADS = ("账册校验值，请留存（verify --expect）", "Heads of the books' chains, to be kept (verify --expect)")
"""What stands above them."""


@dataclass(frozen=True)
class Alert:
    """One thing: what it is about, in Chinese and English, and its parts for machines (``facts``, plain values)."""

    kind: Kind
    county: str
    zh: str
    en: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Digest:
    """All alerts of D, in order. ``digest`` changes with what they say: what was sent before need not be sent again."""

    as_of: date
    alerts: tuple[Alert, ...]
    heads: Mapping[str, str] = field(default_factory=dict)
    """Heads of the books' chains, to be kept where they are read: ``verify --expect`` looks for them."""

    @property
    def digest(self) -> str:
        """SHA-256 of what is told."""
        content = [[a.kind, a.county, dict(a.facts)] for a in self.alerts]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def as_dict(self) -> DigestRow:
        """Plain values."""
        rows: list[AlertRow] = [
            {"kind": a.kind, "county": a.county, "zh": a.zh, "en": a.en, "facts": dict(a.facts)} for a in self.alerts
        ]
        return {
            "as_of": self.as_of.isoformat(),
            "digest": self.digest,
            "alerts": rows,
            "heads": dict(self.heads),
        }


def digest(settings: Settings, as_of: date, *, patience: timedelta = PATIENCE) -> Digest:
    """What is late, rejected, not evaluated, overdue or stuck at D (``settings.now`` for runs that hang)."""
    known = list_deliveries(settings.home.books, known_at=settings.known_at)
    runs = list_runs(settings.home.books)
    found: list[Alert] = []
    for county in _counties(settings):
        policy = settings.policies.at(county, as_of)
        own = [d for d in known if d.county == county and d.feed in FEEDS_BY_NAME and policy.expects(d.feed)]
        ran = [run for run in runs if run.county == county]
        found += _runs(settings, county, ran, as_of, patience)
        stopped = [d for d in still_stopped(settings, county, as_of) if policy.expects(d.feed)]
        found += (_held(d) if d.status == Event.HELD else _rejected(d) for d in stopped)
        found += _barred(policy, own)
        found += _late(policy, own)
        found += _not_evaluated(settings, county, ran)
        found += _braked(settings, county)
    found += [_rejected(d) for d in _strays(settings, known, as_of)]
    found += _overdue(settings, as_of)
    order = list(Kind)
    alerts = tuple(sorted(found, key=lambda a: (order.index(a.kind), a.county)))
    return Digest(as_of, alerts, heads_of(settings.home.books))


def _counties(settings: Settings) -> list[str]:
    """Counties with data, and those that have a policy and never sent anything."""
    expected = {county for county in settings.policies.own if county != EVERY_COUNTY}
    wanted = expected & set(settings.counties) if settings.counties else expected
    return sorted(wanted | set(counties_with_data(settings)))


def due_days(as_of: date, day: int) -> tuple[date, date]:
    """The last day before D by which a feed was expected, and the one of the month before it.

    ``day`` of a month that is shorter is the month's last day. On the expected day itself a feed is not late yet.
    """
    days = [day_of_month(add_months(as_of, -earlier), day) for earlier in range(3)]
    passed = [d for d in days if d < as_of]
    return passed[0], passed[1]


def _late(policy: Policy, own: Sequence[Delivery]) -> Iterator[Alert]:
    """Feeds that the county is to receive by a day that has passed."""
    as_of, titles = policy.d, policy.titles()
    for feed in policy.expected_feeds:
        there = [d.as_of for d in own if d.feed == feed.name and d.status == Event.ACCEPTED and d.as_of is not None]
        newest = max((day for day in there if day <= as_of), default=None)
        due, before = due_days(as_of, int(policy.for_feed("expected_day", feed.name)))
        if newest is not None and newest > before:
            continue
        has_zh = f"最新数据截止{newest}" if newest else "从未报送"
        has_en = f"the newest is as of {newest}" if newest else "nothing has ever come"
        yield Alert(
            Kind.LATE,
            policy.county,
            f"{feed.title}应于{due}前报送，已逾期{(as_of - due).days}天，{has_zh}（{titles[feed.sender]}）",
            f"{english(feed.name)} was expected by {due}, {(as_of - due).days} days ago; {has_en}",
            {"feed": feed.name, "due": due.isoformat(), "newest": day_in_digits(newest)},
        )


def _barred(policy: Policy, own: Sequence[Delivery]) -> Iterator[Alert]:
    """What came and counted, and may not be used any more: one alert a feed, of its newest delivery."""
    for delivery, why in newest_barred([d for d in own if (d.as_of or date.max) <= policy.d], policy.may_use):
        feed = FEEDS_BY_NAME[delivery.feed]
        yield Alert(
            Kind.BARRED,
            policy.county,
            f"{feed.title}（数据截止{delivery.as_of}）{why}；批次{delivery.id}",
            f"{english(feed.name)} as of {delivery.as_of} is not used any more: policy leads.basis names no document; "
            f"name one that is in force, or let it go with its retention; delivery {delivery.id}",
            {"delivery": delivery.id, "feed": feed.name, "as_of": day_in_digits(delivery.as_of)},
        )


def _strays(settings: Settings, known: Sequence[Delivery], as_of: date) -> list[Delivery]:
    """Files that were rejected lately, that somebody waits for, and that belong to no county or feed that we know."""
    since = datetime.combine(as_of, time.min, LOCAL) - timedelta(days=_STRAY_DAYS)
    counties = set(_counties(settings))
    return [
        d
        for d in known
        if d.status == Event.REJECTED
        and d.received_at >= since
        and (d.county not in counties or d.feed not in FEEDS_BY_NAME)
        and (not settings.counties or d.county in settings.counties)
        and settings.policies.at(d.county, as_of).expects(d.feed)
    ]


def _held(delivery: Delivery) -> Alert:
    """Its reasons are figures and ids."""
    feed = FEEDS_BY_NAME[delivery.feed]
    staged = delivery.accounting.staged if delivery.accounting is not None else 0
    why = "waits for its other half" if delivery.waits else f"{staged:,} rows, far fewer than before"
    return Alert(
        Kind.HELD,
        delivery.county,
        f"{feed.title}（数据截止{delivery.as_of}）待确认：{'；'.join(delivery.reason)}；批次{delivery.id}",
        f"{english(feed.name)} as of {delivery.as_of} is held: {why}; delivery {delivery.id}",
        {"delivery": delivery.id, "feed": feed.name, "as_of": day_in_digits(delivery.as_of)},
    )


def _rejected(delivery: Delivery) -> Alert:
    """By its id and figures: a file name can hold anything, also a person's name, and so can an unknown feed."""
    a = delivery.accounting
    feed = FEEDS_BY_NAME.get(delivery.feed)
    title, name = (feed.title, english(feed.name)) if feed else ("不能识别的文件", "a file of no known feed")
    called = delivery.id if feed else delivery.sha256[:12]
    zh = f"读取{a.read:,}行，其中{a.quarantined:,}行有问题" if a else "不能读入"
    en = f"{a.quarantined:,} of {a.read:,} rows have problems" if a else "it cannot be read"
    return Alert(
        Kind.REJECTED,
        delivery.county,
        f"{title}（数据截止{delivery.as_of or '不明'}）整批退回：{zh}；批次{called}",
        f"{name} as of {delivery.as_of or 'an unknown date'} was rejected: {en}; delivery {called}",
        {
            "delivery": called,
            "feed": feed.name if feed else None,
            "as_of": day_in_digits(delivery.as_of),
        },
    )


def _runs(settings: Settings, county: str, ran: Sequence[Run], as_of: date, patience: timedelta) -> Iterator[Alert]:
    """A county without a recorded run at D, and a run that was begun long ago and has left no summary."""
    recorded = [run for run in ran if run.seq is not None]
    newest = max(recorded, key=lambda run: run.seq or 0, default=None)
    if newest is None or newest.as_of < as_of:
        last_zh = f"最近一次截至{newest.as_of}" if newest else "从未比对"
        last_en = f"the last one is of {newest.as_of}" if newest else "there has been none"
        yield Alert(
            Kind.RUN,
            county,
            f"{county_name(county)}没有截至{as_of}的比对，{last_zh}",
            f"no run of {as_of}; {last_en}",
            {"as_of": as_of.isoformat(), "newest": newest.as_of.isoformat() if newest else None},
        )
    for run in ran:
        is_current = newest is None or run.as_of >= newest.as_of
        has_ended = (settings.home.lake.run_folder(run.id) / "summary.json").exists()
        is_over = run.replay or has_ended or run.withdrawn_at is not None
        if is_current and not is_over and run.started_at + patience < settings.now():
            yield Alert(
                Kind.RUN,
                county,
                f"{county_name(county)}的比对{run.id}已开始超过{_hours(patience)}小时，没有完成",
                f"run {run.id} was begun more than {_hours(patience)} hours ago and is not finished",
                {"run": run.id, "recorded": run.seq is not None},
            )


def _hours(patience: timedelta) -> str:
    return f"{patience / timedelta(hours=1):g}"


def _not_evaluated(settings: Settings, county: str, ran: Sequence[Run]) -> Iterator[Alert]:
    """Rules that the newest recorded run could not judge, one alert a reason: of those that wait there is none."""
    newest = max((run for run in ran if run.seq is not None), key=lambda run: run.seq or 0, default=None)
    if newest is None:
        return
    by_reason: dict[str, list[str]] = defaultdict(list)
    for row in rule_runs_of(settings.home.books, newest.id):
        if row["status"].is_gap:
            by_reason[row["reason"] or ""].append(row["rule"])
    for reason, rules in sorted(by_reason.items()):
        yield Alert(
            Kind.NOT_EVALUATED,
            county,
            f"截至{newest.as_of}{RuleStatus.NOT_EVALUATED.label}{'、'.join(rules)}：{reason}",
            f"not evaluated at {newest.as_of}: {', '.join(rules)}",
            {"as_of": newest.as_of.isoformat(), "rules": rules, "reason": reason},
        )


def _braked(settings: Settings, county: str) -> Iterator[Alert]:
    """Rules whose findings the last night did not send out, nor anybody since."""
    night = last_night(settings.home.books, county)
    for row in braked_rows(settings, night) if night is not None else ():
        facts = {name: row[name] for name in ("rule", "why", "unsent", "sent", "deliveries")}
        yield Alert(Kind.BRAKED, county, f"{row['rule']} {row['zh']}", f"{row['rule']}: {row['en']}", facts)


def _overdue(settings: Settings, as_of: date) -> Iterator[Alert]:
    for county in overdue(settings, as_of):
        for row in county.rows:
            owner, count = Department(row["owner"]), f"{row['findings']:,}"
            yield Alert(
                Kind.OVERDUE,
                county.county,
                f"{county.titles[owner]} {row['township'] or WHOLE_COUNTY}：{count}条{DEADLINES[row['deadline']]}超期，"
                f"最早应于{row['oldest']}办结",
                f"{english(owner.value)}, {row['township_code'] or 'whole county'}: {count} past the deadline "
                f"to {row['deadline']}, the oldest due on {row['oldest']}",
                dict(row),
            )


def render_text(found: Digest, language: Language | None = None) -> str:
    """The digest as plain text: a subject line, then each kind with its alerts; without a language in both."""
    lines = [subject(found, language), ""]
    for kind, alerts in _by_kind(found):
        lines.append(f"【{_told(*TITLES[kind], language)}】")
        for alert in alerts:
            told = [alert.zh] if language is not Language.EN else []
            told += [alert.en] if language is not Language.ZH else []
            lines += [f"· {alert.county} {told[0]}", *(f"  {more}" for more in told[1:])]
        lines.append("")
    if found.heads:
        lines.append(f"【{_told(*HEADS, language)}】")
        lines += [f"· {chain} {head}" for chain, head in found.heads.items()]
        lines.append("")
    return "\n".join(lines)


def subject(found: Digest, language: Language | None = None) -> str:
    """One line for a mail's subject."""
    count = len(found.alerts)
    zh, en = (
        (f"{count}项需要处理", f"{count} to attend to") if count else ("没有需要处理的事项", "nothing to attend to")
    )
    colon = ": " if language is Language.EN else "："
    return f"liangxian {found.as_of}{colon}{_told(zh, en, language)}"


def _told(zh: str, en: str, language: Language | None) -> str:
    return f"{zh} {en}" if language is None else zh if language is Language.ZH else en


def render_html(found: Digest) -> str:
    """The digest as one self-contained page, for a mail's body."""
    kinds = [(*TITLES[kind], alerts) for kind, alerts in _by_kind(found)]
    return (
        render(
            "alerts",
            subject=subject(found),
            as_of=found.as_of.isoformat(),
            kinds=kinds,
            heads=found.heads,
            heads_title=HEADS,
        )
        + "\n"
    )


def _by_kind(found: Digest) -> list[tuple[Kind, list[Alert]]]:
    kinds = [(kind, [a for a in found.alerts if a.kind == kind]) for kind in Kind]
    return [(kind, alerts) for kind, alerts in kinds if alerts]
