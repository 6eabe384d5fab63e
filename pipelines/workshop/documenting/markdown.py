"""Markdown in small parts."""

from collections.abc import Iterable, Sequence


def cell(value: object) -> str:
    """A text that stays within its cell."""
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table, or an empty text where there are no rows."""
    lines = ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join(["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings), *lines])


def bullets(lines: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {line}" for line in lines)


def page(*parts: str) -> str:
    """Parts with a blank line between them, ending in a line break; empty ones are left out."""
    return "\n\n".join(part for part in parts if part) + "\n"


def section(title: str, *parts: str) -> str:
    """A section, or an empty text where it would hold nothing."""
    filled = [part for part in parts if part]
    return "\n\n".join([f"## {title}", *filled]) if filled else ""
