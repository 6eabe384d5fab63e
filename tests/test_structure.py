"""What the tree itself must be: one idea a module, so that it can be read at a sitting; rooms without a circle."""

from pathlib import Path

from rooms import PAGE, arrows, circles, page

TREE = Path(__file__).resolve().parents[1]
MOST_LINES = 400
FOLDERS = ("expectations", "warehouse", "pipelines", "dags", "tests", "docs")


def test_no_module_has_more_than_400_lines() -> None:
    modules = [path for folder in FOLDERS for path in (TREE / folder).rglob("*.py")]
    lines = {str(path.relative_to(TREE)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    assert len(lines) > 400
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_no_room_is_reached_from_itself() -> None:
    assert circles(arrows()) == []


def test_a_circle_would_be_found() -> None:
    below = frozenset({"night"})
    assert circles({"desk": below, "night": frozenset({"house"}), "house": below}) == ["night", "house"]


def test_the_table_of_rooms_is_what_the_imports_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python tests/rooms.py writes it anew"
