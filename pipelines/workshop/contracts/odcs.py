"""A feed as an Open Data Contract Standard document."""

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
    Personal,
    SchoolYear,
    Text,
    VillageCode,
    Year,
    YesNo,
)
from expectations.suites import Severity, suite
from pipelines.templates.wording import form_of, need_of
from pipelines.workshop.contracts.patterns import PATTERNS

API_VERSION: Final = "v3.1.0"
CONTRACT_VERSION: Final = "1.0.0"
"""Version of what departments are asked for; raised where a declaration changes what they must send."""

_SENSITIVE = {Personal.IDENTITY_NUMBER: "sensitive", Personal.STUDENT_NO: "sensitive"}


def contract(feed: Feed) -> dict[str, Any]:
    """The document as plain values."""
    return {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": f"liangxian.{feed.name}",
        "name": feed.title,
        "version": CONTRACT_VERSION,
        "status": "active",
        "domain": feed.sender.value,
        "description": {
            "purpose": f"{feed.sender.label}报送的“{feed.title}”，用于部门间比对（两线合一）。",
            "usage": "每次报送截至某一天的全部记录（全量）。",
            "limitations": "含个人信息，仅限履行职责使用；对外一律脱敏。",
        },
        "schema": [
            {
                "name": feed.name,
                "physicalName": f"{feed.name}_<county>_<YYYYMMDD>",
                "physicalType": "file",
                "logicalType": "object",
                "businessName": feed.title,
                "description": feed.title,
                "dataGranularityDescription": feed.grain,
                "properties": [_property(feed, c) for c in feed.columns],
                "quality": [_delivery_rule(feed, i) for i in range(len(suite(feed)))],
            }
        ],
        "team": {"name": feed.sender.label},
    }


def _property(feed: Feed, column: Column) -> dict[str, Any]:
    out: dict[str, Any] = {
        "name": column.name,
        "physicalName": column.title,
        "businessName": column.title,
        "logicalType": logical_type(column),
        "description": f"{need_of(feed, column)}。{form_of(feed, column)}",
        # an identity number may be blank: the row is taken all the same, and rule ID01 asks for it
        "required": column.must_be_there and not column.is_identity_number,
    }
    if column.key:
        out |= {"primaryKey": True, "primaryKeyPosition": feed.key.index(column.name) + 1}
    if column.personal is not None:
        out["classification"] = _SENSITIVE.get(column.personal, "personal")
    options = _options(column)
    if options:
        out["logicalTypeOptions"] = options
    labels = _labels(column)
    if labels:
        out["quality"] = [
            {"type": "library", "metric": "invalidValues", "arguments": {"validValues": labels}, "mustBe": 0}
        ]
    extra = [("unit", column.unit), ("synonyms", list(column.synonyms))]
    if any(value for _, value in extra):
        out["customProperties"] = [{"property": name, "value": value} for name, value in extra if value]
    return out


def logical_type(column: Column) -> str:
    """The contract's type of a column."""
    match column.type:
        case Money():
            return "number"
        case Integer() | Year():
            return "integer"
        case Date():
            return "date"
        case YesNo():
            return "boolean"
        case (
            Text()
            | Name()
            | IdentityNumber()
            | Code()
            | Month()
            | VillageCode()
            | AreaCode()
            | CountyCode()
            | SchoolYear()
        ):
            return "string"
        case never:
            assert_never(never)


def _options(column: Column) -> dict[str, Any]:
    match column.type:
        case Text(max_length=most) | Name(max_length=most):
            return {"maxLength": most}
        case Money(may_be_negative=negative):
            return {} if negative else {"minimum": 0}
        case Integer(minimum=low, maximum=high):
            return {"minimum": low, "maximum": high}
        case Year(minimum=low):
            return {"minimum": low}
        case Date():
            return {"format": "yyyy-MM-dd"}
        case IdentityNumber() | Month() | VillageCode() | AreaCode() | CountyCode() | SchoolYear():
            return {"pattern": PATTERNS[type(column.type)]}
        case Code() | YesNo():
            return {}
        case never:
            assert_never(never)


def _labels(column: Column) -> list[str]:
    return list(column.type.codes.labels) if isinstance(column.type, Code) else []


def _delivery_rule(feed: Feed, place: int) -> dict[str, Any]:
    """What a whole delivery must satisfy, in words: its measures are ours (expectations/suites.py)."""
    expectation = suite(feed)[place]
    severity = "error" if expectation.severity is Severity.REJECT else "warning"
    return {"type": "text", "name": expectation.measure, "description": expectation.description, "severity": severity}
