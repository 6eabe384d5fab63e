"""Copies for a cluster: put once under their content, whole or not at all, on a shared folder and on S3."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.fs as pa_fs
import pytest
from clusters import until
from object_store import ObjectStore, object_store

from warehouse.lake import Lake, sha256_file
from warehouse.shared_lake import SharedLake, SharedLakeError, remove_copies

ROWS, OTHER = b"staged rows" * 1000, b"staged again"


@pytest.fixture(scope="module")
def bucket(tool) -> Iterator[ObjectStore]:
    with object_store(tool("moto_server")) as store:
        yield store


@pytest.fixture(params=["folder", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty place: a folder as Chinese offices name them, or one of a bucket."""
    if request.param == "folder":
        return f"file://{tmp_path}/共享 盘/两线"
    store: ObjectStore = request.getfixturevalue("bucket")
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    return f"{store.url}/{tmp_path.name}"


def staged(lake: Lake, delivery: str, content: bytes = ROWS) -> Path:
    path = lake.staged("students", "522601", delivery)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def place_of(url: str) -> tuple[pa_fs.FileSystem, str]:
    if url.startswith("file://"):
        return pa_fs.LocalFileSystem(), url.removeprefix("file://")
    return pa_fs.FileSystem.from_uri(url)


def copies(url: str) -> dict[str, bytes]:
    """What lies under an address, by its path there."""
    files, root = place_of(url)
    found = files.get_file_info(pa_fs.FileSelector(f"{root}/lake", recursive=True))
    return {
        info.path.removeprefix(f"{root}/"): files.open_input_file(info.path).read()
        for info in found
        if info.type == pa_fs.FileType.File
    }


def changed(url: str, name: str) -> Any:
    files, root = place_of(url)
    return files.get_file_info(f"{root}/{name}").mtime_ns


def test_a_file_is_put_once_under_its_content(url: str, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "home")
    path = staged(lake, "d1")
    name = f"lake/staged/students/522601/d1/{sha256_file(path)}.parquet"
    hadoop = url.replace("s3://", "s3a://")

    assert SharedLake(url, lake).put(path) == f"{hadoop}/{name}"
    assert copies(url) == {name: ROWS}
    before = changed(url, name)
    assert SharedLake(url, lake).put(path) == f"{hadoop}/{name}"
    assert changed(url, name) == before

    again = SharedLake(url, lake).put(staged(lake, "d1", OTHER))
    assert again != f"{hadoop}/{name}"
    assert sorted(copies(url).values()) == sorted([ROWS, OTHER])


def test_a_copy_that_was_cut_off_is_made_anew(url: str, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "home")
    shared, path = SharedLake(url, lake), staged(lake, "d1")
    shared.put(path)
    (name,) = copies(url)
    files, root = place_of(url)
    with files.open_output_stream(f"{root}/{name}") as stream:
        stream.write(ROWS[:100])
    shared.put(path)
    assert copies(url) == {name: ROWS}


def test_a_killed_process_leaves_no_half_copy_under_the_name(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "home")
    path, place = staged(lake, "d1", os.urandom(1 << 20) * 100), tmp_path / "place"
    program = (
        "import sys; from pathlib import Path; from warehouse.lake import Lake; "
        "from warehouse.shared_lake import SharedLake; "
        "SharedLake(sys.argv[1], Lake(Path(sys.argv[2]))).put(Path(sys.argv[3])); input()"
    )
    # input(): it never ends by itself, so that it is surely killed
    with subprocess.Popen(
        [sys.executable, "-c", program, f"file://{place}", lake.home, path], stdin=subprocess.PIPE
    ) as process:
        until("a copy begins", lambda: any(p.is_file() for p in place.rglob("lake/**/*")))
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert all(p.stat().st_size == path.stat().st_size for p in place.rglob("*.parquet"))
    SharedLake(f"file://{place}", lake).put(path)
    assert [sha256_file(p) for p in place.rglob("*.parquet")] == [sha256_file(path)]
    assert remove_copies(lake, [path])[1] == ()
    assert [p for p in place.rglob("lake/**/*") if p.is_file()] == [], "what the killed one left goes with the rest"


def test_what_is_erased_goes_and_the_rest_stays(url: str, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "home")
    shared = SharedLake(url, lake)
    gone, kept = staged(lake, "d1"), staged(lake, "d10")
    refused = lake.quarantined_rows("students", "522601", "d1")
    refused.parent.mkdir(parents=True)
    refused.write_bytes(OTHER)
    for path in (gone, refused, kept):
        shared.put(path)
    shared.put(staged(lake, "d1", OTHER))
    gone.unlink()

    assert remove_copies(lake, [gone, refused]) == (3, ())
    assert [path.split("/")[4] for path in copies(url)] == ["d10"]
    assert remove_copies(lake, [gone, refused]) == (0, ())
    shared.put(kept)


def test_a_place_that_is_not_mounted_is_no_empty_place(tmp_path: Path) -> None:
    lake, mounted = Lake(tmp_path / "home"), tmp_path / "mounted"
    shared, path = SharedLake(f"file://{mounted}", lake), staged(lake, "d1")
    shared.put(path)
    mounted.rename(tmp_path / "away")
    mounted.mkdir()

    removed, failed = remove_copies(lake, [path])
    assert removed == 0
    assert len(failed) == 1
    assert "not mounted?" in failed[0]
    assert str(mounted) in failed[0]
    with pytest.raises(SharedLakeError, match="not mounted"):
        SharedLake(f"file://{mounted}", lake).put(path)
    assert list(mounted.iterdir()) == []

    mounted.rmdir()
    (tmp_path / "away").rename(mounted)
    assert remove_copies(lake, [path]) == (1, ())
    # given up for good, as the sentence says
    (known,) = lake.shared_lakes.iterdir()
    known.unlink()
    assert remove_copies(lake, [path]) == (0, ())


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("s3://key:secret@bucket/x", "credentials"),
        ("ftp://somewhere/x", "ArrowInvalid"),
        ("shared", "ArrowInvalid"),
        ("file:///proc/nowhere", "Error"),
    ],
)
def test_an_address_that_cannot_be_used_is_said_so(address: str, why: str, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "home")
    with pytest.raises(SharedLakeError, match=why) as said:
        SharedLake(address, lake).put(staged(lake, "d1"))
    assert "secret" not in str(said.value)
    assert not lake.shared_lakes.exists()
