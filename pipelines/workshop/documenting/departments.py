"""The county's offices: what each sends, and which rules' findings it can have to answer for."""

from expectations.departments import Department
from expectations.feeds import FEEDS
from expectations.rules import RULES
from pipelines.workshop.documenting.markdown import page, table


def departments_page() -> str:
    """``departments.md``."""
    heads = ("单位", "也称", "代码", "报送", "答复规则")
    return page(
        "# 单位 Offices",
        "谁报送、谁答复是两件事：一个单位可以只报送、只答复，或者两样都做。"
        "Who sends a feed and who answers for a finding are two things.",
        table(heads, ((o.label, "、".join(o.short), f"`{o.value}`", _sends(o), _answers(o)) for o in Department)),
    )


def _sends(office: Department) -> str:
    return "、".join(f"[{feed.title}](feeds/{feed.name}.md)" for feed in FEEDS if feed.sender is office)


def _answers(office: Department) -> str:
    return "、".join(f"[{rule.code}](rules/{rule.code}.md)" for rule in RULES if office in rule.owners)
