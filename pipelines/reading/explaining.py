"""What is wrong with a header, in the words of the department that sent it."""

from difflib import SequenceMatcher

from expectations.feed import Column, Feed
from pipelines.reading.headers import Header
from pipelines.reading.headings import normalise_heading, show_heading
from pipelines.reading.notices import Cause, Notice, column_letters
from pipelines.reading.tables import Layout


def explain_header(header: Header, file: str, sheet: str | None) -> tuple[Notice, ...]:
    """Everything that is wrong with a header: columns that are missing, units that cannot be placed."""
    return (*_explain_missing(header, file, sheet), *_explain_units(header, file, sheet))


def _explain_missing(header: Header, file: str, sheet: str | None) -> tuple[Notice, ...]:
    """One sentence a missing column: place, heading, the nearest heading that is there, what to do."""
    nearest = _nearest(header)
    rows = (header.last + 1,)
    return tuple(
        Notice(
            Cause.MISSING_COLUMN, f"表头{_missing(column, nearest.get(column.name))}", file, sheet, rows, column.title
        )
        for column in header.missing
    )


def explain_no_header(feed: Feed, file: str, sheet: str | None) -> Notice:
    """The sentence for a table without any header of the feed."""
    needed = "、".join(c.title for c in feed.columns if c.must_be_there)
    return Notice(
        Cause.NO_HEADER,
        f"没有找到“{feed.title}”的表头。请核对是否报错了表，并保留以下必需列的列名后重新报送：{needed}",
        file,
        sheet,
    )


def explain_twins(column: Column, layout: Layout, file: str, sheet: str | None) -> Notice:
    """The sentence for a heading that stands twice."""
    places = "和".join(f"{column_letters(layout.left + p)}列" for p in layout.twins[column.name])
    heading = layout.columns[column.name].text
    same = "" if heading == normalise_heading(column.title) else f"（即“{column.title}”）"
    return Notice(
        Cause.AMBIGUOUS_HEADING,
        f"表头中列名“{heading}”{same}出现了{len(layout.twins[column.name])}次：{places}，内容不同，分不清应取哪一列。"
        "请把不属于本表的那一列改名（例如写明是谁的）或删除，然后重新报送",
        file,
        sheet,
        (layout.row,),
        heading,
    )


def _explain_units(header: Header, file: str, sheet: str | None) -> tuple[Notice, ...]:
    """One sentence a unit that cannot be placed."""
    out = []
    for unplaced in header.unplaced:
        rows = () if unplaced.row is None else (unplaced.row + 1,)
        said = (
            f"金额单位“{unplaced.text}”无法确定是否用于“{unplaced.heading}”列。"
            f"请在该列列名后写明单位，例如“{unplaced.heading}（元）”或“{unplaced.heading}（万元）”，然后重新报送"
        )
        out.append(Notice(Cause.UNKNOWN_UNIT, said, file, sheet, rows, unplaced.heading))
    return tuple(out)


def _nearest(header: Header) -> dict[str, str]:
    """The likest heading that names nothing, for each column that is missing; no heading is offered twice."""
    used = {h.position for h in header.columns.values()}
    free = {i: t for i, t in enumerate(header.texts) if i not in used and t.strip()}
    pairs = [(_likeness(c, t), place, i) for place, c in enumerate(header.missing) for i, t in free.items()]
    found: dict[str, str] = {}
    for likeness, place, i in sorted(pairs, key=lambda p: (-p[0], p[1], p[2])):
        name = header.missing[place].name
        if likeness > 0 and i in free and name not in found:
            found[name] = free.pop(i)
    return found


def _missing(column: Column, nearest: str | None) -> str:
    also = f"（也可写作{'、'.join(column.synonyms)}）" if column.synonyms else ""
    if nearest is None:
        return f"缺少必需列“{column.title}”{also}，表中也没有相近的列名。请补上这一列后重新报送"
    return (
        f"缺少必需列“{column.title}”{also}，表中最接近的列名是“{show_heading(nearest)}”。"
        f"如果就是这一列，请把列名改为“{column.title}”；如果不是，请补上这一列，然后重新报送"
    )


def _likeness(column: Column, text: str) -> float:
    plain = normalise_heading(text)
    return max(SequenceMatcher(None, normalise_heading(h), plain).ratio() for h in column.headings)
