"""ID: identity numbers and what they say, against each other and against the books."""

from functools import partial

import ibis
from ibis import _
from ibis.expr.types import StringValue, Table

from expectations.departments import Department
from expectations.feed import Feed, Personal, problem_column
from expectations.feeds import CORE_FEEDS
from expectations.identity import IdentityProblem
from expectations.masks import Audience, mask_of, masked_name
from expectations.rule import MEMBER, PERSON, ROW, Evidence, Family, Reading, Severity, Visit, rule
from expectations.rules.evidence import ON_ROLL_IN_FORCE, PERSON_ON_ROLL, REGISTERED_PERSON
from expectations.rules.needs import LM, LOW_INCOME, REGISTER, RM
from expectations.rules.papers import IDENTITY
from expectations.terms import County, listed, name_key
from expectations.values import Values

FAMILY = Family("ID", 6, "身份与一致性", "identity and consistency")
BASIS_IDENTITY = "GB 11643 公民身份号码；建档立卡数据质量要求"


def _row_key(feed: Feed, column: str, row: Table, mask: bool) -> StringValue:
    """``feed|column|label columns``, masked where asked."""
    key: StringValue = ibis.literal(f"{feed.name}|{column}")
    for name in feed.label_columns:
        value = row[name].cast("string")
        shown = mask_of(feed.name, name, Audience.RECIPIENT).ibis(value) if mask else value
        key = key + "|" + shown.fill_null("")
    return key


def _rows_with_problem(feed: Feed, column: str, c: County) -> Table:
    rows = c.rows[feed.name]
    wrong = rows.filter(rows[column].isnull())
    return wrong.mutate(
        row_key=_row_key(feed, column, wrong, mask=False), row_key_masked=_row_key(feed, column, wrong, mask=True)
    )


def _rows_by_person(feed: Feed, column: str, c: County) -> Table:
    rows = c.rows[feed.name]
    return rows.mutate(person_id=rows[column])


def _problem_label(problem: StringValue) -> StringValue:
    return ibis.cases(*((problem == p.value, p.label) for p in IdentityProblem), else_=problem)


_IDENTITY_COLUMNS = tuple((feed, column) for feed in CORE_FEEDS for column in feed.identity_columns)


@rule(
    "ID01",
    "证件号码无效",
    "invalid identity number",
    owner=None,
    severity=Severity.LOW,
    subject=ROW,
    needs=tuple(feed.name for feed in CORE_FEEDS),
    sentence="报送数据中的证件号码未填写、位数或字符不对、日期不存在、校验码不符，或已被表格软件破坏。",
    expected="填写有效的18位证件号码",
    actual="{reason}",
    explanation="{feed_title}中{name}的{column_title}无效：{reason}。没有有效号码，无法与其他部门核对。",
    facts={"row_key": Personal.IDENTITY_NUMBER, "reason": None, "feed_title": None, "column_title": None},
    clears_when="责任部门核对证件后更正号码，随下一次数据报送。",
    basis=BASIS_IDENTITY,
    visit=Visit("核对证件号码，逐位抄下来。", IDENTITY),
    evidence=tuple(
        Evidence(
            feed.name,
            ("row_key",),
            tuple(dict.fromkeys((feed.name_beside(column), problem_column(column)))),
            partial(_rows_with_problem, feed, column),
        )
        for feed, column in _IDENTITY_COLUMNS
    ),
    over_what_is_there=True,
    rests_on_rows=True,
)
def identity_number_is_valid(c: County, p: Values) -> Table:
    """Rows of every feed that is there whose identity number is null, one finding a key."""
    parts = []
    for feed, column in _IDENTITY_COLUMNS:
        if not c.has(feed.name):
            continue
        rows = _rows_with_problem(feed, column, c)
        nulls = {
            name: rows[name].cast("string") if name in rows.columns else ibis.literal(None, type="string")
            for name in ("household_no", "certificate_no", "case_no", "village_code", "student_no", "school")
        }
        parts.append(
            rows.select(
                "row_key",
                "row_key_masked",
                **nulls,
                name=rows[feed.name_beside(column)],
                reason=_problem_label(rows[problem_column(column)].fill_null(IdentityProblem.BLANK.value)),
                feed_title=ibis.literal(feed.title),
                column_title=ibis.literal(feed[column].title),
                owner=ibis.literal(feed.sender.value),
            )
        )
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    others = [name for name in rows.columns if name not in ("row_key", "reason")]
    reasons = listed(rows, "row_key", "reason", "reason")
    firsts = rows.group_by("row_key").agg(**{name: rows[name].min() for name in others})
    return firsts.inner_join(reasons, "row_key")


