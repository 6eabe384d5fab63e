"""What bears on assistance: a severe disability, property, a pension: LD05–LD07."""

import numpy as np

from expectations.feeds.disabilities import DISABILITY, DISABILITY_LEVEL
from expectations.feeds.pensions import PENSION_SCHEME
from pipelines.simulator.arrays import NEVER, NONE, Days, Ints, day
from pipelines.simulator.chosen import Pool
from pipelines.simulator.mistakes.offices.circumstance import Circumstance
from pipelines.simulator.mistakes.scene import Scene, Victims
from pipelines.simulator.offices.human_resources import pension_year
from pipelines.simulator.offices.natural_resources import TITLES_A_PERSON, estate

_DAY = np.timedelta64(1, "D")


def _heads(s: Scene, certificates: Ints) -> Ints:
    return s.w.certificates.head[certificates]


# LD05


def _certify(s: Scene, v: Victims, levels: Ints, valid_until: Days | np.datetime64, status: str = "有效") -> Ints:
    persons = _heads(s, v[0])
    s.books["disabilities"].append(
        person=persons, category=v.number % len(DISABILITY.labels), disability_level=levels,
        valid_until=valid_until, card_status=status,
    )  # fmt: skip
    return persons


def _severe(s: Scene, v: Victims) -> Ints:
    levels = s.m.policy.at("leads.disability_levels", s.clock.as_of)
    asked = np.array([DISABILITY_LEVEL.labels.index(level) for level in levels], dtype=np.int64)
    return asked[v.number % len(asked)]


def _found_without_supplement(s: Scene, persons: Ints) -> None:
    s.truth.found("LD05", s.person_keys(persons), doubtful=True)


def severely_disabled_without_a_supplement(s: Scene, v: Victims) -> None:
    """Valid for ever, for years, or until the very last as-of."""
    ever, long, _ = v.turn(3)
    until = np.where(long, day(s.last.as_of) + 900 * _DAY, day(s.last.as_of))
    _found_without_supplement(s, _certify(s, v, _severe(s, v), np.where(ever, NEVER, until)))


def disability_that_ran_out_yesterday(s: Scene, v: Victims) -> None:
    """Near miss: the certificate of disability was valid until the day before the last as-of."""
    until = day(s.last.as_of) - _DAY
    persons = _certify(s, v, _severe(s, v), until)
    if until >= s.m.d:
        _found_without_supplement(s, persons)


def mildly_disabled(s: Scene, v: Victims) -> None:
    """Near miss: a level that is not asked about, or a severe one that was struck off."""
    levels = np.where(v.number % 2 == 0, DISABILITY_LEVEL.labels.index("三级"), 0)
    persons = _certify(s, v, levels, NEVER)
    book = s.books["disabilities"]
    book.put("card_status", book.rows("person", persons[v.number % 2 == 1]), "注销")


def severely_disabled_with_a_supplement(s: Scene, v: Victims) -> None:
    """Near miss: the certificate has its supplement."""
    _certify(s, v, _severe(s, v), NEVER)


# LD06


def _own(s: Scene, persons: Ints, number: int, use: str, holders: Ints | None = None, status: str = "现势") -> None:
    """A title of these persons' own (``number`` tells their titles apart), held by ``holders`` where others hold it."""
    s.books["real_estate"].append(
        title=persons * TITLES_A_PERSON + number, person=persons if holders is None else holders,
        location=estate(s.w, persons + number), land_use=use, title_status=status,
        registered_on=np.full(len(persons), day(s.first.as_of) - (200 + 30 * number) * _DAY),
    )  # fmt: skip


def _found_property(s: Scene, certificates: Ints) -> None:
    s.truth.found("LD06", s.certificate_keys(certificates), doubtful=True)


