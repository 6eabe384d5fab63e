"""Rows of a returned workbook judged: which are taken, which say nothing new, what is wrong with the others. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from expectations.workbook import BATCH, CHECKSUM, FINDING_ID, HOUSEHOLD, RULE
from pipelines.recording.answers import Problem, Said, Standing, Step, answer_digest, plan_answer, read_answer
from pipelines.recording.returned import Returned, ReturnedRow

APPLIED, NOTED, REPEATED, BLANK, REFUSED = "applied", "noted", "repeated", "blank", "refused"
"""What can become of a row: it moved the finding; added to what was said; said nothing new; was empty; was refused."""


@dataclass(frozen=True)
class Outcome:
    """What became of a row: for a refused one all its problems, else the steps that it took."""

    row: ReturnedRow
    outcome: str
    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()
    said: Said | None = None


@dataclass(frozen=True)
class Bound:
    """By what a row is known as one of ours: the key of checksums, and the batches of the time before there was one.

    ``digests`` is the key by which an answer is known again.
    """

    key: bytes = field(repr=False)
    digests: bytes = field(repr=False)
    older_batches: Collection[str] = ()

    def office(self, returned: Returned) -> str:
        """The office that a workbook was made for: that of most rows that we wrote; empty where there are none."""
        made = Counter(row.office for row in returned.rows if row.is_intact(self.key))
        return min(made, key=lambda office: (-made[office], office), default="")


def judge_rows(
    returned: Returned,
    standings: Mapping[str, Standing],
    known: Collection[str],
    told: Mapping[str, Mapping[str, str]],
    county: str,
    on: date,
    bound: Bound,
) -> Iterator[Outcome]:
    """What becomes of each row, in order.

    ``standings``: findings by id; ``known``: keyed digests of answers taken before; ``told``: key cells as the ledger
    has them, by finding and heading, with which they are compared. A workbook answers only for the office that it was
    made for; one of the older layout only to what went out in it.
    """
    office = bound.office(returned)
    answered = [row for row in returned.rows if row.is_answered]
    times = Counter(row.finding_id for row in answered if row.finding_id)
    for row in returned.rows:
        if not row.is_answered:
            yield Outcome(row, BLANK)
        elif times[row.finding_id] > 1:
            reason = f"这个问题编号在表中填了{times[row.finding_id]}行（可能是整行复制粘贴），请只留下发时的那一行"
            yield Outcome(row, REFUSED, problems=(Problem(FINDING_ID, reason),))
        elif problem := _key_problem(row, standings, told, county, bound, office):
            yield Outcome(row, REFUSED, problems=(problem,))
        else:
            yield _answered(row, standings[row.finding_id], known, on, bound.digests)


def _answered(row: ReturnedRow, standing: Standing, known: Collection[str], on: date, key: bytes) -> Outcome:
    """What becomes of a row whose keys are intact."""
    said = read_answer(row.cells)
    if isinstance(said, tuple):
        return Outcome(row, REFUSED, problems=said)
    if answer_digest(key, row.finding_id, row.batch, said) in known:
        return Outcome(row, REPEATED, said=said)
    if row.batch != standing.batch:
        now = f"现在的批次是{standing.batch}" if standing.batch else "现在没有下发批次"
        reason = f"批次已过期：这条问题后来重新下发，{now}，请在最新的工作簿里填"
        return Outcome(row, REFUSED, problems=(Problem(BATCH, reason),))
    plan = plan_answer(standing, said, on)
    problems = tuple(part for part in plan if isinstance(part, Problem))
    steps = tuple(part for part in plan if isinstance(part, Step))
    if problems:
        return Outcome(row, REFUSED, problems=problems)
    if not steps:
        return Outcome(row, REPEATED, said=said)
    moved = steps[-1].to_state is not standing.state
    return Outcome(row, APPLIED if moved else NOTED, steps=steps, said=said)


def _key_problem(
    row: ReturnedRow,
    standings: Mapping[str, Standing],
    told: Mapping[str, Mapping[str, str]],
    county: str,
    bound: Bound,
    office: str,
) -> Problem | None:
    """What is wrong with the key cells of a row; where a column can be named, it is."""
    if not row.finding_id:
        return Problem(FINDING_ID, "没有问题编号：编号被清空，或是自行添加的行；只能在下发的行里填")
    standing = standings.get(row.finding_id)
    if standing is None or standing.county != county:
        return Problem(FINDING_ID, "没有下发过这个编号的问题，请用下发的原表填写")
    if not row.cells[CHECKSUM]:
        return Problem(CHECKSUM, "校验码被清空，不能确认这一行就是下发的那一行；请用下发的原表重新填写")
    sent = told.get(row.finding_id, {})
    changed = [heading for heading, value in sent.items() if row.cells[heading] != value]
    if row.is_intact(bound.key):
        # what a household is called and where it lies may have changed since, in the data; what is asked has not
        changed = [heading for heading in changed if heading in _LASTING]
        if not changed and row.office != office:
            return Problem(CHECKSUM, "这一行是发给另一个单位或乡镇的，请填在发给它的工作簿里")
    elif row.is_intact_of_old and row.batch in bound.older_batches:
        # its checksum could be anybody's: all that the ledger can tell must be as it was sent
        changed = [heading for heading in changed if heading != BATCH]
    else:
        changed = changed or [CHECKSUM]
    if changed:
        return Problem(changed[0], "锁定的内容被改动或整行错位，请用下发的原表重新填写这一行")
    return None


_LASTING: Final = frozenset({RULE, HOUSEHOLD})