def _names(c: County) -> Table:
    """(person_id, name) in the current rows of all feeds that are there, repeats and all."""
    parts = []
    for feed, column in _IDENTITY_COLUMNS:
        if c.has(feed.name):
            rows = c.rows[feed.name]
            given = rows.filter(rows[column].notnull())
            parts.append(given.select(person_id=given[column], name=given[feed.name_beside(column)]))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


@rule(
    "ID02",
    "同证异名",
    "one number, several names",
    owner=Department.REGISTER,
    severity=Severity.MEDIUM,
    subject=PERSON,
    needs=tuple(feed.name for feed in CORE_FEEDS),
    sentence="建档立卡或低保（特困）名册中的人，同一证件号码在各部门数据中有两个以上不同的姓名（不计空格和间隔点）。",
    expected="同一证件号码对应同一姓名",
    actual="出现的姓名：{names}",
    explanation="同一证件号码在各部门数据中对应不同的姓名：{names}，可能是姓名写错，也可能是号码用错了人。",
    facts={"names": Personal.NAME},
    clears_when="各部门核对户口簿或身份证，更正姓名或号码。",
    basis=BASIS_IDENTITY,
    visit=Visit("核对姓名和证件号码，看有没有改过名、有没有写错字。", IDENTITY),
    evidence=tuple(
        Evidence(
            feed.name,
            ("person_id",),
            (feed.name_beside(column), column),
            partial(_rows_by_person, feed, column),
        )
        for feed, column in _IDENTITY_COLUMNS
    ),
    over_what_is_there=True,
    rests_on_rows=True,
)
def number_has_one_name(c: County, p: Values) -> Table:
    """Persons of the register or the assistance books with two or more names."""
    books = [c.rows[feed] for feed in (RM, LM) if c.has(feed)]
    if not books:
        nobody = _names(c).filter(ibis.literal(False))
        return nobody.mutate(names=nobody.name, names_masked=nobody.name)
    rows = [book.filter(book.person_id.notnull()).select("person_id", "name") for book in books]
    listed_people = ibis.union(*rows) if len(rows) > 1 else rows[0]
    one_name = listed_people.group_by("person_id").agg(one_name=_.name.min())
    named = _names(c).inner_join(one_name, "person_id")
    # cleaning every name would cost more than all the rest: whoever is written alike everywhere has one name
    differs = (named.name != named.one_name) | named.one_name.isnull()
    written_otherwise = named.filter(differs).select("person_id").distinct()
    doubtful = _names(c).semi_join(written_otherwise, "person_id").distinct()
    keyed = doubtful.mutate(name_key=name_key(doubtful.name))
    keys = keyed.group_by("person_id").agg(first=_.name_key.min(), last=_.name_key.max())
    several = keyed.semi_join(keys.filter(keys["first"] != keys["last"]), "person_id")
    shown = several.mutate(names=several.name, names_masked=masked_name(several.name))
    names = listed(shown, "person_id", "names", "names")
    hidden = listed(shown, "person_id", "names_masked", "names_masked")
    first = several.group_by("person_id").agg(name=_.name.min())
    return first.inner_join(names, "person_id").inner_join(hidden, "person_id")


