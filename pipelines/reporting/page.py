"""The summary page: what a person must see first is decided here, how it looks in ``templates/summary.html.j2``."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import quote

from expectations.departments import Department
from expectations.feeds import CORE_FEEDS, FEEDS
from expectations.finding import Because, Certainty
from expectations.reasons import Reason
from expectations.status import SILENT, RuleStatus
from pipelines.house.records.night import (
    BrakedRow,
    Count,
    DeliveryRow,
    OverdueCount,
    PrecisionRow,
    QualityWarning,
    RefusedCount,
    Summary,
)
from pipelines.house.words import (
    WHOLE_COUNTY,
    day_in_chinese,
    day_in_digits,
    english,
    feed_title,
    measured,
    missing_parts,
    why_left,
)
from pipelines.reporting.helper_lists import FOLDER as HELPERS_FOLDER
from pipelines.reporting.households import FOLDER as VISITS_FOLDER
from pipelines.reporting.rendering import render
from pipelines.reporting.wording import SEVERITIES, SILENCES, RuleInfo, leads_last

_TO_HOME: Final = "../../"
"""From HOME/runs/<run>/summary.html to HOME."""
_PARTS: Final[tuple[Count, ...]] = ("staged", "quarantined", "totals_or_blank", "repeated")
"""What becomes of the rows that were read."""


def render_page(summary: Summary, rules: Sequence[RuleInfo]) -> str:
    """The summary as one self-contained HTML page ; one of an earlier release lacks keys."""
    return render("summary", **page_view(summary, rules)) + "\n"


def page_view(summary: Summary, rules: Sequence[RuleInfo]) -> dict[str, Any]:
    """What the template shows, counted and put in order."""
    as_of = date.fromisoformat(summary["as_of"])
    deliveries = [d for d in summary["deliveries"] if d["county"] == summary["county"]]
    rule_views, places = _findings(summary, rules)
    told = [r for r in rule_views if not r["is_lead"]]
    silent = _silent(rule_views)
    feeds = _feeds(summary, deliveries, as_of)
    stopped = {d["id"]: d for d in (*summary.get("stopped", ()), *deliveries)}
    rejected, held = (
        [_named(d, summary) for d in stopped.values() if d["status"] == status] for status in ("rejected", "held")
    )
    return {
        "county": summary["county"],
        "county_name": summary["county_name"],
        "as_of": as_of.isoformat(),
        "as_of_zh": day_in_chinese(as_of),
        "run": summary["run"],
        "feeds": feeds,
        "feeds_expected": sum(f["expected"] for f in feeds),
        "feeds_there": sum(f["delivery"] is not None for f in feeds if f["expected"]),
        "stale": sum(not f["fresh"] for f in feeds if f["expected"]),
        "held": held,
        "rejected": rejected,
        "unusable": [_named(d, summary) for d in summary.get("unusable", ())],
        "strays": [_named(d, summary) for d in summary["deliveries"] if d["county"] != summary["county"]],
        "waiting": [
            {
                **w,
                **_titles(w["feed"]),
                "elsewhere": _elsewhere(w["county"], summary),
                "lacks": missing_parts(w["parts"]),
            }
            for w in summary["waiting"]
        ],
        "passed_over": [(row["name"], why_left(row["why"])) for row in summary.get("passed_over", ())],
        # what is no concern of the county stands at the end of the page: it has nothing to do about it
        "silent": [kind for kind in silent if kind["status"] is not RuleStatus.NOT_APPLICABLE],
        "not_asked": [kind for kind in silent if kind["status"] is RuleStatus.NOT_APPLICABLE],
        "held_back": _held_back(rule_views),
        "braked": [_braked(row, rule_views) for row in summary.get("braked", ())],
        "gaps": sum(r["is_gap"] for r in rule_views),
        "rules": rule_views,
        "rules_evaluated": sum(r["is_evaluated"] for r in rule_views),
        "places": places,
        "open": sum(r["open"] for r in told),
        "open_high": sum(r["open"] for r in told if r["severity"] == "high"),
        "open_possible": sum(r["possible"] for r in told),
        "leads": sum(r["open"] for r in rule_views if r["is_lead"]),
        "moves": summary["findings"],
        "dropped": summary.get("dropped", {}),
        "dropped_en": {because.value: because.label_en for because in Because},
        "open_unchecked": sum(row["findings"] for row in summary.get("unchecked", ())),
        "open_overdue": sum(row["findings"] for row in summary.get("overdue", ())),
        "refused": _refused(summary.get("refused", ())),
        "quality": [_quality(q) for q in summary.get("quality", ())],
        "departments": _departments(summary, rule_views),
        "visits": _in_folder(summary, VISITS_FOLDER),
        "helpers": _in_folder(summary, HELPERS_FOLDER),
        "precision": [_precision(row, rule_views, summary) for row in summary.get("precision", ())],
        "warehouse": summary["warehouse"],
        "overdue": [_overdue(row, summary) for row in summary.get("overdue", ())],
        "calendar_unknown": "、".join(str(year) for year in summary.get("calendar_unknown", ())),
        "batch": summary.get("batch"),
        "seconds": summary["seconds"],
    }


def _findings(summary: Summary, rules: Sequence[RuleInfo]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rules with their open findings by township, and the townships with their totals."""
    by_place: Counter[tuple[str, str]] = Counter()
    by_rule: Counter[str] = Counter()
    possible: Counter[str] = Counter()
    totals: Counter[tuple[str, bool]] = Counter()
    leads = {rule.code for rule in rules if rule.is_lead}
    names: dict[str, str] = {}
    for row in summary.get("open", ()):
        code, count = row["township_code"] or "", row["findings"]
        names[code] = row["township"] if code else WHOLE_COUNTY
        by_place[row["rule"], code] += count
        by_rule[row["rule"]] += count
        totals[code, row["rule"] in leads] += count
        if row["certainty"] == Certainty.POSSIBLE:
            possible[row["rule"]] += count
    codes = sorted(names, key=lambda code: (code == "", code))
    most = max(by_place.values(), default=1)
    widest = max(by_rule.values(), default=1)
    runs = {r["rule"]: r for r in summary["rules"]}
    unchecked = {row["rule"]: row["findings"] for row in summary.get("unchecked", ())}
    views = []
    for rule in leads_last(rules):
        run = runs.get(rule.code)
        status = RuleStatus(run["status"]) if run else RuleStatus.NOT_EVALUATED
        cells = [by_place[rule.code, code] for code in codes]
        views.append(
            {
                "code": rule.code,
                "name": rule.name,
                "name_en": rule.name_en,
                "is_lead": rule.is_lead,
                "severity": rule.severity,
                "severity_zh": SEVERITIES.get(rule.severity, rule.severity),
                "status": status,
                "status_zh": status.label,
                "status_en": status.label_en,
                "is_evaluated": status is RuleStatus.EVALUATED,
                "is_gap": status.is_gap,
                "reason": (run["reason"] if run else None) or "",
                "open": by_rule[rule.code],
                "possible": possible[rule.code],
                "unchecked": unchecked.get(rule.code, 0),
                "certain_width": round(100 * (by_rule[rule.code] - possible[rule.code]) / widest, 2),
                "possible_width": round(100 * possible[rule.code] / widest, 2),
                # the root lets small counts be told apart from none
                "cells": [{"count": c, "shade": round((c / most) ** 0.5, 3) if c else 0} for c in cells],
            }
        )
    counted = ((code, totals[code, False], totals[code, True]) for code in codes)
    return views, [
        {"code": code, "name": names[code], "total": total, "leads": asked} for code, total, asked in counted
    ]


