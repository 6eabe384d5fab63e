"""PY: payments of social assistance against the certificates they are paid on."""

from typing import Final

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.amount import YUAN, Amount, Side
from expectations.departments import Department
from expectations.feed import Personal
from expectations.masks import masked_name
from expectations.rule import (
    CERTIFICATE,
    CERTIFICATE_MONTH,
    Absence,
    Doubt,
    Evidence,
    Family,
    Period,
    Reading,
    Severity,
    Visit,
    rule,
)
from expectations.rules.evidence import CERTIFICATE_MEMBERS, IN_FORCE, certificate_row
from expectations.rules.needs import LH, LM, LOW_INCOME, LP, REGISTER, RM
from expectations.rules.papers import BENEFIT
from expectations.terms import County, listed, money
from expectations.values import Values

FAMILY = Family("PY", 5, "资金发放", "payments")
BASIS_PAYMENTS = "最低生活保障资金管理办法（按月足额发放）"
NEEDS = (*LOW_INCOME, LP)


def _paid_too_late_to_know(c: County) -> Table:
    """payment_month: M*, where the delivery that supplies it is from before it had settled."""
    return c.here.filter(_.payment_month_is_early).select("payment_month")


_EARLY_MONTH: Final = "提供该月发放记录的一批数据早于该月结清日，其后可能还有发放"
_EARLY_NEWEST_MONTH: Final = Doubt(("payment_month",), _paid_too_late_to_know, _EARLY_MONTH)


def _by_month(payments: Table) -> Table:
    """(certificate_no, month, yuan): what payments of certificates come to."""
    totals = payments.group_by(["certificate_no", "month"]).agg(**{YUAN: _.amount.sum()})
    return totals.mutate(**{YUAN: totals[YUAN].cast("decimal(18, 2)")})


def _month_of(day: ibis.Value) -> ibis.Value:
    return day.cast("string").left(7)


@rule(
    "PY01",
    "停保后发放",
    "paid after the end",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.HIGH,
    subject=CERTIFICATE,
    needs=NEEDS,
    sentence="停保的证件，在停保日期所在月份之后的月份仍有发放成功的记录。",
    expected="停保（{end_date}）次月起不再发放",
    actual="停保后发放月份：{months}，共{total}元",
    explanation="低保证{certificate_no}（户主{head_name}）已于{end_date}停保，但{months}仍发放成功，共{total}元。",
    facts={"months": None, "total": None},
    clears_when="民政部门收回多发资金，或更正停保日期、发放记录。",
    basis=BASIS_PAYMENTS,
    visit=Visit("停保以后还收到过几个月的低保金，打到谁的卡上。", BENEFIT),
    evidence=(
        certificate_row("programme", "status", "end_date"),
        Evidence(LP, ("certificate_no",), ("amount", "payment_status", "paid_on"), lambda c: _paid_after_the_end(c)),
    ),
    reads=(Reading(LH, "end_date"),),
    amount=Amount(
        Side.WRONGLY_PAID,
        "停保日期所在月份之后各月发放成功的金额",
        turn=2,
        months=lambda c: _by_month(_paid_after_the_end(c)),
    ),
)
def nothing_is_paid_after_the_end(c: County, p: Values) -> Table:
    """Ended certificates with payments for later months."""
    late = _paid_after_the_end(c)
    months = listed(late, "certificate_no", "month", "months")
    totals = late.group_by("certificate_no").agg(total=_.amount.sum().cast("decimal(18, 2)"))
    return c.rows[LH].inner_join(months, "certificate_no").inner_join(totals, "certificate_no")


def _paid_after_the_end(c: County) -> Table:
    ended = c.rows[LH].filter(_.status == "停保", _.end_date.notnull())
    ends = ended.select("certificate_no", end_month=_month_of(ended.end_date))
    late = c.paid.inner_join(ends, "certificate_no")
    return late.filter(late.month > late.end_month).drop("end_month")


