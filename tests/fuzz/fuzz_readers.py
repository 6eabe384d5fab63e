"""Fuzz the readers: mutate valid files of every format, and look for errors, crashes, hangs, memory and lost rows.

Run from the project folder: ``PYTHONPATH=tests python tests/fuzz/fuzz_readers.py --minutes 10``. Case n is always
the same: ``--seed S --only N`` runs one again, ``--keep FILE`` writes its bytes. No test collects this file.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from allowances import allow_all
from dirty_tables import dirty_table
from feed_tables import AS_OF, COUNTY, cell_table, file_name, rows_of, text_table, write_csv, write_parquet, write_xlsx
from old_books import Came, Failed, Lost, write_old_book

from expectations.feed import Feed
from expectations.feeds import FEEDS_BY_NAME
from pipelines.reading import UnreadableFileError
from pipelines.reading.arrival import Arrival
from pipelines.staging import Outcome, stage_delivery
from pipelines.staging.contents import open_contents
from warehouse.books.connection import open_books
from warehouse.lake import Lake

SECONDS_ALLOWED = 30
PATIENCE = 10
"""A case that stands still is given so many times as long: beside other jobs it may have a tenth of a core."""

MEGABYTES_ALLOWED = 1024
ADDRESS_SPACE = 8 << 30
STAGE_EVERY = 25
"""Every so many cases the whole of staging runs, which takes a hundred times as long as reading."""

TOKENS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b'""', b"\r", b"\n", b"\r\n", b",", b";", b"\t", b"'", b"\x1a",
    "合计".encode("gb18030"), "合计".encode(), b"\x81\x30\x81", b"\xe3\x80", b"1E+308", b"-1", b"999999999999999999999",
    b"2147483648", b"65536", b"NaN", b"inf", b"A1:XFD1048576", b"&#0;", b"<c r='ZZZ1'>", b"]]>", b"PK\x03\x04", b"PAR1",
    b'\\"', b'<c t="e"><v>#SPILL!</v></c>', b' t="e"', b"<!--", b"-->", b"<x:v>",
)  # fmt: skip


RENAMED = 0.1
RENAMINGS = (str.upper, str.title, lambda n: f"/{n}", lambda n: n.replace("/", "\\"), lambda n: f"x/{n}", lambda n: n)
"""What else a file within an archive may be called: readers must agree on it, or refuse the archive."""


@dataclass(frozen=True)
class Seed:
    """A valid file to begin from."""

    feed: Feed
    suffix: str
    content: bytes


def make_seeds(folder: Path) -> None:
    """Write the files to begin from: four feeds, clean and dirty, in every format (xls where LibreOffice is)."""
    books = []
    names = ("register_households", "low_income_payments", "insurance_enrolments", "students")
    for feed in (FEEDS_BY_NAME[name] for name in names):
        rows = rows_of(feed, 30)
        dirty = [[f"{feed.title}统计表"], *dirty_table(feed, rows), ["合计", "30"], ["注：核实"]]
        for n, encoding in enumerate(("utf-8", "gb18030", "utf-8-sig", "utf-16")):
            write_csv(folder / f"{n}-{feed.name}.csv", dirty, encoding=encoding, delimiter=",;\t,"[n])
        book = write_xlsx(folder / f"0-{feed.name}.xlsx", {"封面": [["某县"]], "名册": dirty})
        books += [book, write_xlsx(folder / f"1-{feed.name}.xlsx", {"名册": cell_table(feed, rows)})]
        write_parquet(folder / f"0-{feed.name}.parquet", text_table(feed, rows))
        spoilt = text_table(feed, rows)
        for n, word in enumerate(("#REF!", Failed("#N/A"), Lost("no text"), Lost("empty"), Came("甲"), "#BUSY!")):
            spoilt[n + 1][n] = word
        write_old_book(folder / f"2-{feed.name}.xls", spoilt)
        with zipfile.ZipFile(folder / f"0-{feed.name}.zip", "w", zipfile.ZIP_DEFLATED) as z:
            z.write(folder / f"1-{feed.name}.csv", file_name(feed, part="_1of2"))
            z.write(book, file_name(feed, "xlsx", part="_2of2"))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "xls:MS Excel 97", "--outdir", folder, *books]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError):
        print("no LibreOffice: xls is left out")  # noqa: T201


def read_seeds(folder: Path) -> list[Seed]:
    """The seeds in order of their names."""
    return [
        Seed(FEEDS_BY_NAME[p.stem[2:]], p.suffix[1:], p.read_bytes())
        for p in sorted(folder.iterdir())
        if p.is_file() and p.stem[2:] in FEEDS_BY_NAME
    ]


def mutate(content: bytes, chance: random.Random, others: Sequence[Seed]) -> bytes:
    """A few changes to bytes, anywhere."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 5, 20))):
        at = chance.randrange(len(data) + 1)
        size = min(chance.choice((1, 2, 4, 16, 64, 1024)), len(data) - at)
        match chance.randrange(8):
            case 0 if size:
                data[at] ^= 1 << chance.randrange(8)
            case 1 if size:
                data[at : at + size] = chance.randbytes(size)
            case 2:
                del data[at : at + size]
            case 3:
                data[at:at] = data[at : at + size] * chance.choice((1, 2, 50))
            case 4:
                data[at:at] = chance.choice(TOKENS)
            case 5:
                data[at : at + size] = chance.choice((b"\x00", b"\xff", b"\x7f", b"\x80")) * size
            case 6:
                other = chance.choice(others).content
                start = chance.randrange(len(other))
                data[at:at] = other[start : start + 4 * size]
            case 7 if chance.random() < 0.2:
                del data[at:]
            case _:
                data[at : at + len(TOKENS[0])] = TOKENS[0]
    return bytes(data)


