"""八个搞清楚: the eight questions that a county must be able to answer of each family, and what the books answer.

What is known and what is not stand side by side: a question that no book answers says so, and so does one whose book
was not there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from expectations.feeds import FEEDS_BY_NAME
from expectations.masks import Audience, mask_of
from pipelines.house.language import say
from pipelines.reading_out.cards.benefits import Strip
from pipelines.reading_out.cards.cells import Row, yuan
from pipelines.reading_out.cards.gathering import NORMAL, Family
from pipelines.reading_out.cards.known import Known, Place
from pipelines.reading_out.cards.plans import Reached, planned_lines, reached_lines
from pipelines.reading_out.cards.standing import Standing

_NO_WORK: Final = ("丧失劳动力", "无劳动力")


@dataclass(frozen=True)
class Question:
    """One of the eight: what it asks, what the books know and what they do not."""

    title: str
    known: Sequence[str]
    unknown: Sequence[str]


@dataclass(frozen=True)
class Asked:
    """What the questions are asked of."""

    family: Family
    place: Place
    strips: Sequence[Strip]
    standing: Sequence[Standing]
    plans: list[Row]
    reached: Reached
    known: Known
    audience: Audience

    def rows(self, feed: str) -> Sequence[Row]:
        """Rows of a book."""
        return self.family.rows[feed]

    @property
    def members(self) -> list[Row]:
        """Registered members."""
        return [row for row in self.rows("register_members") if row["person_status"] == NORMAL]

    def moved_in(self, relocation: Row) -> date | None:
        """Since when a family lives where it was moved to, by the day of the book."""
        day, moved = self.known.as_of("relocations"), relocation["moved_in_on"]
        return moved if day is not None and moved is not None and moved <= day else None

    def name(self, feed: str, column: str, value: str | None) -> str:
        """A name as the audience may read it."""
        return mask_of(feed, column, self.audience).python(value) or ""


@dataclass
class _Said:
    known: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def lacks(self, asked: Asked, *feeds: str) -> None:
        """Name the books that were not there."""
        self.unknown += [lack for feed in feeds if (lack := asked.known.lacking(feed))]


def ask(asked: Asked) -> list[Question]:
    """The eight questions, in their order."""
    return [Question(title, told.known, told.unknown) for title, told in _all(asked)]


def _all(asked: Asked) -> Iterable[tuple[str, _Said]]:
    yield say("家住哪里", "where they live"), _where(asked)
    yield say("家里有谁", "who they are"), _who(asked)
    yield say("为什么贫困", "why they are poor"), _why(asked)
    yield say("谁来帮", "who helps"), _helper(asked)
    yield say("用什么措施帮", "with what measure"), _measures(asked)
    yield say("钱从哪里来", "from which money"), _money(asked)
    yield say("什么时候办完", "by when"), _by_when(asked)
    yield say("进展到哪一步", "how far along"), _how_far(asked)


def _where(asked: Asked) -> _Said:
    said, place = _Said(), asked.place
    if place.village_code:
        said.known.append(say(f"{place.told}（{place.village_code}）", f"{place.told} ({place.village_code})"))
    else:
        said.unknown.append(say("村：各账都没有写明", "the village: no book says"))
    for row in asked.rows("relocations"):
        if moved := asked.moved_in(row):
            zh = f"易地搬迁（{row['resettlement']}），{moved}入住"
            said.known.append(say(zh, f"moved ({row['resettlement']}), in since {moved}"))
    if not asked.rows("housing_renovations") and asked.known.has("housing_renovations"):
        zh, en = "住房鉴定：危房改造账中没有这家的档案", "the house: no case in the housing book"
        said.unknown.append(asked.known.absent("housing_renovations", zh, en))
    said.lacks(asked, "housing_renovations")
    said.unknown.append(say("村民小组、门牌：没有哪本账登记", "hamlet and door: no book has them"))
    return said


def _who(asked: Asked) -> _Said:
    said, members, every = _Said(), asked.members, asked.rows("register_members")
    if members:
        names = "、".join(asked.name("register_members", "name", row["name"]) for row in members)
        said.known.append(say(f"建档立卡在册{len(members)}人：{names}", f"{len(members)} registered: {names}"))
    gone = Counter(row["person_status"] for row in every if row["person_status"] != NORMAL)
    if gone:
        told = "、".join(f"{status}{count}人" for status, count in sorted(gone.items()))
        said.known.append(say(f"登记已变动：{told}", f"no longer there: {told}"))
    for certificate in asked.rows("low_income_households"):
        number = certificate["certificate_no"]
        own = [row for row in asked.rows("low_income_members") if row["certificate_no"] == number]
        covered = sum(bool(row["covered"]) for row in own)
        zh = f"{certificate['programme']}证{number}：{len(own)}人，其中保障对象{covered}人"
        said.known.append(say(zh, f"certificate {number}: {len(own)} persons, {covered} of them covered"))
    if not every and asked.known.has("register_members"):
        zh, en = "建档立卡册中没有查到这家", "no row of the family in the register"
        said.unknown.append(asked.known.absent("register_members", zh, en))
    if lost := sum(row["person_id"] is None for row in (*members, *asked.rows("low_income_members"))):
        zh = f"{lost}条人员记录没有有效证件号码，其他账无法对上"
        said.unknown.append(say(zh, f"{lost} rows of people have no valid number; other books cannot be asked"))
    said.lacks(asked, "register_members", "low_income_members")
    said.unknown.append(say("外出务工、是否常住：没有哪本账登记", "who works elsewhere: no book says"))
    return said


def _why(asked: Asked) -> _Said:
    said, members = _Said(), asked.members
    for row in asked.rows("register_households"):
        said.known.append(say(f"主要致贫原因：{row['cause']}", f"main cause: {row['cause']}"))
    ill = [row for row in members if row["health"] not in (None, "健康")]
    if ill:
        told = "、".join(f"{asked.name('register_members', 'name', r['name'])}（{r['health']}）" for r in ill)
        said.known.append(say(f"健康状况：{told}", f"health: {told}"))
    if idle := sum(row["labour"] in _NO_WORK for row in members):
        said.known.append(say(f"丧失或没有劳动能力{idle}人", f"{idle} cannot work"))
    if not asked.rows("register_households") and asked.known.has("register_households"):
        said.unknown.append(say("致贫原因：只有建档立卡册登记，册中没有查到", "the cause: only the register has one"))
    if blank := sum(row["health"] is None for row in members):
        said.unknown.append(say(f"健康状况：{blank}人未填", f"health: blank for {blank}"))
    if blank := sum(row["labour"] is None for row in members):
        said.unknown.append(say(f"劳动能力：{blank}人未填", f"ability to work: blank for {blank}"))
    said.lacks(asked, "register_households")
    return said


def _helper(asked: Asked) -> _Said:
    said = _Said()
    for row in asked.rows("register_households"):
        if row["helper_name"]:
            name = asked.name("register_households", "helper_name", row["helper_name"])
            said.known.append(say(f"帮扶责任人：{name}", f"helper: {name}"))
        else:
            said.unknown.append(say("帮扶责任人：建档立卡册中未填", "the helper: blank in the register"))
    if not asked.rows("register_households") and asked.known.has("register_households"):
        said.unknown.append(
            say("帮扶责任人：只有建档立卡册登记，册中没有查到", "the helper: only the register has one")
        )
    said.lacks(asked, "register_households")
    said.unknown.append(
        say("帮扶责任人的单位、电话：没有哪本账登记", "the helper's office and telephone: no book has them")
    )
    return said


def _measures(asked: Asked) -> _Said:
    said = _Said()
    for row in asked.rows("low_income_households"):
        said.known.append(f"{row['programme']}（{row['status']}，{row['benefit_method']}）")
    if paid := _newest(asked.rows("insurance_enrolments"), "year", lambda row: row["subsidy_amount"] > 0):
        classes = "、".join(sorted({row["subsidy_class"] for row in paid}))
        zh = f"{paid[0]['year']}年资助参保{len(paid)}人（{classes}）"
        said.known.append(say(zh, f"insurance premiums of {paid[0]['year']} subsidised for {len(paid)} ({classes})"))
    if items := sorted({row["item"] for row in _newest_terms(asked)}):
        said.known.append(say(f"教育资助：{'、'.join(items)}", f"education: {'、'.join(items)}"))
    for row in asked.rows("housing_renovations"):
        said.known.append(
            say(f"危房改造：{row['grade']}级，{row['method']}", f"housing: {row['grade']}, {row['method']}")
        )
    for row in asked.rows("relocations"):
        said.known.append(say(f"易地搬迁：{row['resettlement']}", f"relocation: {row['resettlement']}"))
    if not said.known:
        said.unknown.append(say("各账中没有查到这家享受的措施", "no book has a measure for this family"))
    books = (
        "low_income_households",
        "insurance_enrolments",
        "education_subsidies",
        "housing_renovations",
        "relocations",
    )
    said.lacks(asked, *books)
    said.unknown.append(say("产业、就业等帮扶措施：没有哪本账登记", "work and business: no book has such measures"))
    return said


def _money(asked: Asked) -> _Said:
    said, offices = _Said(), asked.known.sender
    for strip in asked.strips:
        office = offices(FEEDS_BY_NAME["low_income_payments"])
        first, last = strip.months[0].month, strip.months[-1].month
        zh = f"{office}：证{strip.certificate_no}救助金{first}至{last}发放成功{yuan(strip.paid)}"
        said.known.append(say(zh, f"{office}: {yuan(strip.paid)} under {strip.certificate_no}, {first} to {last}"))
    if paid := _newest(asked.rows("insurance_enrolments"), "year", lambda row: row["subsidy_amount"] > 0):
        office, amount = offices(FEEDS_BY_NAME["insurance_enrolments"]), yuan(_total(paid, "subsidy_amount"))
        year = paid[0]["year"]
        said.known.append(say(f"{office}：{year}年资助参保{amount}", f"{office}: {amount} of premiums in {year}"))
    if rows := [row for row in _newest_terms(asked) if row["payment_status"] == "成功"]:
        office, amount = offices(FEEDS_BY_NAME["education_subsidies"]), yuan(_total(rows, "amount"))
        year = rows[0]["school_year"]
        said.known.append(
            say(f"{office}：{year}学年教育资助{amount}", f"{office}: {amount} for the school year {year}")
        )
    for row in asked.rows("housing_renovations"):
        if row["subsidy"] or row["paid"]:
            office, due, paid_out = (
                offices(FEEDS_BY_NAME["housing_renovations"]),
                yuan(row["subsidy"]),
                yuan(row["paid"]),
            )
            zh = f"{office}：档案{row['case_no']}补助{due}，已拨付{paid_out}"
            said.known.append(say(zh, f"{office}: {due} for case {row['case_no']}, {paid_out} paid out"))
    said.lacks(asked, "low_income_payments", "insurance_enrolments", "education_subsidies", "housing_renovations")
    said.unknown.append(
        say("资金来自哪一级、哪个文件：没有哪本账登记", "which level and document the money is from: no book says")
    )
    return said


def _by_when(asked: Asked) -> _Said:
    said = _Said()
    for row in asked.rows("register_households"):
        if row["exit_year"]:
            said.known.append(say(f"已于{row['exit_year']}年脱贫", f"exited in {row['exit_year']}"))
    if not said.known:
        said.unknown.append(say("这户计划哪年脱贫：没有哪本账登记", "the year planned for the exit: no book has one"))
    for feed, zh, en in (("housing_renovations", "危房改造", "housing"), ("relocations", "易地搬迁", "relocation")):
        for row in asked.rows(feed):
            if row["plan_year"]:
                said.known.append(say(f"{zh}列入{row['plan_year']}年计划", f"{en}: planned for {row['plan_year']}"))
            elif row.get("method") != "无需改造":
                said.unknown.append(say(f"{zh}：计划年度未填", f"{en}: no year of plan is given"))
    if due := min((one.due_on for one in asked.standing if one.due_on), default=""):
        said.known.append(say(f"未办结的问题最早{due}到期", f"open findings are due from {due} on"))
    said.known += planned_lines(asked.plans)
    said.lacks(asked, "work_plans")
    return said


def _how_far(asked: Asked) -> _Said:
    said = _Said()
    for row in asked.rows("register_households"):
        year = f"（{row['exit_year']}）" if row["exit_year"] else ""
        said.known.append(say(f"脱贫属性：{row['poverty_status']}{year}", f"status: {row['poverty_status']}{year}"))
    for row in asked.rows("housing_renovations"):
        days = ((row["started_on"], "开工", "started"), (row["completed_on"], "竣工", "completed"))
        zh = "，".join([*(f"{day}{what}" for day, what, _ in days if day), row["acceptance"]])
        en = ", ".join([*(f"{what} {day}" for day, _, what in days if day), row["acceptance"]])
        said.known.append(say(f"危房改造{row['case_no']}：{zh}", f"case {row['case_no']}: {en}"))
    for row in asked.rows("relocations"):
        number, moved = row["relocation_no"], asked.moved_in(row)
        zh, en = (f"{moved}入住", f"in since {moved}") if moved else ("未入住", "not moved in")
        said.known.append(say(f"易地搬迁{number}：{zh}", f"relocation {number}: {en}"))
    reached, unsaid = reached_lines(asked.plans, asked.reached)
    said.known += reached
    said.unknown += unsaid
    leads = sum(one.is_lead for one in asked.standing)
    count = len(asked.standing) - leads
    zh = f"未办结问题{count}条" + (f"，另有线索{leads}条" if leads else "")
    said.known.append(say(zh, f"{count} open findings" + (f", and {leads} leads" if leads else "")))
    said.lacks(asked, "register_households")
    said.unknown.append(
        say("帮扶措施的实际成效：没有哪本账登记，须入户了解", "what the help has come to: no book says; ask at home")
    )
    return said


def _newest_terms(asked: Asked) -> list[Row]:
    return _newest(asked.rows("education_subsidies"), "school_year", lambda row: True)


def _newest(rows: Sequence[Row], column: str, fits: Callable[[Row], bool]) -> list[Row]:
    """The rows that fit, of the greatest value of a column among them."""
    fitting = [row for row in rows if fits(row)]
    newest = max((row[column] for row in fitting), default=None)
    return [row for row in fitting if row[column] == newest]


def _total(rows: Sequence[Row], column: str) -> Decimal:
    return sum((row[column] for row in rows), Decimal(0))
