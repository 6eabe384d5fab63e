"""Any bytes at all as a file: an answer in bounded time and memory, every row accounted for, never an error."""

import csv
import decimal
import io
import random
import struct
import zipfile
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feed_tables import file_name, rows_of, text_table, write_csv, write_parquet, write_xlsx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packages import MAIN, OFFICE, PARTS, SHEET, packed, text_cell

from expectations.feeds import FEEDS_BY_NAME
from pipelines.reading import UnreadableFileError, delimited, open_file, unpack
from pipelines.reading.biff_limits import refuse_absurd_sheets
from pipelines.reading.compound_limits import refuse_broken_compound
from pipelines.reading.tables import MAX_COLUMNS

FEED = FEEDS_BY_NAME["low_income_members"]

quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def rows_in(path: Path, suffix: str) -> int | None:
    """Rows of all tables of a file; None where it was refused, with a reason."""
    opened = open_file(path, f"x.{suffix}", suffix, FEED)
    if not opened.tables:
        assert opened.problems
        assert all("x." in p.text for p in opened.problems)
        return None
    try:
        return sum(len(batch) for table in opened.tables for batch in table.batches())
    except UnreadableFileError:
        return None


@quick
@given(content=st.binary(max_size=400), suffix=st.sampled_from(["csv", "xlsx", "xls", "parquet"]))
def test_any_bytes_are_read_or_refused(tmp_path, content, suffix):
    path = tmp_path / "x"
    path.write_bytes(content)
    rows_in(path, suffix)


@quick
@given(
    tail=st.binary(max_size=300),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    delimiter=st.sampled_from([",", "\t", ";"]),
)
def test_any_bytes_below_a_good_header_are_read_or_refused(tmp_path, tail, encoding, delimiter):
    path = write_csv(tmp_path / "x", text_table(FEED, rows_of(FEED, 2)), encoding=encoding, delimiter=delimiter)
    path.write_bytes(path.read_bytes() + tail)
    rows_in(path, "csv")


@quick
@given(
    lines=st.lists(st.lists(st.text("甲a \u3000\"'\n\r,;\t=", max_size=4), max_size=9), max_size=12),
    block=st.sampled_from([64, 8 << 20]),
)
def test_rows_of_any_length_are_all_there_in_order(tmp_path, lines, block):
    header = [c.title for c in FEED.columns]
    path = write_csv(tmp_path / "x", [header, *lines])
    expected = list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))[1:]
    kept = delimited._BLOCK_BYTES
    delimited._BLOCK_BYTES = block
    try:
        opened = open_file(path, "x.csv", "csv", FEED)
        (table,) = opened.tables
        width = None
        got, numbers = [], []
        try:
            for batch in table.batches():
                width = len(batch.columns)
                got += [list(r) for r in zip(*(c.to_pylist() for c in batch.columns), strict=True)]
                numbers += batch.rows.tolist()
        except UnreadableFileError:
            return
    finally:
        delimited._BLOCK_BYTES = kept
    assert numbers == list(range(2, len(expected) + 2))
    if width is not None:
        assert got == [[*row, *[""] * width][:width] for row in expected]


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
@pytest.mark.parametrize("seed", range(12))
def test_files_with_broken_bytes_are_read_or_refused(tmp_path, suffix, seed):
    path, table = tmp_path / "x", text_table(FEED, rows_of(FEED, 50))
    if suffix == "xlsx":
        write_xlsx(tmp_path / "x.xlsx", {"s": table}).rename(path)
    else:
        write_parquet(path, table)
    content = bytearray(path.read_bytes())
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 30)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content[: chance.randint(1, len(content))] if seed % 3 == 0 else content)
    rows_in(path, suffix)


