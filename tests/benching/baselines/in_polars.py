"""The rules in Polars: lazy frames, all collected at once by the streaming engine. Subject keys only."""

from typing import Any

import polars as pl

from expectations.feeds import CORE_FEEDS
from pipelines.benching.rules.county import BenchCounty
from pipelines.benching.simulated import CODE, D

Frame = pl.LazyFrame
C = pl.col
ATTENDING = ("在读", "休学", "送教上门", "延缓入学", "县外就读")


def _key(frame: Frame, *columns: Any) -> Frame:
    return frame.select(key=pl.concat_str(list(columns), separator="|")).unique()


class Terms:
    """What the rules share."""

    def __init__(self, b: BenchCounty) -> None:
        p, c = b.policy, b.days
        self.rows = {feed.name: pl.scan_parquet(b.path(feed.name)) for feed in CORE_FEEDS}
        rh, rm, lh, lm = (
            self.rows[n]
            for n in ("register_households", "register_members", "low_income_households", "low_income_members")
        )
        people = rm.filter(C.person_status == "正常").join(rh, on="household_no", how="semi")
        self.registered = people.filter(C.person_id.is_not_null()).select("household_no", "person_id").unique()
        self.households = rh.join(people, on="household_no", how="semi")
        self.exited = self.households.filter(C.poverty_status == "已脱贫")
        self.open = self.households.filter(C.poverty_status.is_in(["未脱贫", "返贫"]))
        rural, urban = p["low_income_standard.rural"], p["low_income_standard.urban"]
        self.certificates = lh.filter(
            C.status.is_in(["在保", "渐退"]), C.start_date <= D, C.end_date.is_null() | (C.end_date > D)
        ).with_columns(
            standard=pl.when(C.programme.str.starts_with("城市")).then(pl.lit(urban)).otherwise(pl.lit(rural))
        )
        self.assistance = self.certificates.filter(C.programme != "低保边缘")
        self.low_income = self.certificates.filter(C.programme.str.ends_with("低保"))
        self.numbered = lm.filter(C.person_id.is_not_null())
        self.covered = self.numbered.filter("covered").select("certificate_no", "person_id")
        programmes = self.assistance.select("certificate_no", "programme")
        self.on_roll = self.covered.join(programmes, on="certificate_no").unique()
        self.household_on_roll = self.registered.join(self.on_roll, on="person_id")
        members = self.numbered.join(self.assistance, on="certificate_no", how="semi")
        self.linked = (
            self.registered.join(members.select("certificate_no", "person_id"), on="person_id")
            .select("household_no", "certificate_no")
            .unique()
        )
        normal = rm.filter(C.person_status == "正常", C.person_id.is_not_null())
        known = self.numbered.join(normal, on="person_id", how="semi")
        self.unregistered = self.certificates.join(known, on="certificate_no", how="anti")
        self.enrolled = self.rows["insurance_enrolments"].filter(
            C.enrolment_status == "正常参保", C.year == c.insurance_year, C.person_id.is_not_null()
        )
        self.attending = self.rows["students"].filter(C.student_status.is_in(ATTENDING), C.person_id.is_not_null())
        youngest, oldest = p["compulsory_age"]
        born = C.person_id.str.slice(6, 8)
        start = c.school_start
        self.of_school_age = (born <= f"{start - youngest}0901") & (born > f"{start - oldest}0901")
        self.truants = self.registered.filter(self.of_school_age).join(self.attending, on="person_id", how="anti")
        self.uninsured = self.registered.join(self.enrolled, on="person_id", how="anti")
        housing = self.rows["housing_renovations"]
        self.dangerous = C.grade.is_in(list(p["housing.grades_to_renovate"])) & (C.acceptance != "合格")
        self.assessments = _newest(self.registered, housing, "household_no")
        distinct = self.numbered.select("certificate_no", "person_id").unique()
        self.cases = _newest(distinct, housing, "certificate_no")
        self.paid = self.rows["low_income_payments"].filter(C.payment_status == "成功")
        self.newest = self.paid.filter(C.month == c.newest_settled_month.name)
        self.dead = (
            rm.filter(C.person_status == "死亡", C.person_id.is_not_null())
            .group_by("person_id")
            .agg(died_on=C.status_date.min())
            .join(self.registered, on="person_id", how="anti")
        )


def _newest(people: Frame, housing: Frame, by: str) -> Frame:
    cases = people.join(housing, left_on="person_id", right_on="head_id")
    return cases.sort("assessed_on", "case_no", descending=True).unique(by, keep="first", maintain_order=True)


