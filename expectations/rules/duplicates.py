"""DU: one person counted, covered or paid twice."""

import ibis
from ibis import _
from ibis.expr.types import Table

from expectations.amount import YUAN, Amount, Side
from expectations.codes import OTHER_ITEM, SCHEME
from expectations.departments import Department
from expectations.rule import PERSON, PERSON_ITEM, Evidence, Family, Period, Reading, Severity, Visit, Waits, rule
from expectations.rules.evidence import ON_ROLL_IN_FORCE, PERSON_ON_ROLL, REGISTERED_PERSON
from expectations.rules.needs import ED, HO, IN, LOW_INCOME, REGISTER
from expectations.rules.papers import BENEFIT, IDENTITY, INSURANCE
from expectations.rules.two_lines.agreement import certificates_of_persons
from expectations.terms import LOW_INCOME_PROGRAMMES, County, listed
from expectations.values import Values

FAMILY = Family("DU", 4, "重复享受", "duplicates")


@rule(
    "DU01",
    "重复建档",
    "registered twice",
    owner=Department.REGISTER,
    severity=Severity.HIGH,
    subject=PERSON,
    needs=REGISTER,
    sentence="同一人在两个以上的建档立卡户中登记（正常）。",
    expected="一人只在一户登记",
    actual="登记在{households}户",
    explanation="{name}同时登记在{households}等建档立卡户中。",
    facts={"households": None},
    clears_when="扶贫部门核实后保留一户，另一户将其移除。",
    basis="建档立卡动态管理（不重不漏）",
    visit=Visit("这个人现在实际跟哪一户一起生活，户口在哪里。", IDENTITY),
    evidence=(REGISTERED_PERSON,),
    rests_on_rows=True,
)
def person_is_registered_once(c: County, p: Values) -> Table:
    """Persons registered in two or more households."""
    spread = c.registered.group_by("person_id").agg(first=_.household_no.min(), last=_.household_no.max())
    twice = c.registered.semi_join(spread.filter(spread["first"] != spread["last"]), "person_id")
    lists = listed(twice, "person_id", "household_no", "households")
    return lists.inner_join(c.registered_persons, "person_id")


@rule(
    "DU02",
    "重复享受低保",
    "on the roll twice",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.HIGH,
    subject=PERSON,
    needs=LOW_INCOME,
    sentence="同一人在两个以上的低保证下在保。",
    expected="一人只在一个低保证下在保",
    actual="同时在{certificates}下在保",
    explanation="{name}同时在两个以上低保证下在保（{certificates}）。",
    facts={"certificates": None},
    clears_when="民政部门核实后保留一证，另一证停保或移出该成员。",
    basis="最低生活保障审核确认办法",
    visit=Visit("这个人的低保金领几份，由谁领。", BENEFIT),
    evidence=PERSON_ON_ROLL,
    reads=(ON_ROLL_IN_FORCE,),
    rests_on_rows=True,
)
def person_is_on_one_certificate(c: County, p: Values) -> Table:
    """Persons on the roll under two or more 低保 certificates."""
    rows = c.on_roll.filter(_.programme.isin(LOW_INCOME_PROGRAMMES))
    counted = rows.group_by("person_id").agg(count=_.certificate_no.nunique())
    return certificates_of_persons(rows.semi_join(counted.filter(counted["count"] >= 2), "person_id"))


@rule(
    "DU03",
    "重复参保",
    "enrolled in both schemes",
    owner=Department.HEALTH_INSURANCE,
    severity=Severity.MEDIUM,
    subject=PERSON,
    needs=(IN,),
    sentence="同一人本参保年度在城乡居民和职工两个险种下都正常参保。",
    expected="同一年度只参加一个险种",
    actual="{insurance_year}年度在两个险种下都正常参保",
    explanation="{name}在{insurance_year}年度同时正常参加城乡居民医保和职工医保。",
    facts={"insurance_year": None},
    clears_when="医保部门核实后终止其中一个险种的参保。",
    basis="基本医疗保险参保管理经办规程（不得重复参保）",
    visit=Visit("今年参加了哪几种医保，实际用的是哪一种。", INSURANCE),
    evidence=(
        Evidence(
            IN, ("person_id",), ("name", "year", "scheme", "enrolment_status", "county_code"), lambda c: c.enrolled
        ),
    ),
    period=Period.INSURANCE_YEAR,
    waits_for=(Waits.INSURANCE_YEAR_BEGUN,),
    policy_keys=("insurance.settled_on",),
    rests_on_rows=True,
)
def person_is_in_one_scheme(c: County, p: Values) -> Table:
    """Persons enrolled for the insurance year in both schemes."""
    residents, employees = (c.enrolled.filter(_.scheme == scheme) for scheme in SCHEME.labels)
    both = employees.semi_join(residents, "person_id")
    people = c.enrolled.semi_join(both, "person_id").group_by("person_id").agg(name=_.name.min())
    return c.beside(people, "insurance_year")


