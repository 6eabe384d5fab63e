"""The red team: what outsiders, recipients, departments and whoever reaches the books try, by command alone.

``PYTHONPATH=tests python -m attacks.red_team [--tree FOLDER] [--only NAME]…`` runs every attack on a home that the
release in that folder makes, and prints for each the item of issue I, what was tried, what came of it, and whether it
succeeded. It imports nothing of ours and drives ``python -m pipelines.cli``, so that releases before it can be asked
the same.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import xlsxwriter
from attacks.figures import draw_too_few, owe_before_it_is_due, reopen_unseen, show_thin_domains
from attacks.readers import recognise_hidden_people
from attacks.recipients import count_yuan, name_by_dictionary, solve_hidden_cells
from attacks.sides import COUNTY, DAY, PATIENCE, TREE, Result, Side, books, make, tables

KEYS = ("问题编号", "批次", "规则编号", "乡镇", "村", "户编号", "对象姓名", "证件号码(脱敏)")
NUMBER = "低保证号/学籍号(脱敏)/档案编号"
MEMORY = 6 << 30


def rebuild_numbers(side: Side) -> Result:
    """1: county, birth date and last four digits of one row make a number."""
    made: set[str] = set()
    for _, rows in tables(side.export("university")):
        for row in rows:
            cells = [value or "" for value in row.values()]
            days = {d.replace("-", "") for c in cells for d in re.findall(r"\b(?:19|20)\d\d-\d\d-\d\d\b", c)}
            days |= {d for c in cells for d in re.findall(r"(?<!\d)(?:19|20)\d{6}(?!\d)", c)}
            heads = {c[:6] for c in cells if re.match(r"\d{6}", c)}
            tails = {c[-4:].upper() for c in cells if re.search(r"[*…x]+\w{4}$", c)}
            made |= {head + day + tail for head in heads for day in days for tail in tails}
    numbers = side.numbers()
    return bool(made & numbers), f"{len(made & numbers)} of {len(numbers)} numbers rebuilt from an export"


def join_recipients(side: Side) -> Result:
    """4: two recipients put their files together."""
    one, other = (dict(tables(side.export(name))) for name in ("university", "institute"))
    joined = 0
    for name in one.keys() & other.keys():
        for column in ("household_no", "member_no", "certificate_no", "finding_id"):
            ours, theirs = ({r[column] for r in rows if r.get(column)} for rows in (one[name], other[name]))
            joined += len({v for v in ours & theirs if not set(v) <= set("*")})
    return joined > 0, f"{joined} household, member, certificate and finding numbers in both files"


def run_documented(side: Side) -> Result:
    """16: the questions that the documentation prints, as written."""
    path = side.export("institute", "duckdb")
    texts = [p.read_text(encoding="utf-8") for p in (side.tree / "docs" / "evaluation").rglob("*.md")]
    queries = [q for text in texts for q in re.findall(r"```sql\n(.*?)```", text, re.DOTALL)]
    done = 0
    with duckdb.connect(str(path), read_only=True) as connection:
        for query in queries:
            values = dict.fromkeys(re.findall(r"(?<!:):(\w+)", query))
            try:
                connection.execute(re.sub(r"(?<!:):(\w+)", "NULL", query) if values else query).fetchall()
                done += 1
            except duckdb.Error:
                continue
    return done < len(queries), f"{done} of {len(queries)} documented queries run on the recipient's file"


def leave_no_trace(side: Side) -> Result:
    """6: masked findings to a file."""
    home = side.copy()
    side.call("findings", "--format", "csv", "--out", str(home.parent / "f.csv"), home=home)
    entries = books(home, "SELECT count(*) FROM audit WHERE what NOT LIKE 'export%'")[0][0][0]
    return not entries, f"{entries} audit entries for a file of findings"


def link_to_the_key(side: Side) -> Result:
    """7: a symbolic link in the inbox shows a key as a delivery."""
    home = side.copy()
    key = home / "keys" / "finding.key"
    (home / "inbox").mkdir(exist_ok=True)
    (home / "inbox" / f"students_{COUNTY}_20260630.csv").symlink_to(key)
    said = side.call("ingest", home=home)
    shown = [p for p in (home / "lake").rglob("*") if p.is_file() and p.read_bytes() == key.read_bytes()]
    named = f"students_{COUNTY}_20260630.csv" in said.stderr
    return bool(shown) or not named, f"{len(shown)} copies of the key in the lake; {'named' if named else 'not named'}"


def strange_names(side: Side) -> Result:
    """7: names in GBK bytes, of 255 bytes twice, with control characters."""
    home = side.copy()
    inbox = os.fsencode(home / "inbox")
    (home / "inbox").mkdir(exist_ok=True)
    names = ["低保户.csv".encode("gb18030"), b"x" * 251 + b".csv", b"a\x1b[31m\n.csv"]
    ends = []
    for content in (b"a", b"b"):
        for name in names:
            Path(os.fsdecode(inbox + b"/" + name)).write_bytes(content)
        said = side.call("ingest", home=home)
        ends.append("traceback" if "Traceback" in said.stderr or said.returncode == 1 else "sentences")
        if re.search(r"\x1b\[31m|\\x[89a-f]", said.stdout + said.stderr):
            ends.append("bytes or escape sequences on the terminal")
    left = sum(len(files) for _, _, files in os.walk(inbox))
    return ends != ["sentences"] * 2 or left > 0, f"{', '.join(ends)}; {left} files left in the inbox"


def bomb_a_workbook(side: Side) -> Result:
    """8: a text of 2 MB, kept once, shown in 2,850 cells; a good file behind it."""
    home = side.copy()
    inbox = home / "inbox"
    inbox.mkdir(exist_ok=True)
    plain = next(iter(sorted((side.home.parent / "sent").glob("students_*"))))
    with xlsxwriter.Workbook(home.parent / "plain.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["学生姓名", "证件号码", "学籍号", "学校", "学段", "学籍状态"])
        for row in range(1, 476):
            sheet.write_row(row, 0, ["LONG"] * 6)
    bomb = inbox / f"students_{COUNTY}_20260628.xlsx"
    with zipfile.ZipFile(home.parent / "plain.xlsx") as source, zipfile.ZipFile(bomb, "w", 8) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"<t>LONG<", b"<t>" + b"x" * (2 << 20) + b"<"))
    shutil.copy(plain, inbox / re.sub(r"2026\d{4}", "20260629", plain.name))
    said = side.call("ingest", "--json", home=home, memory=MEMORY)
    rows = json.loads(said.stdout) if said.stdout.startswith("[") else []
    statuses = {row["as_of"]: row["status"] for row in rows}
    told = f"exit {said.returncode}; workbook {statuses.get('2026-06-28', 'unknown')}"
    good = statuses.get("2026-06-29", "lost")
    return "2026-06-28" not in statuses or good == "lost", f"{told}, the file behind it {good}"


def workbook_of(home: Path, owner: str) -> Path:
    return next(p for p in sorted((home / "reports").glob(f"2*/{owner}/*.xlsx")) if p.name != "汇总.xlsx")


def answer(home: Path, target: Path, change: Callable[[Any, dict[str, int]], None]) -> None:
    book = openpyxl.load_workbook(workbook_of(home, "civil_affairs"))
    sheet = book["问题清单"]
    heads = {str(cell.value): cell.column for cell in sheet[1]}
    change(sheet, heads)
    book.save(target)


def moved_by(side: Side, home: Path, sent: Path) -> tuple[int, str]:
    count = "SELECT count(*) FROM finding_events WHERE delivery IS NOT NULL"
    before = books(home, count)[0][0][0]
    said = side.call("feedback", str(sent), "--on", DAY, home=home)
    after = books(home, count)[0][0][0]
    return int(str(after)) - int(str(before)), f"exit {said.returncode}"


def answer_for_another(side: Side) -> Result:
    """9: an office's row in another office's workbook."""
    home, sent = side.copy(), side.home.parent / "mixed.xlsx"
    theirs = openpyxl.load_workbook(workbook_of(home, "register"))["问题清单"]

    def change(sheet: Any, heads: dict[str, int]) -> None:
        for column in range(1, sheet.max_column + 1):
            sheet.cell(2, column).value = theirs.cell(2, column).value
        sheet.cell(2, heads["核实结果"]).value = "属实"

    answer(home, sent, change)
    moved, end = moved_by(side, home, sent)
    return moved > 0, f"{moved} events of another office's finding ({end})"


def forge_an_answer(side: Side) -> Result:
    """9: another person in a row, whose checksum is made anew as anybody could make it."""
    home, sent = side.copy(), side.home.parent / "forged.xlsx"

    def change(sheet: Any, heads: dict[str, int]) -> None:
        sheet.cell(2, heads["对象姓名"]).value = "别人"
        keys = [str(sheet.cell(2, heads[heading]).value or "").strip() for heading in (*KEYS, NUMBER)]
        sheet.cell(2, heads["校验码"]).value = hashlib.sha256("\x1f".join(keys).encode()).hexdigest()[:8]
        for heading, value in (("核实结果", "不属实"), ("核实说明", "有误"), ("佐证材料", "纪要"), ("责任人", "甲")):
            sheet.cell(2, heads[heading]).value = value

    answer(home, sent, change)
    moved, end = moved_by(side, home, sent)
    return moved > 0, f"{moved} events by a row whose key cells were changed ({end})"


def write_onto_the_home(side: Side) -> Result:
    """10: ``--out`` onto key, books, staged rows: plainly, round about, through a link, in another case."""
    home = side.copy()
    link = home.parent / "link.csv"
    link.symlink_to(home / "books.sqlite")
    staged = next(p for p in (home / "lake").rglob("*.parquet"))
    ways = [home / "keys" / "finding.key", home / "x" / ".." / "index.html", link, staged]
    (home / "x").mkdir()
    hit = 0
    for way in ways:
        real = way.resolve()
        before = real.read_bytes()
        side.call("findings", "--format", "csv", "--out", str(way), home=home)
        hit += not real.exists() or real.read_bytes() != before or (way == link and not way.is_symlink())
        real.write_bytes(before)
    return hit > 0, f"{hit} of {len(ways)} files of the home overwritten"


TAMPERING = {
    "tail cut": ("ledger", ["DELETE FROM finding_events WHERE seq > (SELECT max(seq) - 3 FROM finding_events)"]),
    "audit log emptied": ("audit", ["DELETE FROM audit"]),
    "state": ("ledger", ["UPDATE findings SET state = '销号' WHERE rowid = 1"]),
    "deadline": ("ledger", ["UPDATE findings SET due_on = '2030-01-01' WHERE due_on IS NOT NULL"]),
    "silenced": ("ledger", ["UPDATE findings SET silenced_digest = evidence_digest"]),
    "ledger deleted": ("ledger", ["DELETE FROM finding_events", "DELETE FROM findings"]),
    "delivery": ("ledger", ["UPDATE deliveries SET staged = staged + 1, rows_read = rows_read + 1"]),
    "run": ("ledger", ["UPDATE runs SET as_of = '2026-06-29'"]),
}


def tamper(side: Side) -> Result:
    """11: whoever can write to the books."""
    unseen = []
    seed = side.copy()
    side.call("findings", "--format", "csv", "--out", str(seed.parent / "f.csv"), home=seed)
    side.call("publish", home=seed)
    for name, (log, statements) in TAMPERING.items():
        home = seed.with_name(name.replace(" ", "_"))
        shutil.copytree(seed, home, symlinks=True)
        triggers = books(home, "SELECT name FROM sqlite_master WHERE type = 'trigger'")[0]
        books(home, *(f'DROP TRIGGER "{t[0]}"' for t in triggers), *statements)
        if side.call(log, "verify", home=home).returncode == 0:
            unseen.append(name)
    return bool(unseen), f"not found: {', '.join(unseen) or 'nothing'} (of {len(TAMPERING)})"


def lose_the_key(side: Side) -> Result:
    """12: the finding key lost: every finding would be another."""
    home = side.copy()
    (home / "keys" / "finding.key").unlink()
    said = side.call("run", "--as-of", "2026-07-01", home=home)
    return said.returncode == 0, f"a night without the key: exit {said.returncode}, {said.stderr.strip()[-90:]!r}"


def flip_a_bit(side: Side) -> Result:
    """12: one bit of staged rows."""
    home = side.copy()
    path = next(p for p in sorted((home / "lake" / "staged").rglob("*.parquet")) if "register_members" in str(p))
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.chmod(0o600)
    path.write_bytes(content)
    said = side.call("run", "--as-of", "2026-07-01", home=home)
    how = "traceback" if "Traceback" in said.stderr else "a sentence" if said.returncode else "a night as ever"
    return how != "a sentence", f"exit {said.returncode}, {how}"


def damage_stores(side: Side) -> Result:
    """12: books, then warehouse, that hold rubbish."""
    ends = []
    for name in ("books.sqlite", "warehouse.duckdb"):
        home = side.copy()
        (home / name).resolve().write_bytes(b"rubbish" * 1000)
        said = side.call("deliveries" if name == "books.sqlite" else "publish", home=home)
        ends.append("traceback" if "Traceback" in said.stderr else f"exit {said.returncode}")
    return "traceback" in ends or ends[1] != "exit 0", f"books: {ends[0]}, publish over a damaged warehouse: {ends[1]}"


def come_from_the_future(side: Side) -> Result:
    """13: a night of 2062 makes every later one a replay."""
    home = side.copy()
    said = side.call("run", "--as-of", "2062-01-01", home=home)
    recorded = books(home, "SELECT count(*) FROM runs WHERE as_of LIKE '2062%'")[0][0][0]
    return bool(recorded), f"exit {said.returncode}, {recorded} runs of 2062 in the books"


def look_around(side: Side) -> Result:
    """14: another login of the machine reads the home."""
    open_to_all = [p for p in (side.home, *side.home.rglob("*")) if not p.is_symlink() and p.stat().st_mode & 0o077]
    return bool(open_to_all), f"{len(open_to_all)} folders and files open to others"


def no_database(side: Side) -> Result:
    """15: a URL where nothing answers, and one that is none."""
    ends = []
    for url in ("postgresql://nobody:secret@127.0.0.1:9/none", "nonsense://x"):
        said = side.call("deliveries", LIANGXIAN_DATABASE_URL=url)
        ends.append("traceback" if "Traceback" in said.stderr else "secret told" if "secret" in said.stderr else "said")
    return ends != ["said", "said"], ", ".join(ends)


ATTACKS: dict[str, Callable[[Side], Result]] = {
    one.__name__: one
    for one in (
        rebuild_numbers, join_recipients, leave_no_trace, link_to_the_key, strange_names, bomb_a_workbook,
        answer_for_another, forge_an_answer, write_onto_the_home, tamper, lose_the_key, flip_a_bit, damage_stores,
        come_from_the_future, look_around, no_database, run_documented,
        recognise_hidden_people, name_by_dictionary, count_yuan, solve_hidden_cells,
        owe_before_it_is_due, reopen_unseen, draw_too_few, show_thin_domains,
    )
}  # fmt: skip


def main() -> None:
    """Run the attacks and print a line for each."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--tree", type=Path, default=TREE, help="the checkout whose release is attacked")
    asked.add_argument("--home", type=Path, help="where a home is made, or was made before")
    asked.add_argument("--only", action="append", choices=ATTACKS, help="one attack; again for more")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = options.home or Path(folder)
        is_made = (place / "home").exists()
        side = Side(options.tree.resolve(), place / "home") if is_made else make(options.tree.resolve(), place)
        for name in options.only or ATTACKS:
            try:
                broken, said = ATTACKS[name](side)
            except subprocess.TimeoutExpired:
                broken, said = True, f"no answer in {PATIENCE} seconds"
            told = (ATTACKS[name].__doc__ or "").partition(".")[0]
            sys.stdout.write(f"{'SUCCEEDED' if broken else 'held     '}  {told} -> {said}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
