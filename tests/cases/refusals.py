"""What was refused accuses nobody: each rule's first certain finding, beside a refused row or value that concerns it.

Which rows concern a finding follows from the subject's key and from the feeds that the rule needs; what follows from
more than these is written by hand below.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from builders import (
    Row,
    World,
    certificate,
    certificate_member,
    deliver,
    household,
    housing_case,
    member,
    open_household,
    payment,
    pid,
    world,
)
from cases.case import CERTAIN, POSSIBLE, Case
from listing import modules_below

from expectations.feeds import FEEDS_BY_NAME
from expectations.rules import RULES_BY_CODE
from expectations.rules.needs import HO, IN, LH, LM, LP, RH, RM

OF_RULES: tuple[Case, ...] = tuple(case for module in modules_below("cases/rules") for case in module.CASES)
UNTOUCHED = ("DU01", "DU02", "DU03", "DU04", "DU05", "ID01", "ID02", "ID03")
"""Rules that rest on rows that are there."""
FOREIGN = {
    "household_no": "H0999",
    "certificate_no": "C0999",
    "case_no": "Z0999",
    "relocation_no": "Z0999",
    "student_no": "G0999",
    "member_no": "M0999",
    "month": "2026-03",
    "form": "表9",
}


def with_refused(world: World, feed: str, row: Row) -> World:
    """The world with one more refused row in the newest delivery of a feed."""
    place = max((d.as_of, n) for n, d in enumerate(world.deliveries) if d.feed == feed)[1]
    given = world.deliveries[place]
    more = replace(given, quarantined=(*given.quarantined, row))
    return replace(world, deliveries=(*world.deliveries[:place], more, *world.deliveries[place + 1 :]))


def _plain(rule: str) -> Case | None:
    """The first case of a rule that has one finding, a certain one, and nothing refused."""
    for case in OF_RULES:
        plain = not any(d.quarantined or d.refused for d in case.world.deliveries)
        if case.rule == rule and plain and list((case.findings or {}).values()) == [CERTAIN]:
            return case
    return None


def _own(feed: str, part: str) -> str | None:
    """The column of a feed that bears a part of a subject's key."""
    declared = FEEDS_BY_NAME[feed]
    if part == "person_id":
        return declared.identity_columns[0]
    return (
        part
        if part in ("household_no", "certificate_no", "case_no", "relocation_no") and part in declared.by_name
        else None
    )


def _foreign(feed: str) -> Row:
    declared = FEEDS_BY_NAME[feed]
    told = {column: value for column, value in FOREIGN.items() if column in declared.by_name}
    for number in declared.identity_columns[:1]:
        told |= {number: pid(499, date(1931, 1, 1)), declared.name_beside(number): "无关人"}
    return told


def derived() -> Iterator[Case]:
    """Of each rule and feed that it needs a refused row with the subject's own key; and one of a stranger in each."""
    for code, rule in RULES_BY_CODE.items():
        case = _plain(code)
        if case is None or case.findings is None:
            continue
        ((key, period),) = case.findings
        feeds = [feed for feed in rule.needs if any(d.feed == feed for d in case.world.deliveries)]
        strange = case.world
        for feed in feeds:
            strange = with_refused(strange, feed, _foreign(feed))
            for part, value in zip(rule.subject.key, key.split("|"), strict=False):
                if (column := _own(feed, part)) is not None:
                    said = CERTAIN if code in UNTOUCHED else POSSIBLE
                    title = f"a refused row of {feed} with its {part}"
                    yield Case(code, title, with_refused(case.world, feed, {column: value}), {(key, period): said})
        yield Case(code, "refused rows of strangers in every feed", strange, dict(case.findings))


def _beside(rule: str, said: str, title: str, feed: str, row: Row) -> Case:
    """The rule's plain case with one more refused row; all that is said of its finding."""
    case = _plain(rule)
    if case is None or case.findings is None:
        raise ValueError(f"{rule} has no plain case")
    return Case(rule, title, with_refused(case.world, feed, row), dict.fromkeys(case.findings, said))


def _hole(rule: str, said: str, feed: str, column: str, given: World, *keys: str) -> Case:
    """A world in which the value of a column was refused in the first row of a feed."""
    holed = tuple(replace(d, refused=((0, column),)) if d.feed == feed else d for d in given.deliveries)
    return Case(
        rule, f"{column} refused in {feed}", replace(given, deliveries=holed), {(key, ""): said for key in keys}
    )


A, B, C = pid(1), pid(2), pid(3)
NAME = member()["name"]
ASK_A_MONTH = ("PY02", "PY03", "PY04", "PY05")
ON_ROLL = {
    "register_members": [member()],
    "low_income_households": [certificate()],
    "low_income_members": [certificate_member()],
}

