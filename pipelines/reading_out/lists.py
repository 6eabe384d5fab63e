"""Deliveries and policy parameters on a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from rich.console import Console
from rich.markup import escape

from expectations.policies import PARAMETERS
from expectations.policy import PolicyRow
from pipelines.house.language import say
from pipelines.house.records.night import Count, DeliveryRow
from pipelines.house.words import feed_title, in_words, policy_title, policy_unit, said_source
from pipelines.reading_out.headings import status_word
from pipelines.reading_out.tables import is_narrow, make_table, print_table

_NUMBERS: Final[Mapping[Count, str]] = {
    "read": "read",
    "staged": "staged",
    "quarantined": "quarantined",
    "totals_or_blank": "totals, blanks",
    "repeated": "repeated",
    "values_refused": "values refused",
}

_FIRST_NUMBERS: Final = ("read", "staged", "quarantined")

_NAMED: Final = 3
"""Documents of one line that are named; of more their number is said."""


def print_deliveries(rows: Sequence[DeliveryRow], console: Console) -> None:
    """What arrived: a line a delivery (``night.summary.numbered_row``), and why those that do not count do not.

    A narrow terminal shows what people decide by; the rest is a number away.
    """
    if not rows:
        console.print(say("没有批次。", "No deliveries."))
        return
    narrow = is_narrow(console)
    counts = [name for name in _NUMBERS if not narrow or name in _FIRST_NUMBERS]
    shown = (
        [
            row.get("number"),
            status_word(row["status"]),
            feed_title(row["feed"]),
            row["county"],
            row["as_of"],
            *(None if row[name] is None else f"{row[name]:,}" for name in counts),
            *([] if narrow else [row["id"]]),
        ]
        for row in rows
    )
    numbers = [_NUMBERS[name] for name in counts]
    headings = ["number", "status", "data", "county", "as-of date", *numbers, *([] if narrow else ["delivery"])]
    whole = ("number", "status", "county", "as-of date", *numbers)
    print_table(make_table(headings, shown, whole=whole, numbers=("number", *numbers)), console)
    for row in rows:
        number = f"{row['number']}  " if "number" in row else ""
        reasons = (
            ("bold red", status_word(row["status"]), row["reason"]),
            ("bold yellow", say("暂不采用", "not used"), row.get("unusable")),
        )
        for style, word, reason in reasons:
            if reason:
                about = f"{number}{feed_title(row['feed'])} {row['as_of'] or ''}  {row['id']}"
                console.print(f"[{style}]{word}[/] {escape(about)}")
                for line in reason.splitlines():
                    console.print(f"  {escape(line)}")


def print_policy(shown: Mapping[str, Sequence[PolicyRow]], console: Console) -> None:
    """The parameters in force, county by county (``Policy.in_force()``), with the documents that set them."""
    for county, rows in shown.items():
        console.print(f"[bold]{say('全国默认', 'national defaults') if county == '*' else county}[/]")
        headings = ["parameter", "key", "value", "unit"]
        lines: Iterator[list[str]] = _policy_rows(rows)
        if is_narrow(console):  # two columns less: what belongs together stands together
            headings = [f"{headings[0]}\n{headings[1]}", headings[2]]
            lines = ([f"{title}\n{key}", f"{value} {unit}".strip(), *rest] for title, key, value, unit, *rest in lines)
        print_table(make_table([*headings, "from", "source"], lines, whole=("from",)), console)


def _policy_rows(rows: Sequence[PolicyRow]) -> Iterator[list[str]]:
    """A line a key; figures by village become one line with their sum."""
    by_village = {p.name: [row for row in rows if p.has(row["key"])] for p in PARAMETERS if p.by_village}
    for row in rows:
        if not any(row in villages for villages in by_village.values()):
            key, source = row["key"], said_source(row["source"])
            yield [policy_title(key), key, in_words(row["value"]), policy_unit(key), row["from"], source]
    for parameter in PARAMETERS:
        if villages := by_village.get(parameter.name):
            total = sum(Decimal(str(row["value"])) for row in villages)
            documents = sorted({row["source"] for row in villages})
            sources = "；".join(documents[:_NAMED])
            if (more := len(documents) - _NAMED) > 0:
                sources = say(f"{sources} 等{len(documents)}份文件", f"{sources} and {more} more")
            newest = max(row["from"] for row in villages)
            about = say(f"{total:,}（{len(villages)}个村合计）", f"{total:,} (of {len(villages)} villages)")
            yield [parameter.title, f"{parameter.name}.*", about, parameter.unit, newest, sources]
