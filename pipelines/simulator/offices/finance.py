"""Finance: whom the public purse pays."""

import numpy as np

from expectations.feeds.public_payroll import POST
from pipelines.simulator import books
from pipelines.simulator.arrays import NEVER
from pipelines.simulator.books import Book
from pipelines.simulator.chosen import Chosen, age_on
from pipelines.simulator.departments.moment import Moment, make_book
from pipelines.simulator.world import World

COUNTY_EMPLOYERS = ("县人民医院", "县林业工作站", "县融媒体中心", "县公路管理所", "县图书馆")


def employers(w: World) -> tuple[str, ...]:
    """Of the county, then each township's service centre, then each village's committee."""
    townships = (f"{township}农业服务中心" for township in w.areas.townships)
    return (*COUNTY_EMPLOYERS, *townships, *(f"{village}村民委员会" for village in w.areas.villages))


def public_payroll(m: Moment, chosen: Chosen) -> Book:
    """Officials and the retired among those who need no help; of others village cadres, public-welfare posts, and
    posts that they have left."""
    w, people = m.world, m.world.people
    age = age_on(people.birth, chosen.first)
    there = chosen.free & m.present() & (age >= 22)
    luck = people.chance(30)
    working = age < 60
    own = there & chosen.unaided & (luck < np.where(working, 0.06, 0.05))
    cared_for = there & ~chosen.unaided & working & (luck < 0.05)
    left = there & ~chosen.unaided & (luck > 0.99)
    who = np.flatnonzero(own | cared_for | left)
    luck, age = luck[who], age[who]
    posts = POST.labels
    county = len(COUNTY_EMPLOYERS)
    township = county + w.areas.township[w.residence[who]]
    village = county + len(w.areas.townships) + w.residence[who]
    official = np.where(luck < 0.02, posts.index("公务员"), posts.index("事业人员"))
    official = np.where(age >= 60, posts.index("离退休"), official)
    humble = np.where(luck < 0.015, posts.index("村干部"), posts.index("公益性岗位"))
    is_own, is_left = own[who], left[who]
    starts_on = chosen.first - (500 + people.chance(31)[who] * 4000).astype("timedelta64[D]")
    arrays = {
        "person": who,
        "employer": np.where(is_own & (luck > 0.01), who % county, np.where(is_own | is_left, township, village)),
        "post": np.where(is_own, official, np.where(is_left, posts.index("其他"), humble)),
        "starts_on": starts_on,
        "ends_on": np.where(is_left, starts_on + np.timedelta64(400, "D"), NEVER),
    }
    return make_book(
        m,
        "public_payroll",
        arrays,
        name=books.PersonName("person"),
        person_id=books.PersonNumber("person"),
        employer=books.Label("employer", employers(w)),
    )
