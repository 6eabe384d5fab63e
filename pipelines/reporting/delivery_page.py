"""A page for each delivery: its accounting, what was refused, what was expected of it, its columns, and the trend.

Figures come from the profile and the problems that staging left in the lake; no value of a person is read.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pyarrow.parquet as pq

from expectations.calendar import LOCAL
from expectations.departments import TITLES, Department
from expectations.feed import Column
from expectations.feeds import FEEDS_BY_NAME
from expectations.reasons import Reason
from expectations.suites import Severity
from pipelines.house.words import day_in_digits, english, feed_title, measured
from pipelines.reporting.rendering import render
from warehouse.books.deliveries import STOPPED, Delivery, Event
from warehouse.lake import Lake, write_text

TREND: Final = 12
"""Deliveries in the trend, this one included."""

_STATUS: Final = re.compile('data-status="([a-z_]+)"')
_HEAD: Final = 500
"""Characters of a page in which its status stands."""

NOTHING_ELSE: Final[Mapping[str, Mapping[Department, str]]] = MappingProxyType({})
"""No county calls its offices otherwise than we do."""

_KINDS: Final = ("staged", "quarantined", "totals_or_blank", "repeated")


def write_delivery_pages(
    *,
    lake: Lake,
    chosen: Iterable[Delivery],
    everything: Sequence[Delivery],
    county_name: Callable[[str], str],
    called: Mapping[str, Mapping[Department, str]] = NOTHING_ELSE,
) -> list[Path]:
    """A page for each of ``chosen``; ``everything``: the deliveries of the books, from which each takes its trend.

    ``called``: by county, what its offices are called.
    """
    paths = []
    for delivery in chosen:
        path = lake.delivery_page(delivery.id)
        titles = called.get(delivery.county, TITLES)
        write_text(path, render_delivery_page(lake, delivery, everything, county_name(delivery.county), titles))
        paths.append(path)
    return paths


def out_of_date(lake: Lake, deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Those whose page says another status than the books do: superseded, released or withdrawn since then."""
    return [delivery for delivery in deliveries if _status_on_page(lake, delivery) not in (None, delivery.status)]


def _status_on_page(lake: Lake, delivery: Delivery) -> str | None:
    """What the page says; None: there is none. One of an earlier release says nothing."""
    try:
        with lake.delivery_page(delivery.id).open(encoding="utf-8", newline="") as page:
            said = _STATUS.search(page.read(_HEAD))
    except FileNotFoundError:
        return None
    return said[1] if said else ""


def render_delivery_page(
    lake: Lake,
    delivery: Delivery,
    everything: Sequence[Delivery],
    county_name: str,
    titles: Mapping[Department, str] = TITLES,
) -> str:
    """One self-contained page; of a delivery that could not be read it holds the reasons only."""
    earlier = _earlier(delivery, everything)
    return render("delivery", **_view(lake, delivery, earlier, county_name, titles)) + "\n"


def _earlier(delivery: Delivery, everything: Iterable[Delivery]) -> list[Delivery]:
    """Deliveries of this feed and county that had arrived before, for as-of dates no later; oldest first."""
    if delivery.as_of is None:
        return []
    own = [
        d
        for d in everything
        if (d.feed, d.county) == (delivery.feed, delivery.county)
        and d.id != delivery.id
        and d.accounting is not None
        and d.as_of is not None
        and d.as_of <= delivery.as_of
        and d.received_at <= delivery.received_at
    ]
    return sorted(own, key=lambda d: (str(d.as_of), d.received_at, d.id))


def _view(
    lake: Lake, delivery: Delivery, earlier: Sequence[Delivery], county_name: str, called: Mapping[Department, str]
) -> dict[str, Any]:
    feed = FEEDS_BY_NAME.get(delivery.feed)
    profile = _read(lake.profile(delivery.feed, delivery.county, delivery.id)) or {}
    said = _read(lake.validation(delivery.feed, delivery.county, delivery.id)) or []
    used = [d for d in earlier if d.status not in STOPPED]
    before = _read(lake.profile(used[-1].feed, used[-1].county, used[-1].id)) if used else None
    titles = {c.name: c.title for c in feed.columns} if feed else {}
    results = [_result(r, titles) for r in said]
    trend = [*earlier[-(TREND - 1) :], *([delivery] if delivery.accounting else [])]
    return {
        "id": delivery.id,
        "title": feed_title(delivery.feed),
        "title_en": english(delivery.feed),
        "department": called[feed.sender] if feed else "",
        "department_en": english(feed.sender.value) if feed else "",
        "county": delivery.county,
        "county_name": county_name,
        "as_of": day_in_digits(delivery.as_of) or "",
        "received": f"{delivery.received_at.astimezone(LOCAL):%Y-%m-%d %H:%M}",
        "source": delivery.source,
        "status": delivery.status,
        "files": [{"name": f.name, "kb": max(1, round(f.bytes / 1000)), "sha256": f.sha256} for f in delivery.files],
        "rejected": delivery.status == Event.REJECTED,
        "held_back": delivery.status == Event.HELD,
        "superseded": delivery.status == Event.SUPERSEDED,
        "withdrawn": delivery.status == Event.WITHDRAWN,
        "reasons": delivery.reason if delivery.status in STOPPED else (),
        "account": _account(delivery),
        "refused": _refused(lake.problems(delivery.feed, delivery.county, delivery.id), titles),
        "extra_columns": profile.get("extra_columns", ()),
        "warnings": profile.get("warnings", ()),
        "failed": [r for r in results if not r["success"]],
        "held": [r for r in results if r["success"]],
        "columns": _columns(profile, before, titles),
        "codes": _codes(feed.columns if feed else (), profile, before),
        "compared_with": used[-1].as_of.isoformat() if used and before and used[-1].as_of else None,
        "periods": _bars(profile.get("periods", {})),
        "trend": _trend(trend, delivery),
    }