@rule(
    "DU04",
    "重复发放教育资助",
    "education subsidy paid twice",
    owner=Department.EDUCATION,
    severity=Severity.MEDIUM,
    subject=PERSON_ITEM,
    needs=(ED,),
    sentence="同一人同一学年学期同一项目（报送的写法相同，“其他”除外）有两条以上发放成功的记录。",
    expected="每学期每个项目发放一次",
    actual="发放成功{times}次，共{total}元",
    explanation="{name}的{school_year}学年{term}{item}发放成功{times}次，共{total}元。",
    facts={"times": None, "total": None},
    clears_when="教育部门核实后收回重复发放的资金，或更正记录。",
    basis="学生资助资金管理办法",
    visit=Visit("同一学期的资助领到几次、各多少钱。", ("资助到账的银行流水",)),
    evidence=(
        Evidence(
            ED,
            ("person_id", "school_year", "term", "item"),
            ("name", "person_id", "amount", "payment_status", "paid_on"),
            lambda c: _rows_paid_twice(c),
            where=("payment_status", "成功"),
        ),
    ),
    rests_on_rows=True,
    amount=Amount(Side.WRONGLY_PAID, "同一写法的各笔成功金额之和 − 其中最大的一笔"),
)
def item_is_paid_once(c: County, p: Values) -> Table:
    """Persons and items with two or more rows 成功 in a term."""
    return (
        _paid_twice(c)
        .group_by(list(PERSON_ITEM.key))
        .agg(
            name=_.name.min(),
            student_no=_.student_no.min(),
            times=_.times.sum().cast("int64"),
            total=_.total.sum().cast("decimal(18, 2)"),
            **{YUAN: (_.total - _.greatest).sum().cast("decimal(18, 2)")},
        )
    )


def _paid_twice(c: County) -> Table:
    """Persons, items and the words for them with two or more rows 成功 in a term; what is 其他 is passed over."""
    paid = c.rows[ED].filter(_.payment_status == "成功", _.person_id.notnull(), _.item != OTHER_ITEM)
    counted = (
        paid.mutate(words=ibis.coalesce(paid.item_sent, paid.item))
        .group_by([*PERSON_ITEM.key, "words"])
        .agg(
            name=_.name.min(),
            student_no=_.student_no.min(),
            times=_.count(),
            total=_.amount.sum(),
            greatest=_.amount.max(),
        )
    )
    return counted.filter(counted.times >= 2)


def _rows_paid_twice(c: County) -> Table:
    """The rows of these words; of one item that was paid under others too, those do not show."""
    rows = c.rows[ED].mutate(words=lambda t: ibis.coalesce(t.item_sent, t.item))
    return rows.semi_join(_paid_twice(c), [*PERSON_ITEM.key, "words"]).drop("words")


@rule(
    "DU05",
    "重复享受危改",
    "housing subsidy twice",
    owner=Department.HOUSING,
    severity=Severity.HIGH,
    subject=PERSON,
    needs=(HO,),
    sentence="同一户主有两个已拨付补助的危改档案，计划年度相差不足规定年数。",
    expected="{years}年内只享受一次危改补助",
    actual="已拨付补助的档案：{cases}",
    explanation="{name}作为户主在{years}年内享受了两次以上危房改造补助（档案{cases}）。",
    facts={"years": None, "cases": None},
    clears_when="住建部门核实后收回重复补助，或更正档案。",
    basis="农村危房改造补助资金管理办法",
    visit=Visit("房子改造过几次，各是哪一年、哪一处房子。", ("危房改造协议",)),
    evidence=(
        Evidence(
            HO,
            ("person_id",),
            ("head_name", "head_id", "plan_year", "paid", "paid_on"),
            lambda c: c.rows[HO].filter(_.paid > 0).mutate(person_id=_.head_id),
        ),
    ),
    policy_keys=("housing.repeat_years",),
    reads=(Reading(HO, "plan_year"),),
    rests_on_rows=True,
)
def house_is_subsidised_once(c: County, p: Values) -> Table:
    """Heads with two paid cases whose plan years lie closer together than repeat_years."""
    rows = c.rows[HO]
    paid = rows.filter(rows.paid > 0, rows.head_id.notnull(), rows.plan_year.notnull())
    cases = paid.select("case_no", "plan_year", "village_code", person_id="head_id", name="head_name")
    # sorted by plan year, the closest two of a head are neighbours
    following = cases.mutate(
        gap=cases.plan_year
        - cases.plan_year.lag().over(ibis.window(group_by=cases.person_id, order_by=[cases.plan_year, cases.case_no]))
    )
    years = int(p["housing.repeat_years"])
    close = following.filter(following.gap.notnull(), following.gap < years)
    heads = cases.semi_join(close, "person_id")
    lists = listed(heads, "person_id", "case_no", "cases")
    places = heads.group_by("person_id").agg(
        name=_.name.min(), village_code=_.village_code.min(), case_no=_.case_no.min()
    )
    return places.inner_join(lists, "person_id").mutate(years=ibis.literal(years))


RULES = (
    person_is_registered_once,
    person_is_on_one_certificate,
    person_is_in_one_scheme,
    item_is_paid_once,
    house_is_subsidised_once,
)