@rule(
    "PY02",
    "在保未发放",
    "in force, not paid",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.HIGH,
    subject=CERTIFICATE,
    needs=NEEDS,
    sentence="在保的低保、特困证，月保障金额大于零，起始日期不晚于某个已结清月份（不晚于低保数据截止日）的第一天，该月没有发放成功的记录。",
    expected="每月发放{monthly_benefit}元",
    actual="未发放成功的月份：{months}",
    explanation="{programme}证{certificate_no}（户主{head_name}）在保，每月应发{monthly_benefit}元，"
    "但{months}没有发放成功的记录。",
    facts={"months": None},
    clears_when="民政部门补发，或更正发放记录。",
    basis=BASIS_PAYMENTS,
    visit=Visit("从哪个月起没有收到低保金，卡有没有换过。", BENEFIT),
    evidence=(
        certificate_row("programme", "status", "start_date", "monthly_benefit"),
        # what was tried and did not succeed; the months that were paid prove nothing
        Evidence(
            LP,
            ("certificate_no",),
            ("amount", "payment_status", "paid_on"),
            lambda c: c.rows[LP].semi_join(_unpaid_months(c), ["certificate_no", "month"]),
        ),
    ),
    absences=(Absence(LP, "按低保证号和月份查找“成功”的发放记录，未找到"),),
    doubts=(
        Doubt(
            ("certificate_no",),
            lambda c: _unpaid_months(c).filter(_.is_early),
            "提供其中某个月发放记录的一批数据早于该月结清日，其后可能还有发放",
        ),
    ),
    policy_keys=("payments.settle_days",),
    reads=(IN_FORCE,),
    asks_month="months",
    refuted_by=(LP,),
    amount=Amount(
        Side.OWED,
        "没有发放成功的月份数 × 月保障金额",
        turn=4,
        months=lambda c: _unpaid_months(c).inner_join(
            c.assistance.select("certificate_no", **{YUAN: "monthly_benefit"}), "certificate_no"
        ),
    ),
)
def every_month_is_paid(c: County, p: Values) -> Table:
    """In-force certificates without a payment for a settled month."""
    return c.assistance.inner_join(listed(_unpaid_months(c), "certificate_no", "month", "months"), "certificate_no")


def _unpaid_months(c: County) -> Table:
    """(certificate_no, month, is_early): settled months, over by B, for which an in-force certificate was not paid."""
    due = c.beside(c.assistance.filter(_.monthly_benefit > 0), "low_income_day")
    months = c.settled_months.select("month", "first_day", "last_day", "is_early")
    expected = due.select("certificate_no", "start_date", "low_income_day").cross_join(months)
    asked = expected.filter(
        expected.start_date <= expected.first_day, expected.last_day <= expected.low_income_day
    ).select("certificate_no", "month", "is_early")
    return c.keep("unpaid_months", asked.anti_join(c.paid, ["certificate_no", "month"]))


@rule(
    "PY03",
    "发放金额不符",
    "paid another amount",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.MEDIUM,
    subject=CERTIFICATE,
    needs=NEEDS,
    sentence="在保的低保、特困证，最近一个已结清月份发放成功的合计与月保障金额之差大于容差，与该月末时的月保障金额相比也是如此。",
    expected="{payment_month}发放{monthly_benefit}元（容差{tolerance}元）",
    actual="{payment_month}发放成功合计{total}元",
    explanation="{programme}证{certificate_no}（户主{head_name}）每月应发{monthly_benefit}元，{payment_month}发放成功"
    "合计{total}元。",
    facts={"payment_month": None, "tolerance": None, "total": None},
    clears_when="民政部门补发或收回差额，或更正月保障金额。",
    basis=BASIS_PAYMENTS,
    visit=Visit("最近一个月实际收到多少低保金，是一次还是几次。", BENEFIT),
    evidence=(
        certificate_row("programme", "status", "start_date", "monthly_benefit"),
        Evidence(LP, ("certificate_no",), ("amount", "payment_status", "paid_on"), lambda c: _paid_in_newest_month(c)),
        Evidence(
            LH,
            ("certificate_no",),
            ("head_name", "programme", "status", "start_date", "monthly_benefit"),
            lambda c: c.rows_before[LH],
        ),
    ),
    doubts=(_EARLY_NEWEST_MONTH,),
    period=Period.PAYMENT_MONTH,
    policy_keys=("payments.settle_days", "benefit_tolerance"),
    reads=(IN_FORCE,),
    asks_month="payment_month",
    refuted_by=(LP,),
    reads_before=True,
)
def the_amount_is_paid(c: County, p: Values) -> Table:
    """In-force certificates whose payments in M* do not add up to the monthly benefit."""
    tolerance = money(p["benefit_tolerance"])
    paid = _paid_in_newest_month(c)
    sums = paid.group_by("certificate_no").agg(total=_.amount.sum().cast("decimal(18, 2)"))
    dated = c.beside(c.assistance, "payment_month", "payment_month_first_day")
    due = dated.filter(_.start_date <= _.payment_month_first_day).inner_join(sums, "certificate_no")
    then = c.rows_before[LH].select("certificate_no", benefit_then="monthly_benefit")
    both = due.left_join(then, "certificate_no").drop("certificate_no_right")
    # of whom the book of M* does not know, the current one speaks alone
    differs_then = both.benefit_then.isnull() | ((both.total - both.benefit_then).abs() > tolerance)
    return both.filter((both.total - both.monthly_benefit).abs() > tolerance, differs_then).mutate(tolerance=tolerance)


