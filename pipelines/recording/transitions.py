"""What one night means for the ledger: which findings are new, still there, gone or back. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from expectations.finding import CLEARABLE_STATES, CLOSED_STATES, Because, State
from pipelines.recording.over_arrow import over_arrow
from warehouse.sql import among, literal, outside

SHOWN = "shown"
GONE = "gone"
UNTOUCHED = "untouched"


@dataclass(frozen=True)
class RuleNight:
    """What became of a rule tonight: whether it was evaluated, the period it asks about, the deliveries that it read.

    ``left_out``: feeds that it went without; what was found in them stays as it was. ``stops_clocks``: it could not be
    evaluated for a reason that no department can do anything about, so that its deadlines stand still. ``untouched``:
    ids of findings that it cannot take away, for it did not compare what they are about.
    """

    rule: str
    evaluated: bool
    period: str
    proof: str
    left_out: tuple[str, ...] = ()
    stops_clocks: bool = False
    untouched: tuple[str, ...] = ()


NIGHT_SCHEMA = pa.schema(
    [
        ("rule", pa.string()),
        ("evaluated", pa.bool_()),
        ("tonight", pa.string()),
        ("proof", pa.string()),
        ("left_out", pa.list_(pa.string())),
        ("untouched", pa.list_(pa.string())),
    ]
)
_KINDS = dict.fromkeys(("first_seen", "last_seen", "dispatched_on", "due_on"), pa.date32()) | {"days_left": pa.int32()}
BOOK_SCHEMA = pa.schema(
    [
        (name, _KINDS.get(name, pa.string()))
        for name in (
            "finding_id",
            "county",
            "rule",
            "period",
            "state",
            "certainty",
            "first_seen",
            "last_seen",
            "last_run",
            "evidence_digest",
            "silenced_digest",
            "batch",
            "dispatched_on",
            "due_on",
            "cleared_by",
            "cleared_because",
            "days_left",
        )
    ]
)
"""Columns of the books' ``findings``."""

REPLAYED_SCHEMA = pa.schema({"finding_id": pa.string(), "because": pa.string(), "alone": pa.bool_()})
"""Findings that are gone for a changed rule book or policy, and for which of them (``Because``); those that are not so
``alone`` only where tonight can say that they are gone."""


def plan_night(
    found: pa.Table,
    book: pa.Table,
    nights: Sequence[RuleNight],
    older: pa.Table | None = None,
    hidden: pa.Table | None = None,
    replayed: pa.Table | None = None,
    withdrawn: Collection[str] = (),
    barred: Collection[str] = (),
    louder: pa.Table | None = None,
) -> pa.Table:
    """One row a finding that is shown tonight or stands in the book: ``seen``, ``from_state``, ``to_state``, ``why``.

    ``found`` has finding_id, rule, period, certainty, evidence_digest; ``book`` the columns of BOOK_SCHEMA; ``older``
    is the ledger as the last run left it. ``past`` marks findings of a period that their rule no longer asks about;
    where tonight it cannot say what it asks about, as they were marked before. ``hidden`` are the finding_ids that
    something refused may hide: such a finding is not gone; it keeps its state, marked ``unchecked`` (本次未能核对)
    until a night finds it, or can say that it is gone. ``replayed`` (REPLAYED_SCHEMA) are those that today's rules do
    not find over the last run's deliveries: unless tonight finds or hides them they are gone, whatever tonight's data
    say, and so are, where tonight does not find them, those whose evidence names a delivery of ``withdrawn``. Neither
    names a proof, then or later (``cleared_because``). Of ``barred`` deliveries, whose use no document allows any more,
    nothing may be shown: what tonight does not find and whose evidence names one is closed wherever it stood, and
    ``leaves`` every output. ``louder`` has finding_id and greater_digests (with commas between them): what the finding
    would be digested to were it greater; who refuted one of these has refuted it. Sorted by finding_id.
    """
    replayed = REPLAYED_SCHEMA.empty_table() if replayed is None else replayed
    taken_back = pa.table({"delivery": pa.array(sorted(withdrawn), pa.string())})
    revoked = pa.table({"delivery": pa.array(sorted(barred), pa.string())})
    before = _NO_LEDGER if older is None else _as_before(older)
    hidden = _NO_LEDGER.select(["finding_id"]) if hidden is None else hidden
    night = pa.Table.from_pylist(
        [
            {
                "rule": n.rule,
                "evaluated": n.evaluated,
                "tonight": n.period,
                "proof": n.proof,
                "left_out": list(n.left_out),
                "untouched": list(n.untouched),
            }
            for n in nights
        ],
        schema=NIGHT_SCHEMA,
    )
    louder = _NOTHING_LOUDER if louder is None else louder.select(_NOTHING_LOUDER.column_names)
    with over_arrow(
        found=found,
        louder=louder,
        book=book,
        night=night,
        before=before,
        hidden=hidden,
        replayed=replayed,
        taken_back=taken_back,
        revoked=revoked,
    ) as connection:
        return connection.execute(_PLAN).to_arrow_table()


