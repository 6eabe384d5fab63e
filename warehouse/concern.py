"""Which refused rows concern a rule's findings, as SQL: what makes a finding only possible, and keeps it from clearing.

``f`` are findings, with the columns of KINDS and ``asked``, a text that has the months and terms that a finding is
about; ``t`` are the rows of TOUCHED (expectations/terms/refusals.py).
"""

from collections.abc import Iterable, Iterator

from expectations.rule import Comparison, Reading, Rule
from expectations.terms.refusals import KINDS, PEOPLE, STUDENT_NO
from warehouse.sql import among, literal


def concerns(rule: Rule, *, clearing: bool = False) -> Iterator[str]:
    """The conditions on which ``t`` concerns ``f``: one for each part of the subject's key that a row can be about.

    A finding that is there is only possible where it may rest on what was refused. ``clearing``: one that is not found
    again is not gone either where what was refused can only take away, or where it may be the subject's at best.
    """
    for kind in rule.subject.key:
        if kind in KINDS:
            scope = " AND ".join(_scope(rule, kind, clearing))
            yield f"t.kind = {literal(kind)} AND t.key = f.{kind} AND {scope}"
            settled = "" if clearing else " AND NOT t.guessed"
            yield f"t.kind = {literal(kind)} AND t.key IS NULL{settled} AND {scope}"


def _scope(rule: Rule, kind: str, clearing: bool) -> Iterator[str]:
    needed = among("t.feed", rule.needs)
    # of feeds that it merely heeds, the values that its own rows rest on
    yield f"({needed} OR t.rule = {literal(rule.code)} AND t.refused IS NOT NULL)" if rule.heeds else needed
    yield f"(t.rule IS NULL OR t.rule = {literal(rule.code)})"
    if not rule.reads_before:
        yield "NOT t.before"
    named = [*rule.needs, *((STUDENT_NO,) if "item" in rule.subject.key else ())]
    yield f"(t.named_in IS NULL OR {among('t.named_in', named)})"
    # whoever stands in a household that was refused counts nowhere, whatever else is asked: that clears nobody
    told = "t.named_in IS NULL" if clearing else "NOT t.near"
    row = f"({told} OR t.keyless OR {among('t.feed', rule.doubted_near)})"
    refuted = among("t.feed", rule.refutable_by)
    # one that is there may rest on a guess where the row could take it away, and the subject itself lacks a row
    missed = [feed for feed in rule.refutable_by if feed == PEOPLE.get(kind)]
    guess = "" if clearing else f"WHEN t.guessed THEN {among('t.feed', missed)} "
    if clearing and kind == "person_id":
        # a row of a household's people that bears another's number is not the person's, whichever household lost it
        guess = "WHEN t.guessed THEN t.keyless "
    row = f"CASE {guess}WHEN t.far THEN {refuted} ELSE {row} END"
    if clearing:
        value = reads(rule, "t")
    else:
        own = (read for read in rule.reads if read.rows is None and not read.silent)
        value = f"(t.rule IS NOT NULL OR NOT t.near AND {_among_columns('t', own)})"
    yield f"CASE WHEN t.refused IS NULL THEN {row} ELSE {value} END"
    if rule.asks_month is not None:
        yield "(t.month IS NULL OR contains(f.asked, t.month))"
    for part in ("school_year", "term", "item"):
        if part in rule.subject.key:
            yield f"(t.{part} IS NULL OR contains(f.asked, t.{part}))"


def sent(rule: Rule) -> Iterator[str]:
    """The conditions on which the null that a finding ``f`` rests on was no blank: its value was refused (``t``)."""
    (kind,) = rule.subject.key
    for read in rule.reads:
        if read.as_sent:
            refused = f"t.feed = {literal(read.feed)} AND t.refused = {literal(read.column)}"
            yield f"t.kind = {literal(kind)} AND t.key = f.{kind} AND NOT t.near AND {refused}"


def counted_in(compares: Comparison, value: str, refused: str) -> str:
    """The condition that what was refused would be counted for a finding: ``value`` says what it is a count of.

    A row that was refused may be one that counts, wherever it lies; a value where it decides what does.
    """
    feed = f"{refused}.feed"
    ways = []
    for one in compares.counted:
        columns = [f"{of}.{column}" for of, column in one.reads]
        value_read = among(f"{feed} || '.' || {refused}.refused", columns)
        read = f"{refused}.refused IS NULL OR {value_read}"
        ways.append(f"{value} = {literal(one.value)} AND {among(feed, one.feeds)} AND ({read})")
    return f"NOT {refused}.before AND ({' OR '.join(f'({way})' for way in ways)})"


def reads(rule: Rule, refused: str) -> str:
    """The condition that a rule reads the column whose value was refused."""
    return _among_columns(refused, rule.reads)


def _among_columns(refused: str, readings: Iterable[Reading]) -> str:
    return among(f"{refused}.feed || '.' || {refused}.refused", (f"{read.feed}.{read.column}" for read in readings))
