"""What commands print has its other language: every heading of a table, and every word that is written for people."""

import ast
import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from expectations.rules import RULES
from pipelines.checking.report import CheckReport, Problem
from pipelines.checking.words import report_lines
from pipelines.desk.housekeeping import Kept
from pipelines.desk.ledger import describe_taken
from pipelines.desk.sending import describe_sent
from pipelines.evaluation.telling import UNITS, describe_flow
from pipelines.house.language import Language, spoken_in
from pipelines.reading.notices import Notice
from pipelines.reading_out import print_deliveries, print_rule
from pipelines.reading_out.headings import HEADINGS, SCOPES, STATUSES, heading
from pipelines.reading_out.tables import make_table
from pipelines.recording.verify import LedgerCheck
from pipelines.reporting.receipt import OUTCOMES
from warehouse.books.audit import AuditCheck
from warehouse.books.deliveries import Accounting, Event
from warehouse.evaluation.indicators import INDICATORS
from warehouse.evaluation.stock_flow import Account, Flow, StockFlow

ROOT = Path(__file__).parents[2]

PRINTING = (
    "pipelines/commands/*.py",
    "pipelines/reading_out/*.py",
    "pipelines/checking/words.py",
    "pipelines/evaluation/telling.py",
    "pipelines/workshop/demo.py",
)
"""Where words stand that a command prints."""

DESCRIBING = {
    "pipelines/desk/escalating.py": "describe",
    "pipelines/desk/ledger.py": "describe_taken",
    "pipelines/desk/sending.py": "describe_sent",
    "pipelines/evaluation/estimating.py": "describe_estimates",
}
"""Functions elsewhere whose lines a command prints."""

PAIRS = {
    "pipelines/reading_out/headings.py": {"HEADINGS", "STATUSES", "SCOPES", "place_in_words"},
    "pipelines/reading_out/checks.py": {"_WORDS"},
    "pipelines/commands/keeping.py": {"SEEN"},
    "pipelines/commands/nights.py": {"NO_DATA", "NO_NEWS", "NOT_YET"},
    "pipelines/checking/words.py": {"_SECTIONS"},
    "pipelines/commands/printing.py": {"tell_passed_over"},
    "pipelines/evaluation/telling.py": {"UNITS", "PARTS"},
    "pipelines/reading_out/differences.py": {"OTHER_CODE", "_why"},
    "pipelines/reading_out/resolving.py": {"_TITLES"},
}
"""Chinese with its English beside it."""

DATA = {
    "pipelines/reading_out/row_fates.py": {"_WORDS", "_sentence", "_other"},
    "pipelines/reading_out/refused_files.py": {"TITLE"},
    "pipelines/reading_out/exporting.py": {"_about"},
    "pipelines/reading_out/what_if.py": {"_SOURCE"},
    "pipelines/reading_out/life.py": {"_said"},
    "pipelines/reading_out/explaining.py": {"_value"},
}
"""Chinese in both languages, since JSON and files have it: what became of a row, titles."""


NOBODY: frozenset[str] = frozenset()
EMPTY = Account(NOBODY, NOBODY, {Flow.IDENTIFIED: frozenset({"1", "2"}), Flow.EXITED: NOBODY}, NOBODY, NOBODY)


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def modules() -> Iterator[tuple[str, ast.Module]]:
    for pattern in PRINTING:
        for path in sorted(ROOT.glob(pattern)):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def described(tree: ast.Module) -> set[int]:
    """Literals that say what code is, or what ``--help`` says of it, which the catalogue of helps has."""
    out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            out.add(id(node.value))
        if isinstance(node, ast.keyword) and node.arg in ("help", "metavar"):
            out |= {id(below) for below in ast.walk(node.value)}
    return out


def declared(tree: ast.Module, names: set[str]) -> set[int]:
    """Whatever stands within functions and constants of these names."""
    out = set()
    for node in tree.body:
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AnnAssign(target=ast.Name(id=name))
                | ast.Assign(targets=[ast.Name(id=name)])
            ):
                if name in names:
                    out |= {id(below) for below in ast.walk(node)}
    return out


