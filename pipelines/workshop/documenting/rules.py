"""The rule book, a page a rule, from the declarations and the national defaults."""

from collections.abc import Mapping
from string import Formatter
from typing import Final

from expectations.amount import Amount
from expectations.feeds import CORE_FEEDS, FEEDS_BY_NAME
from expectations.policy import Timeline
from expectations.rule import Rule
from expectations.rules import FAMILIES, RULES
from pipelines.house.policies import EVERY_COUNTY, load_policies
from pipelines.house.words import department_label, feed_title, in_words, policy_title, policy_unit
from pipelines.reconciling.facts import doubts_of
from pipelines.reporting.wording import CERTAINTIES, LEAD
from pipelines.workshop.documenting.markdown import bullets, page, section, table

_TITLES: Final = {column.name: column.title for feed in reversed(CORE_FEEDS) for column in feed.columns}


def rule_pages() -> dict[str, str]:
    """``rules/index.md`` and ``rules/<code>.md``."""
    defaults = load_policies(None).defaults
    return {"rules/index.md": _index()} | {f"rules/{rule.code}.md": _page(rule, defaults) for rule in RULES}


def _index() -> str:
    families = [
        section(
            f"{family.name} {family.name_en}（{family.code}）",
            table(
                ("规则", "名称", "", "责任单位", "程度", "判定条件"),
                (
                    (
                        f"[{rule.code}]({rule.code}.md)",
                        rule.name,
                        rule.name_en,
                        _owner(rule),
                        rule.severity.label,
                        rule.sentence,
                    )
                    for rule in rules
                ),
            ),
        )
        for family, rules in FAMILIES
    ]
    return page(
        "# 比对规则 Rule book",
        f"共{len(RULES)}条。所需数据缺失或过期的规则“未评估”：不等于没有问题，此前的问题也保持原状。",
        *families,
    )


def _page(rule: Rule, defaults: Mapping[str, Timeline]) -> str:
    return page(
        f"# {rule.code} {rule.name}",
        f"{rule.name_en} · [全部规则](index.md)",
        f"> {rule.sentence}",
        table(
            ("", ""),
            (
                ("责任单位", _owner(rule)),
                ("严重程度", rule.severity.label),
                ("问题对象", f"{rule.subject.label}（`{'|'.join(rule.subject.key)}`）"),
                ("所属期间", rule.period.label),
                ("政策依据", rule.basis),
            ),
        ),
        section("所需数据", _needs(rule)),
        section(
            "问题怎样写",
            table(
                ("", ""),
                (
                    ("应有情况", in_titles(rule.expected, rule)),
                    ("实际情况", in_titles(rule.actual, rule)),
                    ("问题描述", in_titles(rule.explanation, rule)),
                ),
            ),
        ),
        section("如何消除", rule.clears_when),
        section("入户问什么", _visit(rule)),
        section("证据", _evidence(rule)),
        *([section("规则金额", _amount(rule.amount))] if rule.amount is not None else []),
        section("把握程度", _certainty(rule)),
        section("政策参数", _policy(rule, defaults)),
    )


def _owner(rule: Rule) -> str:
    """Who answers for its findings."""
    own = department_label(rule.owner)
    if not rule.may_own:
        return own
    if rule.owner:
        return f"{own}；对象不在其名册的，{'、'.join(department_label(one) for one in rule.may_own)}"
    senders = "、".join(department_label(FEEDS_BY_NAME[feed].sender) for feed in rule.needs)
    return f"数据写明的部门；不是部门的，{senders}"


def in_titles(template: str, rule: Rule) -> str:
    """A template with the departments' headings in place of canonical names: ``〈本年度人均纯收入〉``.

    Of a name with two headings that of an office's own feed, where the rule needs one.
    """
    of_offices = (FEEDS_BY_NAME[feed] for feed in rule.needs if FEEDS_BY_NAME[feed] not in CORE_FEEDS)
    titles = _TITLES | {column.name: column.title for feed in of_offices for column in feed.columns}
    parts = []
    for literal, field, _, _ in Formatter().parse(template):
        parts.append(literal)
        if field:
            parts.append(f"〈{titles.get(field, field)}〉")
    return "".join(parts)