def sheet_xml(cells: str) -> bytes:
    """A workbook whose only sheet has these cells."""
    out = io.BytesIO()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/'
            'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/></Types>',
        )
        z.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        z.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        z.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        z.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>')
    return out.getvalue()


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="AZ1048576"><v>1</v></c></row>',
        "<row r='1'><c r='A1'><v>1</v></c><c r='ZZZZZZ9'><v>1</v></c></row>",
        '<row r="1"><c r="A1"><v>1</v></c><c r="B999999999"><v>1</v></c></row>',
    ],
)
def test_a_workbook_with_cells_far_apart_is_refused_before_it_is_laid_out(tmp_path, cells):
    path = tmp_path / "x"
    path.write_bytes(sheet_xml(cells))
    assert rows_in(path, "xlsx") is None


def test_a_workbook_that_unpacks_a_thousandfold_is_refused(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(sheet_xml(" " * (80 << 20)))
    assert rows_in(path, "xlsx") is None


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_a_table_of_far_too_many_columns_is_refused(tmp_path, suffix):
    path = tmp_path / "x"
    table = [[*line, *[f"c{i}" for i in range(MAX_COLUMNS + 10)]] for line in text_table(FEED, rows_of(FEED, 2))]
    if suffix == "csv":
        write_csv(path, table)
    elif suffix == "xlsx":
        write_xlsx(tmp_path / "x.xlsx", {"s": table}).rename(path)
    else:
        write_parquet(path, table)
    assert rows_in(path, suffix) is None


def test_one_line_of_ten_million_columns_is_refused(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"," * 10_000_000)
    assert rows_in(path, "csv") is None
    write_csv(path, text_table(FEED, rows_of(FEED, 2)))
    path.write_bytes(path.read_bytes() + b"," * 20_000_000)
    assert rows_in(path, "csv") is None


def compound(path: Path, *, last: int = 0xFFFFFFFE, length: int = 5000, tables: int = 1) -> Path:
    """An old workbook's file system: allocation table, directory, and one stream of ten sectors."""
    header = bytearray(512)
    struct.pack_into("<8sHHHHH", header, 0, bytes.fromhex("d0cf11e0a1b11ae1"), 0, 0, 0, 0, 0)
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<9I", header, 40, 0, tables, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 12), last, *[0xFFFFFFFF] * 116]
    directory = bytearray(512)
    for n, (name, kind, start, size) in enumerate((("Root Entry", 5, 0xFFFFFFFE, 0), ("Workbook", 2, 2, length))):
        text = name.encode("utf-16-le")
        directory[128 * n : 128 * n + len(text)] = text
        struct.pack_into("<HB", directory, 128 * n + 64, len(text) + 2, kind)
        struct.pack_into("<II", directory, 128 * n + 116, start, size)
    path.write_bytes(bytes(header) + struct.pack("<128I", *table) + bytes(directory) + bytes(5120))
    return path


def test_an_old_workbook_whose_parts_run_in_a_circle_or_claim_too_much_is_refused_before_it_is_read(tmp_path):
    refuse_broken_compound(compound(tmp_path / "x"))
    for broken in ({"last": 2}, {"last": 11}, {"length": 4_000_000_000}, {"tables": 4_000_000_000}):
        path = compound(tmp_path / "x", **broken)
        with pytest.raises(UnreadableFileError):
            refuse_broken_compound(path)
        assert rows_in(path, "xls") is None


def records(*found: tuple[int, bytes]) -> bytes:
    """A stream of an old workbook's records."""
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in found)


