"""A file is called what its bytes say, whatever its name; one with a password says so."""

import gzip
import struct
import zipfile

import pytest
from feed_tables import file_name, rows_of, text_table, write_csv, write_parquet, write_xlsx
from old_books import write_old_book

from expectations.feeds import FEEDS_BY_NAME
from pipelines.reading import UnreadableFileError, open_file, unpack

FEED = FEEDS_BY_NAME["low_income_members"]
TABLE = text_table(FEED, rows_of(FEED, 3))
ENDINGS = ("csv", "xlsx", "xls", "parquet", "zip")


def archive(*names):
    def write(path):
        with zipfile.ZipFile(path, "w") as packed:
            for name in names:
                packed.writestr(name, "x")
        return path

    return write


def content(octets):
    return lambda path: path.write_bytes(octets) and path


def page(encoding):
    rows = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in TABLE)
    return content(f"\r\n <HTML><table>{rows}</table></HTML>".encode(encoding))


def book(path):
    return write_xlsx(path.with_name("book.xlsx"), {"s": TABLE}).rename(path)


def compound(*names):
    """An old file system whose directory has these names."""

    def write(path):
        entries = b"".join((n + "\0").encode("utf-16-le").ljust(128, b"\0") for n in ("Root Entry", *names))
        path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1").ljust(512, b"\0") + entries.ljust(512, b"\0"))
        return path

    return write


