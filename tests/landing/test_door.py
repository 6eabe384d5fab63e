"""The door: plain files with one name, opened never through a link, under names that every program can bear."""

import os
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bench import Bench
from feed_tables import AS_OF, file_name, rows_of, text_table, write_csv

from expectations.feeds import FEEDS_BY_NAME
from pipelines.landing import Why, archive_files, scan_inbox
from pipelines.reading.clean_names import LONGEST, as_sent, clean_name
from pipelines.staging import Outcome
from warehouse.books.connection import open_books
from warehouse.books.deliveries import same_content
from warehouse.lake import Lake, NotPlainError, hash_plain

FEED = FEEDS_BY_NAME["low_income_members"]
NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)
NAME = file_name(FEED)


@pytest.fixture
def bench(tmp_path):
    lake = Lake(tmp_path / "home")
    return Bench(lake, open_books(lake))


@pytest.fixture
def inbox(tmp_path):
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


def seen(inbox):
    scan = scan_inbox(inbox=inbox, now=NOW)
    return [a.names for a in scan.whole], [(one.name, one.why) for one in scan.passed_over]


def test_a_link_a_second_name_and_what_is_no_file_are_named_and_not_taken(inbox, tmp_path):
    secret = tmp_path / "finding.key"
    secret.write_text("secret")
    (inbox / NAME).symlink_to(secret)
    (inbox / "folder").symlink_to(tmp_path)
    (inbox / file_name(FEED, "xlsx")).hardlink_to(secret)
    os.mkfifo(inbox / file_name(FEED, "xls"))
    (inbox / "gone.csv").symlink_to(tmp_path / "nowhere")
    (inbox / file_name(FEED, "zip")).mkdir()
    assert seen(inbox) == (
        [],
        [
            ("folder", Why.LINK),
            ("gone.csv", Why.LINK),
            (NAME, Why.LINK),
            (file_name(FEED, "xls"), Why.NO_FILE),
            (file_name(FEED, "xlsx"), Why.SEVERAL_NAMES),
            (file_name(FEED, "zip"), Why.NO_FILE),
        ],
    )


