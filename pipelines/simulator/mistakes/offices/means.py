"""A post, a vehicle or a business in the name of somebody who benefits: LD01–LD03."""

import numpy as np
import pyarrow as pa

from expectations.feeds.business_licences import BUSINESS_ROLE, BUSINESS_TYPE
from expectations.feeds.public_payroll import POST
from expectations.feeds.vehicles import VEHICLE_TYPE
from pipelines.simulator.arrays import NEVER, NO_MONEY, Ints, day
from pipelines.simulator.chosen import Pool
from pipelines.simulator.mistakes.offices.circumstance import Circumstance
from pipelines.simulator.mistakes.scene import Scene, Victims
from pipelines.simulator.offices.market_regulation import licence, shop

_DAY = np.timedelta64(1, "D")


def _heads(s: Scene, certificates: Ints) -> Ints:
    return s.w.certificates.head[certificates]


def _lead(s: Scene, rule: str, persons: Ints) -> None:
    s.truth.found(rule, s.person_keys(persons), doubtful=True)


# Posts


def _employ(s: Scene, v: Victims, persons: Ints, posts: Ints, ends_on: object) -> None:
    since = day(s.first.as_of) - s.draw(v, 100, 4000).astype("timedelta64[D]")
    employers = s.draw(v, 0, 4)
    s.books["public_payroll"].append(person=persons, employer=employers, post=posts, starts_on=since, ends_on=ends_on)


def _asked_posts(s: Scene, v: Victims) -> Ints:
    """In turn the posts that are not passed over."""
    ignored = s.m.policy.at("leads.payroll_posts_ignored", s.clock.as_of)
    asked = np.array([i for i, post in enumerate(POST.labels) if post not in ignored], dtype=np.int64)
    return asked[v.number % len(asked)]


def paid_by_the_public_purse(s: Scene, v: Victims) -> None:
    """The head of a certificate has a post, some of them until next year."""
    persons = _heads(s, v[0])
    ends_on = np.where(v.number % 2 == 0, NEVER, day(s.last.as_of) + 200 * _DAY)
    _employ(s, v, persons, _asked_posts(s, v), ends_on)
    _lead(s, "LD01", persons)


def paid_by_the_public_purse_in_an_open_household(s: Scene, v: Victims) -> None:
    """The head of an open household has a post."""
    persons = s.w.households.first[v[0]]
    _employ(s, v, persons, _asked_posts(s, v), NEVER)
    _lead(s, "LD01", persons)


def post_that_ends_today(s: Scene, v: Victims) -> None:
    """Near miss: the post's last day is the last as-of; before that day it is a lead."""
    persons = _heads(s, v[0])
    _employ(s, v, persons, _asked_posts(s, v), s.last.as_of)
    if s.clock.as_of < s.last.as_of:
        _lead(s, "LD01", persons)


def paid_as_a_village_cadre(s: Scene, v: Victims) -> None:
    """Near miss: an allowance or a public-welfare post is help itself."""
    ignored = s.m.policy.at("leads.payroll_posts_ignored", s.clock.as_of)
    posts = np.array([POST.labels.index(post) for post in ignored], dtype=np.int64)
    _employ(s, v, _heads(s, v[0]), posts[v.number % len(posts)], NEVER)


# Vehicles


def _register(s: Scene, v: Victims, persons: Ints, kinds: Ints | str, values: Ints) -> None:
    s.books["vehicles"].append(
        plate=persons + len(s.w.people), person=persons, vehicle_type=kinds, usage=v.number % 2,
        registered_on=day(s.first.as_of) - s.draw(v, 60, 3000).astype("timedelta64[D]"),
        appraised_value=values, vehicle_status="正常",
    )  # fmt: skip


def owns_a_car(s: Scene, v: Victims) -> None:
    """Worth exactly what makes it a lead, worth more, or nobody knows what; some are in another's name."""
    persons = _heads(s, v[0])
    least = s.fen("leads.vehicle_value")
    exactly, more, _ = v.turn(3)
    kinds = np.array([VEHICLE_TYPE.labels.index(k) for k in s.m.policy.at("leads.vehicle_types", s.clock.as_of)])
    values = np.select([exactly, more], [least, least + s.draw(v, 1, 9_000_000)], NO_MONEY)
    _register(s, v, persons, kinds[v.number % len(kinds)], values)
    book = s.books["vehicles"]
    rows = book.rows("person", persons[v.number % 4 == 3])
    book.say("owner_name", rows, s.w.people.name.take(pa.array(s.w.residence[book["person"][rows]] + s.w.others.start)))
    _lead(s, "LD02", persons)


