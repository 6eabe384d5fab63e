"""Where things lie on disk: the one module that knows paths, and how a file is written whole or not at all."""

import errno
import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, ClassVar, Final

from expectations.errors import LiangxianError, ValueRefusedError

_CHUNK = 1 << 20
_WRITING = ".writing-"
_UNSAFE = re.compile(r"[^\w.\-]+")


def scratch_prefix() -> str:
    """How the name of what is half written begins: it names the process, so that ``Lake.sweep`` knows whose it is."""
    return f"{_WRITING}{os.getpid()}-"


UMASK: Final = "LIANGXIAN_UMASK"
"""What our files and folders are closed to, in octal digits; without it all that is the owner's is nobody else's."""


def umask(environ: Mapping[str, str] = os.environ) -> int:
    """The bits of a mode that no file and folder of ours has. Raises ValueRefusedError."""
    text = environ.get(UMASK) or "077"
    if not re.fullmatch("[0-7]{3,4}", text):
        raise ValueRefusedError(f"{UMASK} is no umask", advice="it is such as 077 or 027")
    return int(text, 8)


@contextmanager
def closed_to_others() -> Iterator[None]:
    """What this process and those that it starts write is closed to others meanwhile, by whichever engine."""
    before = os.umask(umask())
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def atomic_path(target: Path, mode: int = 0o666) -> Iterator[Path]:
    """A temporary path beside ``target`` that replaces it when the block ends without an error.

    It has ``mode``, but for what is closed to others (:func:`umask`).

    A kill at any moment leaves the old file or the new one; leftovers are hidden files that ``Lake.sweep`` removes.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=scratch_prefix(), suffix=target.suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(mode & ~umask())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """Write a text file atomically (UTF-8)."""
    with atomic_path(target) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's names, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_file(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


class NotPlainError(LiangxianError):
    """What lies at the door is no plain file with one name, or is still written."""


def open_plain(path: Path) -> BinaryIO:
    """A plain file with one name, opened for reading and never through a link. Raises NotPlainError."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise NotPlainError(f"{path.name!r} is a link, or no file") from error
        raise
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        os.close(handle)
        raise NotPlainError(f"{path.name!r} has another name (a hard link), or is no file")
    return os.fdopen(handle, "rb")


def hash_plain(path: Path) -> tuple[str, int]:
    """Hex SHA-256 and bytes of a plain file with one name. Raises NotPlainError."""
    with open_plain(path) as stream:
        return _hash(stream)


