"""The rules in pandas, as an analyst would write them: merge, isin, groupby. Subject keys only.

Frames are as ``pandas.read_parquet`` gives them (money as Decimal objects made floats once, dates as dates made
timestamps once); nulls are dropped before ``isin``, which would match null to null.
"""

from typing import Any

import pandas as pd

from expectations.feeds import CORE_FEEDS
from pipelines.benching.rules.county import BenchCounty
from pipelines.benching.simulated import CODE, D

Frame = Any
"""A DataFrame; Any, for the stubs know less of pandas 3 than these lines use."""

ATTENDING = ("在读", "休学", "送教上门", "延缓入学", "县外就读")
TODAY = pd.Timestamp(D)


def _read(path: str) -> Frame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.read_schema(path)
    frame = pd.read_parquet(path)
    for field in schema:
        if pa.types.is_decimal(field.type):
            frame[field.name] = frame[field.name].astype("float64")
        elif pa.types.is_date(field.type):
            frame[field.name] = pd.to_datetime(frame[field.name])
    return frame


def _within(frame: Frame, other: Frame, column: str) -> Any:
    """Rows of ``frame`` whose value in ``column`` is one of ``other``'s."""
    return frame[column].isin(other[column].dropna().unique())


class Terms:
    """What the rules share."""

    def __init__(self, b: BenchCounty) -> None:
        p, c = b.policy, b.days
        self.rows = {feed.name: _read(b.path(feed.name)) for feed in CORE_FEEDS}
        rh, rm, lh, lm = (
            self.rows[n]
            for n in ("register_households", "register_members", "low_income_households", "low_income_members")
        )
        self.normal = rm[rm.person_status == "正常"]
        people = self.normal[_within(self.normal, rh, "household_no")]
        self.registered = people.loc[people.person_id.notna(), ["household_no", "person_id"]].drop_duplicates()
        self.households = rh[_within(rh, people, "household_no")]
        self.exited = self.households[self.households.poverty_status == "已脱贫"]
        self.open = self.households[self.households.poverty_status.isin(["未脱贫", "返贫"])]
        in_force = lh.status.isin(["在保", "渐退"]) & (lh.start_date <= TODAY)
        self.certificates = lh[in_force & (lh.end_date.isna() | (lh.end_date > TODAY))].copy()
        urban = self.certificates.programme.str.startswith("城市")
        self.certificates["standard"] = float(p["low_income_standard.rural"])
        self.certificates.loc[urban, "standard"] = float(p["low_income_standard.urban"])
        self.assistance = self.certificates[self.certificates.programme != "低保边缘"]
        self.low_income = self.certificates[self.certificates.programme.str.endswith("低保")]
        self.numbered = lm[lm.person_id.notna()]
        self.covered = self.numbered.loc[self.numbered.covered, ["certificate_no", "person_id"]]
        programmes = self.assistance[["certificate_no", "programme"]]
        self.on_roll = self.covered.merge(programmes, on="certificate_no").drop_duplicates()
        self.household_on_roll = self.registered.merge(self.on_roll, on="person_id")
        members = self.numbered[_within(self.numbered, self.assistance, "certificate_no")]
        self.linked = self.registered.merge(members[["certificate_no", "person_id"]], on="person_id")
        self.linked = self.linked[["household_no", "certificate_no"]].drop_duplicates()
        known = self.numbered[_within(self.numbered, self.normal, "person_id")]
        self.unregistered = self.certificates[~_within(self.certificates, known, "certificate_no")]
        enrolments, students = self.rows["insurance_enrolments"], self.rows["students"]
        this_year = (enrolments.enrolment_status == "正常参保") & (enrolments.year == c.insurance_year)
        self.enrolled = enrolments[this_year & enrolments.person_id.notna()]
        self.attending = students[students.student_status.isin(ATTENDING)]
        youngest, oldest = p["compulsory_age"]
        self.youngest, self.oldest = f"{c.school_start - youngest}0901", f"{c.school_start - oldest}0901"
        children = self.registered[self.of_school_age(self.registered)]
        self.truants = children[~_within(children, self.attending, "person_id")]
        self.uninsured = self.registered[~_within(self.registered, self.enrolled, "person_id")]
        housing = self.rows["housing_renovations"].copy()
        grades = list(p["housing.grades_to_renovate"])
        housing["dangerous"] = housing.grade.isin(grades) & (housing.acceptance != "合格")
        self.housing = housing
        self.assessments = _newest(self.registered, housing, "household_no")
        distinct = self.numbered[["certificate_no", "person_id"]].drop_duplicates()
        self.cases = _newest(distinct, housing, "certificate_no")
        payments = self.rows["low_income_payments"]
        self.paid = payments[payments.payment_status == "成功"]
        self.newest = self.paid[self.paid.month == c.newest_settled_month.name]
        died = rm[(rm.person_status == "死亡") & rm.person_id.notna()]
        dead = died.groupby("person_id").status_date.min().reset_index(name="died_on")
        self.dead = dead[~_within(dead, self.registered, "person_id")]

    def of_school_age(self, people: Frame) -> Any:
        """Whether the birth date in the number is of compulsory school age."""
        born = people.person_id.str[6:14]
        return (born <= self.youngest) & (born > self.oldest)


