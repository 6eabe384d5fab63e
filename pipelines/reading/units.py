"""Units of money as people write them: behind a heading, over columns, below the headings, above the table."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_SCALES = {"": 1, "百": 100, "千": 1_000, "万": 10_000}
_MONEY = re.compile(r"(?:单位[:为是]?|金额[:为是]?|人民币)*(?P<many>[十百千万亿]*)元整?(?P<per>(?:/|每).*)?")
_NOT_YUAN = re.compile(
    r"(?:单位[:为是]?)?(?:[十百千万亿]+|角|分|厘|[十百千万亿]*[美港欧日]元|[十百千万亿]*[港日]币)(?:(?:/|每).*)?"
)
_OTHERS = re.compile(
    "人|户|口|个|名|岁|周岁|年|月|日|天|年月|年月日|年/月|年/月/日|平方米|㎡|m2|亩|次|套|间|栋|座|公斤|斤|%|张|份|批|"
    "人次|户次|台|辆|公里"
)
_TRADITIONAL = str.maketrans("單萬億圓圆", "单万亿元元")
_SPOKEN_OF = re.compile(
    r"(?:单位|金额|资金|货币)[^\d]*?(?<![\d一二三四五六七八九十百千万亿两几数多余.])([百千万亿]+元)(?:[填计统列报为]|[^\d一-龥]|$)"
)
_EMPTY = frozenset({"单位", "计量单位", "金额单位", "/", "-", "--", "—", "——", "无"})
_FILL_IN = frozenset({"必填", "选填", "可选", "可不填"})
_SEPARATORS = re.compile(r"[、,;和及或\s]+")
_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_CLOSING = tuple(")]】〕")
_IN_BRACKETS = re.compile(r"(.+?)((?:[(\[【〔][^()\[\]【】〔〕]*[)\]】〕])+)")
_LOOSE = re.compile(r"(.+?)[:,、/_-]?((?:单位[:为]?)?[十百千万亿美港]*元(?:/.*)?)")
_PER = re.compile(r"[/每·.、,]+")


@dataclass(frozen=True)
class Unit:
    """A unit of money as it was written; ``scale``: yuan in one of it, None where that cannot be said.

    ``per``: what it counts for, such as 人 or 月.
    """

    text: str
    scale: int | None
    per: frozenset[str] = frozenset()

    def fits(self, declared: str) -> bool:
        """Whether it can be that of a column declared in yuan a person, household, month or year."""
        return self.scale is not None and self.per <= _per(declared)


def money_unit(word: str) -> Unit | None:
    """A word that is a unit of money and nothing else; blanks are none of it."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", word)).translate(_TRADITIONAL).strip("()[]【】〔〕:")
    found = _MONEY.fullmatch(plain)
    if found is not None:
        return Unit(f"{found['many']}元{found['per'] or ''}", _SCALES.get(found["many"]), _per(plain))
    return Unit(plain, None) if _NOT_YUAN.fullmatch(plain) else None


def stated_unit(text: str) -> Unit | None:
    """The unit that a title or a note states: 单位：万元, （金额单位：万元、人）, 以万元计, or the unit alone.

    Several that differ give one that cannot be placed. 填报单位：某局 states none.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_TRADITIONAL)
    found: dict[int | None, Unit] = {}
    # people put blanks between words, and between the characters of one
    for form in {plain, re.sub(r"\s+", "", plain)}:
        for unit in _units_in(form):
            found.setdefault(unit.scale, unit)
    if len(found) > 1:
        return Unit("、".join(u.text for u in found.values()), None)
    if not found and (spoken := _SPOKEN_OF.search(re.sub(r"\s+", "", plain))):
        return Unit(spoken[1], None)  # said in words of its own: nobody can be sure, and ten thousand times is too much
    return next(iter(found.values()), None)


def _units_in(text: str) -> Iterable[Unit]:
    alone = money_unit(text)
    if alone is not None and alone.scale is not None:
        return [alone]
    pieces = list(re.split(r"单\s*位\s*(?:均|都|皆|一律|统一)?\s*(?:[:;=为是]|$)?\s*", text)[1:])
    pieces = [re.split(r"[)\]】〕。]", piece)[0] for piece in pieces]
    pieces += re.findall(r"以\s*([百千万]?元)\s*(?:计|为单位)", text)
    pieces += re.findall(r"金额\s*[:为]\s*([十百千万亿]*元)(?![\d一-龥])", text)
    out = []
    for piece in pieces:
        out += [u for word in _SEPARATORS.split(piece) if (u := _said(word)) is not None]
    for inner in _BRACKETS.findall(text):
        words = [w for w in _SEPARATORS.split(inner) if w]
        units = [money_unit(w) for w in words]
        if any(units) and all(u or _OTHERS.fullmatch(w) for u, w in zip(units, words, strict=True)):
            out += [u for u in units if u is not None and (u.scale is not None or "元" in u.text)]
    return out


def _said(word: str) -> Unit | None:
    """A word after 单位: a unit, also 户/人/万元; the name of an office is none."""
    found = money_unit(word) if word else None
    if found is None and "/" in word:
        return next((u for part in word.split("/") if (u := money_unit(part)) is not None and u.scale), None)
    return found


def is_unit_row(cells: Iterable[str]) -> bool:
    """Whether every cell that is filled holds a unit, of money or of anything else."""
    words = [word for cell in cells if (word := _plain(cell))]
    units = [w for w in words if _OTHERS.fullmatch(w) or money_unit(w) is not None]
    return bool(units) and all(w in _EMPTY or _OTHERS.fullmatch(w) or money_unit(w) is not None for w in words)


def behind_heading(plain: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Ways to part a heading (normalised) from what stands behind it: (``补助金额``, (``万元``, ``必填``))."""
    # every cell of a sheet's top is asked, and most are no heading: what cannot end in either way is not tried
    found = _IN_BRACKETS.fullmatch(plain) if plain.endswith(_CLOSING) else None
    if found is not None:
        words = [w for inner in _BRACKETS.findall(found[2]) for w in _SEPARATORS.split(inner) if w]
        yield found[1], tuple(words)
    loose = _LOOSE.fullmatch(plain) if "元" in plain else None
    if loose is not None:
        yield loose[1], (loose[2],)


def is_fill_in(word: str) -> bool:
    """Whether it says only that a column must be filled in."""
    return word in _FILL_IN


def _plain(cell: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell)).strip("()[]【】〔〕:")


def _per(unit: str) -> frozenset[str]:
    """人 and 月 of 元/人·月."""
    _, _, per = unit.replace("每", "/", 1).partition("/")
    parts = {c for word in _PER.split(per) for c in (word if set(word) <= set("人户年月口") else [word]) if c}
    return frozenset({"人" if p == "口" else p for p in parts})
