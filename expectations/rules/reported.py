"""AG: totals that were reported upwards, against the rows behind them and against themselves."""

from collections.abc import Mapping
from typing import Final

import ibis
from ibis import _
from ibis.expr.types import BooleanValue, StringValue, Table

from expectations.codes import CAUSE, HOUSEHOLD_TYPE, POVERTY_STATUS, CodeList
from expectations.departments import OF_A_PLACE, Department
from expectations.policies import DEPARTMENTS
from expectations.rule import TOTAL, TOTALS, Comparison, Counted, Doubt, Evidence, Family, Period, Severity, rule
from expectations.rules.needs import HO, LH, LM, REGISTER, RH, RT
from expectations.terms import ASSISTANCE_PROGRAMMES, MONITORED, REGISTERED, RENOVATED, County
from expectations.values import Values

FAMILY = Family("AG", 11, "上报汇总", "reported totals")
BASIS_TOTALS = "《中华人民共和国统计法》：统计资料应当真实、准确、完整"

TOTAL_ITEM: Final = "合计"
BELOW: Final = "下级区划"
FLOW: Final = "流量"
_OPENING, _CLOSING = "期初", "期末"
_ADDED, _TAKEN = ("新识别", "返贫", "增加人口"), ("脱贫", "清退", "减少人口")
FLOW_ITEMS: Final = (_OPENING, *_ADDED, *_TAKEN, _CLOSING)

DIVIDED: Final[Mapping[str, tuple[str, CodeList]]] = {
    "脱贫属性": ("poverty_status", POVERTY_STATUS),
    "户类型": ("household_type", HOUSEHOLD_TYPE),
    "致贫原因": ("cause", CAUSE),
}
"""What the register is divided by: the column of a household, and the list that items are read by."""

_BOOKS: Final = {"register_day": "建档立卡", "low_income_day": "低保（特困）", "housing_day": "农村危房改造"}
"""What each book's day is beside rows, and what the book is called."""

_NAMES_OF_OFFICES: Final = tuple(f"{DEPARTMENTS}.{office.value}" for office in Department)


def reporters_office(reporter: StringValue, p: Values) -> StringValue:
    """The office that a reporter is, by title or short form, the county's name before it or not; else the county's."""
    names: dict[str, str] = {}
    for office in Department:
        for name in p.get(f"{DEPARTMENTS}.{office.value}", office.names):
            names.setdefault(name, office.value)
    of_a_place = reporter.re_replace(OF_A_PLACE, "")
    found = [name.cases(*names.items(), else_=ibis.null("string")) for name in (reporter, of_a_place)]
    return ibis.coalesce(*found, ibis.literal(Department.COUNTY_OFFICE.value))


def _refused_keys(key: tuple[str, ...], c: County) -> Table:
    """The keys of rows that are there and with which a refused row agrees in all of ``key`` that can be read of it."""
    rows = c.rows[RT].select(*key).distinct()
    if RT not in c.refused:
        return rows.filter(ibis.literal(False))
    refused = c.refused[RT]
    spoilt = "," + refused["_unreadable"].fill_null("") + ","
    read = {f"_{name}": ibis.ifelse(spoilt.contains(f",{name},"), ibis.null("string"), refused[name]) for name in key}
    told = refused.select(**read).distinct()
    agree = [told[f"_{name}"].isnull() | (rows[name] == told[f"_{name}"]) for name in key]
    return rows.inner_join(told, agree).select(*key).distinct()


def _refused_totals(key: tuple[str, ...]) -> Doubt:
    why = "上报汇总数有被隔离的行，就其读得出的部分看可能正是这一项"
    return Doubt(key, lambda c: _refused_keys(key, c), why)


# --- AG01 ------------------------------------------------------------------------------------------------------------


def _book_day(rows: Table) -> ibis.Value:
    """The day of the book in which a row's measure is counted, of those beside it; null where the book is not there."""
    return ibis.cases(
        (rows.measure.isin((REGISTERED, MONITORED)), rows.register_day),
        (rows.measure == RENOVATED, rows.housing_day),
        else_=rows.low_income_day,
    )


def _book(rows: Table) -> StringValue:
    register, assistance, housing = _BOOKS.values()
    return ibis.cases(
        (rows.measure.isin((REGISTERED, MONITORED)), register), (rows.measure == RENOVATED, housing), else_=assistance
    )


def _labels(column: str, codes: CodeList, p: Values) -> dict[str, str]:
    """Every word for the labels of a list, the county's own among them."""
    return {**p.get(f"labels.{column}", {}), **codes.mapping()}