def _newest(people: Frame, housing: Frame, by: str) -> Frame:
    cases = people.merge(housing, left_on="person_id", right_on="head_id")
    return cases.sort_values(["assessed_on", "case_no"], ascending=False).drop_duplicates(by)


def _missing(frame: Frame, other: Frame, columns: list[str]) -> Frame:
    """Rows of ``frame`` that have no match in ``other`` on several columns."""
    keys = other[columns].dropna().drop_duplicates()
    merged = frame.merge(keys, on=columns, how="left", indicator=True)
    return merged[merged["_merge"] == "left_only"]


def _two_lines(b: BenchCounty, t: Terms) -> dict[str, Any]:
    p = b.policy
    line, tolerance = float(p["poverty_line"]), float(p["income_tolerance"])
    low = [f"{CODE}|{area}" for area in ("rural", "urban") if p[f"low_income_standard.{area}"] * 12 < p["poverty_line"]]
    on_roll = _within(t.households, t.household_on_roll, "household_no")
    opened, poor = _within(t.open, t.household_on_roll, "household_no"), float(p["low_income_standard.rural"]) * 12
    typed = t.households.household_type
    li, un = t.low_income, t.unregistered
    grace_end = li.grace_start + pd.DateOffset(months=int(p["grace_months"]))
    in_grace = (li.status == "渐退") & (li.grace_start.isna() | (grace_end >= TODAY))
    gap = (li.standard - li.monthly_income) * li.covered_persons - float(p["benefit_tolerance"])
    named = t.registered[_within(t.registered, t.linked, "household_no")]
    listed = t.linked.merge(t.numbered, on="certificate_no")[["household_no", "person_id"]].drop_duplicates()
    counted = pd.concat([named, listed]).groupby(["household_no", "person_id"]).size().reset_index(name="n")
    differing = counted[counted.n == 1]
    pairs = t.linked.merge(t.households, on="household_no").merge(t.assistance, on="certificate_no")
    apart = (pairs.income_current - pairs.monthly_income * 12).abs() > tolerance * 12
    hard, easy = t.on_roll.programme.str.endswith("特困"), t.on_roll.programme.str.endswith("低保")
    below = un.monthly_income * 12 * un.persons + un.monthly_benefit * 12 < un.persons * line
    return {
        "TL01": low,
        "TL02": t.open[~opened & (t.open.income_current < poor)].household_no,
        "TL03": t.households[~on_roll & typed.isin(["低保户", "特困供养户"])].household_no,
        "TL04": t.households[on_roll & (typed == "一般户")].household_no,
        "TL05": li[(li.monthly_income > li.standard + tolerance) & ~in_grace].certificate_no,
        "TL06": un[un.programme.isin(["农村低保", "农村特困"]) & below].certificate_no,
        "TL07": li[
            (li.benefit_method == "补差") & ((li.monthly_benefit - li.category_topup.fillna(0) - gap).round(4) < 0)
        ].certificate_no,
        "TL08": t.households[_within(t.households, differing, "household_no")].household_no,
        "TL09": pairs.household_no[apart] + "|" + pairs.certificate_no[apart],
        "TL10": set(t.on_roll.person_id[hard]) & set(t.on_roll.person_id[easy]),
    }


