"""The policy that rules are tested with: what stands here is the tests', not the packaged defaults."""

from typing import Any

BARRED_FEEDS = (
    "deaths",
    "vehicles",
    "real_estate",
    "business_licences",
    "public_payroll",
    "pensions",
    "disabilities",
    "medical_costs",
)
"""Feeds that are not read unless a document allows it; in most worlds one does."""

POLICY: dict[str, Any] = {
    "poverty_line": 6000,
    "low_income_standard.rural": 520,
    "low_income_standard.urban": 700,
    "grace_months": 6,
    "income_tolerance": 50,
    "benefit_tolerance": 10,
    "insurance.subsidy.特困": 400,
    "insurance.subsidy.低保": 280,
    "insurance.subsidy.返贫致贫": 200,
    "insurance.subsidy.监测对象": 150,
    "insurance.subsidy.低保边缘": 100,
    "education.items": {
        "学前": ["学前教育资助"],
        "小学": ["义务教育生活补助"],
        "初中": ["义务教育生活补助"],
        "普通高中": ["普通高中助学金", "普通高中免学费"],
        "中职": ["中职助学金", "中职免学费"],
    },
    "housing.grades_to_renovate": ["C", "D"],
    "housing.complete_within_months": 12,
    "housing.pay_within_months": 3,
    "housing.repeat_years": 10,
    "relocation.move_in_months": 6,
    "relocation.demolish_months": 12,
    "leads.basis": dict.fromkeys((*BARRED_FEEDS, "outside_leads"), "府办函〔2026〕1号"),
    "leads.payroll_posts_ignored": ["公益性岗位", "村干部"],
    "leads.vehicle_types": ["轿车", "客车", "货车"],
    "leads.vehicle_value": 30000,
    "leads.business_roles": ["经营者", "法定代表人"],
    "leads.death_days": 30,
    "leads.disability_levels": ["一级", "二级"],
    "leads.homes": 2,
    "leads.pension": 500,
    "leads.own_medical_cost": 10000,
    "compulsory_age": [6, 15],
    "signals_needed": 2,
    "insurance.settled_on": "03-01",
    "school.settled_on": "10-15",
    "school.ends_on": "07-01",
    "books_apart_days": 45,
    "shrink_percent": 30,
    "education.settle_days": 30,
    "payments.settle_days": 10,
    "freshness_days": 92,
}
"""Parameters that rules read: one value for all dates, or a list of (from, value) tuples, oldest first."""
