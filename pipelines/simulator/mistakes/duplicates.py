"""One person twice: DU01–DU05."""

import numpy as np

from pipelines.simulator import families, world
from pipelines.simulator.arrays import Ints, day
from pipelines.simulator.mistakes.differences import second_certificate
from pipelines.simulator.mistakes.scene import Mistake, Scene, Victims
from pipelines.simulator.plan import Adult, Household
from pipelines.simulator.world import World

_EXITED = Household(open=False)
_ON_ROLL = Household(open=True, roll=world.LOW_INCOME)


def registered_twice(s: Scene, v: Victims) -> None:
    """The elder of one household stands in another one too."""
    persons = s.w.members(v[0], families.ELDER)
    book = s.books["register_members"]
    beside = s.person_rows("register_members", s.w.members(v[1], families.HEAD))
    rows = s.person_rows("register_members", persons)
    book.copy(rows, household=v[1], member=book["member"][beside] + 90, relation="其他")
    s.truth.found("DU01", s.person_keys(persons))


def _add_low_income(w: World, victims: tuple[Ints, ...]) -> None:
    second_certificate(w, victims[0], "农村低保")


def on_the_roll_twice(s: Scene, v: Victims) -> None:
    """The elder has a second 低保 certificate."""
    s.truth.found("DU02", s.person_keys(s.w.members(v[0], families.ELDER)))


def insured_twice(s: Scene, v: Victims) -> None:
    """Insured as a resident and as an employee in the same year."""
    persons = s.adults(v[0])
    book = s.books["insurance_enrolments"]
    book.copy(s.enrolments(persons), scheme="职工", subsidy_amount=0, own_contribution=400_000)
    s.truth.found("DU03", s.person_keys(persons), period=s.clock.insurance_period)


def insured_once_and_once_before(s: Scene, v: Victims) -> None:
    """Near miss: the other scheme was last year's, or is suspended."""
    persons = s.adults(v[0])
    book = s.books["insurance_enrolments"]
    rows = s.enrolments(persons)
    new = book.copy(rows, scheme="职工", subsidy_amount=0)
    before, suspended = v.turn(2)
    book.put("year", new[before], s.clock.insurance_year - 1)
    book.put("enrolment_status", new[suspended], "暂停参保")


def subsidised_twice(s: Scene, v: Victims) -> None:
    """The same item of the same term was paid in two batches to one pupil."""
    persons = s.w.members(v[0], families.PUPIL)
    book = s.books["education_subsidies"]
    rows = s.subsidies(persons)
    book.copy(rows, batch=2)
    ends = (book.texts(column, rows) for column in ("person_id", "school_year", "term", "item"))
    s.truth.found("DU04", ["|".join(parts) for parts in zip(*ends, strict=True)])


def subsidised_again_after_a_return(s: Scene, v: Victims) -> None:
    """Near miss: the first payment came back."""
    book = s.books["education_subsidies"]
    rows = s.subsidies(s.w.members(v[0], families.PUPIL))
    book.copy(rows, batch=2)
    book.put("payment_status", rows, "退回")


def _older_house(s: Scene, v: Victims, persons: Ints, years: int) -> None:
    """A paid case, planned so many years before the last as-of date's year minus two."""
    book = s.books["housing_renovations"]
    rows = np.flatnonzero(book.kept)[: len(persons)]
    case = book["case"].max() + 1 + np.arange(len(persons))
    new = book.copy(rows, person=persons, case=case, village_code=s.w.residence[persons])
    year = s.last.as_of.year - 2 - years
    spring = np.datetime64(f"{year}-03-01")
    book.put("grade", new, "D")
    book.put("method", new, "新建")
    book.put("plan_year", new, year)
    book.put("assessed_on", new, spring)
    book.put("started_on", new, spring + np.timedelta64(40, "D"))
    book.put("completed_on", new, spring + np.timedelta64(200, "D"))
    book.put("acceptance", new, "合格")
    book.put("subsidy", new, 3_000_000)
    book.put("paid", new, 3_000_000)
    book.put("paid_on", new, spring + np.timedelta64(250, "D"))


def house_subsidised_twice(s: Scene, v: Victims) -> None:
    """Two paid cases of one head within the years of the policy."""
    persons = s.adults(v[0])
    _older_house(s, v, persons, 0)
    _older_house(s, v, persons, 4)
    s.truth.found("DU05", s.person_keys(persons))


def house_subsidised_again_in_time(s: Scene, v: Victims) -> None:
    """Near miss: as many years apart as the policy asks for; or nothing was paid the second time."""
    persons = s.adults(v[0])
    years = int(s.m.policy.at("housing.repeat_years", s.clock.as_of))
    _older_house(s, v, persons, 0)
    _older_house(s, v, persons, years)


def house_of_the_register_subsidised_twice(s: Scene, v: Victims) -> None:
    """The same for the head of a register household, long before its house was assessed as safe."""
    heads = s.w.members(v[0], families.HEAD)
    _older_house(s, v, heads, 3)
    _older_house(s, v, heads, 9)
    first = day(s.clocks[0].as_of)
    s.books["housing_renovations"].put("assessed_on", s.person_rows("housing_renovations", heads), first)
    s.truth.found("DU05", s.person_keys(heads))


MISTAKES: tuple[Mistake, ...] = (
    Mistake(registered_twice, (_EXITED, _EXITED), main=True),
    Mistake(on_the_roll_twice, (_ON_ROLL,), main=True, steady=True, shape=_add_low_income),
    Mistake(insured_twice, (Adult(),), main=True),
    Mistake(subsidised_twice, (_EXITED,), main=True),
    Mistake(house_subsidised_twice, (Adult(),), main=True),
    Mistake(insured_once_and_once_before, (Adult(),)),
    Mistake(subsidised_again_after_a_return, (_EXITED,)),
    Mistake(house_subsidised_again_in_time, (Adult(),)),
    Mistake(house_of_the_register_subsidised_twice, (_EXITED,)),
)