def _needs(rule: Rule) -> str:
    feeds = bullets(f"[{feed_title(feed)}](../feeds/{feed}.md)" for feed in rule.needs)
    if not rule.needs:
        return "只用政策参数，不需要报送数据。"
    among = "有哪些就比对哪些，缺的另行列出。" if rule.over_what_is_there else "其中任何一项缺失或过期，本规则未评估。"
    waits = [wait.label for wait in rule.waits_for]
    heeded = "、".join(f"[{feed_title(feed)}](../feeds/{feed}.md)" for feed in rule.heeds)
    heeds = [f"有{heeded}的，不论新旧，也看其最近一批；没有的不影响本规则。"] if rule.heeds else []
    if rule.compares is not None:
        names = "、".join(f"[{feed_title(feed)}](../feeds/{feed}.md)" for feed in rule.compares.feeds)
        heeds.append(f"有下列数据的，与其比对；没有的，不影响本规则：{names}。")
    if rule.is_lead and (barred := [feed for feed in rule.needs if FEEDS_BY_NAME[feed].asks_for_basis]):
        names = "、".join(feed_title(feed) for feed in barred)
        heeds.append(f"参数leads.basis没有写明允许使用{names}的文件的，本规则不适用。")
    return "\n\n".join([feeds, among, *heeds, *([f"此外须等到：{'；'.join(waits)}。"] if waits else [])])


def _visit(rule: Rule) -> str:
    if rule.visit is None:
        return "不需要入户。"
    papers = f"备好：{'、'.join(rule.visit.papers)}。" if rule.visit.papers else ""
    return f"{rule.visit.ask}{papers}"


def _evidence(rule: Rule) -> str:
    rows = [
        f"{feed_title(side.feed)}的记录：{_columns(side.feed, (*FEEDS_BY_NAME[side.feed].key, *side.show))}"
        for side in rule.evidence
    ]
    searched = [f"查找过的{feed_title(absence.feed)}：{absence.how}" for absence in rule.absences]
    counted = [f"{feed_title(feed)}：{rule.compares.how}" for feed in rule.compares.feeds] if rule.compares else []
    return bullets([*rows, *searched, *counted])


def _amount(amount: Amount) -> str:
    """What a finding comes to, and whose turn is before this rule's."""
    before = sorted(
        (rule.amount.turn, rule.code)
        for rule in RULES
        if rule.amount is not None and 0 < rule.amount.turn < amount.turn
    )
    told = f"{amount.side.label}：{amount.how}（元）。"
    if amount.months is None:
        return told
    first = f"已由{'、'.join(code for _, code in before)}计入的月份除外，" if before else ""
    return f"{told}{first}同一证同一月份只计入一条规则。"


def _columns(feed: str, names: tuple[str, ...]) -> str:
    known = FEEDS_BY_NAME[feed].by_name
    return "、".join(known[name].title for name in dict.fromkeys(names) if name in known)


def _certainty(rule: Rule) -> str:
    certain, possible = CERTAINTIES["certain"], CERTAINTIES["possible"]
    if rule.is_lead:
        return f"一律为“{possible}”（possible），作为“{LEAD}”列出：只请核实，不认定任何人有错。"
    doubts = [doubt.why for doubt in doubts_of(rule)]
    if rule.compares is not None:
        doubts.append("所清点的现行数据中有被隔离的行，或决定是否计入的值被退回")
    if not doubts:
        return f"一律为“{certain}”。"
    return f"有下列情形之一的为“{possible}”（possible），其余为“{certain}”：\n\n{bullets(doubts)}"


def _policy(rule: Rule, defaults: Mapping[str, Timeline]) -> str:
    rows = []
    for key in rule.policy_keys:
        newest = defaults[key][-1].as_dict() if key in defaults else None
        about = (in_words(newest["value"]), newest["from"], newest["source"]) if newest else ("没有", "", "")
        rows.append(
            (
                policy_title(key, before=key in rule.policy_keys_before),
                f"`{key}`",
                about[0],
                policy_unit(key),
                about[1],
                about[2],
            )
        )
    note = f"县级参数文件（county 为县代码或 {EVERY_COUNTY}）中的值优先于全国默认值。" if rows else ""
    return "\n\n".join(part for part in (table(("参数", "键", "全国默认值", "单位", "自", "来源"), rows), note) if part)
