"""How tables of the warehouse are declared: comments, origin and personal mark of every column, keys by dialect."""

from typing import Any, Final, assert_never

from sqlalchemy import Boolean, Column, Date, Integer, MetaData, Numeric, String, Table
from sqlalchemy.types import TypeEngine

from expectations import feed as declared
from expectations.feed import Feed, Personal, problem_column

SCHEMA = "warehouse"
"""Schema of the tables; the evaluators' views lie in ``evaluation`` (warehouse/evaluation/views.py)."""

metadata = MetaData(schema=SCHEMA)

YUAN: Final = Numeric(18, 2)

PERSONAL_TEXT: Final = "text"
"""Mark of sentences and keys that can hold personal values: masked by whoever composed them, not by a pattern."""


def make_column(
    name: str,
    type_: TypeEngine[Any],
    comment: str,
    *,
    key: bool = False,
    required: bool = False,
    feed: str = "",
    heading: str = "",
    personal: str | None = None,
) -> Column[Any]:
    """A column with a Chinese comment; ``feed`` and ``heading`` say where it comes from, ``personal`` what it holds."""
    return Column(
        name,
        _in_byte_order(type_),
        primary_key=key,
        autoincrement=False,
        nullable=not (key or required),
        comment=comment,
        info={"feed": feed, "heading": heading, "personal": personal},
    )


def _in_byte_order(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """Texts are compared and sorted by bytes on PostgreSQL, as DuckDB does whatever the machine's language."""
    if isinstance(type_, String):
        return type_.with_variant(type(type_)(type_.length, collation="C"), "postgresql")
    return type_


def make_table(name: str, comment: str, *columns: Column[Any]) -> Table:
    """A table whose primary key is a constraint on PostgreSQL only.

    On DuckDB the audit proves keys before publishing: an index there doubles the load and keeps deleted rows on disk.
    """
    table = Table(name, metadata, *columns, comment=comment)
    table.primary_key.ddl_if(dialect="postgresql")
    return table


def county_columns(*, as_of: bool) -> list[Column[Any]]:
    """The county, and the as-of date where the grain has one: what a load replaces."""
    columns = [make_column("county", String(6), "县级行政区划代码（GB/T 2260）", key=True)]
    if as_of:
        columns.append(make_column("as_of", Date(), "数据截止日", key=True))
    return columns


def feed_columns(feed: Feed, *, key: tuple[str, ...] = ()) -> list[Column[Any]]:
    """The columns of a feed as staged, described by its declaration; phones are not taken in."""
    columns = []
    for column in feed.columns:
        if column.personal is Personal.PHONE:
            continue  # no reader of the warehouse needs one: whoever must call finds it in the delivery
        columns.append(
            make_column(
                column.name,
                sql_type(column.type),
                describe(column),
                key=column.name in key,
                required=column.must_be_there and not column.is_identity_number,
                feed=feed.name,
                heading=column.title,
                personal=column.personal,
            )
        )
        if column.is_identity_number:
            reason = f"{column.title}为空的原因（有效时为空）"
            columns.append(
                make_column(problem_column(column.name), String(32), reason, feed=feed.name, heading=column.title)
            )
    return columns


def source_columns(*, key: bool = False) -> list[Column[Any]]:
    """Where a row came from, so that anyone can open the department's own file at that row."""
    return [
        make_column("source_delivery", String(160), "来源报送批次编号", key=key, required=True),
        make_column("source_file", String(255), "来源文件名（部门报送时的文件名）", key=key, required=True),
        make_column("source_sheet", String(255), "来源工作表（CSV为空文本）", key=key, required=True),
        make_column("source_row", Integer(), "来源行号（部门打开文件看到的行号）", key=key, required=True),
    ]


def describe(column: declared.Column) -> str:
    """The comment of a feed's column: heading, unit, admitted labels."""
    text = column.title + (f"（{column.unit}）" if column.unit else "")
    match column.type:
        case declared.Code(codes):
            return f"{text}：{'、'.join(codes.labels)}"
        case declared.IdentityNumber():
            return f"{text}（18位；无效时为空）"
        case declared.Month():
            return f"{text}（YYYY-MM）"
        case declared.VillageCode():
            return f"{text}（村级12位）"
        case declared.AreaCode():
            return f"{text}（县级6位、乡级9位或村级12位）"
        case declared.CountyCode():
            return f"{text}（县级6位代码）"
        case (
            declared.Text()
            | declared.Name()
            | declared.Money()
            | declared.Integer()
            | declared.Year()
            | declared.Date()
            | declared.YesNo()
            | declared.SchoolYear()
        ):
            return text
        case never:
            assert_never(never)


def sql_type(type_: declared.ColumnType) -> TypeEngine[Any]:
    """The SQL type of a staged column."""
    match type_:
        case declared.Money():
            return YUAN
        case declared.Integer() | declared.Year():
            return Integer()
        case declared.Date():
            return Date()
        case declared.YesNo():
            return Boolean()
        case declared.IdentityNumber():
            return String(18)
        case declared.VillageCode() | declared.AreaCode():
            return String(12)
        case declared.CountyCode():
            return String(6)
        case declared.Month():
            return String(7)
        case declared.SchoolYear():
            return String(9)
        case declared.Code():
            return String(32)
        case declared.Text(max_length) | declared.Name(max_length):
            return String(max_length)
        case never:
            assert_never(never)
