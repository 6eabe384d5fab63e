"""The workbook of a 退出预检: a row a household, a count by township, and what it says and does not say."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from expectations.feed import Personal
from expectations.masks import Audience, mask_of_kind
from expectations.rules import RULES_BY_CODE
from expectations.rules.exits import CONDITIONS
from pipelines.house.language import say
from pipelines.house.words import day_in_chinese
from pipelines.reading_out.exits.judging import Candidate, Prechecked, State
from pipelines.reporting.households import lines_of, write_across
from pipelines.reporting.styles import AMBER, BAND, LOCKED_HEAD, RED, RULE, Book, new_workbook

_COLOURS: Final = MappingProxyType({State.MET: "#19715C", State.NOT_MET: RED, State.NOT_KNOWN: AMBER})
_LINE, _TALLEST = 12.5, 400.0
_WHY_WIDTH: Final = 50


def write_exits(path: Path, as_of: date, counties: Mapping[str, Prechecked], *, in_clear: bool) -> None:
    """Write the workbook of these counties (by name), names masked or ``in_clear``. Same answers, same bytes."""
    title = "、".join(counties) + say(" 退出预检", " exit precheck")
    rows = sum(len(found.candidates) for found in counties.values())
    with new_workbook(path, as_of, title, rows) as book:
        _write_list(book, title, counties, in_clear=in_clear)
        _write_counts(book, title, counties)
        _write_notes(book, title, as_of, counties)


def conditions() -> list[str]:
    """Names of the conditions, in the order of the rules."""
    return [say(*names) for names in CONDITIONS.values()]


def label_of(state: State) -> str:
    """What a state is called."""
    return say(state.label, state.label_en)


def result_of(one: Candidate) -> State:
    """The worst of a household's answers: one that is not met is enough, one that is not known leaves it open."""
    states = {answer.state for answer in one.answers.values()}
    return next(state for state in (State.NOT_MET, State.NOT_KNOWN, State.MET) if state in states)


def _why(one: Candidate, *, in_clear: bool) -> str:
    told = [
        f"{say(*CONDITIONS[code])}{say('：', ': ')}{answer.why if in_clear else answer.why_masked}"
        for code, answer in one.answers.items()
        if answer.why
    ]
    return "\n".join(told)


def _columns() -> list[tuple[str, float]]:
    return [
        (say("乡镇", "township"), 11),
        (say("村", "village"), 11),
        (say("户编号", "household"), 15),
        (say("户主", "head"), 8),
        (say("在册\n人数", "persons"), 6.5),
        (say("脱贫\n属性", "status"), 7),
        *((name, 8) for name in conditions()),
        (say("结论", "result"), 9),
        (say("说明", "why"), _WHY_WIDTH),
    ]


def _write_list(book: Book, title: str, counties: Mapping[str, Prechecked], *, in_clear: bool) -> None:
    sheet = book.sheet(say("退出预检", "households"), title)
    columns = _columns()
    for at, (_, width) in enumerate(columns):
        sheet.set_column(at, at, width)
    _write_head(book, sheet, 0, columns, 30)
    frame = {"border": 1, "border_color": RULE, "text_wrap": True}
    text, number = book.style(**frame), book.style(**frame, align="center")
    looks = {s: book.style(**frame, align="center", bold=s is not State.MET, font_color=_COLOURS[s]) for s in State}
    name = mask_of_kind(Personal.NAME, Audience.PURPOSE if in_clear else Audience.RECIPIENT)
    row = 0
    for county, found in counties.items():
        for one in found.candidates:
            row += 1
            township = one.township if len(counties) == 1 else f"{county}{one.township}"
            cells = [township, one.village or one.village_code, one.household_no, name.python(one.head_name) or ""]
            why = _why(one, in_clear=in_clear)
            sheet.set_row(row, min(_TALLEST, 6 + _LINE * lines_of(why, 1.1 * _WHY_WIDTH)))
            for at, cell in enumerate(cells):
                sheet.write_string(row, at, cell, text)
            sheet.write_number(row, 4, one.persons, number)
            sheet.write_string(row, 5, one.poverty_status, number)
            for at, answer in enumerate(one.answers.values(), start=6):
                sheet.write_string(row, at, label_of(answer.state), looks[answer.state])
            result = result_of(one)
            told = say("各项达标", "all met") if result is State.MET else label_of(result)
            sheet.write_string(row, 6 + len(one.answers), told, looks[result])
            sheet.write_string(row, 7 + len(one.answers), why, text)
    sheet.autofilter(0, 0, max(row, 1), len(columns) - 1)
    sheet.freeze_panes(1, 4)
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _write_counts(book: Book, title: str, counties: Mapping[str, Prechecked]) -> None:
    """How many households of each township meet each condition, do not, and of how many nobody knows."""
    sheet = book.sheet(say("汇总", "counts"), title)
    columns = [
        (say("乡镇", "township"), 14.0),
        (say("户数", "households"), 11.0),
        (say("各项达标", "all met"), 11.0),
        *((f"{name}\n{label_of(state)}", 9.0) for name in conditions() for state in State),
    ]
    for at, (_, width) in enumerate(columns):
        sheet.set_column(at, at, width)
    _write_head(book, sheet, 0, columns, 34)
    frame = {"border": 1, "border_color": RULE}
    text, number = book.style(**frame), book.style(**frame, align="right", num_format="#,##0")
    total = {"bold": True, "bg_color": BAND}
    by_place: dict[str, list[Candidate]] = {}
    for county, found in counties.items():
        for one in found.candidates:
            place = one.township or one.village_code[:9]
            by_place.setdefault(place if len(counties) == 1 else f"{county}{place}", []).append(one)
    every = [one for own in by_place.values() for one in own]
    for row, (place, own) in enumerate([*by_place.items(), (say("合计", "in all"), every)], start=1):
        last = row == len(by_place) + 1
        sheet.write_string(row, 0, place, book.style(**frame, **total) if last else text)
        figures = [len(own), sum(one.all_met for one in own), *_counts(own)]
        for at, figure in enumerate(figures, start=1):
            look = book.style(**frame, **total, align="right", num_format="#,##0") if last else number
            sheet.write_number(row, at, figure, look)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _counts(own: Sequence[Candidate]) -> list[int]:
    counted = Counter((code, answer.state) for one in own for code, answer in one.answers.items())
    return [counted[code, state] for code in CONDITIONS for state in State]


