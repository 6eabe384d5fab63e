"""Tables that PostgreSQL has beside the declared ones: the version pointer, readers, recipients, cut sentences."""

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, LargeBinary, MetaData, String, Table, Text

from warehouse.evaluation.surrogates import SENTENCES
from warehouse.tables import SCHEMA, TABLES

FENCED: Final = "fenced"
"""Schema of the fences; readers have no right in it."""

store_metadata: Final = MetaData(schema=SCHEMA)

for _table in TABLES:
    _table.to_metadata(store_metadata)

publication = Table(
    "publication",
    store_metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False, comment="版本号，从1起"),
    Column("snapshot", String(16), nullable=False, comment="快照名称（内容摘要）"),
    Column("definitions", String(64), nullable=False, comment="表、视图和装载语句的摘要"),
    comment="发布：只有一行，指明读者看到的版本；与所装载的各行在同一事务中移动",
)
"""The version pointer."""

reader = Table(
    "reader",
    store_metadata,
    Column("role", String(63), primary_key=True, comment="数据库登录名"),
    Column("county", String(6), primary_key=True, comment="可读的县级行政区划代码；* 为所有县"),
    Column("kind", String(16), nullable=False, comment="evaluator 评估、department 部门、township 乡镇"),
    Column("department", String(32), comment="部门登录名所属部门；其他为空"),
    Column("township_code", String(9), comment="乡镇登录名所属乡镇；其他为空"),
    Column("recipient", String(64), comment="评估登录名所属接收方（没有的读不到任何行）；其他为空"),
    CheckConstraint("kind IN ('evaluator', 'department', 'township')", name="reader_kind"),
    CheckConstraint("(kind = 'department') = (department IS NOT NULL)", name="reader_department"),
    CheckConstraint("(kind = 'township') = (township_code IS NOT NULL)", name="reader_township"),
    comment="读者：每个登录名、每个可读的县一行；行级安全按此放行",
)
"""Who may read which rows; row-level security looks here."""

recipient = Table(
    "recipient",
    store_metadata,
    Column("recipient", String(64), primary_key=True, comment="接收方"),
    Column("key_id", String(80), nullable=False, comment="密钥编号"),
    Column("inner_pad", LargeBinary, nullable=False, comment="密钥的内填充（HMAC-SHA-256）"),
    Column("outer_pad", LargeBinary, nullable=False, comment="密钥的外填充（HMAC-SHA-256）"),
    Column("seed", BigInteger, nullable=False, comment="行序种子"),
    comment="接收方密钥：评估视图由此给出接收方自有编号和假名；任何读者都不能读",
)
"""Keys of the recipients whose logins read here; whoever owns the views reads them, and no reader does."""

finding_text = Table(
    "finding_text",
    store_metadata,
    Column("county", String(6), nullable=False, comment="县级行政区划代码（GB/T 2260）"),
    Column("finding_id", Text(collation="C"), primary_key=True, comment="问题编号"),
    *(Column(name, Text, comment="该列文字（已脱敏），各部门编号处留出位置") for name in SENTENCES),
    comment="问题文字：每个问题一行，各部门编号处由视图填入接收方自有编号",
)
"""Sentences of findings with marks where numbers stand (warehouse/postgres/numbers.py)."""
