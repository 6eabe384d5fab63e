"""Makes the county up: a believable one, in which no rule finds anything."""

import numpy as np

from pipelines.simulator import families
from pipelines.simulator.areas import make_areas
from pipelines.simulator.arrays import (
    NONE,
    Days,
    Ints,
    days,
    first_day_of_september,
)
from pipelines.simulator.families import Relatives, make_relatives
from pipelines.simulator.people import MINORITY_SHARE, SURNAMES, make_people
from pipelines.simulator.plan import Reservations
from pipelines.simulator.population.assistance import certificate_families, certificate_kinds, make_certificates
from pipelines.simulator.population.frame import Frame
from pipelines.simulator.population.houses import build_houses, no_cases
from pipelines.simulator.population.register import make_households, make_register_families
from pipelines.simulator.world import World


def make_world(f: Frame, county: str, count: int, r: Reservations) -> World:
    """The county with ``count`` register households, as the reservations want them."""
    rng, p = f.rng, f.p
    areas = make_areas(rng, county, count, p)
    households = make_households(f, count, r, len(areas.codes))
    inside, kinds_inside = make_register_families(f, households, r)
    kind_of_certificate = certificate_kinds(f, count, r)
    outside = make_relatives(rng, certificate_families(f, kind_of_certificate, r))
    pupils = int(p.pupils * count)
    others = max(int(p.insured * count), r.adults)
    sizes = [len(inside.family), len(outside.family), pupils, others]
    starts = np.cumsum([0, *sizes])

    age = np.concatenate([inside.age, outside.age, rng.integers(3, 22, pupils), _adult_ages(rng, others, r.adults)])
    sex = np.concatenate([inside.sex, outside.sex, rng.integers(0, 2, pupils + others)])
    birth = _births(f, age)
    born = kinds_inside.born
    birth[: sizes[0]] = np.where(np.isnat(born), birth[: sizes[0]], born)

    home_inside = rng.integers(0, len(SURNAMES), count)
    home_outside = rng.integers(0, len(SURNAMES), len(kind_of_certificate))
    surname = np.concatenate(
        [
            _surnames(rng, inside, home_inside),
            _surnames(rng, outside, home_outside),
            rng.integers(0, len(SURNAMES), pupils + others),
        ]
    )
    minority_homes = rng.random(count) < MINORITY_SHARE
    minority = np.concatenate(
        [
            minority_homes[inside.family],
            (rng.random(len(kind_of_certificate)) < MINORITY_SHARE)[outside.family],
            rng.random(pupils + others) < MINORITY_SHARE,
        ]
    )
    people = make_people(rng, county, birth, sex, surname, minority)

    gone_on = days(len(people))
    gone_on[: sizes[0]] = kinds_inside.gone_on
    gone_how = np.full(len(people), NONE, dtype=np.int64)
    gone_how[: sizes[0]] = kinds_inside.gone_how
    quiet = np.zeros(len(people), dtype=bool)
    quiet[: sizes[0]] = households.planted[inside.family]
    quiet[starts[1] : starts[2]] = (outside.family < len(r.kind)) & (len(r.kind) > 0)
    quiet[starts[3] : starts[3] + r.adults] = True

    households.size = np.bincount(inside.family, minlength=count)
    households.first = np.cumsum(households.size) - households.size
    village_outside = rng.integers(0, len(areas.codes), len(kind_of_certificate))
    residence = np.concatenate(
        [
            households.village[inside.family],
            village_outside[outside.family],
            rng.integers(0, len(areas.codes), pupils + others),
        ]
    )
    certificates, belonging, places = make_certificates(
        f, households, inside, kinds_inside, kind_of_certificate, outside, int(starts[1]), village_outside, r
    )
    made = World(
        county=county,
        areas=areas,
        people=people,
        households=households,
        household=inside.family,
        relation=inside.relation,
        gone_on=gone_on,
        gone_how=gone_how,
        quiet=quiet,
        certificates=certificates,
        belonging=belonging,
        cases=no_cases(),
        outside=places,
        pupils=slice(int(starts[2]), int(starts[3])),
        others=slice(int(starts[3]), int(starts[4])),
        residence=residence,
    )
    build_houses(f, made, r)
    return made


def _adult_ages(rng: np.random.Generator, count: int, reserved: int) -> Ints:
    ages = rng.integers(0, 86, count)
    ages[:reserved] = rng.integers(25, 61, reserved)
    return ages


def _births(f: Frame, age: Ints) -> Days:
    """Birth dates for ages at 1 September of the last delivery's school year; now and then exactly that day."""
    birthday = first_day_of_september(f.clocks[-1].school_start - age)
    back = np.where(f.rng.random(len(age)) < 0.01, 0, f.rng.integers(0, 364, len(age)))
    result: Days = birthday - back.astype("timedelta64[D]")
    return result


def _surnames(rng: np.random.Generator, people: Relatives, home: Ints) -> Ints:
    """Children carry the head's surname, spouses their own."""
    own = (people.place == families.SPOUSE) & (rng.random(len(people.place)) < 0.95)
    return np.where(own, rng.integers(0, len(SURNAMES), len(people.place)), home[people.family])
