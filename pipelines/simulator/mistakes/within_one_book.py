"""One book that says a thing in two places, and otherwise in each: CO01–CO03; and EX05, HP01, ID06 by its own word."""

import numpy as np

from expectations.codes import PERSON_STATUS
from pipelines.simulator import families, world
from pipelines.simulator.arrays import NONE, count_rows, day
from pipelines.simulator.departments.assistance import is_in_force
from pipelines.simulator.mistakes.differences import found_persons_differ
from pipelines.simulator.mistakes.scene import Mistake, Scene, Victims
from pipelines.simulator.plan import Certificate, Household

_OPEN = Household(open=True)
_EXITED = Household(open=False)
_ON_ROLL = Household(open=True, roll=world.LOW_INCOME)
_RURAL = Certificate(world.RURAL)


def number_of_persons_mistyped(s: Scene, v: Victims) -> None:
    """The register's household has a person more or fewer than its members."""
    book = s.books["register_households"]
    rows = s.household_rows(v[0])
    book.put("persons", rows, book["persons"][rows] + np.where(v.number % 2 == 0, 1, -1))


def no_head_or_two(s: Scene, v: Victims) -> None:
    """Nobody is called the head, or the spouse is one too."""
    book = s.books["register_members"]
    none, two = v.turn(2)
    book.put("relation", s.person_rows("register_members", s.w.members(v[0][none], families.HEAD)), "其他")
    book.put("relation", s.person_rows("register_members", s.w.members(v[0][two], families.SPOUSE)), "户主")


def covered_persons_mistyped(s: Scene, v: Victims) -> None:
    """The certificate's household row has one covered person fewer than its members."""
    book = s.books["low_income_households"]
    rows = s.certificate_rows(s.certificates_outside(v[0]))
    book.put("covered_persons", rows, book["covered_persons"][rows] - 1)


def water_unsafe_by_the_registers_own_word(s: Scene, v: Victims) -> None:
    """An exited household whose water the register itself calls unsafe."""
    s.books["register_households"].put("water_safe", s.household_rows(v[0]), 0)
    s.truth.found("EX05", s.household_keys(v[0]), households=v[0])


def nobody_named_to_help(s: Scene, v: Victims) -> None:
    """An open household for which the register names no helper."""
    s.books["register_households"].put("helper", s.household_rows(v[0]), NONE)
    s.truth.found("HP01", s.household_keys(v[0]), households=v[0])


def left_and_still_covered(s: Scene, v: Victims) -> None:
    """The elder moved or married away months ago, and stands under the family's certificate as before."""
    elders = s.w.members(v[0], families.ELDER)
    book = s.books["register_members"]
    rows = s.person_rows("register_members", elders)
    labels = PERSON_STATUS.labels
    book.put("person_status", rows, np.where(v.number % 2 == 0, labels.index("婚嫁"), labels.index("迁出")))
    book.put("status_date", rows, day(s.clocks[0].as_of) - s.draw(v, 0, 90).astype("timedelta64[D]"))
    s.truth.found("ID06", s.person_keys(elders))
    found_persons_differ(s, v[0])


def find_within_books(s: Scene) -> None:
    """CO01–CO03, once everything is planted: whatever a mistake did to rows, the numbers beside them did not follow."""
    _find_in_the_register(s)
    _find_in_certificates(s)


def _find_in_the_register(s: Scene) -> None:
    homes, people = s.books["register_households"], s.books["register_members"]
    normal = people.kept & (people["person_status"] == PERSON_STATUS.labels.index("正常"))
    houses = homes["household"][homes.kept]
    members = count_rows(people["household"], normal, houses)
    heads = count_rows(people["household"], normal & (people["relation"] == people.code("relation", "户主")), houses)
    has_members = members > 0
    differ = has_members & (homes["persons"][homes.kept] != members)
    s.truth.found("CO01", s.household_keys(houses[differ]))
    stands = np.isin(homes["person"][homes.kept], people["person"][normal])
    s.truth.found("CO02", s.household_keys(houses[has_members & ((heads != 1) | ~stands)]))


def _find_in_certificates(s: Scene) -> None:
    papers, people = s.books["low_income_households"], s.books["low_income_members"]
    in_force = papers.kept & is_in_force(s.m, papers)
    numbers = papers["certificate"][in_force]
    members = count_rows(people["certificate"], people.kept, numbers)
    covered = count_rows(people["certificate"], people.kept & (people["covered"] == 1), numbers)
    differ = (papers["persons"][in_force] != members) | (papers["covered_persons"][in_force] != covered)
    s.truth.found("CO03", s.certificate_keys(numbers[(members > 0) & differ]))


MISTAKES: tuple[Mistake, ...] = (
    Mistake(number_of_persons_mistyped, (_EXITED,), many=True),
    Mistake(no_head_or_two, (_EXITED,), many=True),
    Mistake(covered_persons_mistyped, (_RURAL,)),
    Mistake(water_unsafe_by_the_registers_own_word, (_EXITED,), many=True),
    Mistake(nobody_named_to_help, (_OPEN,), many=True),
    Mistake(left_and_still_covered, (_ON_ROLL,), many=True),
)
