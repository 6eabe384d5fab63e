"""What recipients work out of what they were given: names by a dictionary, few households by sums."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain, product
from pathlib import Path

import duckdb
import numpy as np
from attacks.sides import Result, Side, books, edit, make, tables
from scipy.optimize import linprog
from scipy.sparse import csr_array

GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲红建国华志海峰云波宁福生龙元全胜学祥才发武新利清飞彬富顺信子"
    "斌辰浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋梁栋维启克伦翔旭鹏泽晨士以家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘慧巧美淑惠珠"
    "翠雅芝玉萍娥菊凤洁梅琳素莲真环雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞莉叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁"
    "蓓仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希春松柏林山水江河成忠义仁礼智孝廉和安康乐天永祖"
)
"""Characters of given names, as any list of them has."""
SMALLEST = 5


def name_by_dictionary(side: Side) -> Result:
    """3: a dictionary of names over digests of evidence, of an export and of the books."""
    given = dict(tables(side.export("university")))
    exported = {r["finding_id"]: r.get("evidence_digest", "") for r in given["finding_events"]}
    found = _named((r["evidence"], exported.get(r["finding_id"], "")) for r in given["findings"])
    home = side.copy()
    path = home.parent / "masked.csv"
    side.call("findings", "--format", "csv", "--out", str(path), home=home)
    (kept,) = books(home, "SELECT finding_id, evidence_digest FROM findings")
    digests = {str(number): str(digest) for number, digest in kept}
    ((_, masked),) = tables(path)
    read = _named((r["evidence"], digests.get(r["finding_id"], "")) for r in masked)
    told = f"{len(found)} full names from an export, {len(read)} from masked findings beside the books"
    return bool(found or read), told


def _named(findings: Iterable[tuple[str, str]]) -> set[str]:
    """Names that give the digest of a finding whose evidence masks nothing but one name.

    The release before kept plain SHA-256 over the feeds and values in clear.
    """
    names = set()
    for evidence, digest in findings:
        rows = [(i["feed"], i["values"]) for i in json.loads(evidence) if i.get("values")]
        masked = {str(v) for _, values in rows for v in values.values() if v and "*" in str(v)}
        if digest and len(masked) == 1 and len(mask := masked.pop()) == 2 and mask.endswith("*"):
            texts = {feed + json.dumps(values, ensure_ascii=False, separators=(",", ":")) for feed, values in rows}
            parts = "\n".join(sorted(texts)).split(f'"{mask}"')
            for rest in chain(GIVEN, map("".join, product(GIVEN, repeat=2))):
                if hashlib.sha256(f'"{mask[0]}{rest}"'.join(parts).encode()).hexdigest() == digest:
                    names.add(mask[0] + rest)
    return names


def count_yuan(side: Side) -> Result:
    """5: amounts that fewer than five housing cases lack, in aggregates."""
    ((_, rows),) = ((n, r) for n, r in tables(side.export("journalist", aggregates=True)) if n == "indicators")
    with duckdb.connect(str(side.home / "warehouse.duckdb"), read_only=True) as connection:
        short = connection.execute(
            "SELECT village_code, subsidy - paid FROM evaluation.housing_cases "
            "WHERE acceptance = '合格' AND paid < subsidy"
        ).fetchall()
    told = {}
    for row in rows:
        behind = [float(yuan) for village, yuan in short if str(village).startswith(row["area_code"])]
        if row["unit"] == "元" and row["indicator"] == "危改补助到位率" and row["numerator"]:
            lacking = float(row["denominator"]) - float(row["numerator"])
            if 0 < len(behind) < SMALLEST and abs(lacking - sum(behind)) < 0.01:
                told[row["area_code"]] = (round(lacking, 2), len(behind))
    return bool(told), f"{len(told)} amounts told: {'; '.join(f'{y} yuan of {n}' for y, n in told.values()) or 'none'}"


def solve_hidden_cells(side: Side) -> Result:
    """5: a linear program over aggregates of a county where two of twelve unsafe houses are of one township."""
    folder = side.home.parent / "twelve"
    is_made = (folder / "home").exists()
    side = Side(side.tree, folder / "home") if is_made else make(side.tree, folder, households=300, change=_two_of_ten)
    ((_, rows),) = ((n, r) for n, r in tables(side.export("journalist", aggregates=True)) if n == "indicators")
    with duckdb.connect(str(side.home / "warehouse.duckdb"), read_only=True) as connection:
        clear = connection.execute(
            "SELECT indicator, area_code, numerator, denominator - numerator FROM evaluation.indicators"
        ).fetchall()
    true = {(i, a): (float(n or 0), float(r or 0)) for i, a, n, r in clear}
    cells = [r for r in rows if r["unit"] in ("人", "户") and (r["indicator"], r["area_code"]) in true]
    sums = _Sums(cells)
    widths = []
    for row in cells:
        key = (row["indicator"], row["area_code"])
        for part in (0, 1):
            if not row["denominator"] and 0 < true[key][part] < SMALLEST:
                least, most = sums.interval(*key, part)
                widths.append(most - least)
    narrow = [w for w in widths if w < SMALLEST - 1e-6]
    told = f"{len(narrow)} of {len(widths)} small hidden counts narrower than {SMALLEST}"
    return bool(narrow), f"{told}, the narrowest {min(widths):.0f} wide"


def _two_of_ten(sent: Path) -> None:
    """Ten unsafe houses in a village of one township, two in one of another, none elsewhere."""

    def houses(rows: list[dict[str, str]]) -> None:
        left = {min(r["行政区划代码"] for r in rows): 10, max(r["行政区划代码"] for r in rows): 2}
        for row in rows:
            is_one = left.get(row["行政区划代码"], 0) > 0
            row["住房安全"] = "否" if is_one else "是"
            left[row["行政区划代码"]] = left.get(row["行政区划代码"], 0) - is_one

    def cases(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["鉴定等级"] = "A"

    edit(next(sent.glob("register_households_*.csv")), houses)
    edit(next(sent.glob("housing_renovations_*.csv")), cases)


class _Sums:
    """All that aggregates say of persons and households: areas are the sum of those below, shares of one another."""

    def __init__(self, cells: list[dict[str, str]]) -> None:
        self.place = {(r["indicator"], r["area_code"]): 3 * n for n, r in enumerate(cells)}
        self.bounds: list[tuple[float, float | None]] = []
        self.rows: list[dict[int, float]] = []
        below: dict[tuple[str, str], list[int]] = defaultdict(list)
        whole: dict[tuple[str, str], int] = {}
        for n, r in enumerate(cells):
            shown = (r["numerator"], r["denominator"])
            if all(shown):
                parts = float(shown[0]), float(shown[1]) - float(shown[0])
                self.bounds += [(part, part) for part in parts]
            else:
                self.bounds += [(0, None)] * 2
            # a denominator leaves out those whom nobody can judge
            self.bounds.append((float(r["unknown"]), float(r["unknown"])) if r["unknown"] else (0, None))
            above = {6: "", 9: r["area_code"][:6], 12: r["area_code"][:9]}[len(r["area_code"])]
            below[r["indicator"], above].append(3 * n)
            shared = (r["definition"].partition("÷ ")[2].partition("；")[0], r["area_code"])
            if shared in whole:
                self.rows.append({whole[shared] + i: 1.0 for i in range(3)} | {3 * n + i: -1.0 for i in range(3)})
            whole.setdefault(shared, 3 * n)
        for (indicator, above), parts_of in below.items():
            if (total := self.place.get((indicator, above))) is not None:
                self.rows += [{total + i: -1.0, **{one + i: 1.0 for one in parts_of}} for i in range(3)]

    def interval(self, indicator: str, area: str, part: int) -> tuple[float, float]:
        """The least and the most that a count can be."""
        size, at = len(self.bounds), self.place[indicator, area] + part
        entries = [(n, column, value) for n, row in enumerate(self.rows) for column, value in row.items()]
        numbers, columns, values = zip(*entries, strict=True)
        equal = csr_array((values, (numbers, columns)), shape=(len(self.rows), size))
        ends = []
        for sign in (1.0, -1.0):
            aim = np.zeros(size)
            aim[at] = sign
            done = linprog(aim, A_eq=equal, b_eq=np.zeros(len(self.rows)), bounds=self.bounds, method="highs")
            assert done.status in (0, 3), done.message
            ends.append(sign * done.fun if done.status == 0 else sign * -np.inf)
        return ends[0], ends[1]
