"""Every page is made in one environment, which escapes what it shows and knows each name or fails."""

import ast
from importlib.resources import files
from pathlib import Path

import jinja2
import pytest

import pipelines
from pipelines.reporting import rendering
from pipelines.reporting.rendering import render

ESCALATION = {"county_name": "凯里市", "as_of": "2026-06-30", "until": "2026年6月30日", "findings": 1, "rows": []}
ROOT = Path(str(pipelines.__file__)).parent


def test_what_a_page_shows_is_escaped() -> None:
    page = render("escalation", **ESCALATION | {"county_name": "<script>alert(1)</script>"})
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("lacking", ESCALATION)
def test_a_name_that_is_not_given_is_an_error_and_no_empty_place(lacking: str) -> None:
    with pytest.raises(jinja2.UndefinedError, match=lacking):
        render("escalation", **{name: value for name, value in ESCALATION.items() if name != lacking})


def test_there_is_one_environment_and_every_template_is_compiled_in_it() -> None:
    makers = [
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and "jinja2" in [getattr(node, "module", None), *(name.name for name in node.names)]
    ]
    assert makers == [Path(str(rendering.__file__)).relative_to(ROOT).as_posix()]
    templates = [path.name for path in (files("pipelines.reporting") / "templates").iterdir()]
    assert len(templates) == 11
    for name in templates:
        assert rendering._environment().get_template(name)
    assert sorted(path.parent for path in ROOT.rglob("*.j2")) == [ROOT / "reporting" / "templates"] * len(templates)
