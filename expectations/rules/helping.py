"""HP: every household that needs help has somebody who is to give it (帮扶责任人)."""

from ibis.expr.types import Table

from expectations.departments import Department
from expectations.rule import HOUSEHOLD, Family, Reading, Severity, Visit, rule
from expectations.rules.evidence import household_row
from expectations.rules.needs import REGISTER, RH
from expectations.terms import County
from expectations.values import Values

FAMILY = Family("HP", 8, "帮扶责任", "helpers")


@rule(
    "HP01",
    "未落实帮扶责任人",
    "nobody is named to help",
    owner=Department.REGISTER,
    severity=Severity.LOW,
    subject=HOUSEHOLD,
    needs=REGISTER,
    sentence="未脱贫户、返贫户和监测对象，报送的帮扶责任人为空。全县没有一户填写帮扶责任人的不适用。",
    expected="有帮扶责任人",
    actual="脱贫属性{poverty_status}，监测对象类别{monitoring}，帮扶责任人未填写",
    explanation="该户（户主{head_name}）脱贫属性为{poverty_status}，监测对象类别为{monitoring}，但没有填写帮扶责任人。",
    clears_when="扶贫部门落实帮扶责任人并填入建档立卡信息。",
    basis="健全防止返贫动态监测和帮扶机制的要求",
    visit=Visit("平时谁来帮扶，多久来一次，上次是什么时候、做了什么。", ("帮扶手册或明白卡",)),
    evidence=(household_row("poverty_status", "monitoring", "helper_name"),),
    reads=(Reading(RH, "monitoring", silent=True), Reading(RH, "helper_name", as_sent=True)),
    applies_with=(RH, "helper_name"),
)
def household_has_a_helper(c: County, p: Values) -> Table:
    """Households that are open or monitored, and nobody is named who helps."""
    open_or_monitored = c.households.semi_join(
        c.open_households.select("household_no").union(c.monitored_households.select("household_no")), "household_no"
    )
    return open_or_monitored.filter(open_or_monitored.helper_name.isnull())


RULES = (household_has_a_helper,)