def test_an_old_workbook_whose_sheet_claims_more_cells_than_there_can_be_is_refused(tmp_path):
    size = struct.pack("<IIHHH", 0, 65_536, 0, 256, 0)
    absurd = struct.pack("<IIHHH", 0, 4_000_000_000, 0, 60_000, 0)
    begin = (0x0809, bytes(16))
    # the bytes of a text cell in row 513, column 11, are those of a size's beginning
    cell = (0x00FD, struct.pack("<HHHI", 512, 10, 65_535, 4_000_000_000) + bytes(8))
    refuse_absurd_sheets(records(begin, (0x0200, size), cell))
    with pytest.raises(UnreadableFileError):
        refuse_absurd_sheets(records(begin, (0x0200, absurd), cell))
    refuse_absurd_sheets(records((0x0085, struct.pack("<I", 8)), begin, (0x0200, size), cell))
    with pytest.raises(UnreadableFileError):  # a sheet that begins where no record does
        refuse_absurd_sheets(records((0x0085, struct.pack("<I", 10)), begin, (0x0200, size), cell))
    with pytest.raises(UnreadableFileError):  # no sheet has a column 60,001
        refuse_absurd_sheets(records(begin, (0x00FD, struct.pack("<HHHI", 0, 60_000, 0, 0))))
    corners = [(0x00FD, struct.pack("<HHHI", r, c, 0, 0)) for r, c in ((0, 0), (65_535, 255))]
    refuse_absurd_sheets(records((0x0085, struct.pack("<I", 8)), begin, corners[0]))
    with pytest.raises(UnreadableFileError):  # two cells, and everything between them
        refuse_absurd_sheets(records((0x0085, struct.pack("<I", 8)), begin, *corners))
    path = compound(tmp_path / "x")
    content = bytearray(path.read_bytes())
    stream = records(begin, (0x0200, absurd))
    content[1536 : 1536 + len(stream)] = stream
    path.write_bytes(content)
    assert rows_in(path, "xls") is None
    with pytest.raises(UnreadableFileError):
        refuse_broken_compound(path)


def test_parquet_text_that_is_no_utf8_is_refused(tmp_path):
    path, table = tmp_path / "x", text_table(FEED, rows_of(FEED, 3))
    columns = {h: pa.array([r[i].encode() for r in table[1:]]) for i, h in enumerate(table[0])}
    columns[table[0][1]] = pa.array([b"ab\xff\xfe", b"c", b"d"])
    plain = pa.table(columns)
    text = pa.table(
        {
            h: pa.Array.from_buffers(pa.string(), 3, c.chunk(0).buffers())
            for h, c in zip(plain.column_names, plain.columns, strict=True)
        }
    )
    pq.write_table(text, path)
    assert rows_in(path, "parquet") is None


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in members.items():
            z.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"说明.txt": b"x"},
        {file_name(FEED, "zip"): b"x"},
        {file_name(FEED): b"0" * (100 << 20)},
        {f"low_income_members_522601_20260630_{k}of200.csv": b"x" for k in range(1, 150)},
    ],
)
def test_a_zip_that_is_no_delivery_is_refused(tmp_path, members):
    with pytest.raises(UnreadableFileError), unpack(zipped(tmp_path / "x.zip", members), tmp_path):
        pass


def test_a_zip_whose_member_has_lost_its_name_is_refused(tmp_path):
    path = zipped(tmp_path / "x.zip", {"n": b"x"})
    content = bytearray(path.read_bytes())
    central = content.index(b"PK\x01\x02")
    content[central + 46 : central + 47] = b"\0"  # a name ends at the first NUL
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError), unpack(path, tmp_path):
        pass


def test_members_of_a_zip_lie_in_a_folder_only_while_they_are_read(tmp_path):
    path = zipped(tmp_path / "x.zip", {f"子/{file_name(FEED)}": b"abc", "__MACOSX/._x": b"", ".DS_Store": b""})
    folder = tmp_path / "scratch"
    with unpack(path, folder) as members:
        assert [(m.name, m.path.read_bytes()) for m in members] == [(file_name(FEED), b"abc")]
    assert list(folder.iterdir()) == []


