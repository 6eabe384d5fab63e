"""What waits for whom: read from the inbox and the books, never from events, so that a lost event loses nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from expectations.feeds import FEEDS_BY_NAME
from expectations.status import RuleStatus, by_status
from pipelines.conforming import conform
from pipelines.house.counties import county_name
from pipelines.house.deliveries import find_named
from pipelines.house.settings import Settings
from pipelines.house.words import feed_title
from pipelines.night.flow import counties_with_data
from pipelines.night.publishing import erased_ids, recorded_runs, uses
from pipelines.night.results import CountyNight
from warehouse.books.deliveries import STOPPED, Delivery, Event, in_force, is_moot, is_same_day, list_deliveries
from warehouse.books.runs import Run, newest_recorded, newest_recorded_by_county, rule_runs_of
from warehouse.books.schema import deliveries as deliveries_table
from warehouse.loading.versions import published_version, snapshot_of

_STOPPED_WORDS: Final[Mapping[str, str]] = {Event.REJECTED: "整批退回", Event.HELD: "待确认"}


def touched_counties(settings: Settings, as_of: date) -> list[str]:
    """Counties for which other deliveries count at D than counted in the ledger's newest state.

    It makes no difference how one came to count: it arrived, its other half arrived, it was released or restored. One
    that no longer counts was withdrawn: that it was erased, or is stale by now, is no news.
    """
    return [county for county in counties_with_data(settings) if _is_touched(settings, county, as_of)]


def _is_touched(settings: Settings, county: str, as_of: date) -> bool:
    home = settings.home
    policy = settings.policies.at(county, as_of)
    known = list_deliveries(home.books, (deliveries_table.c.county == county,))
    there = [d for d in known if d.status == Event.ACCEPTED]
    counting = _ids(conform(home.lake, there, county, as_of, policy).deliveries)
    with home.books.connect() as connection:
        run = newest_recorded(connection, county)
    counted = _ids(run.deliveries) if run is not None else set()
    return not counting <= counted or any(d.id in counted and d.status == Event.WITHDRAWN for d in known)


def _ids(by_feed: Mapping[str, Sequence[str]]) -> set[str]:
    return {delivery for ids in by_feed.values() for delivery in ids}


def untold_feeds(settings: Settings, county: str) -> list[str]:
    """Feeds of a county with a delivery in force that no recorded run has taken into account, in FEEDS' order."""
    found = list_deliveries(
        settings.home.books, (deliveries_table.c.county == county, deliveries_table.c.taken_by.is_(None))
    )
    there = {d.feed for d in found if d.status == Event.ACCEPTED}
    return [feed for feed in FEEDS_BY_NAME if feed in there]


def stopped(settings: Settings, county: str) -> list[Delivery]:
    """Deliveries that a person may release: rejected, though their rows could be read, or held on their own account."""
    found = list_deliveries(settings.home.books, (deliveries_table.c.county == county,))
    return [d for d in found if d.status in STOPPED and d.accounting is not None and not d.waits]


def unreported(settings: Settings) -> list[tuple[str, date]]:
    """County and D of recorded runs whose summary is missing or older than what was recorded; in order of D.

    The summary is the last thing that a report writes. A night records again what an arrival found, to send it out:
    its workbooks are then due again. Runs whose rows were erased on schedule are over.
    """
    gone = erased_ids(settings)
    last = {(run.county, run.as_of): run for run in recorded_runs(settings) if not uses(run, gone)}
    due = [key for key, run in last.items() if not _is_told(settings, run)]
    return sorted(due, key=lambda key: (key[1], key[0]))


def _is_told(settings: Settings, run: Run) -> bool:
    summary = settings.home.lake.run_folder(run.id) / "summary.json"
    try:
        written = summary.stat().st_mtime
    except FileNotFoundError:
        return False
    return run.recorded_at is None or run.recorded_at.timestamp() <= written


def snapshot_facts(settings: Settings) -> str:
    """What would be frozen: the published version, each county's newest run, and what it could not judge. Markdown."""
    version = published_version(settings.home.lake)
    if version is None:
        return "还没有发布过数据仓库。Nothing has been published yet."
    lines = [f"- 版本 version：`{snapshot_of(version)}`"]
    newest = newest_recorded_by_county(settings.home.books)
    for county, run in sorted(newest.items()):
        became = ((row["rule"], row["status"]) for row in rule_runs_of(settings.home.books, run.id))
        silent: dict[RuleStatus, list[str]] = by_status(became) or {RuleStatus.NOT_EVALUATED: []}
        told = (f"{s.label} {s.label_en}：{'、'.join(codes) or '无 none'}" for s, codes in silent.items())
        lines.append(f"- {county_name(county)} {county}：数据截止日 as of {run.as_of}，{'；'.join(told)}")
    return "\n".join(lines)


