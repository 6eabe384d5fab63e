"""``--lang``: whatever the command line says by itself has its Chinese, and a new text without one fails here."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from command_line import call
from homes import NIGHT
from rich.cells import cell_len
from rich.console import Console
from typer import rich_utils

from expectations.feeds import FEEDS
from expectations.policy import PolicyError
from pipelines.cli import app
from pipelines.commands.chinese import CATALOGUE, in_chinese, translator
from pipelines.commands.chinese.doctor import DOCTOR
from pipelines.commands.chinese.errors import ERRORS, KINDS
from pipelines.commands.chinese.helps import HELPS
from pipelines.commands.chinese.steps import STEPS
from pipelines.commands.chinese.usage import FIXED
from pipelines.commands.helping import wrap
from pipelines.house.language import Language, language_of, say, spoken
from pipelines.house.policies import load_policies
from pipelines.pulling.config import PullConfigError, load_pull_config
from pipelines.reading_out.checks import print_checks
from pipelines.reading_out.doctor import examine

ROOT = Path(__file__).parents[2]
WIDTH = 80

FOR_PROGRAMMERS = {"NotApartError", "NotAlikeError", "Problem"}
"""Not shown to staff: the first two choose a way of evaluating; a problem is made of what somebody else says."""

ADMINISTRATORS_FILES = ("pipelines/house/policies.py", "pipelines/pulling/config.py")
"""Who read files that administrators write, and note what is wrong in them."""


def texts(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Every help text, and whose it is."""
    yield " ".join(path), command.help
    for parameter in command.params:
        yield f"{' '.join(path)} {parameter.opts[0]}", parameter.help
        if isinstance(getattr(parameter, "show_default", None), str):
            yield f"{' '.join(path)} {parameter.opts[0]}", parameter.show_default
    for name, one in getattr(command, "commands", {}).items():
        yield from texts(one, (*path, name))


def paths(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, one in getattr(command, "commands", {}).items():
        yield from paths(one, (*path, name))


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_every_command_option_and_argument_is_told_in_both_languages() -> None:
    said = list(texts(typer.main.get_command(app)))
    assert {whose for whose, text in said if not text} == set()
    assert {(whose, text) for whose, text in said if text not in HELPS} == set()
    assert HELPS.keys() - {text for _, text in said} == set()
    assert {key for key, chinese in CATALOGUE.items() if not has_chinese(chinese)} <= {"Value error, {}", " for {}"}


@pytest.mark.parametrize("words", list(paths(typer.main.get_command(app))), ids=" ".join)
def test_help_fits_a_terminal_of_80_columns_in_both_languages(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    for language in Language:
        done = call(*words, "--help", "--lang", language, home=None, capsys=capsys, monkeypatch=monkeypatch)
        assert done.status == 0
        # how a command is written is one line, to be copied
        _, *lines = done.stdout.splitlines()
        assert [line for line in lines if cell_len(line) > WIDTH] == []
        assert [line for line in lines if line.lstrip()[:1] in set("，。、；：）")] == []
        assert has_chinese(done.stdout.partition("\n")[0]) is (language is Language.ZH)
        assert "--lang <zh|en>" in done.stdout


def templates(node: ast.expr | None) -> Iterator[str]:
    """What a literal says, ``{}`` where something stands in it; both, where either is said."""
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.JoinedStr(values=values):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in values)
        case ast.IfExp(body=body, orelse=other):
            yield from (*templates(body), *templates(other))
        case _:
            return


def errors_of_ours(trees: dict[str, ast.Module]) -> set[str]:
    classes = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found = {"LiangxianError", "BadParameter"}
    while True:
        more = {c.name for c in classes if any(ast.unparse(base).split(".")[-1] in found for base in c.bases)}
        if more <= found:
            return found | {"Problem"}
        found |= more


def said_in_errors() -> Iterator[tuple[str, str]]:
    """Every literal sentence with which an error of ours is made, and where."""
    packages = ("expectations", "pipelines", "warehouse")
    files = sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))
    trees = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in files}
    ours = errors_of_ours(trees)
    for place, tree in trees.items():
        for kind in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name in ours):
            for made in (one for one in ast.walk(kind) if isinstance(one, ast.Call)):
                if ast.unparse(made.func) == "super().__init__" and kind.name != "UnknownError":
                    yield from ((place, text) for text in _parts(made, kind.name))
        for made in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = ast.unparse(made.func).split(".")[-1]
            if name in ours - FOR_PROGRAMMERS:
                yield from ((place, text) for text in _parts(made, name))