@rule(
    "ID03",
    "证件与登记信息不符",
    "number contradicts birth date or sex",
    owner=Department.REGISTER,
    severity=Severity.LOW,
    subject=MEMBER,
    needs=REGISTER,
    sentence="建档立卡人口登记的出生日期或性别与证件号码不符。",
    expected="证件号码：出生日期{born}，性别{sex_of_number}",
    actual="登记：出生日期{birth_date}，性别{sex}",
    explanation="建档立卡人员{name}（人编号{member_no}）登记的出生日期{birth_date}、性别{sex}，"
    "与证件号码中的出生日期{born}、性别{sex_of_number}不符。",
    facts={"born": Personal.BIRTH_DATE, "sex_of_number": None},
    clears_when="扶贫部门核对证件后更正出生日期、性别或证件号码。",
    basis=BASIS_IDENTITY,
    visit=Visit("核对出生日期、性别和证件号码。", IDENTITY),
    evidence=(Evidence(RM, ("member_no",), ("name", "person_id", "birth_date", "sex")),),
    reads=(Reading(RM, "birth_date"), Reading(RM, "sex")),
    rests_on_rows=True,
)
def number_agrees_with_the_register(c: County, p: Values) -> Table:
    """Register rows whose birth date or sex differs from the identity number."""
    rows = c.rows[RM].filter(_.person_id.notnull())
    digits = rows.person_id.substr(6, 8)
    read = rows.mutate(
        born=digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6, 2),
        sex_of_number=ibis.ifelse(rows.person_id.substr(16, 1).cast("int32") % 2 == 1, "男", "女"),
    )
    differs = (read.birth_date.notnull() & (read.birth_date.cast("string") != read.born)) | (
        read.sex.notnull() & (read.sex != read.sex_of_number)
    )
    return read.filter(differs)


@rule(
    "ID05",
    "死亡仍在保",
    "dead, still on the roll",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.HIGH,
    subject=PERSON,
    needs=(*REGISTER, *LOW_INCOME),
    sentence="建档立卡登记为死亡（日期不晚于建档立卡和低保数据的截止日）、未在别户登记的人，仍在低保或特困名册中在保。",
    expected="死亡后停保或移出",
    actual="死亡日期{died_on}，仍在{certificates}下在保",
    explanation="{name}在建档立卡中登记于{died_on}死亡，但仍在{certificates}下在保。",
    facts={"died_on": None, "certificates": None},
    clears_when="民政部门停保或移出该成员，或扶贫部门更正人员状态。",
    basis="最低生活保障动态管理（应退尽退）",
    visit=Visit("这个人是否在世；去世的，是哪一天。", ("户口簿", "死亡证明或注销户口证明")),
    evidence=(REGISTERED_PERSON, *PERSON_ON_ROLL),
    reads=(ON_ROLL_IN_FORCE, Reading(RM, "status_date")),
    missing_in=REGISTER,
)
def the_dead_leave_the_roll(c: County, p: Values) -> Table:
    """Dead persons, registered nowhere, who are on the roll."""
    dated = c.beside(c.rows[RM], "register_day", "low_income_day")
    rows = dated.filter(
        dated.person_status == "死亡",
        dated.person_id.notnull(),
        dated.status_date <= dated.register_day,
        dated.status_date <= dated.low_income_day,
    )
    dead = c.dead.select("person_id", "died_on", "name").semi_join(rows, "person_id")
    labelled = c.on_roll.mutate(label=c.on_roll.programme + "证" + c.on_roll.certificate_no)
    lists = listed(labelled, "person_id", "label", "certificates")
    first = c.on_roll.group_by("person_id").agg(certificate_no=_.certificate_no.min())
    return dead.inner_join(lists, "person_id").inner_join(first, "person_id")


def _left_and_not_come_back(c: County) -> Table:
    """(person_id, household_no, name, person_status, status_date): who left a household by both books' days.

    Whoever is registered anywhere, or stands anywhere as dead, did not leave.
    """
    rows = c.beside(c.rows[RM], "register_day", "low_income_day")
    left = rows.filter(
        rows.person_status.isin(("迁出", "婚嫁")),
        rows.person_id.notnull(),
        rows.status_date <= rows.register_day,
        rows.status_date <= rows.low_income_day,
    )
    dead = rows.filter(rows.person_status == "死亡", rows.person_id.notnull()).select("person_id").distinct()
    gone = left.anti_join(c.registered, "person_id").anti_join(dead, "person_id")
    return gone.select("person_id", "household_no", "name", "person_status", "status_date")