def _write_notes(book: Book, title: str, as_of: date, counties: Mapping[str, Prechecked]) -> None:
    sheet = book.sheet(say("说明", "notes"), title, landscape=False)
    columns = ((say("条件", "condition"), 12.0), (say("依据", "by"), 78.0))
    for at, (_, width) in enumerate(columns):
        sheet.set_column(at, at, width)
    day = say(day_in_chinese(as_of), as_of.isoformat())
    write_across(book, sheet, 0, title, columns, 28, bold=True, font_size=16)
    write_across(book, sheet, 1, say(f"数据截止：{day}", f"As of {day}"), columns, font_size=11)
    _write_head(book, sheet, 2, columns)
    frame = {"border": 1, "border_color": RULE, "text_wrap": True, "font_size": 10}
    row = 2
    for code, names in CONDITIONS.items():
        row += 1
        rule = RULES_BY_CODE[code]
        told = say(f"不达标：{rule.sentence}（规则{code}）", f"not met: {rule.name_en} (rule {code}). {rule.sentence}")
        sheet.set_row(row, 8 + 13.5 * lines_of(told, columns[1][1]))
        sheet.write_string(row, 0, say(*names), book.style(**frame, bold=True))
        sheet.write_string(row, 1, told, book.style(**frame))
    for line in _notes():
        row += 1
        write_across(book, sheet, row, line, columns, font_size=10)
    for line in _gaps(counties):
        row += 1
        write_across(book, sheet, row, line, columns, font_size=10, font_color=AMBER)
    sheet.fit_to_pages(1, 0)


def _notes() -> list[str]:
    return [
        say(
            "本表把未脱贫户、返贫户当作今天退出，用退出质量的规则逐项核对；只供退出前核实，不是退出的决定。",
            "Open households are asked what the rules of exit quality ask of exited ones, as if they left today: "
            "to be verified before anybody exits, no decision.",
        ),
        say(
            "“不能判断”不是不达标，也不是达标：数据没有报来、过期、被退回，或没有证件号码、没有鉴定、没有填写，先补齐再核对。",
            "Not known is neither met nor not met: a book did not come, is stale or was refused, or a number, an "
            "assessment or a value is missing.",
        ),
        say(
            "“各项达标”只指本表各项：吃、穿（两不愁）没有数据可以核对，要入户看。",
            "All met is said of these conditions only: no book knows of food and clothing, which a visit has to see.",
        ),
    ]


def _gaps(counties: Mapping[str, Prechecked]) -> Iterator[str]:
    """What nobody's answer could be given for, and rows that stand nowhere."""
    for county, found in counties.items():
        place = "" if len(counties) == 1 else county + say("：", ": ")
        for code, why in found.silent.items():
            yield place + say(
                f"全部不能判断：{CONDITIONS[code][0]}。{why}", f"not known of anybody: {CONDITIONS[code][1]}. {why}"
            )
        if found.refused:
            zh = f"建档立卡户有{found.refused}行被退回，其中的户不在本表。"
            yield place + say(
                zh, f"{found.refused} rows of register households were refused; whom they name is not here."
            )


def _write_head(
    book: Book, sheet: Any, row: int, columns: Sequence[tuple[str, float]], height: float | None = None
) -> None:
    style = book.style(
        bold=True, font_color="white", bg_color=LOCKED_HEAD, align="center", valign="vcenter", border=1,
        border_color=RULE, text_wrap=True,
    )  # fmt: skip
    sheet.set_row(row, height or 22)
    for at, (heading, _) in enumerate(columns):
        sheet.write_string(row, at, heading, style)
