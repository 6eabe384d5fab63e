"""Literal worlds for tests: builders of staged rows, deliveries, and the policy that rules are read against.

A builder returns one *staged* row as a dict of every canonical column: money is Decimal, 是/否 is bool, a month is
``YYYY-MM``, an identity number is 18 valid characters or None, and ``<column>_problem`` says why it is None.
Defaults describe a county in which no rule has anything to say, so that a test shows only what it is about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from policy_values import BARRED_FEEDS as BARRED_FEEDS
from policy_values import POLICY as POLICY

from expectations.feeds import FEEDS

Row = dict[str, Any]

COUNTY = "522601"
D = date(2026, 6, 30)
"""As-of date of most tests: insurance year 2026, school year 2025-2026, last finished term 秋季 of it."""

FEED_NAMES = (
    "register_households",
    "register_members",
    "low_income_households",
    "low_income_members",
    "low_income_payments",
    "insurance_enrolments",
    "students",
    "education_subsidies",
    "housing_renovations",
)
"""Feeds that cases write by hand and the oracle reads: what stands here is the contract's, not the declarations'."""
MORE_FEEDS = ("relocations", "reported_totals", *BARRED_FEEDS, "outside_leads")
"""Feeds of other offices that the oracle reads too: a world has them where it says so."""
READ_FEEDS = (*FEED_NAMES, *MORE_FEEDS)
OTHER_FEEDS = tuple(feed for feed in FEEDS if feed.name not in READ_FEEDS)
"""Feeds that no rule of the oracle reads: declared, and delivered by worlds that want to see that nothing changes."""

KEYS: dict[str, tuple[str, ...]] = {
    "register_households": ("household_no",),
    "register_members": ("member_no",),
    "low_income_households": ("certificate_no",),
    "low_income_members": ("certificate_no", "person_id"),
    "low_income_payments": ("certificate_no", "month", "batch_no"),
    "insurance_enrolments": ("person_id", "year", "scheme", "enrolment_status", "county_code"),
    "students": ("student_no", "school"),
    "education_subsidies": ("student_no", "school_year", "term", "item", "batch_no"),
    "housing_renovations": ("case_no",),
    "relocations": ("relocation_no",),
    "reported_totals": ("reporter", "form", "area_code", "measure", "breakdown", "item", "unit"),
    "deaths": ("month", "person_id", "died_on", "registry"),
    "vehicles": ("plate_no", "owner_id", "vehicle_status"),
    "real_estate": ("title_no", "owner_id", "land_use", "title_status"),
    "business_licences": ("licence_no", "person_id", "business_role"),
    "public_payroll": ("person_id", "employer", "starts_on"),
    "pensions": ("person_id", "year", "pension_scheme", "pension_status"),
    "disabilities": ("disability_no",),
    "medical_costs": ("person_id", "month"),
    "outside_leads": ("lead_no",),
} | {feed.name: feed.key for feed in OTHER_FEEDS}


@dataclass(frozen=True)
class Delivery:
    """An accepted delivery; ``quarantined``: what can be read of refused rows, ``refused``: (row, column) of values."""

    feed: str
    as_of: date
    rows: tuple[Row, ...] = ()
    quarantined: tuple[Row, ...] = ()
    refused: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class World:
    """What one county knew at D: deliveries in order of receipt, and policy values that differ from POLICY."""

    county: str = COUNTY
    d: date = D
    deliveries: tuple[Delivery, ...] = ()
    policy: Mapping[str, Any] = field(default_factory=dict)


def pid(n: int, born: date = date(1980, 1, 1), sex: str = "男") -> str:
    """A valid identity number, distinct for each ``n`` in 0–499 of one birth date and sex."""
    assert 0 <= n <= 499
    digits = f"{COUNTY}{born:%Y%m%d}{2 * n + (sex == '男'):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(w * int(c) for w, c in zip(weights, digits, strict=True)) % 11]


def name_of(number: str | None) -> str:
    """The default name that goes with an identity number, the same in every feed."""
    if number is None:
        return "佚名"
    return "张" + "".join("零一二三四五六七八九甲"["0123456789X".index(c)] for c in number[8:10] + number[14:])


def staged_row(
    defaults: Row, over: Mapping[str, Any], money: Sequence[str] = (), identity: Sequence[str] = ("person_id",)
) -> Row:
    """Defaults overlaid; money made Decimal with two places, ``<column>_problem`` set where a number is None."""
    unknown = set(over) - set(defaults) - {f"{c}_problem" for c in identity}
    if unknown:
        raise TypeError(f"no column {', '.join(sorted(unknown))}")
    row = defaults | dict(over)
    for column in money:
        if row[column] is not None:
            row[column] = Decimal(row[column]).quantize(Decimal("0.01"))
    for column in identity:
        row.setdefault(f"{column}_problem", "blank" if row[column] is None else None)
    return row


def household(household_no: str = "H1", **over: Any) -> Row:
    """A register household: exited in 2020, 一般户, safe house, income well above the line and the standard."""
    head = over.get("head_id", pid(1))
    return staged_row(
        {
            "household_no": household_no,
            "head_name": name_of(head),
            "head_id": head,
            "village_code": f"{COUNTY}101201",
            "township": "三棵树镇",
            "village": "朗利村",
            "persons": 1,
            "household_type": "一般户",
            "identified_year": 2014,
            "poverty_status": "已脱贫",
            "exit_year": 2020,
            "monitoring": None,
            "cause": "缺技术",
            "income_previous": 12000,
            "income_current": 13000,
            "housing_safe": True,
            "water_safe": None,
            "helper_name": None,
            "phone": None,
        },
        over,
        money=("income_previous", "income_current"),
        identity=("head_id",),
    )


def open_household(household_no: str = "H1", **over: Any) -> Row:
    """A register household that has not left poverty."""
    return household(household_no, **({"poverty_status": "未脱贫", "exit_year": None} | over))


def member(member_no: str = "M1", household_no: str = "H1", person_id: str | None = pid(1), **over: Any) -> Row:
    """A person of the register, 正常."""
    return staged_row(
        {
            "household_no": household_no,
            "member_no": member_no,
            "name": name_of(person_id),
            "person_id": person_id,
            "sex": None,
            "birth_date": None,
            "relation": "户主",
            "ethnicity": None,
            "health": None,
            "labour": None,
            "schooling": None,
            "person_status": "正常",
            "status_date": None,
        },
        over,
    )


def certificate(certificate_no: str = "C1", **over: Any) -> Row:
    """A 农村低保 certificate of one person, in force since 2024: income below the standard, together above the line."""
    head = over.get("head_id", pid(1))
    return staged_row(
        {
            "certificate_no": certificate_no,
            "head_name": name_of(head),
            "head_id": head,
            "village_code": f"{COUNTY}101201",
            "programme": "农村低保",
            "tier": "A",
            "persons": 1,
            "covered_persons": 1,
            "monthly_income": 300,
            "benefit_method": "分档",
            "monthly_benefit": 300,
            "category_topup": None,
            "start_date": date(2024, 1, 1),
            "status": "在保",
            "end_date": None,
            "grace_start": None,
        },
        over,
        money=("monthly_income", "monthly_benefit", "category_topup"),
        identity=("head_id",),
    )


def certificate_member(certificate_no: str = "C1", person_id: str | None = pid(1), **over: Any) -> Row:
    """A covered member of a certificate's household."""
    return staged_row(
        {
            "certificate_no": certificate_no,
            "name": name_of(person_id),
            "person_id": person_id,
            "relation": "户主",
            "covered": True,
        },
        over,
    )