def _account(delivery: Delivery) -> dict[str, Any] | None:
    a = delivery.accounting
    if a is None:
        return None
    out: dict[str, Any] = {"read": a.read, "values_refused": a.values_refused}
    for kind in _KINDS:
        out[kind] = getattr(a, kind)
        out[f"{kind}_width"] = round(100 * out[kind] / max(a.read, 1), 3)
    data_rows = a.read - a.totals_or_blank
    return out | {"share": a.quarantined / data_rows if data_rows else 0.0}


def _refused(path: Path, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Columns and reasons with the rows that they cost (a row counts for its first problem) and single values."""
    if not path.exists():
        return []
    found = pq.read_table(path, columns=["scope", "column", "reason", "first"])
    by = ["column", "reason", "scope", "first"]
    rows: Counter[tuple[str, str]] = Counter()
    values: Counter[tuple[str, str]] = Counter()
    for group in found.group_by(by).aggregate([([], "count_all")]).to_pylist():
        key = (group["column"], group["reason"])
        if group["scope"] == "value":
            values[key] += group["count_all"]
        elif group["first"]:
            rows[key] += group["count_all"]
    most = max([r + values[k] for k, r in rows.items()] + [v + rows[k] for k, v in values.items()], default=1)
    return [
        {
            "column": titles.get(column, column),
            "name": column,
            "reason": Reason(reason).label,
            "reason_en": Reason(reason).label_en,
            "rows": rows[column, reason],
            "values": values[column, reason],
            "rows_width": round(100 * rows[column, reason] / most, 2),
            "values_width": round(100 * values[column, reason] / most, 2),
        }
        for column, reason in sorted(
            rows.keys() | values.keys(), key=lambda key: (-rows[key], -values[key], list(titles).index(key[0]), key[1])
        )
    ]


def _result(row: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "description": row["description"],
        "column": titles.get(row["column_name"], ""),
        "observed": measured(row["expectation"], row["observed"]),
        "success": row["success"],
        "rejects": row["severity"] == Severity.REJECT,
    }


def _columns(
    profile: Mapping[str, Any], before: Mapping[str, Any] | None, titles: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Each column's share of blanks, then and now; nothing where no row was staged."""
    then = {c["column"]: c for c in before["columns"]} if before else {}
    out = []
    for column in profile.get("columns", ()):
        if not column["rows"]:
            continue
        old = then.get(column["column"])
        was = old["nulls"] / old["rows"] if old and old["rows"] else None
        share = column["nulls"] / column["rows"]
        out.append(
            {
                "title": titles.get(column["column"], column["column"]),
                "name": column["column"],
                "nulls": column["nulls"],
                "share": share,
                "before": was,
                "width": round(100 * share, 2),
                "before_at": round(100 * was, 2) if was else None,
                "distinct": column["distinct"],
                "unknown_area": column.get("unknown_area_share"),
            }
        )
    return out


def _codes(
    columns: Iterable[Column], profile: Mapping[str, Any], before: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """Of each column with a code list the shares of its values, now and then."""
    now = {c["column"]: c["shares"] for c in profile.get("columns", ())}
    then = {c["column"]: c["shares"] for c in before["columns"]} if before else {}
    words = {"true": "是", "false": "否"}
    out = []
    for column in columns:
        shares, old = now.get(column.name) or {}, then.get(column.name) or {}
        if shares:
            order = sorted(shares.keys() | old.keys(), key=lambda v: (-shares.get(v, 0), v))
            values = [
                {
                    "label": words.get(v, v),
                    "share": shares.get(v, 0.0),
                    "width": round(100 * shares.get(v, 0.0), 2),
                    "before_at": round(100 * old.get(v, 0.0), 2) if old else None,
                }
                for v in order
            ]
            out.append({"title": column.title, "name": column.name, "values": values})
    return out


def _bars(periods: Mapping[str, int]) -> list[dict[str, Any]]:
    most = max(periods.values(), default=1)
    return [
        {"label": period.replace("|", " "), "rows": rows, "width": round(100 * rows / most, 2)}
        for period, rows in sorted(periods.items())
    ]


def _trend(deliveries: Sequence[Delivery], this: Delivery) -> list[dict[str, Any]]:
    """The last deliveries, oldest first, with bars for rows, quarantined share and refused values."""
    accounts = [(d, _account(d)) for d in deliveries]
    known = [(d, a) for d, a in accounts if a is not None]
    most_rows = max((a["read"] for _, a in known), default=1) or 1
    most_share = max((a["share"] for _, a in known), default=0.0)
    most_share = max(most_share, 0.05)  # so that a few rows among thousands do not fill the bar
    most_values = max((a["values_refused"] for _, a in known), default=0) or 1
    return [
        {
            "id": d.id,
            "as_of": day_in_digits(d.as_of) or "",
            "this": d.id == this.id,
            "rejected": d.status == Event.REJECTED,
            "superseded": d.status == Event.SUPERSEDED,
            "staged": a["staged"],
            "read": a["read"],
            "share": a["share"],
            "values": a["values_refused"],
            "staged_width": round(100 * a["staged"] / most_rows, 2),
            "lost_width": round(100 * a["quarantined"] / most_rows, 2),
            "share_width": round(100 * a["share"] / most_share, 2),
            "values_width": round(100 * a["values_refused"] / most_values, 2),
        }
        for d, a in known
    ]


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
