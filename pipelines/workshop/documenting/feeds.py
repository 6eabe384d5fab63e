"""What each department sends: a page a feed, from its declaration."""

from expectations.feed import Column, Fact, Facts, Feed, Personal
from expectations.feeds import BOOKS, FEEDS
from expectations.rules import RULES
from pipelines.house.words import feed_title
from pipelines.templates.wording import form_of, need_of, unit_of
from pipelines.workshop.documenting.markdown import bullets, page, section, table

PERSONAL = {
    Personal.NAME: "姓名",
    Personal.IDENTITY_NUMBER: "证件号码",
    Personal.PHONE: "电话",
    Personal.STUDENT_NO: "学籍号",
    Personal.BIRTH_DATE: "出生日期",
    Personal.PLATE: "号牌号码",
    Personal.OTHER: "其他",
}
"""Kinds of personal data."""


def feed_pages() -> dict[str, str]:
    """``feeds/<feed>.md``."""
    return {f"feeds/{feed.name}.md": _page(feed) for feed in FEEDS}


def _page(feed: Feed) -> str:
    return page(
        f"# {feed.title}",
        f"`{feed.name}` · {feed.sender.label}报送",
        f"文件名：`{feed.name}_<6位县代码>_<截止日YYYYMMDD>.csv`（也可以是 xlsx、xls、parquet、zip）",
        bullets(_facts(feed)),
        section("各列", table(("表头", "也认作", "列名", "填写要求", "形式", "单位", "个人信息"), _rows(feed))),
        section(
            "用到它的规则",
            "、".join(
                f"[{rule.code} {rule.name}](../rules/{rule.code}.md)" for rule in RULES if feed.name in rule.hears
            ),
        ),
    )


def _facts(feed: Feed) -> list[str]:
    key = "、".join(feed[name].title for name in feed.key)
    facts = [f"主键：{key}。主键相同而内容不同的行都不采用；完全相同的行只算一行。"]
    if feed.accumulates_by:
        periods = "、".join(feed[name].title for name in feed.accumulates_by)
        facts.append(f"按{periods}累积：新的报送替换其中所含各期，其余各期保留；所含的每一期都须包括该期全部记录。")
    else:
        facts.append("每次报送都是截止日的全部数据，整份替换上一份。")
    if feed.book is not None:
        others = "、".join(feed_title(name) for name in BOOKS[feed.book] if name != feed.name)
        facts.append(f"与{others}合为一本账，按两者都有的最新截止日使用。")
    if feed.optional:
        facts.append("县参数 `feeds.expected` 列明的县才须报送；报来的一律接收。")
    match feed.facts:
        case Fact(table=name):
            facts.append(f"在数据仓库中逐行存于 `{name}`。")
        case Facts.COMPOSED:
            facts.append("在数据仓库中与其他数据合并或汇总成表。")
        case Facts.NONE:
            facts.append("不进入数据仓库，只供比对。")
    if not feed.simulated:
        facts.append("模拟县（`liangxian simulate`）没有这项数据。")
    elif feed.optional:
        facts.append("模拟县加选项 `--other-offices` 才有这项数据。")
    return facts


def _rows(feed: Feed) -> list[tuple[str, ...]]:
    return [
        (
            column.title,
            "、".join(column.synonyms),
            f"`{column.name}`",
            need_of(feed, column),
            form_of(feed, column),
            unit_of(column),
            _personal(column),
        )
        for column in feed.columns
    ]


def _personal(column: Column) -> str:
    return PERSONAL[column.personal] if column.personal is not None else ""
