"""Certificates, inside the register and outside, with benefits that suffice."""

import numpy as np

from expectations.codes import BENEFIT_METHOD, PROGRAMME, TIER
from pipelines.simulator import families, world
from pipelines.simulator.arrays import (
    NO_MONEY,
    NONE,
    Bools,
    Days,
    Ints,
    days,
)
from pipelines.simulator.families import Relatives, choose_families
from pipelines.simulator.plan import Reservations
from pipelines.simulator.population.frame import Frame
from pipelines.simulator.population.register import Fates
from pipelines.simulator.world import Belonging, Certificates, Households

_DAY = np.timedelta64(1, "D")


def certificate_kinds(f: Frame, households: int, r: Reservations) -> Ints:
    """Kinds of the certificates outside the register, the reserved ones first."""
    p = f.p
    shares = (
        (world.RURAL, p.certificates * 0.9),
        (world.RURAL_DESTITUTE, p.certificates * 0.1),
        (world.EDGE, p.edge_certificates),
        (world.URBAN, p.urban_certificates),
        (world.STOPPED, p.stopped_certificates),
    )
    free = [np.full(max(1, int(share * households)), kind, dtype=np.int64) for kind, share in shares]
    return np.concatenate([r.kind, f.rng.permutation(np.concatenate(free))])


def certificate_families(f: Frame, kinds: Ints, r: Reservations) -> Ints:
    found = choose_families(f.rng, len(kinds))
    reserved = np.arange(len(kinds)) < len(r.kind)
    found = np.where(reserved, families.STANDARD, found)
    return np.where(kinds == world.RURAL_DESTITUTE, families.SINGLE, found)


def make_certificates(
    f: Frame,
    households: Households,
    inside: Relatives,
    fates: Fates,
    kinds: Ints,
    outside: Relatives,
    first_outside: int,
    village_outside: Ints,
    r: Reservations,
) -> tuple[Certificates, Belonging, Ints]:
    """All certificates and who belongs to them; the register's come first. Sets households.certificate."""
    rng = f.rng
    holders = np.flatnonzero(households.roll != world.OFF)
    households.certificate[holders] = np.arange(len(holders))
    count = len(holders) + len(kinds)
    places = np.arange(len(holders), count)

    # Members: the register household without those long gone; the whole family outside.
    certificate_inside = households.certificate[inside.family]
    long_gone = ~np.isnat(fates.gone_on) & (fates.gone_on <= f.before)
    mine = np.flatnonzero((certificate_inside != NONE) & ~long_gone)
    reserved_outside = outside.family < len(r.kind)
    quiet = np.concatenate([households.planted[inside.family[mine]], reserved_outside])
    place = np.concatenate([inside.place[mine], outside.place])
    newborn = np.concatenate([~np.isnat(fates.born[mine]), np.zeros(len(outside.family), dtype=bool)])
    covered = quiet | (place == families.HEAD) | (rng.random(len(place)) < 0.93)
    belonging = Belonging(
        certificate=np.concatenate([certificate_inside[mine], places[outside.family]]),
        person=np.concatenate([mine, first_outside + np.arange(len(outside.family))]),
        relation=np.concatenate([inside.relation[mine], outside.relation]),
        covered=(covered & ~newborn).astype(np.int64),
    )
    persons = np.bincount(belonging.certificate[~newborn], minlength=count)
    insured = np.bincount(belonging.certificate, weights=belonging.covered, minlength=count).astype(np.int64)

    destitute = np.concatenate([households.roll[holders] == world.DESTITUTE, kinds == world.RURAL_DESTITUTE])
    kind = np.concatenate([np.full(len(holders), NONE, dtype=np.int64), kinds])
    planted = np.concatenate([households.planted[holders], np.arange(len(kinds)) < len(r.kind)])
    labels = PROGRAMME.labels
    programme = np.where(destitute, labels.index("农村特困"), labels.index("农村低保"))
    programme = np.where(kind == world.URBAN, labels.index("城市低保"), programme)
    programme = np.where(kind == world.EDGE, labels.index("低保边缘"), programme)
    income = _monthly_incomes(f, households, holders, kinds, destitute)
    start, end = _periods(f, households, holders, kinds, planted)
    tier, method, benefit, topup = _benefits(f, kind, destitute, planted, income, persons, insured)
    heads_outside = first_outside + np.flatnonzero(outside.place == families.HEAD)
    made = Certificates(
        household=np.concatenate([holders, np.full(len(kinds), NONE, dtype=np.int64)]),
        head=np.concatenate([np.flatnonzero(inside.place == families.HEAD)[holders], heads_outside]),
        village=np.concatenate([households.village[holders], village_outside]),
        programme=programme,
        tier=tier,
        method=method,
        persons=persons,
        income=income,
        benefit=benefit,
        topup=topup,
        start=start,
        end=end,
        planted=planted,
    )
    return made, belonging, places


