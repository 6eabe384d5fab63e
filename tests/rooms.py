"""The rooms of the house and the arrows between them, as the imports say.

``python tests/rooms.py`` writes the table in docs/index.md anew.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "index.md"
_BETWEEN = re.compile(r"(<!-- rooms -->\n).*?(<!-- /rooms -->)", re.DOTALL)


def arrows() -> Mapping[str, frozenset[str]]:
    """Which rooms of ``pipelines`` each room imports from."""
    graph = grimp.build_graph("pipelines", cache_dir=None)
    found: dict[str, set[str]] = defaultdict(set)
    for module in graph.modules:
        found[_room(module)].update(map(_room, graph.find_modules_directly_imported_by(module)))
    return {room: frozenset(others - {room}) for room, others in sorted(found.items()) if room}


def circles(of: Mapping[str, frozenset[str]]) -> list[str]:
    """Rooms from which one comes back to them."""

    def reached(room: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(of[room])
        while waiting:
            if (one := waiting.pop()) not in seen:
                seen.add(one)
                waiting += of[one]
        return seen

    return [room for room in of if room in reached(room)]


def table(of: Mapping[str, frozenset[str]]) -> str:
    """Markdown: a row a room, with its first sentence and the rooms that it imports from."""
    lines = ["| room | what lives there | imports from |", "|---|---|---|"]
    lines += [f"| `{room}` | {_says(room)} | {', '.join(sorted(others)) or '—'} |" for room, others in of.items()]
    total = sum(map(len, of.values()))
    return "\n".join([*lines, "", f"{len(of)} rooms, {total} arrows, no circle."]) + "\n"


def page() -> str:
    """docs/index.md with the table as it ought to be."""
    return _BETWEEN.sub(lambda found: found[1] + table(arrows()) + found[2], PAGE.read_text(encoding="utf-8"))


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _says(room: str) -> str:
    folder = ROOT / "pipelines" / room
    file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    found = re.match(r'"""(.+?)(?:\n\n|""")', file.read_text(encoding="utf-8"), re.DOTALL)
    if found is None:
        raise ValueError(f"{room} does not say what lives there")
    return " ".join(found[1].split()).replace("``", "`").replace("|", r"\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