def owns_a_car_in_an_open_household(s: Scene, v: Victims) -> None:
    """The same of the head of an open household."""
    persons = s.w.households.first[v[0]]
    _register(s, v, persons, "轿车", s.fen("leads.vehicle_value") + s.draw(v, 0, 9_000_000))
    _lead(s, "LD02", persons)


def owns_a_tricycle_or_a_wreck(s: Scene, v: Victims) -> None:
    """Near miss: what carries goods, whatever it is worth; or a car that is worth a fen less."""
    dear, cheap = v.turn(2)
    least = s.fen("leads.vehicle_value")
    labels = VEHICLE_TYPE.labels
    kinds = np.where(dear, labels.index("三轮汽车"), labels.index("轿车"))
    _register(s, v, _heads(s, v[0]), kinds, np.where(cheap, least - 1, least * 2))


# Businesses


def _license(s: Scene, v: Victims, persons: Ints, kind: str, roles: Ints | str, status: str = "存续") -> None:
    s.books["business_licences"].append(
        licence=licence(s.w, persons), business=shop(s.w, persons), business_type=kind, person=persons,
        business_role=roles, business_status=status,
        founded_on=day(s.first.as_of) - s.draw(v, 60, 4000).astype("timedelta64[D]"),
    )  # fmt: skip


def runs_a_business(s: Scene, v: Victims) -> None:
    """The head of a certificate has a shop, or is a company's legal representative."""
    persons = _heads(s, v[0])
    roles = np.array([BUSINESS_ROLE.labels.index(r) for r in s.m.policy.at("leads.business_roles", s.clock.as_of)])
    types = BUSINESS_TYPE.labels
    own = v.number % len(roles) == 0
    _license(s, v, persons, "个体工商户", roles[v.number % len(roles)])
    book = s.books["business_licences"]
    book.put("business_type", book.rows("person", persons[~own]), types.index("企业"))
    _lead(s, "LD03", persons)


def runs_a_business_in_an_open_household(s: Scene, v: Victims) -> None:
    """The same of the head of an open household."""
    persons = s.w.households.first[v[0]]
    _license(s, v, persons, "个体工商户", "经营者")
    _lead(s, "LD03", persons)


def runs_a_cooperative_or_owns_a_share(s: Scene, v: Victims) -> None:
    """Near miss: a cooperative's legal representative, a shareholder, and whose shop was closed."""
    cooperative, share, _ = v.turn(3)
    persons = _heads(s, v[0])
    _license(s, v, persons, "个体工商户", "经营者", "注销")
    book = s.books["business_licences"]
    for some, kind, role in ((cooperative, "农民专业合作社", "法定代表人"), (share, "企业", "股东")):
        rows = book.rows("person", persons[some])
        book.put("business_type", rows, kind)
        book.put("business_role", rows, role)
        book.put("business_status", rows, "存续")


CIRCUMSTANCES = (
    Circumstance(paid_by_the_public_purse, (Pool.RECIPIENT,), main=True),
    Circumstance(owns_a_car, (Pool.RECIPIENT,), main=True),
    Circumstance(runs_a_business, (Pool.RECIPIENT,), main=True),
    Circumstance(paid_by_the_public_purse_in_an_open_household, (Pool.OPEN,)),
    Circumstance(post_that_ends_today, (Pool.RECIPIENT,), steady=True),
    Circumstance(paid_as_a_village_cadre, (Pool.RECIPIENT,)),
    Circumstance(owns_a_car_in_an_open_household, (Pool.OPEN,)),
    Circumstance(owns_a_tricycle_or_a_wreck, (Pool.RECIPIENT,)),
    Circumstance(runs_a_business_in_an_open_household, (Pool.OPEN,)),
    Circumstance(runs_a_cooperative_or_owns_a_share, (Pool.RECIPIENT,)),
)