_NOTHING_LOUDER = pa.schema({"finding_id": pa.string(), "greater_digests": pa.string()}).empty_table()

_NO_LEDGER = pa.schema(
    {"finding_id": pa.string(), "evidence": pa.string(), "past_period": pa.bool_(), "unchecked": pa.bool_()}
).empty_table()


def _as_before(older: pa.Table) -> pa.Table:
    """What the plan asks of the last ledger; one of an older release has no mark ``unchecked``."""
    if "unchecked" not in older.column_names:
        older = older.append_column("unchecked", pa.nulls(len(older), pa.bool_()))
    return older.select(_NO_LEDGER.column_names)


_FEEDS = "coalesce(json_extract_string(l.evidence, '$[*].feed'), [])"
_LIES_IN_WHAT_IS_LEFT_OUT = f"""CASE WHEN len(n.left_out) > 0
        THEN len({_FEEDS}) = 0 OR list_has_any({_FEEDS}, n.left_out) ELSE false END"""
"""Tonight cannot take such a finding away; one whose evidence names no feed could lie in any."""


def names_one_of(evidence: str, deliveries: str) -> str:
    """SQL: whether a finding's evidence names a delivery of a relation."""
    return f"""coalesce(list_has_any(json_extract_string({evidence}, '$[*].delivery'),
                (SELECT list(delivery) FROM {deliveries})), false)"""