def _feeds(summary: Summary, deliveries: Sequence[DeliveryRow], as_of: date) -> list[dict[str, Any]]:
    """One row a feed that is expected, there or has come: what is in force, and what came of it in this run."""
    expected = summary.get("expected", [feed.name for feed in CORE_FEEDS])
    in_force = {row["feed"]: row for row in summary.get("in_force", ())}
    accepted = [d for d in deliveries if d["status"] not in ("rejected", "held") and d["read"] is not None]
    shown = {*expected, *in_force, *(d["feed"] for d in accepted)}
    views = []
    for feed in (f for f in FEEDS if f.name in shown):
        current = in_force.get(feed.name)
        day = date.fromisoformat(current["as_of"]) if current and current["as_of"] else None
        arrived = [_shares(d) for d in accepted if d["feed"] == feed.name]
        views.append(
            {
                "name": feed.name,
                "title": feed.title,
                "title_en": english(feed.name),
                "department": _called(summary, feed.sender),
                "department_en": english(feed.sender.value),
                "expected": feed.name in expected,
                "delivery": current["delivery"] if current else None,
                "as_of": day_in_digits(day),
                "age": (as_of - day).days if day else None,
                "fresh": current["fresh"] if current else True,
                "arrived": arrived,
                "rejected": any(d["feed"] == feed.name and d["status"] == "rejected" for d in deliveries),
                "held": any(d["feed"] == feed.name and d["status"] == "held" for d in deliveries),
            }
        )
    return views