@pytest.fixture
def nobody():
    """Another user than root looks, in a folder that others may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        before = os.geteuid()
        if before == 0:
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(before)


def test_what_may_not_be_read_or_moved_away_is_named_and_costs_no_other(nobody):
    names = [file_name(FEED, kind) for kind in ("csv", "xls", "xlsx")]
    closed, listed, read_only = (nobody / name for name in ("closed", "listed", "read_only"))
    for folder in (closed, listed, read_only):
        folder.mkdir()
        (folder / NAME).write_bytes(b"x")
    for name in names:
        (nobody / name).write_bytes(b"x")
    (nobody / names[1]).chmod(0)
    for folder, mode in ((closed, 0), (listed, 0o400), (read_only, 0o500)):
        folder.chmod(mode)
    try:
        taken, passed = seen(nobody)
    finally:
        for folder in (closed, listed, read_only):
            folder.chmod(0o700)
    assert sorted(taken) == [(names[0],), (names[2],)]
    assert sorted(passed) == sorted((name, Why.NO_RIGHTS) for name in ("closed", "listed", NAME, names[1]))


def test_a_temporary_file_is_named_once_it_was_left_lying(inbox):
    left, written = inbox / f"{NAME}.part", inbox / f".{NAME}"
    for path, seconds in ((left, 4000), (written, 4)):
        path.write_bytes(b"x")
        os.utime(path, (NOW.timestamp() - seconds,) * 2)
    assert seen(inbox) == ([], [(left.name, Why.TEMPORARY)])


def test_what_became_a_link_since_the_scan_is_not_opened(bench, tmp_path):
    secret = tmp_path / "finding.key"
    secret.write_text("secret")
    path = write_csv(bench.path(NAME), text_table(FEED, rows_of(FEED, 2)))
    digest, _ = hash_plain(path)
    path.unlink()
    path.symlink_to(secret)
    for door in (lambda: hash_plain(path), lambda: bench.lake.take_original(path, digest)):
        with pytest.raises(NotPlainError, match="is a link"):
            door()
    path.unlink()
    path.hardlink_to(secret)
    with pytest.raises(NotPlainError, match="another name"):
        hash_plain(path)
    path.unlink()
    path.write_bytes(b"other content")
    with pytest.raises(NotPlainError, match="changed"):
        bench.lake.take_original(path, digest)
    assert list(bench.lake.home.rglob("*secret*")) == []
    assert not bench.lake.original(digest).exists()


STRANGE = {
    "低保户.csv".encode("gb18030"): "低保户.csv",
    b"a\x1b[31m\x07.csv": "a_[31m_.csv",
    b"a\nb.csv": "a_b.csv",
    "a\u202egnp.csv".encode(): "a_gnp.csv",
    b"\xff\xfe\x81.csv": "___.csv",
    b"x" * 251 + b".csv": "x" * 153 + "….csv",
    ("很" * 83 + ".csv").encode(): "很" * 51 + "….csv",
    b"y" * 255: "y" * 157 + "…",
}


@pytest.mark.parametrize("sent", STRANGE, ids=lambda b: ascii(b[:12]))
def test_a_name_is_cleaned_and_shortened_and_kept_as_sent_beside(bench, sent):
    bench.path("").mkdir(parents=True, exist_ok=True)
    place = os.fsencode(bench.lake.inbox) + b"/" + sent
    for n in range(2):  # the same name again, with other content
        Path(os.fsdecode(place)).write_bytes(b"no table %d" % n)
        scan = scan_inbox(inbox=bench.lake.inbox, now=NOW)
        paths = scan.unknown[0].paths
        archive_files(lake=bench.lake, inbox=bench.lake.inbox, paths=paths, county="522601")
    kept = sorted(path.name for path in (bench.lake.archive / "522601").iterdir())
    assert len(kept) == 2
    assert STRANGE[sent] in kept
    Path(os.fsdecode(place)).write_bytes(b"no table")
    (file,) = bench.stage().delivery.files
    assert file.name == STRANGE[sent]
    assert len(file.name.encode()) <= LONGEST
    assert file.sent is not None
    assert file.sent.isascii()
    assert file.sent.isprintable()


def test_a_good_name_stays_as_it_is():
    for name in (NAME, "低保户（1）.csv", "low_income_members＿522601＿20260630.csv"):
        assert (clean_name(name), as_sent(name)) == (name, None)


def test_two_names_that_are_cleaned_to_one_are_told_apart_as_they_were_sent():
    assert as_sent("a\x07.csv") == r"a\x07.csv"
    assert as_sent(os.fsdecode("低.csv".encode("gb18030"))) == r"\\xb5\\xcd.csv"


class AsWritten(zipfile.ZipInfo):
    """A member whose name is these bytes, with no word on their encoding, as a Chinese Windows writes it."""

    def _encodeFilenameFlags(self):  # noqa: N802  zipfile calls it so
        return self.filename.encode("cp437"), self.flag_bits


def test_names_within_a_zip_are_kept_as_they_came_beside(bench):
    names = [file_name(FEED).replace(".csv", f"_{part}of4.csv") for part in range(1, 5)]
    sent = [
        "低/".encode("gb18030") + names[0].encode(),
        b"../../../../tmp/" + names[1].encode(),
        b"x" * 3000 + b"/" + names[2].encode(),
        names[3].encode(),
    ]
    path = bench.path(file_name(FEED, "zip"))
    with zipfile.ZipFile(path, "w") as archive:
        for name in (f".{NAME}", "__MACOSX/._x", ".DS_Store"):
            archive.writestr(name, "hidden")
        for part, octets in enumerate(sent):
            rows = text_table(FEED, rows_of(FEED, 8)[2 * part : 2 * part + 2])
            archive.writestr(AsWritten(octets.decode("cp437")), "\n".join(",".join(row) for row in rows))
    staged = bench.stage()
    (found,) = same_content(bench.books, FEED.name, "522601", AS_OF, staged.delivery.sha256)
    (file,) = found.files
    assert staged.outcome is Outcome.ACCEPTED, staged.refusals
    assert [notice.said.count(f".{NAME}") for notice in staged.warnings] == [1]
    assert file == staged.delivery.files[0]
    assert file.members == (
        (names[0], rf"\\xb5\\xcd/{names[0]}"),
        (names[1], f"../../../../tmp/{names[1]}"),
        (names[2], "x" * 1000 + "..."),
    )