def _monthly_incomes(f: Frame, households: Households, holders: Ints, kinds: Ints, destitute: Bools) -> Ints:
    """fen a person and month: near what the register says, and never above what a standard allows."""
    rng = f.rng
    inside = households.income_now[holders] // 12 + rng.integers(-2000, 2001, len(holders))
    was_on = households.roll[holders] == world.WAS_ON
    inside = np.where(was_on, f.rural - 3000, inside)
    cap = np.where(destitute[: len(holders)], inside, f.rural + f.tolerance)
    poor = np.isnat(households.exit_on[holders])
    cap = np.where(poor & ~destitute[: len(holders)], f.rural * 8 // 10, cap)
    inside = np.clip(np.minimum(inside, cap), 0, None)
    outside = rng.integers(5000, f.rural * 8 // 10, len(kinds))
    outside = np.where(kinds == world.URBAN, rng.integers(10_000, f.urban - 5000, len(kinds)), outside)
    outside = np.where(kinds == world.EDGE, rng.integers(f.line_most // 12 + 100, f.urban * 2, len(kinds)), outside)
    outside = np.where(kinds == world.RURAL_DESTITUTE, rng.integers(0, 10_000, len(kinds)), outside)
    both: Ints = np.concatenate([inside, outside])
    return both // 100 * 100


def _periods(f: Frame, households: Households, holders: Ints, kinds: Ints, planted: Bools) -> tuple[Days, Days]:
    """Days on which certificates start and end."""
    rng, p, count = f.rng, f.p, len(holders) + len(kinds)
    start = f.ago(800, 3200, count)
    first_of_month = rng.random(count) < 0.6
    start = np.where(first_of_month, start.astype("datetime64[M]").astype("datetime64[D]"), start)
    outside = np.arange(count) >= len(holders)
    begun = outside & ~planted & (rng.random(count) < p.certificates_begun * f.months)
    start[begun] = f.in_window(int(begun.sum())) + rng.integers(0, 40, int(begun.sum())).astype("timedelta64[D]")
    end = days(count)
    exited = np.concatenate(
        [
            (households.roll[holders] == world.LOW_INCOME) & ~np.isnat(households.exit_on[holders]),
            kinds == world.RURAL,
        ]
    )
    stopping = exited & ~planted & ~begun & (rng.random(count) < p.certificates_stopped * f.months)
    end[stopping] = f.in_window(int(stopping.sum()))
    stopped = np.concatenate([households.roll[holders] == world.WAS_ON, kinds == world.STOPPED])
    end[stopped] = f.ago(40, 600, int(stopped.sum()))
    # Planted ones stopped three settled months before the first delivery's newest: payments went on from there.
    newest = f.clocks[0].newest_settled - 3
    middle = np.datetime64(newest - 1970 * 12, "M").astype("datetime64[D]") + 14 * _DAY
    end[stopped & planted] = middle
    return start, end


def _benefits(
    f: Frame, kind: Ints, destitute: Bools, planted: Bools, income: Ints, persons: Ints, covered: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Tier, method, fen a month and household, and the top-up within it; enough for every rule."""
    rng, count = f.rng, len(kind)
    standard = np.where(kind == world.URBAN, f.urban, f.rural)
    by_gap = planted | (rng.random(count) < 0.7)
    tier = rng.integers(0, len(TIER.labels), count)
    topup = np.where(rng.random(count) < 0.3, rng.integers(2, 11, count) * 1000, 0)
    gap = np.maximum((standard - income) * covered, 3000 * np.maximum(covered, 1))
    benefit = np.where(by_gap, gap + topup, standard * np.array([75, 55, 40])[tier] // 100 * covered + topup)
    # Outside the register a household must reach the line with its benefit, else it is one that was missed (TL06).
    short = -(-(f.line_most - 12 * income) * persons // 12)
    benefit = np.where((kind == world.RURAL) | (kind == world.STOPPED), np.maximum(benefit, short), benefit)
    benefit = np.where(destitute, standard * 13 // 10 * persons, benefit)
    benefit = np.where(kind == world.EDGE, 0, -(-benefit // 100) * 100)
    method = np.where(by_gap, BENEFIT_METHOD.labels.index("补差"), BENEFIT_METHOD.labels.index("分档"))
    method = np.where(destitute, BENEFIT_METHOD.labels.index("全额"), method)
    without = destitute | (kind == world.EDGE)
    blank = (topup == 0) & (rng.random(count) < 0.6)
    topup = np.where(without | blank, np.where(blank | (kind == world.EDGE), NO_MONEY, 0), topup)
    return np.where(without, NONE, tier), method, benefit, topup