def _covered_with_who_stayed(c: County) -> Table:
    """(person_id, certificate_no, left_household): who left, on the roll with somebody registered where he left."""
    left = _left_and_not_come_back(c).select("person_id", left_household="household_no").distinct()
    under = left.inner_join(c.on_roll.select("person_id", "certificate_no"), "person_id")
    others = c.registered_on_roll.select(
        "certificate_no", left_household="household_no", other=c.registered_on_roll.person_id
    ).distinct()
    met = under.inner_join(others, ["certificate_no", "left_household"])
    return met.filter(met.other != met.person_id).select("person_id", "certificate_no", "left_household").distinct()


def _covered_beside(c: County) -> Table:
    return c.rows[LM].filter(_.covered).semi_join(_covered_with_who_stayed(c), "certificate_no")


@rule(
    "ID06",
    "迁出、婚嫁仍在保",
    "moved or married away, still on the roll",
    owner=Department.CIVIL_AFFAIRS,
    severity=Severity.MEDIUM,
    subject=PERSON,
    needs=(*REGISTER, *LOW_INCOME),
    sentence="建档立卡登记为迁出或婚嫁（日期不晚于建档立卡和低保数据的截止日）、未在别户登记也未登记死亡的人，"
    "仍与原户的登记人员在同一低保或特困证下在保。",
    expected="迁出或婚嫁后核实是否仍共同生活，不共同生活的移出原证",
    actual="{person_status}日期{status_date}，仍与原户{left_household}成员同在{certificates}下在保",
    explanation="{name}在建档立卡原户{left_household}中登记于{status_date}{person_status}，"
    "但仍与该户成员同在{certificates}下在保。",
    facts={"left_household": None, "certificates": None},
    clears_when="民政部门核实后移出该成员，或扶贫部门更正人员状态。",
    basis="最低生活保障动态管理（应退尽退）",
    visit=Visit("这个人现在住在哪里，还和家里一起生活吗；什么时候迁出或结婚的。", ("户口簿", "结婚证")),
    evidence=(
        REGISTERED_PERSON,
        *PERSON_ON_ROLL,
        Evidence(LM, ("certificate_no",), ("name", "person_id", "covered"), _covered_beside),
    ),
    reads=(ON_ROLL_IN_FORCE, Reading(RM, "status_date")),
    missing_in=REGISTER,
)
def whoever_left_leaves_the_certificate(c: County, p: Values) -> Table:
    """Persons who moved or married away, registered nowhere, on the roll beside people of the household they left."""
    under = _covered_with_who_stayed(c)
    certificates = under.inner_join(
        c.on_roll.select("person_id", "certificate_no", "programme"), ["person_id", "certificate_no"]
    )
    labelled = certificates.mutate(label=certificates.programme + "证" + certificates.certificate_no)
    lists = listed(labelled, "person_id", "label", "certificates")
    first = under.group_by("person_id").agg(certificate_no=_.certificate_no.min())
    left = _left_and_not_come_back(c).rename(left_household="household_no")
    met = left.semi_join(under, ["person_id", "left_household"])
    ordered = met.mutate(
        _order=ibis.row_number().over(
            group_by="person_id", order_by=[met.status_date, met.left_household, met.person_status, met.name]
        )
    )
    one = ordered.filter(ordered._order == 0).select(
        "person_id", "left_household", "name", "person_status", "status_date"
    )
    return one.inner_join(lists, "person_id").inner_join(first, "person_id")


RULES = (
    identity_number_is_valid,
    number_has_one_name,
    number_agrees_with_the_register,
    the_dead_leave_the_roll,
    whoever_left_leaves_the_certificate,
)
