"""The departments' side where rows are put together: certificates with their members, payments by month and term."""

from typing import Any

from sqlalchemy import Boolean, Column, Date, Integer, String

from expectations.feed import Feed
from expectations.feeds import FEEDS_BY_NAME
from warehouse.tables.columns import YUAN, county_columns, feed_columns, make_column, make_table, source_columns

_CERTIFICATES = FEEDS_BY_NAME["low_income_households"]
_PAYMENTS = FEEDS_BY_NAME["low_income_payments"]
_SUBSIDIES = FEEDS_BY_NAME["education_subsidies"]


def _key_columns(feed: Feed, names: tuple[str, ...]) -> list[Column[Any]]:
    """Some columns of a feed, as the key of a table that sums its rows."""
    return [column for column in feed_columns(feed, key=names) if column.name in names]


def _sums(what: str) -> list[Column[Any]]:
    """Amounts by state of payment, and how many rows they are made of."""
    return [
        make_column("yuan_paid", YUAN, f"发放成功的{what}（元）", required=True),
        make_column("yuan_returned", YUAN, f"退回的{what}（元）", required=True),
        make_column("yuan_pending", YUAN, f"待发的{what}（元）", required=True),
        make_column("payments", Integer(), "合并的发放记录数（条）", required=True),
        make_column("payments_made", Integer(), "其中发放成功的记录数（条）", required=True),
    ]


fact_certificate_snapshot = make_table(
    "fact_certificate_snapshot",
    "低保、特困证快照：每证、每个数据截止日一行",
    *county_columns(as_of=True),
    *feed_columns(_CERTIFICATES, key=_CERTIFICATES.key),
    make_column("in_force", Boolean(), "截止日是否有效（在保或渐退，已起保且未停保）", required=True),
    make_column("member_rows", Integer(), "成员记录数（条）"),
    make_column("covered_member_rows", Integer(), "其中保障对象记录数（条）"),
    *source_columns(),
)

fact_benefit_month = make_table(
    "fact_benefit_month",
    "低保金发放：每证、每月一行，为最新数据",
    *county_columns(as_of=False),
    *_key_columns(_PAYMENTS, ("certificate_no", "month")),
    *_sums("低保金"),
)

fact_payment_month = make_table(
    "fact_payment_month",
    "低保金发放月份：每县、每个数据截止日、每个有发放记录的月份一行，写明是否已结清、是否核对",
    *county_columns(as_of=True),
    make_column("month", String(7), "发放年月", key=True),
    make_column("first_day", Date(), "该月第一天", required=True),
    make_column("last_day", Date(), "该月最后一天", required=True),
    make_column("has_settled", Boolean(), "最近一批发放数据的截止日是否已过该月结清日", required=True),
    make_column("is_early", Boolean(), "提供该月记录的一批数据是否早于结清日（其后可能还有发放）", required=True),
    make_column("is_asked", Boolean(), "是否核对：已结清，且不晚于低保数据的截止日", required=True),
)

fact_education_subsidy = make_table(
    "fact_education_subsidy",
    "教育资助：每个学生、学期、资助项目一行，为最新数据",
    *county_columns(as_of=False),
    *_key_columns(_SUBSIDIES, ("student_no", "school_year", "term", "item")),
    *_sums("资助"),
)