def _named(delivery: DeliveryRow, summary: Summary) -> dict[str, Any]:
    """A delivery that does not count, or cannot be used, with why."""
    return {
        **delivery,
        **_titles(delivery["feed"]),
        "elsewhere": _elsewhere(delivery["county"], summary),
        "reasons": _lines(delivery.get("unusable") or delivery["reason"]),
        "page": _page_of(delivery),
    }


def _elsewhere(county: str, summary: Summary) -> tuple[str, str] | None:
    """What a file of another county is called, that nobody takes it for this county's."""
    if county == summary["county"]:
        return None
    if not county.isdigit():
        return "看不出是哪个县的", "of a county that its name does not say"
    return f"县代码{county}，不是本县", f"county {county}, not this one"


def _called(summary: Summary, office: Department) -> str:
    """What the county calls an office; a summary of an earlier release says nothing of it."""
    return summary.get("offices", {}).get(office.value, office.label)


def _overdue(row: OverdueCount, summary: Summary) -> dict[str, Any]:
    owner = Department(row["owner"])
    label = _called(summary, owner)
    return {**row, "label": label, "label_en": english(owner.value), "township": row["township"] or WHOLE_COUNTY}


def _quality(warning: QualityWarning) -> dict[str, Any]:
    shown = {"description": warning["description"], "observed": measured(warning["expectation"], warning["observed"])}
    return _titles(warning["feed"]) | shown


def _shares(delivery: DeliveryRow) -> dict[str, Any]:
    """A delivery's rows, with the widths of its bar (percent of rows read)."""
    read = max(delivery["read"] or 0, 1)
    widths = {f"{kind}_width": round(100 * (delivery[kind] or 0) / read, 2) for kind in _PARTS}
    return {**delivery, "page": _page_of(delivery), **widths}


def _page_of(delivery: DeliveryRow) -> str:
    return f"{_TO_HOME}deliveries/{quote(delivery['id'])}.html"