def _paid_in_newest_month(c: County) -> Table:
    return c.paid.semi_join(c.here, c.paid.month == c.here.payment_month)


@rule(
    "PY04",
    "退回未补发",
    "returned, not paid again",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.MEDIUM,
    subject=CERTIFICATE_MONTH,
    needs=NEEDS,
    sentence="某证件某个已结清月份有退回的记录，而没有发放成功的记录。",
    expected="退回后补发成功",
    actual="{month}退回{total}元，没有补发",
    explanation="低保证{certificate_no}{month}的保障金{total}元被退回，至今没有补发成功的记录。",
    facts={"total": None},
    clears_when="民政部门核对账户后补发，或更正发放状态。",
    basis=BASIS_PAYMENTS,
    visit=Visit("低保金的卡现在能不能用，户名、卡号有没有变；后来有没有补发。", BENEFIT),
    evidence=(
        Evidence(
            LP,
            ("certificate_no", "month"),
            ("amount", "payment_status", "payee_name", "paid_on"),
            where=("payment_status", "退回"),
        ),
        certificate_row("programme", "status"),
    ),
    absences=(Absence(LP, "按低保证号和该月份查找“成功”的发放记录，未找到"),),
    doubts=(Doubt(("month",), lambda c: c.settled_months.filter(_.is_early), _EARLY_MONTH),),
    policy_keys=("payments.settle_days",),
    asks_month="month",
    refuted_by=(LP,),
    amount=Amount(Side.OWED, "该月被退回的金额", turn=3, months=lambda c: _by_month(_returned(c))),
)
def returned_money_is_paid_again(c: County, p: Values) -> Table:
    """Certificates and months with a returned payment and none that succeeded."""
    return _returned(c).group_by(["certificate_no", "month"]).agg(total=_.amount.sum().cast("decimal(18, 2)"))


def _returned(c: County) -> Table:
    """Payments of settled months that came back, where none of the month succeeded."""
    returned = c.rows[LP].filter(_.payment_status == "退回").semi_join(c.settled_months, "month")
    return returned.anti_join(c.paid, ["certificate_no", "month"])


@rule(
    "PY05",
    "收款人非家庭成员",
    "payee is no member",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.MEDIUM,
    subject=CERTIFICATE,
    needs=NEEDS,
    sentence="最近一个已结清月份发放成功的记录中，收款人证件号码有效，现在和该月末时都不是该证件的成员。",
    expected="收款人为该证件的家庭成员",
    actual="{payment_month}收款人：{payees}",
    explanation="低保证{certificate_no}{payment_month}的保障金发放给{payees}，收款人不是该证件登记的家庭成员。",
    facts={"payment_month": None, "payees": Personal.NAME},
    clears_when="民政部门核实收款账户，更正收款人或补登家庭成员、委托手续。",
    basis=BASIS_PAYMENTS,
    visit=Visit("低保金现在由谁代领，是什么关系，有没有委托手续。", (*BENEFIT, "委托书")),
    evidence=(
        Evidence(
            LP,
            ("certificate_no",),
            ("amount", "payee_name", "payee_id", "payment_status"),
            lambda c: _paid_to_strangers(c),
        ),
        CERTIFICATE_MEMBERS,
        Evidence(LM, CERTIFICATE_MEMBERS.on, CERTIFICATE_MEMBERS.show, lambda c: c.rows_before[LM]),
    ),
    doubts=(_EARLY_NEWEST_MONTH,),
    period=Period.PAYMENT_MONTH,
    policy_keys=("payments.settle_days",),
    asks_month="payment_month",
    missing_in=NEEDS,
    people=lambda c: _paid_to_strangers(c).select("certificate_no", person_id="payee_id"),
    reads_before=True,
)
def payee_is_a_member(c: County, p: Values) -> Table:
    """Certificates paid in M* to somebody who is no member."""
    rows = _paid_to_strangers(c)
    shown = rows.mutate(payees=rows.payee_name, payees_masked=masked_name(rows.payee_name))
    names = listed(shown, "certificate_no", "payees", "payees")
    masked = listed(shown, "certificate_no", "payees_masked", "payees_masked")
    return c.beside(names.inner_join(masked, "certificate_no"), "payment_month")