def calls(tree: ast.Module, function: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == function:
            yield node


def spoken_of(place: str, tree: ast.Module) -> set[int]:
    """What is said in the language that is spoken: by ``say``, or under a name that then goes to it (``zh``)."""
    out = {id(below) for made in calls(tree, "say") for below in ast.walk(made)}
    handed = {one.id for made in calls(tree, "say") for one in ast.walk(made) if isinstance(one, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and {
            one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)
        } & handed & {"zh", "en", "told"}:
            out |= {id(below) for below in ast.walk(node.value)}
    return out | declared(tree, PAIRS.get(place, set()) | DATA.get(place, set()))


def in_chinese_alone(place: str, tree: ast.Module) -> list[str]:
    known = spoken_of(place, tree) | described(tree)
    words = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in known]
    return [node.value for node in words if isinstance(node.value, str) and has_chinese(node.value)]


def test_nothing_is_printed_in_chinese_alone() -> None:
    found = {place: words for place, tree in modules() if (words := in_chinese_alone(place, tree))}
    assert found == {}


def unsaid(tree: ast.Module) -> Iterator[str]:
    """Literal words of any language that are printed outside of ``say``."""
    printed = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    printed = [node for node in printed if ast.unparse(node.func) in ("out.print", "err.print", "console.print")]
    for argument in (one for made in printed for one in made.args):
        said = {id(below) for node in ast.walk(argument) if _is_made(node) for below in ast.walk(node)}
        words = [node.value for node in ast.walk(argument) if isinstance(node, ast.Constant) and id(node) not in said]
        yield from (
            word
            for word in words
            if isinstance(word, str) and any(letter.isalpha() for letter in re.sub(r"\[[^]]*\]", "", word))
        )


def _is_made(node: ast.AST) -> bool:
    """Whether it is said in the language that is spoken, or is a value and no word of the module's."""
    return isinstance(node, ast.FormattedValue | ast.Subscript) or (
        isinstance(node, ast.Call) and not ast.unparse(node.func).endswith("join")
    )


def test_nothing_is_printed_in_one_language_alone() -> None:
    found = {place: words for place, tree in modules() if (words := [*unsaid(tree)])}
    assert found == {}


@pytest.mark.parametrize("place", DESCRIBING)
def test_lines_that_are_described_elsewhere_are_in_both_languages(place: str) -> None:
    tree = ast.parse((ROOT / place).read_text(encoding="utf-8"))
    (found,) = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == DESCRIBING[place]]
    assert [*calls(ast.Module([found], []), "say")]
    assert in_chinese_alone(place, ast.Module([found], [])) == []


def test_a_new_word_in_one_language_would_be_told() -> None:
    new = ast.parse("def show():\n    console.print('没有')\n    console.print(say('有', 'some'))\n")
    assert in_chinese_alone("new.py", new) == ["没有"]


def headings_of(tree: ast.Module) -> Iterator[str]:
    """Literal headings: what is called so, and what ``make_table`` is given."""
    nodes = [made.args[0] for made in calls(tree, "make_table")]
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and "headings" in {ast.unparse(one) for one in node.targets}:
            nodes.append(node.value)
    for node in (one for one in nodes if isinstance(one, ast.List | ast.Tuple)):
        yield from (one.value for one in node.elts if isinstance(one, ast.Constant))