def test_parquet_columns_of_any_type_are_text(tmp_path):
    path = tmp_path / "x"
    table = text_table(FEED, rows_of(FEED, 1))
    columns = {h: pa.array([v]) for h, v in zip(table[0], table[1], strict=True)}
    extra = {
        "a": pa.array([decimal.Decimal("1.50")]),
        "b": pa.array([datetime(2018, 3, 5)]),  # noqa: DTZ001 - departments' stamps have no zone
        "c": pa.array([[1, 2]]),
        "d": pa.array([None]),
        "e": pa.array([1.0]),
        "f": pa.array(["x"]).dictionary_encode(),
        "g": pa.array([True]),
        "h": pa.array([1e-7]),
    }
    pq.write_table(pa.table(columns | extra), path)
    (opened,) = open_file(path, "x.parquet", "parquet", FEED).tables
    (batch,) = opened.batches()
    shown = [c[0].as_py() for c in batch.columns[len(columns) :]]
    assert shown == ["1.50", "2018-03-05", "", "", "1", "x", "真", "0.0000001"]


def shown_often(path: Path, text: str, cells: int) -> Path:
    """A workbook that keeps a text once and shows it in so many cells."""
    head = "".join(map(text_cell, text_table(FEED, [])[0]))
    row = "<row>" + '<c t="s"><v>0</v></c>' * 5 + "</row>"
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row>{head}</row>{row * (cells // 5)}</sheetData></worksheet>'
    link = f'<Relationship Id="q" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    links = PARTS["xl/_rels/workbook.xml.rels"].replace("</Relationships>", link)
    shared = {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'}
    return packed(path, {**PARTS, SHEET: sheet, "xl/_rels/workbook.xml.rels": links}, shared)


@pytest.mark.parametrize(("length", "cells"), [(2 << 20, 2_850), (30_000, 100_000)])
def test_a_text_that_a_workbook_keeps_once_and_shows_in_many_cells_is_not_laid_out(tmp_path, length, cells):
    path = shown_often(tmp_path / "x", "x" * length, cells)
    assert path.stat().st_size < 12_000
    (problem,) = open_file(path, "x.xlsx", "xlsx", FEED).problems
    assert "工作簿过大或疑似异常文件" in problem.text
    assert rows_in(shown_often(tmp_path / "x", "x" * 20, 5_000), "xlsx") == 1_000


@pytest.mark.parametrize(("length", "said"), [(20_000, "文字总量过大"), (60_000, "有一格超过32767字")])
def test_a_text_that_a_parquet_file_keeps_once_and_shows_in_many_rows_is_not_laid_out(tmp_path, length, said):
    rows = 570_000
    columns = {h: pa.array([v] * rows) for h, v in zip(*text_table(FEED, rows_of(FEED, 1)), strict=True)}
    columns["姓名"] = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["很" * length]))
    pq.write_table(pa.table(columns), tmp_path / "x")
    opened = open_file(tmp_path / "x", "x.parquet", "parquet", FEED)
    if not opened.tables:
        assert said in opened.problems[0].text
        return
    seen = []

    def read():
        for batch in opened.tables[0].batches():
            seen.append(len(batch))

    with pytest.raises(UnreadableFileError, match=said):
        read()
    assert max(seen) * length * 3 <= 64 << 20


def test_lists_in_a_column_that_is_no_feeds_are_not_opened(tmp_path):
    columns = {h: pa.array([v]) for h, v in zip(*text_table(FEED, rows_of(FEED, 1)), strict=True)}
    pq.write_table(pa.table(columns | {"附件": pa.array([list(range(1000))])}), tmp_path / "x")
    (table,) = open_file(tmp_path / "x", "x.parquet", "parquet", FEED).tables
    (batch,) = table.batches()
    assert batch.columns[-1].to_pylist() == [""]


@pytest.mark.parametrize("sent", ["a\x1b[2J\x07.csv", "x" * 300 + ".csv", "\u202e很" * 90])
def test_a_strange_name_within_a_zip_is_shown_without_what_a_terminal_would_obey(tmp_path, sent):
    path = zipped(tmp_path / "x.zip", {sent: b"abc"})
    with pytest.raises(UnreadableFileError) as raised, unpack(path, tmp_path / "scratch"):
        pass
    assert raised.value.what.isprintable()
    assert len(raised.value.what) < 400