_PLAN = f"""
WITH together AS (
    SELECT
        coalesce(f.finding_id, b.finding_id) AS finding_id, coalesce(f.rule, b.rule) AS rule,
        coalesce(f.period, b.period) AS period, b.state AS from_state,
        f.finding_id IS NOT NULL AS is_found, b.finding_id IS NOT NULL AS is_known,
        coalesce(f.certainty, b.certainty) AS certainty,
        coalesce(f.evidence_digest, b.evidence_digest) AS evidence_digest,
        b.silenced_digest, b.cleared_by AS cleared_before, b.cleared_because AS because_before, b.first_seen,
        b.last_seen, b.last_run, b.batch, b.dispatched_on, b.due_on, b.days_left
    FROM found f FULL JOIN book b USING (finding_id)
), asked AS (
    SELECT together.*,
        coalesce(n.evaluated AND n.tonight = together.period, false)
            AND NOT {_LIES_IN_WHAT_IS_LEFT_OUT}
            AND NOT coalesce(list_contains(n.untouched, together.finding_id), false) AS asked_tonight,
        evidence_digest IS NOT DISTINCT FROM silenced_digest
            OR coalesce(list_contains(string_split(q.greater_digests, ','), silenced_digest), false) AS is_silenced,
        CASE WHEN NOT is_found AND (SELECT count(*) > 0 FROM revoked)
            THEN {names_one_of("l.evidence", "revoked")} ELSE false END AS leaves,
        h.finding_id IS NOT NULL AND {outside("from_state", CLOSED_STATES)} AS is_hidden,
        coalesce(l.unchecked, false) AS unchecked_before,
        CASE WHEN n.tonight <> '' THEN together.period <> n.tonight ELSE coalesce(l.past_period, false) END AS past,
        n.proof, r.because AS changed, coalesce(r.alone, false) AS is_gone_alone, l.evidence AS evidence_before
    FROM together LEFT JOIN night n USING (rule) LEFT JOIN before l USING (finding_id)
        LEFT JOIN louder q USING (finding_id)
        LEFT JOIN hidden h USING (finding_id) LEFT JOIN replayed r USING (finding_id)
), judged AS (
    SELECT *, leaves OR ((asked_tonight OR is_gone_alone) AND NOT coalesce(is_hidden, false)) AS judged_tonight,
        NOT is_found AND NOT leaves AND {outside("from_state", CLOSED_STATES)}
            AND CASE WHEN asked_tonight OR is_gone_alone THEN is_hidden ELSE unchecked_before END AS unchecked
    FROM asked
), reasoned AS (
    SELECT *,
        CASE
            WHEN is_found THEN NULL
            WHEN NOT judged_tonight OR {among("from_state", CLOSED_STATES)} OR cleared_before IS NOT NULL
                OR because_before IS NOT NULL THEN because_before
            WHEN leaves THEN {literal(Because.POLICY)}
            WHEN changed IS NOT NULL THEN changed
            WHEN {names_one_of("evidence_before", "taken_back")} THEN {literal(Because.WITHDRAWN)}
        END AS cleared_because
    FROM judged
)
SELECT * EXCLUDE (cleared_before, proof, asked_tonight, judged_tonight, is_known, is_found, is_hidden, is_silenced,
        changed, is_gone_alone, evidence_before),
    CASE WHEN is_found THEN {literal(SHOWN)} WHEN judged_tonight THEN {literal(GONE)}
        ELSE {literal(UNTOUCHED)} END AS seen,
    CASE
        WHEN NOT is_known THEN {literal(State.NEW)}
        WHEN is_found AND {among("from_state", (State.CLEARED, State.CLOSED))} THEN {literal(State.REOPENED)}
        WHEN is_found AND from_state = {literal(State.REFUTED)} AND NOT is_silenced
            THEN {literal(State.REOPENED)}
        WHEN leaves AND {outside("from_state", CLOSED_STATES)} THEN {literal(State.CLEARED)}
        WHEN NOT is_found AND judged_tonight AND {among("from_state", CLEARABLE_STATES)} THEN {literal(State.CLEARED)}
        ELSE from_state
    END AS to_state,
    CASE
        WHEN is_found THEN NULL
        WHEN cleared_because IS NULL AND judged_tonight AND NOT leaves AND {outside("from_state", CLOSED_STATES)}
            THEN proof
        ELSE cleared_before
    END AS cleared_by
FROM reasoned ORDER BY finding_id
"""


MOVES = ("new", "still", "cleared", "reopened")
"""What every night counts."""


def counts_of(plan: pa.Table) -> Mapping[str, int]:
    """``{{new, still, cleared, reopened}}`` of a plan; still counts open findings that are shown again.

    Cleared are those that the data took away. Beside them stand, where there are any, those that are gone for another
    reason, by ``Because``: nobody put them right.
    """
    with over_arrow(plan=plan) as connection:
        row = connection.execute(
            f"""SELECT count(*) FILTER (from_state IS NULL),
                count(*) FILTER (seen = {literal(SHOWN)} AND from_state = to_state
                    AND {outside("to_state", CLOSED_STATES)}),
                count(*) FILTER (to_state = {literal(State.CLEARED)} AND from_state <> to_state
                    AND cleared_because IS NULL),
                count(*) FILTER (to_state = {literal(State.REOPENED)} AND from_state <> to_state)
            FROM plan"""
        ).fetchone()
        otherwise = connection.execute(
            f"""SELECT cleared_because, count(*) FROM plan
            WHERE to_state = {literal(State.CLEARED)} AND from_state <> to_state AND cleared_because IS NOT NULL
            GROUP BY cleared_because"""
        ).fetchall()
    if row is None:
        raise ValueError("a count without a row")
    counts = dict(zip(MOVES, row, strict=True))
    return counts | {because.value: dict(otherwise)[because] for because in Because if because in dict(otherwise)}
