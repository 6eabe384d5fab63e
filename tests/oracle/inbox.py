"""Worlds from files: an inbox that was simulated without dirt, and its policy files, read with plain code.

Only headings and types come from the feed declarations. What staging would refuse is an error here (the file is not
without dirt), but for identity numbers, exact repeats and conflicting keys, which departments have even at their best.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from builders import KEYS, POLICY, Delivery, Row, World

from expectations.feed import Code, Column, Date, IdentityNumber, Integer, Money, Year, YesNo
from expectations.feeds import FEEDS_BY_NAME

DEFAULTS = Path(__file__).resolve().parents[2] / "expectations/policies/defaults.yaml"
FILE_NAME = re.compile(r"(?P<feed>[a-z_]+)_(?P<county>\d{6})_(?P<as_of>\d{8})\.csv")


def load_staged(files: Iterable[Path], policies: Iterable[Path], d: date) -> World:
    """The world of one county at D; of the policy files, which together must have every key, the later ones win."""
    deliveries, counties = [], set()
    for path in sorted(files, key=lambda path: (path.stat().st_mtime_ns, str(path))):
        named = FILE_NAME.fullmatch(path.name)
        if named is None:
            raise ValueError(f"{path.name}: no plain delivery of a feed")
        counties.add(named["county"])
        as_of = date(int(named["as_of"][:4]), int(named["as_of"][4:6]), int(named["as_of"][6:]))
        deliveries.append(read_delivery(path, named["feed"], as_of))
    if len(counties) != 1:
        raise ValueError(f"files of {len(counties)} counties")
    return World(counties.pop(), d, tuple(deliveries), read_policy(policies))


def read_policy(files: Iterable[Path]) -> dict[str, Any]:
    """Values by key, each a list of (from, value), oldest first; of leads the packaged ones where none are set."""
    values: dict[str, Any] = {}
    for path in files:
        parameters = yaml.safe_load(path.read_text(encoding="utf-8"))["parameters"]
        for key, entries in parameters.items():
            values[key] = sorted(((e["from"], exact(e["value"])) for e in entries), key=lambda pair: pair[0])
    defaults = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))["parameters"]
    for key in (key for key in POLICY if key.startswith("leads.") and key not in values):
        values[key] = [(entry["from"], exact(entry["value"])) for entry in defaults[key]]
    if lacking := sorted(set(POLICY) - set(values)):
        raise ValueError(f"no value for {', '.join(lacking)}")
    return values


def exact(value: Any) -> Any:
    """A number with decimals as the Decimal that was written."""
    return Decimal(str(value)) if isinstance(value, float) else value


def read_delivery(path: Path, feed: str, as_of: date) -> Delivery:
    """One CSV file of canonical headings; exact repeats collapse, conflicting keys are refused."""
    columns = FEEDS_BY_NAME[feed].columns
    with path.open(encoding="utf-8", newline="") as file:
        texts = list(csv.DictReader(file))
    rows: dict[tuple[Any, ...], Row] = {}
    for number, text in enumerate(texts, start=2):
        row: Row = {}
        for column in columns:
            try:
                row |= staged(column, (text[column.title] or "").strip(), as_of)
            except (KeyError, ValueError, ArithmeticError):
                # Neither the value nor the original error, which quotes it, may reach a log.
                raise ValueError(f"{path.name}, row {number}: cannot read {column.name}") from None
        rows.setdefault(tuple(row[column.name] for column in columns), row)
    by_key = defaultdict(list)
    for number, row in enumerate(rows.values()):
        key = tuple(row[name] for name in KEYS[feed])
        by_key[(number,) if None in key else key].append(row)
    return Delivery(
        feed,
        as_of,
        tuple(same[0] for same in by_key.values() if len(same) == 1),
        tuple(row for same in by_key.values() if len(same) > 1 for row in same),
    )


def staged(column: Column, text: str, as_of: date) -> Row:
    """The staged value of a cell under its column's name; an identity number with its problem."""
    if isinstance(column.type, IdentityNumber):
        number, problem = identity_number(text, as_of)
        return {column.name: number, f"{column.name}_problem": problem}
    if not text:
        if column.key or column.required:
            raise ValueError("missing")
        return {column.name: None}
    match column.type:
        case Money():
            value: Any = Decimal(text).quantize(Decimal("0.01"))
        case Integer() | Year():
            value = int(text)
        case Date():
            value = date.fromisoformat(text)
        case YesNo():
            value = {"是": True, "否": False}[text]
        case Code(codes):
            value = {label: label for label in codes.labels}[text]
        case _:
            value = text
    return {column.name: value}


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_character(first_17: str) -> str:
    """The 18th character."""
    return "10X98765432"[sum(w * int(c) for w, c in zip(WEIGHTS, first_17, strict=True)) % 11]


def identity_number(text: str, as_of: date) -> tuple[str | None, str | None]:
    """(number of 18 characters, None), or (None, what is wrong with it)."""
    number = "".join(text.split()).upper()
    if not number:
        return None, "blank"
    if re.fullmatch(r"[0-9]{15}", number):
        number = f"{number[:6]}19{number[6:]}"
        number += check_character(number)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return None, "malformed"
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None, "bad_date"
    if birth > as_of:
        return None, "born_after_as_of"
    if birth.year < 1900:
        return None, "born_before_1900"
    return (number, None) if check_character(number[:17]) == number[17] else (None, "bad_check_digit")
