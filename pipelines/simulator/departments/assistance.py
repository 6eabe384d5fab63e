"""Civil affairs: certificates, their members, their payments."""

import numpy as np

from expectations.codes import CERTIFICATE_STATUS
from pipelines.simulator import books
from pipelines.simulator.arrays import NEVER, Bools, Ints, days
from pipelines.simulator.books import Book
from pipelines.simulator.departments.moment import (
    EPOCH_MONTH,
    Moment,
    certificate_numbers,
    make_book,
    months_shown,
    villages,
)


def low_income_households(m: Moment) -> Book:
    w, c = m.world, m.world.certificates
    # Granted ones stand in the book some weeks before they start.
    known = np.flatnonzero(c.start <= m.d + np.timedelta64(45, "D"))
    ended = ~np.isnat(c.end) & (c.end <= m.d)
    b = w.belonging
    here = m.present()[b.person]
    persons = np.bincount(b.certificate[here], minlength=len(c))
    covered = np.bincount(b.certificate[here & (b.covered == 1)], minlength=len(c))
    arrays = {
        "certificate": known,
        "person": c.head[known],
        "village_code": c.village[known],
        "programme": c.programme[known],
        "tier": c.tier[known],
        "persons": np.maximum(persons, 1)[known],
        "covered_persons": covered[known],
        "monthly_income": c.income[known],
        "benefit_method": c.method[known],
        "monthly_benefit": c.benefit[known],
        "category_topup": c.topup[known],
        "start_date": c.start[known],
        "status": np.where(ended, 2, 0)[known],
        "end_date": np.where(ended, c.end, NEVER)[known],
        "grace_start": days(len(known)),
    }
    return make_book(
        m,
        "low_income_households",
        arrays,
        certificate_no=certificate_numbers(m),
        head_name=books.PersonName("person"),
        head_id=books.PersonNumber("person"),
        village_code=villages(m),
    )


def low_income_members(m: Moment) -> Book:
    w, b = m.world, m.world.belonging
    known = w.certificates.start <= m.d + np.timedelta64(45, "D")
    rows = np.flatnonzero(m.present()[b.person] & known[b.certificate])
    rows = rows[np.argsort(b.certificate[rows], kind="stable")]
    arrays = {
        "certificate": b.certificate[rows],
        "person": b.person[rows],
        "relation": b.relation[rows],
        "covered": b.covered[rows],
    }
    return make_book(
        m,
        "low_income_members",
        arrays,
        certificate_no=certificate_numbers(m),
        name=books.PersonName("person"),
        person_id=books.PersonNumber("person"),
    )


def low_income_payments(m: Moment) -> Book:
    w, c, p = m.world, m.world.certificates, m.p
    luck = w.people.chance(5)[c.head]
    split = (luck < p.split_payments) & ~c.planted
    returned = (luck > 1 - p.returned_payments) & ~c.planted
    parts: list[tuple[Ints, int, Ints, Ints, int]] = []
    months = [*m.clock.months, *([m.clock.running] if m.clock.running else [])]
    for number in months:
        first = np.datetime64(number - 1970 * 12, "M").astype("datetime64[D]")
        paid = (c.benefit > 0) & (c.start <= first) & (np.isnat(c.end) | (c.end >= first))
        if number == m.clock.running:
            paid &= (luck * 53 % 1 < 0.3) & ~c.planted
        whole = np.where(split, c.benefit // 200 * 100, c.benefit)
        usual = np.flatnonzero(paid)
        parts.append((usual, number, whole[usual], np.where(returned, 1, 0)[usual], 1))
        again = np.flatnonzero(paid & (split | returned))
        rest = np.where(split, c.benefit - whole, c.benefit)
        parts.append((again, number, rest[again], np.zeros(len(again), dtype=np.int64), 2))
    certificate = np.concatenate([part[0] for part in parts])
    month = np.concatenate([np.full(len(part[0]), part[1] - EPOCH_MONTH) for part in parts])
    batch = np.concatenate([np.full(len(part[0]), part[4]) for part in parts])
    opening = (month + EPOCH_MONTH - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    arrays = {
        "certificate": certificate,
        "month": month,
        "batch": batch,
        "amount": np.concatenate([part[2] for part in parts]),
        "person": c.head[certificate],
        "payment_status": np.concatenate([part[3] for part in parts]),
        "paid_on": np.minimum(opening + (8 + 6 * batch).astype("timedelta64[D]"), m.d),
    }
    return make_book(
        m,
        "low_income_payments",
        arrays,
        certificate_no=certificate_numbers(m),
        month=months_shown("month", max(months)),
        batch_no=books.Serial("batch", "P", 0),
        payee_name=books.PersonName("person"),
        payee_id=books.PersonNumber("person"),
    )


def is_in_force(m: Moment, papers: Book) -> Bools:
    """By row of low_income_households, kept or not: not stopped, begun, and not ended."""
    end = papers["end_date"]
    stopped = papers["status"] == CERTIFICATE_STATUS.labels.index("停保")
    result: Bools = ~stopped & (papers["start_date"] <= m.d) & (np.isnat(end) | (end > m.d))
    return result