def mutate_member(content: bytes, chance: random.Random, others: Sequence[Seed]) -> bytes:
    """Change one file within an archive (workbooks are such too) and pack it again, so that it can be opened."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        chosen, how = chance.choice(names), chance.random()
        for name in names:
            inner = source.read(name)
            if name != chosen:
                target.writestr(name, inner)
            elif how < RENAMED:
                target.writestr(chance.choice(RENAMINGS)(name), inner)
            elif how < 2 * RENAMED:
                target.writestr(name, inner)
                target.writestr(chance.choice(RENAMINGS)(name), mutate(inner, chance, others))
            else:
                target.writestr(name, mutate(inner, chance, others))
    return out.getvalue()


def make_case(seeds: Sequence[Seed], seed: int, n: int) -> tuple[Seed, bytes]:
    """Case n: the file it began from, and the bytes it has become."""
    chance = random.Random(f"{seed}/{n}")
    begun = chance.choice(seeds)
    packed = begun.suffix in ("xlsx", "zip") and chance.random() < 0.7
    return begun, (mutate_member if packed else mutate)(begun.content, chance, seeds)


def run_case(folder: Path, begun: Seed, content: bytes, *, stage: bool) -> str:
    """Read (and stage) one file; what it was: read, refused, broken off, accepted, rejected."""
    path = folder / "case"
    path.write_bytes(content)
    arrival = Arrival(begun.feed.name, COUNTY, AS_OF, (path,), (file_name(begun.feed, begun.suffix),))
    if stage:
        lake = Lake(folder / "home")
        books = open_books(lake)
        try:
            staged = stage_delivery(
                lake=lake,
                books=books,
                arrival=arrival,
                received_at=datetime(2026, 7, 1, tzinfo=UTC),
                policy_value=lambda _key: Decimal(100),
                allows=allow_all,
            )
        finally:
            books.dispose()
        if staged.outcome is Outcome.REJECTED and not staged.delivery.reason:
            raise AssertionError("rejected without a reason")
        return str(staged.outcome)
    with open_contents(arrival, begun.feed, folder) as contents:
        if contents.problems:
            return "refused"
        if not contents.tables:
            raise AssertionError("neither tables nor problems")
        try:
            for table in contents.tables:
                last = 0
                for batch in table.batches():
                    numbers = batch.rows.tolist()
                    if any(b <= a for a, b in zip([last, *numbers], numbers, strict=False)):
                        raise AssertionError("row numbers do not rise")
                    last = numbers[-1] if numbers else last
                    if {len(c) for c in batch.columns} - {len(batch)}:
                        raise AssertionError("columns of different lengths")
        except UnreadableFileError:
            return "broken off"
    return "read"


def work(seeds: Sequence[Seed], seed: int, first: int, log: Path, mark: Path) -> None:
    """Run cases from ``first`` on, noting the number of each before it begins, until the process is ended."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    n = first
    with log.open("a", encoding="utf-8") as told:
        while True:
            mark.write_text(str(n), encoding="ascii")
            begun, content = make_case(seeds, seed, n)
            started = time.perf_counter()
            entry = {"n": n, "suffix": begun.suffix}
            with tempfile.TemporaryDirectory() as folder:
                try:
                    entry["was"] = run_case(Path(folder), begun, content, stage=n % STAGE_EVERY == 0)
                except Exception as error:  # noqa: BLE001 - any error at all is what is looked for
                    frames = [f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
                    entry |= {"was": "ERROR", "error": f"{type(error).__name__}: {error}"[:300], "at": frames[-4:]}
            entry["seconds"] = round(time.perf_counter() - started, 2)
            entry["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            told.write(json.dumps(entry) + "\n")
            told.flush()
            if entry["mb"] > MEGABYTES_ALLOWED:  # a new process, so that the next case is judged by its own
                return
            n += 1


def watch(folder: Path, seeds: Path, seed: int, minutes: float) -> list[dict[str, object]]:
    """Keep a worker running; an ended or a standing one is a finding. The cases as they were told."""
    log, mark = folder / "log.jsonl", folder / "mark"
    log.touch()
    end = time.monotonic() + 60 * minutes
    first, extra = 0, []
    while time.monotonic() < end:
        command = [sys.executable, __file__, "--worker", str(folder), "--seeds", str(seeds), "--seed", str(seed)]
        worker = subprocess.Popen([*command, "--first", str(first)], stderr=subprocess.DEVNULL)
        stands, since = "", time.monotonic()
        while time.monotonic() < end and worker.poll() is None:
            time.sleep(0.5)
            now = mark.read_text(encoding="ascii") if mark.exists() else ""
            if now != stands:
                stands, since = now, time.monotonic()
            elif stands and time.monotonic() - since > SECONDS_ALLOWED * PATIENCE:
                extra.append({"n": int(stands), "was": "HANG", "suffix": "", "seconds": SECONDS_ALLOWED, "mb": 0})
                break
        if worker.poll() not in (None, 0):
            extra.append(
                {"n": int(stands or 0), "was": f"CRASH {worker.returncode}", "suffix": "", "seconds": 0, "mb": 0}
            )
        worker.kill()
        worker.wait()
        first = int(stands or first) + 1
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] + extra


def main() -> int:
    """Fuzz for some minutes, or run one case; 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=Path)
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        work(read_seeds(given.seeds), given.seed, given.first, given.worker / "log.jsonl", given.worker / "mark")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seeds = given.seeds or folder / "seeds"
        if not seeds.exists():
            seeds.mkdir()
            make_seeds(seeds)
        if given.only is not None:
            begun, content = make_case(read_seeds(seeds), given.seed, given.only)
            if given.keep:
                given.keep.write_bytes(content)
            print(begun.feed.name, begun.suffix, len(content), run_case(folder, begun, content, stage=False))  # noqa: T201
            return 0
        cases = watch(folder, seeds, given.seed, given.minutes)
    return tell(cases)


def tell(cases: Sequence[dict[str, object]]) -> int:
    """Print what was run by format and outcome, and every finding once; 1 where there is one."""
    for (suffix, was), count in sorted(Counter((str(c["suffix"]), str(c["was"])) for c in cases).items()):
        print(f"{suffix:8} {was:12} {count}")  # noqa: T201
    print(f"{len(cases)} cases, slowest {max((float(str(c['seconds'])) for c in cases), default=0)} s")  # noqa: T201
    bad = [c for c in cases if not str(c["was"]).islower() or int(str(c["mb"])) > MEGABYTES_ALLOWED]
    kinds = Counter((str(c["was"]), str(c.get("error", ""))[:60], str(c.get("at", ""))) for c in bad)
    for kind, count in kinds.most_common():
        first = min(int(str(c["n"])) for c in bad if str(c["was"]) == kind[0] and str(c.get("at", "")) == kind[2])
        print(count, "times, first as case", first, *kind)  # noqa: T201
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
