"""Where a register household and its certificates disagree: TL08–TL10."""

import numpy as np

from expectations.codes import BENEFIT_METHOD, PROGRAMME
from pipelines.simulator import families, world
from pipelines.simulator.arrays import NO_MONEY, Ints
from pipelines.simulator.mistakes.roll import set_income
from pipelines.simulator.mistakes.scene import Mistake, Scene, Victims
from pipelines.simulator.plan import Adult, Household
from pipelines.simulator.world import World

_DAY = np.timedelta64(1, "D")


_ON_ROLL = Household(open=True, roll=world.LOW_INCOME)


def found_persons_differ(s: Scene, households: Ints) -> None:
    """TL08: the register and the certificate no longer name the same people."""
    s.truth.found(
        "TL08",
        s.household_keys(households),
        households=households,
        certificates=s.w.households.certificate[households],
    )


def member_missing_from_the_certificate(s: Scene, v: Victims) -> None:
    """The elder of the register household does not stand under its certificate."""
    book = s.books["low_income_members"]
    book.drop(s.person_rows("low_income_members", s.w.members(v[0], families.ELDER)))
    found_persons_differ(s, v[0])


def stranger_under_the_certificate(s: Scene, v: Victims) -> None:
    """Somebody stands under the certificate whom the register does not know."""
    book = s.books["low_income_members"]
    rows = s.person_rows("low_income_members", s.w.members(v[0], families.ELDER))
    book.copy(rows, person=s.adults(v[1]), relation="其他", covered=np.zeros(len(rows), dtype=np.int64))
    found_persons_differ(s, v[0])


def number_lost_in_the_register_only(s: Scene, v: Victims) -> None:
    """Persons differ because a number is lost in the register."""
    s.lose_elder(v[0], "register_members")
    found_persons_differ(s, v[0])


def number_lost_under_the_certificate_only(s: Scene, v: Victims) -> None:
    """Persons differ because a number is lost under the certificate."""
    s.lose_elder(v[0], "low_income_members")
    found_persons_differ(s, v[0])


def _incomes_differ(s: Scene, v: Victims, beyond: Ints | int) -> None:
    certificates = s.w.households.certificate[v[0]]
    monthly = s.books["low_income_households"]["monthly_income"][s.certificate_rows(certificates)]
    apart = 12 * s.fen("income_tolerance") + beyond
    set_income(s, v[0], 12 * monthly + np.where(v.number % 3 == 1, -apart, apart))


def incomes_differ(s: Scene, v: Victims) -> None:
    """The register's income and civil affairs' differ by more than the tolerance, up or down."""
    _incomes_differ(s, v, s.draw(v, 1, 200_000))
    s.truth.found(
        "TL09",
        s.household_certificate_keys(v[0]),
        households=v[0],
        certificates=s.w.households.certificate[v[0]],
    )


def incomes_differ_by_the_tolerance(s: Scene, v: Victims) -> None:
    """Near miss: they differ by exactly the tolerance."""
    _incomes_differ(s, v, 0)


def incomes_differ_with_a_lost_number(s: Scene, v: Victims) -> None:
    """TL09 with a member whose number is lost in both books."""
    s.lose_elder(v[0], "register_members", "low_income_members")
    incomes_differ(s, v)


def second_certificate(w: World, households: Ints, programme: str) -> Ints:
    """A further certificate that covers only the elder of each household."""
    c = w.certificates
    old = w.households.certificate[households]
    elders = w.members(households, families.ELDER)
    full = programme.endswith("特困")
    new = c.append(
        household=households,
        head=elders,
        village=c.village[old],
        programme=np.full(len(old), PROGRAMME.labels.index(programme)),
        tier=np.full(len(old), -1 if full else 2),
        method=np.full(len(old), BENEFIT_METHOD.labels.index("全额" if full else "分档")),
        persons=np.ones(len(old)),
        income=c.income[old],
        benefit=np.full(len(old), 45_000),
        topup=np.full(len(old), NO_MONEY),
        start=c.start[old] + 60 * _DAY,
        end=c.end[old],
        planted=np.ones(len(old), dtype=bool),
    )
    w.belonging.append(certificate=new, person=elders, relation=np.zeros(len(new)), covered=np.ones(len(new)))
    return new


def _add_destitute(w: World, victims: tuple[Ints, ...]) -> None:
    second_certificate(w, victims[0], "农村特困")


def destitute_and_low_income_at_once(s: Scene, v: Victims) -> None:
    """The elder has a 特困 certificate of their own beside the household's 低保."""
    s.truth.found("TL10", s.person_keys(s.w.members(v[0], families.ELDER)))


MISTAKES: tuple[Mistake, ...] = (
    Mistake(member_missing_from_the_certificate, (_ON_ROLL,), main=True),
    Mistake(incomes_differ, (_ON_ROLL,), main=True),
    Mistake(destitute_and_low_income_at_once, (_ON_ROLL,), main=True, steady=True, shape=_add_destitute),
    Mistake(stranger_under_the_certificate, (_ON_ROLL, Adult())),
    Mistake(number_lost_in_the_register_only, (_ON_ROLL,)),
    Mistake(number_lost_under_the_certificate_only, (_ON_ROLL,)),
    Mistake(incomes_differ_by_the_tolerance, (_ON_ROLL,)),
    Mistake(incomes_differ_with_a_lost_number, (_ON_ROLL,)),
)
