"""What cannot be done, told to people: one base for every error of ours, its parts as attributes, its sentence here.

Whoever raises says the parts; doors (commands, DAGs, portal) show ``str(error)`` and decide by kind what follows.
A plain ValueError, KeyError or TypeError is a programmer's mistake and may end in a traceback.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something is wrong: every part that is known. Files stand by their base names."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    feed: str = ""
    county: str = ""
    key: str = ""
    on: date | None = None

    def __str__(self) -> str:
        """The parts, from the outside in."""
        row = f"row {self.row}" if self.row is not None else ""
        county = f"county {self.county}" if self.county else ""
        on = self.on.isoformat() if self.on is not None else ""
        parts = (self.file, self.sheet, row, self.column, self.feed, county, self.key, on)
        return ": ".join(part for part in parts if part)

    def in_chinese(self) -> str:
        """The parts as a department finds them: 文件, 工作表, 行, 列."""
        row = f"第{self.row}行" if self.row is not None else ""
        named = (("文件 {}", self.file), ("工作表“{}”", self.sheet), ("{}", row), ("{}列", self.column))
        others = (self.feed, self.county, self.key, self.on.isoformat() if self.on is not None else "")
        return "，".join([*(form.format(part) for form, part in named if part), *(part for part in others if part)])


NOWHERE = Place()


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what, where, why, and what to do about it; only ``what`` is always known."""

    what: str
    where: Place = NOWHERE
    why: str = ""
    advice: str = ""

    def __str__(self) -> str:
        """One line for people."""
        return _sentence(self, in_chinese=False)

    def in_chinese(self) -> str:
        """One line with Chinese marks, for parts that are Chinese."""
        return _sentence(self, in_chinese=True)


class LiangxianError(Exception):
    """Something that a person can cause or mend. ``str(error)`` is what that person reads.

    ``what`` is wrong, ``where``, ``why``, and what to do about it (``advice``); ``problems`` lists everything that was
    found where it may be several things. It survives the way from a worker process, parts and all.
    """

    may_pass: ClassVar[bool] = False
    """Whether the same request may succeed later though nobody does anything: worth another attempt."""

    in_chinese: ClassVar[bool] = False
    """Whether its parts are Chinese: what departments read."""

    def __init__(
        self,
        what: str,
        *,
        where: Place = NOWHERE,
        why: str = "",
        advice: str = "",
        problems: Iterable[Problem | str] = (),
    ) -> None:
        super().__init__(what)
        self.what, self.where, self.why, self.advice = what, where, why, advice
        self.problems = tuple(one if isinstance(one, Problem) else Problem(one) for one in problems)

    def __str__(self) -> str:
        """The sentence, and below it a line for each problem."""
        lines = [_sentence(one, in_chinese=self.in_chinese) for one in self.problems]
        if not self.what:
            return "\n".join(lines)
        told = _sentence(Problem(self.what, self.where, self.why, self.advice), in_chinese=self.in_chinese)
        colon = "：" if self.in_chinese else ":"
        return "\n".join([f"{told}{colon}", *(f"  {line}" for line in lines)]) if lines else told

    def told_in_chinese(self, chinese: Callable[[str], str]) -> str:
        """The sentence with Chinese marks; ``chinese`` gives the Chinese of each part that has one."""

        def told(one: Problem) -> str:
            parts = Problem(chinese(one.what), one.where, chinese(one.why), chinese(one.advice))
            return _sentence(parts, in_chinese=True)

        lines = [told(one) for one in self.problems]
        if not self.what:
            return "\n".join(lines)
        whole = told(Problem(self.what, self.where, self.why, self.advice))
        return "\n".join([f"{whole}：", *(f"  {line}" for line in lines)]) if lines else whole

    def for_people(self) -> str:
        """What is told of it beyond a terminal (alerts), where nobody chooses a language."""
        return str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """Made again from its parts: a kin's own constructor may ask for others."""
        return _made_again, (type(self), self.args, vars(self))


class RequestError(LiangxianError):
    """What was asked for cannot be had as it was asked for: another request is needed (wrong usage)."""


class ValueRefusedError(RequestError):
    """A written value (in a policy file, of an option) that is none of its kind; the sentence says what is wanted."""


class UnknownError(RequestError):
    """A name that names nothing here, or several things; ``known`` are those that there are, where they are few."""

    def __init__(self, kind: str, name: str, *, several: bool = False, known: Collection[str] = ()) -> None:
        self.kind, self.name, self.several, self.known = kind, name, several, tuple(known)
        if several:
            kinds = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
            super().__init__(f"several {kinds} begin with {name}", advice="give more of it")
        else:
            super().__init__(f"no {kind} {name}", advice=f"there are {', '.join(known)}" if known else "")


class NotYetError(LiangxianError):
    """What a request builds on is not there yet: nothing has been recorded, nothing has been published."""


class RefusedError(LiangxianError):
    """A request that was understood and not carried out, for the reasons that it names; nothing was changed."""


class DamagedError(LiangxianError):
    """Something that is kept cannot be read any more: books, warehouse, keys."""


class UnavailableError(LiangxianError):
    """A database, cluster or disk that does not answer now."""

    may_pass = True


class PackageMissingError(LiangxianError):
    """An optional package is not installed; ``extra`` brings it."""

    def __init__(self, package: str, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(f"{package} is not installed", advice=f"pip install 'liangxian[{extra}]'")


def _sentence(problem: Problem, *, in_chinese: bool) -> str:
    """Where: what: why; what to do."""
    colon, semicolon = ("：", "；") if in_chinese else (": ", "; ")
    where = problem.where.in_chinese() if in_chinese else str(problem.where)
    told = colon.join(part for part in (where, problem.what, problem.why) if part)
    return f"{told}{semicolon}{problem.advice}" if problem.advice else told


def _made_again(kind: type[LiangxianError], args: tuple[Any, ...], parts: dict[str, Any]) -> LiangxianError:
    error = kind.__new__(kind)
    error.args = args
    vars(error).update(parts)
    return error