def facts_of(settings: Settings, delivery_id: str) -> str:
    """What a person must know before a stopped delivery is let through: Markdown, Chinese first, no personal values.

    Raises UnknownError for an unknown delivery.
    """
    delivery = find_named(settings, delivery_id)
    counting = [d for d in in_force(settings.home.books, delivery.county) if d.feed == delivery.feed]
    newest = max(counting, key=lambda d: d.as_of or date.min, default=None)
    instead = next((d for d in counting if is_same_day(d, delivery) and is_moot(delivery, [d])), None)
    return "\n".join(_lines(delivery, newest, instead))


def _lines(delivery: Delivery, newest: Delivery | None, instead: Delivery | None) -> Sequence[str]:
    """``newest`` is what counts of the feed for as long as nobody lets the delivery through.

    ``instead``: what is newer of its own as-of date, and must be named.
    """
    held = delivery.status == Event.HELD
    otherwise = "仍不采用，由部门补报完整数据" if held else "维持退回，由部门更正后重报"
    rows = delivery.accounting
    lines = [
        f"**{feed_title(delivery.feed)}** · {county_name(delivery.county)} {delivery.county} · "
        f"数据截止日 as of {delivery.as_of}",
        "",
        f"- 批次 delivery：`{delivery.id}`",
        f"- 文件 files：{'、'.join(file.name for file in delivery.files)}",
        f"- 状态 status：{_STOPPED_WORDS.get(delivery.status, '')} {delivery.status}",
    ]
    if rows is not None:
        lines += [
            f"- 读取 {rows.read} 行，合格 {rows.staged} 行，隔离 {rows.quarantined} 行 · "
            f"{rows.read} rows read, {rows.staged} good, {rows.quarantined} in quarantine",
        ]
    lines += ["", "为什么拦下 why it was stopped：", *(f"- {reason}" for reason in delivery.reason)]
    lines += [
        "",
        "- **放行 Approve**：合格的行进入比对，隔离的行仍然隔离 · "
        "its good rows are compared, what is in quarantine stays there",
        f"- **不放行 Reject**：{otherwise}；{_meanwhile(newest)}",
    ]
    if instead is not None:
        lines.append(
            f"- 同一截止日已有更新的批次采用：`{instead.id}`。确要以本批替代它的，放行时填写该批次 · "
            "a newer delivery of its date is in force: name it to have this one instead"
        )
    return lines


def _meanwhile(newest: Delivery | None) -> str:
    """What the rules look at if a stopped delivery is not let through."""
    if newest is None or newest.accounting is None:
        return "没有其他数据，需要它的规则不比对 · there is nothing else: rules that need it are not evaluated"
    rows = newest.accounting.staged
    return (
        f"继续使用数据截止日{newest.as_of}的{rows}行 · "
        f"the department sends it again, until then the {rows} rows as of {newest.as_of} count"
    )


def sentence_of(delivery: Delivery) -> str:
    """What became of a delivery, for a log: figures and reasons, no personal values."""
    rows = delivery.accounting
    figures = f": {rows.read} rows read, {rows.staged} staged, {rows.quarantined} in quarantine" if rows else ""
    told = f"{delivery.id} was {delivery.status}{figures}."
    if delivery.waits:
        return f"{told} It waits for its other half, delivery {delivery.by}."
    return f"{told} It counts once a person has confirmed it." if delivery.status == Event.HELD else told


def sentences_of(night: CountyNight) -> list[str]:
    """What became of a county's rules, for a log."""
    counts = ", ".join(f"{count} {name}" for name, count in night.counts.items())
    told = [f"{night.run.county} was evaluated at {night.run.as_of}{' (a replay)' if night.replay else ''}: {counts}."]
    silent: dict[tuple[RuleStatus, str], list[str]] = {}
    for rule in night.rule_runs:
        if rule.status is not RuleStatus.EVALUATED:
            silent.setdefault((rule.status, rule.reason or ""), []).append(rule.rule)
    return told + [
        f"{status.label_en.capitalize()}: {', '.join(rules)}: {reason}." for (status, reason), rules in silent.items()
    ]
