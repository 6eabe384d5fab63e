"""The data dictionary: tables and the evaluators' views, with the comments that stand in the warehouse itself."""

from sqlalchemy import Column, Table

from pipelines.house.words import feed_title
from pipelines.workshop.documenting.markdown import page, section, table
from warehouse.evaluation.views import EVALUATION, VIEWS, View
from warehouse.tables import SCHEMA, TABLES


def dictionary_page() -> str:
    """``dictionary.md``."""
    return page(
        "# 数据字典 Data dictionary",
        f"`warehouse.duckdb`。评估人员读 `{EVALUATION}`（已脱敏）；`{SCHEMA}` 由数据组使用。"
        f"同样的说明在库内 `{EVALUATION}.data_dictionary`。",
        *(_view(view) for view in VIEWS),
        *(_table(one) for one in TABLES),
    )


def _view(view: View) -> str:
    return section(
        f"{EVALUATION}.{view.name}",
        view.comment,
        table(("列", "说明", "来源"), ((f"`{c.name}`", c.comment, _origin(c.origin)) for c in view.columns)),
    )


def _table(one: Table) -> str:
    return section(
        f"{SCHEMA}.{one.name}",
        one.comment or "",
        table(
            ("列", "类型", "主键", "可空", "说明", "来源"),
            (
                (
                    f"`{c.name}`",
                    c.type,
                    "是" if c.primary_key else "",
                    "是" if c.nullable else "",
                    c.comment,
                    _origin(c),
                )
                for c in one.c
            ),
        ),
    )


def _origin(column: Column[object] | None) -> str:
    """The feed and heading that a column comes from."""
    info = column.info if column is not None else {}
    return f"{feed_title(info['feed'])}：{info['heading']}" if info.get("feed") else ""
