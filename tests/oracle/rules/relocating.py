"""RL01–RL03: 易地搬迁."""

from oracle.entry import HO, RE, Subject, answers
from oracle.months import add_months
from oracle.policy import Values
from oracle.terms import Terms
from oracle.verdicts import Found, Founds


@answers("RL01", Subject.RELOCATION, needs=(RE,))
def rl01(t: Terms, p: Values) -> Founds:
    """Planned for a past year, not moved in as sent, and the house ready for long or not ready at all."""
    day, months = t.deliveries.day(RE), p["relocation.move_in_months"]
    found = {}
    for row in t.rows(RE):
        moved, done = row["moved_in_on"], row["completed_on"]
        outside = moved > day if moved is not None else not t.was_refused(row, "moved_in_on")
        if row["plan_year"] < day.year and outside and (done is None or add_months(done, months) < day):
            found[row["relocation_no"], ""] = Found(t.was_refused(row, "completed_on"))
    return found


@answers("RL02", Subject.PERSON, needs=(RE, HO))
def rl02(t: Terms, p: Values) -> Founds:
    """Moved in, and a paid housing case of the same head planned within repeat_years of the relocation's year."""
    years = p["housing.repeat_years"]
    return {
        (row["head_id"], ""): Found()
        for row in t.rows(RE)
        if row["head_id"] is not None and row["moved_in_on"] is not None and row["moved_in_on"] <= t.deliveries.day(RE)
        for case in t.cases_by_head.get(row["head_id"], ())
        if case["paid"] > 0 and case["plan_year"] is not None and abs(case["plan_year"] - row["plan_year"]) < years
    }


@answers("RL03", Subject.RELOCATION, needs=(RE,))
def rl03(t: Terms, p: Values) -> Founds:
    """Moved in longer ago than demolish_months, and the old house 否."""
    months = p["relocation.demolish_months"]
    return {
        (row["relocation_no"], ""): Found()
        for row in t.rows(RE)
        if row["moved_in_on"] is not None
        and add_months(row["moved_in_on"], months) < t.deliveries.day(RE)
        and row["old_house_demolished"] is False
    }