def payment(certificate_no: str = "C1", month: str = "2026-05", **over: Any) -> Row:
    """A payment of 300 yuan that arrived."""
    payee = over.get("payee_id", pid(1))
    return staged_row(
        {
            "certificate_no": certificate_no,
            "month": month,
            "batch_no": "B1",
            "amount": 300,
            "payee_name": name_of(payee),
            "payee_id": payee,
            "payment_status": "成功",
            "paid_on": None,
        },
        over,
        money=("amount",),
        identity=("payee_id",),
    )


def enrolment(person_id: str | None = pid(1), **over: Any) -> Row:
    """An enrolment of 2026, 城乡居民, 正常参保, subsidised as far as any class asks."""
    return staged_row(
        {
            "name": name_of(person_id),
            "person_id": person_id,
            "year": 2026,
            "scheme": "城乡居民",
            "enrolment_status": "正常参保",
            "paid_on": None,
            "own_contribution": 0,
            "subsidy_class": "无",
            "subsidy_amount": 400,
            "county_code": COUNTY,
        },
        over,
        money=("own_contribution", "subsidy_amount"),
    )


def student(person_id: str | None = pid(1), **over: Any) -> Row:
    """A pupil, 小学, 在读, with no date of enrolment."""
    return staged_row(
        {
            "name": name_of(person_id),
            "person_id": person_id,
            "student_no": f"G{person_id}",
            "school": "朗利小学",
            "stage": "小学",
            "grade": None,
            "student_status": "在读",
            "enrolled_on": None,
        },
        over,
    )