def queries(b: BenchCounty) -> dict[str, Frame]:
    """Each rule's lazy frame of keys."""
    t = Terms(b)
    return {**_two_lines(b, t), **_coverage(b, t), **_exits_and_duplicates(b, t), **_payments(b, t), **_identity(t)}


def _two_lines(b: BenchCounty, t: Terms) -> dict[str, Frame]:
    p = b.policy
    line, tolerance = p["poverty_line"], p["income_tolerance"]
    low = [f"{CODE}|{area}" for area in ("rural", "urban") if p[f"low_income_standard.{area}"] * 12 < line]
    in_grace = (C.status == "渐退") & (
        C.grace_start.is_null() | (C.grace_start.dt.offset_by(f"{p['grace_months']}mo") >= D)
    )
    named = t.registered.join(t.linked, on="household_no", how="semi")
    listed = t.linked.join(t.numbered, on="certificate_no").select("household_no", "person_id").unique()
    counted = pl.concat([named, listed]).group_by("household_no", "person_id").len().filter(C.len == 1)
    pairs = t.linked.join(t.households, on="household_no").join(t.assistance, on="certificate_no")
    topup, gap = C.category_topup.fill_null(0), p["benefit_tolerance"]
    poor = t.open.filter(C.income_current < p["low_income_standard.rural"] * 12)
    typed = t.households.filter(C.household_type.is_in(["低保户", "特困供养户"]))
    general = t.households.filter(C.household_type == "一般户")
    return {
        "TL01": pl.LazyFrame({"key": low}, schema={"key": pl.String}),
        "TL02": _key(poor.join(t.household_on_roll, on="household_no", how="anti"), "household_no"),
        "TL03": _key(typed.join(t.household_on_roll, on="household_no", how="anti"), "household_no"),
        "TL04": _key(general.join(t.household_on_roll, on="household_no", how="semi"), "household_no"),
        "TL05": _key(
            t.low_income.filter(C.monthly_income > C.standard + tolerance, in_grace.not_().fill_null(True)),
            "certificate_no",
        ),
        "TL06": _key(
            t.unregistered.filter(
                C.programme.is_in(["农村低保", "农村特困"]),
                C.monthly_income * 12 * C.persons + C.monthly_benefit * 12 < C.persons * line,
            ),
            "certificate_no",
        ),
        "TL07": _key(
            t.low_income.filter(
                C.benefit_method == "补差",
                C.monthly_benefit - topup < (C.standard - C.monthly_income) * C.covered_persons - gap,
            ),
            "certificate_no",
        ),
        "TL08": _key(t.households.join(counted, on="household_no", how="semi"), "household_no"),
        "TL09": _key(
            pairs.filter((C.income_current - C.monthly_income * 12).abs() > tolerance * 12),
            "household_no",
            "certificate_no",
        ),
        "TL10": _key(
            t.on_roll.group_by("person_id")
            .agg(a=C.programme.str.ends_with("特困").any(), b=C.programme.str.ends_with("低保").any())
            .filter("a", "b"),
            "person_id",
        ),
    }