def _hash(stream: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def safe_name(text: str) -> str:
    """``text`` as a file name: letters (Chinese ones too), digits, ``_ . -``."""
    return _UNSAFE.sub("_", text).strip("._") or "_"


@dataclass(frozen=True)
class Lake:
    """Paths under one home folder. Nothing is created before something is written."""

    home: Path

    # what people drop, and what has been taken from there
    @property
    def inbox(self) -> Path:
        """Default inbox."""
        return self.home / "inbox"

    @property
    def archive(self) -> Path:
        """Where taken files are moved to."""
        return self.home / "archive"

    @property
    def policies(self) -> Path:
        """Default folder of policy files."""
        return self.home / "policy"

    # the books, the published warehouse, locks and keys
    @property
    def books(self) -> Path:
        """The embedded books."""
        return self.home / "books.sqlite"

    @property
    def warehouse_link(self) -> Path:
        """The link that readers open; it points to the published version."""
        return self.home / "warehouse.duckdb"

    @property
    def warehouse_versions(self) -> Path:
        """Folder of versioned warehouse files."""
        return self.home / "warehouse"

    HEADS_SUFFIX: ClassVar[str] = ".heads.json"

    @property
    def heads(self) -> Path:
        """Heads of the books' chains, a line a publication, beside the versions."""
        return self.warehouse_versions / "heads.jsonl"

    @property
    def audit_head(self) -> Path:
        """Head of the audit log after its newest entry, and those before it that the log lacks."""
        return self.warehouse_versions / "audit-head.json"

    def frozen_heads(self, name: str) -> Path:
        """Heads of the books' chains when a snapshot was frozen."""
        return self.frozen / f"{name}{self.HEADS_SUFFIX}"

    def lock(self, name: str) -> Path:
        """Lock file of one county, or of publishing."""
        return self.home / "locks" / f"{safe_name(name)}.lock"

    @property
    def finding_key(self) -> Path:
        """Secret key of finding ids; made once, never rotated (docs/decisions)."""
        return self.home / "keys" / "finding.key"

    @property
    def spill(self) -> Path:
        """Where engines put what does not fit into memory."""
        return self.home / "spill"

    @property
    def plans(self) -> Path:
        """Folder of compiled statements; it may be removed at any time. LIANGXIAN_PLANS: one that homes share."""
        return Path(os.environ.get("LIANGXIAN_PLANS") or self.home / "lake" / "plans")

    @property
    def shared_lakes(self) -> Path:
        """Folder of the addresses that copies for a cluster were put to, a file each."""
        return self.home / "lake" / "shared"

    # stages
    def original(self, sha256: str) -> Path:
        """A file as it came, by content."""
        return self.home / "lake" / "files" / sha256[:2] / sha256

    def staged(self, feed: str, county: str, delivery: str) -> Path:
        """Typed rows of one delivery."""
        return self.home / "lake" / "staged" / feed / county / f"{delivery}.parquet"

    def problems(self, feed: str, county: str, delivery: str) -> Path:
        """What was refused, one row a problem: scope, file, sheet, row, column, value (masked), reason."""
        return self.home / "lake" / "quarantine" / feed / county / f"{delivery}.parquet"

    def quarantined_rows(self, feed: str, county: str, delivery: str) -> Path:
        """Quarantined rows whole, as canonical text columns with provenance."""
        return self.home / "lake" / "quarantine" / feed / county / f"{delivery}.rows.parquet"

    def dataset_sha256(self, feed: str, county: str, delivery: str) -> str:
        """SHA-256 over all that was staged of a delivery: its rows, and those that were refused."""
        names = (self.staged, self.quarantined_rows, self.problems)
        paths = [name(feed, county, delivery) for name in names]
        hashes = [sha256_file(path) if path.exists() else "none" for path in paths]
        return hashlib.sha256(" ".join(hashes).encode()).hexdigest()

    def profile(self, feed: str, county: str, delivery: str) -> Path:
        """Profile of one delivery (JSON)."""
        return self.home / "lake" / "profiles" / feed / county / f"{delivery}.json"

    def validation(self, feed: str, county: str, delivery: str) -> Path:
        """What the expectations said of the profile (JSON)."""
        return self.home / "lake" / "profiles" / feed / county / f"{delivery}.validation.json"

    def findings(self, run: str) -> Path:
        """Findings of one run: a pure function of deliveries, policy and D."""
        return self.home / "lake" / "findings" / f"{run}.parquet"

    def before(self, run: str) -> Path:
        """The county's findings in the books as they stood before a run was recorded, so that it can be undone."""
        return self.home / "lake" / "before" / f"{run}.parquet"

    def ledger(self, run: str) -> Path:
        """Every finding of the county with its state, as the run left the ledger."""
        return self.home / "lake" / "ledger" / f"{run}.parquet"

    def ledger_aside(self, run: str) -> Path:
        """The ledger that is recorded, while another one is written in its place."""
        return self.home / "lake" / "ledger" / f"{run}.recorded.parquet"

    # what people open
    @property
    def index(self) -> Path:
        """The page where people begin: every night, and where its pages and workbooks lie."""
        return self.home / "index.html"

    def latest(self, county: str) -> Path:
        """The newest summary of a county; as deep as a run's own, so that its links lead to the same places."""
        return self.home / "latest" / safe_name(county)

    def run_folder(self, run: str) -> Path:
        """Summary of one run."""
        return self.home / "runs" / run

    def reports(self, run: str) -> Path:
        """Workbooks of one run, a folder an owner."""
        return self.home / "reports" / run

    def delivery_page(self, delivery: str) -> Path:
        """What a delivery held and what was thought of it, in figures, for people."""
        return self.home / "deliveries" / f"{delivery}.html"

    def recipient_key(self, recipient: str) -> Path:
        """Secret key of one recipient's pseudonyms; it never enters the warehouse."""
        return self.home / "keys" / "recipients" / f"{safe_name(recipient)}.json"

    def published(self, recipient: str) -> Path:
        """What one recipient is given: a folder a format, and ``<recipient>.duckdb`` beside it."""
        return self.home / "published" / safe_name(recipient)

    def given(self, recipient: str) -> Path:
        """What is remembered of aggregates that one recipient was given, hidden figures among them; never given out."""
        return self.home / "keys" / "given" / f"{safe_name(recipient)}.parquet"

    def sample(self, sample_id: str) -> Path:
        """Record, forms and estimates of one evaluation sample."""
        return self.home / "samples" / safe_name(sample_id)

    def receipt(self, sha256: str) -> Path:
        """What became of a returned workbook of this content, for the department that sent it."""
        return self.home / "reports" / "feedback" / sha256[:16] / "回执.xlsx"

    @property
    def frozen(self) -> Path:
        """Folder of the named snapshots."""
        return self.home / "frozen"

    def frozen_snapshot(self, name: str) -> Path:
        """A named snapshot of the warehouse, which never changes."""
        return self.frozen / f"{name}.duckdb"

    def escalation(self, county: str, as_of: date) -> Path:
        """What a county was told of overdue findings at D."""
        return self.home / "reports" / "escalations" / county / f"督办单_{as_of:%Y%m%d}.html"

    def take_original(self, source: Path, sha256: str) -> Path:
        """Copy a plain file into the lake under its hash, opened once and never through a link; a no-op where it is.

        Raises NotPlainError, also where it is not the content any more that was hashed.
        """
        target = self.original(sha256)
        if not target.exists():
            with open_plain(source) as stream, atomic_path(target) as temporary:
                with temporary.open("wb") as copy:
                    shutil.copyfileobj(stream, copy, _CHUNK)
                if sha256_file(temporary) != sha256:
                    raise NotPlainError(f"{source.name!r} was changed while it was read")
        return target

    @property
    def is_home(self) -> bool:
        """Whether this folder is a home already: it has books, or the key of its findings."""
        return self.books.exists() or self.finding_key.exists()

    def is_own(self, path: Path) -> bool:
        """Whether an absolute path is one where nobody but the software writes, or a file that people have put here."""
        if not path.is_relative_to(self.home) or path == self.home:
            return False
        first = path.relative_to(self.home).parts[0].casefold()  # where a disk takes KEYS for keys, so do we
        if first in (self.inbox.name, self.policies.name):
            return path.is_file() or (path.is_dir() and any(path.iterdir()))
        return first in _OWN or first.startswith((self.books.name, self.warehouse_link.name))

    def close(self) -> None:
        """Close a home of ours that was left open: whoever may not enter it reads nothing in it."""
        for folder in (self.home, self.finding_key.parent):
            if folder.is_dir() and (status := folder.stat()).st_uid == os.geteuid() and status.st_mode & umask():
                folder.chmod(stat.S_IMODE(status.st_mode) & ~umask())

    def sweep(self) -> int:
        """Remove what killed processes left half written; return how much. What living ones write stays."""
        leftovers = [path for path in _half_written(self.home) if not _is_alive(path.name.split("-")[1])]
        for path in leftovers:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return len(leftovers)


_OWN = frozenset(
    ("archive", "deliveries", "frozen", "index.html", "keys", "lake", "latest", "locks", "reports", "runs")
) | {"samples", "spill", "warehouse"}
"""Names in a home, beside those of books and link: what lies there is made, or kept, by the software alone."""


def _half_written(home: Path) -> Iterator[Path]:
    """Files and folders. A house has files by the ten thousand, and every intake looks: only these become paths."""
    for folder, folders, files in os.walk(home):
        for name in (*folders, *files):
            if name.startswith(_WRITING):
                yield Path(folder, name)
        folders[:] = [name for name in folders if not name.startswith(_WRITING)]


def _is_alive(pid: str) -> bool:
    if not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
