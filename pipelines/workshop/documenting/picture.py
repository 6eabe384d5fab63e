"""The picture of the warehouse: entities and how they hang together, as Mermaid, from the models."""

from sqlalchemy import Boolean, Date, DateTime, Integer, Numeric, Table
from sqlalchemy.types import TypeEngine

from pipelines.workshop.documenting.markdown import page
from warehouse.tables import TABLES
from warehouse.tables.relations import RELATIONS, Relation


def picture_page() -> str:
    """``warehouse.md``: keys and joining columns of every table; all columns are in the dictionary."""
    return page(
        "# 数据仓库结构图 The warehouse in one picture",
        "每个表的主键和关联列（全部列见[数据字典](dictionary.md)）。"
        "Primary keys and joining columns of each table; every column is in the [dictionary](dictionary.md).",
        "```mermaid\n" + diagram() + "\n```",
    )


def diagram() -> str:
    """A Mermaid entity-relationship diagram with Chinese names."""
    lines = ["erDiagram"]
    for table in TABLES:
        lines.append(f'  {table.name}["{table.name} {_title(table)}"] {{')
        lines += [f"    {_column(table, name)}" for name in _shown(table)]
        lines.append("  }")
    lines += [f'  {r.one.name} ||--o{{ {r.many.name} : "{r.label}（{_joined(r)}）"' for r in RELATIONS]
    return "\n".join(lines)


def _title(table: Table) -> str:
    """The comment up to its first colon: what the table is, without its grain."""
    return (table.comment or "").split("：")[0]


def _shown(table: Table) -> list[str]:
    joined = {name for r in RELATIONS if table in {r.one, r.many} for name in r.columns}
    return [c.name for c in table.c if c.primary_key or c.name in joined]


def _column(table: Table, name: str) -> str:
    column = table.c[name]
    key = " PK" if column.primary_key else ""
    comment = (column.comment or "").split("（")[0].split("：")[0].replace('"', "'")
    return f'{_type(column.type)} {name}{key} "{comment}"'


def _joined(relation: Relation) -> str:
    return "、".join(relation.columns)


def _type(type_: TypeEngine[object]) -> str:
    match type_:
        case Boolean():
            return "boolean"
        case Integer():
            return "integer"
        case Numeric():
            return "number"
        case DateTime():
            return "datetime"
        case Date():
            return "date"
        case _:
            return "text"
