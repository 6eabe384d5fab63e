"""What the exit rules (EX) would say of every open household if it left today: met, not met, or not known.

The rules are asked themselves, over a county in which the open households have exited. Nothing found is no proof: where
the rule is silent, a row was refused, or the book does not say, the condition is not known.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from expectations.feeds import FEEDS_BY_NAME
from expectations.finding import Certainty
from expectations.policy import Policy
from expectations.rule import Reading, Rule
from expectations.rules import RULES_BY_CODE
from expectations.rules.exits import RULES as EXIT_RULES
from expectations.rules.exits import AsIfExited
from expectations.rules.needs import REGISTER, RH, RM
from expectations.status import RuleStatus
from pipelines.house.engine_choice import EngineChoice
from pipelines.reconciling.county import Asked, county_of
from pipelines.reconciling.engine import Engine
from pipelines.reconciling.facts import UNNUMBERED
from pipelines.reconciling.opening import open_engine
from pipelines.reconciling.reconcile import Reconciled, reconcile
from pipelines.recording.unchecked import unchecked
from warehouse.current import Conformed
from warehouse.lake import Lake

_KEY: Final = b"ids of findings that nobody keeps"
_REFUSED: Final = "有关的记录被退回，本次未能核对"
_NO_ASSESSMENT: Final = RULES_BY_CODE["CV07"]
"""Whoever has no assessment is in no dangerous house that a book knows of: that is not a safe one."""


class State(StrEnum):
    """Whether a condition is met."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_KNOWN = "not_known"

    @property
    def label(self) -> str:
        """达标, 不达标 or 不能判断."""
        return {"met": "达标", "not_met": "不达标", "not_known": "不能判断"}[self.value]

    @property
    def label_en(self) -> str:
        """The same in English."""
        return self.value.replace("_", " ")


@dataclass(frozen=True)
class Answer:
    """One condition of one household; ``why`` it is not met or not known, masked for recipients or in clear."""

    state: State
    why: str = ""
    why_masked: str = ""


@dataclass(frozen=True)
class Candidate:
    """An open household, and its answer to each exit rule by code. ``persons``: its registered members."""

    household_no: str
    head_name: str
    village_code: str
    township: str
    village: str
    poverty_status: str
    persons: int
    answers: Mapping[str, Answer]

    @property
    def all_met(self) -> bool:
        """Whether no condition stands in the way, as far as the books say."""
        return all(answer.state is State.MET for answer in self.answers.values())


@dataclass(frozen=True)
class Prechecked:
    """A county's open households by village and number.

    ``silent``: by rule, why nobody's condition is known. ``refused``: rows of register households that were refused,
    which may have been open ones and stand nowhere here.
    """

    candidates: Sequence[Candidate]
    silent: Mapping[str, str]
    refused: int


def precheck(choice: EngineChoice, lake: Lake, conformed: Conformed, policy: Policy) -> Prechecked:
    """Ask the exit rules of a county's open households. The register must be there (``conformed.feeds``)."""
    asked = [Asked(conformed, policy, AsIfExited)]
    with open_engine(choice, lake) as engine:
        (done,) = reconcile(engine, asked, _KEY, (*EXIT_RULES, _NO_ASSESSMENT))
    with open_engine(choice, lake) as engine:
        homes = _open_homes(engine, asked)
    silent = {
        run.rule: f"{run.status.label}：{run.reason}"
        for run in done.rule_runs
        if run.status is not RuleStatus.EVALUATED
    }
    answers = _answers(homes, done, silent)
    refused = 0 if done.refusals is None else _refused_homes(done.refusals.rows).num_rows
    return Prechecked(
        candidates=tuple(
            Candidate(**{name: home[name] or "" for name in _TOLD}, persons=home["registered"], answers=own)
            for home, own in zip(homes, answers, strict=True)
        ),
        silent={code: why for code, why in silent.items() if code != _NO_ASSESSMENT.code},
        refused=refused,
    )


_TOLD: Final = ("household_no", "head_name", "village_code", "township", "village", "poverty_status")
_Home = Mapping[str, Any]


def _open_homes(engine: Engine, asked: Sequence[Asked]) -> list[_Home]:
    """Open households with their places, how many are registered, and how many of these without a number."""
    c = county_of(engine, asked)
    own = [name for name in _TOLD if name not in ("township", "village")]
    households = c.open_households.select(*own, *_may_be_blank())
    people = c.register_people.group_by("household_no").agg(registered=_.count(), unnumbered=_.person_id.isnull().sum())
    placed = households.inner_join(people, "household_no").left_join(c.villages, "village_code")
    engine.relation("homes", placed)
    rows: list[_Home] = (
        engine.local.execute("FROM homes ORDER BY village_code, household_no").to_arrow_table().to_pylist()
    )
    return rows


