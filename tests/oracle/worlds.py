"""A Hypothesis strategy for small adversarial worlds, whose values lie on and beside the boundaries of the rules.

Few persons, few names and few numbers, so that people meet, double and are confused with each other; amounts and dates
drawn from the policy's thresholds, one fen or one day to either side.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from builders import (
    COUNTY,
    FEED_NAMES,
    KEYS,
    Delivery,
    Row,
    World,
    certificate,
    certificate_member,
    deliver,
    education_subsidy,
    enrolment,
    fillers_for,
    household,
    housing_case,
    member,
    payment,
    pid,
    student,
)
from hypothesis import strategies as st
from oracle.deliveries import HALVES, IDENTITY
from oracle.months import (
    add_months,
    first_day,
    insurance_year,
    last_finished_term,
    month_of,
    school_year,
    school_year_start,
)
from oracle.policy import Policy

DAYS = (
    date(2026, 6, 30),
    date(2026, 6, 9),
    date(2026, 6, 10),
    date(2026, 2, 28),
    date(2026, 3, 1),
    date(2026, 3, 2),
    date(2026, 3, 3),
    date(2026, 3, 31),
    date(2026, 8, 30),
    date(2026, 8, 31),
    date(2025, 10, 14),
    date(2025, 10, 15),
    date(2025, 10, 20),
    date(2025, 12, 31),
    date(2026, 1, 1),
    date(2024, 2, 29),
)
"""As-of dates on which a term, a month, a school year or an insurance year just counts or just does not."""

NAMES = ("李明", "李·明", "李红", "阿依·古丽", "阿依古丽")
CERTIFICATES = ("C1", "C2", "C3")
HOUSEHOLDS = ("H1", "H2", "H3", "H4")
FEN = Decimal("0.01")


def beside(*amounts: Any, step: Any = FEN) -> list[Any]:
    """Each amount, and one step below and above it."""
    return [amount + shift for amount in amounts for shift in (0 * step, -step, step)]


def days_beside(*days: date) -> list[date]:
    """Each day, the day before and the day after."""
    return beside(*days, step=timedelta(days=1))


def mostly(usual: Iterable[Any], rare: Iterable[Any]) -> st.SearchStrategy[Any]:
    """A usual value three times out of four (one flat list: draws are what a world costs)."""
    usual, rare = list(usual), list(rare)
    return st.sampled_from(usual * (3 * len(rare)) + rare * len(usual))


Builder = Callable[..., Row]

FEED_OF: dict[Builder, str] = {
    household: "register_households",
    member: "register_members",
    certificate: "low_income_households",
    certificate_member: "low_income_members",
    payment: "low_income_payments",
    enrolment: "insurance_enrolments",
    student: "students",
    education_subsidy: "education_subsidies",
    housing_case: "housing_renovations",
}

NUMBERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "register_households": ("household_no", HOUSEHOLDS),
    "register_members": ("member_no", tuple(f"M{i}" for i in range(1, 9))),
    "low_income_households": ("certificate_no", CERTIFICATES),
    "housing_renovations": ("case_no", ("X1", "X9", "X10", "X2")),
}
"""Feeds whose rows bear a number of their own: its column, and the numbers in the order of the rows."""


@dataclass(frozen=True)
class Scene:
    """What a world's rows are drawn from: D, the policy at D, and who lives there."""

    d: date
    policy: Policy

    @property
    def persons(self) -> list[str]:
        """Two grown-ups, and children on either side of compulsory age on 1 September."""
        start = school_year_start(self.d, self.policy["school.settled_on"])
        births = [date(start - age, 9, day) for age in (6, 15) for day in (1, 2)]
        return [pid(1), pid(2, sex="女"), pid(3, date(start - 10, 3, 5)), *(pid(4, born) for born in births)]

    @property
    def months(self) -> list[str]:
        """The month of D and three before it."""
        return [month_of(add_months(self.d.replace(day=1), -n)) for n in range(4)]

    def who(self) -> st.SearchStrategy[tuple[str | None, str]]:
        """Number and name: mostly one of the first three under their own name; at times no number, or another name."""
        own = [(person, NAMES[i % len(NAMES)]) for i, person in enumerate(self.persons)]
        nobody: list[tuple[str | None, str]] = [(None, name) for name in NAMES]
        other = [(person, name) for person in self.persons[:3] for name in NAMES[:4]]
        return st.sampled_from([*own[:3] * 12, *own[3:] * 3, *nobody * 2, *other])

    def rows(
        self, builder: Builder, together: st.SearchStrategy[Row] | None = None, **columns: st.SearchStrategy[Any]
    ) -> st.SearchStrategy[Row]:
        """Rows of a feed about somebody, with these columns, and those whose values are drawn together."""
        number, name = IDENTITY[FEED_OF[builder]]

        def row(who: tuple[str | None, str], more: Row, **values: Any) -> Row:
            return builder(**{number: who[0], name: who[1]}, **more, **values)

        return st.builds(row, self.who(), st.just({}) if together is None else together, **columns)