def _coverage(b: BenchCounty, t: Terms) -> dict[str, Frame]:
    p, term = b.policy, b.days.finished_term.term
    dues = [p[f"insurance.subsidy.{name}"] for name in ("特困", "低保", "返贫致贫", "低保边缘")]
    marginal = t.certificates.filter(C.programme == "低保边缘")
    groups = (
        t.on_roll.filter(C.programme.str.ends_with("特困")),
        t.on_roll.filter(C.programme.str.ends_with("低保")),
        t.registered.join(t.open, on="household_no", how="semi"),
        t.covered.join(marginal, on="certificate_no", how="semi"),
    )
    ranks = pl.concat([g.select("person_id", rank=pl.lit(n)) for n, g in enumerate(groups)])
    due = ranks.group_by("person_id").agg(C.rank.min())
    amounts = pl.LazyFrame({"rank": list(range(4)), "due": dues}, schema={"rank": pl.Int32, "due": pl.Decimal(18, 2)})
    insured = t.enrolled.filter(C.scheme == "城乡居民").join(due, on="person_id").join(amounts, on="rank")
    items = [(stage, item) for stage, given in p["education.items"].items() for item in given]
    entitled = pl.LazyFrame(items, schema=["stage", "item"], orient="row")
    received = t.rows["education_subsidies"].filter(
        C.payment_status == "成功", C.school_year == term.school_year, C.term == term.term
    )
    people = pl.concat([t.registered.select("person_id"), t.on_roll.select("person_id")])
    pupils = (
        t.rows["students"]
        .filter(C.student_status == "在读", C.enrolled_on.is_null() | (C.enrolled_on <= term.first_day))
        .join(people, on="person_id", how="semi")
        .join(entitled, on="stage")
        .join(received, on=["person_id", "item"], how="anti")
        .join(received, on=["student_no", "item"], how="anti")
    )
    a = t.assessments.filter(t.dangerous)
    unplanned = C.started_on.is_null() & (C.plan_year.is_null() | (C.plan_year < D.year))
    signals = {
        "uninsured": t.covered.join(t.enrolled, on="person_id", how="anti"),
        "truant": t.numbered.filter(t.of_school_age).join(t.attending, on="person_id", how="anti"),
        "dangerous": t.cases.filter(t.dangerous),
    }
    flagged = t.unregistered.with_columns(below=(C.monthly_income * 12 < p["poverty_line"]).cast(pl.Int32))
    for name, frame in signals.items():
        marks = frame.select("certificate_no", pl.lit(1).alias(name)).unique()
        flagged = flagged.join(marks, on="certificate_no", how="left")
    total = sum((C(name).fill_null(0) for name in signals), C.below)
    return {
        "CV01": _key(t.uninsured, "person_id"),
        "CV02": _key(insured.filter(C.due - C.subsidy_amount > p["benefit_tolerance"]), "person_id"),
        "CV03": _key(t.truants, "person_id"),
        "CV04": _key(pupils, "person_id", pl.lit(term.school_year), pl.lit(term.term), "item"),
        "CV05": _key(a.filter((C.method == "无需改造") | unplanned), "household_no"),
        "CV06": _key(
            a.filter(C.method != "无需改造", C.started_on.dt.offset_by(f"{p['housing.complete_within_months']}mo") < D),
            "household_no",
        ),
        "CV07": _key(t.households.join(t.assessments, on="household_no", how="anti"), "household_no"),
        "CV08": _key(
            t.rows["housing_renovations"].filter(
                C.acceptance == "合格",
                C.paid < C.subsidy,
                C.completed_on.dt.offset_by(f"{p['housing.pay_within_months']}mo") < D,
            ),
            "case_no",
        ),
        "CV09": _key(flagged.filter(total >= p["signals_needed"]), "certificate_no"),
    }


def _exits_and_duplicates(b: BenchCounty, t: Terms) -> dict[str, Frame]:
    p = b.policy
    line, before = p["poverty_line"], p.value("poverty_line", D.replace(year=D.year - 1, month=12, day=31))
    dangerous = t.assessments.filter(t.dangerous).select("household_no", bad=pl.lit(True))
    marked = t.exited.join(dangerous, on="household_no", how="left")
    ed = t.rows["education_subsidies"].filter(C.payment_status == "成功", C.person_id.is_not_null())
    paid = t.rows["housing_renovations"].filter(C.paid > 0, C.head_id.is_not_null(), C.plan_year.is_not_null())
    gap = C.plan_year - C.plan_year.shift(1).over("head_id")
    several = C.len > 1
    low = t.on_roll.filter(C.programme.str.ends_with("低保"))
    return {
        "EX01": _key(t.exited.filter((C.income_current < line) | (C.income_previous < before)), "household_no"),
        "EX02": _key(marked.filter(C.housing_safe.not_() | C.bad.fill_null(False)), "household_no"),
        "EX03": _key(t.exited.join(t.truants, on="household_no", how="semi"), "household_no"),
        "EX04": _key(t.exited.join(t.uninsured, on="household_no", how="semi"), "household_no"),
        "DU01": _key(t.registered.group_by("person_id").len().filter(several), "person_id"),
        "DU02": _key(
            low.group_by("person_id").agg(len=C.certificate_no.n_unique()).filter(several), "person_id"
        ),
        "DU03": _key(t.enrolled.group_by("person_id").agg(len=C.scheme.n_unique()).filter(several), "person_id"),
        "DU04": _key(
            ed.group_by("person_id", "school_year", "term", "item").len().filter(several),
            "person_id", "school_year", "term", "item",
        ),
        "DU05": _key(
            paid.sort("head_id", "plan_year", "case_no").filter(gap < p["housing.repeat_years"]), "head_id"
        ),
    }  # fmt: skip