def education_subsidy(person_id: str | None = pid(1), **over: Any) -> Row:
    """义务教育生活补助 of the autumn term 2025, paid."""
    return staged_row(
        {
            "person_id": person_id,
            "name": name_of(person_id),
            "student_no": f"G{person_id}",
            "school_year": "2025-2026",
            "term": "秋季",
            **{"item": "义务教育生活补助", "item_sent": None},
            "batch_no": "B1",
            "amount": 500,
            "payment_status": "成功",
            "paid_on": None,
        },
        over,
        money=("amount",),
    )


def housing_case(case_no: str = "X1", head_id: str | None = pid(1), **over: Any) -> Row:
    """A house assessed in 2025 as grade A, nothing to do."""
    return staged_row(
        {
            "case_no": case_no,
            "head_name": name_of(head_id),
            "head_id": head_id,
            "village_code": f"{COUNTY}101201",
            "grade": "A",
            "assessed_on": date(2025, 3, 1),
            "method": "无需改造",
            "plan_year": None,
            "started_on": None,
            "completed_on": None,
            "acceptance": "未验收",
            "subsidy": 0,
            "paid": 0,
            "paid_on": None,
        },
        over,
        money=("subsidy", "paid"),
        identity=("head_id",),
    )


def deliver(feed: str, as_of: date = D, rows: Iterable[Row] = (), quarantined: Iterable[Row] = ()) -> Delivery:
    """A delivery whose rows have distinct keys, as staging promises (rows with a null number in the key have none)."""
    staged = tuple(rows)
    keys = [key for row in staged if None not in (key := tuple(row.get(f"{c}_sent") or row[c] for c in KEYS[feed]))]
    if len(set(keys)) != len(keys):
        raise ValueError(f"{feed}: two rows have one key")
    return Delivery(feed, as_of, staged, tuple(quarantined))


def fillers_for(d: date) -> list[Row]:
    """Enrolments of people who stand in no other feed: a few more in another year make the insurance year no part."""
    return [enrolment(pid(n), year=year) for year in (d.year - 1, d.year) for n in range(495, 500)]


def other_pupils(d: date) -> list[Row]:
    """Subsidies of a pupil who stands in no other feed, so that each term of the last two school years has a row."""
    terms = [(f"{year}-{year + 1}", term) for year in (d.year - 2, d.year - 1) for term in ("秋季", "春季")]
    return [education_subsidy(pid(494), school_year=year, term=term) for year, term in terms]


def world(
    d: date = D,
    *,
    absent: Sequence[str] = (),
    as_of: Mapping[str, date] | None = None,
    quarantined: Mapping[str, Sequence[Row]] | None = None,
    before: Sequence[Delivery] = (),
    after: Sequence[Delivery] = (),
    policy: Mapping[str, Any] | None = None,
    fillers: bool = True,
    **rows: Sequence[Row],
) -> World:
    """A county at D: one delivery of each feed at D with the rows given by feed name (none given: present but empty).

    ``absent`` feeds never arrived; ``as_of`` moves a feed's delivery; ``before`` and ``after`` are more of them, from
    earlier and later. ``fillers`` adds unrelated people and a pupil (see above). Other feeds are there where rows are.
    """
    named = set(rows) | set(as_of or {}) | set(quarantined or {}) | set(absent)
    others = [feed for feed in (*MORE_FEEDS, *(feed.name for feed in OTHER_FEEDS)) if feed in named]
    given = {feed: list(rows.get(feed, ())) for feed in (*FEED_NAMES, *others)}
    if wrong := (named - set(given)) | (set(absent) & set(rows)):
        raise TypeError(f"no feed, or rows for an absent one: {', '.join(sorted(wrong))}")
    if fillers:
        given["insurance_enrolments"] += fillers_for(d)
        given["education_subsidies"] += other_pupils(d)
    arrived = tuple(
        deliver(feed, (as_of or {}).get(feed, d), given[feed], (quarantined or {}).get(feed, ()))
        for feed in given
        if feed not in absent
    )
    return World(COUNTY, d, (*before, *arrived, *after), dict(policy or {}))
