"""What was looked up before an application, for a person at a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Console

from pipelines.house.counties import county_name
from pipelines.house.language import say
from pipelines.reading_out.headings import place_told
from pipelines.reading_out.lookup import BookTold, CountyTold, Looked, PersonTold, RowTold


def print_lookup(looked: Looked, console: Console) -> None:
    """The person, the family and their books, county by county; or that no book has them, and which were searched."""
    for line in told_lines(looked):
        console.print(line, markup=False)


def told_lines(looked: Looked) -> Iterator[str]:
    """The same, line by line."""
    yield say(f"核对授权 {looked.authorisation}", f"authorisation {looked.authorisation}")
    for county in looked.counties:
        where, day = f"{county.county} {county_name(county.county)}", county.as_of
        yield say(f"\n{where}，数据截至{day}", f"\n{where}, data as of {day}")
        yield from _county(county) if looked.found else _nobody(county)


def _nobody(county: CountyTold) -> Iterator[str]:
    zh = "各账中没有这个姓名和证件号码的人。姓名、号码有一样写错，也是这个结果：请对照身份证原件再核对一次。"
    en = "No book has a person of this name and number. One of them mistyped looks the same: see the identity card."
    yield say(zh, en)
    yield from _books([book for person in county.people for book in person.books])


def _county(county: CountyTold) -> Iterator[str]:
    first, *others = county.people
    yield say(f"\n本人：{first.name}", f"\napplicant: {first.name}")
    yield from _books(first.books)
    if county.family:
        yield say("\n家庭：户、证", "\nfamily: household, certificate")
        yield from _books(county.family)
    for person in others:
        yield _heading(person)
        yield from _books(person.books)


def _heading(person: PersonTold) -> str:
    number = person.number or say("没有有效证件号码，其他账无法查", "no valid number: no other book can be asked")
    zh = f"\n家庭成员：{person.name}（{person.relation}，{number}）"
    return say(zh, f"\nfamily: {person.name} ({person.relation}, {number})")


def _books(books: Sequence[BookTold]) -> Iterator[str]:
    for book in books:
        day = "" if book.as_of is None else say(f"（截至{book.as_of}）", f" (as of {book.as_of})")
        note = f"{say('；', '; ')}{book.note}" if book.note else ""
        yield say(f"  {book.title}{day}：", f"  {book.title}{day}: ") + f"{book.standing.label}{note}"
        yield from (f"    {line}" for row in book.rows for line in _row(row))


def _row(row: RowTold) -> Iterator[str]:
    other = [say("姓名与所给的不同", "another name than was given")] if row.other_name else []
    values = [f"{heading} {value}" for heading, value in row.values.items()]
    where = f"{row.file} {place_told(row.row, row.sheet)}"
    yield say("；", "; ").join([*other, *values, say(f"来源 {where}", f"from {where}")])