def _payments(b: BenchCounty, t: Terms) -> dict[str, Frame]:
    p, c = b.policy, b.days
    ended = t.rows["low_income_households"].filter(C.status == "停保", C.end_date.is_not_null())
    ends = ended.select("certificate_no", end=C.end_date.dt.strftime("%Y-%m"))
    settled = [m.name for m in c.settled_months]
    months = pl.LazyFrame({"month": settled, "first": [m.first_day for m in c.settled_months]})
    due = t.assistance.filter(C.monthly_benefit > 0).select("certificate_no", "start_date").join(months, how="cross")
    unpaid = due.filter(C.start_date <= C.first).join(t.paid, on=["certificate_no", "month"], how="anti")
    first_day = c.newest_settled_month.first_day
    sums = t.newest.group_by("certificate_no").agg(total=C.amount.sum())
    paid = t.assistance.filter(C.start_date <= first_day).join(sums, on="certificate_no")
    returned = t.rows["low_income_payments"].filter(C.payment_status == "退回", C.month.is_in(settled))
    only = (
        t.rows["low_income_members"]
        .filter("covered")
        .group_by("certificate_no")
        .agg(pl.len(), person_id=C.person_id.max())
        .filter(C.len == 1)
    )
    dead = t.dead.select("person_id", month_of_death=C.died_on.dt.strftime("%Y-%m"))
    to_dead = t.paid.join(dead, left_on="payee_id", right_on="person_id")
    to_only = t.paid.join(only.join(dead, on="person_id"), on="certificate_no")
    late = pl.concat([x.select("certificate_no", "month", "month_of_death") for x in (to_dead, to_only)])
    return {
        "PY01": _key(t.paid.join(ends, on="certificate_no").filter(C.month > C.end), "certificate_no"),
        "PY02": _key(unpaid, "certificate_no"),
        "PY03": _key(
            paid.filter((C.total - C.monthly_benefit).abs() > p["benefit_tolerance"]), "certificate_no"
        ),
        "PY04": _key(returned.join(t.paid, on=["certificate_no", "month"], how="anti"), "certificate_no", "month"),
        "PY05": _key(
            t.newest.filter(C.payee_id.is_not_null()).join(
                t.numbered, left_on=["certificate_no", "payee_id"], right_on=["certificate_no", "person_id"], how="anti"
            ),
            "certificate_no",
        ),
        "PY06": _key(late.filter(C.month > C.month_of_death), "certificate_no"),
    }  # fmt: skip


def _identity(t: Terms) -> dict[str, Frame]:
    invalid, names = [], []
    for feed in CORE_FEEDS:
        for column in feed.identity_columns:
            labels = [C(name).cast(pl.String).fill_null("") for name in feed.label_columns]
            rows = t.rows[feed.name]
            invalid.append(_key(rows.filter(C(column).is_null()), pl.lit(f"{feed.name}|{column}"), *labels))
            given = rows.filter(C(column).is_not_null())
            names.append(given.select(person_id=C(column), name=C(feed.name_beside(column))).unique())
    keyed = pl.concat(names).with_columns(C.name.str.replace_all("[·•‧・･.\\s　]", ""))
    several = keyed.group_by("person_id").agg(n=C.name.n_unique()).filter(C.n > 1)
    rm, lm = t.rows["register_members"], t.rows["low_income_members"]
    people = pl.concat([rm.select("person_id"), lm.select("person_id")])
    numbered = rm.filter(C.person_id.is_not_null())
    odd = C.person_id.str.slice(16, 1).cast(pl.Int32) % 2 == 1
    sex = pl.when(odd).then(pl.lit("男")).otherwise(pl.lit("女"))
    born = C.birth_date.dt.strftime("%Y%m%d")
    return {
        "ID01": pl.concat(invalid).unique(),
        "ID02": _key(several.join(people, on="person_id", how="semi"), "person_id"),
        "ID03": _key(numbered.filter((born != C.person_id.str.slice(6, 8)) | (C.sex != sex)), "member_no"),
        "ID05": _key(t.dead.filter(C.died_on <= D).join(t.on_roll, on="person_id", how="semi"), "person_id"),
    }


def find(b: BenchCounty) -> dict[str, set[str]]:
    """Subject keys by rule."""
    frames = queries(b)
    collected = pl.collect_all(list(frames.values()), engine="streaming")
    return {rule: set(frame["key"].to_list()) for rule, frame in zip(frames, collected, strict=True)}