def _coverage(b: BenchCounty, t: Terms) -> dict[str, Any]:
    p, term = b.policy, b.days.finished_term.term
    dues = [float(p[f"insurance.subsidy.{name}"]) for name in ("特困", "低保", "返贫致贫", "低保边缘")]
    marginal = t.certificates[t.certificates.programme == "低保边缘"]
    programmes = t.on_roll.programme.str
    groups = (
        t.on_roll[programmes.endswith("特困")],
        t.on_roll[programmes.endswith("低保")],
        t.registered[_within(t.registered, t.open, "household_no")],
        t.covered[_within(t.covered, marginal, "certificate_no")],
    )
    due = pd.concat([g[["person_id"]].assign(due=dues[n], rank=n) for n, g in enumerate(groups)])
    due = due.sort_values("rank").drop_duplicates("person_id")
    insured = t.enrolled[t.enrolled.scheme == "城乡居民"].merge(due, on="person_id")
    items = pd.DataFrame(
        [(stage, item) for stage, given in p["education.items"].items() for item in given], columns=["stage", "item"]
    )
    ed, students = t.rows["education_subsidies"], t.rows["students"]
    received = ed[(ed.payment_status == "成功") & (ed.school_year == term.school_year) & (ed.term == term.term)]
    pupils = students[
        (students.student_status == "在读")
        & (students.enrolled_on.isna() | (students.enrolled_on <= pd.Timestamp(term.first_day)))
        & students.person_id.isin(set(t.registered.person_id) | set(t.on_roll.person_id))
    ].merge(items, on="stage")
    pupils = _missing(pupils, received, ["person_id", "item"]).drop(columns="_merge")
    pupils = _missing(pupils, received, ["student_no", "item"])
    a = t.assessments[t.assessments.dangerous]
    unplanned = a.started_on.isna() & (a.plan_year.isna() | (a.plan_year < D.year))
    begun = a.started_on + pd.DateOffset(months=int(p["housing.complete_within_months"]))
    h = t.housing
    done = h.completed_on + pd.DateOffset(months=int(p["housing.pay_within_months"]))
    un = t.unregistered
    uninsured = t.covered[~_within(t.covered, t.enrolled, "person_id")]
    children = t.numbered[t.of_school_age(t.numbered)]
    truants = children[~_within(children, t.attending, "person_id")]
    signals = sum(
        _within(un, frame, "certificate_no").astype(int) for frame in (uninsured, truants, t.cases[t.cases.dangerous])
    ) + (un.monthly_income * 12 < float(p["poverty_line"])).astype(int)
    return {
        "CV01": t.uninsured.person_id,
        "CV02": insured[(insured.due - insured.subsidy_amount).round(4) > float(p["benefit_tolerance"])].person_id,
        "CV03": t.truants.person_id,
        "CV04": pupils.person_id + f"|{term.school_year}|{term.term}|" + pupils["item"],
        "CV05": a[(a.method == "无需改造") | unplanned].household_no,
        "CV06": a[(a.method != "无需改造") & (begun < TODAY)].household_no,
        "CV07": t.households[~_within(t.households, t.assessments, "household_no")].household_no,
        "CV08": h[(h.acceptance == "合格") & (h.paid < h.subsidy) & (done < TODAY)].case_no,
        "CV09": un[signals >= int(p["signals_needed"])].certificate_no,
    }


def _exits_and_duplicates(b: BenchCounty, t: Terms) -> dict[str, Any]:
    p, e, h = b.policy, t.exited, t.housing
    line = float(p["poverty_line"])
    before = float(p.value("poverty_line", D.replace(year=D.year - 1, month=12, day=31)))
    dangerous = _within(e, t.assessments[t.assessments.dangerous], "household_no")
    homes = t.registered.groupby("person_id").size()
    low = t.on_roll[t.on_roll.programme.str.endswith("低保")].groupby("person_id").certificate_no.nunique()
    schemes = t.enrolled.groupby("person_id").scheme.nunique()
    ed = t.rows["education_subsidies"]
    paid_out = ed[(ed.payment_status == "成功") & ed.person_id.notna()]
    times = paid_out.groupby(["person_id", "school_year", "term", "item"]).size()
    paid = h[(h.paid > 0) & h.head_id.notna() & h.plan_year.notna()].sort_values(["head_id", "plan_year", "case_no"])
    gap = paid.groupby("head_id").plan_year.diff()
    return {
        "EX01": e[(e.income_current < line) | (e.income_previous < before)].household_no,
        "EX02": e[~e.housing_safe.astype(bool) | dangerous].household_no,
        "EX03": e[_within(e, t.truants, "household_no")].household_no,
        "EX04": e[_within(e, t.uninsured, "household_no")].household_no,
        "DU01": homes[homes > 1].index,
        "DU02": low[low > 1].index,
        "DU03": schemes[schemes > 1].index,
        "DU04": ["|".join(key) for key in times[times > 1].index],
        "DU05": paid[gap < int(p["housing.repeat_years"])].head_id,
    }


