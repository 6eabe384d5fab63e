"""A notice as it hangs in a village: one self-contained page that prints on A4, told in the language that is spoken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from expectations.departments import Department
from pipelines.house.language import say
from pipelines.house.notice_kind import NoticeKind
from pipelines.house.words import day_in_chinese
from pipelines.reading_out.public_notice.moves import Line, Part
from pipelines.reporting.rendering import render

OFFICES: Final = {Part.ROLL: Department.CIVIL_AFFAIRS, Part.REGISTER: Department.REGISTER}
"""Who answers for a book, and seals what is posted of it."""


@dataclass(frozen=True)
class Board:
    """What all notices of a county at D have alike. ``since``: the day that D is compared with.

    ``phone``: as policy has it, empty where it names none. ``signers``: what the offices are called. ``lacking``: books
    that were not there on one of the days.
    """

    kind: NoticeKind
    county_name: str
    as_of: date
    since: date | None
    notice_days: int
    phone: str
    signers: Mapping[Part, str]
    lacking: Sequence[Part] = ()


def page_of(board: Board, village_code: str, place: tuple[str, str] | None, own: Mapping[Part, Sequence[Line]]) -> str:
    """The page of one village; ``place``: its township and name, None where no register names them."""
    signers = [board.signers[part] for part in own]
    return (
        render(
            "notice",
            say=say,
            title=title_of(board.kind),
            place=place_of(board, village_code, place),
            as_of=board.as_of.isoformat(),
            lead=_lead(board),
            parts=[_part(board.kind, part, lines) for part, lines in own.items()],
            period=say(
                f"自张贴之日起{board.notice_days}天（至______年____月____日）",
                f"{board.notice_days} days from the day of posting (until ____-__-__)",
            ),
            phone=board.phone,
            signer=say("、", ", ").join(
                f"{board.county_name}{name.removeprefix(board.county_name)}" for name in signers
            ),
            note=_note(board),
        )
        + "\n"
    )


def title_of(kind: NoticeKind) -> str:
    """What a notice is called."""
    return {
        NoticeKind.LOW_INCOME: say("低保、特困对象公示", "Who receives assistance"),
        NoticeKind.ENTRIES: say("新增对象公示", "Who was newly included"),
        NoticeKind.EXITS: say("退出对象公示", "Who is no longer included"),
    }[kind]


def place_of(board: Board, village_code: str, place: tuple[str, str] | None) -> str:
    """The village with its township and county; its code where nobody names it."""
    township, village = place or ("", "")
    if not village:
        return f"{board.county_name} {village_code}"
    return f"{board.county_name}{township}{village}"


def _lead(board: Board) -> str:
    day, since = (None if one is None else _day(one) for one in (board.as_of, board.since))
    match board.kind:
        case NoticeKind.LOW_INCOME:
            return say(
                f"截至{day}，本村（社区）在保的低保、特困对象如下，现予公示，接受群众监督。",
                f"As of {day} these families of the village receive 低保 or 特困 assistance.",
            )
        case NoticeKind.ENTRIES:
            return say(
                f"{since}至{day}，本村（社区）新纳入的对象如下，现予公示，接受群众监督。",
                f"From {since} to {day} these families of the village were newly included.",
            )
        case NoticeKind.EXITS:
            return say(
                f"{since}至{day}，本村（社区）退出的对象如下，现予公示，接受群众监督。",
                f"From {since} to {day} these families of the village left.",
            )


def _day(day: date) -> str:
    return say(day_in_chinese(day), day.isoformat())


def _part(kind: NoticeKind, part: Part, lines: Sequence[Line]) -> dict[str, Any]:
    is_roll = part is Part.ROLL
    amount = (
        say("原月保障金额（元）", "was a month, yuan")
        if kind is NoticeKind.EXITS
        else say("月保障金额（元）", "a month, yuan")
    )
    head = say("申请人（户主）", "applicant (head)") if is_roll else say("户主", "head")
    headings = [say("序号", "no."), head, say("家庭人口", "persons")]
    if is_roll:
        headings += [say("保障人口", "covered"), say("救助类别", "programme"), amount]
    else:
        headings += [say("类别", "kind")]
    rows = []
    for number, line in enumerate(lines, start=1):
        row = [str(number), line.name, str(line.persons)]
        row += [str(line.covered), line.programme, _yuan(line.amount)] if is_roll else [line.programme]
        rows.append(row)
    return {
        "title": say("低保、特困对象", "assistance") if is_roll else say("建档立卡户", "poverty register"),
        "headings": headings,
        "has_amount": is_roll,
        "rows": rows,
        "total": _total(lines, is_roll=is_roll),
    }


def _total(lines: Sequence[Line], *, is_roll: bool) -> str:
    persons = sum(line.persons if line.covered is None else line.covered for line in lines)
    if is_roll:
        return say(f"共{len(lines)}户，保障{persons}人。", f"{len(lines)} families, {persons} persons covered.")
    return say(f"共{len(lines)}户{persons}人。", f"{len(lines)} households, {persons} persons.")


def _yuan(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _note(board: Board) -> str:
    told = say(
        "本公示只列姓名、人口、类别和金额；公示期满请取下销毁。",
        "Names, persons, kind and amount only; to be taken down when the time is over.",
    )
    books = {
        Part.ROLL: say("低保、特困对象", "assistance"),
        Part.REGISTER: say("建档立卡户", "poverty register"),
    }
    if board.lacking:
        missing = say("、", ", ").join(books[part] for part in board.lacking)
        told += say(
            f"{missing}的变动因数据不全，本次没有列入。",
            f" What changed in {missing} is not listed: its data are not complete.",
        )
    return told
