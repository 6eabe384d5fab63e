"""A feed as a Frictionless data package: the headings that a department's file has."""

from typing import Any, Final, assert_never

from expectations.feed import (
    AreaCode,
    Code,
    Column,
    CountyCode,
    Date,
    Feed,
    IdentityNumber,
    Integer,
    Money,
    Month,
    Name,
    SchoolYear,
    Text,
    VillageCode,
    Year,
    YesNo,
)
from pipelines.templates.wording import form_of, need_of
from pipelines.workshop.contracts.odcs import CONTRACT_VERSION, logical_type
from pipelines.workshop.contracts.patterns import PATTERNS

EXAMPLES: Final = "examples"
_YES, _NO = ["是", "1", "Y", "真"], ["否", "0", "N", "假"]


def package(feed: Feed) -> dict[str, Any]:
    """The descriptor; its one resource is an example of synthetic rows."""
    return {
        "name": feed.name.replace("_", "-"),
        "title": feed.title,
        "version": CONTRACT_VERSION,
        "contributors": [{"title": feed.sender.label, "role": "publisher"}],
        "resources": [
            {
                "name": feed.name.replace("_", "-"),
                "title": feed.title,
                "path": f"{EXAMPLES}/{feed.name}.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [_field(feed, c) for c in feed.columns],
                    "missingValues": [""],
                    **_primary_key(feed),
                },
            }
        ],
    }


def _primary_key(feed: Feed) -> dict[str, Any]:
    """A key with an identity number is none for other programs: the number may be blank."""
    if any(feed[name].is_identity_number for name in feed.key):
        return {}
    return {"primaryKey": [feed[name].title for name in feed.key]}


def _field(feed: Feed, column: Column) -> dict[str, Any]:
    kind = logical_type(column)
    out: dict[str, Any] = {
        "name": column.title,
        "title": column.title,
        "type": kind,
        "description": f"{need_of(feed, column)}。{form_of(feed, column)}",
        "canonicalName": column.name,
    }
    if kind == "boolean":
        out |= {"trueValues": _YES, "falseValues": _NO}
    constraints: dict[str, Any] = {}
    if column.must_be_there and not column.is_identity_number:
        constraints["required"] = True
    match column.type:
        case Code(codes=codes):
            constraints["enum"] = sorted(codes.mapping())
        case Text(max_length=most) | Name(max_length=most):
            constraints["maxLength"] = most
        case Money(may_be_negative=negative):
            constraints |= {} if negative else {"minimum": 0}
        case Integer(minimum=low, maximum=high):
            constraints |= {"minimum": low, "maximum": high}
        case Year(minimum=low):
            constraints["minimum"] = low
        case IdentityNumber() | Month() | VillageCode() | AreaCode() | CountyCode() | SchoolYear():
            constraints["pattern"] = PATTERNS[type(column.type)]
        case Date() | YesNo():
            pass
        case never:
            assert_never(never)
    return out | ({"constraints": constraints} if constraints else {})