def _payments(b: BenchCounty, t: Terms) -> dict[str, Any]:
    p, c = b.policy, b.days
    lh, lm, lp = t.rows["low_income_households"], t.rows["low_income_members"], t.rows["low_income_payments"]
    ended = lh[(lh.status == "停保") & lh.end_date.notna()]
    after = t.paid.merge(ended[["certificate_no", "end_date"]], on="certificate_no")
    settled = [m.name for m in c.settled_months]
    months = pd.DataFrame({"month": settled, "first": [pd.Timestamp(f"{m}-01") for m in settled]})
    due = t.assistance.loc[t.assistance.monthly_benefit > 0, ["certificate_no", "start_date"]]
    due = due.merge(months, how="cross")
    unpaid = _missing(due[due.start_date <= due["first"]], t.paid, ["certificate_no", "month"])
    first_day = pd.Timestamp(c.newest_settled_month.first_day)
    sums = t.newest.groupby("certificate_no").amount.sum().reset_index(name="total")
    given = t.assistance[t.assistance.start_date <= first_day].merge(sums, on="certificate_no")
    apart = (given.total - given.monthly_benefit).abs().round(4) > float(p["benefit_tolerance"])
    back = lp[(lp.payment_status == "退回") & lp.month.isin(settled)]
    returned = _missing(back, t.paid, ["certificate_no", "month"])
    payees = t.numbered[["certificate_no", "person_id"]].rename(columns={"person_id": "payee_id"})
    strangers = _missing(t.newest[t.newest.payee_id.notna()], payees, ["certificate_no", "payee_id"])
    counts = lm[lm.covered].groupby("certificate_no").agg(n=("covered", "size"), person_id=("person_id", "max"))
    only = counts[counts.n == 1].reset_index().merge(t.dead, on="person_id")
    late = pd.concat(
        [t.paid.merge(t.dead, left_on="payee_id", right_on="person_id"), t.paid.merge(only, on="certificate_no")]
    )
    return {
        "PY01": after[after.month > after.end_date.dt.strftime("%Y-%m")].certificate_no,
        "PY02": unpaid.certificate_no,
        "PY03": given[apart].certificate_no,
        "PY04": returned.certificate_no + "|" + returned.month,
        "PY05": strangers.certificate_no,
        "PY06": late[late.month > late.died_on.dt.strftime("%Y-%m")].certificate_no,
    }


def _identity(t: Terms) -> dict[str, Any]:
    invalid: list[str] = []
    names = []
    for feed in CORE_FEEDS:
        for column in feed.identity_columns:
            rows = t.rows[feed.name]
            labels = rows.loc[rows[column].isna(), list(feed.label_columns)].astype(object)
            labels = labels.where(labels.notna(), "").astype(str)
            invalid += [f"{feed.name}|{column}|" + "|".join(row) for row in labels.itertuples(index=False)]
            given = rows.loc[rows[column].notna(), [column, feed.name_beside(column)]]
            names.append(given.set_axis(["person_id", "name"], axis=1).drop_duplicates())
    named = pd.concat(names)
    named["name"] = named.name.str.replace("[·•‧・･.\\s　]", "", regex=True)
    counts = named.groupby("person_id").name.nunique()
    rm, lm = t.rows["register_members"], t.rows["low_income_members"]
    several = set(counts[counts > 1].index)
    numbered = rm[rm.person_id.notna()]
    odd = numbered.person_id.str[16].astype(int) % 2 == 1
    sex = odd.map({True: "男", False: "女"})
    born = numbered.birth_date.dt.strftime("%Y%m%d")
    wrong = (numbered.birth_date.notna() & (born != numbered.person_id.str[6:14])) | (
        numbered.sex.notna() & (numbered.sex != sex)
    )
    dead = t.dead[t.dead.died_on <= TODAY]
    return {
        "ID01": invalid,
        "ID02": several & (set(rm.person_id) | set(lm.person_id)),
        "ID03": numbered[wrong].member_no,
        "ID05": dead[_within(dead, t.on_roll, "person_id")].person_id,
    }


def find(b: BenchCounty) -> dict[str, set[str]]:
    """Subject keys by rule."""
    t = Terms(b)
    found = {**_two_lines(b, t), **_coverage(b, t), **_exits_and_duplicates(b, t), **_payments(b, t), **_identity(t)}
    return {rule: set(keys) for rule, keys in found.items()}
