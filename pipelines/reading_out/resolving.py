"""``liangxian resolve``: which household, person, certificate or row a recipient's number stands for; audited first."""

import json
from collections.abc import Collection
from typing import TypedDict

from expectations.errors import UnknownError
from pipelines.house.language import say
from pipelines.house.settings import Settings
from pipelines.reading_out.reads import record_read
from warehouse.evaluation.pseudonyms import earlier_keys
from warehouse.evaluation.resolving import resolve
from warehouse.loading import reading_published

_TITLES = {
    "household": "户编号",
    "member": "人编号",
    "certificate": "低保证号",
    "case": "档案编号",
    "student": "学籍号",
    "household key": "户键",
    "person key": "人键",
    "certificate key": "证键",
    "version": "版本键",
    "finding": "问题编号",
    "subject": "对象键",
    "person": "证件号码",
    "row": "来源行",
}
"""Chinese for what a number is a number of."""


class ResolvedRow(TypedDict):
    """One number of a recipient and what it stands for."""

    given: str
    key_id: str
    kind: str
    county: str
    value: str


def resolve_numbers(settings: Settings, recipient: str, given: Collection[str]) -> list[ResolvedRow]:
    """What a recipient's numbers and pseudonyms stand for, in clear; those that stand for nothing are left out.

    The audit log has it before anything is shown. Raises PurposeMissingError, NothingPublishedError, and UnknownError
    where the recipient never had a key.
    """
    settings.actor.need_purpose()
    lake = settings.home.lake
    keys = earlier_keys(lake, recipient)
    if not keys:
        raise UnknownError("recipient", recipient)
    with reading_published(lake) as connection:
        found = resolve(connection, keys, given)
    rows = [ResolvedRow(given=r.given, key_id=r.key_id, kind=r.kind, county=r.county, value=r.value) for r in found]
    content = json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()
    asked = {"recipient": recipient, "numbers": len(set(given))}
    record_read(settings, what="resolve", asked=asked, rows=len(rows), content=content)
    return rows


def describe_resolved(rows: Collection[ResolvedRow], given: Collection[str]) -> list[str]:
    """One line each, those that stand for nothing at the end."""
    lines = [f"{r['given']}  {r['county']}  {say(_TITLES[r['kind']], r['kind'])}  {r['value']}" for r in rows]
    nothing = sorted(set(given) - {row["given"] for row in rows})
    return lines + [f"{number}  {say('没有对应的编号', 'stands for nothing here')}" for number in nothing]