KINDS = {
    "xlsx": (book, "Excel工作簿（xlsx）", ("xlsx", "xls")),
    "xls": (lambda path: write_old_book(path, TABLE), "Excel工作簿（xls）", ("xls", "xlsx")),
    "parquet": (lambda path: write_parquet(path, TABLE), "Parquet文件", ("parquet",)),
    "utf-8": (lambda path: write_csv(path, TABLE), "文本（CSV）", ("csv",)),
    "gb18030": (lambda path: write_csv(path, TABLE, encoding="gb18030"), "文本（CSV）", ("csv",)),
    "utf-16": (lambda path: write_csv(path, TABLE, encoding="utf-16"), "文本（CSV）", ("csv",)),
    "zip": (archive(file_name(FEED)), "zip压缩文件", ("zip",)),
    "gzip": (content(gzip.compress(b"x")), "gzip压缩文件", ()),
    "rar": (content(b"Rar!\x1a\x07\x00"), "RAR压缩文件", ()),
    "7z": (content(b"7z\xbc\xaf\x27\x1c"), "7z压缩文件", ()),
    "pdf": (content(b"%PDF-1.4\n"), "PDF文件", ()),
    "page": (page("utf-8"), "网页（HTML）", ()),
    "page of gbk": (page("gb18030"), "网页（HTML）", ()),
    "page of utf-16": (page("utf-16"), "网页（HTML）", ()),
    "page within xml": (content(b'<?xml version="1.0"?><!DOCTYPE html><html></html>'), "网页（HTML）", ()),
    "page in one file": (content(b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n"), "mht", ()),
    "xml": (content(b'<?xml version="1.0"?><Workbook xmlns="urn:x:office:spreadsheet"/>'), "XML表格", ()),
    "json": (content(b'[{"a": 1}]'), "JSON文件", ()),
    "ods": (archive("mimetype", "content.xml", "META-INF/manifest.xml"), "ods", ()),
    "xlsb": (archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.bin"), "xlsb", ()),
    "docx": (archive("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "Word文档", ()),
    "doc": (compound("WordDocument"), "Word文档", ()),
}  # fmt: skip


def told(path, suffix):
    """What is said of a file by an ending: of a zip by its own door."""
    if suffix != "zip":
        return [(n.reason, n.text) for n in open_file(path, f"x.{suffix}", suffix, FEED).problems]
    try:
        with unpack(path, path.parent / "scratch"):
            return []
    except UnreadableFileError as error:
        return [(error.reason, error.what)]


@pytest.mark.parametrize("suffix", ENDINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_by_another_name_is_called_what_it_is_and_told_what_to_do(tmp_path, kind, suffix):
    write, name, endings = KINDS[kind]
    found = told(write(tmp_path / "x"), suffix)
    if suffix in endings:
        assert found == []
        return
    ((reason, text),) = found
    assert reason == "wrong_kind"
    assert f"扩展名是{suffix}，内容却是" in text
    assert name in text
    assert "然后重新报送" in text


@pytest.mark.parametrize(("kind", "suffix"), [("xlsx", "xls"), ("xls", "xlsx")])
def test_a_workbook_by_the_ending_of_another_is_read_and_called_what_it_is(tmp_path, kind, suffix):
    opened = open_file(KINDS[kind][0](tmp_path / "x"), f"x.{suffix}", suffix, FEED)
    assert [len(b) for t in opened.tables for b in t.batches()] == [3]
    assert [(n.reason, f"（{kind}）" in n.text) for n in opened.warnings] == [("wrong_kind", True)]
    assert open_file(tmp_path / "x", f"x.{kind}", kind, FEED).warnings == ()


def test_an_archive_that_is_broken_is_called_so(tmp_path):
    path = archive("a")(tmp_path / "x")
    path.write_bytes(path.read_bytes()[:-10])
    for suffix in ENDINGS:
        ((_, text),) = told(path, suffix)
        assert "重新" in text


def locked_part(path):
    archive("_rels/.rels", "xl/workbook.xml")(path)
    octets = bytearray(path.read_bytes())
    for begin, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = octets.rfind(begin)
        octets[place + at] |= 1
    path.write_bytes(octets)
    return path


def locked_records(path):
    """An old workbook whose first records say that the others are encrypted, and whose others are no records."""
    write_old_book(path, TABLE)
    octets = bytearray(path.read_bytes())
    first = octets.index(struct.pack("<HHHH", 0x0809, 16, 0x0600, 5)) + 20
    octets[first:first] = struct.pack("<HHHHH", 0x002F, 6, 0, 1, 2)
    del octets[first + 10 : first + 20]
    octets[first + 10 : first + 40] = b"\xa7" * 30
    path.write_bytes(octets)
    return path


LOCKED = {
    "package": compound("EncryptionInfo", "EncryptedPackage"),
    "rights": compound("\tDRMContent"),
    "records": locked_records,
    "archive": locked_part,
}


@pytest.mark.parametrize("suffix", ["xlsx", "xls"])
@pytest.mark.parametrize("write", LOCKED.values(), ids=LOCKED)
def test_a_workbook_with_a_password_says_so(tmp_path, write, suffix):
    ((reason, text),) = told(write(tmp_path / "x"), suffix)
    assert reason == "encrypted"
    assert "密码" in text


def test_a_zip_with_a_password_says_so(tmp_path):
    path = archive(file_name(FEED))(tmp_path / "x")
    octets = bytearray(path.read_bytes())
    for begin, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        octets[octets.rfind(begin) + at] |= 1
    path.write_bytes(octets)
    assert [(r, "压缩包" in t) for r, t in told(path, "zip")] == [("encrypted", True)]


def test_bytes_that_do_not_decode_are_named_by_their_row(tmp_path):
    path = write_csv(tmp_path / "x", TABLE, encoding="gb18030")
    lines = path.read_bytes().split(b"\r\n")
    lines[2] = lines[2] + b"\xff\xff"
    path.write_bytes(b"\r\n".join(lines))
    (notice,) = open_file(path, "x.csv", "csv", FEED).problems
    assert (notice.reason, notice.rows) == ("undecodable", (3,))


def test_a_zip_names_each_member_that_cannot_be_taken_and_the_name_to_give_it(tmp_path):
    right = file_name(FEED).removesuffix(".csv")
    members = (f"报送/{right} (1).csv", f"{right}.zip", "说明.docx", f"{right}.xlsx")
    ((_, text),) = told(archive(*members)(tmp_path / "x"), "zip")
    assert f"{right} (1).csv（" in text
    assert f"改名为 {right}.csv" in text
    assert f"{right}.zip（压缩包里不能再放压缩包）" in text
    assert "说明.docx（" in text
    assert f"{right}.xlsx（" not in text


def test_a_name_that_a_chinese_windows_packed_is_shown_as_it_was(tmp_path):
    path = archive("AAAA.docx")(tmp_path / "x")
    path.write_bytes(path.read_bytes().replace(b"AAAA", "说明".encode("gb18030")))
    ((_, text),) = told(path, "zip")
    assert "说明.docx（" in text
