"""What the offices said over time: type-2 history with two clocks, and the events that move the clocks.

``valid_*`` is the time that the data speak of: from a delivery's as-of date until the next one's, exclusive.
``known_*`` is the time at which the county knew it: from the event that put a delivery in force until the one that
changed what it says, exclusive. A row is never changed but for the end of its ``known_*``.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, Date, DateTime, Integer, String, Text

from expectations.feed import Feed
from expectations.feeds import FEEDS_BY_NAME
from warehouse.tables.columns import county_columns, feed_columns, make_column, make_table, source_columns

_HOUSEHOLDS = FEEDS_BY_NAME["register_households"]
_MEMBERS = FEEDS_BY_NAME["register_members"]
_CERTIFICATES = FEEDS_BY_NAME["low_income_households"]

_KEY = String(32)
MEMBERSHIP_COLUMNS = ("household_no", "member_no", "relation")


def _clock_columns() -> list[Column[Any]]:
    """The two clocks; the beginnings are part of the key."""
    return [
        make_column("valid_from", Date(), "有效起始日（含）：首次这样报送的数据截止日", key=True),
        make_column("valid_to", Date(), "有效终止日（不含）：不再这样报送的数据截止日，至今有效的为空"),
        make_column("known_from", DateTime(timezone=True), "知悉时间（UTC）：相应报送被接收的时间", key=True),
        make_column("known_to", DateTime(timezone=True), "知悉终止时间（UTC，不含）：被改写的时间，未改写的为空"),
    ]


def _hashed(name: str, what: str, *, required: bool = True) -> Column[Any]:
    return make_column(name, _KEY, f"{what}（散列值，SHA-256前32位）", required=required)


def _columns(feed: Feed, names: Collection[str], key: tuple[str, ...]) -> list[Column[Any]]:
    """Columns of a feed that the history keeps; a value is required where the feed requires it."""
    return [column for column in feed_columns(feed, key=key) if column.name in names]


def _all_but(feed: Feed, *left_out: str) -> set[str]:
    return {column.name for column in feed_columns(feed)} - set(left_out)


dim_household = make_table(
    "dim_household",
    "建档立卡户历史：每户、每个内容不变的有效时段和知悉时段一行",
    *county_columns(as_of=False),
    _hashed("household_key", "户键：同一户在各时段相同"),
    _hashed("version_key", "版本键：每行一个"),
    *_columns(_HOUSEHOLDS, _all_but(_HOUSEHOLDS), _HOUSEHOLDS.key),
    *_clock_columns(),
    *source_columns(),
)

dim_person = make_table(
    "dim_person",
    "建档立卡人口历史：每人（人编号）、每个内容不变的有效时段和知悉时段一行；所在户见 bridge_membership",
    *county_columns(as_of=False),
    _hashed("person_key", "人键：同一人编号在各时段相同"),
    _hashed("version_key", "版本键：每行一个"),
    *_columns(_MEMBERS, _all_but(_MEMBERS, "household_no", "relation"), _MEMBERS.key),
    *_clock_columns(),
    *source_columns(),
)

bridge_membership = make_table(
    "bridge_membership",
    "户人关联历史：每人在每户、每个与户主关系不变的有效时段和知悉时段一行",
    *county_columns(as_of=False),
    _hashed("household_key", "户键"),
    _hashed("person_key", "人键"),
    _hashed("version_key", "版本键：每行一个"),
    *_columns(_MEMBERS, MEMBERSHIP_COLUMNS, ("household_no", "member_no")),
    *_clock_columns(),
    *source_columns(),
)

dim_certificate = make_table(
    "dim_certificate",
    "低保、特困证历史：每证、每个内容不变的有效时段和知悉时段一行",
    *county_columns(as_of=False),
    _hashed("certificate_key", "证键：同一证在各时段相同"),
    _hashed("version_key", "版本键：每行一个"),
    *_columns(_CERTIFICATES, _all_but(_CERTIFICATES), _CERTIFICATES.key),
    *_clock_columns(),
    *source_columns(),
)

fact_delivery_event = make_table(
    "fact_delivery_event",
    "报送批次变动：每次接收、退回、被替代、恢复、放行一行；知悉时间由此而来",
    *county_columns(as_of=False),
    make_column("seq", Integer(), "顺序号（台账内）", key=True),
    make_column("delivery", String(160), "批次编号", required=True),
    make_column("feed", String(64), "数据名称（英文）", required=True),
    make_column("as_of", Date(), "数据截止日（文件名中没有的为空）"),
    make_column(
        "kind",
        String(16),
        "变动：accepted 接收、rejected 退回、superseded 被替代、restored 恢复、released 放行、held 待确认、"
        "withdrawn 撤回",
        required=True,
    ),
    make_column("happened_at", DateTime(timezone=True), "发生时间（UTC）", required=True),
    make_column("known_at", DateTime(timezone=True), "知悉时间（UTC）：按顺序号不倒退的发生时间", required=True),
)

fact_finding_event = make_table(
    "fact_finding_event",
    "问题变动：每个问题的每次状态变化一行，只增不改；可能比 fact_finding（当晚台账）新",
    *county_columns(as_of=False),
    make_column("seq", Integer(), "本县事件链中的顺序号", key=True),
    make_column("finding_id", String(64), "问题编号", required=True),
    make_column("run", String(64), "比对编号（不由比对引起的为空）"),
    make_column("happened_on", Date(), "变化日期（数据截止日或答复日期）", required=True),
    make_column(
        "who",
        String(64),
        "由谁引起：liangxian 当晚比对，部门，办理人；答复人为姓名的摘要（HMAC-SHA-256，本地密钥）",
        required=True,
    ),
    make_column("from_state", String(16), "变化前状态（新问题为空）"),
    make_column("to_state", String(16), "变化后状态", required=True),
    make_column("why", Text(), "原因"),
    make_column("delivery", Text(), "证明变化的报送批次或反馈表"),
    make_column("evidence_digest", String(64), "证据摘要（HMAC-SHA-256，本地密钥；旧版所记为SHA-256）"),
    make_column("digest", String(64), "本事件与前一事件的链式摘要（HMAC-SHA-256；旧版所记为SHA-256）", required=True),
)