def _parts(made: ast.Call, name: str) -> Iterator[str]:
    if name == "UnknownError":
        yield from (f"no {kind} {{}}" for kind in templates(made.args[0] if made.args else None) if kind)
    elif made.args:
        yield from templates(made.args[0])
    yield from (text for key in made.keywords if key.arg in ("why", "advice") for text in templates(key.value))


def test_every_error_is_told_in_both_languages() -> None:
    said = {
        (place, text) for place, text in said_in_errors() if text.replace("{}", "").strip() and not has_chinese(text)
    }
    assert len(said) > 100
    without = {(place, text) for place, text in said if in_chinese(text.replace("{}", "X")) == text.replace("{}", "X")}
    # a command to be typed is the same in both
    without = {(place, text) for place, text in without if not text.startswith(("liangxian ", "--"))}
    assert without == set()
    assert {kind for kind in KINDS if not in_chinese(f"several {kind}s begin with 8f")} == set()


def noted(tree: ast.Module) -> Iterator[str]:
    """What readers of files note: given to ``problem``, or put on a list of problems."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="problem"), args=[_, _, _, what]):
                yield from added(what)
            case ast.Call(func=ast.Attribute(attr="append", value=ast.Name(id="problems")), args=[what]):
                yield from added(what)
            case ast.ListComp(elt=ast.JoinedStr() as what):
                yield from added(what)
            case ast.Call(func=ast.Name(id="PullConfigError"), args=[_, ast.List(elts=whats)]):
                yield from (text for what in whats for text in added(what))


def added(node: ast.expr) -> list[str]:
    """The templates of a text, also of one that another is added to."""
    if isinstance(node, ast.BinOp):
        return [one + more for one in templates(node.left) for more in templates(node.right)]
    return list(templates(node))


@pytest.mark.parametrize("place", ADMINISTRATORS_FILES)
def test_what_is_wrong_in_an_administrators_file_is_told_in_both_languages(place: str) -> None:
    said = set(noted(ast.parse((ROOT / place).read_text(encoding="utf-8"))))
    assert len(said) > 10
    # which part of the file it is stands before it
    said = {re.sub(r"^\{\}(?=[.:])", "feeds.X", text).replace("{}unknown", "feeds.X: unknown") for text in said}
    assert {text for text in said if not has_chinese(in_chinese(text.replace("{}", "X")))} == set()


def test_why_a_finding_cannot_be_closed_is_told_in_both_languages() -> None:
    tree = ast.parse((ROOT / "pipelines/recording/review.py").read_text(encoding="utf-8"))
    told = [
        one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name in ("_reasons", "_stale_proof")
    ]
    nodes = [node for one in told for line in one.body[1:] for node in ast.walk(line)]
    parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    said = {text for node in nodes if id(node) not in parts and isinstance(node, ast.expr) for text in templates(node)}
    said = {text for text in said if " " in text.strip() and not has_chinese(text)}
    assert len(said) > 10
    assert {text for text in said if not has_chinese(in_chinese(text.replace("{}", "X")))} == set()


def steps() -> Iterator[str]:
    """What is told while a command is at work."""
    for path in sorted((ROOT / "pipelines").rglob("*.py")):
        for made in (
            node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
        ):
            match ast.unparse(made.func).split(".")[-1], made.args:
                case "tell" | "_tell", [what] if "benching" not in path.parts:
                    yield from templates(what)
                case "for_each", [_, _, _, what]:
                    yield from templates(what)


def test_whatever_a_spinner_says_has_its_chinese() -> None:
    chinese = translator(STEPS)
    said = {*steps()} | {"starting"}
    assert len(said) > 15
    assert {text for text in said if not has_chinese(chinese(text.replace("{}", "X")))} == set()
    assert chinese("replay 522601 at 2026-06-30: 3 changed rules, 1 with other policy values").endswith(
        "1 条政策标准变化"
    )


def test_a_bad_policy_file_is_told_of_in_chinese(tmp_path: Path) -> None:
    entry = '{from: 2026-13-01, value: 1, source: "a"}'
    text = f'county: "522601"\nparameters:\n  no_such_key: []\n  retention_days:\n    - {entry}\n'
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        load_policies(tmp_path)
    told = refused.value.told_in_chinese(in_chinese)
    assert "没有这个键" in told
    assert "from 不是日期，应写作 2026-06-30 这样：'2026-13-01'" in told
    assert "unknown" not in told


def test_a_bad_file_of_what_to_pull_is_told_of_in_chinese(tmp_path: Path) -> None:
    path = tmp_path / "pull.yaml"
    path.write_text("county: 12\nattempts: 0\nfeeds: {students: {columns: {甲乙丙: a}}}\n", encoding="utf-8")
    with pytest.raises(PullConfigError) as refused:
        load_pull_config(path)
    told = refused.value.told_in_chinese(in_chinese)
    assert "county 不是 6 位县代码" in told
    assert "attempts 不是不小于 1 的整数" in told
    assert "feeds.students 处：table 和 query 须写一个" in told
    assert "甲乙丙 不是" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run",), "缺少选项 '--as-of'。"),
        (("check",), "缺少参数"),
        (("rum",), "没有命令 'rum'。是不是 'run'？"),
        (("run", "--as-of", "yesterday"), "'yesterday' 不是日期"),
        (("run", "--bogus"), "没有选项 --bogus"),
        (("run", "--as-of"), "选项 '--as-of' 后面要有值。"),
        (("run", "--as-of", "2026-06-30", "more"), "多了参数：more"),
        (("ingest", "--jobs", "0"), "应不小于 1"),
        (("ingest", "--jobs", "x"), "应为整数"),
        (("check", "/nowhere/a.csv"), "没有文件 '/nowhere/a.csv'。"),
        (("findings", "--unmask"), "查看个人信息必须写明用途"),
        (("findings", "--format", "pdf"), "不在"),
        (("rules", "TL99"), "找不到规则 TL99；可选的有 TL01"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_told_in_chinese(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    done = call(arguments[0], "--lang", "zh", *arguments[1:], home=None, capsys=capsys, monkeypatch=monkeypatch)
    assert done.status == 2
    assert told in done.stderr
    done = call(arguments[0], "--lang", "en", *arguments[1:], home=None, capsys=capsys, monkeypatch=monkeypatch)
    assert done.status == 2
    assert not has_chinese(done.stderr)


def test_the_language_is_the_commands_then_the_settings_then_the_locales() -> None:
    assert language_of({"LANG": "zh_CN.UTF-8"}) is Language.ZH
    assert language_of({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}) is Language.EN
    assert language_of({"LANG": "C.UTF-8", "LIANGXIAN_LANG": "zh"}) is Language.ZH
    assert language_of({"LANG": "zh_CN.UTF-8", "LIANGXIAN_LANG": "xx"}) is Language.ZH
    assert language_of({}) is Language.EN


def test_a_command_leaves_the_language_as_it_was(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = spoken(), {name: getattr(rich_utils, name) for name in FIXED}
    call("rules", "--lang", "en", home=None, capsys=capsys, monkeypatch=monkeypatch)
    call("rules", "TL99", "--lang", "zh", home=None, capsys=capsys, monkeypatch=monkeypatch)
    assert (spoken(), {name: getattr(rich_utils, name) for name in FIXED}) == before
    assert say("中", "en") == "中"


def test_lines_are_broken_by_cells_and_never_before_a_full_stop() -> None:
    assert wrap("收到的各批数据，全部。", 12) == ["收到的各批数", "据，全部。"]
    assert wrap("收到的各批数据。", 14) == ["收到的各批数", "据。"]
    assert wrap("words that are English", 11) == ["words that", "are English"]
    assert wrap("A" * 25, 10) == ["A" * 10, "A" * 10, "A" * 5]
    assert ERRORS


def test_whatever_the_doctor_says_has_its_chinese(night_home: Path) -> None:
    chinese = translator(DOCTOR | {feed.name: feed.title for feed in FEEDS})
    tree = ast.parse((ROOT / "pipelines/reading_out/doctor.py").read_text(encoding="utf-8"))
    told = {"what", "found", "advice", "ask", "where", "again"}
    said = [
        node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in told
    ]
    for made in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Check"):
        said += [one for place, one in enumerate(made.args) if place != 2]
    texts_ = {text for one in said for text in templates(one)} - {"Python", "{}", "{} GB", "{}, {}", ""}
    assert len(texts_) > 40
    assert {text for text in texts_ if not has_chinese(chinese(text.replace("{}", "X")))} == set()

    out = io.StringIO()
    print_checks(examine(night_home, None, {}, NIGHT), Console(file=out, width=WIDTH), chinese)
    assert "522601 的学籍" in out.getvalue()