def policies(d: date) -> st.SearchStrategy[dict[str, Any]]:
    """No change, or one: other thresholds, or a value that changes at D, after D, or at New Year."""
    past, new_year, tomorrow = date(2000, 1, 1), date(d.year, 1, 1), d + timedelta(days=1)
    return st.sampled_from(
        [
            {},
            {},
            {"poverty_line": [(past, 5000), (new_year, 6000), (tomorrow, 9000)]},
            {"low_income_standard.rural": [(past, 400), (d, 520)], "low_income_standard.urban": [(past, 499)]},
            {"low_income_standard.rural": [(past, 520), (tomorrow, 400)]},
            {"insurance.subsidy.低保": [(past, 250), (new_year, 280)], "insurance.subsidy.特困": [(past, 280)]},
            {"signals_needed": 1},
            {"housing.grades_to_renovate": ["B", "C", "D"], "housing.repeat_years": 1},
            {"education.items": {"小学": ["义务教育生活补助", "雨露计划"]}},
            {"freshness_days.students": 30, "freshness_days": [(past, 92), (d, 93)]},
            {"grace_months": 0, "income_tolerance": 0, "benefit_tolerance": 0},
        ]
    )


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
        status_date=st.sampled_from([None, *days_beside(s.d, *(first_day(m) for m in s.months[1:3]))]),
    )


def certificates(s: Scene) -> st.SearchStrategy[Row]:
    """Certificates."""
    rural, urban = s.policy["low_income_standard.rural"], s.policy["low_income_standard.urban"]
    tolerance, gap = s.policy["income_tolerance"], s.policy["benefit_tolerance"]
    ends = days_beside(s.d, *(first_day(month) for month in s.months))
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
        start_date=mostly([date(2022, 1, 1)], days_beside(s.d, *(first_day(month) for month in s.months[:3]))),
        grace_start=st.sampled_from([None, *days_beside(add_months(s.d, -s.policy["grace_months"]))]),
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
    items = mostly(["义务教育生活补助"], ["学前教育资助", "普通高中助学金", "普通高中免学费", "雨露计划"])

    def of(period: tuple[str, str]) -> st.SearchStrategy[Row]:
        return s.rows(
            education_subsidy,
            student_no=st.sampled_from(["G1", "G2", "G3", "G4"]),
            school_year=st.just(period[0]),
            term=st.just(period[1]),
            item=items,
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
        plan_year=st.sampled_from([None, *beside(s.d.year, s.d.year - repeat, step=1)]),
        started_on=st.sampled_from([None, *days_beside(add_months(s.d, -complete))]),
        completed_on=st.sampled_from([None, *days_beside(add_months(s.d, -pay))]),
        acceptance=st.sampled_from(["合格", "不合格", "未验收"]),
        subsidy=st.sampled_from([0, 10000]),
        paid=st.sampled_from([0, FEN, Decimal("9999.99"), 10000]),
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
}
"""By feed: its rows, and how many of them at least and at most."""


def as_staged(feed: str, rows: Iterable[Row]) -> list[Row]:
    """Rows that staging would let through together: the first of those with one key, or equal in everything."""
    kept: list[Row] = []
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        key = tuple(row[column] for column in KEYS[feed])
        mark = tuple(row.values()) if None in key else key
        if mark not in seen:
            seen.add(mark)
            kept.append(row)
    return kept


@st.composite
def delivered(draw: st.DrawFn, s: Scene, feed: str, as_of: date) -> Delivery:
    """One delivery, at times with refused namesakes."""
    row, least, most = ROWS[feed]
    rows = draw(st.lists(row(s), min_size=least, max_size=most))
    if feed in NUMBERS:
        column, numbers = NUMBERS[feed]
        rows = [row | {column: number} for row, number in zip(rows, numbers, strict=False)]
    rows = as_staged(feed, rows)
    if feed == "insurance_enrolments" and draw(mostly([True], [False])):
        rows += fillers_for(s.d)
    refused = draw(mostly([()], [(name,) for name in (*NAMES, None)]))
    return deliver(feed, as_of, rows, [{IDENTITY[feed][1]: name} for name in refused])


def as_of_dates(d: date) -> st.SearchStrategy[tuple[date, ...]]:
    """As-of dates of a feed's deliveries in the order of receipt: mostly D alone; else older, late, corrected, none."""

    def ago(days: int) -> date:
        return d - timedelta(days=days)

    return mostly(
        [(d,), (d,), (d,), (ago(30), d)],
        [(), (d, d), (d, ago(30)), (ago(92),), (ago(93),), (d, ago(-1)), (ago(30), d, ago(30)), (ago(31),)],
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A small world: up to 4 households, 3 certificates and 7 persons, in one or a few deliveries of each feed.

    The halves of a book mostly arrive together; at times one of them has deliveries that the other lacks.
    """
    d = draw(st.sampled_from(DAYS))
    own = draw(policies(d))
    s = Scene(d, Policy(own, d))
    deliveries: list[Delivery] = []
    plans: dict[str, tuple[date, ...]] = {}
    for feed in FEED_NAMES:
        other = HALVES.get(feed)
        if other in plans and draw(mostly([True], [False])):
            plans[feed] = plans[other]
        else:
            plans[feed] = draw(as_of_dates(d))
        deliveries += [draw(delivered(s, feed, as_of)) for as_of in plans[feed]]
    return World(COUNTY, d, tuple(deliveries), own)
