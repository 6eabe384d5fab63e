"""What the tree itself must be: one idea a module, so that it can be read at a sitting."""

from pathlib import Path

TREE = Path(__file__).resolve().parents[1]
MOST_LINES = 400
FOLDERS = ("expectations", "warehouse", "pipelines", "dags", "tests", "docs")


def test_no_module_has_more_than_400_lines() -> None:
    modules = [path for folder in FOLDERS for path in (TREE / folder).rglob("*.py")]
    lines = {str(path.relative_to(TREE)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    assert len(lines) > 400
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}