def _meant(rows: Table, p: Values) -> StringValue:
    """What an item stands for: a label, the code of an area, or 合计; null where it maps to nothing."""
    # of twelve digits zeros behind a township's code only make it longer, as in area_code
    code = ibis.ifelse(rows.item.re_search("^[0-9]{9}000$"), rows.item.substr(0, 9), rows.item)
    is_below = (
        (rows.area_code.length() < 12)
        & (code.length() == rows.area_code.length() + 3)
        & code.startswith(rows.area_code)
        & code.re_search("^[0-9]+$")
    )
    nothing = ibis.null("string")
    divided = (
        (
            (rows.breakdown == breakdown) & (rows.measure == REGISTERED),
            rows.item.cases(*_labels(column, codes, p).items(), else_=nothing),
        )
        for breakdown, (column, codes) in DIVIDED.items()
    )
    return ibis.cases(
        ((rows.breakdown == TOTAL_ITEM) & (rows.item == TOTAL_ITEM), rows.item),
        ((rows.breakdown == BELOW) & is_below, code),
        *divided,
        else_=nothing,
    )


def _told(c: County, p: Values) -> Table:
    """Reported rows but flows, with what they stand for (``meant``), and ``why`` they are not compared, else null."""
    rows = c.beside(c.rows[RT], "reported_day", *_BOOKS)
    told = rows.filter(rows.breakdown != FLOW)
    told = told.mutate(book=_book(told), book_day=_book_day(told), meant=_meant(told, p))
    ours, theirs = told.book_day, told.reported_day
    same_month = (ours.year() == theirs.year()) & (ours.month() == theirs.month())
    why = ibis.cases(
        ((told.measure == RENOVATED) & (told.unit != "户"), "危改竣工只按户清点"),
        (told.breakdown.isin(tuple(DIVIDED)) & (told.measure != REGISTERED), "该指标没有这种分组"),
        (told.meant.isnull(), "分组项对不上代码，也不是下级区划的代码"),
        (told.book_day.isnull(), "没有可用的" + told.book + "数据"),
        (~same_month, told.book + "数据截止" + ours.cast("string") + "，与上报汇总数不在同一个月"),
        else_=ibis.null("string"),
    )
    return told.mutate(why=why)


def _aside(c: County, p: Values) -> Table:
    told = _told(c, p)
    return told.filter(told.why.notnull()).select(*TOTAL.key, "why")


def _is_of(met: Table) -> BooleanValue:
    """Whether a tally beside a reported row is part of what the row says."""
    divided = ((breakdown, column) for breakdown, (column, _codes) in DIVIDED.items())
    of_label = ((met.breakdown == breakdown) & (met[column] == met.meant) for breakdown, column in divided)
    of_area = (met.breakdown == BELOW) & met.village_code.startswith(met.meant)
    return ibis.or_(met.breakdown == TOTAL_ITEM, of_area, *of_label)


_IN_FORCE: Final = ((LH, "end_date"),)


@rule(
    "AG01",
    "上报数与明细不符",
    "reported, and not what the rows come to",
    owner=None,
    may_own=tuple(Department),
    severity=Severity.MEDIUM,
    subject=TOTAL,
    needs=(RT,),
    sentence="上报汇总数（流量除外）与同一月份的建档立卡、低保（特困）或农村危房改造数据按行政区划代码逐行清点的数不同。"
    "建档立卡、监测对象清点有正常成员的户和正常成员，低保、特困清点在保证件和保障对象，危改竣工清点验收合格的档案；"
    "对不上指标、代码或区划的，以及没有同月数据的，不比对。",
    expected="{book}数据（{book_day}）清点为{counted}{unit}",
    actual="上报{reported}{unit}（{reported_day}）",
    explanation="{reporter}在{form}中上报{area_code}{measure}（{breakdown}：{item}）{reported}{unit}（数据截止{reported_day}），"
    "而{book}数据（截止{book_day}）逐行清点为{counted}{unit}，相差{apart}{unit}，请核对是哪一边有误。",
    facts=dict.fromkeys(("book", "book_day", "counted", "apart", "reported_day")),
    clears_when="填报单位按明细更正上报数，或明细所属部门更正数据，两数一致。",
    basis=BASIS_TOTALS,
    visit=None,
    evidence=(Evidence(RT, TOTAL.key, ("reported",)),),
    doubts=(_refused_totals(TOTAL.key),),
    period=Period.REPORTED_MONTH,
    policy_keys=(*(f"labels.{column}" for column, _codes in DIVIDED.values()), *_NAMES_OF_OFFICES),
    compares=Comparison(
        "measure",
        (
            Counted(REGISTERED, REGISTER),
            Counted(MONITORED, REGISTER, ((RH, "monitoring"),)),
            *(Counted(programme, (LH, LM), _IN_FORCE) for programme in ASSISTANCE_PROGRAMMES),
            Counted(RENOVATED, (HO,)),
        ),
        count="counted",
        how="按行政区划代码逐行清点",
        aside=_aside,
    ),
)
def reported_is_what_the_rows_come_to(c: County, p: Values) -> Table:
    """Reported totals that are not what the rows of the month's books come to."""
    told = _told(c, p)
    compared = told.filter(told.why.isnull())
    if c.tallies is None:
        return _of_reporter(compared.filter(ibis.literal(False)).mutate(counted=0, apart=0), p)
    met = compared.inner_join(c.tallies, ["measure", "unit", "area_code"])
    counted = met.filter(_is_of(met)).group_by(list(TOTAL.key)).agg(counted=_.tally.sum().cast("int64"))
    beside = compared.left_join(counted, list(TOTAL.key))
    beside = beside.mutate(counted=beside.counted.fill_null(0)).drop(*(f"{name}_right" for name in TOTAL.key))
    found = beside.filter(beside.reported != beside.counted)
    return _of_reporter(found.mutate(apart=(found.reported - found.counted).abs()), p)