def _paid_to_strangers(c: County) -> Table:
    paid = _paid_in_newest_month(c).filter(_.payee_id.notnull())
    known_then = c.rows_before[LM].semi_join(c.rows_before[LH], "certificate_no")
    members, then = (
        rows.filter(_.person_id.notnull()).select("certificate_no", payee_id="person_id")
        for rows in (c.certificate_members, known_then)
    )
    on = ["certificate_no", "payee_id"]
    return paid.anti_join(members, on).anti_join(then, on)


def _paid_after_death(c: County) -> Table:
    """Payments for months after the month of death of the payee, or of the certificate's only covered member."""
    dead = c.dead.filter(_.died_on.notnull())
    deaths = dead.select(
        dead_id=dead.person_id, died_on=dead.died_on, dead_name=dead.name, death_month=_month_of(dead.died_on)
    )
    covered = c.certificate_members.filter(_.covered)
    only = covered.group_by("certificate_no").agg(rows=_.count(), dead_id=_.person_id.max())
    of_only = only.filter(only.rows == 1).select("certificate_no", "dead_id").inner_join(deaths, "dead_id")
    to_payee = c.paid.inner_join(deaths, c.paid.payee_id == deaths.dead_id)
    to_only = c.paid.inner_join(of_only, "certificate_no")
    columns = [*c.paid.columns, "dead_id", "died_on", "dead_name", "death_month"]
    late = to_payee.select(columns).union(to_only.select(columns), distinct=True)
    return late.filter(late.month > late.death_month)


def _rows_after_death(c: County) -> Table:
    """Those payments, each once, however many have died."""
    return _paid_after_death(c).drop("dead_id", "died_on", "dead_name", "death_month").distinct()


def _dead_of(c: County) -> Table:
    return _paid_after_death(c).select("certificate_no", person_id="dead_id")


@rule(
    "PY06",
    "死亡后发放",
    "paid after death",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.HIGH,
    subject=CERTIFICATE,
    needs=(*REGISTER, *NEEDS),
    sentence="建档立卡登记为死亡的人（未在别户登记），死亡月份之后仍有发放成功的记录，而他是收款人或该证件唯一的保障对象。",
    expected="死亡次月起停发",
    actual="死亡日期{died_on}，其后发放月份：{months}，共{total}元",
    explanation="低保证{certificate_no}的{dead_name}在建档立卡中登记于{died_on}死亡，但{months}仍发放成功，共{total}元。",
    facts={"died_on": None, "months": None, "total": None, "dead_name": Personal.NAME},
    clears_when="民政部门停发并收回多发资金，或扶贫部门更正人员状态。",
    basis=BASIS_PAYMENTS,
    visit=Visit(
        "收款的或名册上的这个人是否在世；去世的，是哪一天，之后的钱由谁领了。", (*BENEFIT, "死亡证明或注销户口证明")
    ),
    evidence=(
        Evidence(
            LP,
            ("certificate_no",),
            ("amount", "payee_name", "payee_id", "payment_status", "paid_on"),
            lambda c: _paid_after_death(c),
        ),
        Evidence(
            RM,
            ("certificate_no",),
            ("name", "person_id", "person_status", "status_date"),
            lambda c: c.rows[RM].inner_join(_dead_of(c).distinct(), "person_id"),
        ),
        CERTIFICATE_MEMBERS,
    ),
    reads=(Reading(RM, "status_date", "person_id", _dead_of),),
    missing_in=REGISTER,
    people=_dead_of,
    refuted_by=(LM,),
    amount=Amount(
        Side.WRONGLY_PAID,
        "死亡月份之后各月发放成功的金额",
        turn=1,
        months=lambda c: _by_month(_rows_after_death(c)),
    ),
)
def nothing_is_paid_after_death(c: County, p: Values) -> Table:
    """Certificates with payments for months after the month of a death."""
    late = _paid_after_death(c)
    months = listed(late, "certificate_no", "month", "months")
    totals = _rows_after_death(c).group_by("certificate_no").agg(total=_.amount.sum().cast("decimal(18, 2)"))
    dead = late.group_by("certificate_no").agg(died_on=_.died_on.min(), dead_name=_.dead_name.min())
    return months.inner_join(totals, "certificate_no").inner_join(dead, "certificate_no")


RULES = (
    nothing_is_paid_after_the_end,
    every_month_is_paid,
    the_amount_is_paid,
    returned_money_is_paid_again,
    payee_is_a_member,
    nothing_is_paid_after_death,
)