BY_HAND: tuple[Case, ...] = (
    *(
        _beside(rule, CERTAIN, "a refused payment of another month", LP, {"certificate_no": "C1", "month": "1999-01"})
        for rule in ASK_A_MONTH
    ),
    _beside("PY01", POSSIBLE, "a refused payment of any month", LP, {"certificate_no": "C1", "month": "1999-01"}),
    _beside("EX01", POSSIBLE, "a refused member whose household is not readable", RM, {"name": NAME}),
    _beside("EX01", CERTAIN, "a refused namesake elsewhere", RM, {"name": NAME, "household_no": "H9"}),
    _beside("EX01", POSSIBLE, "a refused member of whom nothing is readable", RM, {"relation": "配偶"}),
    _beside(
        "EX01", CERTAIN, "a refused stranger whose household is not readable", RM, {"person_id": B, "name": "无关人"}
    ),
    _beside(
        "TL02", POSSIBLE, "a refused member of a certificate of whom nothing is readable", LM, {"relation": "配偶"}
    ),
    _beside("CV01", POSSIBLE, "a refused enrolment of which nobody is readable", IN, {"year": "2026"}),
    _beside("CV01", CERTAIN, "a refused member of whom nothing is readable", RM, {"relation": "配偶"}),
    _beside("PY02", POSSIBLE, "a refused payment whose certificate is not readable", LP, {"payee_id": B}),
    _beside("PY01", CERTAIN, "a refused payment whose certificate is not readable", LP, {"payee_id": B}),
    *(
        Case(
            "TL06",
            f"a refused member whose certificate is not readable, beside one of {persons} persons with one row",
            with_refused(
                world(
                    low_income_households=[certificate(monthly_income=100, monthly_benefit=100, persons=persons)],
                    low_income_members=[certificate_member()],
                ),
                LM,
                {"person_id": B, "name": "无关人"},
            ),
            {("C1", ""): said},
        )
        for persons, said in ((1, CERTAIN), (2, POSSIBLE))
    ),
    _beside(
        "TL05", CERTAIN, "a refused member whose certificate is not readable", LM, {"person_id": B, "name": "无关人"}
    ),
    *(
        Case(
            "TL02",
            f"a refused member whose household is not readable, beside one of {persons} persons with one row",
            with_refused(
                world(
                    register_households=[open_household(income_current=3000, persons=persons)],
                    register_members=[member()],
                    low_income_households=[certificate()],
                    low_income_members=[certificate_member(person_id=B)],
                ),
                RM,
                {"person_id": B, "name": "某某", "member_no": "M9"},
            ),
            {("H1", ""): said},
        )
        for persons, said in ((1, CERTAIN), (2, POSSIBLE))
    ),
    _beside("ID05", POSSIBLE, "a refused namesake in the register", RM, {"name": NAME}),
    _beside("ID05", CERTAIN, "a refused namesake on a certificate", LM, {"name": NAME, "person_id": B}),
    _beside("CV01", POSSIBLE, "the household's row is refused too", RH, {"household_no": "H1", "head_id": B}),
    _beside("CV05", POSSIBLE, "a refused case headed by the member", HO, {"case_no": "X9", "head_id": A}),
    Case(
        "TL08",
        "a refused member row of the linked certificate",
        with_refused(
            world(
                register_households=[household()],
                **ON_ROLL | {"register_members": [member(), member("M2", person_id=B)]},
            ),
            LM,
            {"certificate_no": "C1", "person_id": B},
        ),
        {("H1", ""): POSSIBLE},
    ),
    _hole("TL04", POSSIBLE, LH, "end_date", world(register_households=[household()], **ON_ROLL), "H1"),
    _hole("TL04", CERTAIN, LH, "grace_start", world(register_households=[household()], **ON_ROLL), "H1"),
    _hole(
        "CV05",
        POSSIBLE,
        HO,
        "started_on",
        world(
            register_households=[household()],
            register_members=[member()],
            housing_renovations=[housing_case(grade="D", acceptance="未验收", started_on=None, plan_year=None)],
        ),
        "H1",
    ),
)


def _earlier(rule: str, said: str, title: str, feed: str, row: Row, paid_to: str = A, income: int = 300) -> Case:
    """C1 paid 250 in M*, May, as no book has it; of May's book, which has no row of C1 else, a row was refused."""
    given = world(
        low_income_households=[certificate(monthly_income=income)],
        low_income_members=[certificate_member()],
        low_income_payments=[payment(amount=250, payee_id=paid_to)],
    )
    halves = {LH: [certificate("C8")], LM: [certificate_member("C9", B), certificate_member("C8", C)]}
    book = (deliver(half, date(2026, 5, 31), rows, [row] if half == feed else ()) for half, rows in halves.items())
    period = "2026-05" if rule in ("PY03", "PY05") else ""
    return Case(rule, title, replace(given, deliveries=(*book, *given.deliveries)), {("C1", period): said})


IN_THE_BOOK_OF_THE_MONTH: tuple[Case, ...] = (
    _earlier("PY03", POSSIBLE, "its own row of the month's end was refused", LH, {"certificate_no": "C1"}),
    _earlier("PY03", CERTAIN, "another's row of the month's end was refused", LH, {"certificate_no": "C7"}),
    _earlier("PY03", POSSIBLE, "a row of the month's end that lost its number is its payee's", LH, {"head_id": A}),
    _earlier("PY03", CERTAIN, "one that lost its number is that of members then", LH, {"head_id": B}),
    _earlier("PY03", POSSIBLE, "nothing leads from a row of the month's end to anybody", LH, {"tier": "A"}),
    _earlier("PY05", POSSIBLE, "a refused row of the month's end names the payee", LM, {"person_id": C}, paid_to=C),
    _earlier("PY05", CERTAIN, "one that lost its certificate names another", LM, {"person_id": B}, paid_to=C),
    _earlier("PY05", POSSIBLE, "its own row of the month's end was refused", LH, {"certificate_no": "C1"}, paid_to=C),
    _earlier(
        "TL05", CERTAIN, "no rule but two reads the book of the month's end", LH, {"certificate_no": "C1"}, income=900
    ),
)

CASES: tuple[Case, ...] = (*derived(), *BY_HAND, *IN_THE_BOOK_OF_THE_MONTH)
