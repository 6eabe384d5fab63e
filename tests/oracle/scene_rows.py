"""Rows of each feed that rules read, drawn from a scene: amounts and dates on the policy's thresholds and beside."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from builders import (
    COUNTY,
    Row,
    certificate,
    certificate_member,
    education_subsidy,
    enrolment,
    household,
    housing_case,
    member,
    payment,
    student,
)
from cases.figures import reported
from hypothesis import strategies as st
from office_rows import relocation
from oracle.months import add_months, first_day, insurance_year, last_finished_term, school_year
from oracle.scenes import CERTIFICATES, FEN, HOUSEHOLDS, Scene, beside, days_beside, mostly


def households(s: Scene) -> st.SearchStrategy[Row]:
    """Register households."""
    standard, line = s.policy["low_income_standard.rural"] * 12, s.policy["poverty_line"]
    tolerance = s.policy["income_tolerance"] * 12
    incomes = beside(Decimal(standard), Decimal(line), Decimal(3600 + tolerance), Decimal(6000 - tolerance))
    return s.rows(
        household,
        household_type=st.sampled_from(["一般户", "低保户", "特困供养户"]),
        poverty_status=st.sampled_from(["未脱贫", "已脱贫", "返贫"]),
        income_previous=st.sampled_from([13000, *incomes]),
        income_current=st.sampled_from([13000, -100, *incomes]),
        housing_safe=mostly([True], [False]),
    )


def members(s: Scene) -> st.SearchStrategy[Row]:
    """People of the register."""
    return s.rows(
        member,
        household_no=mostly(HOUSEHOLDS[:3], ["H4", "H9"]),
        sex=st.sampled_from([None, "男", "女"]),
        birth_date=st.sampled_from([None, date(1980, 1, 1), date(1980, 1, 2)]),
        person_status=mostly(["正常"], ["死亡", "死亡", "迁出", "婚嫁"]),
        status_date=st.sampled_from([None, *days_beside(s.d, s.day, *(first_day(m) for m in s.months[1:3]))]),
    )


def certificates(s: Scene) -> st.SearchStrategy[Row]:
    """Certificates."""
    rural, urban = s.policy["low_income_standard.rural"], s.policy["low_income_standard.urban"]
    tolerance, gap = s.policy["income_tolerance"], s.policy["benefit_tolerance"]
    graces = [add_months(day, -s.policy["grace_months"]) for day in (s.d, s.day)]
    ends = days_beside(s.d, s.day, *(first_day(month) for month in s.months))
    states = [("在保", None)] * 70 + [("渐退", None)] * 20 + [("停保", None)]
    states += [(status, end) for status in ("在保", "停保", "停保") for end in ends]
    return s.rows(
        certificate,
        together=st.sampled_from([{"status": status, "end_date": end} for status, end in states]),
        programme=st.sampled_from(["农村低保", "农村低保", "城市低保", "农村特困", "城市特困", "低保边缘"]),
        persons=st.sampled_from([1, 3, 7]),
        covered_persons=st.sampled_from([0, 1, 2]),
        monthly_income=st.sampled_from(
            [Decimal(300), *beside(Decimal(rural + tolerance), Decimal(urban + tolerance), Decimal(500))]
        ),
        benefit_method=st.sampled_from(["补差", "补差", "分档", "全额"]),
        monthly_benefit=st.sampled_from(
            [Decimal(0), FEN, *beside(Decimal(rural - 300 - gap), Decimal((rural - 300) * 2 - gap), Decimal(300))]
        ),
        category_topup=st.sampled_from([None, None, 0, FEN]),
        start_date=mostly([date(2022, 1, 1)], days_beside(s.d, s.day, *(first_day(month) for month in s.months[:3]))),
        grace_start=st.sampled_from([None, *days_beside(*graces)]),
    )


def certificate_members(s: Scene) -> st.SearchStrategy[Row]:
    """Members of certificates."""
    return s.rows(
        certificate_member,
        certificate_no=mostly(CERTIFICATES, ["C9"]),
        covered=mostly([True], [False]),
    )


def payments(s: Scene) -> st.SearchStrategy[Row]:
    """Payments."""
    gap = s.policy["benefit_tolerance"]
    return s.rows(
        payment,
        certificate_no=mostly(CERTIFICATES, ["C9"]),
        month=st.sampled_from(s.months),
        batch_no=st.sampled_from(["B1", "B2"]),
        amount=st.sampled_from([Decimal(300), Decimal(0), *beside(Decimal(300 + gap), Decimal(300 - gap))]),
        payment_status=mostly(["成功"], ["退回", "待发"]),
    )


def enrolments(s: Scene) -> st.SearchStrategy[Row]:
    """Enrolments."""
    year = insurance_year(s.d, s.policy["insurance.settled_on"])
    due = [Decimal(s.policy[f"insurance.subsidy.{c}"]) for c in ("特困", "低保", "返贫致贫", "低保边缘")]
    return s.rows(
        enrolment,
        year=mostly([year], [year - 1, year + 1]),
        scheme=mostly(["城乡居民"], ["职工"]),
        enrolment_status=mostly(["正常参保"], ["暂停参保", "终止参保"]),
        subsidy_amount=st.sampled_from([Decimal(1000), Decimal(250), *due, *(amount - FEN for amount in due)]),
        county_code=mostly([COUNTY], ["440106"]),
    )


def students(s: Scene) -> st.SearchStrategy[Row]:
    """Pupils."""
    term = last_finished_term(s.d, s.policy["education.settle_days"])
    return s.rows(
        student,
        student_no=st.sampled_from(["G1", "G2", "G3"]),
        school=st.sampled_from(["朗利小学", "下司小学"]),
        stage=st.sampled_from(["小学", "小学", "学前", "普通高中", "高等教育"]),
        student_status=mostly(["在读"], ["休学", "辍学", "毕业", "转出", "送教上门", "延缓入学", "县外就读"]),
        enrolled_on=mostly([None], days_beside(term.first)),
    )


def subsidies(s: Scene) -> st.SearchStrategy[Row]:
    """Education subsidies, mostly of the last finished term."""
    term = last_finished_term(s.d, s.policy["education.settle_days"])
    last = (term.school_year, term.term)
    start = int(term.school_year[:4])
    rare = [(school_year(start), "秋季"), (school_year(start), "春季"), (school_year(start - 1), "春季")]
    batches = st.sampled_from(["B1", "B2"])
    others = ["学前教育资助", "普通高中助学金", "普通高中免学费", "雨露计划", "其他"]
    words = [("义务教育生活补助", "两免一补"), ("义务教育生活补助", "寄宿生生活补助"), ("其他", "助学贷款")]
    items = mostly(
        [{"item": "义务教育生活补助"}],
        [*({"item": item} for item in others), *({"item": item, "item_sent": sent} for item, sent in words)],
    )

    def of(period: tuple[str, str]) -> st.SearchStrategy[Row]:
        return s.rows(
            education_subsidy,
            student_no=st.sampled_from(["G1", "G2", "G3", "G4"]),
            school_year=st.just(period[0]),
            term=st.just(period[1]),
            together=items,
            batch_no=batches,
            payment_status=mostly(["成功"], ["退回", "待发"]),
        )

    return mostly([last], rare).flatmap(of)


def cases(s: Scene) -> st.SearchStrategy[Row]:
    """Housing cases."""
    complete, pay = s.policy["housing.complete_within_months"], s.policy["housing.pay_within_months"]
    repeat = s.policy["housing.repeat_years"]
    return s.rows(
        housing_case,
        grade=st.sampled_from(["A", "B", "C", "D", "D"]),
        assessed_on=st.sampled_from([date(2023, 3, 1), date(2023, 3, 1), date(2023, 3, 2)]),
        method=st.sampled_from(["新建", "修缮加固", "无需改造"]),
        plan_year=st.sampled_from([None, *beside(s.d.year, s.day.year, s.d.year - repeat, step=1)]),
        started_on=st.sampled_from(
            [None, date(2020, 5, 1), *days_beside(add_months(s.d, -complete), add_months(s.day, -complete))]
        ),
        completed_on=st.sampled_from(
            [None, date(2020, 5, 1), *days_beside(add_months(s.d, -pay), add_months(s.day, -pay))]
        ),
        acceptance=st.sampled_from(["合格", "不合格", "未验收"]),
        subsidy=st.sampled_from([0, 10000]),
        paid=st.sampled_from([0, FEN, Decimal("9999.99"), 10000]),
    )


def relocations(s: Scene) -> st.SearchStrategy[Row]:
    """Relocations."""
    move_in, demolish = s.policy["relocation.move_in_months"], s.policy["relocation.demolish_months"]
    repeat = s.policy["housing.repeat_years"]
    moved = days_beside(s.d, s.day, date(2023, 3, 1), add_months(s.day, -demolish))
    return s.rows(
        relocation,
        household_no=mostly([None, *HOUSEHOLDS[:3]], ["H9"]),
        plan_year=st.sampled_from(beside(s.day.year, s.day.year - repeat, step=1)),
        completed_on=st.sampled_from([None, *days_beside(add_months(s.day, -move_in))]),
        moved_in_on=st.sampled_from([None, date(2020, 5, 1), *moved]),
        old_house_demolished=st.sampled_from([None, True, False, False]),
    )


def totals(_: Scene) -> st.SearchStrategy[Row]:
    """Figures that were reported of small books: at times the right one."""
    parts = [
        *[("合计", "合计")] * 3,
        *(("流量", item) for item in ("期初", "新识别", "脱贫", "清退", "期末")),
        *(("脱贫属性", item) for item in ("未脱贫", "已脱贫", "脱贫户", "不详")),
        *(("户类型", item) for item in ("一般户", "低保户", "五保户")),
        *(("下级区划", item) for item in (f"{COUNTY}101", f"{COUNTY}101201", f"{COUNTY}101000")),
    ]

    def row(measure: str, part: tuple[str, str], area: str, unit: str, count: int) -> Row:
        return reported(measure, *part, area_code=area, unit=unit, reported=count)

    return st.builds(
        row,
        mostly(["建档立卡"], ["监测对象", "农村低保", "危改竣工"]),
        st.sampled_from(parts),
        mostly([COUNTY], [f"{COUNTY}101", f"{COUNTY}101201"]),
        st.sampled_from(["户", "户", "人"]),
        st.integers(0, 6),
    )


ROWS: dict[str, tuple[Callable[[Scene], st.SearchStrategy[Row]], int, int]] = {
    "register_households": (households, 2, 4),
    "register_members": (members, 4, 8),
    "low_income_households": (certificates, 2, 3),
    "low_income_members": (certificate_members, 3, 7),
    "low_income_payments": (payments, 3, 8),
    "insurance_enrolments": (enrolments, 2, 5),
    "students": (students, 2, 4),
    "education_subsidies": (subsidies, 2, 5),
    "housing_renovations": (cases, 2, 4),
    "relocations": (relocations, 1, 3),
    "reported_totals": (totals, 2, 6),
}
"""By feed: its rows, and how many of them at least and at most."""