def _of_reporter(found: Table, p: Values) -> Table:
    """Findings with who has to answer for them, and where they lie as far as their area says."""
    below_county = ibis.ifelse(found.area_code.length() > 6, found.area_code, ibis.null("string"))
    return found.mutate(owner=reporters_office(found.reporter, p), village_code=below_county)


# --- AG02 ------------------------------------------------------------------------------------------------------------

_OF_TOTAL: Final = ("reporter", "form", "area_code", "measure", "unit")


def _total_rows(c: County) -> Table:
    """The 合计 rows, each as evidence of a finding of its items."""
    rows = c.rows[RT]
    totals = rows.filter(rows.breakdown == TOTAL_ITEM, rows.item == TOTAL_ITEM)
    return totals.mutate(against=totals.item)


def _items_that_miss_their_total(c: County) -> Table:
    rows = c.rows[RT]
    # an item 合计 among the others is their sum once more
    items = rows.filter(rows.breakdown.notin((TOTAL_ITEM, FLOW)), rows.item != TOTAL_ITEM)
    added = items.group_by(list(TOTALS.key)).agg(added=_.reported.sum().cast("int64"))
    totals = _total_rows(c).select(*_OF_TOTAL, "against", stated=_.reported.cast("int64"))
    met = added.inner_join(totals, list(_OF_TOTAL))
    return met.filter(met.added != met.stated).select(*TOTALS.key, "added", "stated", "against")


def _flows_that_do_not_close(c: County) -> Table:
    rows = c.rows[RT]
    flows = rows.filter(rows.breakdown == FLOW)
    sign = ibis.cases((flows.item.isin(_TAKEN), -1), (flows.item == _CLOSING, 0), else_=1)
    signed = flows.mutate(
        moved=flows.reported * sign,
        strange=flows.item.notin(FLOW_ITEMS).cast("int64"),
        opening=(flows.item == _OPENING).cast("int64"),
        stated=ibis.ifelse(flows.item == _CLOSING, flows.reported.cast("int64"), ibis.null("int64")),
    )
    closed = signed.group_by(list(TOTALS.key)).agg(
        added=_.moved.sum().cast("int64"), strange=_.strange.sum(), opening=_.opening.sum(), stated=_.stated.max()
    )
    told = closed.filter(closed.strange == 0, closed.opening > 0, closed.stated.notnull())
    found = told.filter(told.added != told.stated)
    return found.mutate(against=ibis.literal(_CLOSING)).select(*TOTALS.key, "added", "stated", "against")


@rule(
    "AG02",
    "上报数自身不平",
    "reported, and does not add up",
    owner=None,
    may_own=tuple(Department),
    severity=Severity.MEDIUM,
    subject=TOTALS,
    needs=(RT,),
    sentence="同一填报单位、表号、行政区划、指标和单位的上报汇总数，一种分组的各项相加不等于合计；或流量中期初＋新识别＋返贫"
    "＋增加人口－脱贫－清退－减少人口不等于期末（缺项按0，期初、期末都有才比对，有其他项的不比对）。",
    expected="{breakdown}各项相抵为{added}{unit}，与{against}一致",
    actual="上报的{against}为{stated}{unit}（{reported_day}）",
    explanation="{reporter}在{form}中上报的{area_code}{measure}，{breakdown}各项相加减为{added}{unit}，而{against}为{stated}{unit}，"
    "相差{apart}{unit}（数据截止{reported_day}），请核对是哪一项有误。",
    facts=dict.fromkeys(("added", "stated", "against", "apart", "reported_day")),
    clears_when="填报单位更正分项或合计，使各项与合计相符、期初加减各项等于期末。",
    basis=BASIS_TOTALS,
    visit=None,
    evidence=(
        Evidence(RT, TOTALS.key, ("reported",)),
        Evidence(RT, (*_OF_TOTAL, "against"), ("reported",), _total_rows),
    ),
    doubts=(_refused_totals(TOTALS.key),),
    period=Period.REPORTED_MONTH,
    policy_keys=_NAMES_OF_OFFICES,
)
def reported_adds_up(c: County, p: Values) -> Table:
    """Reported items that do not add up to their total, and flows that do not lead to their end."""
    found = _items_that_miss_their_total(c).union(_flows_that_do_not_close(c))
    dated = c.beside(found, "reported_day")
    return _of_reporter(dated.mutate(apart=(dated.added - dated.stated).abs()), p)


RULES = (reported_is_what_the_rows_come_to, reported_adds_up)
