"""AG01, AG02: 上报汇总."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from builders import Row
from oracle.entry import HO, LOW_INCOME_BOOK, REGISTER_BOOK, RT, Subject, answers
from oracle.policy import Values
from oracle.terms import Terms
from oracle.verdicts import Found, Founds

AG01_KEY = ("reporter", "form", "area_code", "measure", "breakdown", "item", "unit")
AG02_KEY = ("reporter", "form", "area_code", "measure", "breakdown", "unit")

WORDS = {
    "脱贫属性": {
        **dict.fromkeys(("未脱贫", "贫困户", "预脱贫"), "未脱贫"),
        **dict.fromkeys(("已脱贫", "脱贫户", "稳定脱贫", "巩固提高户"), "已脱贫"),
        **dict.fromkeys(("返贫", "返贫户"), "返贫"),
    },
    "户类型": {
        **dict.fromkeys(("一般户", "一般贫困户", "一般农户"), "一般户"),
        **dict.fromkeys(("低保户", "低保贫困户", "低保"), "低保户"),
        **dict.fromkeys(("特困供养户", "五保户", "农村五保", "五保贫困户", "特困户"), "特困供养户"),
    },
    "致贫原因": {
        **{cause: cause for cause in ("因病", "因残", "因学", "因灾", "因婚", "因丧", "缺土地", "缺水", "其他")},
        **{cause: cause for cause in ("交通条件落后", "自身发展动力不足")},
        **dict.fromkeys(("缺技术", "缺乏技术"), "缺技术"),
        **dict.fromkeys(("缺劳力", "缺劳动力", "缺乏劳动力"), "缺劳力"),
        **dict.fromkeys(("缺资金", "缺乏资金"), "缺资金"),
    },
}
COLUMN = {"脱贫属性": "poverty_status", "户类型": "household_type", "致贫原因": "cause"}


def key_of(row: Row, columns: tuple[str, ...]) -> str:
    """The subject's key."""
    return "|".join(row[column] for column in columns)


def period_of(t: Terms) -> str:
    """The month of reported_totals' as-of."""
    return f"{t.deliveries.day(RT):%Y-%m}"


def books_of(measure: str) -> tuple[str, ...]:
    """The measure's feeds."""
    if measure == "危改竣工":
        return (HO,)
    return REGISTER_BOOK if measure in ("建档立卡", "监测对象") else LOW_INCOME_BOOK


def what_counts(t: Terms, measure: str, unit: str) -> list[tuple[Row, int]]:
    """The rows that are counted for a measure, each with how much it counts."""
    if measure == "危改竣工":
        return [(row, 1) for row in t.rows(HO) if row["acceptance"] == "合格"]
    if measure in ("建档立卡", "监测对象"):
        homes = t.households.values()
        if measure == "监测对象":
            homes = [h for h in homes if h["monitoring"] not in (None, "无")]
        return [(h, 1 if unit == "户" else len(t.registered_members[h["household_no"]])) for h in homes]
    certificates = [(no, c) for no, c in t.in_force.items() if c["programme"] == measure]
    return [(c, 1 if unit == "户" else sum(row["covered"] for row in t.members_of(no))) for no, c in certificates]


def stands_for(row: Row, t: Terms, on: date) -> str | None:
    """What the item maps to, or None."""
    area, breakdown, item = row["area_code"], row["breakdown"], row["item"]
    if breakdown == "合计":
        return item if item == "合计" else None
    if breakdown == "下级区划":
        code = item[:9] if len(item) == 12 and item.endswith("000") else item
        below = {6: 9, 9: 12}.get(len(area))
        return code if len(code) == below and code.isdigit() and code.startswith(area) else None
    if row["measure"] != "建档立卡":
        return None
    own = t.policy.at_or(f"labels.{COLUMN[breakdown]}", on, {})
    return WORDS[breakdown].get(item) or own.get(item)


def is_of(counted: Row, row: Row, meant: str) -> bool:
    """Whether a row of the book is part of what was reported."""
    village = counted["village_code"]
    if village[: len(row["area_code"])] != row["area_code"]:
        return False
    match row["breakdown"]:
        case "合计":
            return True
        case "下级区划":
            return village.startswith(meant)
        case breakdown:
            return counted[COLUMN[breakdown]] == meant


def could_be_otherwise(t: Terms, measure: str) -> bool:
    """A current delivery of the measure's feeds has a quarantined row, or a value that decides was refused."""
    if any(t.deliveries.quarantined.get(feed) for feed in books_of(measure)):
        return True
    if measure == "监测对象":
        return any(t.was_refused(h, "monitoring") for h in t.rows("register_households"))
    if books_of(measure) == LOW_INCOME_BOOK:
        return any(t.was_refused(c, "end_date") for c in t.rows("low_income_households"))
    return False


def refused_itself(t: Terms, row: Row, key: tuple[str, ...]) -> bool:
    """A quarantined row of reported_totals says the same, as far as it can be read."""
    refused: Iterable[Row] = t.deliveries.quarantined.get(RT, ())
    return any(all(other.get(column) in (None, row[column]) for column in key) for other in refused)


@answers("AG01", Subject.TOTAL, needs=(RT,))
def ag01(t: Terms, p: Values) -> Founds:
    """Not what the rows of the same month come to."""
    day = t.deliveries.day(RT)
    found = {}
    for row in t.rows(RT):
        measure, unit = row["measure"], row["unit"]
        if row["breakdown"] == "流量" or (measure == "危改竣工" and unit == "人"):
            continue
        books = books_of(measure)
        if any(t.deliveries.missing(feed) for feed in books):
            continue
        their = t.deliveries.day(books[0])
        meant = stands_for(row, t, p.day)
        if meant is None or (their.year, their.month) != (day.year, day.month):
            continue
        count = sum(size for counted, size in what_counts(t, measure, unit) if is_of(counted, row, meant))
        if row["reported"] != count:
            doubt = could_be_otherwise(t, measure) or refused_itself(t, row, AG01_KEY)
            found[key_of(row, AG01_KEY), period_of(t)] = Found(doubt)
    return found


IN, OUT = ("期初", "新识别", "返贫", "增加人口"), ("脱贫", "清退", "减少人口")


def adds_up(breakdown: str, rows: list[Row], total: int | None) -> bool:
    """Whether the rows of one group lead to their total, or their end; also where there is nothing to compare."""
    said = {row["item"]: row["reported"] for row in rows}
    if breakdown != "流量":
        return total is None or sum(number for item, number in said.items() if item != "合计") == total
    if not {"期初", "期末"} <= set(said) <= {*IN, *OUT, "期末"}:
        return True
    return sum(said.get(item, 0) for item in IN) - sum(said.get(item, 0) for item in OUT) == said["期末"]


@answers("AG02", Subject.TOTAL, needs=(RT,))
def ag02(t: Terms, p: Values) -> Founds:
    """Items do not add up to the total, flows do not lead from beginning to end."""
    groups: dict[str, list[Row]] = defaultdict(list)
    totals = {}
    for row in t.rows(RT):
        if row["breakdown"] == "合计":
            totals[key_of(row, AG02_KEY), row["item"]] = row["reported"]
        else:
            groups[key_of(row, AG02_KEY)].append(row)
    found = {}
    for key, rows in groups.items():
        total = totals.get((key_of({**rows[0], "breakdown": "合计"}, AG02_KEY), "合计"))
        if not adds_up(rows[0]["breakdown"], rows, total):
            found[key, period_of(t)] = Found(refused_itself(t, rows[0], AG02_KEY))
    return found