def _may_be_blank() -> list[str]:
    """Columns of the household's own row that, where nothing stands in them, keep an exit rule from saying anything."""
    return sorted({read.column for rule in EXIT_RULES for read in _own_readings(rule)})


def _own_readings(rule: Rule) -> Iterator[Reading]:
    return (read for read in rule.reads if read.silent and read.feed == RH and read.rows is None)


def _answers(homes: Sequence[_Home], done: Reconciled, silent: Mapping[str, str]) -> list[dict[str, Answer]]:
    """By household the answer to each exit rule."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {
        (row["rule"], row["household_no"]): row for row in done.findings.to_pylist()
    }
    hidden = _hidden(homes, done)
    answers = []
    for home in homes:
        number, own = home["household_no"], {}
        for rule in EXIT_RULES:
            row = found.get((rule.code, number))
            if rule.code in silent:
                own[rule.code] = Answer(State.NOT_KNOWN, silent[rule.code], silent[rule.code])
            elif row is not None:
                is_certain = row["certainty"] == Certainty.CERTAIN
                if home["unnumbered"] and RM in rule.refuted_by:  # the row that would refute it may be that member's
                    is_certain = False
                state, said = (State.NOT_MET, "") if is_certain else (State.NOT_KNOWN, "疑似不达标，待核：")
                own[rule.code] = Answer(state, said + row["actual"], said + row["actual_masked"])
            else:
                why = "；".join(_unproven(rule, home, hidden, found, silent))
                own[rule.code] = Answer(State.NOT_KNOWN if why else State.MET, why, why)
        answers.append(own)
    return answers


def _unproven(
    rule: Rule,
    home: _Home,
    hidden: Collection[tuple[str, str]],
    found: Collection[tuple[str, str]],
    silent: Collection[str],
) -> Iterator[str]:
    """Why nothing found is no proof that a household meets the condition, in Chinese."""
    number = home["household_no"]
    if (rule.code, number) in hidden:
        yield _REFUSED
    if home["unnumbered"] and set(rule.needs) - set(REGISTER):  # other books know people by their numbers alone
        yield UNNUMBERED
    for read in _own_readings(rule):
        if home[read.column] is None:
            yield f"{FEEDS_BY_NAME[RH].title}没有填写{FEEDS_BY_NAME[RH][read.column].title}"
    if set(_NO_ASSESSMENT.needs) <= set(rule.needs) and (
        _NO_ASSESSMENT.code in silent or (_NO_ASSESSMENT.code, number) in found
    ):
        yield _NO_ASSESSMENT.name


def _hidden(homes: Sequence[_Home], done: Reconciled) -> frozenset[tuple[str, str]]:
    """(rule, household) of which something refused may hide what there is (decision 0030)."""
    if done.refusals is None:
        return frozenset()
    asked = [(rule.code, home["household_no"]) for rule in EXIT_RULES for home in homes]
    rows = [_nothing(rule, number) for rule, number in asked]
    ids = unchecked(pa.Table.from_pylist(rows, schema=_LEDGER), done.refusals, EXIT_RULES)["finding_id"].to_pylist()
    known = {row["finding_id"]: key for row, key in zip(rows, asked, strict=True)}
    return frozenset(known[one] for one in ids)


def _nothing(rule: str, household_no: str) -> dict[str, str]:
    """What the ledger would have of a finding that nobody made."""
    return {
        "finding_id": f"{rule}|{household_no}",
        "rule": rule,
        "subject_key": household_no,
        "household_no": household_no,
        "evidence": "[]",
    }


_LEDGER: Final = pa.schema(
    dict.fromkeys(
        (
            "finding_id",
            "rule",
            "subject_key",
            "period",
            "actual",
            "evidence",
            "household_no",
            "certificate_no",
            "person_id",
            "case_no",
        ),
        pa.string(),
    )
)


def _refused_homes(refused: pa.Table) -> pa.Table:
    """Rows of register households among what was refused, whole rows and not before."""
    whole = pc.and_(pc.equal(refused["feed"], RH), pc.is_null(refused["refused"]))
    return refused.filter(pc.and_(whole, pc.invert(refused["before"])))
