"""Housing: assessed houses and their renovation."""

import numpy as np

from pipelines.simulator import books
from pipelines.simulator.arrays import NEVER, NONE, Bools, years_of
from pipelines.simulator.books import Book
from pipelines.simulator.departments.moment import Moment, make_book, villages


def dangerous_now(m: Moment) -> Bools:
    """By housing case: grade C or D, and not accepted by the as-of date."""
    cases = m.world.cases
    result: Bools = (cases.grade >= 2) & ~(cases.end <= m.d)
    return result


def housing_renovations(m: Moment) -> Book:
    cases = m.world.cases
    count = len(cases)
    done = cases.end <= m.d
    begun = cases.start <= m.d
    settled = done & (cases.end + np.timedelta64(60, "D") <= m.d)
    paid = np.where(settled, cases.subsidy, np.where(begun, cases.subsidy // 2, 0))
    arrays = {
        "case": np.arange(count, dtype=np.int64),
        "person": cases.head.copy(),
        "village_code": cases.village,
        "grade": cases.grade.copy(),
        "assessed_on": cases.assessed_on.copy(),
        "method": cases.method.copy(),
        "plan_year": np.where(np.isnat(cases.start), NONE, years_of(cases.start)),
        "started_on": np.where(begun, cases.start, NEVER),
        "completed_on": np.where(done, cases.end, NEVER),
        "acceptance": np.where(done, 0, 2),
        "subsidy": cases.subsidy.copy(),
        "paid": paid,
        "paid_on": np.where(settled, cases.end + np.timedelta64(60, "D"), NEVER),
    }
    return make_book(
        m,
        "housing_renovations",
        arrays,
        case_no=books.Serial("case", "W", int(m.world.county) * 10**8 + 1),
        head_name=books.PersonName("person"),
        head_id=books.PersonNumber("person"),
        village_code=villages(m),
    )
