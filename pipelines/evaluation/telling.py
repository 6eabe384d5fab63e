"""Indicators, and stock and flow of the register, as lines on a terminal, in the language that is spoken."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from pipelines.house.language import say
from pipelines.house.words import exact_percent
from warehouse.evaluation.indicators import INDICATORS
from warehouse.evaluation.records import IndicatorRow
from warehouse.evaluation.stock_flow import Account, StockFlow

UNITS: Final[Mapping[str, str]] = {
    "人": "persons",
    "户": "households",
    "项": "items",
    "份": "cases",
    "元": "yuan",
    "元/人·年": "yuan a person and year",
}
"""What indicators count, by its Chinese, which the warehouse holds."""

_SUMS: Final = {indicator.name for indicator in INDICATORS if indicator.is_sum}


def describe_indicators(rows: Sequence[IndicatorRow]) -> Iterator[str]:
    """A line an area, and below it one an indicator."""
    area = None
    for row in rows:
        if row["area_code"] != area:
            area = row["area_code"]
            named = " ".join(part for part in (area, row["area_name"]) if part)
            yield say(f"{named} 数据截止{row['as_of']}", f"{named}, data as of {row['as_of']}")
        yield say(f"  {row['indicator']}：{_share(row)}", f"  {row['indicator']}: {_share(row)}")


def _share(row: IndicatorRow) -> str:
    unknown = row["unknown"]
    told = say(f"；不能判断{unknown:,}", f"; {unknown:,} cannot be judged") if unknown else ""
    if row["indicator"] in _SUMS and row["numerator"] is not None and row["denominator"] is not None:
        return _sum(row["numerator"], row["denominator"], row["unit"]) + told
    if row["share"] is None:
        reason, remedy = row["reason"], row["remedy"]
        return say(f"不能测量：{reason}；{remedy}", f"cannot be measured: {reason}; {remedy}") + told
    of = f"{row['numerator']:,.0f} ÷ {row['denominator']:,.0f} {say(row['unit'], UNITS[row['unit']])}"
    share = exact_percent(row["share"])
    if (limit := row["threshold"]) is not None:
        told += say(f"；标准{limit:f}%", f"; standard {limit:f}%")
    return say(f"{share}（{of}）", f"{share} ({of})") + told


def _sum(certain: Decimal, whole: Decimal, unit: str) -> str:
    """Certain and possible to the fen, and what they come to."""
    possible = whole - certain
    return say(
        f"{whole:,.2f}{unit}（确定{certain:,.2f}，待核{possible:,.2f}）",
        f"{whole:,.2f} {UNITS[unit]} ({certain:,.2f} certain, {possible:,.2f} possible)",
    )


def describe_flow(found: StockFlow, dates: tuple[date, date], area: str = "") -> list[str]:
    """What was, what came and went, what is; and who is in none of the flows. ``area``: whose account it is."""
    named = f"{area} " if area else ""
    without = [f"{len(numbers):,}" for numbers in found.without_members]
    apart = say(
        f"  无在册人员的户（不计入户数）：期初{without[0]}，期末{without[1]}",
        f"  households without members (counted nowhere): {without[0]} at first, {without[1]} at last",
    )
    return [
        say(f"{named}{dates[0]}至{dates[1]}", f"{named}{dates[0]} to {dates[1]}"),
        *_account(say("户", UNITS["户"]), found.households, found.unreadable),
        *_account(say("人", UNITS["人"]), found.persons, found.unreadable),
        *([apart] if any(found.without_members) else []),
    ]


def _account(unit: str, one: Account, unreadable: int) -> Sequence[str]:
    parts = [say(f"期初{len(one.opening):,}", f"{len(one.opening):,} at first")]
    for flow, count in one.counts.items():
        zh, en = ("＋", "+") if flow.sign > 0 else ("－", "-")
        parts.append(say(f"{zh}{flow.label}{count:,}", f"{en} {count:,} {flow.value}"))
    if one.arrived or one.departed:
        parts.append(say(f"＋由本县他处来{len(one.arrived):,}", f"+ {len(one.arrived):,} from elsewhere in the county"))
        parts.append(say(f"－去本县他处{len(one.departed):,}", f"- {len(one.departed):,} to elsewhere in the county"))
    unexplained = max(len(one.appeared) + len(one.disappeared), abs(one.expected - len(one.closing)))
    if one.reconciles:
        verdict = say("平衡", "it closes")
    elif unexplained <= unreadable:
        verdict = say(
            f"未能核对：本方退回的登记记录中有{unreadable:,}行读不出编号，可能就是下列{unit}",
            f"not checked: {unreadable:,} refused rows of the register show no number, and may be these {unit}",
        )
    else:
        verdict = say("不平衡", "it does not close")
    flows, sum_, last = " ".join(parts), f"{one.expected:,}", f"{len(one.closing):,}"
    lines = [
        say(
            f"  {unit}：{flows} ＝ {sum_}；期末{last}，{verdict}",
            f"  {unit}: {flows} = {sum_}; {last} at last, {verdict}",
        )
    ]
    now, before = (f"{len(refused):,}" for refused in (one.refused_now, one.refused_before))
    hidden = say("因本方退回未能核对", "not checked for rows that we refused")
    named = (
        (say("无记录而减少", "gone without a record"), one.disappeared),
        (say("登记为死亡或迁出后又出现", "back after they were registered as dead or moved out"), one.appeared),
        (hidden + say(f"（期末缺{now}）", f" ({now} missing at last)"), one.refused_now),
        (hidden + say(f"（期初缺{before}）", f" ({before} missing at first)"), one.refused_before),
    )
    for title, numbers in named:
        if numbers:
            lines.append(
                say(f"    {title}：{'、'.join(sorted(numbers))}", f"    {title}: {', '.join(sorted(numbers))}")
            )
    return lines