def several_homes_or_a_shop(s: Scene, v: Victims) -> None:
    """As many flats as make a lead, one of them perhaps another member's; or business premises."""
    persons = _heads(s, v[0])
    flats, shop = v.turn(2)
    least = int(s.m.policy.at("leads.homes", s.clock.as_of))
    for number in range(least):
        of = persons[flats] if number else _last_members(s, v[0][flats])
        _own(s, persons[flats], number, "住宅", holders=of)
    _own(s, persons[shop], 0, "商业")
    _found_property(s, v[0])


def _last_members(s: Scene, certificates: Ints) -> Ints:
    """Of each certificate the member with the greatest number: the head where there is no other."""
    b = s.w.belonging
    last = np.full(len(s.w.certificates), NONE, dtype=np.int64)
    np.maximum.at(last, b.certificate, b.person)
    return last[certificates]


def one_home_of_two(s: Scene, v: Victims) -> None:
    """Near miss: husband and wife hold one title; and a shop was sold."""
    persons, others = _heads(s, v[0]), _last_members(s, v[0])
    _own(s, persons, 0, "住宅")
    two = others != persons
    _own(s, persons[two], 0, "住宅", holders=others[two])
    _own(s, persons, 1, "商业", status="历史")
    _own(s, persons, 2, "农村宅基地")


# LD07


def _draw(s: Scene, persons: Ints, scheme: str, fen: Ints, back: int = 0) -> None:
    s.books["pensions"].append(
        person=persons, year=pension_year(s.m) - back, pension_scheme=PENSION_SCHEME.labels.index(scheme),
        pension_status="领取待遇", monthly_pension=fen, paid_by_government=NONE,
    )  # fmt: skip


def draws_a_pension(s: Scene, v: Victims) -> None:
    """Exactly what makes a lead, of one scheme or of two together, or more."""
    persons = _heads(s, v[0])
    least = s.fen("leads.pension")
    one, two, more = v.turn(3)
    _draw(s, persons[one], "城镇职工", np.full(one.sum(), least))
    _draw(s, persons[two], "城镇职工", np.full(two.sum(), least - 20_000))
    _draw(s, persons[two], "机关事业", np.full(two.sum(), 20_000))
    _draw(s, persons[more], "机关事业", least + s.draw(v, 1, 300_000)[more])
    s.truth.found("LD07", s.person_keys(persons), doubtful=True)


def draws_a_small_pension(s: Scene, v: Victims) -> None:
    """Near miss: a fen less; a resident's pension beside it; or last year's."""
    persons = _heads(s, v[0])
    least = s.fen("leads.pension")
    small, old = v.turn(2)
    _draw(s, persons[small], "城镇职工", np.full(small.sum(), least - 1))
    _draw(s, persons[small], "城乡居民", np.full(small.sum(), least))
    _draw(s, persons[old], "城镇职工", np.full(old.sum(), least * 3), back=1)


def destitute_with_a_pension(s: Scene, v: Victims) -> None:
    """Near miss: under 特困 the pension is not asked about."""
    _draw(s, _heads(s, v[0]), "城镇职工", s.fen("leads.pension") + s.draw(v, 0, 100_000))


CIRCUMSTANCES = (
    Circumstance(severely_disabled_without_a_supplement, (Pool.RECIPIENT,), main=True),
    Circumstance(several_homes_or_a_shop, (Pool.RECIPIENT,), main=True),
    Circumstance(draws_a_pension, (Pool.RECIPIENT,), main=True),
    Circumstance(severely_disabled_with_a_supplement, (Pool.SUPPLEMENTED,)),
    Circumstance(destitute_with_a_pension, (Pool.DESTITUTE,)),
    Circumstance(disability_that_ran_out_yesterday, (Pool.RECIPIENT,), steady=True),
    Circumstance(mildly_disabled, (Pool.RECIPIENT,)),
    Circumstance(one_home_of_two, (Pool.RECIPIENT,)),
    Circumstance(draws_a_small_pension, (Pool.RECIPIENT,)),
)