def _by_reason(rules: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    reasons: dict[str, list[Mapping[str, Any]]] = {}
    for rule in rules:
        reasons.setdefault(rule["reason"] or "原因未记录", []).append(rule)
    return [{"reason": reason, "rules": found} for reason, found in reasons.items()]


def _held_back(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rules that were evaluated, but for something: feeds that are not there, months and terms not yet settled."""
    return _by_reason(rule for rule in rules if rule["is_evaluated"] and rule["reason"])


def _silent(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rules that say nothing, by what became of them and their reason: one missing feed is one line, not ten."""
    views = []
    for status in SILENT:
        if groups := _by_reason(rule for rule in rules if rule["status"] is status):
            said = SILENCES[status]
            views.append(
                {"status": status, "title": said.title, "title_en": said.title_en, "is_gap": status.is_gap}
                | {"label": said.short, "label_en": said.short_en, "groups": groups}
            )
    return views


def _refused(rows: Sequence[RefusedCount]) -> list[dict[str, Any]]:
    """Reasons with the rows and values that they cost, and the feeds where, most first."""
    counts: dict[str, Counter[str]] = {}
    feeds: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row["reason"], Counter())[row["scope"]] += row["count"]
        feeds.setdefault(row["reason"], Counter())[row["feed"]] += row["count"]
    most = max((c.total() for c in counts.values()), default=1)
    views = []
    for reason, scopes in sorted(counts.items(), key=lambda item: (-item[1].total(), item[0])):
        zh, en = Reason(reason).label, Reason(reason).label_en
        where = sorted(feeds[reason].items(), key=lambda item: (-item[1], item[0]))
        views.append(
            {
                "reason": zh,
                "reason_en": en,
                "rows": scopes["row"],
                "values": scopes["value"],
                "rows_width": round(100 * scopes["row"] / most, 2),
                "values_width": round(100 * scopes["value"] / most, 2),
                "where": "、".join(f"{feed_title(feed)} {count:,}" for feed, count in where),
                "where_en": ", ".join(f"{english(feed)} {count:,}" for feed, count in where),
            }
        )
    return views


def _departments(summary: Summary, rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each owner with its open findings and links to its workbooks (the county summary first)."""
    links: dict[str, list[dict[str, str]]] = {}
    for path in summary["reports"]:
        links.setdefault(path.split("/")[-2], []).append(_link(path))
    leads = {r["code"] for r in rules if r["is_lead"]}
    severe = {r["code"] for r in rules if r["severity"] == "high"} - leads
    open_rows = summary.get("open", ())
    views = []
    for department in Department:
        own = [row for row in open_rows if row["owner"] == department.value]
        own_links = sorted(links.get(department.value, ()), key=lambda link: (link["label"] != "汇总", link["name"]))
        books = [link for link in own_links if link["name"].endswith(".xlsx")]
        if own or books:
            views.append(
                {
                    "label": _called(summary, department),
                    "label_en": english(department.value),
                    "open": sum(row["findings"] for row in own if row["rule"] not in leads),
                    "leads": sum(row["findings"] for row in own if row["rule"] in leads),
                    "high": sum(row["findings"] for row in own if row["rule"] in severe),
                    "books": books,
                    "letters": [link for link in own_links if link not in books],
                }
            )
    return views


def _in_folder(summary: Summary, folder: str) -> list[dict[str, str]]:
    return [_link(path) for path in summary["reports"] if path.split("/")[-2] == folder]


def _link(path: str) -> dict[str, str]:
    """A report as a link from the run's folder, named after its township."""
    name = path.split("/")[-1]
    stem = name.rpartition(".")[0]
    return {"href": _TO_HOME + quote(path), "label": stem.partition("_")[2] or stem, "name": name}


def _braked(row: BrakedRow, rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    rule = next((r for r in rules if r["code"] == row["rule"]), {"name": "", "name_en": ""})
    return {**row, "name": rule["name"], "name_en": rule["name_en"]}


def _precision(row: PrecisionRow, rules: Sequence[Mapping[str, Any]], summary: Summary) -> dict[str, Any]:
    rule = next((r for r in rules if r["code"] == row["rule"]), {"name": "", "name_en": ""})
    owner = Department(row["owner"])
    percent = {f"{name}_percent": round(100 * row[name], 1) for name in ("precision", "low", "high")}
    named = {"name": rule["name"], "name_en": rule["name_en"], "label_en": english(owner.value)}
    return {**row, **percent, **named, "label": _called(summary, owner)}


def _titles(feed: str) -> dict[str, str]:
    return {"title": feed_title(feed) if feed else "未知数据", "title_en": english(feed or "unknown")}


def _lines(reason: str | None) -> list[str]:
    return [line for line in (reason or "").splitlines() if line.strip()]
