"""The same cleaning as it is usually written in pandas: the baseline that staging is measured against.

It knows only the dirt of ``messy`` and keeps no account of what it refuses; a test checks that its rows are staging's.
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd

from expectations.feed import Code, Date, IdentityNumber, Integer, Money, Name, VillageCode
from expectations.identity import check_character
from pipelines.benching.messy import COUNTY, FEED

_DATE = re.compile(r"(\d{4})(?:-|\.|/|年)?(\d{1,2})(?:-|\.|/|月)?(\d{1,2})日?")
_AS_OF = date(2026, 6, 30)


def read(path: Path) -> pd.DataFrame:
    """The file with everything as text."""
    if path.suffix == ".csv":
        return pd.read_csv(path, encoding="gb18030", dtype=str, keep_default_na=False, skiprows=1)
    return pd.read_excel(path, engine="calamine", dtype=str, keep_default_na=False, header=1)


def clean(path: Path, target: Path) -> None:
    """Read, clean, validate, and write Parquet."""
    frame = read(path)
    frame = frame.rename(columns={c.title: c.name for c in FEED.columns})
    frame = frame.map(_normal)
    frame = frame[~frame[FEED.columns[0].name].str.startswith(("合计", "小计", "总计"))]
    refused = pd.Series(False, index=frame.index)
    for column in FEED.columns:
        given = frame[column.name]
        match column.type:
            case IdentityNumber():
                frame[column.name] = given.map(_identity_number)
                continue
            case Name():
                frame[column.name] = given.map(lambda v: re.sub(r"\s", "", v) or None)
            case Code(codes=codes):
                frame[column.name] = given.where(given.isin(codes.labels), None)
            case Money():
                frame[column.name] = given.map(_money)
            case Integer():
                frame[column.name] = given.map(lambda v: int(v) if v.isdigit() else None).astype("Int64")
            case Date():
                frame[column.name] = given.map(_date)
            case VillageCode():
                frame[column.name] = given.where(given.str.fullmatch(COUNTY + r"\d{6}"), None)
            case _:
                frame[column.name] = given.where(given != "", None)
        if column.must_be_there:
            refused |= frame[column.name].isna()
    for column in FEED.columns:
        if column.at_most:
            above = pd.to_numeric(frame[column.name]) > pd.to_numeric(frame[column.at_most])
            frame.loc[above, column.name] = None
    frame = frame[~refused]
    frame = frame.drop_duplicates(subset=[c.name for c in FEED.columns])
    frame = frame[~frame.duplicated(subset=list(FEED.key), keep=False)]
    frame.to_parquet(target, index=False, compression="zstd")


def _normal(value: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFKC", value).strip()


def _identity_number(value: str) -> str | None:
    value = value.replace(" ", "").upper()
    if not re.fullmatch(r"\d{17}[\dX]", value) or check_character(value[:17]) != value[17]:
        return None
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None
    return value if date(1900, 1, 1) <= born <= _AS_OF else None


def _money(value: str) -> Decimal | None:
    try:
        return Decimal(value.replace(",", "").removeprefix("¥").removesuffix("元")).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None


def _date(value: str) -> date | None:
    found = _DATE.fullmatch(value)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