def test_every_heading_has_its_chinese_and_none_is_left_over() -> None:
    used = {word for _, tree in modules() for word in headings_of(tree)}
    assert len(used) > 40
    assert used - HEADINGS.keys() == set()
    # the others are headings of chosen columns: wherever one stands, it stands under its name
    literals = {
        node.value
        for place, tree in modules()
        if not place.endswith("/headings.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
    }
    assert HEADINGS.keys() - literals == set()
    assert all(has_chinese(chinese) and not has_chinese(english) for english, chinese in HEADINGS.items())


def test_a_heading_without_its_chinese_is_refused() -> None:
    with pytest.raises(KeyError):
        make_table(["rule", "of no language"], [])


def test_headings_are_told_in_the_language_that_is_spoken() -> None:
    with spoken_in(Language.EN):
        assert heading("parameter\nkey") == "parameter\nkey"
    assert heading("parameter\nkey") == "参数\n键"


def test_every_status_of_a_delivery_has_its_word() -> None:
    assert {Event.ACCEPTED, Event.REJECTED, Event.HELD, Event.WITHDRAWN, Event.SUPERSEDED} <= STATUSES.keys()
    assert all(has_chinese(word) for word in (*STATUSES.values(), *SCOPES.values()))


def printed(show: Callable[[Console], None], language: Language) -> list[str]:
    console = Console(file=io.StringIO(), highlight=False, soft_wrap=True, width=200)
    with spoken_in(language):
        show(console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_deliveries_and_a_rule_are_headed_in_english_and_in_chinese() -> None:
    counts = dict.fromkeys(("as_of", "read", "staged", "quarantined", "totals_or_blank", "repeated", "values_refused"))
    about = {"status": "rejected", "feed": "survey_results", "county": "522601", "id": "d", "reason": "缺列"}
    rows: Any = [{**counts, **about}]
    told = {language: printed(lambda console: print_deliveries(rows, console), language) for language in Language}
    heads = {language: next(line for line in told[language] if line.strip()) for language in Language}
    assert heads[Language.EN].split()[:3] == ["number", "status", "data"]
    assert heads[Language.ZH].split()[:3] == ["编号", "状态", "数据"]
    assert any(line.startswith("rejected ") for line in told[Language.EN])
    assert any(line.startswith("退回 ") for line in told[Language.ZH])
    rule = [line for line in printed(lambda console: print_rule(RULES[0], console), Language.EN) if line.strip()]
    assert [line.split("  ")[0] for line in rule[1:3]] == ["condition", "owner"]


def test_what_housekeeping_did_is_told_in_both_languages_and_logged_in_english() -> None:
    ledger = LedgerCheck("522601", 9, (3,), (), (), "ab")
    kept = Kept(("d1",), 2, 1, ("s3://there",), 4, ("d2",), (ledger,), AuditCheck(5, (), "cd"))
    assert [has_chinese(line) for line in kept.told] == [True, False, True, True, True, True]
    with spoken_in(Language.EN):
        assert kept.told == kept.sentences
    assert "522601的台账：9条记录，断开：[3]，最后的校验值 ab" in kept.told
    assert "ledger 522601: 9 events, BROKEN at [3], last digest ab" in kept.sentences
    assert not any(has_chinese(line) for line in kept.sentences)


def test_what_came_of_a_workbook_and_of_sending_is_told_in_both_languages() -> None:
    rows = dict.fromkeys(OUTCOMES, 0) | {"applied": 2}
    problem = {"row": 5, "column": "核实结论", "reason": "没有填写"}
    taken: Any = {"file": "a.xlsx", "known": True, "rows": rows, "reason": None, "problems": [problem], "receipt": "r"}
    sent: Any = {"county": "522601", "batch": "b1", "sent": {"TL02": 3}, "braked": []}
    assert describe_taken(taken) == [
        "a.xlsx（以前已收到，没有变化）：已登记 2",
        "  第5行 核实结论：没有填写",
        "  回执：r",
    ]
    assert describe_sent(sent)[0].endswith("3条")
    with spoken_in(Language.EN):
        assert describe_taken(taken) == [
            "a.xlsx (received before, nothing new): applied 2",
            "  row 5 核实结论: 没有填写",
            "  receipt: r",
        ]
        assert describe_sent(sent)[0].startswith("522601 sent, batch b1: ")


def test_a_check_and_a_flow_are_told_in_both_languages() -> None:
    problem = Problem("row", "a.csv", None, 3, "name", "姓名", "missing", "缺少", "")
    notice = Notice("unit", "按元读", "b.xlsx", "表", (4, 5), count=9)
    report = CheckReport("a.csv", None, None, None, (), Accounting(9, 8, 1, 0, 0, 0), (problem,), (notice,))
    zh = [*report_lines(report)]
    assert zh[1] == "结论：可以报送，但有1处需要更正"
    assert "  - 文件 b.xlsx，工作表“表”，第4、5行等9行：按元读" in zh
    with spoken_in(Language.EN):
        en = [*report_lines(report)]
        flow = describe_flow(StockFlow(EMPTY, EMPTY), (date(2026, 5, 31), date(2026, 6, 30)))
    assert en[1] == "Verdict: it can be sent; to be mended: 1"
    assert "  - 姓名: 缺少; row 3" in en
    assert "  - b.xlsx: 表: row 4, 5 of 9 rows: 按元读" in en
    assert flow[1] == "  households: 0 at first + 2 identified - 0 exited = 2; 0 at last, it does not close"
    assert not any(has_chinese(line) for line in flow)


def test_every_unit_of_an_indicator_has_its_english() -> None:
    assert {indicator.unit for indicator in INDICATORS} <= UNITS.keys()
