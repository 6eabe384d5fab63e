"""Copies of staged rows where a cluster reads them: put once, named by their content, removed with what they copy.

A copy's folder is the path of its file in the home, so that an erasure finds it whatever its content was. The home
keeps the address of every place that copies were put to: erasing asks the places, not the settings of the day
(decision 0017).
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pyarrow as pa
import pyarrow.fs as pa_fs

from expectations.errors import UnavailableError
from warehouse.lake import Lake, sha256_file, write_text

_HADOOP_SCHEMES = {"s3": "s3a"}
_MARK = "liangxian.txt"
_MARK_TEXT = b"Copies that liangxian made for a cluster. This file tells an empty place from one that is not mounted.\n"


class SharedLakeError(UnavailableError):
    """A shared lake cannot be used; the message says which and why."""


_FAILURES = (OSError, pa.ArrowException, SharedLakeError)


@dataclass(frozen=True)
class SharedLake:
    """A place for one home's copies: ``file:///…``, ``s3://bucket/…``, ``hdfs://…``.

    Who may enter and where S3 answers is said by the environment (AWS_…, HADOOP_…), never by the address.
    """

    url: str
    lake: Lake

    def put(self, path: Path) -> str:
        """The URL at which Hadoop reads a file of the lake's; copied there unless this content is there already."""
        name = f"{self._folder(path)}/{sha256_file(path)}.parquet"
        try:
            self._take_up()
            if not self._has(name, path.stat().st_size):
                self._copy(path, f"{self._root}/{name}")
        except _FAILURES as error:
            raise SharedLakeError(f"the shared lake {self._name} cannot be used", why=_said(error)) from error
        return f"{self._hadoop_root}/{name}"

    def remove(self, paths: Collection[Path]) -> int:
        """Remove every copy of these files, whatever their content was; how many went. Raises SharedLakeError."""
        try:
            self._need_mark()
            folders = {self._folder(path) for path in paths}
            everything = pa_fs.FileSelector(f"{self._root}/lake", allow_not_found=True, recursive=True)
            files = [info.path for info in self._files.get_file_info(everything) if info.type == pa_fs.FileType.File]
            gone = [path for path in files if self._folder_in_place(path) in folders]
            for folder in sorted({path.rpartition("/")[0] for path in gone}):
                self._files.delete_dir(folder)
        except _FAILURES as error:
            raise SharedLakeError(self._name, why=_said(error)) from error
        return len(gone)

    def _folder(self, path: Path) -> str:
        return path.relative_to(self.lake.home).with_suffix("").as_posix()

    def _folder_in_place(self, path: str) -> str:
        return path.removeprefix(f"{self._root}/").rpartition("/")[0]

    @cached_property
    def _place(self) -> tuple[pa_fs.FileSystem, str]:
        scheme, place, path, _, _ = urlsplit(self.url)
        if "@" in place:
            raise SharedLakeError("its address holds credentials, which belong in the environment")
        if scheme == "file":
            # no URI to pyarrow either: blanks and Chinese folders stand as they are
            return pa_fs.LocalFileSystem(), path.rstrip("/")
        files, root = pa_fs.FileSystem.from_uri(self.url)
        return files, root.rstrip("/")

    @property
    def _files(self) -> pa_fs.FileSystem:
        return self._place[0]

    @property
    def _root(self) -> str:
        return self._place[1]

    @property
    def _name(self) -> str:
        """The address for people, without what should not stand in it."""
        return self.url.rpartition("@")[2]

    @property
    def _hadoop_root(self) -> str:
        scheme, place, path, _, _ = urlsplit(self.url)
        return f"{_HADOOP_SCHEMES.get(scheme, scheme)}://{place}{path.rstrip('/')}"

    @property
    def _known(self) -> Path:
        return self.lake.shared_lakes / f"{hashlib.sha256(self.url.encode()).hexdigest()[:16]}.txt"

    def _take_up(self) -> None:
        """Mark the place, then note its address, before the first copy; afterwards the mark must be there."""
        if self._known.exists():
            self._need_mark()
            return
        self._make_folder(self._root)
        with self._files.open_output_stream(f"{self._root}/{_MARK}") as stream:
            stream.write(_MARK_TEXT)
        write_text(self._known, f"{self.url}\n")

    def _need_mark(self) -> None:
        if not self._has(_MARK, len(_MARK_TEXT)):
            raise SharedLakeError(
                f"{_MARK} is not there",
                why="not mounted?",
                advice=f"where the place was given up for good, remove {self._known.relative_to(self.lake.home)} "
                "of the home",
            )

    def _has(self, name: str, size: int) -> bool:
        """Whether a file is there and whole: an upload that an error cut off can be there, but is shorter."""
        (info,) = self._files.get_file_info([f"{self._root}/{name}"])
        return bool(info.type == pa_fs.FileType.File and info.size == size)

    def _copy(self, path: Path, target: str) -> None:
        folder = target.rpartition("/")[0]
        self._make_folder(folder)
        # an object appears when its upload ends; a file is written aside and renamed
        aside = target if self._is_object_store else f"{folder}/.writing-{uuid4()}"
        local = pa_fs.LocalFileSystem()
        pa_fs.copy_files(str(path), aside, source_filesystem=local, destination_filesystem=self._files)
        if aside != target:
            self._files.move(aside, target)

    def _make_folder(self, folder: str) -> None:
        if not self._is_object_store:
            self._files.create_dir(folder, recursive=True)

    @property
    def _is_object_store(self) -> bool:
        return self._files.type_name not in {"local", "hdfs"}


def remove_copies(lake: Lake, paths: Collection[Path]) -> tuple[int, tuple[str, ...]]:
    """Remove the copies of these files wherever any were put: how many went, and the places that could not be asked."""
    removed, failed = 0, []
    for known in sorted(lake.shared_lakes.glob("*.txt")):
        try:
            removed += SharedLake(known.read_text(encoding="utf-8").strip(), lake).remove(paths)
        except SharedLakeError as error:
            failed.append(str(error))
    return removed, tuple(failed)


def _said(error: BaseException) -> str:
    return str(error) if isinstance(error, SharedLakeError) else type(error).__name__
