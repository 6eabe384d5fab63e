"""May a rule be evaluated in a county: are its feeds there, has what it asks about begun and settled, is it priced."""

from collections.abc import Iterator, Sequence
from functools import partial

from expectations.feeds import FEEDS_BY_NAME
from expectations.policies import REQUIRED_KEYS
from expectations.policy import PolicyError
from expectations.rule import Rule, Waits
from expectations.rules.needs import ED, IN, ST
from expectations.status import RuleStatus, Silence
from pipelines.reconciling.county import Asked
from warehouse.current import Conformed


def why_not(rule: Rule, asked: Asked) -> Silence | None:
    """Why a rule is not evaluated in a county, or None.

    A feed that is not there and that the county is not to receive is nobody's gap: without it the rule does not
    apply, whatever else is missing.
    """
    conformed = asked.conformed
    absent = [feed for feed in rule.needs if feed not in conformed.feeds]
    if absent and (not rule.over_what_is_there or len(absent) == len(rule.needs)):
        if rule.is_lead and (barred := [feed for feed in absent if feed in conformed.barred]):
            return Silence(RuleStatus.NOT_APPLICABLE, _reasons(conformed, barred) + "（参数leads.basis没有写明依据）")
        unasked = [feed for feed in absent if feed not in conformed.expected]
        if unasked and (not rule.over_what_is_there or len(unasked) == len(absent)):
            return Silence(RuleStatus.NOT_APPLICABLE, _reasons(conformed, unasked) + "（不在本县应报送的数据之列）")
        return Silence(RuleStatus.NOT_EVALUATED, _reasons(conformed, absent))
    if rule.applies_with is not None and not conformed.has_value(*rule.applies_with):
        return Silence(RuleStatus.NOT_APPLICABLE, _nowhere_given(*rule.applies_with))
    if problems := list(dict.fromkeys(_without_value(rule, asked))):
        return Silence(RuleStatus.NOT_EVALUATED, "；".join(problems))
    silences = (_still_waiting(waits, rule, asked) for waits in rule.waits_for)
    return next((silence for silence in silences if silence), None)


def _without_value(rule: Rule, asked: Asked) -> Iterator[str]:
    """The policy values that the rule would read and that the policy must have and has not at its day, with both."""
    days = asked.days
    checks = [
        *(partial(days.check, key, rule.needs) for key in rule.policy_keys if key in REQUIRED_KEYS),
        *(partial(days.policy.value, key, days.year_before(rule.needs)) for key in rule.policy_keys_before),
    ]
    for check in checks:
        try:
            check()
        except PolicyError as error:
            yield from (str(problem) for problem in error.problems)


def _still_waiting(waits: Waits, rule: Rule, asked: Asked) -> Silence | None:
    days, conformed = asked.days, asked.conformed
    match waits:
        case Waits.INSURANCE_YEAR_BEGUN:
            found = conformed.enrolments(asked.policy, rule.needs)
            if not found.rows:
                return _not_evaluated(f"基本医保参保（{IN}）现行数据中没有{found.year}参保年度的记录")
            if not found.are_whole:
                return _not_evaluated(
                    f"基本医保参保（{IN}）现行数据中{found.year}参保年度只有{found.rows}条，"
                    f"比历次报送中一个年度最多的{found.most}条少{found.shrink_percent}%以上"
                )
        case Waits.SCHOOL_YEAR_SETTLED:
            if between := days.between_schools:
                ended, settled = between
                return Silence(
                    RuleStatus.WAITING,
                    f"学籍（{ST}）数据截止{conformed.feeds[ST].as_of}，在学年结束（{ended}）之后、"
                    f"新学年学籍截止日（{settled}）之前",
                )
        case Waits.TERM_FINISHED:
            if days.finished_term is None:
                held = "；".join(days.held_back(("education.settle_days",)))
                return _not_evaluated(f"教育资助（{ED}）没有已结清学期的记录" + (f"（{held}）" if held else ""))
    return None


def _nowhere_given(feed: str, column: str) -> str:
    declared = FEEDS_BY_NAME[feed]
    return f"{declared.title}（{feed}）现行数据中没有一行填写{declared.by_name[column].title}"


def _not_evaluated(reason: str) -> Silence:
    return Silence(RuleStatus.NOT_EVALUATED, reason)


def _reasons(conformed: Conformed, feeds: Sequence[str]) -> str:
    return "；".join(conformed.missing[feed] for feed in feeds)


def what_is_left_out(rule: Rule, conformed: Conformed) -> dict[str, str]:
    """For a rule over every feed that is there: the feeds that are not, and why."""
    missing = conformed.missing
    return {feed: missing[feed] for feed in rule.needs if feed in missing} if rule.over_what_is_there else {}


def what_is_held_back(rule: Rule, asked: Asked) -> tuple[str, ...]:
    """What an evaluated rule does not ask about yet, in Chinese: months and terms that have not settled."""
    return asked.days.held_back(rule.policy_keys)
